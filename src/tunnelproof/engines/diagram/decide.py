"""Decides claims about finite paths on diagrams, for all configurations at once.

`failing` returns a set of reachable pairs whose configurations are those in which the claim fails (of `Reachable`: in
which it holds). A point predicate is put to the image of each step label separately, with the label known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tunnelproof.engines.diagram.compile import StepCompiler
from tunnelproof.engines.diagram.encoding import Diagram
from tunnelproof.engines.diagram.family import Symbolic
from tunnelproof.engines.diagram.reach import backward, forward
from tunnelproof.engines.diagram.relation import Move
from tunnelproof.evidence.points import at_rest, shared_actions, specialise
from tunnelproof.model.language.expressions import FALSE, By, Expr, Taken, walk
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    Recoverable,
    StepInvariant,
    violation_of,
)

PATH_CLAIMS = (Invariant, StepInvariant, Reachable, DeadlockFree, Precedence, Recoverable)


def failing(symbolic: Symbolic, claim: Claim) -> Diagram:
    """Return reachable pairs of exactly the configurations in which some path settles the claim."""
    if claim not in symbolic.failures:
        symbolic.failures[claim] = _failing(symbolic, claim)
    return symbolic.failures[claim]


def _failing(symbolic: Symbolic, claim: Claim) -> Diagram:
    match claim:
        case Invariant() | Reachable():
            return _met(symbolic, settling_point(claim))
        case StepInvariant():
            return _broken_steps(symbolic, claim)
        case DeadlockFree():
            return symbolic.reached & stuck(symbolic, claim)
        case Precedence():
            return _unpreceded(symbolic, claim)
        case Recoverable():
            return lost(symbolic, claim)
        case _:
            raise AssertionError(f"not about finite paths: {claim.kind}")


def settling_point(claim: Invariant | Reachable) -> Expr:
    """Return the point predicate that settles the claim once it holds."""
    if isinstance(claim, Reachable):
        return claim.point
    return violation_of(claim)


def known_step(symbolic: Symbolic, formula: Expr, label: int) -> Expr:
    """Return the formula for steps of the label."""
    step = symbolic.relation.system.steps[label]
    return specialise(formula, step, symbolic.relation.system.action_named[step.action].actor)


def stuck(symbolic: Symbolic, claim: DeadlockFree) -> Diagram:
    """Return where none of the actors can move and that is not excused."""
    relation = symbolic.relation
    moving = relation.enabled(relation.labels_of(shared_actions(relation.system, claim.by)))
    excused = FALSE if claim.except_ is None else claim.except_
    return ~(moving | symbolic.compiler.truth(excused))


def lost(symbolic: Symbolic, claim: Recoverable) -> Diagram:
    """Return the pairs reached by the given actors from which the helping actions cannot get to the goal.

    Whatever these lead to is among the reachable pairs, so the way back is searched for there.
    """
    system = symbolic.relation.system
    reached = symbolic.reached
    if claim.given is not None:
        given = symbolic.moves_of(shared_actions(system, claim.given))
        reached = forward(symbolic.initial, given, symbolic.check)
    helping = shared_actions(system, claim.by) - set(claim.barring)
    goal = symbolic.compiler.truth(claim.goal)
    moves = symbolic.moves_of(helping)[::-1]
    return reached & ~backward(goal, moves, symbolic.reached, symbolic.check)


def _met(symbolic: Symbolic, formula: Expr) -> Diagram:
    """Return the reachable pairs at which some point satisfies the formula."""
    truth = symbolic.compiler.truth
    if not any(isinstance(part, (Taken, By)) for part in walk(formula)):
        return symbolic.reached & truth(formula)
    found = symbolic.initial & truth(at_rest(formula))
    for (variant,), moves in _variants(symbolic, (formula,)):
        wanted = truth(variant)
        if (symbolic.reached & wanted).satisfiable():
            found = found | (_image(symbolic.reached, moves) & wanted)
    return found


def _broken_steps(symbolic: Symbolic, claim: StepInvariant) -> Diagram:
    """Return the reachable pairs that have a step which breaks the claim."""
    found = symbolic.encoding.false
    for label in range(len(symbolic.relation.pieces)):
        found = found | breaking(symbolic, claim, label)
    return found & symbolic.reached


def breaking(symbolic: Symbolic, claim: StepInvariant, label: int) -> Diagram:
    """Return from where a step of the label breaks the claim."""
    formula = known_step(symbolic, violation_of(claim), label)
    found = symbolic.encoding.false
    for piece in symbolic.relation.pieces[label]:
        symbolic.check()
        found = found | (piece.guard & StepCompiler(symbolic.compiler, piece.assignment).truth(formula))
    return found


def _unpreceded(symbolic: Symbolic, claim: Precedence) -> Diagram:
    """Return the reachable pairs at which ``then`` comes although ``first`` has not been seen.

    A point with both ``since`` and ``first`` counts as seen: the reset acts before.
    """
    truth = symbolic.compiler.truth
    unseen = symbolic.initial & ~truth(at_rest(claim.first))
    bad = unseen & truth(at_rest(claim.then))
    since = FALSE if claim.since is None else claim.since
    silent: list[Move] = []
    ends: list[Move] = []
    for (first, then, reset), moves in _variants(symbolic, (claim.first, claim.then, since)):
        passes = [replace(move, result=move.result & ~truth(first)) for move in moves]
        silent += passes
        ends += [replace(move, result=move.result & truth(then)) for move in passes]
        if truth(reset).satisfiable():
            forgotten = _image(symbolic.reached, passes) & truth(reset)
            unseen = unseen | forgotten
            bad = bad | (forgotten & truth(then))
    return bad | _image(forward(unseen, silent, symbolic.check), ends)


def _image(pairs: Diagram, moves: Iterable[Move]) -> Diagram:
    found = pairs ^ pairs
    for move in moves:
        found = found | move.image(pairs)
    return found


def _variants(symbolic: Symbolic, formulas: tuple[Expr, ...]) -> list[tuple[tuple[Expr, ...], tuple[Move, ...]]]:
    """Group the labels by what becomes of the formulas once the step is known."""
    groups: dict[tuple[Expr, ...], list[int]] = {}
    for label in range(len(symbolic.relation.pieces)):
        variant = tuple(known_step(symbolic, formula, label) for formula in formulas)
        groups.setdefault(variant, []).append(label)
    return [(variant, symbolic.relation.moves(labels)) for variant, labels in groups.items()]
