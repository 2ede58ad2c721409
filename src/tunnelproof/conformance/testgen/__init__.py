"""Suites of tests made from a model: few runs that do all that a criterion asks for (docs/testgen.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tunnelproof.conformance.testgen.goals import Criterion, Goal
from tunnelproof.conformance.testgen.making import DEFAULT_PAIRS, suite_of_walks
from tunnelproof.conformance.testgen.measuring import goals_met
from tunnelproof.conformance.testgen.random_walks import random_walks
from tunnelproof.errors import UsageError, near
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.verification.suites import Alternative, Coverage, Suite, Test


def suite(
    system: System,
    criterion: Criterion | str,
    *,
    where: Expr | str | None = None,
    goals: Sequence[Goal] = (),
    each: bool = False,
    max_steps: int | None = None,
    max_states: int = DEFAULT_PAIRS,
    progress: Callable[[str], None] = lambda _: None,
) -> Suite:
    """Return tests that do what the criterion asks for in the configurations in which ``where`` holds.

    Without ``each``, what is alike in several configurations (docs/testgen.md) need be done in one of them only.
    ``goals`` are met besides. No test has more than ``max_steps`` steps; configurations with more than ``max_states``
    states are left out, and that is said. Raises a `TunnelproofError` if the model is malformed, an assignment leaves
    its domain, or no configuration is left.
    """
    if criterion not in list(Criterion):
        raise UsageError("TP077", f"there is no criterion {criterion!r}", hint=near(str(criterion), list(Criterion)))
    wanted = Criterion(criterion)
    return suite_of_walks(
        system,
        wanted,
        where=where,
        goals=goals,
        each=each,
        max_steps=max_steps,
        max_states=max_states,
        progress=progress,
    )


__all__ = [
    "Alternative",
    "Coverage",
    "Criterion",
    "Goal",
    "Suite",
    "Test",
    "goals_met",
    "random_walks",
    "suite",
]
