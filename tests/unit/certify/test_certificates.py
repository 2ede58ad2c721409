"""What makes a certificate: claim, slice, cells, proof, witnesses and parts, each in the wrong form or wrong."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import runpy
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import z3
from tests.unit.certify.second import keys, plain, side_by_side, slice_of, tied, witness_document
from tests.unit.evidence.small import BOTH, SAID, K, X, lasso, trace, trap, walk

import tunnelproof_certify as certify
from tunnelproof.evidence.certificate import Witness
from tunnelproof.model.language.component import ANY, STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.document import sha256, to_json
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import after, by, either, name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    Tradeoff,
)
from tunnelproof.properties.document import to_document

TWO = walk("up 0>1", "on 1>2 os if k", "home 2>0", "rest 1>0")
TWO_ROWS = [0, 1, 5, 6, 7]  # 0 and 1 without k, 0 to 2 with it
BELOW = Invariant(**SAID, holds=X < 2)


def differences(rows: Sequence[int]) -> list[int]:
    return [row - before for row, before in zip(rows, [0, *rows], strict=False)]


def cell(verdict: str, when: Any = True, configurations: int = 2, vacuous: bool | None = False) -> dict[str, Any]:
    return {"verdict": verdict, "vacuous": vacuous, "configurations": configurations, "when": when}


def document(system: System, claim: Claim, *cells: Any, **parts: Any) -> Any:
    """Return a certificate: its slice is everything, unless the parts say otherwise."""
    model = json.loads(to_json(system))
    verdicts = [each["verdict"] for each in cells]
    base = {
        "schema": "tunnelproof.certificate/1",
        "model": {"sha256": sha256(system), "document": model},
        "where": [],
        "claim": plain(to_document(claim)),
        "verdict": max(verdicts, key=certify.VERDICTS.index, default="proved"),
        "reason": None,
        "domains": [],
        "cells": list(cells),
        "slice": {
            "configuration": [v.name for v in system.configuration],
            "variables": [v.name for v in system.variables],
            "actions": [a.name for a in system.actions],
        },
    }
    return base | parts


class Solved(certify.Checker):
    """A checker whose solvers say what a test wants; the questions are kept."""

    def __init__(self, falls: Sequence[str] = ()) -> None:
        super().__init__([], 1.0)
        self.falls, self.asked = falls, list[str]()

    def ask(self, name: str, question: str) -> None:
        self.asked.append(name)
        if name in self.falls:
            raise certify.Rejected(f"the obligation {name!r} has a counterexample")


def found(folder: Path, written: Any, checker: certify.Checker | None = None) -> list[tuple[int, str, str]]:
    """Return what the checker finds out about a certificate."""
    path = folder / "c"
    path.write_text(json.dumps(written), "utf-8")
    return (checker or certify.Checker([], 1.0)).certificate(path).findings


def proved(claim: Claim = BELOW, when: Any = None, rows: Sequence[int] = TWO_ROWS, **parts: Any) -> Any:
    """Return a certificate about the walk with a choice, proved without k and open with it."""
    cells = [cell("proved", ["not", "k"] if when is None else when, 1), cell("unknown", "k", 1, None)]
    return document(TWO, claim, *cells, proof={"rows": differences(rows)} | parts)


NOTHING_CLAIMED = "nothing is claimed: the verdict is unknown"


def test_a_cell_is_accepted_where_the_proof_holds(tmp_path: Path) -> None:
    assert found(tmp_path, proved()) == [
        (0, "proved in 1 where not(k)", ""),
        (20, "unknown in 1 where k", NOTHING_CLAIMED),
    ]


def test_a_cell_is_rejected_where_the_proof_does_not_hold(tmp_path: Path) -> None:
    everywhere = document(TWO, BELOW, cell("proved"), proof={"rows": differences(TWO_ROWS)})
    assert found(tmp_path, everywhere) == [(10, "proved in 2 where true", "the proof does not hold in k = true")]


def test_a_proof_is_about_the_configurations_that_rest_on_it(tmp_path: Path) -> None:
    without = [0, 1]
    assert found(tmp_path, proved(rows=without))[0] == (0, "proved in 1 where not(k)", "")
    reversed_ = document(
        TWO,
        Reachable(**SAID, point=X == 2),
        cell("refuted", ["not", "k"], 1, None),
        cell("proved", "k", 1),
        proof={"rows": without},
        witnesses=[witness_document(TWO, (True,), trace("up", "on"))],
    )
    assert [status for status, _, _ in found(tmp_path, reversed_)] == [0, 0]


# --- forms ------------------------------------------------------------------------------------------------------------

FORMS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "another key": (lambda d: d.update(more=1), "it has 'more'"),
    "another schema": (lambda d: d.update(schema="tunnelproof.certificate/2"), "no certificate of the form"),
    "no schema": (lambda d: d.pop("schema"), "there is no 'schema'"),
    "no model": (lambda d: d.pop("model"), "there is no 'model'"),
    "no claim": (lambda d: d.pop("claim"), "there is no 'claim'"),
    "no where": (lambda d: d.pop("where"), "there is no 'where'"),
    "where reads a variable": (lambda d: d["where"].append(["=", "x", 0]), "nothing is called 'x'"),
    "no cells": (lambda d: d.pop("cells"), "there is no 'cells'"),
    "no cell": (lambda d: d["cells"].clear(), "it has no cell"),
    "cell with another key": (lambda d: d["cells"][0].update(more=1), "a cell has 'more'"),
    "no verdict": (lambda d: d["cells"][0].update(verdict="true"), "a cell has no verdict"),
    "vacuous is a number": (lambda d: d["cells"][0].update(vacuous=0), "a cell has no verdict"),
    "configurations are half": (lambda d: d["cells"][0].update(configurations="1"), "no 'configurations'"),
    "cell reads a variable": (lambda d: d["cells"][0].update(when=["=", "x", 0]), "nothing is called 'x'"),
    "claim of another kind": (lambda d: d["claim"].update(kind="always"), "'always' is no kind of claim"),
    "claim with another key": (lambda d: d["claim"].update(goal=True), "the claim has 'goal'"),
    "claim without its formula": (lambda d: d["claim"].pop("holds"), "no expression"),
    "claim is no truth value": (lambda d: d["claim"].update(holds="x"), "wrong type"),
    "excuse is no text": (lambda d: d["claim"].update(may_be_vacuous=True), "no 'may_be_vacuous'"),
    "given is no list": (lambda d: d["claim"].update(given="os"), "no 'given'"),
    "barring is no list": (lambda d: d["claim"].update(barring="os"), "no 'barring'"),
    "assuming is no object": (lambda d: d["claim"].update(assuming=["os"]), "no 'assuming'"),
    "claim about later": (lambda d: d["claim"].update(holds={"next": ["=", "x", 0]}), "no expression here"),
    "two definitions in one": (
        lambda d: d.update(proof={"invariant": True, "definitions": [["a", True, 1]]}),
        "a definition is no pair",
    ),
    "proof with another key": (lambda d: d["proof"].update(more=1), "the proof has 'more'"),
    "slice with another key": (lambda d: d["slice"].update(more=1), "the slice has 'more'"),
    "slice without variables": (lambda d: d["slice"].pop("variables"), "no 'variables'"),
    "invariant with rows": (lambda d: d["proof"].update(invariant=True), "the proof has 'rows'"),
    "covers is no truth value": (lambda d: d.update(proof={"invariant": True, "covers": 1}), "wrong type"),
    "unknown fairness": (lambda d: d["claim"].update(assuming={"up": "some"}), "unknown fairness"),
    "nothing to recur": (
        lambda d: d.update(claim={"kind": "never-forever", "id": "c", "sentence": "", "points": []}),
        "nothing is said not to recur",
    ),
    "points that are none": (
        lambda d: d.update(claim={"kind": "never-forever", "id": "c", "sentence": "", "points": ["x"]}),
        "wrong type",
    ),
    "assignments that are none": (
        lambda d: d.update(claim={"kind": "stays-in-domains", "id": "c", "sentence": "", "assignments": [[1]]}),
        "no list of texts",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_certificate_of_another_form_is_none(form: str, tmp_path: Path) -> None:
    change, why = FORMS[form]
    written = proved()
    change(written)
    with pytest.raises(certify.Unreadable, match=why):
        found(tmp_path, written)


@pytest.mark.parametrize(
    ("claim", "formula"),
    [
        (DeadlockFree(**SAID, except_=X == 0), "except"),
        (Recoverable(**SAID, goal=X == 0), "goal"),
    ],
)
def test_a_claim_about_states_speaks_of_no_step(claim: Claim, formula: str, tmp_path: Path) -> None:
    written = document(TWO, claim, cell("proved"), proof={"rows": [0]})
    for atom in ({"taken": "up"}, {"by": "os"}):
        written["claim"][formula] = atom
        with pytest.raises(certify.Unreadable, match="no expression here"):
            found(tmp_path, written)


WRONG: dict[str, tuple[Callable[[Any], Any], int, str]] = {
    "half a character": (
        lambda d: d["model"]["document"].update(title="\ud800"),
        10,
        "not the one that the hash names",
    ),
    "no hash": (lambda d: d["model"].pop("sha256"), 10, "not the one that the hash names"),
    "nothing asked": (lambda d: d.update(where=[["and", "k", ["not", "k"]]]), 10, "no configuration to ask about"),
    "no start": (
        lambda d: rehashed(d, lambda m: m.update(initially=[["=", "x", 3]])),
        10,
        "a configuration has no initial state",
    ),
    "in two cells": (lambda d: d["cells"][0].update(when=True), 10, "k = true is in two cells"),
    "in no cell": (lambda d: d["cells"].pop(), 10, "k = true is in no cell"),
    "in a cell unasked": (lambda d: d.update(where=["k"]), 10, "k = false is in a cell unasked"),
    "an empty cell": (
        lambda d: d["cells"].append(cell("proved", False, 0)),
        10,
        "a cell has 0 configurations, not 0",
    ),
    "too many": (lambda d: d["cells"][0].update(configurations=2), 10, "a cell has 1 configurations, not 2"),
    "too good a verdict": (lambda d: d.update(verdict="proved"), 10, "the verdict of the claim is unknown"),
    "too bad a verdict": (lambda d: d.update(verdict="refuted"), 10, "the verdict of the claim is unknown"),
    "no verdict": (lambda d: d.pop("verdict"), 10, "the verdict of the claim is unknown"),
    "vacuous without a trigger": (lambda d: d["cells"][0].update(vacuous=True), 10, "is never vacuous"),
    "rows not ascending": (lambda d: d["proof"]["rows"].append(0), 10, "do not ascend"),
    "a row that is none": (lambda d: d["proof"]["rows"].append(3), 10, "a row that is none"),
    "a negative row": (lambda d: d["proof"].update(rows=[-1, 1, 1, 4, 1, 1]), 10, "a row that is none"),
    "no whole number": (lambda d: d["proof"]["rows"].append(True), 10, "no list of  whole numbers"),
    "a start is missing": (lambda d: d["proof"].update(rows=[1, 4, 1, 1]), 10, "lacks initial state in k = false"),
    "not closed": (lambda d: d["proof"].update(rows=[0, 5, 1, 1]), 10, "step up leads out of it in k = false"),
    "another name in the slice": (lambda d: d["slice"]["variables"].append("z"), 10, "a name that the model has not"),
    "another action in the slice": (lambda d: d["slice"]["actions"].append("z"), 10, "a name that the model has not"),
    "another setting": (lambda d: d["slice"]["configuration"].append("x"), 10, "a name that the model has not"),
}


def rehashed(written: Any, change: Callable[[Any], Any]) -> None:
    """Change the model and give its hash."""
    change(written["model"]["document"])
    text = certify.canonical(written["model"]["document"])
    written["model"]["sha256"] = hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_certificate_is_rejected_for_what_is_wrong(wrong: str, tmp_path: Path) -> None:
    change, status, why = WRONG[wrong]
    written = proved()
    change(written)
    said = found(tmp_path, written)
    assert (said[0][0], why in said[0][2]) == (status, True), said


def test_a_row_beyond_the_first_is_at_least_one_further(tmp_path: Path) -> None:
    assert found(tmp_path, proved(rows=[0, 1]))[0][0] == 0
    for rows in ([0, 1, -1, 5], [0, 1, 1]):
        assert "do not ascend" in found(tmp_path, proved(rows=rows))[0][2]


def test_the_last_pair_of_all_is_a_row(tmp_path: Path) -> None:
    assert found(tmp_path, proved(rows=[0, 1, 9]))[0][0] == 0  # 4 with k: nobody is there, nor leaves it
    assert "a row that is none" in found(tmp_path, proved(rows=[0, 1, 10]))[0][2]


@pytest.mark.parametrize("block", [1, 2, 3])
def test_a_proof_is_the_same_however_its_rows_are_cut(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certify, "BLOCK", block)
    for claim, wrong, met in (
        (BELOW, {7}, None),
        (StepInvariant(**SAID, holds=after(X) != 2), {6}, None),
        (StepInvariant(**SAID, holds=after(X) < 3, when=taken("home")), set(), {7}),
        (DeadlockFree(**SAID, except_=X == 0), set(), None),
        (Invariant(**SAID, holds=X < 3, when=X == 1), set(), {1, 6}),
    ):
        cut = slice_of(TWO, claim)
        proof = certify.Proof(certify.Graph(cut, TWO_ROWS, [0, 1]), {})
        assert {TWO_ROWS[here] for here in proof.wrong} == wrong
        assert (None if proof.met is None else {TWO_ROWS[here] for here in proof.met}) == met


# --- vacuity ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "vacuous", "why"),
    [
        (Invariant(**SAID, holds=X < 3, when=X == 1), False, ""),
        (Invariant(**SAID, holds=X < 3, when=X == 1), True, "the trigger is met in k = false"),
        (Invariant(**SAID, holds=X < 3, when=X == 1), None, ""),
        (Invariant(**SAID, holds=X < 3, when=X == 4), True, ""),
        (Invariant(**SAID, holds=X < 3, when=X == 4), False, "the trigger is never met in k = false"),
        (Invariant(**SAID, holds=X < 3, when=X == 2), True, "the trigger is met in k = true"),
        (Invariant(**SAID, holds=X < 3, when=X == 2), False, "the trigger is never met in k = false"),
        (Reachable(**SAID, point=X == 4), True, "never vacuous"),
    ],
)
def test_what_is_said_of_the_trigger_is_checked(claim: Claim, vacuous: bool | None, why: str, tmp_path: Path) -> None:
    verdict = "refuted" if isinstance(claim, Reachable) else "proved"
    written = document(TWO, claim, cell(verdict, vacuous=vacuous), proof={"rows": differences(TWO_ROWS)})
    if vacuous:
        written["verdict"] = "unknown"  # without an excuse
    ((status, what, said),) = found(tmp_path, written)
    assert (status, said) == (10 if why else 0, said if why else "")
    assert why in said
    assert what.startswith(verdict + " vacuously" * bool(vacuous))


def test_a_claim_that_is_vacuous_everywhere_needs_an_excuse_to_be_proved(tmp_path: Path) -> None:
    claim = Invariant(**SAID, holds=X < 3, when=X == 4)
    written = document(TWO, claim, cell("proved", vacuous=True), proof={"rows": differences(TWO_ROWS)})
    assert "the verdict of the claim is unknown" in found(tmp_path, written)[0][2]
    assert found(tmp_path, written | {"verdict": "unknown"})[0][0] == 0
    written["claim"]["may_be_vacuous"] = "because"
    assert found(tmp_path, written)[0][0] == 0
    half = proved(claim)
    half["cells"][0]["vacuous"] = True
    half["cells"][1] = cell("proved", "k", 1)
    half["verdict"] = "proved"
    assert [status for status, _, _ in found(tmp_path, half)] == [0, 10]


# --- witnesses --------------------------------------------------------------------------------------------------------


def refuted(*witnesses: Any, claim: Claim = BELOW, when: Any = "k") -> Any:
    cells = [cell("refuted", when, 1), cell("unknown", ["not", when], 1, None)]
    return document(TWO, claim, *cells, witnesses=list(witnesses))


ON = witness_document(TWO, (True,), trace("up", "on"))

WITNESSES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "guard too wide": (lambda w: w.update(guard=True), "too wide: its steps cannot be taken in k = false"),
    "settles nothing": (lambda w: w["steps"].pop(), "too wide: its steps do not settle the claim in any configuration"),
    "guard of another": (lambda w: w.update(guard=["not", "k"]), "its guard does not hold there"),
    "another configuration": (lambda w: w.update(configuration={"k": False}), "its guard does not hold there"),
    "no configuration": (lambda w: w.update(configuration={}), "lacks a value, or has one too many"),
    "more configuration": (lambda w: w["configuration"].update(x=0), "lacks a value, or has one too many"),
    "a number for a truth value": (lambda w: w["configuration"].update(k=1), "is not asked about"),
    "no such value": (lambda w: w["configuration"].update(k="true"), "is not asked about"),
    "no such step": (lambda w: w["steps"][0].update(outcome="ill"), "which the slice has not"),
    "no such action": (lambda w: w["steps"][0].update(action="down"), "which the slice has not"),
    "no such parameter": (lambda w: w["steps"][0].update(parameters={"p": 1}), "which the slice has not"),
    "another kind": (lambda w: w.update(kind="lasso", loop=2), "do not settle the claim"),
    "no kind": (lambda w: w.update(kind="path"), "do not settle the claim"),
}


@pytest.mark.parametrize("wrong", WITNESSES)
def test_a_wrong_witness_is_rejected_for_what_is_wrong(wrong: str, tmp_path: Path) -> None:
    change, why = WITNESSES[wrong]
    witness = copy.deepcopy(ON)
    change(witness)
    (first, _) = found(tmp_path, refuted(witness))
    assert (first[0], why in first[2]) == (10, True), first


def test_a_right_witness_is_accepted_where_its_guard_holds(tmp_path: Path) -> None:
    assert found(tmp_path, refuted(ON))[0] == (0, "refuted in 1 where k", "")
    missing = found(tmp_path, document(TWO, BELOW, cell("refuted"), witnesses=[ON]))
    assert missing[0][2] == "a configuration of the cell has no witness"
    assert found(tmp_path, refuted())[0][2] == "a configuration of the cell has no witness"
    for vacuous in (None, True):
        written = refuted(ON)
        written["cells"][0]["vacuous"] = vacuous
        assert found(tmp_path, written)[0][2] == "what has a witness is not vacuous"


def test_a_witness_is_asked_only_where_it_is_asked_about(tmp_path: Path) -> None:
    wide = {**copy.deepcopy(ON), "guard": True}
    only = document(TWO, BELOW, cell("refuted", "k", 1), witnesses=[wide], where=["k"])
    assert found(tmp_path, only) == [(0, "refuted in 1 where k", "")]
    other = witness_document(TWO, (False,), trace("up"))
    assert "is not asked about" in found(tmp_path, only | {"witnesses": [other]})[0][2]


@pytest.mark.parametrize("form", ["witness with another key", "step with another key", "steps are none"])
def test_a_witness_of_another_form_is_unreadable(form: str, tmp_path: Path) -> None:
    witness = copy.deepcopy(ON)
    {"witness": witness, "step": witness["steps"][0], "steps": witness}[form.split()[0]].update(
        {"steps": 1} if "none" in form else {"more": 1}
    )
    with pytest.raises(certify.Unreadable):
        found(tmp_path, refuted(witness))


def test_a_value_that_is_none_is_not_mistaken_for_another(tmp_path: Path) -> None:
    configuration, part = Configuration(), Component("part", actor="os")
    a, b = configuration.setting("a", bool), configuration.setting("b", Range(0, 3))
    configuration.require(a | (b > 1))
    x = part.variable("x", bool, start=False)
    part.action("set", then={x: True})
    system = compose("tied", configuration=configuration, components=[part])
    claim = Invariant(**SAID, holds=~x)
    for value, status in ((2, 0), (4, 10), (-1, 10), ("2", 10), (True, 10), (None, 10)):
        witness = witness_document(system, (True, 2), trace("set"))
        witness["guard"], witness["configuration"]["b"] = True, value
        ((said, _, why),) = found(tmp_path, document(system, claim, cell("refuted", True, 6), witnesses=[witness]))
        assert said == status, (value, why)


def test_a_start_that_an_initial_formula_ties_is_worked_out_with_what_it_reads(tmp_path: Path) -> None:
    configuration, part = Configuration(), Component("part", actor="os")
    configuration.setting("k", bool)
    x, y = part.variable("x", bool, start=ANY), part.variable("y", bool, start=K)
    part.initially(x == y)
    part.action("turn", then={x: ~x, y: ~y})
    system = compose("tied", configuration=configuration, components=[part])
    written = document(system, Invariant(**SAID, holds=x == y), cell("proved"), proof={"rows": [0, 3, 1, 3]})
    assert found(tmp_path, written) == [(0, "proved in 2 where true", "")]
    never = copy.deepcopy(written)
    rehashed(never, lambda model: model["initially"].append(["not", "y"]))
    assert found(tmp_path, never)[0][2] == "a configuration has no initial state"  # with k


# --- slices -----------------------------------------------------------------------------------------------------------


def two_sides() -> System:
    """`gate` and `k` steer `x`; `y` and `elsewhere` steer nothing but each other."""
    configuration = Configuration()
    configuration.setting("k", bool)
    configuration.setting("elsewhere", bool)
    left, right = Component("left", actor="os"), Component("right", actor="user")
    gate = left.variable("gate", bool, start=K)
    x = left.variable("x", Range(0, 2), start=0)
    y = right.variable("y", bool, start=name("elsewhere"))
    open_ = left.derived("open", gate & K)
    left.action("up", when=open_, then={x: (x + 1) % 3, y: ~y})
    right.action("shut", when=True, outcomes=[outcome("well", {gate: False}, when=x > 0), outcome("ill")], fair=WEAK)
    right.action("toggle", when=name("elsewhere"), then={y: ~y}, fair=WEAK)
    return compose("two sides", configuration=configuration, components=[left, right])


SIDES = two_sides()
CONE = {"configuration": ["k"], "variables": ["gate", "x"], "actions": ["up", "shut"]}


def test_a_slice_may_lack_what_cannot_matter() -> None:
    cut = slice_of(SIDES, Invariant(**SAID, holds=X < 2), **CONE)
    assert (cut.dropped, cut.rigid, cut.variables) == (True, ["k"], ["gate", "x"])
    assert [list(step.effects) for step in cut.steps] == [["x"], ["gate"], []]
    assert not slice_of(SIDES, Invariant(**SAID, holds=X < 2)).dropped


@pytest.mark.parametrize(
    ("claim", "change", "why"),
    [
        (Invariant(**SAID, holds=X < 2), {"configuration": []}, "too small: action 'up' reads 'k'"),
        (Invariant(**SAID, holds=X < 2), {"variables": ["x"]}, "too small: action 'up' reads 'gate'"),
        (Invariant(**SAID, holds=X < 2), {"variables": ["gate"]}, "too small: the claim reads 'x'"),
        (Invariant(**SAID, holds=X < 2), {"actions": ["up"]}, "too small: it lacks action 'shut'"),
        (Invariant(**SAID, holds=X < 2), {"actions": ["shut"]}, "too small: it lacks action 'up'"),
        (Invariant(**SAID, holds=name("y")), {}, "too small: the claim reads 'y'"),
        (Invariant(**SAID, holds=name("y")), {"variables": ["gate", "x", "y"]}, "too small: it lacks action 'toggle'"),
        (
            Invariant(**SAID, holds=name("y")),
            {"variables": ["gate", "x", "y"], "actions": ["up", "shut", "toggle"]},
            "too small: action 'toggle' reads 'elsewhere'",
        ),
        (Reachable(**SAID, point=taken("toggle")), {}, "it lacks action 'toggle'"),
        (Reachable(**SAID, point=by("user")), {}, "it lacks action 'toggle'"),
        (Recurrence(**SAID, point=X == 0, assuming={"toggle": WEAK}), {}, "it lacks action 'toggle'"),
        (DeadlockFree(**SAID), {}, "steps that change nothing may matter"),
        (Invariant(**SAID, holds=X < 2, given=("os",)), {}, "has action 'shut', which the claim is not about"),
        (Recoverable(**SAID, goal=X == 0, given=("os",), by=("os",)), {}, "'shut', which the claim is not about"),
        (Recoverable(**SAID, goal=X == 0, given=("os",), barring=("shut",)), {}, "'shut', which the claim is not"),
    ],
)
def test_a_slice_that_lacks_what_matters_is_rejected(claim: Claim, change: dict[str, list[str]], why: str) -> None:
    with pytest.raises(certify.Rejected, match=why):
        slice_of(SIDES, claim, **(CONE | change))


def test_given_and_helping_actors_are_what_a_claim_is_about() -> None:
    alone = CONE | {"actions": ["up"]}
    assert not slice_of(SIDES, Invariant(**SAID, holds=X < 2, given=("os",)), **alone).dropped
    helped = Recoverable(**SAID, goal=X == 0, given=("os",), by=("user",))
    cut = slice_of(SIDES, helped, **CONE)
    assert cut.dropped  # toggle
    assert {step.action.name for step in cut.helpful} == {"shut"}
    barred = slice_of(SIDES, Recoverable(**SAID, goal=X == 0, barring=("up",)), **CONE)
    assert {step.action.name for step in barred.helpful} == {"shut"}


def test_a_start_and_an_initial_formula_belong_to_what_they_read() -> None:
    system, x = tied(), name("x")
    claim = Invariant(**SAID, holds=x)
    whole = {"configuration": ["k"], "variables": ["x", "y"], "actions": []}
    assert slice_of(system, claim, **whole).dropped
    with pytest.raises(certify.Rejected, match="the start of 'y' reads 'k'"):
        slice_of(system, claim, **(whole | {"configuration": []}))
    with pytest.raises(certify.Rejected, match="an initial formula reads 'y'"):
        slice_of(system, claim, **(whole | {"variables": ["x"]}))


STATE, STEP = X == 1, taken("up")
LOUD = either(taken("up"), X == 1)


@pytest.mark.parametrize(
    ("claim", "can"),
    [
        (Invariant(**SAID, holds=STATE), True),
        (Invariant(**SAID, holds=~STEP), True),
        (Invariant(**SAID, when=STEP, holds=STATE), True),
        (Reachable(**SAID, point=STEP & STATE), True),
        (StepInvariant(**SAID, holds=after(X) == X), True),
        (Recurrence(**SAID, point=STEP), True),
        (Recurrence(**SAID, point=~(~STEP | STATE)), True),
        (NeverForever(**SAID, points=(STEP, STATE)), True),
        (Response(**SAID, trigger=STATE, response=STATE), True),
        (Response(**SAID, trigger=STEP, response=STEP), True),
        (Response(**SAID, trigger=STEP, response=STATE), True),
        (Precedence(**SAID, first=STEP, then=STATE), True),
        (Precedence(**SAID, first=STEP, then=STATE, since=STEP), True),
        (Precedence(**SAID, first=STATE, then=STEP, since=STATE), True),
        (Recoverable(**SAID, goal=STATE), True),
        (DeadlockFree(**SAID), False),
        (Invariant(**SAID, holds=STEP), False),
        (Invariant(**SAID, holds=~LOUD), False),
        (Invariant(**SAID, when=~STEP & STATE, holds=~taken("on")), False),
        (Reachable(**SAID, point=~STEP), False),
        (Recurrence(**SAID, point=LOUD), False),
        (Recurrence(**SAID, point=~(STATE & STEP)), False),
        (Recurrence(**SAID, point=STATE & ~STEP), False),
        (NeverForever(**SAID, points=(STATE, ~STEP)), False),
        (Response(**SAID, trigger=~STEP, response=STATE), False),
        (Response(**SAID, trigger=STATE, response=STEP), False),
        (Response(**SAID, trigger=STATE, response=STEP & STATE), False),
        (Precedence(**SAID, first=~STEP, then=STATE), False),
        (Precedence(**SAID, first=STEP, then=STATE, since=STATE), False),
        (Precedence(**SAID, first=STEP, then=STEP, since=STATE), False),
    ],
)
def test_steps_can_be_lost_where_they_cannot_matter(claim: Claim, can: bool) -> None:
    model = certify.Model(json.loads(to_json(TWO)))
    assert certify.Claim(plain(to_document(claim)), model).can_lose_steps() is can


@pytest.mark.parametrize(
    ("formula", "folded"),
    [
        ({"taken": "up"}, False),
        ({"by": "os"}, False),
        (["not", {"taken": "up"}], True),
        (["implies", {"taken": "up"}, "k"], True),
        (["implies", ["not", {"taken": "up"}], False], False),
        (["implies", "k", {"taken": "up"}], None),
        (["implies", "k", True], True),
        (["and", "k", {"taken": "up"}], False),
        (["and", True, {"taken": "up"}], False),
        (["and", True, True], True),
        (["and", "k"], None),
        (["or", {"taken": "up"}, {"by": "os"}], False),
        (["or", "k", ["not", {"by": "os"}]], True),
        (["or", "k", {"by": "os"}], None),
        (["not", "k"], None),
        (["=", {"taken": "up"}, True], None),
        (["not", ["and", {"taken": "up"}, "k"]], True),
        (["and", {"taken": "up"}], False),
        (["or", ["and", True], False], True),
        (True, True),
        (False, False),
    ],
)
def test_connectives_settle_what_holds_where_nothing_named_is_taken(formula: Any, folded: bool | None) -> None:
    model = certify.Model(json.loads(to_json(TWO)))
    expr = certify.read_expression(formula, certify.Scope(model.types, model.actions, model.actors))
    assert certify._folded(expr) is folded
    assert certify.silent(expr) is (folded is False)


def test_unseen_steps_count_in_claims_about_steps() -> None:
    system, x = side_by_side(), name("x")
    only = {"variables": ["x"], "actions": ["up"]}

    def wrong(claim: Claim, **names: list[str]) -> set[int]:
        cut = slice_of(system, claim, **names)
        rows = keys(
            [[i, *([j] if not names else [])] for i in range(2) for j in range(2)], [2, *([2] if not names else [])]
        )
        proof = certify.Proof(certify.Graph(cut, rows, [0]), {})
        return proof.wrong, proof.met, proof.unseen

    rises = StepInvariant(**SAID, holds=after(x) > x)
    assert wrong(rises, **only) == ({0, 1}, None, set())
    assert wrong(StepInvariant(**SAID, holds=after(x) >= x), **only)[0] == set()
    still = StepInvariant(**SAID, holds=True, when=after(x) == x)
    assert wrong(still, **only) == (set(), set(), {0, 1})
    assert wrong(still) == (set(), {0, 1, 2, 3}, set())


# --- fairness ---------------------------------------------------------------------------------------------------------


def test_fairness_is_that_of_the_model_or_what_the_claim_assumes() -> None:
    part = Component("tries", actor="os")
    x = part.variable("x", Range(0, 2), start=0)
    tries = [outcome("lucky", {x: 2}, fair=True), outcome("not", {x: 1})]
    part.action("try", outcomes=tries, choose={"p": bool}, fair=STRONG, each=True)
    part.action("all", outcomes=tries, choose={"p": bool}, fair=WEAK)
    part.action("rest", then={x: 0})
    system = compose("tries", configuration=Configuration(), components=[part])
    cut = slice_of(system, Recurrence(**SAID, point=X == 2))
    assert [step.outcome.name for step in cut.steps] == ["lucky", "not", "lucky", "not"] * 2 + [""]
    assert cut.fair == [
        ("strong", {0, 1}, {}),
        ("outcome", {0}, {0: 0, 1: 0}),
        ("strong", {2, 3}, {}),
        ("outcome", {2}, {2: 2, 3: 2}),
        ("weak", {4, 5, 6, 7}, {}),
        ("outcome", {4, 6}, {4: 4, 5: 4, 6: 6, 7: 6}),
    ]
    assumed = slice_of(system, Recurrence(**SAID, point=X == 2, assuming={"all": "none", "rest": STRONG}))
    assert assumed.fair[4:] == [("outcome", {4, 6}, {4: 4, 5: 4, 6: 6, 7: 6}), ("strong", {8}, {})]


def test_an_end_in_sight_of_something_fair_is_none(tmp_path: Path) -> None:
    keyed = walk("stay 0>0", "go 0>1 os if k", fair={"go": WEAK})
    idle = witness_document(keyed, (False,), lasso(0))
    never = Recurrence(**SAID, point=X == 1)
    cells = [cell("refuted", ["not", "k"], 1), cell("unknown", "k", 1, None)]
    assert found(tmp_path, document(keyed, never, *cells, witnesses=[idle]))[0][0] == 0
    wide = idle | {"guard": True}
    assert "too wide" in found(tmp_path, document(keyed, never, *cells, witnesses=[wide]))[0][2]


# --- invariants -------------------------------------------------------------------------------------------------------


def by_invariant(claim: Claim, *cells: Any, **proof: Any) -> Any:
    return document(TWO, claim, *cells, proof={"invariant": True, "definitions": [], "covers": True} | proof)


def test_an_invariant_covers_the_cells_it_proves(tmp_path: Path) -> None:
    written = by_invariant(BELOW, cell("proved", vacuous=None))
    assert found(tmp_path, written, checker := Solved())[0][0] == 0
    assert checker.asked == ["initial", "step"]
    for falls in checker.asked:
        assert found(tmp_path, written, Solved([falls]))[0][0] == 10
    written["proof"]["covers"] = "k"
    assert found(tmp_path, written, Solved())[0][2] == "the invariant does not cover the cell"
    halves = [cell("proved", "k", 1, None), cell("unknown", ["not", "k"], 1, None)]
    assert found(tmp_path, by_invariant(BELOW, *halves, covers="k"), Solved())[0][0] == 0
    del written["proof"]["covers"], written["proof"]["definitions"]
    assert found(tmp_path, written, Solved())[0][0] == 0


def test_an_invariant_is_looked_at_once_for_all_cells(tmp_path: Path) -> None:
    written = by_invariant(BELOW, cell("proved", "k", 1, None), cell("proved", ["not", "k"], 1, None))
    for falls, expected in (([], 0), (["step"], 10)):
        checker = Solved(falls)
        assert [status for status, _, _ in found(tmp_path, written, checker)] == [expected, expected]
        assert checker.asked == ["initial", "step"]


def test_an_invariant_may_show_that_a_trigger_is_never_met_and_never_that_it_is(tmp_path: Path) -> None:
    with_trigger = Invariant(**SAID, holds=X < 3, when=X == 4)
    with_trigger_text = by_invariant(with_trigger, cell("proved", vacuous=True)) | {"verdict": "unknown"}
    assert found(tmp_path, with_trigger_text, checker := Solved())[0][0] == 0
    assert checker.asked == ["initial", "step"] * 2
    said = found(tmp_path, by_invariant(with_trigger, cell("proved", vacuous=False)), Solved())
    assert said[0][2] == "an invariant does not show that a trigger is met"
    assert found(tmp_path, by_invariant(with_trigger, cell("proved", vacuous=None)), Solved())[0][0] == 0
    said = found(tmp_path, by_invariant(BELOW, cell("proved", vacuous=True)) | {"verdict": "unknown"}, Solved())
    assert said[0][2] == "a claim of this kind is never vacuous"
    assert found(tmp_path, by_invariant(BELOW, cell("proved", vacuous=False)), Solved())[0][0] == 0


@pytest.mark.parametrize(
    ("claim", "asked"),
    [
        (StepInvariant(**SAID, holds=X < 3), ["initial", "step"]),
        (Reachable(**SAID, point=X == 4), ["initial", "step"]),
        (Precedence(**SAID, first=X == 0, then=X == 1), ["initial", "step"]),
        (DeadlockFree(**SAID), ["initial", "step", "state"]),
        (Recoverable(**SAID, goal=X == 0), None),
        (Recurrence(**SAID, point=X == 0), None),
        (Response(**SAID, trigger=X == 0, response=X == 1), None),
        (NeverForever(**SAID, points=(X == 0,)), None),
    ],
)
def test_an_invariant_proves_claims_about_what_is_reachable(
    claim: Claim, asked: list[str] | None, tmp_path: Path
) -> None:
    verdict = "refuted" if isinstance(claim, Reachable) else "proved"
    ((status, _, why),) = found(tmp_path, by_invariant(claim, cell(verdict, vacuous=None)), checker := Solved())
    if asked is None:
        assert (status, why) == (10, f"no invariant proves a claim of kind {claim.kind}")
    else:
        assert (status, checker.asked) == (0, asked)


class WithZ3(certify.Checker):
    """A checker with a solver in this process."""

    def ask(self, name: str, question: str) -> None:
        solver = z3.Solver()
        solver.from_string(question)
        if str(solver.check()) != "unsat":
            raise certify.Rejected(f"the obligation {name!r} has a counterexample")


@pytest.mark.parametrize(
    ("claim", "invariant", "status"),
    [
        (Invariant(**SAID, holds=X < 3, when=X == 4), ["<", "x", 3], 0),
        (Invariant(**SAID, holds=X < 3, when=X == 1), ["<", "x", 3], 10),
        (Invariant(**SAID, holds=X < 3, when=X == 0), ["<", "x", 3], 10),
        (StepInvariant(**SAID, holds=X < 3, when=after(X) == X), ["<", "x", 3], 0),
        (StepInvariant(**SAID, holds=X < 3, when=after(X) == 2), ["<", "x", 3], 10),
        (Precedence(**SAID, first=X == 0, then=X == 1), ["and", ["<", "x", 3], certify.SEEN[1]], 10),
        (Precedence(**SAID, first=X == 0, then=X == 4), ["and", ["<", "x", 3], certify.SEEN[1]], 0),
    ],
)
def test_a_trigger_that_is_said_to_be_never_met_is_asked_about(
    claim: Claim, invariant: Any, status: int, tmp_path: Path
) -> None:
    written = by_invariant(claim, cell("proved", vacuous=True), invariant=invariant) | {"verdict": "unknown"}
    assert found(tmp_path, written, WithZ3([], 1.0))[0][0] == status


def test_no_proof_is_unreadable(tmp_path: Path) -> None:
    written = proved()
    del written["proof"]
    with pytest.raises(certify.Unreadable, match="no 'proof'"):
        found(tmp_path, written)


# --- other files ------------------------------------------------------------------------------------------------------

COUNT = walk("up 0>1", "down 1>0", "jump 1>2 os if k")


def rising(spare: int = 0) -> System:
    """Return a counter that a lock stops, which intervals do not see."""
    configuration, part = Configuration(), Component("counter", actor="os")
    configuration.setting("k", bool)
    n = part.variable("n", Range(0, 3), start=0)
    part.action("up", when=n < 2 + spare, then={n: n + 1})
    return compose("rising", configuration=configuration, components=[part])


RISING = rising()
STAYS = {"kind": "stays-in-domains", "id": "model.stays-in-domains", "sentence": ""}
IN_DOMAIN = document(RISING, BELOW, cell("proved"), proof={"rows": [0, 1, 1, 2, 1, 1]}) | {
    "claim": STAYS | {"assignments": [["up", "", "n"]]}
}
LOW = Invariant(**SAID, holds=name("n") < 3)
LOW_TEXT = document(RISING, LOW, cell("proved"), proof={"rows": [0, 1, 1, 2, 1, 1]}, domains=["stays"])


def beside(folder: Path, **others: Any) -> None:
    for file, written in others.items():
        (folder / file).write_text(json.dumps(written), "utf-8")


def test_an_assignment_that_may_leave_its_domain_is_shown_not_to(tmp_path: Path) -> None:
    beside(tmp_path, stays=IN_DOMAIN)
    assert found(tmp_path, LOW_TEXT) == [(0, "proved in 2 where true", "")]
    assert found(tmp_path, IN_DOMAIN) == [(0, "proved in 2 where true", "")]
    said = found(tmp_path, LOW_TEXT | {"domains": []})
    assert said == [(20, "the domains", "no certificate shows that up/ keeps 'n' in its domain")]


def test_a_step_that_leaves_its_domain_is_found(tmp_path: Path) -> None:
    higher = document(rising(2), BELOW, cell("proved"), proof={"rows": [0, 1, 1, 1, 1, 1, 1, 1]})
    higher["claim"] = IN_DOMAIN["claim"]
    assert found(tmp_path, higher)[0][2] == "the proof does not hold in k = false"


def test_the_least_and_the_greatest_value_are_inside(tmp_path: Path) -> None:
    for least, most, status in ((1, 3, 0), (0, 3, 10), (1, 4, 10)):
        part = Component("part", actor="os")
        n = part.variable("n", Range(1, 3), start=2)
        part.action("up", when=n < most, then={n: n + 1})
        part.action("down", when=n > least, then={n: n - 1})
        system = compose("between", configuration=Configuration(), components=[part])
        written = document(system, BELOW, cell("proved", True, 1), proof={"rows": [0, 1, 1]})
        written["claim"] = STAYS | {"assignments": [["up", "", "n"], ["down", "", "n"]]}
        assert found(tmp_path, written)[0][0] == status


def test_that_a_value_leaves_its_domain_is_no_claim_that_is_accepted(tmp_path: Path) -> None:
    """A model in which one does is refused before anything is asked of it."""
    higher = rising(2)
    ups = witness_document(higher, (True,), trace("up", "up", "up")) | {"guard": True}
    leaves = document(higher, BELOW, cell("refuted"), witnesses=[ups]) | {"claim": IN_DOMAIN["claim"]}
    assert found(tmp_path, leaves)[0][0] == 10


OTHERS: dict[str, tuple[Any, int, str]] = {
    "of another claim": (
        document(RISING, LOW, cell("proved"), proof=LOW_TEXT["proof"], domains=["stays2"]),
        20,
        "no c",
    ),
    "of no assignment": (IN_DOMAIN | {"claim": STAYS | {"assignments": []}}, 20, "no certificate shows"),
    "open": (IN_DOMAIN | {"verdict": "unknown", "cells": [cell("unknown", vacuous=None)]}, 20, "stays is not accepted"),
    "wrong": (IN_DOMAIN | {"proof": {"rows": [0]}}, 10, "stays is not accepted"),
    "of some configurations": (
        IN_DOMAIN | {"where": ["k"], "cells": [cell("proved", "k", 1)]},
        10,
        "stays is about another model or other configurations",
    ),
    "of another model": (
        document(rising(1), BELOW, cell("proved"), proof=LOW_TEXT["proof"]) | {"claim": IN_DOMAIN["claim"]},
        10,
        "stays is about another model or other configurations",
    ),
    "unreadable": ({}, 20, "stays: there is no 'schema'"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_rests_on_another_certificate_is_as_good_as_that(other: str, tmp_path: Path) -> None:
    written, status, why = OTHERS[other]
    beside(tmp_path, stays=written, stays2=IN_DOMAIN)
    ((said, what, reason),) = found(tmp_path, LOW_TEXT)
    assert (said, what) == (status, "the domains")
    assert why in reason


@pytest.mark.parametrize("file", ["../stays", "/stays", ".", "..", "a/b"])
def test_another_certificate_is_a_file_beside_this_one(file: str, tmp_path: Path) -> None:
    beside(tmp_path, stays=IN_DOMAIN)
    ((status, _, why),) = found(tmp_path, LOW_TEXT | {"domains": [file]})
    assert (status, why) == (10, f"{file!r} is no file beside this one")


def test_a_certificate_does_not_rest_on_itself(tmp_path: Path) -> None:
    ((status, _, why),) = found(tmp_path, LOW_TEXT | {"domains": ["c"]})
    assert (status, why) == (20, "c: it rests on itself, or is no certificate")


# --- trade-offs -------------------------------------------------------------------------------------------------------

PROVED_OFF = document(COUNT, BELOW, cell("proved", ["not", "k"], 1), cell("refuted", "k", 1), proof={"rows": [0, 1]})
PROVED_OFF["witnesses"] = [witness_document(COUNT, (True,), trace("up", "jump"))]
GETS_THERE = Reachable(id="d", sentence="", point=X == 2)
PROVED_ON = document(COUNT, GETS_THERE, cell("refuted", ["not", "k"], 1, None), cell("proved", "k", 1))
PROVED_ON |= {"proof": {"rows": [0, 1]}, "witnesses": PROVED_OFF["witnesses"]}
NOT_BOTH = document(COUNT, Tradeoff(id="t", sentence="", claims=("c", "d")), cell("proved"))
del NOT_BOTH["slice"]
NOT_BOTH["parts"] = [{"file": "off", "claim": PROVED_OFF["claim"]}, {"file": "on", "claim": PROVED_ON["claim"]}]


def weighed(folder: Path, change: Callable[[Any], Any] = lambda _: None) -> tuple[int, str]:
    beside(folder, off=PROVED_OFF, on=PROVED_ON)
    written = copy.deepcopy(NOT_BOTH)
    change(written)
    said = found(folder, written)
    return said[0][0], said[0][2]


def test_a_tradeoff_is_proved_where_a_part_is_refuted(tmp_path: Path) -> None:
    beside(tmp_path, off=PROVED_OFF, on=PROVED_ON)
    for part in (PROVED_OFF, PROVED_ON):
        assert [status for status, _, _ in found(tmp_path, part)] == [0, 0]
    assert weighed(tmp_path) == (0, "")
    refuted_ = weighed(tmp_path, lambda d: (d.update(verdict="refuted"), d["cells"][0].update(verdict="refuted")))
    assert refuted_ == (10, "the parts do not show it in every configuration of the cell")


def test_a_tradeoff_is_refuted_where_all_parts_are_proved(tmp_path: Path) -> None:
    def first_only(d: Any) -> None:
        d["claim"]["claims"], d["parts"] = ["c"], d["parts"][:1]
        d["cells"] = [cell("refuted", ["not", "k"], 1), cell("proved", "k", 1)]
        d["verdict"] = "refuted"

    assert weighed(tmp_path, first_only) == (0, "")

    def turned_round(d: Any) -> None:
        first_only(d)
        d["cells"] = [cell("proved", ["not", "k"], 1), cell("refuted", "k", 1)]

    assert weighed(tmp_path, turned_round) == (10, "the parts do not show it in every configuration of the cell")


@pytest.mark.parametrize(
    ("change", "status", "why"),
    [
        (lambda d: d["parts"].reverse(), 10, "the parts are not those of the claim"),
        (lambda d: d["parts"].pop(), 10, "the parts are not those of the claim"),
        (lambda d: d["parts"][0]["claim"].update(sentence="x"), 10, "off is about another claim"),
        (lambda d: d["parts"][0].pop("claim"), 10, "off is about another claim"),
        (lambda d: d["parts"][0].update(file="none"), 20, "none: there is no such file"),
        (lambda d: d["cells"][0].update(vacuous=None), 10, "the parts do not show it"),
        (lambda d: (d["parts"].clear(), d["claim"]["claims"].clear()), 10, "the parts are not those of the claim"),
    ],
)
def test_a_tradeoff_of_other_parts_is_rejected(
    change: Callable[[Any], Any], status: int, why: str, tmp_path: Path
) -> None:
    said = weighed(tmp_path, change)
    assert (said[0], why in said[1]) == (status, True), said


def test_a_part_with_another_key_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(certify.Unreadable, match="a part has 'more'"):
        weighed(tmp_path, lambda d: d["parts"][0].update(more=1))


# --- the program ------------------------------------------------------------------------------------------------------


def run(folder: Path, capsys: pytest.CaptureFixture[str], *files: str, options: Sequence[str] = ()) -> tuple[int, str]:
    status = certify.main([*options, *(str(folder / file) for file in files)])
    captured = capsys.readouterr()
    assert captured.err == ""
    return status, captured.out.replace(str(folder) + "/", "")


def test_the_program_prints_a_line_for_each_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = proved()
    bad["proof"]["rows"] = [0]
    beside(tmp_path, good=proved(), bad=bad, none={}, off=PROVED_OFF, deep=["" for _ in range(3)])
    hashed = sha256(TWO)
    assert run(tmp_path, capsys, "off") == (
        0,
        f"off: c, model walk {sha256(COUNT)}\n"
        "  accepted     proved in 1 where not(k)\n"
        "  accepted     refuted in 1 where k\n",
    )
    assert run(tmp_path, capsys, "good") == (
        20,
        f"good: c, model walk {hashed}\n"
        "  accepted     proved in 1 where not(k)\n"
        "  not checked  unknown in 1 where k: nothing is claimed: the verdict is unknown\n",
    )
    assert run(tmp_path, capsys, "bad")[1].splitlines()[1] == (
        "  rejected     proved in 1 where not(k): the set is not closed: step up leads out of it in k = false"
    )
    assert run(tmp_path, capsys, "none") == (
        3,
        "unreadable  none: there is no 'schema' where one is wanted, or it is no str\n",
    )
    for files, status in ((["off", "good"], 20), (["good", "none"], 3), (["none", "off"], 3), (["none", "bad"], 10)):
        assert run(tmp_path, capsys, *files)[0] == status
    assert run(tmp_path, capsys, "deep")[0] == 3


def test_what_nobody_foresaw_is_no_yes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    beside(tmp_path, off=PROVED_OFF)
    for fault in certify.UNFORESEEN:

        def falls(*_: object, fault: type[Exception] = fault) -> None:
            raise fault("of all things")

        monkeypatch.setattr(certify.Certificate, "_check_model", falls)
        assert run(tmp_path, capsys, "off") == (3, "unreadable  off: of all things\n")


def test_the_program_asks_the_solvers_that_it_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside(tmp_path, by=by_invariant(BELOW, cell("proved", vacuous=None)))
    status, said = run(tmp_path, capsys, "by")
    assert (status, "two different solvers" in said) == (20, True)
    options = ["--solver", "sh -c 'echo unsat'", "--solver", "sh -c 'echo  unsat'", "--timeout", "20"]
    assert run(tmp_path, capsys, "by", options=options)[0] == 0
    options = ["--solver", "sh -c 'echo unsat'", "--solver", "sh -c 'exec sleep 9'", "--timeout", "0.1"]
    status, said = run(tmp_path, capsys, "by", options=options)
    assert (status, "does not answer" in said) == (20, True)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--solver", "'"], r"No closing quotation: .*'"),
        (["--solver", ""], "it is empty"),
        (["--solver", "  "], "it is empty"),
        (["--timeout", "0"], "no number of seconds above 0"),
        (["--timeout", "-1"], "no number of seconds above 0"),
        (["--timeout", "nan"], "no number of seconds above 0"),
        (["--timeout", "inf"], "no number of seconds above 0"),
        (["--\x1b[2J"], r"unrecognized arguments: --\\x1b\[2J"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(
    options: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        certify.main([*options, str(tmp_path / "file")])
    assert ended.value.code == 2
    assert re.search(why, capsys.readouterr().err)


def test_the_longest_time_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert certify.main(["--timeout", str(threading.TIMEOUT_MAX), str(tmp_path / "none")]) == 3
    assert "no such file" in capsys.readouterr().out


def test_the_file_is_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside(tmp_path, off=PROVED_OFF)
    monkeypatch.setattr(sys, "argv", ["tunnelproof-certify", str(tmp_path / "off")])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(certify.__file__), run_name="__main__")
    assert ended.value.code == 0


def test_what_is_nested_too_deeply_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("[" * 100_000, "utf-8")
    with pytest.raises(certify.Unreadable, match="it is nested too deeply"):
        certify.Checker([], 1.0).certificate(tmp_path / "deep")


def test_a_file_is_checked_once(tmp_path: Path) -> None:
    beside(tmp_path, off=PROVED_OFF)
    checker = certify.Checker([], 1.0)
    first = checker.certificate(tmp_path / "off")
    assert checker.certificate(tmp_path / "." / "off") is first
    assert first.document["claim"] == PROVED_OFF["claim"]
    (tmp_path / "none").write_text("{}", "utf-8")
    for _ in range(2):
        with pytest.raises(certify.Unreadable):
            checker.certificate(tmp_path / "none")


def test_nothing_printed_commands_a_terminal() -> None:
    assert certify.printable("a\x1b[2J\u202eü") == "a\\x1b[2J\\u202eü"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1}, '{\n"a": 1\n}\n'),
        ({"a": [1, 2], "b": "ü"}, '{\n"a": [1, 2],\n"b": "ü"\n}\n'),
        ({"a": [{"b": 1}, [2]]}, '{\n"a": [\n  {"b": 1},\n  [2]\n]\n}\n'),
        ({"a": ["x", [1]]}, '{\n"a": [\n  "x",\n  [1]\n]\n}\n'),
        ({"a": []}, '{\n"a": []\n}\n'),
    ],
)
def test_a_models_text_has_a_line_for_each_part(value: Any, text: str) -> None:
    assert certify.canonical(value) == text


def test_a_lasso_or_trap_is_replayed_in_all_that_moves(tmp_path: Path) -> None:
    """What a loop or trap depends on is more than its own steps."""
    keyed = walk("stay 0>0", "go 0>1 os if k", fair={"go": WEAK})
    never = Recurrence(**SAID, point=X == 1)
    loop: Witness = lasso(0, "stay")
    for values, status in zip(BOTH, (0, 10), strict=True):
        witness = witness_document(keyed, values, loop) | {"guard": values[0] and "k" or ["not", "k"]}
        written = document(
            keyed,
            never,
            cell("refuted", "k" if values[0] else ["not", "k"], 1),
            cell("unknown", ["not", "k"] if values[0] else "k", 1, None),
            witnesses=[witness],
        )
        assert found(tmp_path, written)[0][0] == status
        wide = written | {"witnesses": [witness | {"guard": True}]}
        assert "too wide" in found(tmp_path, wide)[0][2]
    pit = walk("fall 0>1", "climb 1>0 os if k")
    back = Recoverable(**SAID, goal=X == 0)
    witness = witness_document(pit, (False,), trap("fall")) | {"guard": True}
    written = document(pit, back, cell("refuted", ["not", "k"], 1), cell("unknown", "k", 1, None), witnesses=[witness])
    assert "do not settle the claim in k = true" in found(tmp_path, written)[0][2]
