"""Logs held against a model: what fits, what does not and why, what is known afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.conformance.gate import GATE

from tunnelproof.conformance.logs import Reading, by_name, conform, holding, read_reading, tracking
from tunnelproof.errors import ModelError, NothingToCheck, UsageError
from tunnelproof.evidence.conformity import Conformity, Fit, Refusal
from tunnelproof.model.language.component import ANY, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import FALSE
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name

HIDDEN = replace(by_name(), hidden=("rust", "ring"))
Events = list[dict[str, Any]]


def log(path: Path, events: Events) -> Path:
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


def held(tmp_path: Path, *files: Events, reading: Reading = HIDDEN, system: System = GATE, **how: Any) -> Conformity:
    paths = [log(tmp_path / f"{number}.jsonl", events) for number, events in enumerate(files)]
    return conform(system, paths, reading=reading, **how)


def act(action: str, time: float | None = None, **fields: Any) -> dict[str, Any]:
    return {"t": time, "ev": action, **fields}


def push(force: int, time: float | None = None) -> dict[str, Any]:
    return act("push", time, parameters={"force": force})


def refused(found: Conformity) -> Refusal:
    assert found.fit is Fit.DOES_NOT_FIT and found.refusal is not None and found.left is None
    return found.refusal


def test_log_fits_and_tells_what_must_have_happened_unseen(tmp_path: Path) -> None:
    found = held(tmp_path, [push(2), act("draw", outcome="slips")])
    assert found.fit is Fit.FITS and found.refusal is None and found.left is not None
    assert (found.read, found.understood, found.ignored) == (2, 2, {})
    assert format_formula(found.left.when) == "outdoors"
    assert found.left.configurations == 2
    assert found.left.determined == {"outdoors": True, "open": True, "spring": "rusty", "ajar": True}
    assert found.left.open == {"painted": (False, True), "bell": (0, 1)}
    assert found.left.pairs == 3, "an unpainted gate has no bell that could have rung"


def test_state_after_the_last_event_is_meant_not_what_may_have_happened_since(tmp_path: Path) -> None:
    found = held(tmp_path, [push(1), act("draw", state={"spring": "new"})])
    assert found.left is not None and found.left.determined["spring"] == "new"


def test_first_impossible_event_is_named_with_the_condition_that_fails(tmp_path: Path) -> None:
    events = [push(2), act("draw", outcome="slips"), act("draw", outcome="shuts"), push(1), act("draw")]
    refusal = refused(held(tmp_path, events))
    assert (refusal.event.line, refusal.event.rule, refusal.event.fields) == (4, 0, events[3])
    ((candidate, *_), ((reason, count), *_)) = (refusal.candidates, refusal.reasons)
    assert reason == (
        "push(force=1): the guard 'spring = new or force = 2' does not hold, force is 1, spring is 'rusty'"
    )
    assert count == refusal.pairs == refusal.examined == 3
    assert candidate.configuration["outdoors"] is True and candidate.state["spring"] == "rusty"
    assert candidate.obstacles == (reason,)


def test_observed_value_that_disagrees_is_named(tmp_path: Path) -> None:
    after = refused(held(tmp_path, [act("push", state={"open": False})]))
    assert "after push(force=1) 'open' would be true, but false was logged" in dict(after.reasons)
    report = refused(held(tmp_path, [push(2), {"state": {"open": False, "ajar": True}}]))
    assert report.reasons[0][0] == "'open' is true, but false was logged"


def test_nearest_miss_comes_first(tmp_path: Path) -> None:
    refusal = refused(held(tmp_path, [act("draw", outcome="slips")]))
    assert refusal.candidates[0].state["spring"] == "rusty", "only the guard fails there"
    assert refusal.candidates[0].obstacles[0].startswith("draw / slips: the guard 'open' does not hold")


def test_without_hidden_actions_every_step_must_be_in_the_log(tmp_path: Path) -> None:
    events = [push(2), act("draw", outcome="slips")]
    assert refused(held(tmp_path, events, reading=by_name())).event.line == 2
    assert held(tmp_path, [act("rust"), *events], reading=by_name()).fit is Fit.FITS


def test_missed_event_is_made_up_for(tmp_path: Path) -> None:
    events = [push(1), push(1)]
    assert refused(held(tmp_path, events)).event.line == 2
    assert held(tmp_path, events, reading=replace(HIDDEN, missed=("draw",))).fit is Fit.FITS
    only_slips = replace(HIDDEN, missed=("draw/slips",))
    assert refused(held(tmp_path, events, reading=only_slips)).event.line == 2


def test_repeated_report_of_a_state_is_fine(tmp_path: Path) -> None:
    report = {"ev": "state", "state": {"open": True}}
    assert held(tmp_path, [push(1), report, report, report]).fit is Fit.FITS


def test_event_of_an_action_may_repeat_a_report_if_its_rule_says_so(tmp_path: Path) -> None:
    def reading(**more: Any) -> Reading:
        rule = {"match": {"ev": "opened"}, "is": [{"action": "push"}], "then": {"open": True, "bell": [0, 1]}, **more}
        path = tmp_path / "reading.json"
        path.write_text(json.dumps({"schema": "tunnelproof.reading/1", "rules": [rule], "hidden": ["ring"]}))
        return read_reading(path, GATE)

    opened = {"ev": "opened"}
    once = replace(reading(), logged=("push", "draw"))
    again = replace(reading(repeats=True), logged=("push", "draw"))
    assert held(tmp_path, [opened], reading=once).fit is Fit.FITS
    refusal = refused(held(tmp_path, [opened, opened], reading=once))
    assert refusal.event.line == 2 and refusal.event.rule == 1
    assert held(tmp_path, [opened, opened, opened], reading=again).fit is Fit.FITS
    assert held(tmp_path, [opened], reading=again).left == held(tmp_path, [opened], reading=once).left


def test_only_the_configurations_asked_about_count(tmp_path: Path) -> None:
    events = [push(2), act("draw", outcome="slips")]
    assert held(tmp_path, events, where="outdoors").fit is Fit.FITS
    assert refused(held(tmp_path, events, where="not outdoors")).event.line == 2
    found = held(tmp_path, events, where="outdoors and painted")
    assert found.configurations == 1 and found.left is not None and found.left.configurations == 1
    with pytest.raises(UsageError, match="changes during a run"):
        held(tmp_path, events, where="open")


def test_simultaneous_events_may_have_come_in_any_order(tmp_path: Path) -> None:
    first, second = [act("draw", 1), act("draw", 3)], [push(1, 1), push(1, 2)]
    found = held(tmp_path, second, first)
    assert found.fit is Fit.FITS and found.understood == 4
    assert held(tmp_path, first, second).fit is Fit.FITS
    assert refused(held(tmp_path, first, [push(1, 2)])).event.file.endswith("0.jsonl")


def test_simultaneous_events_of_one_file_keep_their_order(tmp_path: Path) -> None:
    fit = held(tmp_path, [push(1, 1), act("draw", 1)], [push(1, 1), act("draw", 1)])
    assert fit.fit is Fit.FITS
    refusal = refused(held(tmp_path, [act("draw", 1), push(1, 1)], [act("draw", 1), push(1, 1)]))
    assert (refusal.event.line, len(refusal.others)) == (1, 3)


def test_every_order_of_one_moment_is_kept_not_just_one(tmp_path: Path) -> None:
    # Only if the spring rusted after the first push could the second event slip; and only then is 'push(1)' over.
    moment = [push(1, 5)], [act("draw", 5, outcome="slips")]
    found = held(tmp_path, *moment)
    assert found.fit is Fit.FITS and found.left is not None
    assert found.left.determined["spring"] == "rusty"


def test_what_has_nothing_to_do_with_the_log_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "reading.json"
    path.write_text(
        '{"schema": "tunnelproof.reading/1", "rules": [{"match": {"ev": "a"}, "is": [{"action": "push"}]}]}'
    )
    found = held(tmp_path, [{"ev": "a"}], reading=read_reading(path, GATE))
    assert found.left is not None and set(found.left.untouched) == {"painted", "bell"}
    assert found.left.configurations == 4


def test_events_without_a_meaning_are_counted_or_refused(tmp_path: Path) -> None:
    events: Events = [push(1), {"src": "os", "ev": "noise"}, {"src": "os", "ev": "noise"}, {"x": 1}]
    found = held(tmp_path, events)
    assert found.fit is Fit.FITS
    assert (found.read, found.understood, found.ignored) == (4, 1, {"os noise": 2, "": 1})
    with pytest.raises(ModelError, match=r"0.jsonl:2: TP182: no rule of the reading says what 'os noise' means"):
        held(tmp_path, events, strict=True)


@pytest.mark.parametrize("events", [[], [{"ev": "noise"}]])
def test_log_in_which_nothing_means_anything_is_no_success(events: Events, tmp_path: Path) -> None:
    with pytest.raises(NothingToCheck, match="TP306"):
        held(tmp_path, events)


def test_events_that_are_known_to_mean_nothing_are_no_fault_and_no_success(tmp_path: Path) -> None:
    path = tmp_path / "reading.json"
    path.write_text('{"schema": "tunnelproof.reading/1", "rules": [{"match": {"ev": "noise"}}]}')
    silent = read_reading(path, GATE)
    with pytest.raises(NothingToCheck, match="none of 1 events"):
        held(tmp_path, [{"ev": "noise"}], reading=silent, strict=True)
    found = held(tmp_path, [{"ev": "noise"}, push(1)], reading=replace(silent, by_name=True), strict=True)
    assert (found.read, found.understood, found.ignored) == (2, 1, {"noise": 1})


def test_log_may_begin_in_any_reachable_state_if_the_reading_says_so(tmp_path: Path) -> None:
    events = [act("draw", outcome="slips")]
    assert held(tmp_path, events).fit is Fit.DOES_NOT_FIT
    assert held(tmp_path, events, reading=replace(by_name(), start="reachable")).fit is Fit.FITS


@pytest.mark.parametrize("most", [1, 3, 5])
def test_too_many_pairs_leave_it_unknown(most: int, tmp_path: Path) -> None:
    found = held(tmp_path, [push(1)], max_states=most)
    assert found.fit is Fit.UNKNOWN and found.refusal is None and found.left is None
    assert f"more than {most} pairs" in found.detail


def test_too_many_simultaneous_events_leave_it_unknown(tmp_path: Path) -> None:
    files = [[{"t": 1, "state": {"open": False}}] * 80 for _ in range(2)]
    found = held(tmp_path, *files)
    assert found.fit is Fit.UNKNOWN and "same moment" in found.detail


def test_forgetting_what_was_remembered_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [push(2), act("draw"), push(2), act("draw", outcome="slips"), push(1)] * 3
    kept = held(tmp_path, events)
    monkeypatch.setattr(tracking, "_MOST_MEMBERS", 0)
    assert held(tmp_path, events) == kept


def test_only_the_pairs_that_still_fit_count_against_the_limit(tmp_path: Path) -> None:
    turns = [
        act("count"),
        act("turn0"),
        act("count"),
        *(act(f"turn{number}") for number in (1, 2, 3, 4, 5) for _ in range(4)),
    ]
    found = held(tmp_path, turns, system=wide(), reading=by_name(), max_states=6)
    assert found.fit is Fit.FITS, "the run has 24 states, but never more than two are kept for an event"
    assert found == held(tmp_path, turns, system=wide(), reading=by_name())


def test_sets_of_one_moment_that_need_too_much_memory_leave_it_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "_MOST_MEMBERS", 4)
    monkeypatch.setattr(tracking, "_AT_ONCE", 0)
    assert held(tmp_path, [push(2, 1)], [act("ring", 1)]).fit is Fit.UNKNOWN


def test_events_that_do_not_touch_each_other_may_come_in_both_orders(tmp_path: Path) -> None:
    found = held(tmp_path, [push(1, 1)], [act("rust", 1)], reading=replace(by_name(), hidden=("ring",)))
    assert found.fit is Fit.FITS and found.left is not None
    assert found.left.determined["ajar"] is True


def test_what_is_left_after_either_order_is_left(tmp_path: Path) -> None:
    seen = replace(by_name(), hidden=("ring",))
    found = held(tmp_path, [push(2, 1), act("draw", 2)], [act("rust", 2)], reading=seen)
    assert found.fit is Fit.FITS and found.left is not None
    assert found.left.open["open"] == (False, True), "a gate that has rusted may slip, another shuts"
    assert found.left.determined["spring"] == "rusty"


def test_too_many_starts_leave_it_unknown_and_no_start_is_an_error(tmp_path: Path) -> None:
    part = Component("part", actor="somebody")
    seen = part.variable("seen", Range(0, 9), start=ANY)
    part.action("see", when=seen > 0, then={seen: 0})
    system = compose("starts", configuration=Configuration(), components=[part])
    assert held(tmp_path, [act("see")], system=system, max_states=10).fit is Fit.FITS
    assert held(tmp_path, [act("see")], system=system, max_states=9).fit is Fit.UNKNOWN
    setting = Configuration()
    setting.setting("fast", bool)
    part.action("hurry", when=name("fast"), then={seen: 0})
    several = compose("starts", configuration=setting, components=[part])
    assert held(tmp_path, [act("see")], system=several, max_states=19).fit is Fit.UNKNOWN
    nowhere = replace(system, initially=(FALSE,))
    with pytest.raises(ModelError, match="TP140: there is no initial state in any configuration"):
        held(tmp_path, [act("see")], system=nowhere)


def test_long_log_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "_TELL_EVERY", 2)
    told: list[str] = []
    held(tmp_path, [push(1), act("draw"), push(2), act("draw"), push(2)], progress=told.append)
    assert told == ["log: 2 events", "log: 4 events"]


def wide() -> System:
    """Return a counter beside so many switches that codes do not fit into one number, and no state can be listed."""
    many = Component("many", actor="somebody")
    counter = many.variable("counter", Range(0, 3), start=0)
    switches = [many.variable(f"s{i}", Range(0, 50_000), start=0) for i in range(6)]
    for number, switch in enumerate(switches):
        many.action(f"turn{number}", choose={"to": Range(0, 3)}, when=switch <= 3, then={switch: switch + 1})
    many.action("count", when=(counter < 3) & (switches[0] == counter), then={counter: counter + 1})
    return compose("wide", configuration=Configuration(), components=[many])


def test_model_whose_states_cannot_be_listed_is_followed(tmp_path: Path) -> None:
    up, count = act("turn0"), act("count")
    assert held(tmp_path, [count, up, count], system=wide(), reading=by_name()).fit is Fit.FITS
    refusal = refused(held(tmp_path, [count, up, up, count], system=wide(), reading=by_name()))
    assert refusal.event.line == 4


def test_starts_that_cannot_be_listed_leave_it_unknown(tmp_path: Path) -> None:
    many = Component("many", actor="somebody")
    switches = [many.variable(f"s{i}", Range(0, 60_000), start=ANY) for i in range(4)]
    many.action("turn", when=switches[0] > 3, then=dict.fromkeys(switches, 0))
    system = compose("wide", configuration=Configuration(), components=[many])
    assert held(tmp_path, [act("turn")], system=system, reading=by_name()).fit is Fit.UNKNOWN


def test_step_that_would_leave_a_domain_does_not_exist(tmp_path: Path) -> None:
    part = Component("part", actor="somebody")
    seen = part.variable("seen", bool, start=False)
    count = part.variable("count", Range(0, 1), start=0)
    part.action("both", then={seen: True, count: count + 1})
    system = compose("leaving", configuration=Configuration(), components=[part])
    path = tmp_path / "reading.json"
    path.write_text(
        '{"schema": "tunnelproof.reading/1", "rules": [{"match": {"ev": "a"}, "is": [{"action": "both"}]}]}'
    )
    reading = read_reading(path, system)
    assert held(tmp_path, [{"ev": "a"}], system=system, reading=reading).fit is Fit.FITS
    refusal = refused(held(tmp_path, [{"ev": "a"}] * 2, system=system, reading=reading))
    assert refusal.event.line == 2 and "leave its variable's domain" in refusal.reasons[0][0]
