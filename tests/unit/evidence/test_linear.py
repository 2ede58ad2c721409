"""Claims of linear time: what the judge accepts as a proof, and which lassos it lets refute them."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from tests.unit.evidence.small import ONE, SAID, K, X, asked, certificate, finding, lasso, level, numbers, walk

from tunnelproof.evidence import automaton, product
from tunnelproof.evidence.certificate import Break, Broken, Certificate, Witness
from tunnelproof.evidence.checking.closed_set import check_closed_set
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.checking.proofs import ProofCheck, Region
from tunnelproof.evidence.points import Formulas
from tunnelproof.evidence.verdict import Reason, Undecided, Verdict
from tunnelproof.model.language.component import STRONG, WEAK
from tunnelproof.model.language.system import System
from tunnelproof.model.language.temporal import F, G, R, U, W
from tunnelproof.model.language.temporal import X as Next
from tunnelproof.model.language.terms import Term, taken
from tunnelproof.properties.claims import Ltl
from tunnelproof.semantics.tabulate import Interpreter
from tunnelproof.verification.prove import prove

# From 0 to 1 and back, or on to 2, where it ends.
ROUND = walk("there 0>1", "back 1>0", "on 1>2", fair={"there": WEAK, "back": WEAK})
STRONGLY = walk("there 0>1", "back 1>0", "on 1>2", fair={"there": WEAK, "on": STRONG})


def says(formula: Term) -> Ltl:
    return Ltl(**SAID, formula=formula)  # type: ignore[arg-type]


def verdict(system: System, formula: Term) -> Verdict:
    """Return what the reference engine finds and the judge accepts, in the only configuration."""
    (found,) = verdicts(system, formula)
    return found


def verdicts(system: System, formula: Term) -> list[Verdict]:
    found = finding(system, says(formula))
    judged = Judge().check_proof(system, says(formula), asked(system), found.certificate)
    assert judged.covered.tolist() == [v is Verdict.PROVED for v in found.verdicts]
    return list(found.verdicts)


def settles(system: System, formula: Term, witness: Witness) -> bool:
    return bool(Judge().check_witness(system, says(formula), asked(system), witness).configurations)


@pytest.mark.parametrize(
    "formula",
    [
        G(X <= 2),
        X == 0,
        Next(X == 1),
        Next(taken("there")),
        F(X == 1),
        U(X == 0, X == 1),
        W(X == 0, X == 1),
        W(X <= 2, X == 7),
        R(X == 1, X <= 1),
        G((X == 0) >> Next(X == 1)),
        G((X == 2) >> G(X == 2)),
        G(F(X == 1)) | F(G(X == 2)),
        G(taken("on") >> G(~taken("back"))),
        F(~(X == 0) & Next(~(X == 1))),
    ],
)
def test_what_holds_on_every_run_is_proved(formula: Term) -> None:
    assert verdict(ROUND, formula) is Verdict.PROVED
    assert verdict(ROUND, ~formula) is Verdict.REFUTED


@pytest.mark.parametrize(
    ("formula", "witness"),
    [
        (F(X == 2), lasso(0, "there", "back")),
        (G(X < 2), lasso(2, "there", "on")),
        (G(F(X < 2)), lasso(2, "there", "on")),
        (F(G(X == 0)), lasso(0, "there", "back")),
        (Next(Next(X == 2)), lasso(0, "there", "back")),
        (U(X < 2, X == 2), lasso(0, "there", "back")),
        (U(X == 0, X == 2), lasso(2, "there", "on")),
        (W(X == 0, X == 2), lasso(0, "there", "back")),
        (R(X == 7, X < 2), lasso(2, "there", "on")),
        (G(F(taken("back")) & F(X < 2)), lasso(2, "there", "on")),
        (F(X == 1) >> F(X == 2), lasso(0, "there", "back")),
        (F(taken("on")) | G(taken("back")), lasso(0, "there", "back")),
        (G((X == 1) >> Next(X == 0)), lasso(2, "there", "on")),
        (F((X == 2) & Next(~(X == 2))), lasso(2, "there", "on")),
        (~G(F(X == 1)), lasso(0, "there", "back")),
    ],
)
def test_a_lasso_settles_what_it_falsifies(formula: Term, witness: Witness) -> None:
    assert verdict(ROUND, formula) is Verdict.REFUTED
    assert settles(ROUND, formula, witness)
    assert not settles(ROUND, ~formula, witness)
    assert not settles(ROUND, formula, replace(witness, loop=None))


def test_a_run_that_stops_reads_its_last_state_without_a_step() -> None:
    assert settles(ROUND, G((X == 2) >> G(taken("on"))), lasso(2, "there", "on"))
    assert verdict(ROUND, F(G((X == 2) & ~taken("on"))) | G(F(X == 1))) is Verdict.PROVED


def test_a_run_stops_only_where_nothing_fair_is_enabled() -> None:
    assert not settles(ROUND, G(F(X == 2)), lasso(0))
    assert not settles(ROUND, G(F(X == 2)), lasso(1, "there"))
    lazy = walk("there 0>1")
    assert settles(lazy, F(X == 1), lasso(0))
    assert verdict(lazy, F(X == 1)) is Verdict.REFUTED


def test_strong_fairness_breaks_a_loop_that_weak_fairness_allows() -> None:
    weakly = walk("there 0>1", "back 1>0", "on 1>2", fair={"there": WEAK, "on": WEAK})
    assert verdict(weakly, F(X == 2)) is Verdict.REFUTED
    assert verdict(STRONGLY, F(X == 2)) is Verdict.PROVED
    assert not settles(STRONGLY, F(X == 2), lasso(0, "there", "back"))


def test_configurations_are_decided_side_by_side() -> None:
    gated = walk("there 0>1", "on 1>2 if k", fair={"there": WEAK, "on": WEAK})
    assert verdicts(gated, F(X == 2)) == [Verdict.REFUTED, Verdict.PROVED]
    assert verdicts(gated, G(K >> F(X == 2))) == [Verdict.PROVED, Verdict.PROVED]
    assert verdicts(gated, K) == [Verdict.REFUTED, Verdict.PROVED]


def test_a_proof_by_levels_is_about_the_product() -> None:
    claim = says(F(X == 2))
    closed = numbers(0, 1, 2)
    found = finding(STRONGLY, claim).certificate
    assert found.levels is not None
    check = ProofCheck(check_closed_set(STRONGLY, ONE, closed), _formulas(STRONGLY), claim)
    size = len(Region(check).graph)
    assert {len(one.component) for one in found.levels} == {size}
    assert check.covered(found).tolist() == [True]
    nothing = level([0] * size, [0], Broken(Break.TRIVIAL))
    for wrong in (certificate(closed, None, nothing), Certificate(closed), certificate(closed, None, level([0], [0]))):
        assert check.covered(wrong).tolist() == [False]


def _formulas(system: System) -> Formulas:
    return Formulas(check_closed_set(system, ONE, numbers(0, 1, 2)), Interpreter(system))


def test_a_promise_is_absent_only_where_no_edge_keeps_it() -> None:
    claim = says(~G(F(X == 1)))  # the runs that refute it come to 1 again and again
    found = finding(ROUND, claim).certificate
    assert found.levels is not None
    check = ProofCheck(check_closed_set(ROUND, ONE, numbers(0, 1, 2)), _formulas(ROUND), claim)
    for index in (0, 1, -1, 7):
        component = np.zeros(len(Region(check).graph), dtype=np.int64)
        tampered = certificate(numbers(0, 1, 2), None, level(component.tolist(), [0], Broken(Break.ABSENT, index)))
        assert check.covered(tampered).tolist() == [False]


def test_a_formula_without_a_run_that_breaks_it_leaves_an_empty_product() -> None:
    still = walk("never 0>1", start=3)
    assert verdict(still, X == 3) is Verdict.PROVED
    assert verdict(still, G(X == 3)) is Verdict.PROVED
    assert verdict(still, F(X == 4)) is Verdict.REFUTED


def test_a_claim_is_vacuous_if_none_of_its_antecedents_is_ever_met() -> None:
    def vacuous(formula: Term) -> tuple[bool | None, ...]:
        found = finding(ROUND, says(formula))
        return Judge().check_proof(ROUND, says(formula), ONE, found.certificate).vacuous

    assert vacuous(G((X == 4) >> F(X == 0))) == (True,)
    assert vacuous(G((X == 2) >> F(X == 2))) == (False,)
    assert vacuous(G((X == 4) >> F(X == 0)) & G((X == 2) >> F(X == 2))) == (False,)
    assert vacuous(G(X < 4)) == (False,)
    # At rest in 2 no step has led there: that is the only point at which this is met.
    assert vacuous(G(((X == 2) & ~taken("on")) >> F(X == 2))) == (False,)


@pytest.mark.parametrize(("where", "limit"), [(product, "MOST_EDGES"), (automaton, "MOST_MOVES")])
def test_a_formula_that_becomes_too_large_is_unknown(
    where: ModuleType, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = says(G((X == 0) >> F(X == 1)))
    known = prove(ROUND, [claim]).claims[0]
    assert known.verdict is Verdict.PROVED
    right = finding(ROUND, claim).certificate
    monkeypatch.setattr(where, limit, 1)
    found = prove(ROUND, [claim]).claims[0]
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason is Reason.LIMIT
    assert "over" in found.detail or "more than" in found.detail
    with pytest.raises(Undecided):  # and so it is for the judge
        Judge().check_proof(ROUND, claim, ONE, right)
