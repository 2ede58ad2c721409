"""The language's reference page is right: its blocks run, its claims have the verdicts stated beside them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tunnelproof.errors import ModelError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.document import read_system, to_json
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.formula import format_formula, parse_formula
from tunnelproof.model.language.system import Confidence, System
from tunnelproof.properties.claims import KINDS, Claim, Invariant
from tunnelproof.properties.document import read_claims
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.prove import prove

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
PYTHON = "".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
STATED = dict(re.findall(r'id="([^"]+)",.*# (proved|refuted where .+)', PYTHON))
OPERATORS = [
    (python.replace("\\|", "|"), text)
    for python, text in re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| .*\|$", PAGE.split("## Actions")[0], re.MULTILINE)
]


@cache
def page() -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(PYTHON, "docs/language.md", "exec"), names)
    return names


def said(found: ClaimOutcome) -> str:
    assert {cell.verdict for cell in found.cells} <= {Verdict.PROVED, Verdict.REFUTED}, found.claim.id
    cell = found.cell(Verdict.REFUTED)
    return "proved" if cell is None else f"refuted where {format_formula(cell.when)}"


def answers(system: System, claims: list[Claim]) -> dict[str, str]:
    return {found.claim.id: said(found) for found in prove(system, claims, engine="reference").claims}


def test_the_claims_have_the_verdicts_stated_beside_them() -> None:
    names = page()
    found = answers(names["system"], names["claims"]) | answers(names["mailbox"], names["mailbox_claims"])
    assert found == STATED


def test_there_is_an_example_of_each_kind_of_claim() -> None:
    assert {claim.kind for claim in page()["claims"]} == set(KINDS)


@pytest.mark.parametrize(("python", "text"), OPERATORS)
def test_each_operator_has_the_text_beside_it(python: str, text: str) -> None:
    system: System = page()["system"]
    expr = eval(python, page()).expr
    assert format_formula(expr) == text
    assert parse_formula(text, {*system.domains, *system.definitions}) == expr


def test_the_operators_are_found() -> None:
    assert len(OPERATORS) == 15


def test_the_confidence_words_are_in_their_order() -> None:
    words = re.findall(r"^\| `([A-Z]+)` \|", PAGE.split("## Sources")[1], re.MULTILINE)
    assert words == [confidence.name for confidence in Confidence]


def test_the_json_model_is_read_and_its_claims_are_decided() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    system = read_system(text)
    assert read_system(to_json(system)) == system
    assert answers(system, list(read_claims(text, system))) == {
        "door.never-slams": "refuted where windy",
        "door.slams-shut": "proved",
        "door.shuts": "proved",
    }


def test_the_where_example_is_a_formula_over_the_configuration() -> None:
    (where,) = re.findall(r"--where '(.+?)'", PAGE)
    claim = Invariant(id="any", sentence="", holds=True)
    assert prove(page()["system"], [claim], where=where, engine="reference").space.count() == 4


def test_an_assignment_that_leaves_its_domain_ends_the_run() -> None:
    counter = Component("counter", actor="os")
    left = counter.variable("left", Range(0, 1), start=1)
    counter.action("lose", then={left: left - 1})
    system = compose("counter", configuration=Configuration(), components=[counter])
    with pytest.raises(ModelError, match="TP141"):
        prove(system, [Invariant(id="any", sentence="", holds=True)], engine="reference")
