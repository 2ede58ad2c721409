"""Tests, carried out on an adapter: whether they fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tunnelproof.conformance.adapter import Adapter
from tunnelproof.conformance.mutation.behaviour import Behaviour, Observer
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import System
from tunnelproof.verification.mutation import Choice
from tunnelproof.verification.suites import Test

Seen = Mapping[str, Value]


@dataclass(frozen=True)
class Script:
    """A test, ready to be carried out: what is asked for, and by outcome what should be seen after it."""

    test: Test
    start: Seen
    steps: tuple[tuple[str, Choice, str, Mapping[str, Seen]], ...]


class Scripts:
    """Makes scripts of tests, with what an observer sees of the model."""

    def __init__(self, model: Behaviour, observer: Observer) -> None:
        self._model, self._observer = model, observer
        self._expected: dict[tuple[int, str, Choice], Mapping[str, Seen]] = {}

    def of(self, test: Test) -> Script:
        """Return the script. Raises `ValueError` if the model has no such run."""
        system: System = self._model.system
        row = tuple([test.configuration[v.name] for v in system.configuration])
        state = tuple([test.start[v.name] for v in system.variables])
        if state not in self._model.starts(row):
            raise ValueError("the model has no such start")
        pair = self._model.pairs.number(row, state)
        start, steps = self._observer.seen(pair), []
        for step in test.steps:
            outcomes = self._model.reactions(pair, step.action).get(step.parameters, {})
            if step.outcome not in outcomes:
                raise ValueError(f"the model has no such run: {step} cannot be taken")
            key = pair, step.action, step.parameters
            if key not in self._expected:
                self._expected[key] = {name: self._observer.seen(after) for name, after in outcomes.items()}
            steps.append((step.action, step.parameters, step.outcome, self._expected[key]))
            pair = outcomes[step.outcome]
        return Script(test, start, tuple(steps))


def fails(script: Script, adapter: Adapter) -> bool:
    """Carry the test out and say whether it fails.

    It does if the adapter raises an exception, has an outcome that the model does not have there, or shows other than
    expected. A test that gets another outcome than it asked for, which the model has, ends there without failing.
    """
    try:
        adapter.reset(script.test.configuration, script.test.start)
        if _wrong(adapter.observe(), script.start):
            return True
        for action, parameters, outcome, expected in script.steps:
            happened = adapter.do(action, dict(parameters), outcome)
            if happened is None:
                happened = outcome
            if happened not in expected or _wrong(adapter.observe(), expected[happened]):
                return True
            if happened != outcome:
                return False
    except Exception:  # an adapter refuses by any exception
        return True
    return False


def _wrong(seen: Seen, expected: Seen) -> bool:
    return seen is not expected and any(
        expected[name] != value or isinstance(expected[name], bool) != isinstance(value, bool)
        for name, value in seen.items()
    )
