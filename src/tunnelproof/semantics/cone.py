"""Cones of influence: the part of a system that a claim depends on.

A variable is in the cone if the claim reads it, if an action that writes a variable of the cone reads it in its
guard, an outcome's condition or an effect on a variable of the cone, or if an initial formula ties it to one that is.
Actions that
write into the cone, or that the claim names, are kept with their guards and outcomes; their effects outside it go.
"""

from __future__ import annotations

from dataclasses import replace

from tunnelproof.model.language.expressions import (
    TRUE,
    By,
    Expr,
    Taken,
    walk,
)
from tunnelproof.model.language.system import Action, Outcome, System
from tunnelproof.model.language.temporal import antecedents
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    DeadlockFree,
    Fair,
    Invariant,
    Ltl,
    Precedence,
    Recoverable,
    Response,
    StepInvariant,
    expressions_of,
    violation_of,
)
from tunnelproof.semantics.stuttering import ignores_other_steps, is_quiet, repeats


def restrict(system: System, claim: Claim) -> System:
    """Return the system with only the actions that the claim is about (its ``given``; of recovery, also the
    helping ones).
    """
    if claim.given is None:
        return system
    wanted = frozenset(a.name for a in system.actions if a.actor in claim.given)
    if isinstance(claim, Recoverable):
        helping = {a.name for a in system.actions if claim.by is None or a.actor in claim.by}
        wanted |= helping - set(claim.barring)
    return system.restricted_to(wanted)


def can_be_sliced(claim: Claim) -> bool:
    """Say whether the claim may be asked of its cone alone.

    A claim about steps sees the steps of dropped actions too: points at which the state is as before and the formulas
    that name steps are false. Nothing is lost if such points cannot matter; a step invariant is checked on unchanged
    states besides.
    """
    match claim:
        case DeadlockFree():
            return False
        case StepInvariant():
            return True
        case Invariant():
            return is_quiet(violation_of(claim)) and is_quiet(claim.when or TRUE)
        case Response() if not repeats(claim.response, after=claim.trigger):
            return False
        case Precedence() if claim.since is not None and not repeats(claim.first, after=claim.since):
            return False
        case Ltl() | Ctl():
            return ignores_other_steps(claim.formula) and all(is_quiet(left) for left in antecedents(claim.formula))
        case _:
            return all(is_quiet(formula) for formula in expressions_of(claim))


def slice_for(system: System, claim: Claim) -> System:
    """Return the cone of influence of the claim in the system restricted to what it is about.

    If the claim cannot be sliced, nothing is lost but configuration variables that nobody reads.
    """
    restricted = restrict(system, claim)
    if not can_be_sliced(claim):
        return unsliced(restricted, claim)
    named, cone = named_actions(restricted, claim), cone_of(restricted, claim)
    kept = tuple(a for a in restricted.actions if a.name in named or a.writes & cone)
    return _reduced(restricted, cone, kept)


def unsliced(system: System, claim: Claim) -> System:
    """Return the system with all its variables and actions, less the configuration variables that nobody reads."""
    return _reduced(system, everything_read(system, claim), system.actions)


def everything_read(system: System, claim: Claim) -> frozenset[str]:
    """Return all variables, and the configuration variables that anything reads: a cone that drops no action."""
    found = {v.name for v in system.variables}
    for expr in (*expressions_of(claim), *system.initially, *(e for a in system.actions for e in a.expressions)):
        found |= system.reads(expr)
    for variable in system.variables:
        for start in variable.start or ():
            found |= system.reads(start)
    return frozenset(found)


def cone_of(system: System, claim: Claim) -> frozenset[str]:
    """Return the names of the variables and configuration variables in the claim's cone."""
    named = named_actions(system, claim)
    cone: set[str] = set()
    for formula in expressions_of(claim):
        cone |= system.reads(formula)
    while True:
        grown = set(cone)
        for action in system.actions:
            if action.name in named or action.writes & cone:
                grown |= _influences(action, frozenset(cone), system)
        for formula in system.initially:
            tied = system.reads(formula)
            if tied & cone & {v.name for v in system.variables}:
                grown |= tied
        for variable in system.variables:
            if variable.name in grown:
                for start in variable.start or ():
                    grown |= system.reads(start)
        if grown == cone:
            return frozenset(cone)
        cone = grown


def named_actions(system: System, claim: Claim) -> frozenset[str]:
    """Return the actions that the claim names, by itself or through an actor or an assumption."""
    found: set[str] = set()
    for formula in expressions_of(claim):
        for atom in walk(formula):
            if isinstance(atom, Taken):
                found.add(atom.action)
            elif isinstance(atom, By):
                found |= {a.name for a in system.actions if a.actor == atom.actor}
    if isinstance(claim, Fair):
        found |= {name for name, _ in claim.assuming}
    return frozenset(found & set(system.action_named))


def _reduced(system: System, cone: frozenset[str], kept: tuple[Action, ...]) -> System:
    """Return the system reduced to the cone's variables and the kept actions, cut to their effects on the cone.

    All derived names that speak of the cone alone are kept, read or not: so claims with the same cone get the same
    system, and one exploration serves them all.
    """
    return replace(
        system,
        configuration=tuple(v for v in system.configuration if v.name in cone),
        constraints=(),
        variables=tuple(v for v in system.variables if v.name in cone),
        derived=tuple(d for d in system.derived if system.reads(d.definition) <= cone),
        initially=tuple(f for f in system.initially if system.reads(f) <= cone),
        actions=tuple(_cut(a, cone) for a in kept),
    )


def _influences(action: Action, cone: frozenset[str], system: System) -> frozenset[str]:
    parts: list[Expr] = [action.guard]
    for outcome in action.outcomes:
        parts.append(outcome.when)
        parts.extend(expr for name, expr in outcome.effects if name in cone)
    read: set[str] = set()
    for part in parts:
        read |= system.reads(part)
    return frozenset(read)


def _cut(action: Action, cone: frozenset[str]) -> Action:
    def cut(outcome: Outcome) -> Outcome:
        return replace(outcome, effects=tuple((n, e) for n, e in outcome.effects if n in cone))

    return replace(action, outcomes=tuple(cut(o) for o in action.outcomes))
