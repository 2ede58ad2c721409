"""On which configuration variables does the replay of a trace depend?

Configurations that agree on them replay it alike: what one of them shows holds of all.
"""

from __future__ import annotations

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Witness, WitnessKind
from tunnelproof.evidence.points import shared_actions
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    StepInvariant,
    expressions_of,
)


def read_by_trace(system: System, claim: Claim, witness: Witness) -> frozenset[str]:
    """Return the configuration variables that starting, the witness's steps and the claim read.

    Raises `EvidenceRejected` if it is no trace, or takes a step that the system does not have.
    """
    finite = isinstance(claim, (Invariant, StepInvariant, Reachable, Precedence, DeadlockFree))
    if witness.kind is not WitnessKind.TRACE or not finite:
        raise EvidenceRejected("TP408", "only traces settle families of configurations")
    if any(step not in system.steps for step in witness.steps):
        raise EvidenceRejected("TP408", "a witness takes a step that the system does not have")
    read = set(system.read_at_start)
    for expr in expressions_of(claim):
        read |= system.reads(expr)
    for step in witness.steps:
        action = system.action_named[step.action]
        outcome = next(o for o in action.outcomes if o.name == step.outcome)
        for expr in (action.guard, outcome.when, *(expr for _, expr in outcome.effects)):
            read |= system.reads(expr)
    if isinstance(claim, DeadlockFree):
        read |= _read_by_moving(system, claim)
    return frozenset(v.name for v in system.configuration if v.name in read)


def _read_by_moving(system: System, claim: DeadlockFree) -> frozenset[str]:
    """Return what decides whether an action of the claim's actors is enabled."""
    moving = shared_actions(system, claim.by)
    exprs: list[Expr] = [expr for a in system.actions if a.name in moving for expr in a.expressions]
    return frozenset().union(*(system.reads(expr) for expr in exprs))
