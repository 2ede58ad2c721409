"""Claims that are written out at the command line, as formulas of linear or branching time."""

from __future__ import annotations

import json
import shlex
from typing import Any


def test_a_formula_is_decided_as_a_claim_of_the_model_would_be(door: str, run: Any) -> None:
    formula = "ltl: G(is_open implies F(not is_open))"
    ran = run("prove", door, "closing.happens", formula, "--output-format", "json")
    (theirs, ours) = json.loads(ran.out)["claims"]
    assert (ours["id"], ours["kind"]) == ("ltl-1", "ltl")
    assert [(c["verdict"], c["when"]) for c in ours["cells"]] == [(c["verdict"], c["when"]) for c in theirs["cells"]]


def test_without_names_only_the_formulas_are_asked(door: str, run: Any) -> None:
    ran = run("prove", door, "ctl: AG(EF(not is_open))", "ltl: not is_open", "--output-format", "json")
    assert [claim["id"] for claim in json.loads(ran.out)["claims"]] == ["ctl-1", "ltl-2"]


def test_the_commands_that_are_shown_say_the_formula_again(door: str, run: Any) -> None:
    formula = "ltl: G(taken(push) implies F(not is_open))"
    ran = run("prove", door, formula)
    assert ran.status == 10
    for start, status in (("again: ", 10), ("next: ", 0)):
        (line,) = [x for x in ran.out.splitlines() if start in x]
        words = shlex.split(line.partition(start)[2])
        assert formula in words
        assert run(*words[1:]).status == status
    shown = run("explain", door, formula)
    assert shown.status == 0
    assert "from here for ever" in shown.out
    drawn = run("graph", door, formula)
    assert drawn.status == 0
    assert drawn.out.startswith("digraph")


def test_a_fault_in_a_formula_is_placed(door: str, run: Any) -> None:
    ran = run("prove", door, "ltl: G(is_opn")
    assert ran.status == 2
    assert "the ltl formula:1:" in ran.err
    misspelt = run("prove", door, "ltl: G(is_open implies F(is_opn))")
    assert misspelt.status == 3
    assert "the ltl formula:1:" in misspelt.err
    assert "'is_opn' is not a name here" in misspelt.err
    assert "did you mean 'is_open'" in misspelt.err
    assert "'ltl: …'" in run("prove", door, "G(is_open)").err
    wrong = run("prove", door, "ltl: AG(is_open)")
    assert wrong.status == 3
    assert "'AG' is no operator of this kind of claim" in wrong.err
    assert "the ltl formula:1:" in wrong.err


def test_certificates_of_formulas_are_refused_before_anything_is_decided(door: str, run: Any, tmp_path: Any) -> None:
    ran = run("prove", door, "ltl: G(is_open)", "--certificates", tmp_path / "out")
    assert ran.status == 2
    assert "kind ltl" in ran.err
