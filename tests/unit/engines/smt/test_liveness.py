"""Lassos: what bounded search refutes is refuted, with a shortest run; what it does not refute stays unknown."""

from __future__ import annotations

import pytest

from tunnelproof.engines.smt import liveness
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import NONE, STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Claim, NeverForever, Recurrence, Response
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.prove import prove

X = name("x")


def ring(home: Fairness, out: Fairness = NONE) -> System:
    """Three places in a ring, with a way to stay in the second; the way home starts in the third."""
    part = Component("part", actor="part")
    x = part.variable("x", Range(0, 2), start=0)
    part.action("leave", when=x == 0, then={x: 1}, fair=WEAK)
    part.action("stay", when=x == 1, then={x: 1})
    part.action("go", when=x == 1, then={x: 2}, fair=out)
    part.action("back", when=x == 2, then={x: 1})
    part.action("home", when=x == 2, then={x: 0}, fair=home)
    return compose("ring", configuration=Configuration(), components=[part])


def heard(system: System, claim: Claim) -> ClaimOutcome:
    return prove(system, [claim], engine="smt")[claim.id]


def lasso(outcome: ClaimOutcome) -> tuple[list[str], int | None]:
    cell = outcome.cell(Verdict.REFUTED)
    assert cell is not None and cell.evidence.checked
    run = cell.evidence.runs[0]
    return [str(step) for step in run.steps], run.loop


@pytest.mark.parametrize("model", ["smallest", "smallest-table", "smallest-submodel"])
def test_it_refutes_where_the_reference_engine_does_and_with_no_longer_runs(model: str) -> None:
    system = catalogue.load(model)
    claims = [c for c in claims_for(model) if isinstance(c, (Response, Recurrence, NeverForever))]
    wanted, found = (prove(system, claims, engine=engine) for engine in ("reference", "smt"))
    assert claims
    for claim in claims:
        cells = [outcome[claim.id].cell(Verdict.REFUTED) for outcome in (wanted, found)]
        assert (cells[0] is None) == (cells[1] is None), claim.id
        if cells[0] is not None and cells[1] is not None:
            assert cells[1].when == cells[0].when, claim.id
            lengths = [min(len(run.steps) for run in cell.evidence.runs) for cell in cells if cell is not None]
            assert lengths[1] <= lengths[0], claim.id
        assert found[claim.id].cell(Verdict.PROVED) is None, claim.id


COMES_HOME = Recurrence(id="comes-home", sentence="", point=X == 0)
LEAVES = Response(id="leaves", sentence="", trigger=X == 0, response=X == 2)
GIVES_UP = NeverForever(id="gives-up", sentence="", points=(taken("go"), taken("back")))


@pytest.mark.parametrize(
    ("claim", "home", "out", "run"),
    [
        (COMES_HOME, NONE, NONE, (["leave"], 1)),
        (COMES_HOME, WEAK, WEAK, (["leave", "go", "back"], 1)),
        (LEAVES, WEAK, NONE, (["leave"], 1)),
        (GIVES_UP, NONE, NONE, (["leave", "go", "back"], 1)),
        (GIVES_UP, WEAK, NONE, (["leave", "go", "back"], 1)),
    ],
)
def test_runs_stop_and_go_round_only_where_fairness_lets_them(
    claim: Claim, home: Fairness, out: Fairness, run: tuple[list[str], int]
) -> None:
    assert lasso(heard(ring(home, out), claim)) == run


@pytest.mark.parametrize(("claim", "home", "out"), [(COMES_HOME, STRONG, WEAK), (LEAVES, NONE, WEAK)])
def test_what_fairness_excludes_is_not_refuted_and_not_called_proved(
    claim: Claim, home: Fairness, out: Fairness
) -> None:
    found = heard(ring(home, out), claim)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, Reason.LIMIT)
    assert prove(ring(home, out), [claim], engine="reference").verdict is Verdict.PROVED


def test_a_lasso_that_is_too_long_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounded search that finds nothing has shown nothing."""
    part = Component("part", actor="part")
    x = part.variable("x", Range(0, 6), start=0)
    part.action("on", when=x < 6, then={x: x + 1}, fair=WEAK)
    system = compose("line", configuration=Configuration(), components=[part])
    ends = Recurrence(id="ends", sentence="", point=X != 6)
    monkeypatch.setattr(liveness, "LONGEST", 5)
    short = prove(system, [ends], engine="smt", where=None)["ends"]
    assert (short.verdict, short.reason) == (Verdict.UNKNOWN, Reason.LIMIT)
    monkeypatch.setattr(liveness, "LONGEST", 6)
    assert lasso(heard(system, ends)) == (["on"] * 6, 6)


def test_a_fair_outcome_has_to_occur_in_the_loop() -> None:
    """Without the promise, the transfer may fail for ever."""

    def transfer(fair: bool) -> System:
        part = Component("part", actor="part")
        x = part.variable("x", Range(0, 1), start=0)
        part.action("try", when=x == 0, outcomes=[outcome("fails"), outcome("works", {x: 1}, fair=fair)], fair=WEAK)
        return compose("transfer", configuration=Configuration(), components=[part])

    arrives = Response(id="arrives", sentence="", trigger=X == 0, response=X == 1)
    assert lasso(heard(transfer(False), arrives)) == (["try / fails"], 0)
    assert heard(transfer(True), arrives).verdict is Verdict.UNKNOWN
