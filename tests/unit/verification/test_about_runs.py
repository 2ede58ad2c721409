"""What is refuted in branching time is shown by a run where there is one; no verdict rests on it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.oracle.runs import TooLargeError
from tests.systems.models import systems
from tests.systems.questions import Subject
from tests.systems.temporal import temporal
from tests.unit.evidence.small import SAID, X, walk

from tunnelproof.evidence.certificate import WitnessKind
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.component import WEAK
from tunnelproof.model.language.expressions import BRANCHING
from tunnelproof.model.language.temporal import AF, AG, AU, AW, AX, EF, EG, EU, F, G, U, W
from tunnelproof.model.language.temporal import X as NEXT
from tunnelproof.model.language.terms import Term, name
from tunnelproof.properties.claims import Claim, Ctl, Invariant, Ltl, Recoverable
from tunnelproof.rendering import wording
from tunnelproof.rendering.text import Report, render
from tunnelproof.verification import cells, hearing
from tunnelproof.verification.about_runs import about_runs
from tunnelproof.verification.prove import prove

P, Q = name("p"), name("q")
BLINKING = walk("on 0>1", "off 1>0", "out 1>2 os if k", fair={"on": WEAK, "off": WEAK})


def ctl(formula: Term, **options: object) -> Ctl:
    return Ctl(**SAID, formula=formula, **options)  # type: ignore[arg-type]


def test_what_always_is_is_an_invariant() -> None:
    found = about_runs(ctl(AG(P), given=("os",)))
    assert found == Invariant(**SAID, holds=P, given=("os",), where=found.where)


def test_what_is_always_possible_is_recovery_by_those_who_are_there() -> None:
    found = about_runs(ctl(AG(EF(P)), given=("os",)))
    assert found == Recoverable(**SAID, goal=P, given=("os",), by=("os",), where=found.where)


@pytest.mark.parametrize(
    ("branching", "linear"),
    [
        (AF(P), F(P)),
        (AG(P >> AF(Q)), G(P >> F(Q))),
        (AX(P) | AU(P, Q), NEXT(P) | U(P, Q)),
        (AG(P) & AW(P, Q), G(P) & W(P, Q)),
        (~EF(P), ~F(P)),
        (~EG(EU(P, Q)), ~G(U(P, Q))),
        (EF(P) >> AF(Q), F(P) >> F(Q)),
        (~(~AF(P)), ~(~F(P))),
    ],
)
def test_what_is_said_of_all_runs_is_asked_of_each(branching: Term, linear: Term) -> None:
    found = about_runs(ctl(branching, assuming={"a": WEAK}))
    assert found == Ltl(**SAID, formula=linear, assuming={"a": WEAK}, where=found.where)


@pytest.mark.parametrize(
    "formula", [EF(P), AG(EG(P)), AF(EF(P)), ~AF(P), AF(P) >> AF(Q), P | ~Q, AF(AG(AF(AG(AF(P))))), AG(P >> EF(Q))]
)
def test_what_is_said_of_some_run_is_not(formula: Term) -> None:
    claim = ctl(formula)
    assert about_runs(claim) is claim


def test_other_claims_are_about_runs_already() -> None:
    claim = Invariant(**SAID, holds=P)
    assert about_runs(claim) is claim


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_run_refutes_only_what_is_refuted(data: st.DataObject) -> None:
    system = data.draw(systems())
    about = Subject(data.draw, system)
    operators = {op: arity for op, arity in BRANCHING.items() if op[0] == "A"}
    formula = temporal(data.draw, operators, about.state, data.draw(st.integers(2, 7)))
    claim = Ctl(**SAID, formula=formula, given=about.some(), assuming=about.assuming())
    told = about_runs(claim)
    assume(not isinstance(told, Ctl))
    try:
        branching, runs = oracle.decide(system, claim), oracle.decide(system, told)
    except (TooLargeError, oracle.NoInitialStateError):
        assume(False)
        raise
    assert not any(branching[c].verdict == "proved" and runs[c].verdict == "refuted" for c in runs)


@pytest.mark.parametrize(
    ("formula", "kind", "steps", "says"),
    [
        (AG(X == 0), WitnessKind.TRACE, 1, "labelling of 5 pairs checked, 1 trace replayed"),
        (AG(EF(X == 4)), WitnessKind.TRAP, 0, "labelling of 5 pairs checked, 1 trap replayed"),
        (AG((X == 1) >> AF(X == 2)), WitnessKind.LASSO, 3, "labelling of 5 pairs checked, 1 lasso replayed"),
        (AX(X == 0), WitnessKind.LASSO, 3, "labelling of 5 pairs checked, 1 lasso replayed"),
    ],
)
def test_a_refutation_is_shown(formula: Term, kind: WitnessKind, steps: int, says: str) -> None:
    outcome = prove(BLINKING, [ctl(formula)], engine="reference")
    (cell,) = outcome.claims[0].cells
    (run,) = cell.evidence.runs
    assert (cell.verdict, cell.evidence.kind, run.kind, len(run.steps)) == (Verdict.REFUTED, "labelling", kind, steps)
    assert wording.evidence(cell.evidence, cell.verdict) == says
    assert says in render(Report(outcome, "walk"))
    assert len(outcome.graph("c")) >= 1


def test_where_every_run_is_as_wanted_there_is_none_to_show() -> None:
    """On each run it is in the end always so, but not all runs from any state are so from the start."""
    system = walk("stay 0>0", "go 0>1", "on 1>2", "rest 2>2", fair={"stay": WEAK, "on": WEAK, "rest": WEAK})
    (cell,) = prove(system, [ctl(AF(AG(X != 1)))], engine="reference").claims[0].cells
    assert (cell.verdict, cell.evidence.runs) == (Verdict.REFUTED, ())
    assert prove(system, [Ltl(**SAID, formula=F(G(X != 1)))], engine="reference").claims[0].verdict is Verdict.PROVED


def test_a_run_that_refutes_what_is_proved_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(claim: Claim) -> Claim:
        return Invariant(id=claim.id, sentence="", holds=X == 0)

    for module in (hearing, cells):
        monkeypatch.setattr(module, "about_runs", other)
    found = prove(BLINKING, [ctl(AG(EF(X == 2)))], engine="reference").claims[0]
    assert {cell.verdict for cell in found.cells} == {Verdict.WITHHELD, Verdict.REFUTED}
    assert "a run refutes what is proved" in found.detail
