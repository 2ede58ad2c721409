"""What the certifier reads: values of the right kind, expressions of the right type, models of the right form."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tunnelproof_certify as certify

# --- files and members ------------------------------------------------------------------------------------------------


def file(folder: Path, text: str) -> Path:
    path = folder / "file"
    path.write_text(text, "utf-8")
    return path


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    assert certify.read_json(file(tmp_path, '{"a": [1, true, "ü", null]}')) == {"a": [1, True, "ü", None]}


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '{"b": {"a": 1, "c": 2, "a": 3}}', "1.5", "1e3", "Infinity", "["])
def test_what_json_leaves_open_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(certify.Unreadable, match="it cannot be read"):
        certify.read_json(file(tmp_path, text))


def test_a_fraction_is_named_in_few_letters(tmp_path: Path) -> None:
    with pytest.raises(certify.Unreadable) as fault:
        certify.read_json(file(tmp_path, "1." + "5" * 99))
    assert str(fault.value) == "it cannot be read: 1." + "5" * 18 + " is no whole number"


def test_a_file_has_a_greatest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert certify.LARGEST_FILE == 512 * 1024 * 1024
    path = file(tmp_path, "[10]")
    monkeypatch.setattr(certify, "LARGEST_FILE", 4)
    assert certify.read_json(path) == [10]
    monkeypatch.setattr(certify, "LARGEST_FILE", 3)
    with pytest.raises(certify.Unreadable, match="too large"):
        certify.read_json(path)
    for other in (tmp_path, tmp_path / "none"):
        with pytest.raises(certify.Unreadable, match="no such file"):
            certify.read_json(other)


def test_a_member_is_of_its_kind_or_the_default() -> None:
    assert certify.member({"a": 0}, "a", int) == 0
    assert certify.member({"a": False}, "a", bool, True) is False
    assert certify.member({}, "a", bool, True) is True
    assert certify.member({}, "a", list, []) == []
    for document, kind, default in (
        ({"a": True}, int, None),
        ({"a": 1}, bool, None),
        ({"a": "x"}, list, []),
        ({"a": None}, dict, {}),
        ({"a": None}, dict, None),
        ({}, dict, None),
        ([], list, None),
        (None, str, None),
    ):
        with pytest.raises(certify.Unreadable, match=f"no 'a' where one is wanted, or it is no {kind.__name__}"):
            certify.member(document, "a", kind, default)


def test_lists_are_of_texts_or_of_so_many_whole_numbers() -> None:
    assert certify.texts({"a": ["x", ""]}, "a") == ["x", ""]
    with pytest.raises(certify.Unreadable, match="no list of texts"):
        certify.texts({"a": ["x", 1]}, "a")
    assert certify.numbers({"a": [2, -1]}, "a") == [2, -1]
    assert certify.numbers({"a": [2, -1]}, "a", 2) == [2, -1]
    assert certify.numbers({"a": []}, "a", 0) == []
    for wrong, count in (([2, True], None), ([2, "1"], None), ([2], 2), ([1], 0), ([2, True], 2)):
        with pytest.raises(certify.Rejected, match=f"'a' is no list of {'' if count is None else count} whole numbers"):
            certify.numbers({"a": wrong}, "a", count)


def test_an_object_has_no_other_keys() -> None:
    certify.only({"a": 1}, "a b", "it")
    with pytest.raises(certify.Unreadable, match="it has 'c'"):
        certify.only({"a": 1, "d": 2, "c": 3}, "a b", "it")
    with pytest.raises(certify.Unreadable, match="it is no object"):
        certify.only(["a"], "a b", "it")


# --- expressions ------------------------------------------------------------------------------------------------------

OUTCOME = certify.Outcome("well", certify.TRUE, {}, False)
GO = certify.Action("go", "os", certify.TRUE, [OUTCOME], [{}], "none", False)
TYPES = {"b": "bool", "n": "int", "m": "int", "e": ("off", "on"), "f": ("on", "high")}
SCOPE = certify.Scope(TYPES, {"go": GO}, ["os"], True)
N, M, B, E = (("read", name) for name in "nmbe")


def text(name: str) -> dict[str, str]:
    return {"value": name}


@pytest.mark.parametrize(
    ("written", "kind", "expected"),
    [
        (True, "bool", ("value", True)),
        (7, "int", ("value", 7)),
        ("n", "int", N),
        ("e", ("off", "on"), E),
        (text("on"), ("off", "on"), ("value", "on")),
        (["=", "e", text("on")], "bool", ("=", E, ("value", "on"))),
        (["!=", text("on"), "e"], "bool", ("!=", ("value", "on"), E)),
        (["=", text("on"), text("high")], "bool", ("=", ("value", "on"), ("value", "high"))),
        (["=", "b", True], "bool", ("=", B, ("value", True))),
        (["not", "b"], "bool", ("not", B)),
        (["and", "b"], "bool", ("and", B)),
        (["or", "b", "b", "b"], "bool", ("or", B, B, B)),
        (["implies", "b", "b"], "bool", ("implies", B, B)),
        (["<", "n", 3], "bool", ("<", N, ("value", 3))),
        (["max", "n", "m"], "int", ("max", N, M)),
        (["mod", "n", 2], "int", ("mod", N, ("value", 2))),
        (["mod", "n", 1], "int", ("mod", N, ("value", 1))),
        (["if", "b", "n", 3], "int", ("if", B, N, ("value", 3))),
        (["if", "b", "e", text("on")], ("off", "on"), ("if", B, E, ("value", "on"))),
        (["if", "b", text("off"), text("on")], ("off", "on"), ("if", B, ("value", "off"), ("value", "on"))),
        ({"taken": "go"}, "bool", ("taken", "go", None)),
        ({"taken": "go", "outcome": "well"}, "bool", ("taken", "go", "well")),
        ({"by": "os"}, "bool", ("by", "os")),
        ({"next": "n"}, "int", ("next", N)),
        (["=", {"next": ["+", "n", 1]}, "n"], "bool", ("=", ("next", ("+", N, ("value", 1))), N)),
    ],
)
def test_an_expression_means_what_is_written(written: Any, kind: Any, expected: certify.Expr) -> None:
    assert certify.read_expression(written, SCOPE, kind) == expected


@pytest.mark.parametrize(
    ("written", "kind", "why"),
    [
        ("none", "bool", "nothing is called 'none'"),
        ("n", "bool", "wrong type"),
        ("b", "int", "wrong type"),
        ("e", ("on", "off"), "wrong type"),
        (text("low"), ("off", "on"), "wrong type"),
        (text("on"), "bool", "wrong type"),
        (["=", "e", "f"], "bool", "wrong type"),
        (["=", "e", text("high")], "bool", "wrong type"),
        (["=", "n", "b"], "bool", "wrong type"),
        (["not", "n"], "bool", "wrong type"),
        (["and", "b", "n"], "bool", "wrong type"),
        (["and", "n", "b"], "bool", "wrong type"),
        (["<", "b", "b"], "bool", "wrong type"),
        (["<", "e", "e"], "bool", "wrong type"),
        (["+", "b", "b"], "bool", "wrong type"),
        (["+", "n", "b"], "int", "wrong type"),
        (["+", "b", "n"], "int", "wrong type"),
        (["if", "n", "n", "n"], "int", "wrong type"),
        (["if", "b", "n", "b"], "int", "wrong type"),
        (["if", "b", "n", "n"], "bool", "wrong type"),
        (["if", "b", text("off"), text("low")], ("off", "on"), "wrong type"),
        (["mod", "n", 0], "int", "no operator"),
        (["mod", "n", -2], "int", "no operator"),
        (["mod", "n", "m"], "int", "no operator"),
        (["mod", "n", ["+", 1, 1]], "int", "no operator"),
        (["xor", "n", "n"], "int", "'xor' is no operator"),
        (["x" * 99, "n", "n"], "int", "'" + "x" * 20 + "' is no operator"),
        (["not", "b", "b"], "bool", "'not' has 2 arguments"),
        (["not"], "bool", "'not' has 0 arguments"),
        (["and"], "bool", "'and' has 0 arguments"),
        (["or"], "bool", "'or' has 0 arguments"),
        (["implies", "b"], "bool", "'implies' has 1 arguments"),
        (["implies", "b", "b", "b"], "bool", "'implies' has 3 arguments"),
        (["if", "b", "n"], "int", "'if' has 2 arguments"),
        (["=", "n"], "bool", "'=' has 1 arguments"),
        (["=", "n", "n", "n"], "bool", "'=' has 3 arguments"),
        (["-", "n"], "int", "'-' has 1 arguments"),
        ([], "bool", "no expression here"),
        ([1, 2], "bool", "no expression here"),
        (None, "bool", "null is no expression here"),
        ({}, "bool", "no expression here"),
        ({"value": "on", "more": 1}, "bool", "no expression here"),
        ({"value": 1}, "int", "no expression here"),
        ({"taken": "come"}, "bool", "no expression here"),
        ({"taken": 1}, "bool", "no expression here"),
        ({"taken": "go", "outcome": "ill"}, "bool", "'go' has no such outcome"),
        ({"taken": "go", "outcome": None}, "bool", "'go' has no such outcome"),
        ({"taken": "go", "how": "well"}, "bool", "no expression here"),
        ({"by": "user"}, "bool", "no expression here"),
        ({"by": "os", "more": 1}, "bool", "no expression here"),
        ({"by": 1}, "bool", "no expression here"),
        ({"next": {"next": "n"}}, "int", "no expression here"),
        ({"next": {"taken": "go"}}, "bool", "no expression here"),
        ({"next": {"by": "os"}}, "bool", "no expression here"),
        ({"next": "n", "more": 1}, "int", "no expression here"),
        ({"value" * 30: 1}, "int", '^{"' + "value" * 11 + "val is no expression"),
    ],
)
def test_an_expression_that_means_nothing_is_refused(written: Any, kind: Any, why: str) -> None:
    with pytest.raises(certify.Unreadable, match=why):
        certify.read_expression(written, SCOPE, kind)


def test_steps_and_later_values_can_be_spoken_of_only_where_they_are() -> None:
    for written in ({"taken": "go"}, {"by": "os"}, {"next": "b"}):
        with pytest.raises(certify.Unreadable, match="no expression here"):
            certify.read_expression(written, certify.Scope(TYPES))


def test_atoms_are_put_in_and_what_has_none_stays_the_same() -> None:
    expr = ("and", ("=", N, ("value", 1)), ("taken", "go", None), ("next", ("by", "os")))
    assert certify.put(expr, lambda _: None) is expr
    assert certify.put(certify.TRUE, lambda _: False) is certify.TRUE
    known = {N: 0, ("taken", "go", None): True, ("by", "os"): False}
    assert certify.put(expr, known.get) == (
        "and",
        ("=", ("value", 0), ("value", 1)),
        certify.TRUE,
        ("next", certify.FALSE),
    )
    assert list(certify.atoms(expr)) == [N, ("taken", "go", None), ("by", "os")]


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (certify.TRUE, "true"),
        (("value", 1), "1"),
        (("value", "on"), "on"),
        (N, "n"),
        (("not", B), "not(b)"),
        (("next", N), "next(n)"),
        (("if", B, N, M), "if(b, n, m)"),
        (("min", N, M), "min(n, m)"),
        (("max", N, M), "max(n, m)"),
        (("by", "os"), "by(os)"),
        (("taken", "go", "well"), "taken(go, well)"),
        (("and", B, ("<", N, ("value", 3))), "(b and (n < 3))"),
    ],
)
def test_an_expression_is_shown_as_people_write_it(expr: certify.Expr, expected: str) -> None:
    assert certify.shown(expr) == expected


def test_what_is_no_expression_is_not_shown() -> None:
    with pytest.raises(AssertionError):
        certify.shown(())


# --- models -----------------------------------------------------------------------------------------------------------

MODEL: dict[str, Any] = {
    "schema": "tunnelproof.model/1",
    "name": "small",
    "actors": ["os", "user"],
    "configuration": [
        {"name": "k", "domain": "bool"},
        {"name": "mode", "domain": {"enum": ["off", "on"]}},
    ],
    "constraints": [["implies", "k", ["=", "mode", {"value": "on"}]]],
    "variables": [
        {"name": "x", "domain": {"range": [0, 3]}, "start": [0, ["if", "k", 1, 0]]},
        {"name": "y", "domain": "bool"},
    ],
    "derived": [
        {"name": "far", "definition": ["and", "low", "y"]},
        {"name": "low", "definition": ["<", "sum", 2]},
        {"name": "sum", "definition": ["+", "x", 1]},
    ],
    "initially": [["or", "y", "k"]],
    "actions": [
        {
            "name": "go",
            "actor": "os",
            "parameters": [{"name": "p", "domain": {"range": [1, 2]}}, {"name": "q", "domain": "bool"}],
            "guard": ["and", "low", "q"],
            "outcomes": [
                {"name": "well", "when": ["=", "p", 1], "effects": {"x": ["+", "x", "p"]}, "fair": True},
                {"name": "ill", "effects": {"y": ["not", "y"]}},
            ],
            "fairness": "weak",
            "each": True,
        },
        {"name": "rest", "actor": "user", "guard": True, "outcomes": [{"effects": {}}]},
    ],
}


def test_a_model_is_read_as_it_is_written() -> None:
    model = certify.Model(MODEL)
    assert (model.name, model.configuration, model.variables) == ("small", ["k", "mode"], ["x", "y"])
    assert {name: list(values) for name, values in model.values.items()} == {
        "k": [False, True],
        "mode": ["off", "on"],
        "x": [0, 1, 2, 3],
        "y": [False, True],
    }
    assert model.types["mode"] == ("off", "on")
    assert list(model.derived) == ["sum", "low", "far"]
    assert model.starts == {"x": [("value", 0), ("if", ("read", "k"), ("value", 1), ("value", 0))], "y": None}
    go, rest = model.actions.values()
    assert go.choices == [{"p": p, "q": q} for p in (1, 2) for q in (False, True)]
    assert [o.name for o in go.outcomes] == ["well", "ill"]
    assert [o.fair for o in go.outcomes] == [True, False]
    assert (go.fairness, go.each, rest.fairness, rest.each) == ("weak", True, "none", False)
    assert (go.writes, rest.writes, rest.choices) == ({"x", "y"}, set(), [{}])
    assert go.outcomes[1].when == certify.TRUE
    assert model.reads(("read", "far")) == {"x", "y"}
    assert model.reads(("read", "low"), ("read", "k")) == {"x", "k"}


def test_a_step_has_its_parameters_put_in_and_a_name() -> None:
    model = certify.Model(MODEL)
    steps = model.steps(model.actions.values(), {"x"})
    assert [str(step) for step in steps] == [
        f"go(p={p}, q={q})/{how}" for p in (1, 2) for q in (False, True) for how in ("well", "ill")
    ] + ["rest"]
    assert steps[0].guard == ("and", ("read", "low"), certify.FALSE)
    assert steps[0].when == ("=", ("value", 1), ("value", 1))
    assert steps[6].effects == {"x": ("+", ("read", "x"), ("value", 2))}
    assert steps[7].effects == {}  # of what is not kept


def test_a_known_step_settles_what_speaks_of_steps() -> None:
    model = certify.Model(MODEL)
    step = model.steps(model.actions.values(), set())[0]
    for atom, after, still in (
        (("taken", "go", None), True, False),
        (("taken", "go", "well"), True, False),
        (("taken", "go", "ill"), False, False),
        (("taken", "rest", None), False, False),
        (("taken", "rest", "well"), False, False),
        (("by", "os"), True, False),
        (("by", "user"), False, False),
    ):
        assert certify.with_step(atom, step) == ("value", after)
        assert certify.with_step(atom, None) == ("value", still)
    assert certify.with_step(("read", "x"), step) == ("read", "x")


def spoilt(change: Callable[[Any], Any]) -> Any:
    document = copy.deepcopy(MODEL)
    change(document)
    return document


FORMS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "another key": (lambda d: d.update(more=1), "the model has 'more'"),
    "another schema": (lambda d: d.update(schema="tunnelproof.model/2"), "of another form"),
    "no name": (lambda d: d.pop("name"), "no 'name'"),
    "no actors": (lambda d: d.pop("actors"), "no 'actors'"),
    "no list": (lambda d: d.update(derived={}), "no 'derived'"),
    "variable with another key": (lambda d: d["variables"][0].update(more=1), "a variable has 'more'"),
    "variable twice": (lambda d: d["variables"][1].update(name="x"), "'x' is declared twice"),
    "variable and setting": (lambda d: d["variables"][1].update(name="k"), "'k' is declared twice"),
    "no start": (lambda d: d["variables"][0].update(start=[]), "'x' has no start"),
    "start is no list": (lambda d: d["variables"][0].update(start=1), "'x' has no start"),
    "start of another type": (lambda d: d["variables"][0].update(start=[True]), "wrong type"),
    "start reads a variable": (lambda d: d["variables"][1].update(start=["y"]), "nothing is called 'y'"),
    "start reads a derived name": (lambda d: d["variables"][1].update(start=["low"]), "nothing is called 'low'"),
    "constraint reads a variable": (lambda d: d["constraints"].append("y"), "nothing is called 'y'"),
    "initial formula is no truth value": (lambda d: d["initially"].append("x"), "wrong type"),
    "derived with another key": (lambda d: d["derived"][0].update(more=1), "a derived name has 'more'"),
    "derived twice": (lambda d: d["derived"].append({"name": "far", "definition": True}), "two derived names"),
    "derived is a variable": (lambda d: d["derived"].append({"name": "y", "definition": True}), "declared twice"),
    "circle": (lambda d: d["derived"][2].update(definition=["if", "far", 1, 2]), "round in a circle"),
    "derived reads itself": (lambda d: d["derived"][2].update(definition=["+", "sum", 1]), "called 'sum'"),
    "derived speaks of steps": (lambda d: d["derived"][0].update(definition={"taken": "go"}), "no expression here"),
    "action with another key": (lambda d: d["actions"][0].update(more=1), "an action has 'more'"),
    "action twice": (lambda d: d["actions"][1].update(name="go"), "two actions have one name"),
    "parameter hides": (lambda d: d["actions"][0]["parameters"][0].update(name="x"), "'x' hides another name"),
    "parameters alike": (lambda d: d["actions"][0]["parameters"][1].update(name="p"), "'p' hides another name"),
    "no such actor": (lambda d: d["actions"][0].update(actor="moon"), "unknown actor"),
    "no such fairness": (lambda d: d["actions"][0].update(fairness="some"), "unknown fairness"),
    "no outcome": (lambda d: d["actions"][0].update(outcomes=[]), "has no outcome"),
    "each is no truth value": (lambda d: d["actions"][0].update(each=1), "no 'each'"),
    "guard is no truth value": (lambda d: d["actions"][0].update(guard="x"), "wrong type"),
    "outcome with another key": (lambda d: d["actions"][0]["outcomes"][0].update(more=1), "an outcome has 'more'"),
    "outcomes alike": (lambda d: d["actions"][0]["outcomes"][1].update(name="well"), "two outcomes of one name"),
    "fair is no truth value": (lambda d: d["actions"][0]["outcomes"][0].update(fair=1), "no 'fair'"),
    "condition is no truth value": (lambda d: d["actions"][0]["outcomes"][0].update(when="p"), "wrong type"),
    "assigns a setting": (lambda d: d["actions"][0]["outcomes"][0].update(effects={"k": True}), "is no variable"),
    "assigns a derived name": (lambda d: d["actions"][0]["outcomes"][0].update(effects={"low": True}), "no variable"),
    "assigns another type": (lambda d: d["actions"][0]["outcomes"][0].update(effects={"x": True}), "wrong type"),
    "parameter elsewhere": (lambda d: d["actions"][1].update(guard="q"), "nothing is called 'q'"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_model_of_another_form_is_refused(form: str) -> None:
    change, why = FORMS[form]
    with pytest.raises(certify.Unreadable, match=why):
        certify.Model(spoilt(change))


def test_a_model_has_no_more_steps_than_can_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert certify.MOST_STEPS == 65_536
    monkeypatch.setattr(certify, "MOST_STEPS", 9)  # 4 choices with 2 outcomes, and 1
    certify.Model(MODEL)
    for most, why in (
        (8, "the actions up to 'rest' have more than 8 steps"),
        (7, "the actions up to 'go' have more than 7 steps"),
        (4, "the actions up to 'go' have more than 4 steps"),
        (3, "action 'go' has more choices than 3"),
    ):
        monkeypatch.setattr(certify, "MOST_STEPS", most)
        with pytest.raises(certify.Unreadable, match=why):
            certify.Model(MODEL)


def test_a_part_of_a_model_is_no_larger_than_can_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    assert certify.LARGEST_PART == 300_000
    assert [certify._size(value) for value in (1, [], [1, [2, "ab"]], {"a": 1, "b": [2]})] == [1, 1, 5, 4]
    monkeypatch.setattr(certify, "LARGEST_PART", most := max(certify._size(part) for part in MODEL["actions"]))
    certify.Model(MODEL)
    monkeypatch.setattr(certify, "LARGEST_PART", most - 1)
    with pytest.raises(certify.Unreadable, match=f"a part of the model has more than {most - 1} values"):
        certify.Model(MODEL)


@pytest.mark.parametrize(
    "domain",
    [
        "int",
        None,
        {"enum": []},
        {"enum": ["a", "a"]},
        {"enum": ["a", 1]},
        {"enum": "ab"},
        {"range": [1, 0]},
        {"range": [0]},
        {"range": [0, 1, 2]},
        {"range": ["0", 1]},
        {"range": [0, 65_536]},
        {"range": [-1, 65_535]},
    ],
)
def test_a_domain_is_truth_values_names_or_not_too_many_numbers(domain: Any) -> None:
    with pytest.raises(certify.Unreadable, match="domain|texts"):
        certify.Model(spoilt(lambda d: d["variables"][1].update(domain=domain)))


def test_a_domain_may_have_one_value_and_up_to_65536() -> None:
    for written, count in (({"range": [-2, -2]}, 1), ({"range": [-5, 65_530]}, 65_536), ({"enum": ["a"]}, 1)):
        document = spoilt(lambda d, w=written: d["configuration"].append({"name": "z", "domain": w}))
        assert len(certify.Model(document).values["z"]) == count


# --- intervals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (2, (2, 2)),
        ("n", (-2, 3)),
        ("more", (-1, 4)),
        (["+", "n", "m"], (-1, 8)),
        (["-", "n", "m"], (-7, 2)),
        (["*", "n", "n"], (-6, 9)),
        (["*", "n", -2], (-6, 4)),
        (["*", "n", ["-", 0, "m"]], (-15, 10)),
        (["min", "n", "m"], (-2, 3)),
        (["max", "n", "m"], (1, 5)),
        (["mod", "n", 4], (0, 3)),
        (["if", "b", "n", "m"], (-2, 5)),
        (["if", "b", "m", "n"], (-2, 5)),
        (["+", "more", "more"], (-2, 8)),
    ],
)
def test_an_interval_has_every_value(written: Any, expected: tuple[int, int]) -> None:
    document = spoilt(
        lambda d: (
            d["variables"].extend(
                [
                    {"name": "n", "domain": {"range": [-2, 3]}, "start": [0]},
                    {"name": "m", "domain": {"range": [1, 5]}, "start": [1]},
                    {"name": "b", "domain": "bool"},
                ]
            ),
            d["derived"].append({"name": "more", "definition": ["+", "n", 1]}),
        )
    )
    model = certify.Model(document)
    assert model.span(certify.read_expression(written, certify.Scope(model.types), "int")) == expected


@pytest.mark.parametrize(
    ("effects", "leaves"),
    [
        ({"x": ["+", "x", "p"]}, True),
        ({"x": ["-", "x", "p"]}, True),
        ({"x": 4}, True),
        ({"x": -1}, True),
        ({"x": 3}, False),
        ({"x": 0}, False),
        ({"x": ["min", 3, ["+", "x", "p"]]}, False),
        ({"y": "q"}, False),
    ],
)
def test_an_assignment_may_leave_its_domain_unless_its_interval_is_inside(effects: Any, leaves: bool) -> None:
    model = certify.Model(spoilt(lambda d: d["actions"][0]["outcomes"][0].update(effects=effects)))
    assert model.may_leave() == ({("go", "well", "x")} if leaves else set())


@pytest.mark.parametrize("found", [-1, True, "1", None, 1.0])
def test_a_price_is_a_natural_number(found: object) -> None:
    assert certify.natural(2, "the price") == 2
    with pytest.raises(certify.Unreadable, match="the price is no natural number"):
        certify.natural(found, "the price")
