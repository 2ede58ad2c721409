"""What somebody reads who wrote a formula that cannot be meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("broken", "--where:1:1: TP113: 'broken' changes during a run"),
        ("works = true", "--where:1:1: TP113: 'works' changes during a run"),
        ("fitted and not is_open", "--where:1:16: TP113: 'is_open' changes during a run"),
        ("quality = works", "--where:1:11: TP114: 'works' changes during a run"),
    ],
)
def test_configurations_are_not_chosen_by_what_changes(formula: str, said: str, door: str, run: Any) -> None:
    ran = run("prove", door, "--where", formula)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{said} (--where can only use the configuration: 'fitted', 'painted', 'quality')\n"


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("qualty", "--where:1:1: TP113: the formula: 'qualty' is not a name here (did you mean 'quality'?)\n"),
        (
            "fitted = 3",
            "--where:1:10: TP110: the formula: 'fitted' is true or false (write fitted or not fitted)\n",
        ),
    ],
)
def test_condition_that_is_none_is_explained(formula: str, said: str, door: str, run: Any) -> None:
    ran = run("prove", door, "--where", formula)
    assert (ran.status, ran.out, ran.err) == (2, "", said)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ('Invariant(id="a.b", sentence="S.", holds=None)', "TP203: claim 'a.b': 'holds' is None"),
        ('DeadlockFree(id="a.b", sentence="S.", by="os")', "TP203: claim 'a.b': 'by' is a text (write ('os',))"),
        ('Invariant(id="a.b", sentence="S.", holds="is_open")', "a text stands for an enum member"),
    ],
)
def test_claim_with_a_fault_is_located_in_the_model_file(claim: str, said: str, door: str, run: Any) -> None:
    text = Path(door).read_text() + f"\nclaims = [\n    {claim}\n]\n"
    Path(door).write_text(text)
    ran = run("prove", door)
    line = text[: text.index(claim)].count("\n") + 1
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"{door}:{line}: ") and said in ran.err and ran.err.count("\n") == 1


def test_a_proof_that_does_not_tell_whether_its_trigger_is_ever_met_says_so(door: str, run: Any) -> None:
    asked = ("prove", door, "order.push-first", "--engine", "smt")
    (cell,) = json.loads(run(*asked, "--output-format", "json").out)["claims"][0]["cells"]
    assert (cell["verdict"], cell["vacuous"]) == ("proved", None)
    for command in (asked, ("explain", *asked[1:])):
        assert "proved (perhaps vacuously)" in run(*command).out
    assert "vacuously" not in run("prove", door, "order.push-first").out
