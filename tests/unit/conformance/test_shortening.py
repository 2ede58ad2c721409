"""A failing run loses the steps that its failure does not need, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tunnelproof.conformance import ConformanceFailure, replay, shortening
from tunnelproof.conformance.shortening import shortened
from tunnelproof.conformance.tracing import Start
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step


def bench() -> Component:
    """Lift and put down a lid, and press a button, which is possible with the lid down only."""
    part = Component("bench", actor="user")
    lid = part.variable("up", bool, start=False)
    pressed = part.variable("pressed", bool, start=False)
    part.action("lift", when=~lid, then={lid: True})
    part.action("lower", when=lid, then={lid: False})
    part.action("press", when=~lid, then={pressed: True})
    part.action("wait")
    return part


SYSTEM = compose("bench", configuration=Configuration(), components=[bench()])
START = Start({}, {"up": False, "pressed": False})


class Bench:
    """Breaks if ``breaks`` is a subsequence of what was done; with ``refuses`` at some actions it raises instead."""

    def __init__(self, *breaks: str, name: str = "pressed", refuses: Sequence[str] = ()) -> None:
        self.breaks, self.name, self.refuses = breaks, name, refuses
        self.resets = 0

    def reset(self, configuration: Mapping[str, Value], state: Mapping[str, Value]) -> None:
        self.done: list[str] = []
        self.resets += 1

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> None:
        if action in self.refuses and "press" in self.done:
            raise RuntimeError(action)
        self.done.append(action)

    def observe(self) -> Mapping[str, Value]:
        history = iter(self.done)
        broken = bool(self.breaks) and all(action in history for action in self.breaks)
        up = self.done.count("lift") > self.done.count("lower")
        seen: dict[str, Value] = {"up": up, "pressed": "press" in self.done}
        return seen | {self.name: not seen[self.name]} if broken else seen


def after_shortening(adapter: Bench, *actions: str) -> tuple[list[str], Exception]:
    steps = tuple(Step(action) for action in actions)
    with pytest.raises((AssertionError, RuntimeError)) as failure:
        replay(steps, SYSTEM, {}, adapter)
    short, failed = shortened(SYSTEM, adapter, START, steps, failure.value)
    return [str(step) for step in short], failed


def test_steps_that_do_nothing_are_left_out() -> None:
    steps, failed = after_shortening(Bench("press"), "wait", "lift", "wait", "lower", "wait", "press")
    assert steps == ["press"] and isinstance(failed, ConformanceFailure) and failed.script == (Step("press"),)


def test_steps_that_must_go_together_are_left_out_although_others_stand_between() -> None:
    steps, _ = after_shortening(Bench("wait", "wait", "press"), "lift", "wait", "lower", "wait", "press")
    assert steps == ["wait", "wait", "press"]


def test_steps_that_the_model_or_the_failure_needs_stay() -> None:
    steps, _ = after_shortening(Bench("lift", "press"), "wait", "lift", "lower", "press")
    assert steps == ["lift", "lower", "press"]


def test_another_failure_of_the_same_step_is_not_taken_for_it() -> None:
    class Impatient(Bench):
        def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> None:
            if action == "wait" and not self.done:
                raise RuntimeError("too early")
            super().do(action, parameters, outcome)

    steps, failed = after_shortening(Impatient("wait"), "press", "lift", "wait")
    assert steps == ["lift", "wait"] and isinstance(failed, ConformanceFailure)

    class Refusing(Impatient):
        def observe(self) -> Mapping[str, Value]:
            assert "wait" not in self.done, "another kind of exception"
            return super().observe()

    assert after_shortening(Refusing(), "press", "lift", "wait")[0] == ["lift", "wait"]


def test_differences_may_become_fewer_but_no_others() -> None:
    class Differing(Bench):
        """Waiting shows a wrong lid if it was moved, and a wrong button always or only if the lid was not moved."""

        def __init__(self, *, always: bool) -> None:
            super().__init__()
            self.always = always

        def observe(self) -> Mapping[str, Value]:
            moved, waited = "lift" in self.done, "wait" in self.done
            up = self.done.count("lift") > self.done.count("lower")
            return {"up": up != (waited and moved), "pressed": waited and (self.always or not moved)}

    steps, failed = after_shortening(Differing(always=True), "lift", "lower", "wait")
    assert steps == ["wait"] and isinstance(failed, ConformanceFailure)
    assert [d.name for d in failed.differences] == ["pressed"]
    assert after_shortening(Differing(always=False), "lift", "lower", "wait")[0] == ["lift", "wait"]


def test_step_that_cannot_have_happened_is_not_one_after_which_something_differs() -> None:
    class Jumping(Bench):
        def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:  # type: ignore[override]
            super().do(action, parameters, outcome)
            return "jumps" if self.done == ["wait"] else None

    steps, _ = after_shortening(Jumping("lift", "wait"), "press", "lift", "wait")
    assert steps == ["lift", "wait"]


def test_run_that_fails_before_its_last_step_is_not_taken_for_it() -> None:
    class Guarded(Bench):
        def observe(self) -> Mapping[str, Value]:
            broken = "lift" in self.done and ("press" not in self.done or "wait" in self.done)
            return {"pressed": ("press" in self.done) != broken}

    steps, _ = after_shortening(Guarded(), "press", "lift", "wait")
    assert steps == ["press", "lift", "wait"]


def test_failure_that_is_an_exception_is_shortened_too() -> None:
    steps, failed = after_shortening(Bench(refuses=["wait"]), "lift", "lower", "press", "lift", "wait")
    assert steps == ["press", "wait"] and str(failed) == "wait"


def test_replays_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortening, "MOST_REPLAYS", 3)
    adapter = Bench("lift", "lift", "lift", "press")
    after_shortening(adapter, *["lift", "lower", "wait"] * 4, "press")
    assert adapter.resets == 1 + 3
