"""Claims of branching time as they are heard: laws between kinds, cones, and evidence that does not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.oracle import worlds
from tests.systems.clocks import with_clock
from tests.systems.models import systems
from tests.systems.questions import Subject
from tests.systems.temporal import temporal
from tests.unit.evidence.small import SAID, X, walk

from tunnelproof.engines.contract import Finding, Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.engines.registry import ENGINES
from tunnelproof.errors import ClaimError, ModelError
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.component import WEAK
from tunnelproof.model.language.expressions import BRANCHING, Apply, Expr, Literal, negate
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.temporal import AF, AG, AW, EF, EG, EX
from tunnelproof.model.language.terms import Term
from tunnelproof.properties.claims import Claim, Ctl, Invariant, Precedence, Recoverable, Recurrence, Response
from tunnelproof.rendering.text import Report, render
from tunnelproof.verification.outcome import ClaimOutcome, Outcome
from tunnelproof.verification.prove import prove

PROVED, REFUTED, UNKNOWN, WITHHELD = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN, Verdict.WITHHELD
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def ctl(formula: object, **options: object) -> Ctl:
    return Ctl(**SAID, formula=formula, **options)  # type: ignore[arg-type]


def asked(system: System, claim: Claim, engine: str = "reference") -> ClaimOutcome:
    return prove(system, [claim], engine=engine).claims[0]


def verdicts(system: System, claim: Claim) -> list[Verdict]:
    """Return the verdict in each configuration."""
    assume(all(world.initial() for world in worlds(system)))
    try:
        found = asked(system, claim).partition
    except ModelError:  # an assignment leaves its domain
        assume(False)
        raise
    names = [v.name for v in system.configuration]
    return [found.label_of(dict(zip(names, world.configuration, strict=True))).verdict for world in worlds(system)]


# --- laws -------------------------------------------------------------------------------------------------------------

Law = Callable[[Subject], tuple[Claim, Claim]]


def _fair(about: Subject) -> dict[str, object]:
    return {"given": about.some(), "assuming": about.assuming()}


def _recoverable(about: Subject) -> tuple[Claim, Claim]:
    goal = about.state()
    return Recoverable(**SAID, goal=goal), ctl(AG(EF(Term(goal))))


def _response(about: Subject) -> tuple[Claim, Claim]:
    p, q, fair = Term(about.state()), Term(about.state()), _fair(about)
    return Response(**SAID, trigger=p, response=q, **fair), ctl(AG(p >> AF(q)), **fair)  # type: ignore[arg-type]


def _recurrence(about: Subject) -> tuple[Claim, Claim]:
    p, fair = Term(about.state()), _fair(about)
    return Recurrence(**SAID, point=p, **fair), ctl(AG(AF(p)), **fair)  # type: ignore[arg-type]


def _invariant(about: Subject) -> tuple[Claim, Claim]:
    p, given = Term(about.state()), about.some()
    return Invariant(**SAID, holds=p, given=given), ctl(AG(p), given=given)


def _precedence(about: Subject) -> tuple[Claim, Claim]:
    p, q, given = Term(about.state()), Term(about.state()), about.some()
    return Precedence(**SAID, first=p, then=q, given=given), ctl(AW(~q | p, p), given=given)


LAWS: dict[str, Law] = {
    "what is possible from everywhere": _recoverable,
    "what follows": _response,
    "what recurs": _recurrence,
    "what always is": _invariant,
    "what comes before": _precedence,
}


@pytest.mark.parametrize("law", LAWS)
@FEW
@given(data=st.data())
def test_other_kinds_can_be_said_in_branching_time(law: str, data: st.DataObject) -> None:
    system = data.draw(systems())
    one, other = LAWS[law](Subject(data.draw, system))
    assert verdicts(system, one) == verdicts(system, other)


def _dual(formula: Expr) -> Expr:
    """Push a negation inwards."""
    if not isinstance(formula, Apply) or formula.op not in BRANCHING:
        return negate(formula)
    other = {"X": "X", "F": "G", "G": "F", "U": "R", "R": "U"}
    path, op = formula.op
    assert op in other
    return Apply(("E" if path == "A" else "A") + other[op], tuple(_dual(arg) for arg in formula.args))


@FEW
@given(data=st.data())
def test_a_negation_can_be_pushed_inwards(data: st.DataObject) -> None:
    system = data.draw(systems())
    about = Subject(data.draw, system)
    operators = {op: arity for op, arity in BRANCHING.items() if op[1] != "W"}
    formula = temporal(data.draw, operators, about.state, 5)
    fair = _fair(about)
    assert verdicts(system, ctl(negate(formula), **fair)) == verdicts(system, ctl(_dual(formula), **fair))


@pytest.mark.parametrize("op", ["AF", "EF", "AG", "EG"])
@FEW
@given(data=st.data())
def test_what_holds_of_a_run_holds_now_or_next(op: str, data: st.DataObject) -> None:
    system = data.draw(systems())
    about = Subject(data.draw, system)
    f = about.state()
    whole = Apply(op, (f,))
    step = Apply("or" if op[1] == "F" else "and", (f, Apply(op[0] + "X", (whole,))))
    fair = _fair(about)
    assert verdicts(system, ctl(whole, **fair)) == verdicts(system, ctl(step, **fair))


# --- cones ------------------------------------------------------------------------------------------------------------


@FEW
@given(data=st.data())
def test_a_part_that_nobody_looks_at_changes_nothing_but_the_next_step(data: st.DataObject) -> None:
    system = data.draw(systems())
    operators = {op: arity for op, arity in BRANCHING.items() if op[1] != "X"}
    formula = temporal(data.draw, operators, Subject(data.draw, system).state, 6)
    wider = with_clock(system, data.draw(st.sampled_from(Fairness)))
    whole = asked_of_all(wider, ctl(formula))
    assert verdicts(system, ctl(formula)) == whole == verdicts(wider, ctl(formula))


def asked_of_all(system: System, claim: Ctl) -> list[Verdict]:
    """Return the verdicts without a cone."""
    every = tuple(world.configuration for world in worlds(system))
    assume(all(world.initial() for world in worlds(system)))
    return list(ReferenceEngine().decide(Question(system, claim, every), lambda _: None).verdicts)


def test_what_is_next_depends_on_everybodys_steps() -> None:
    system = walk("go 0>1", fair={"go": WEAK})
    claim = ctl(EX(X == 0))
    assert asked(system, claim).verdict is REFUTED
    assert asked(with_clock(system, Fairness.NONE), claim).verdict is PROVED


# --- engines and evidence ---------------------------------------------------------------------------------------------

BLINKING = walk("on 0>1", "off 1>0", "out 1>2 os if k", fair={"on": WEAK, "off": WEAK})


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_every_engine_answers_or_says_that_it_cannot(engine: str) -> None:
    found = asked(BLINKING, ctl(AG(EF(X == 2))), engine)
    if engine == "smt":
        assert (found.verdict, found.reason) == (UNKNOWN, Reason.UNSUPPORTED)
    else:
        assert [(cell.verdict, cell.configurations) for cell in found.cells] == [(PROVED, 1), (REFUTED, 1)]
        assert {cell.evidence.kind for cell in found.cells} == {"labelling"}
        assert all(cell.evidence.checked for cell in found.cells)


def test_engines_agree_together() -> None:
    assert asked(BLINKING, ctl(EG(X < 2) & AF(X == 1)), "all").verdict is PROVED
    assert asked(BLINKING, ctl(AF(X == 2)), "auto").verdict is REFUTED


class Lying(ReferenceEngine):
    """Hands over something else than it found."""

    def __init__(self, change: Callable[[Finding], Finding]) -> None:
        super().__init__()
        self._change = change

    def decide(self, question: Question, progress: Callable[[str], None]) -> Finding:
        return self._change(super().decide(question, progress))


def hear(claim: Claim, change: Callable[[Finding], Finding], monkeypatch: pytest.MonkeyPatch) -> ClaimOutcome:
    from tunnelproof.verification import portfolio

    monkeypatch.setattr(portfolio, "engine_named", lambda _: Lying(change))
    return asked(BLINKING, claim)


def test_verdicts_that_are_turned_round_are_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    found = hear(ctl(AG(EF(X == 2))), lambda f: replace(f, verdicts=f.verdicts[::-1]), monkeypatch)
    assert {cell.verdict for cell in found.cells} == {WITHHELD}


def test_without_labels_both_verdicts_are_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    def bare(finding: Finding) -> Finding:
        return replace(finding, certificate=replace(finding.certificate, labellings=None))

    assert hear(ctl(EG(X < 2)), bare, monkeypatch).verdict is WITHHELD
    assert hear(ctl(AF(X == 2)), bare, monkeypatch).verdict is WITHHELD


def test_a_closed_set_that_is_not_closed_shows_no_refutation(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(finding: Finding) -> Finding:
        assert finding.certificate.closed is not None
        return replace(finding, certificate=replace(finding.certificate, closed=finding.certificate.closed[1:]))

    assert hear(ctl(AG(X < 2)), cut, monkeypatch).verdict is WITHHELD


def test_a_claim_that_demands_nothing_is_vacuous() -> None:
    claim = ctl(AG((X == 4) >> AF(X == 0)))
    found = asked(BLINKING, claim)
    assert (found.verdict, found.reason) == (UNKNOWN, Reason.VACUOUS)
    assert asked(BLINKING, replace(claim, may_be_vacuous="it cannot be")).verdict is PROVED


def test_a_refutation_is_told_without_a_trace_where_there_is_none() -> None:
    outcome: Outcome = prove(BLINKING, [ctl(EF(X == 3))], engine="reference")
    assert "refuted in all 2 configurations · labelling of 5 pairs checked" in render(Report(outcome, "walk"))
    with pytest.raises(ClaimError, match="no witness to draw"):
        outcome.graph("c")


def test_a_deeply_nested_formula_is_decided_at_once() -> None:
    formula: Expr = Literal(True)
    for number in range(48):
        formula = Apply(("EU", "AU", "ER", "AR", "EW", "AW")[number % 6], ((X < 2).expr, formula))
    assert len(format_formula(formula, {"x"})) < 2000
    assert asked(BLINKING, ctl(formula)).verdict is PROVED
