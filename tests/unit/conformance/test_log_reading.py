"""What a log's lines and a reading's rules may be, and the errors where they are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.conformance.gate import GATE

from tunnelproof.conformance.logs import reading as reading_module
from tunnelproof.conformance.logs.merging import LARGEST_MOMENT, Timed, TooManyAtOnce, merged
from tunnelproof.conformance.logs.reading import Meaning, Reading, Understanding, by_name, read_reading
from tunnelproof.conformance.logs.record import DEEPEST, LONGEST_LINE, Record, json_records
from tunnelproof.errors import ModelError
from tunnelproof.model.language.system import Step


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def reading(tmp_path: Path, **parts: Any) -> Reading:
    document = {"schema": "tunnelproof.reading/1", **parts}
    return read_reading(write(tmp_path / "reading.json", json.dumps(document)), GATE)


def meaning(understanding: Understanding, **fields: Any) -> tuple[int, Meaning] | None:
    return understanding.meaning(Record("log", 7, None, fields))


def steps(*wanted: Step) -> tuple[int, ...]:
    return tuple(GATE.steps.index(step) for step in wanted)


# --- lines ------------------------------------------------------------------------------------------------------------


def test_lines_are_events_with_their_times_and_all_their_fields(tmp_path: Path) -> None:
    path = write(tmp_path / "log", '{"t": 1, "ev": "a", "more": [1]}\r\n\n  \n{"t": 2.5}\n{"t": null, "ev": "ü"}')
    found = [(r.line, r.time, r.fields) for r in json_records(path)]
    assert found == [
        (1, 1.0, {"t": 1, "ev": "a", "more": [1]}),
        (4, 2.5, {"t": 2.5}),
        (5, None, {"t": None, "ev": "ü"}),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        "null",
        '{"t": 1} {"t": 2}',
        '{"t": 1, "t": 2}',
        '{"a": {"b": 1, "b": 2}}',
        '{"t": NaN}',
        '{"t": Infinity}',
        '{"t": 1e999}',
        '{"t": true}',
        '{"t": "1"}',
        '{"t": [1]}',
        '{"t": 1' + "0" * 400 + "}",
        '{"t": 1' + "0" * 5000 + "}",
        "[" * 100_000,
        '{"x": ' + "[" * DEEPEST + "]" * DEEPEST + "}",
        b'{"ev": "\xff"}',
        '{"ev": "' + "x" * LONGEST_LINE + '"}',
    ],
)
def test_malformed_line_is_refused_with_its_place(line: str | bytes, tmp_path: Path) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    path = write(tmp_path / "log.jsonl", b'{"t": 0}\n' + raw + b"\n")
    with pytest.raises(ModelError) as caught:
        list(json_records(path))
    assert (caught.value.code, str(caught.value.where)) == ("TP180", f"{path}:2")


def test_many_values_side_by_side_are_not_deep(tmp_path: Path) -> None:
    path = write(tmp_path / "log", json.dumps({"x": [[1], {"y": 2}] * DEEPEST}))
    assert len(list(json_records(path))) == 1


@pytest.mark.parametrize("name", ["absent", "", "nul\0"])
def test_file_that_cannot_be_read_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        list(json_records(tmp_path / name))
    assert caught.value.code == "TP150"


# --- several files ----------------------------------------------------------------------------------------------------


def moments(*files: list[tuple[float | None, str]]) -> list[list[str]]:
    timed = [[Timed(time, what) for time, what in file] for file in files]
    return [["".join(events) for events in moment] for moment in merged(timed)]


def test_files_are_merged_by_time() -> None:
    assert moments([(1, "a"), (4, "b")], [(2, "c"), (3, "d")]) == [["a"], ["c"], ["d"], ["b"]]


def test_events_of_one_moment_in_different_files_come_together() -> None:
    assert moments([(1, "a"), (1, "b"), (2, "c")], [(1, "d")], [(3, "e")]) == [["ab", "d"], ["c"], ["e"]]


def test_event_without_a_time_follows_its_predecessor_in_the_file() -> None:
    assert moments([(1, "a"), (None, "b"), (5, "c")], [(3, "d")]) == [["a"], ["b"], ["d"], ["c"]]
    assert moments([(None, "a"), (5, "c")], [(3, "d")]) == [["a"], ["d"], ["c"]]


def test_clock_that_goes_back_does_not_change_a_files_order() -> None:
    assert moments([(5, "a"), (1, "b")], [(4, "c")]) == [["c"], ["a"], ["b"]]


def test_one_file_is_never_taken_in_another_order() -> None:
    assert moments([(1, "a"), (1, "b"), (1, "c")]) == [["a"], ["b"], ["c"]]
    assert moments([], []) == []


def test_endless_moment_is_refused() -> None:
    endless = [[Timed(None, "x")] * (LARGEST_MOMENT + 1), [Timed(None, "y")]]
    with pytest.raises(TooManyAtOnce):
        list(merged(endless))


# --- meanings ---------------------------------------------------------------------------------------------------------


def test_first_rule_that_matches_counts(tmp_path: Path) -> None:
    rules = [
        {"match": {"ev": "moved", "by": ["guest", 1, None]}, "is": [{"action": "push"}]},
        {"match": {"ev": "moved"}, "then": {"open": True}},
        {"match": {"ev": "moved"}, "then": {"open": False}},
    ]
    known = Understanding(GATE, reading(tmp_path, rules=rules))
    push = Meaning(steps(Step("push", (("force", 1),)), Step("push", (("force", 2),))), ())
    assert meaning(known, ev="moved", by="guest") == (1, push)
    assert meaning(known, ev="moved", by=1) == meaning(known, ev="moved") == (1, push)
    assert meaning(known, ev="moved", by=True) == (2, Meaning((), (("open", (True,)),)))
    assert meaning(known, ev="still") is None


def test_values_are_taken_from_fields_through_tables(tmp_path: Path) -> None:
    table = {"soft": 1, "any": [1, 2]}
    rules = [
        {
            "match": {"ev": "push"},
            "is": [{"action": "push", "parameters": {"force": {"field": "how", "table": table}}}],
            "then": {"open": {"field": "now"}},
        },
        {"match": {"ev": "try"}, "is": [{"action": "draw", "outcome": {"field": "why"}}]},
    ]
    known = Understanding(GATE, reading(tmp_path, rules=rules))
    soft, hard = Step("push", (("force", 1),)), Step("push", (("force", 2),))
    assert meaning(known, ev="push", how="soft", now=True) == (1, Meaning(steps(soft), (("open", (True,)),)))
    assert meaning(known, ev="push", how="any", now=False) == (1, Meaning(steps(soft, hard), (("open", (False,)),)))
    assert meaning(known, ev="push", how="hard", now=True) is None, "the table does not have it"
    assert meaning(known, ev="push", how="soft") is None, "the field is missing"
    assert meaning(known, ev="try", why="slips") == (2, Meaning(steps(Step("draw", (), "slips")), ()))
    with pytest.raises(ModelError, match="log:7: TP181: 3 is no value of 'open'"):
        meaning(known, ev="push", how="soft", now=3)
    with pytest.raises(ModelError, match="no step of draw has the parameters or outcome"):
        meaning(known, ev="try", why="sleeps")


def test_what_is_silent_follows_the_lists_and_the_rules(tmp_path: Path) -> None:
    def silent(**lists: Any) -> set[str]:
        rules = [{"match": {"ev": "x"}, "is": [{"action": "push"}, {"action": "draw"}]}]
        found = Understanding(GATE, reading(tmp_path, rules=rules, **lists)).silent
        return {f"{GATE.steps[i].action}/{GATE.steps[i].outcome}" for i in found}

    assert silent() == {"rust/", "ring/"}
    assert silent(missed=["push"], hidden=["rust"]) == {"push/", "rust/", "ring/"}
    assert silent(hidden=["draw/slips"]) == {"rust/", "ring/", "draw/slips"}
    assert silent(missed=["draw"], logged=["draw/slips"]) == {"rust/", "ring/", "draw/shuts"}


def test_without_a_reading_events_are_actions_and_all_of_them_are_logged() -> None:
    known = Understanding(GATE, by_name())
    assert known.silent == frozenset()
    hard = Step("push", (("force", 2),))
    assert meaning(known, ev="push", parameters={"force": 2}) == (0, Meaning(steps(hard), ()))
    assert meaning(known, ev="draw", outcome="slips", state={"open": True}) == (
        0,
        Meaning(steps(Step("draw", (), "slips")), (("open", (True,)),)),
    )
    assert meaning(known, ev="state", state={"ajar": False}) == (0, Meaning((), (("ajar", (False,)),)))
    assert meaning(known, state={"open": False}) == (0, Meaning((), (("open", (False,)),)))
    assert meaning(known, ev="state") is None
    assert meaning(known, ev="elsewhere", state={"open": True}) is None


def test_forgetting_meanings_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "_REMEMBERED", 1)
    known = Understanding(GATE, by_name())
    for _ in range(2):
        assert meaning(known, ev="rust") == (0, Meaning(steps(Step("rust")), ()))
        assert meaning(known, ev="ring") == (0, Meaning(steps(Step("ring")), ()))


def test_configuration_can_be_observed(tmp_path: Path) -> None:
    known = Understanding(GATE, reading(tmp_path, rules=[{"match": {}, "then": {"outdoors": {"field": "out"}}}]))
    assert meaning(known, out=True) == (1, Meaning((), (("outdoors", (True,)),)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ev": "push", "parameters": {"force": 3}}, "cannot have the parameters"),
        ({"ev": "push", "parameters": {"force": True}}, "cannot have the parameters"),
        ({"ev": "push", "parameters": {"speed": 1}}, "no parameter 'speed'"),
        ({"ev": "push", "parameters": 1}, "'parameters' must be an object"),
        ({"ev": "draw", "outcome": "sleeps"}, "the outcome 'sleeps'"),
        ({"ev": "push", "state": {"opne": True}}, "'opne' is no variable or derived name of the model (did you mean"),
        ({"ev": "push", "state": {"open": 1}}, "1 is no value of 'open'"),
        ({"ev": "push", "state": {"spring": "steel"}}, "'steel' is no value of 'spring'"),
        ({"ev": "push", "state": {"ajar": 1}}, "1 is no value of 'ajar'"),
        ({"ev": "push", "state": {"open": None}}, "'state' must be an object"),
    ],
)
def test_event_that_speaks_of_what_the_model_does_not_have_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError) as caught:
        meaning(Understanding(GATE, by_name()), **fields)
    assert (caught.value.code, str(caught.value.where)) == ("TP181", "log:7")
    assert said in str(caught.value)


PUSH = [{"match": {"ev": "x"}, "is": [{"action": "push"}]}]


@pytest.mark.parametrize(
    ("parts", "code", "said"),
    [
        ({}, "TP183", "says nothing of any event"),
        ({"schema": "tunnelproof.reading/2", "by_name": True}, "TP170", "not a reading"),
        ({"rules": PUSH, "hiden": []}, "TP172", "hiden"),
        ({"by_name": 1}, "TP171", "'by_name' must be true or false"),
        ({"by_name": True, "start": "anywhere"}, "TP174", "no start"),
        ({"rules": [{"is": [{"action": "push"}]}]}, "TP173", "no 'match'"),
        ({"rules": [{"match": {"ev": []}}]}, "TP183", "an empty list"),
        ({"rules": [{"match": {"ev": {"a": 1}}}]}, "TP183", "a truth value, whole number or text"),
        ({"rules": [{"match": {}, "is": [{"action": "puhs"}]}]}, "TP183", "no action 'puhs'"),
        ({"rules": [{"match": {}, "is": [{"action": "draw", "outcome": "x"}]}]}, "TP181", "no outcome 'x'"),
        ({"rules": [{"match": {}, "is": [{"action": "push", "parameters": {"f": 1}}]}]}, "TP183", "no parameter 'f'"),
        ({"rules": [{"match": {}, "is": [{"action": "push", "parameters": {"force": 9}}]}]}, "TP181", "9 is no value"),
        ({"rules": [{"match": {}, "then": {"closed": True}}]}, "TP181", "'closed' is no variable"),
        ({"rules": [{"match": {}, "then": {"open": 1}}]}, "TP181", "1 is no value of 'open'"),
        ({"rules": [{"match": {}, "then": {"open": {"field": "a", "table": {"b": 1}}}}]}, "TP181", "1 is no value"),
        ({"rules": [{"match": {}, "then": {"open": {"field": ""}}}]}, "TP183", "a field has a name"),
        ({"rules": [{"match": {}, "then": {"open": True}, "repeats": True}]}, "TP183", "can repeat nothing"),
        ({"rules": PUSH, "hidden": ["pull"]}, "TP183", "no action 'pull'"),
        ({"rules": PUSH, "hidden": ["push"]}, "TP183", "is hidden, but a rule has it"),
        ({"rules": PUSH, "missed": ["rust"]}, "TP183", "no rule has 'rust'"),
        ({"rules": PUSH, "logged": ["rust"]}, "TP183", "no rule has 'rust'"),
        ({"rules": PUSH, "missed": ["push"], "logged": ["push"]}, "TP183", "both"),
    ],
)
def test_malformed_reading_is_refused_with_its_place(
    parts: dict[str, Any], code: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError) as caught:
        reading(tmp_path, **parts)
    assert caught.value.code == code, caught.value
    assert said in str(caught.value)
    assert caught.value.where is not None and caught.value.where.line == 1
