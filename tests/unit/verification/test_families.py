"""Families too large to list: the same verdicts as one by one, and nothing but what the judge can confirm for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from bench.models import ring, ring_claims
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.oracle import World, configurations
from tests.systems import claims, systems

from tunnelproof.engines.contract import FamilyFinding, FamilyQuestion, Limits, Progress
from tunnelproof.engines.diagram.engine import DiagramEngine
from tunnelproof.engines.diagram.invariant import BY_INVARIANT
from tunnelproof.errors import ModelError
from tunnelproof.evidence.certificate import Certificate, Witness
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range, Value
from tunnelproof.model.language.expressions import TRUE, Expr, Literal
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import Step, System
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    StepInvariant,
)
from tunnelproof.solving.solvers import solvers
from tunnelproof.verification import families, hearing
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.portfolio import Portfolio
from tunnelproof.verification.prove import prove

pytestmark = pytest.mark.skipif(len(solvers()) < 2, reason="needs two solvers")

RANDOM = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
LARGE = 21  # of 2 values each: more configurations than are listed


def nothing_listed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hearing, "LARGEST_TABLE", 0)


@pytest.fixture
def nothing_is_listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    nothing_listed(monkeypatch)
    yield


def heard(system: System, claim: Claim, listed: bool, limits: Limits) -> ClaimOutcome | None:
    with pytest.MonkeyPatch.context() as patch:
        if not listed:
            nothing_listed(patch)
        try:
            return prove(system, [claim], engine="diagram", limits=limits).claims[0]
        except ModelError:
            return None


def verdicts(system: System, outcome: ClaimOutcome) -> list[Verdict]:
    names = [v.name for v in system.configuration]
    every = (dict(zip(names, values, strict=True)) for values in configurations(system))
    return [outcome.partition.label_of(values).verdict for values in every]


@pytest.mark.parametrize("limits", [Limits(), Limits(states=0)], ids=["family", "beyond listing"])
@pytest.mark.parametrize("kind", [kind.kind for kind in BY_INVARIANT])
@RANDOM
@given(data=st.data())
def test_verdicts_without_a_list_are_those_one_by_one(kind: str, limits: Limits, data: st.DataObject) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system, kind))
    if not all(World(system, c).initial() for c in configurations(system)):
        return
    wanted = heard(system, claim, True, Limits())
    found = heard(system, claim, limits == Limits(states=0), limits)
    assert (wanted is None) == (found is None)
    if wanted is None or found is None or wanted.reason is not None:
        return
    assert found.reason is None, found.detail
    assert verdicts(system, found) == verdicts(system, wanted)
    assert sum(cell.configurations for cell in found.cells) == sum(cell.configurations for cell in wanted.cells)


# --- the ring of 2^21 and more configurations -------------------------------------------------------------------------


def shown(outcome: ClaimOutcome) -> list[tuple[Verdict, int, str]]:
    return [(cell.verdict, cell.configurations, format_formula(cell.when)) for cell in outcome.cells]


def test_ring_of_2_to_the_30_configurations_is_proved_by_two_solvers() -> None:
    found = prove(ring(30), ring_claims(30)).claims[0]
    assert shown(found) == [(Verdict.PROVED, 2**30, "true")]
    assert found.cells[0].evidence.kind == "invariant"
    assert found.cells[0].evidence.checked


def switches(number: int = LARGE) -> System:
    """A lamp that can be lit if the first or the last of many switches is on; the others do nothing but matter."""
    configuration = Configuration()
    on = [configuration.setting(f"s{i}", Range(0, 1)) for i in range(number)]
    part = Component("lamp", actor="lamp")
    lit = part.variable("lit", bool, start=False)
    at = part.variable("at", Range(0, number - 1), start=0)
    for i in range(number):
        part.action(f"look{i}", when=(at == i) & (on[i] == 0), then={at: (i + 1) % number})
    part.action("light", when=(on[0] == 1) | (on[-1] == 1), then={lit: True})
    return compose("switches", configuration=configuration, components=[part])


DARK = Invariant(id="dark", sentence="", holds=~name("lit"))
BUSY = name("at") >= 0  # brings all switches into the cone


def test_verdicts_are_told_apart_by_the_few_variables_that_matter() -> None:
    claim = Invariant(id="dark", sentence="", holds=~name("lit") & BUSY)
    found = prove(switches(), [claim]).claims[0]
    assert shown(found) == [
        (Verdict.PROVED, 2 ** (LARGE - 2), "s0 = 0 and s20 = 0"),
        (Verdict.REFUTED, 3 * 2 ** (LARGE - 2), "s0 = 1 or s20 = 1"),
    ]
    runs = found.cells[1].evidence.runs
    assert sum(run.covers for run in runs) == 3 * 2 ** (LARGE - 2)
    assert [len(run.steps) for run in runs] == [1] * len(runs)


def test_reaching_is_proved_by_traces_and_refuted_by_an_invariant() -> None:
    claim = Reachable(id="light", sentence="", point=name("lit") & BUSY)
    found = prove(switches(), [claim]).claims[0]
    assert [(cell.verdict, cell.evidence.kind) for cell in found.cells] == [
        (Verdict.PROVED, "trace"),
        (Verdict.REFUTED, "invariant"),
    ]


@pytest.mark.parametrize(
    ("where", "asked", "refuted"),
    [("s0 = 0 and s20 = 0", 2**19, 0), ("s0 = 1", 2**20, 2**20), ("s3 = s20", 2**20, 3 * 2**18)],
)
def test_part_of_a_large_family_is_asked_about(where: str, asked: int, refuted: int) -> None:
    found = prove(switches(), [Invariant(id="dark", sentence="", holds=~name("lit") & BUSY)], where=where).claims[0]
    counted = {cell.verdict: cell.configurations for cell in found.cells}
    assert (sum(counted.values()), counted.get(Verdict.REFUTED, 0)) == (asked, refuted)


def test_variables_outside_the_cone_restrict_it_through_constraints(nothing_is_listed: None) -> None:
    configuration = Configuration()
    hot, outside = configuration.setting("hot", bool), configuration.setting("outside", Range(0, 2))
    configuration.require(~hot | (outside == 3 - 1))
    configuration.require(outside < 2)
    part = Component("lamp", actor="lamp")
    lit = part.variable("lit", bool, start=False)
    part.action("light", when=hot, then={lit: True})
    system = compose("constrained", configuration=configuration, components=[part])
    found = prove(system, [DARK]).claims[0]
    assert shown(found) == [(Verdict.PROVED, 2, "true")]


def test_a_trace_that_reads_too_much_leaves_its_combination_unknown() -> None:
    # Whoever works at the last place has skipped or worked at each before it: no trace fits many configurations.
    claim = Invariant(id="idle-at-the-end", sentence="", holds=~((name("pos") == LARGE - 1) & (name("work") == 1)))
    found = prove(ring(LARGE), [claim]).claims[0]
    assert shown(found) == [(Verdict.PROVED, 2**20, "c20 = 0"), (Verdict.UNKNOWN, 2**20, "c20 = 1")]
    assert found.reason is Reason.TOO_MANY_CONFIGURATIONS
    assert "--where" in found.detail


@pytest.mark.parametrize(
    "claim",
    [
        Recurrence(id="again", sentence="", point=name("pos") == 0),
        Recoverable(id="back", sentence="", goal=name("pos") == 0),
    ],
)
def test_claims_that_no_invariant_proves_are_unknown(claim: Claim) -> None:
    found = prove(ring(LARGE), [claim]).claims[0]
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, Reason.TOO_MANY_CONFIGURATIONS)


@pytest.mark.parametrize(
    "claim",
    [
        StepInvariant(id="one-at-a-time", sentence="", when=name("work") == 1, holds=~taken("start0")),
        DeadlockFree(id="goes-on", sentence=""),
        Precedence(id="in-turn", sentence="", first=name("pos") == 1, then=name("pos") == 2),
        Reachable(id="outside", sentence="", point=(name("work") == 1) & (name("pos") == 0) & (name("c0") == 0)),
    ],
    ids=lambda claim: claim.id,
)
def test_claims_of_each_kind_are_settled_over_two_million_configurations(claim: Claim) -> None:
    found = prove(ring(LARGE), [claim]).claims[0]
    wanted = Verdict.REFUTED if isinstance(claim, Reachable) else Verdict.PROVED
    assert [(cell.verdict, cell.configurations) for cell in found.cells] == [(wanted, 2**LARGE)]


def test_engines_that_need_a_list_leave_a_large_family_unknown() -> None:
    claim = Invariant(id="dark", sentence="", holds=~name("lit") & BUSY)
    found = prove(switches(), [claim], engine="reference").claims[0]
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, Reason.TOO_MANY_CONFIGURATIONS)


def test_limits_leave_a_large_family_unknown() -> None:
    found = prove(ring(LARGE), ring_claims(LARGE), limits=Limits(seconds=0.0)).claims[0]
    assert found.verdict is Verdict.UNKNOWN
    assert found.cells[0].configurations == 2**LARGE


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (Invariant(id="in-place", sentence="", holds=name("at") >= 0), "invariant"),
        (Invariant(id="seen-lit", sentence="", when=name("lit"), holds=BUSY), "closed-set"),
        (Recurrence(id="again", sentence="", point=(name("at") == 0) | ~name("lit")), "lasso"),
    ],
    ids=lambda case: case.id if isinstance(case, Invariant | Recurrence) else case,
)
def test_a_family_that_can_be_listed_is_listed_only_where_that_settles_more(claim: Claim, evidence: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hearing, "MOST_LISTED", 10)
        found = prove(switches(5), [claim]).claims[0]
    assert evidence in {cell.evidence.kind for cell in found.cells}
    assert all(cell.evidence.checked for cell in found.cells)


# --- engines that are wrong -------------------------------------------------------------------------------------------


class Wrong(DiagramEngine):
    """Says of a family what it is told to say."""

    def __init__(self, finding: FamilyFinding, witness: Witness | None = None) -> None:
        super().__init__()
        self.finding, self.shown = finding, witness

    def decide_family(self, question: FamilyQuestion, progress: Progress) -> FamilyFinding:
        return self.finding

    def family_witness(self, question: FamilyQuestion, inside: Expr) -> Witness | None:
        return self.shown


def said(monkeypatch: pytest.MonkeyPatch, engine: Wrong, claim: Claim) -> ClaimOutcome:
    nothing_listed(monkeypatch)
    monkeypatch.setattr(Portfolio, "for_families", lambda portfolio, claim: engine)
    return prove(switches(4), [claim]).claims[0]


def finding(names: tuple[str, ...], by_row: dict[tuple[Value, ...], Verdict], **more: object) -> FamilyFinding:
    return FamilyFinding("wrong", names, by_row, **more)  # type: ignore[arg-type]


EVERYTHING = Certificate(invariant=TRUE)
NOTHING = Certificate(invariant=Literal(False))
PART = Certificate(invariant=(~name("lit")).expr, covers=((name("s0") == 0) & (name("s3") == 0)).expr)
PROVED = {(): Verdict.PROVED}
HALVES = {(0,): Verdict.PROVED, (1,): Verdict.PROVED}
OPEN = Invariant(id="dark", sentence="", holds=~name("lit") & BUSY)


@pytest.mark.parametrize(
    "wrong",
    [
        finding((), PROVED, certificate=EVERYTHING),
        finding((), PROVED, certificate=NOTHING),
        finding((), PROVED),
        finding((), PROVED, certificate=PART),
        finding(("s0",), HALVES, certificate=PART),
        finding(("s0",), {(0,): Verdict.PROVED}, certificate=PART),
        finding(("s0",), {**HALVES, (2,): Verdict.PROVED}, certificate=PART),
        finding(("s0", "s3"), dict.fromkeys([(0, 0), (0, 1), (1, 0), (1, 1)], Verdict.PROVED), certificate=PART),
    ],
)
def test_nothing_false_is_proved_of_a_family(monkeypatch: pytest.MonkeyPatch, wrong: FamilyFinding) -> None:
    found = said(monkeypatch, Wrong(wrong), OPEN)
    proved = [cell for cell in found.cells if cell.verdict is Verdict.PROVED]
    assert found.verdict is Verdict.WITHHELD
    assert all(format_formula(cell.when) == "s0 = 0 and s3 = 0" for cell in proved)


LIGHT = (Step("light"),)


@pytest.mark.parametrize(
    ("configuration", "steps"),
    [
        ((0, 0, 0, 0), LIGHT),
        ((1, 0, 0, 0), ()),
        ((1, 0, 0, 0), (Step("nobody"),)),
        ((0, 1, 1, 1), LIGHT),
        ((2, 0, 0, 0), LIGHT),
    ],
    ids=["it cannot be lit there", "no step", "an unknown step", "another combination", "no configuration"],
)
def test_nothing_false_is_refuted_in_a_family(
    monkeypatch: pytest.MonkeyPatch, configuration: tuple[Value, ...], steps: tuple[Step, ...]
) -> None:
    wrong = finding(("s0",), {(0,): Verdict.UNKNOWN, (1,): Verdict.REFUTED})
    real = DiagramEngine().family_witness(FamilyQuestion(switches(4), OPEN, TRUE), TRUE)
    assert real is not None
    engine = Wrong(wrong, replace(real, configuration=configuration, steps=steps))
    found = said(monkeypatch, engine, OPEN)
    assert Verdict.REFUTED not in {cell.verdict for cell in found.cells}
    assert found.verdict is Verdict.WITHHELD


def test_a_trace_refutes_only_where_what_it_reads_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Wrong(finding((), {(): Verdict.REFUTED}))
    engine.shown = DiagramEngine().family_witness(FamilyQuestion(switches(4), OPEN, TRUE), TRUE)
    monkeypatch.setattr(families, "MOST_WITNESSES", 1)
    found = said(monkeypatch, engine, OPEN)
    (cell,) = [cell for cell in found.cells if cell.verdict is Verdict.REFUTED]
    assert (cell.configurations, format_formula(cell.when)) == (4, "s0 = 0 and s3 = 1")
