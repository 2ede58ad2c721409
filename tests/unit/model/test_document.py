"""The JSON form of models: it keeps everything, has one form, and every fault is one located line with a hint."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunnelproof.errors import ModelError, TunnelproofError
from tunnelproof.model import catalogue
from tunnelproof.model.language.document import read_system, read_system_file, sha256, to_document, to_json
from tunnelproof.model.language.domains import BOOL, Enum, Range
from tunnelproof.model.language.expressions import TRUE, Apply, Expr, Literal, Read
from tunnelproof.model.language.json_text import DEEPEST_JSON, MOST_VALUES
from tunnelproof.model.language.system import (
    Action,
    Confidence,
    ConfigurationVariable,
    DecidedBy,
    Derived,
    Fairness,
    Outcome,
    Parameter,
    Source,
    System,
    Variable,
)

MODE = Enum("Mode", ("idle", "running", "stuck-2"))
SOURCE = Source("https://example.org/ä", "says “so”\n", "1", "2026-01-01", Confidence.VENDOR)


def equals(name: str, value: bool | int | str) -> Expr:
    return Apply("=", (Read(name), Literal(value)))


EVERYTHING = System(
    name="everything",
    title="Every feature of the language",
    configuration=(
        ConfigurationVariable("strict", BOOL, DecidedBy.SETTING, "refuse more", SOURCE),
        ConfigurationVariable("limit", Range(-1, 2), DecidedBy.HABIT),
        ConfigurationVariable("build", Enum("", ("v1", "v2")), DecidedBy.VENDOR, source=Source("here")),
    ),
    constraints=(Apply("implies", (Read("strict"), equals("build", "v2"))),),
    variables=(
        Variable("mode", MODE, "engine", (Literal("idle"), Literal("stuck-2")), ("user", "os"), "what it does"),
        Variable("count", Range(0, 9), "engine", (Apply("max", (Literal(0), Read("limit"))),), ()),
        Variable("flag", BOOL, "outside"),
    ),
    derived=(
        Derived("busy", Apply("not", (equals("mode", "idle"),)), "doing something", SOURCE),
        Derived("room", Apply("-", (Literal(9), Read("count")))),
    ),
    initially=(Apply("or", (Read("flag"), Read("busy"))),),
    actions=(
        Action(
            "start now",
            "user",
            "engine",
            Apply("and", (equals("mode", "idle"), Apply("<=", (Read("by.much"), Read("room"))))),
            (
                Outcome("done", (("mode", Literal("idle")), ("count", Apply("max", (Read("count"), Read("by.much")))))),
                Outcome("lost", (), Apply("not", (Read("strict"),)), fair=True),
            ),
            parameters=(Parameter("by.much", Range(1, 3)), Parameter("how", Enum("How", ("fast",)))),
            fairness=Fairness.STRONG,
            each=True,
            price=7,
            source=SOURCE,
            doc="begin",
            joins=("engine", "outside"),
        ),
        Action("reset", "os", "outside", TRUE, (Outcome("", (("flag", Literal(False)),)),), fairness=Fairness.WEAK),
    ),
    actors=("os", "user", "watcher"),
)  # fmt: skip


# --- The form keeps everything and has no freedom


@pytest.mark.parametrize("system", [EVERYTHING, *map(catalogue.load, catalogue.names())], ids=lambda s: str(s.name))
def test_a_model_survives_its_json_form(system: System) -> None:
    text = to_json(system)
    again = read_system(text)
    assert again == system
    assert to_json(again) == text
    assert json.loads(text) == to_document(system)


def test_defaults_may_be_written_but_do_not_change_the_hash() -> None:
    document = to_document(EVERYTHING)
    action: Any = document["actions"][1]  # type: ignore[index, call-overload]
    action.update(parameters=[], each=False, price=0, joins=[], doc="", fairness="weak")
    action["outcomes"][0].update(name="", when=True, fair=False)
    document["variables"][2]["visible_to"] = None  # type: ignore[index, call-overload]
    document["claims"] = [{"not": "looked at"}]
    document = dict(reversed(document.items()))
    again = read_system(json.dumps(document, indent=3, ensure_ascii=True))
    assert again == EVERYTHING
    assert sha256(again) == sha256(EVERYTHING)


CHANGES: list[dict[str, Any]] = [
    {"name": "other"},
    {"title": ""},
    {"actors": ("user", "os", "watcher")},
    {"constraints": ()},
    {"initially": ()},
    {"variables": (EVERYTHING.variables[1], EVERYTHING.variables[0], EVERYTHING.variables[2])},
    {"variables": (*EVERYTHING.variables[:2], replace(EVERYTHING.variables[2], visible_to=()))},
    {"actions": (replace(EVERYTHING.actions[0], price=6), EVERYTHING.actions[1])},
    {"actions": (EVERYTHING.actions[0], replace(EVERYTHING.actions[1], fairness=Fairness.NONE))},
    {"derived": (replace(EVERYTHING.derived[0], source=None), EVERYTHING.derived[1])},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_every_difference_shows_in_the_hash(change: dict[str, Any]) -> None:
    other = replace(EVERYTHING, **change)
    assert sha256(other) != sha256(EVERYTHING)
    assert read_system(to_json(other)) == other


def test_the_hash_of_a_model_is_pinned() -> None:
    small = System(
        "small",
        (),
        (Variable("x", Range(0, 1), "c", (Literal(0),)),),
        (Action("go", "os", "c", TRUE, (Outcome("", (("x", Literal(1)),)),)),),
        actors=("os",),
    )
    assert to_json(small) == (
        '{\n"schema": "tunnelproof.model/1",\n"name": "small",\n"actors": ["os"],\n"configuration": [],\n'
        '"variables": [\n  {"name": "x", "domain": {"range": [0, 1]}, "component": "c", "start": [0]}\n],\n'
        '"actions": [\n  {"name": "go", "actor": "os", "component": "c", "guard": true, '
        '"outcomes": [{"effects": {"x": 1}}]}\n]\n}\n'
    )
    assert sha256(small) == "e044bd105821cf6fb80488f61a5577168f085258557a79a6b80d1b024526a7c8"


def test_a_model_can_be_written_by_hand_with_formulas() -> None:
    system = read_system(HAND_WRITTEN)
    action = system.actions[0]
    assert system.actors == ("user",)
    assert action.guard == Apply("and", (equals("mode", "idle"), Apply("<", (Read("n"), Literal(3)))))
    assert action.outcomes[0].effects[0] == ("n", Apply("+", (Read("n"), Read("step"))))
    assert system.variables[1].start == (Literal(0), Apply("if", (Read("careful"), Literal(0), Literal(1))))
    assert system.initially == (Apply("or", (equals("mode", "idle"), equals("mode", "on"))),)


HAND_WRITTEN = """\
{
  "schema": "tunnelproof.model/1",
  "name": "by hand",
  "configuration": [{"name": "careful", "domain": "bool", "decided_by": "setting"}],
  "variables": [
    {"name": "mode", "domain": {"enum": ["idle", "on"]}, "component": "it", "start": null},
    {"name": "n", "domain": {"range": [0, 5]}, "component": "it", "start": [0, {"formula": "if careful then 0 else 1"}]}
  ],
  "derived": [{"name": "low", "definition": {"formula": "n < 3"}}],
  "initially": [{"formula": "mode in {idle, on}"}],
  "actions": [
    {"name": "go", "actor": "user", "component": "it", "guard": {"formula": "mode = idle and n < 3"},
     "parameters": [{"name": "step", "domain": {"range": [1, 2]}}],
     "outcomes": [{"effects": {"n": {"formula": "n + step"}, "mode": {"formula": "if low then mode else on"}}}]}
  ]
}
"""


# --- Bad input. Each case replaces a piece of the text above; the fault is expected where '@' stands.

REPLACED: list[tuple[str, str, str, str, str]] = [
    # what is replaced, by what ('@' marks the place), code, part of the message, part of the hint
    ('"go", "actor"', '"go" @"actor"', "TP153", "'\"actor\"' where ',' or '}'", "commas"),
    ('"idle", "on"]}', '"idle", "on"@}', "TP153", "'}' where ',' or ']'", "commas"),
    ('"idle", "on"]', '"idle", "on",@]', "TP153", "',' before ']'", "remove the comma"),
    ('"idle", "on"]', "@'idle', 'on']", "TP153", "cannot stand here", "double quotes"),
    ('"by hand",', '"by hand,@', "TP153", "control character '\\n'", "close the string"),
    ('"idle", "on"]', '"idle", "@\\x"]', "TP153", "no escape", "backslash"),
    ('"idle", "on"]', '"idle", @"\\ud800"]', "TP152", "lone surrogate", "both halves"),
    ('"idle", "on"]', '"idle", "@\ud800"]', "TP152", "lone surrogate", "remove"),
    ('{"range": [0, 5]}', '{"range": [0, @5.0]}', "TP154", "'5.0'", "numbers are whole"),
    ('{"range": [0, 5]}', '{"range": [0, @1e3]}', "TP154", "'1e3'", "numbers are whole"),
    ('{"range": [0, 5]}', '{"range": [@00, 5]}', "TP154", "'00'", "numbers are whole"),
    ('{"range": [0, 5]}', '{"range": [@NaN, 5]}', "TP154", "'NaN'", "whole numbers"),
    ('{"range": [0, 5]}', '{"range": [@-Infinity, 5]}', "TP154", "'-Infinity'", "whole numbers"),
    ('{"range": [0, 5]}', '{"range": [0, @' + "9" * 5000 + "]}", "TP154", "too large", "2^63"),
    ('{"range": [0, 5]}', '{"range": [0, @9223372036854775808]}', "TP154", "too large", "2^63"),
    ('{"range": [0, 5]}', '@{"range": [0, 2147483648]}', "TP124", "range of 'n'", "lo <= hi"),
    ('{"range": [0, 5]}', '@{"range": [5, 0]}', "TP124", "5..0", "lo <= hi"),
    ('{"range": [0, 5]}', '@{"range": [0, 70000]}', "TP125", "70001 values", "at most"),
    ('{"range": [0, 5]}', '@{"range": [0]}', "TP171", "two numbers", "[lo, hi]"),
    ('{"range": [0, 5]}', '{"range": [0, @true]}', "TP171", "a whole number, not true", "whole number"),
    ('{"range": [0, 5]}', '{"range": [0, 5], @"rnge": 1}', "TP172", "'rnge'", "did you mean 'range'"),
    ('{"range": [0, 5]}', '@"Bool"', "TP175", "not a domain", '"bool"'),
    ('{"range": [0, 5]}', "@null", "TP175", "not a domain", '"bool"'),
    ('"name": "by hand"', '"name": @"by\\nhand"', "TP121", "'by\\nhand' is not a name", "letters"),
    ('"name": "by hand"', '"name": @7', "TP171", "a text, not a number", "a text"),
    ('"name": "by hand",', '"name": "x", @"name": "y",', "TP155", "'name' is given twice", "line 3"),
    ('"name": "by hand"', '"name": "by hand", @"titel": ""', "TP172", "'titel'", "did you mean 'title'"),
    ('"tunnelproof.model/1"', '@"tunnelproof.model/9"', "TP170", "tunnelproof.model/1", "write"),
    ('"tunnelproof.model/1"', "@1", "TP171", "a text, not a number", "write"),
    ('"decided_by": "setting"', '"decided_by": @"settings"', "TP174", "'settings'", "did you mean 'setting'"),
    ('"name": "mode"', '"name": @"careful"', "TP122", "'careful' is declared twice", "own name"),
    ('"name": "careful"', '"name": @"implies"', "TP121", "reserved word", "another name"),
    ('"name": "careful"', '"name": @"cafe\u0301"', "TP121", "not a name", "NFC"),
    ('"start": null', '"start": @"idle"', "TP171", "an array, not a text", "an array"),
    ('"start": null', '"start": [@"careful"]', "TP110", "a value of {idle, on}", "put a value"),
    ('"start": null', '"start": [@"carful"]', "TP127", "'carful' is unknown", "did you mean 'careful'"),
    ('"start": null', '"start": [{"value": @"a/b"}]', "TP121", "'a/b' is not a name", "letters"),
    ('"start": null', '"start": [@{"value": "ide"}]', "TP114", "'ide' is not a member", "did you mean 'idle'"),
    ('"start": null', '"start": [@null]', "TP175", "null is not an expression", "true, false"),
    ('"start": null', '"start": @[]', "TP126", "no value to choose", "give a value"),
    ('"start": [0,', '"start": [@6,', "TP128", "can be 6", "0..5"),
    ("if careful then 0", "if @carefull then 0", "TP113", "'carefull' is not a name here", "did you mean 'careful'"),
    ("if careful then 0", "if careful then @n", "TP127", "'n' is no configuration variable", "known are"),
    ("mode in {idle, on}", "mode in {idle, @one}", "TP114", "'one' is not a member", "did you mean 'on'"),
    ("mode in {idle, on}", "mode @inn {idle, on}", "TP141", "'inn'", "did you mean 'in'"),
    ("mode in {idle, on}", "mode = \\u0069dle and @\\\"\\u00e9", "TP141", "cannot stand here", "close the quotes"),
    ("mode in {idle, on}", "@taken(go)", "TP112", "not about steps", "only claims"),
    ('{"formula": "n < 3"}', '["<", @"modes", 3]', "TP111", "name 'modes'", "did you mean 'mode'"),
    ('{"formula": "n < 3"}', '[@"less", "n", 3]', "TP115", "unknown operator 'less'", "known are"),
    ('{"formula": "n < 3"}', '@["<", "n"]', "TP115", "2 arguments, not 1", "brackets"),
    ('{"formula": "n < 3"}', "@[]", "TP175", "operator is wanted", "write"),
    ('{"formula": "n < 3"}', '[@["<"], "n"]', "TP175", "operator is wanted", "write"),
    ('{"formula": "n < 3"}', '["mod", "n", @0]', "TP116", "positive constant", "1 or more"),
    ('{"formula": "n < 3"}', '@{"formul": "n < 3"}', "TP175", "'formul'", "did you mean 'formula'"),
    ('"low", "definition": {"formula": "n < 3"}', '@"low", "definition": "low"', "TP120", "of itself", "circle"),
    ('"actor": "user"', '"actor": @"us/er"', "TP121", "'us/er' is not a name", "letters"),
    ('"step", "domain"', '@"n", "domain"', "TP122", "hides another name", "another name"),
    ('{"n": {', '{@"nn": {', "TP132", "unknown variable", "did you mean 'n'"),
    ('{"n": {', '{@"careful": true, "n": {', "TP132", "only variables can be assigned", "known are"),
    ('{"n": {', '{"n": 1, @"n": {', "TP155", "'n' is given twice", "line 14"),
    ('{"formula": "n + step"}', "@7", "TP128", "can be 7", "0..5"),
    ('{"formula": "n + step"}', '["+", "n", @"low"]', "TP110", "a whole number is wanted", "put a whole number"),
    ('{"name": "go", "actor": "user",', '@{"name": "go",', "TP173", "has no 'actor'", "add that key"),
    ('"component": "it", "guard"', '"component": "it", "each": @true, "guard"', "TP130", "is not fair", "remove"),
    ('"component": "it", "guard"', '"component": "it", "price": @-1, "guard"', "TP131", "price is -1", "natural"),
    ('"component": "it", "guard"', '"component": "it", "fairness": @"week", "guard"', "TP174", "'week'", "'weak'"),
]  # fmt: skip


def marked(text: str) -> tuple[str, str]:
    """Take the '@' out of a text; return the text and the line and column where it stood."""
    before, at, after = text.partition("@")
    assert at
    return before + after, f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def fault_of(text: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_system(text, "m.json")
    assert type(caught.value) is ModelError
    assert caught.value.status == 3
    assert str(caught.value).isprintable()
    return caught.value


@pytest.mark.parametrize(("old", "new", "code", "says", "hint"), REPLACED)
def test_fault_is_one_line_with_place_and_hint(old: str, new: str, code: str, says: str, hint: str) -> None:
    assert HAND_WRITTEN.count(old) >= 1
    text, place = marked(HAND_WRITTEN.replace(old, new, 1))
    fault = fault_of(text)
    assert (fault.code, str(fault.where)) == (code, f"m.json:{place}"), str(fault)
    assert says in fault.message
    assert hint in fault.hint
    assert fault.hint


@pytest.mark.parametrize(
    ("text", "place", "code", "says"),
    [
        ("", "1:1", "TP153", "the text is empty"),
        (" \n\t ", "1:1", "TP153", "the text is empty"),
        ("\ufeff{}", "1:1", "TP152", "byte order mark"),
        ("[]", "1:1", "TP171", "a model must be an object, not an array"),
        ("null", "1:1", "TP171", "a model must be an object, not null"),
        ("{}", "1:1", "TP173", "a model has no 'schema'"),
        ("{} {}", "1:4", "TP153", "after the end"),
        ('{"a": 1}\n]', "2:1", "TP153", "after the end"),
        ("{", "1:2", "TP153", "the text ends"),
        ('{"a"', "1:5", "TP153", "the text ends"),
        ('{"a', "1:2", "TP153", "the text ends inside a string"),
        ("{1: 2}", "1:2", "TP153", "a key in double quotes"),
        ("[" * 100_000, f"1:{DEEPEST_JSON + 1}", "TP156", "nested deeper"),
        ('{"a":' * 100_000, f"1:{5 * DEEPEST_JSON + 1}", "TP156", "nested deeper"),
        ("[" + "0," * MOST_VALUES + "0]", f"1:{2 * MOST_VALUES}", "TP157", "values"),
    ],
)  # fmt: skip
def test_text_that_is_no_model(text: str, place: str, code: str, says: str) -> None:
    fault = fault_of(text)
    assert (fault.code, str(fault.where)) == (code, f"m.json:{place}")
    assert says in fault.message
    assert fault.hint


def test_a_truncated_model_is_always_refused_where_it_ends() -> None:
    text = HAND_WRITTEN.rstrip()
    for length in range(1, len(text), 7):
        fault = fault_of(text[:length])
        assert fault.code in ("TP153", "TP154")
        assert fault.where
        assert fault.where.line >= text[:length].count("\n", 0, length - 60) - 1


def test_expressions_of_the_greatest_depth_are_read_and_deeper_ones_refused() -> None:
    def nested(depth: int) -> str:
        expr = '["=", ["<", "n", 3], ' * (depth - 2) + '["<", "n", 3]' + "]" * (depth - 2)
        return HAND_WRITTEN.replace('{"formula": "mode in {idle, on}"}', expr)

    system = read_system(nested(100))
    assert read_system(to_json(system)) == system
    fault = fault_of(nested(101))
    assert (fault.code, str(fault.where)[:10]) == ("TP117", "m.json:10:")


def test_derived_names_cannot_be_piled_up_into_a_bomb() -> None:
    def pile(count: int, definition: str) -> str:
        piled = [f'{{"name": "d{i}", "definition": {definition.replace("d", f"d{i - 1}")}}}' for i in range(1, count)]
        first = '{"name": "d0", "definition": "n"}, '
        return HAND_WRITTEN.replace('"derived": [', '"derived": [' + first + ", ".join(piled) + ", ", 1)

    assert read_system(pile(90, '["+", "d", 1]'))
    assert fault_of(pile(150, '["+", "d", 1]')).code == "TP135"
    assert fault_of(pile(60, '["min", "d", "d"]')).code == "TP135"
    assert fault_of(pile(8, '["*", "d", ["*", "d", "d"]]')).code == "TP136"


# --- Files


def test_file_is_read_and_named_in_faults(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(HAND_WRITTEN, encoding="utf-8")
    assert read_system_file(path) == read_system(HAND_WRITTEN)
    path.write_bytes(b'{"schema":\n "\xc3\xa4\xff"}')
    assert refused(path) == ("TP152", f"{path}:2:4")
    path.write_bytes(b"\xef\xbb\xbf{}")
    assert refused(path) == ("TP152", f"{path}:1:1")
    path.write_bytes("{}".encode("utf-16"))
    assert refused(path) == ("TP152", f"{path}:1:1")
    path.write_bytes(b"")
    assert refused(path) == ("TP153", f"{path}:1:1")


def test_only_regular_files_of_limited_size_are_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    large = tmp_path / "large"
    with large.open("wb") as stream:
        stream.truncate(32 * 2**20 + 1)
    assert refused(tmp_path) == ("TP150", str(tmp_path))
    assert refused(tmp_path / "missing") == ("TP150", str(tmp_path / "missing"))
    assert refused(pipe) == ("TP150", str(pipe))
    assert refused(large) == ("TP151", str(large))
    assert refused("nul\0") == ("TP150", "nul\0")


def refused(path: str | Path) -> tuple[str, str]:
    with pytest.raises(ModelError) as caught:
        read_system_file(path)
    assert caught.value.hint
    return caught.value.code, str(caught.value.where)


# --- Any input


def is_read_or_refused(text: str) -> None:
    try:
        system = read_system(text, "m.json")
    except TunnelproofError as fault:
        assert isinstance(fault, ModelError)
        assert fault.where
        assert fault.where.line
        assert fault.hint
        assert "\n" not in str(fault)
    else:
        assert read_system(to_json(system)) == system


CANONICAL = to_json(EVERYTHING)
TEXTS = st.sampled_from([HAND_WRITTEN, CANONICAL])
PIECES = st.sampled_from(
    [*'{}[]",:\\0-. \n\x00é', "null", "true", "1e9", "NaN", '"mode"', '"range": [1, 2]', "\\ud800", '{"value": "x"}']
)


@settings(max_examples=300)
@given(TEXTS, st.data())
def test_changed_characters_are_read_or_refused(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 3)))
        text = text[:start] + data.draw(PIECES) + text[end:]
    is_read_or_refused(text)


@settings(max_examples=200)
@given(st.data())
def test_changed_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    raw = bytearray(CANONICAL.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "mutant.json"
    path.write_bytes(raw)
    try:
        system = read_system_file(path)
    except ModelError as fault:
        assert fault.where
        assert fault.where.line
    else:
        assert read_system(to_json(system)) == system


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.sampled_from(["mode", "x", "", "a\nb", "bool", "and"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "formula", "taken", "next", "enum", "range", "name"]), inner, max_size=2
        )
    ),
    max_leaves=6,
)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) in a JSON value."""
    found: list[tuple[Any, Any]] = []
    pending = [value]
    while pending:
        container = pending.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], (dict, list)):
                pending.append(container[key])
    return found


@settings(max_examples=500)
@given(TEXTS, st.data())
def test_changed_structure_is_read_or_refused(text: str, data: st.DataObject) -> None:
    document = deepcopy(json.loads(text))
    for _ in range(data.draw(st.integers(1, 3))):
        places = places_in(document)
        container, key = places[data.draw(st.integers(0, len(places) - 1))]
        other, elsewhere = places[data.draw(st.integers(0, len(places) - 1))]
        match data.draw(st.sampled_from(["replace", "copy", "delete", "rename"])):
            case "replace":
                container[key] = data.draw(VALUES)
            case "copy":
                container[key] = deepcopy(other[elsewhere])
            case "rename" if isinstance(container, dict):
                container[data.draw(st.sampled_from(["nam", "effects", "when", "source"]))] = container.pop(key)
            case _:
                del container[key]
    is_read_or_refused(json.dumps(document))
