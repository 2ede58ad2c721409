"""Suites of tests made from a model: few runs that do all that a criterion asks for (docs/testgen.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tunnelproof.conformance.testgen.claims import suite_for_claims, suite_of_counterexamples
from tunnelproof.conformance.testgen.goals import Criterion, Goal
from tunnelproof.conformance.testgen.making import Bounds, suite_of_walks
from tunnelproof.conformance.testgen.measuring import goals_met
from tunnelproof.conformance.testgen.random_walks import random_walks
from tunnelproof.errors import UsageError, near
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim
from tunnelproof.verification.suites import Alternative, Coverage, Suite, Test


def suite(
    system: System,
    criterion: Criterion | str,
    *,
    claims: Sequence[Claim] = (),
    where: Expr | str | None = None,
    goals: Sequence[Goal] = (),
    each: bool = False,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    progress: Callable[[str], None] = lambda _: None,
) -> Suite:
    """Return tests that do what the criterion asks for in the configurations in which ``where`` holds.

    Without ``each``, what is alike in several configurations (docs/testgen.md) need be done in one of them only.
    ``claims`` are those that the criteria ``claims`` and ``counterexamples`` are about; for the others ``goals`` are
    met besides. What ``bounds`` leave out is said in the coverage. Raises a `TunnelproofError` if the model is
    malformed, an assignment leaves its domain, or no configuration is left.
    """
    if criterion not in list(Criterion):
        raise UsageError("TP077", f"there is no criterion {criterion!r}", hint=near(str(criterion), list(Criterion)))
    wanted = Criterion(criterion)
    if wanted is Criterion.CLAIMS:
        return suite_for_claims(system, claims, where=where, each=each, bounds=bounds, progress=progress)
    if wanted is Criterion.COUNTEREXAMPLES:
        return suite_of_counterexamples(system, claims, where=where, bounds=bounds, progress=progress)
    return suite_of_walks(
        system,
        wanted,
        where=where,
        goals=goals,
        each=each,
        bounds=bounds,
        progress=progress,
    )


__all__ = [
    "Alternative",
    "Bounds",
    "Coverage",
    "Criterion",
    "Goal",
    "Suite",
    "Test",
    "goals_met",
    "random_walks",
    "suite",
]
