"""Strategies put back into the model: plain systems, so that ordinary claims about them can be proved.

Whoever follows a procedure has one action left, `FOLLOW`, weakly fair as a whole: its outcomes are the steps that the
procedure says. So a run is fair to it just if the player acts whenever he is let act again and again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tunnelproof.errors import ClaimError, near
from tunnelproof.model.language.domains import BOOL, Range
from tunnelproof.model.language.expressions import (
    FALSE,
    TRUE,
    Apply,
    Expr,
    Literal,
    Read,
    Taken,
    conjoin,
    disjoin,
    negate,
    reads,
    walk,
)
from tunnelproof.model.language.expressions import replace as replaced
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.system import Action, Fairness, Outcome, System, Variable
from tunnelproof.model.language.typing import Typing
from tunnelproof.model.language.wellformed import scope_of
from tunnelproof.properties.claims import Claim, Fair, NeverForever, Recoverable
from tunnelproof.properties.procedures import Move, Procedure

FOLLOW = "follow_the_procedure"
SPENT = "spent"


def stopped(system: System, over: Expr) -> System:
    """Return the system in which nothing happens any more where ``over`` holds: runs idle there for ever."""
    return replace(system, actions=tuple(replace(a, guard=_and(a.guard, negate(over))) for a in system.actions))


def assuming(system: System, actions: Iterable[str]) -> System:
    """Return the system in which the named actions are at least weakly fair."""
    wanted = set(actions)
    for name in sorted(wanted - set(system.action_named)):
        raise ClaimError("TP240", f"'{name}' is no action", hint=near(name, system.action_named))
    return replace(
        system,
        actions=tuple(
            replace(a, fairness=Fairness.WEAK) if a.name in wanted and a.fairness is Fairness.NONE else a
            for a in system.actions
        ),
    )


@dataclass(frozen=True)
class Controlled:
    """A system in which somebody follows a procedure; ``outcomes`` names the steps of `FOLLOW` by what they were."""

    system: System
    outcomes: dict[tuple[str, str], tuple[str, ...]]


def follow(system: System, procedure: Procedure, *, quick: bool = False, most: int | None = None) -> Controlled:
    """Return the system in which the actor does what the procedure says, and nothing else.

    With ``quick``, nobody else acts where the procedure says to act. With ``most``, a variable `SPENT` counts the
    prices of what was done, up to one more than that. Raises `ClaimError` if the procedure does not fit.
    """
    _refuse_taken(system, FOLLOW, SPENT)
    cases = _cases(system, procedure)
    results: list[Outcome] = []
    names: dict[tuple[str, str], list[str]] = {}
    for move, condition in cases.items():
        action, chosen = system.action_named[move.action], _values(move)
        for result in action.outcomes:
            name = _label(move, result.name, {r.name for r in results})
            effects = tuple((v, _put(e, chosen)) for v, e in result.effects)
            if most is not None:
                effects = (*effects, (SPENT, _counted(action.price, most)))
            when = _and(condition, _put(result.when, chosen))
            results.append(Outcome(name, effects, when, result.fair))
            names.setdefault((action.name, result.name), []).append(name)
    says = disjoin(cases.values())
    others = tuple(a for a in system.actions if a.actor != procedure.actor)
    if quick and cases:
        others = tuple(replace(a, guard=_and(a.guard, negate(says))) for a in others)
    one = next((a.component for a in system.actions if a.actor == procedure.actor), system.variables[0].component)
    doc = f"What {procedure.actor} does by the procedure."
    mine = Action(FOLLOW, procedure.actor, one, says, tuple(results), (), Fairness.WEAK, price=1, doc=doc)
    variables = system.variables
    if most is not None:
        spent = Variable(SPENT, Range(0, most + 1), one, (Literal(0),), doc="What was done, by its prices.")
        variables = (*variables, spent)
    changed = replace(system, variables=variables, actions=(*others, mine) if cases else others)
    return Controlled(changed, {key: tuple(found) for key, found in names.items()})


def about(claim: Claim, before: System, controlled: Controlled, actor: str) -> Claim:
    """Return the claim about the controlled system: steps of the actor are now steps of `FOLLOW`.

    Raises `ClaimError` for a claim that bars some of them.
    """
    mine = {a.name for a in before.actions if a.actor == actor}
    if isinstance(claim, Recoverable) and mine & set(claim.barring):
        hint = "ask it of the model without a procedure"
        raise ClaimError("TP241", f"claim '{claim.id}' bars an action of '{actor}'", where=claim.where, hint=hint)
    changes: dict[str, Any] = {}
    for field in claim.formulas:
        formula = getattr(claim, field)
        if formula is not None:
            changes[field] = _renamed(formula, mine, controlled)
    if isinstance(claim, NeverForever):
        changes["points"] = tuple(_renamed(point, mine, controlled) for point in claim.points)
    if isinstance(claim, Fair):
        changes["assuming"] = tuple((name, fair) for name, fair in claim.assuming if name not in mine)
    return replace(claim, **changes)


def _renamed(formula: Expr, mine: set[str], controlled: Controlled) -> Expr:
    known: dict[Expr, Expr] = {}
    for atom in walk(formula):
        if isinstance(atom, Taken) and atom.action in mine:
            labels = (
                label
                for (action, outcome), found in controlled.outcomes.items()
                for label in found
                if action == atom.action and atom.outcome in (None, outcome)
            )
            known[atom] = disjoin(Taken(FOLLOW, label) for label in labels)
    return _put(formula, known)


def _cases(system: System, procedure: Procedure) -> dict[Move, Expr]:
    """Return when the procedure says what: where a rule applies and none before it does."""
    cases: dict[Move, Expr] = {}
    before: list[Expr] = []
    typing = Typing(scope_of(system), error=ClaimError)
    for rule in procedure.rules:
        action = system.action_named.get(rule.move.action)
        if action is None or action.actor != procedure.actor:
            known = [a.name for a in system.actions if a.actor == procedure.actor]
            message = f"procedure '{procedure.id}': '{rule.move.action}' is no action of '{procedure.actor}'"
            raise ClaimError("TP242", message, hint=near(rule.move.action, known))
        if rule.move.parameters not in action.choices:
            raise ClaimError("TP243", f"procedure '{procedure.id}': '{rule.move}' is no choice of the action")
        typing.check(rule.when, BOOL, f"procedure '{procedure.id}'")
        applies = _and(rule.when, possible(action, rule.move))
        now = _and(applies, *map(negate, before))
        cases[rule.move] = disjoin((cases[rule.move], now)) if rule.move in cases else now
        before.append(applies)
    return cases


def possible(action: Action, move: Move) -> Expr:
    """Return where the action can be taken with the move's choice of parameters."""
    chosen = _values(move)
    ways = disjoin(_and(o.when) for o in action.outcomes) if all(o.when != TRUE for o in action.outcomes) else TRUE
    return _and(_put(action.guard, chosen), _put(ways, chosen))


def _values(move: Move) -> dict[Expr, Expr]:
    return {Read(name): Literal(value) for name, value in move.parameters}


def _counted(price: int, most: int) -> Expr:
    return Apply("min", (Apply("+", (Read(SPENT), Literal(price))), Literal(most + 1)))


def _label(move: Move, outcome: str, taken: set[str]) -> str:
    words = re.findall(r"\w+", " ".join([move.action, *(f"{n} {v}" for n, v in move.parameters), outcome]))
    label = " ".join(words)[:90]
    return label if label not in taken else f"{label} {len(taken)}"


def begun(system: System, counter: str, what: Expr, most: int) -> System:
    """Return the system with a variable that counts how often ``what`` begins to hold, up to one more than ``most``.

    Where it holds at the start, that is not counted.
    """
    _refuse_taken(system, counter)
    opened = _opened(what, system)

    def counting(outcome: Outcome) -> Outcome:
        after = _put(opened, {Read(name): value for name, value in outcome.effects})
        begins = Apply("if", (_and(negate(opened), after), Literal(1), Literal(0)))
        total = Apply("min", (Apply("+", (Read(counter), begins)), Literal(most + 1)))
        return replace(outcome, effects=(*outcome.effects, (counter, total)))

    actions = (replace(a, outcomes=tuple(counting(o) for o in a.outcomes)) for a in system.actions)
    domain, owner = Range(0, most + 1), system.variables[0].component
    variable = Variable(counter, domain, owner, (Literal(0),), doc="How often it has begun.")
    return replace(system, actions=tuple(actions), variables=(*system.variables, variable))


def _refuse_taken(system: System, *names: str) -> None:
    """Raise `ClaimError` if the model has one of the names that are to be added to it."""
    known = {*system.domains, *system.definitions, *system.action_named}
    for name in names:
        if name in known:
            raise ClaimError("TP244", f"the model has something called '{name}' already", hint="call it otherwise")


def _opened(expr: Expr, system: System) -> Expr:
    """Return the expression over variables alone."""
    while known := _read_by(expr, system):
        expr = replaced(expr, known)
    return expr


def _read_by(expr: Expr, system: System) -> dict[Expr, Expr]:
    return {Read(n): system.definitions[n].definition for n in reads(expr) if n in system.definitions}


# --- what the environment does about it -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """Nodes that the environment wins from: ``inside`` describes them; steps from there go to lower layers or stay.

    From where ``falls`` holds they must go lower.
    """

    inside: Expr
    falls: Expr = FALSE


@dataclass(frozen=True)
class Spoiled:
    """A system in which the environment spoils an objective, whatever the player does.

    ``yields`` says where he is let act. ``kept`` has for each promise of the environment the formulas of which one
    being true always (the first) or again and again (the second) shows that it is kept.
    """

    system: System
    yields: Expr
    kept: tuple[tuple[str, Expr, Expr | None], ...]


def spoil(system: System, player: str, layers: tuple[Layer, ...], *, eager: bool) -> Spoiled:
    """Return the system in which the environment only does what keeps to the layers, lowest first.

    The player is free, where he is let act. An ``eager`` environment takes everything left to it again and again.
    """
    actions, conditions = [], []
    for action in system.actions:
        outcomes = tuple(replace(o, when=fold(_and(o.when, _stays(layers, o)))) for o in action.outcomes)
        actions.append(replace(action, outcomes=outcomes))
        if action.actor == player:
            for choice in action.choices:
                move = Move(action.name, choice)
                ways = _and(disjoin(_and(o.when) for o in outcomes))
                some = _put(ways, _values(move))
                conditions.append(disjoin((negate(possible(action, move)), some)))
    yields = fold(conjoin(conditions))
    kept, left = [], []
    for before, after in zip(system.actions, actions, strict=True):
        if after.actor == player:
            left.append(replace(after, guard=_and(after.guard, yields), fairness=Fairness.NONE, each=False))
            continue
        if before.fairness is not Fairness.NONE or any(o.fair for o in before.outcomes):
            kept.append((before.name, *_promise(before, after)))
        left.append(replace(after, fairness=Fairness.STRONG) if eager else after)
    start = disjoin(layer.inside for layer in layers)
    changed = replace(system, actions=tuple(left), initially=(*system.initially, start))
    return Spoiled(changed, yields, tuple(kept))


def _stays(layers: tuple[Layer, ...], outcome: Outcome) -> Expr:
    changes: dict[Expr, Expr] = {Read(name): value for name, value in outcome.effects}
    allowed: list[Expr] = []
    above: list[Expr] = []
    lower: Expr = FALSE
    for layer in layers:
        here = conjoin((layer.inside, *above))
        level = disjoin((lower, layer.inside))
        after = _put(level, changes)
        fall = _put(lower, changes)
        way = after if layer.falls == FALSE else disjoin((fall, _and(after, negate(layer.falls))))
        allowed.append(_and(here, way))
        above.append(negate(layer.inside))
        lower = level
    return disjoin(allowed)


def _promise(before: Action, after: Action) -> tuple[Expr, Expr | None]:
    """Return what shows that the promise is kept: nothing of it is ever forbidden, or it is done or not due."""
    moves = [Move(before.name, choice) for choice in before.choices]
    groups = [[move] for move in moves] if before.each else [moves]
    never = [
        disjoin((negate(disjoin(possible(before, m) for m in group)), disjoin(possible(after, m) for m in group)))
        for group in groups
    ]
    for o, p in zip(before.outcomes, after.outcomes, strict=True):
        if o.fair:
            for move in moves:
                here = _and(before.guard, o.when)
                never.append(_put(disjoin((negate(here), p.when)), _values(move)))
    due = disjoin(possible(before, Move(before.name, choice)) for choice in before.choices)
    weak = before.fairness is Fairness.WEAK and not before.each and not any(o.fair for o in before.outcomes)
    return fold(conjoin(never)), disjoin((negate(fold(due)), Taken(before.name))) if weak else None


def _put(expr: Expr, values: dict[Expr, Expr]) -> Expr:
    """Return the expression with values for names; without comparisons of members of nobody knows which enum."""
    return fold(replaced(expr, values)) if values else expr


def _and(*parts: Expr) -> Expr:
    return FALSE if FALSE in parts else conjoin(parts)
