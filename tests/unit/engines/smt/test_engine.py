"""The engine's verdicts and traces against those of others, and what it says when it is stopped."""

from __future__ import annotations

from itertools import product

import pytest

from tunnelproof.engines.contract import Limits, Question
from tunnelproof.engines.registry import engine_named
from tunnelproof.engines.smt import effort
from tunnelproof.engines.smt.configurations import asked_about
from tunnelproof.engines.smt.engine import SmtEngine
from tunnelproof.engines.smt.safety import Traces
from tunnelproof.evidence.certificate import Certificate
from tunnelproof.evidence.checking.invariant import InvariantCheck
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import after, choose, name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    Recoverable,
    StepInvariant,
)
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.solving.reply import Answer
from tunnelproof.solving.solvers import SOLVERS, solve
from tunnelproof.verification.prove import prove

MODELS = ("smallest", "smallest-table", "smallest-submodel")
ROWS = tuple(product((False, True), ("stop_then_fetch", "fetch_then_stop"), ("never", "may")))
UP, UPDATED = name("up"), name("updated")
CLAIMS: tuple[Claim, ...] = (
    Invariant(id="never-both", sentence="", holds=~(UP & UPDATED)),
    Invariant(id="no-leak", sentence="", when=~name("consent"), holds=~name("exposed")),
    Invariant(id="after-reboot", sentence="", when=taken("reboot"), holds=name("stack") == "ok"),
    Invariant(id="consistent", sentence="", holds=~name("exposed") | ~name("protected")),
    Reachable(id="both", sentence="", point=UP & UPDATED),
    Reachable(id="automatic", sentence="", point=UPDATED, given=("os", "vendor")),
    StepInvariant(id="updated-stays", sentence="", when=UPDATED, holds=after(UPDATED)),
    StepInvariant(id="reboot-connects", sentence="", when=taken("reboot"), holds=after(UP)),
    Precedence(id="reboot-first", sentence="", first=taken("reboot"), then=UPDATED & UP),
    Precedence(id="down-first", sentence="", first=~UP, then=UPDATED),
    Precedence(id="down-since", sentence="", first=~UP, then=UPDATED & UP, since=taken("reboot")),
    DeadlockFree(id="somebody", sentence=""),
    DeadlockFree(id="the-os", sentence="", by=("os",), except_=UPDATED),
)


def assert_same(system: System, where: str | None = None) -> None:
    """Compare verdicts, formulas and traces. Vacuity is left out, which an invariant may not decide."""
    wanted, found = (prove(system, CLAIMS, engine=engine, where=where) for engine in ("reference", "smt"))
    for claim in CLAIMS:
        both = wanted[claim.id], found[claim.id]
        one, other = (outcome.partition.relabelled(lambda label: label.verdict) for outcome in both)
        assert other == one, claim.id
        if isinstance(claim, Precedence):
            continue  # the first trace shown need not be in the same configuration
        runs = [[run.steps for cell in outcome.cells for run in cell.evidence.runs] for outcome in both]
        assert runs[1] == runs[0], claim.id


@pytest.mark.parametrize("model", MODELS)
def test_verdicts_and_traces_are_those_of_the_reference_engine(model: str) -> None:
    assert_same(catalogue.load(model))


@pytest.mark.parametrize("where", ["start_force_all_apps", "not start_force_all_apps and order = fetch_then_stop"])
def test_so_are_those_of_part_of_the_configurations(where: str) -> None:
    assert_same(catalogue.load("smallest"), where)


def test_the_first_trace_of_a_precedence_is_the_shortest_of_all_configurations() -> None:
    """Where the platform fetches first, the update is installed one step sooner."""
    claim = next(claim for claim in CLAIMS if claim.id == "reboot-first")
    outcome = prove(catalogue.load("smallest"), [claim], engine="smt", where="start_force_all_apps")[claim.id]
    cell = outcome.cell(Verdict.REFUTED)
    assert cell is not None
    assert [len(run.steps) for run in cell.evidence.runs] == [5, 6]
    assert cell.evidence.runs[0].configuration["order"] == "fetch_then_stop"


def test_certificates_are_answered_unsat_by_z3_and_cvc5() -> None:
    system = catalogue.load("smallest")
    names = [v.name for v in system.configuration]
    certified = 0
    for claim in CLAIMS:
        question = Question(system, claim, ROWS)
        finding = SmtEngine().decide(question, lambda _: None)
        sound = Verdict.REFUTED if isinstance(claim, Reachable) else Verdict.PROVED
        proved = [verdict is sound for verdict in finding.verdicts]
        assert any(proved) == (finding.certificate.invariant is not None)
        if not any(proved):
            continue
        covers = finding.certificate.covers
        assert [bool(evaluate(covers, dict(zip(names, row, strict=True)))) for row in ROWS] == proved
        for obligation in InvariantCheck(system, claim, finding.certificate).obligations():
            assert {solve(solver, obligation.script).answer for solver in SOLVERS} == {Answer.UNSAT}
            certified += 1
    assert certified >= 12


def many(bits: int) -> System:
    """A family in which one configuration variable of many matters, and one more to a variable of its own."""
    configuration = Configuration()
    settings = [configuration.setting(f"s{i}", bool) for i in range(bits)]
    part = Component("part", actor="part")
    seen = part.variable("seen", Range(0, bits), start=0)
    door = part.variable("door", bool, start=False)
    for i, setting in enumerate(settings):
        part.action(f"pass{i}", when=(seen == i) & (setting | (i != 2)), then={seen: i + 1})
    part.action("open", when=seen == bits, then={door: settings[0]})
    return compose("many", configuration=configuration, components=[part])


def test_one_counterexample_stands_for_all_configurations_that_share_its_steps() -> None:
    claim = Invariant(id="closed", sentence="", holds=~name("door"))
    system = many(9)
    outcome = prove(system, [claim], engine="smt")["closed"]
    refuted = outcome.cell(Verdict.REFUTED)
    assert refuted is not None
    assert refuted.configurations == 2**7
    assert len(refuted.evidence.runs) == 1
    assert len(refuted.evidence.runs[0].steps) == 10


def test_a_formula_for_many_configurations_needs_only_what_ties_them() -> None:
    configuration = Configuration()
    names = [configuration.setting(f"s{i}", bool) for i in range(14)]
    configuration.require(~(names[3] & names[5]))
    part = Component("part", actor="part")
    x = part.variable("x", bool, start=choose(names[0], True, names[1]))
    part.action("turn", then={x: ~x})
    system = compose("tied", configuration=configuration, components=[part])
    rows = list(product((False, True), repeat=14))
    asked = [row for row in rows if not (row[3] and row[5])]
    formula = asked_about(system.configuration, asked)
    assert system.reads(formula) == {"s3", "s5"}
    assert [bool(evaluate(formula, {f"s{i}": v for i, v in enumerate(row)})) for row in rows] == [
        not (row[3] and row[5]) for row in rows
    ]
    assert asked_about(system.configuration, rows) == TRUE


# --- being stopped ---------------------------------------------------------------------------------------------------


def decided(system: System, claim: Claim, limits: Limits) -> tuple[set[Verdict], Reason | None, Certificate]:
    configurations = tuple((row,) for row in (False, True)) if len(system.configuration) == 1 else ((),)
    finding = SmtEngine().decide(Question(system, claim, configurations, limits), lambda _: None)
    return set(finding.verdicts), finding.reason, finding.certificate


def counter() -> System:
    part = Component("part", actor="part")
    x = part.variable("x", Range(0, 40), start=0)
    y = part.variable("y", Range(0, 40), start=40)
    part.action("move", when=(x < 40) & (y > 0), then={x: x + 1, y: y - 1})
    part.action("back", when=(x > 1) & (y < 39), then={x: x - 2, y: y + 2})
    return compose("counter", configuration=Configuration(), components=[part])


SUM = Invariant(id="sum", sentence="", holds=name("x") + name("y") == 40)


def test_without_time_nothing_is_known() -> None:
    verdicts, reason, certificate = decided(counter(), SUM, Limits(seconds=0.0))
    assert (verdicts, reason, certificate.invariant) == ({Verdict.UNKNOWN}, Reason.LIMIT, None)


def test_when_the_solver_gives_up_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort.Effort.__init__, "__defaults__", (None, 200_000, 5))
    verdicts, reason, certificate = decided(counter(), SUM, Limits())
    assert (verdicts, reason, certificate.invariant) == ({Verdict.UNKNOWN}, Reason.SOLVER, None)


def test_when_the_queries_are_spent_what_was_found_before_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort.Effort.__init__, "__defaults__", (None, 60, effort.RESOURCES))
    configuration = Configuration()
    off = configuration.setting("off", bool)
    part = Component("part", actor="part")
    x = part.variable("x", Range(0, 40), start=0)
    y = part.variable("y", Range(0, 40), start=40)
    part.action("move", when=(x < 40) & (y > 0), then={x: x + 1, y: choose(off, y, y - 1)})
    system = compose("counter", configuration=configuration, components=[part])
    finding = SmtEngine().decide(Question(system, SUM, ((False,), (True,))), lambda _: None)
    assert finding.verdicts == (Verdict.UNKNOWN, Verdict.REFUTED)
    assert (finding.reason, finding.nearest) == (Reason.LIMIT, 1)


def test_a_trace_that_cannot_be_made_the_least_is_still_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    system = many(3)
    claim = Invariant(id="closed", sentence="", holds=~name("door"))
    rows = tuple(product((False, True), repeat=3))
    question = Question(system, claim, rows)
    engine = SmtEngine()
    finding = engine.decide(question, lambda _: None)
    assert finding.nearest is not None

    def tired(*_: object) -> None:
        raise effort.OutOfEffort(Reason.LIMIT, "out of time")

    monkeypatch.setattr(Traces, "least", tired)
    witness = engine.witness(question, finding.nearest)
    assert witness is not None
    assert [step.action for step in witness.steps] == ["pass0", "pass1", "pass2", "open"]


def test_claims_that_it_never_settles_are_not_supported() -> None:
    claim = Recoverable(id="r", sentence="", goal=UP)
    assert not engine_named("smt").supports(claim)
    outcome = prove(catalogue.load("smallest"), [claim], engine="smt")[claim.id]
    assert (outcome.verdict, outcome.reason) == (Verdict.UNKNOWN, Reason.UNSUPPORTED)


def test_two_runs_give_the_same_finding() -> None:
    system = catalogue.load("smallest")
    for claim in CLAIMS:
        one, other = (SmtEngine().decide(Question(system, claim, ROWS), lambda _: None) for _ in range(2))
        assert one.verdicts == other.verdicts
        assert (one.certificate.invariant, one.certificate.covers) == (
            other.certificate.invariant,
            other.certificate.covers,
        )
