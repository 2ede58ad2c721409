"""What a certificate says, with one change: of its cells, its claim or its model. Some changes leave it true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import TypeVar

from tests.long.changed_formulas import changed_formula
from tests.oracle import Configuration, configurations
from tests.oracle.statements import Said, Statement, holds_in, overall

from tunnelproof.errors import TunnelproofError
from tunnelproof.model.language.domains import Domain, Enum, Range
from tunnelproof.model.language.expressions import (
    FALSE,
    TRUE,
    Apply,
    Expr,
    Literal,
    Read,
    conjoin,
    disjoin,
    negate,
    walk,
)
from tunnelproof.model.language.system import Action, ConfigurationVariable, Fairness, Outcome, System, Variable
from tunnelproof.model.language.wellformed import check_system
from tunnelproof.properties.claims import Claim, Fair, NeverForever, expressions_of
from tunnelproof.properties.wellformed import check_claim

T = TypeVar("T")
Change = Callable[[Random, Statement], Statement]
OTHER = {"proved": "refuted", "refuted": "proved", "unknown": "proved"}
TRIES = 8  # until a change gives something well-formed


class CannotBeChangedError(Exception):
    """There is nothing that could be changed in this way."""


def changed_statement(random: Random, said: Statement, change: Change) -> Statement | None:
    """Return the statement with the change, well-formed and another one; nothing if that does not come off."""
    for _ in range(TRIES):
        try:
            found = change(random, said)
            if found != said:
                check_system(found.system)
                check_claim(found.claim, found.system)
                return found
        except (TunnelproofError, CannotBeChangedError):
            continue
    return None


def some(random: Random, items: Sequence[T]) -> T:
    """Pick an item. Raises `CannotBeChangedError` if there is none."""
    if not items:
        raise CannotBeChangedError
    return random.choice(items)


# --- what may be put in -----------------------------------------------------------------------------------------------


def comparisons(domains: dict[str, Domain]) -> list[Expr]:
    """Return the formulas that a name has a value of its domain."""
    return [Apply("=", (Read(name), Literal(v))) for name, domain in domains.items() for v in domain.values]


@lru_cache(maxsize=4)
def parts_of(system: System, claim: Claim) -> list[Expr]:
    """Return every part of a formula of the model or the claim, and comparisons with values."""
    exprs = [*expressions_of(claim), *system.initially, *(d.definition for d in system.derived)]
    exprs += [expr for action in system.actions for expr in action.expressions]
    return [TRUE, *dict.fromkeys([*comparisons(system.domains), *(part for expr in exprs for part in walk(expr))])]


def rigid_parts(system: System) -> list[Expr]:
    """Return formulas over configuration variables."""
    parts = [part for formula in system.constraints for part in walk(formula)]
    return [TRUE, FALSE, *comparisons({v.name: v.domain for v in system.configuration}), *parts]


def changed_rigid(random: Random, said: Statement, formula: Expr) -> Expr:
    """Change a formula over configuration variables. Raises `ModelError` if it comes out ill typed."""
    found = changed_formula(random, formula, rigid_parts(said.system))
    check_system(replace(said.system, constraints=(*said.system.constraints, found)))
    return found


# --- cells ------------------------------------------------------------------------------------------------------------


def counted(said: Statement, cells: Sequence[Said]) -> Statement:
    """Return the statement with these cells, less the empty ones, their numbers and the verdict of the whole right."""
    valid = configurations(said.system)
    found = [c._replace(configurations=sum(holds_in(c.when, said.system, v) for v in valid)) for c in cells]
    left = tuple(cell for cell in found if cell.configurations)
    if not left:
        raise CannotBeChangedError
    return said._replace(cells=left, verdict=overall(said.claim, left))


def with_cell(said: Statement, place: int, cell: Said) -> Statement:
    """Return the statement with another cell at the place."""
    cells = (*said.cells[:place], cell, *said.cells[place + 1 :])
    return said._replace(cells=cells, verdict=overall(said.claim, cells))


def asked(said: Statement) -> Expr:
    """Return the formula of what is asked about."""
    return conjoin(said.where)


def only_there(configuration: Configuration, system: System) -> Expr:
    """Return the formula of one configuration."""
    names = [v.name for v in system.configuration]
    return conjoin([Apply("=", (Read(n), Literal(v))) for n, v in zip(names, configuration, strict=True)])


def _other_verdict(random: Random, said: Statement) -> Statement:
    place = random.randrange(len(said.cells))
    cell = said.cells[place]
    verdict = OTHER[cell.verdict]
    vacuous = verdict == "proved" and random.random() < 0.3
    return with_cell(said, place, cell._replace(verdict=verdict, vacuous=vacuous))


def _other_vacuity(random: Random, said: Statement) -> Statement:
    place = random.randrange(len(said.cells))
    cell = said.cells[place]
    return with_cell(said, place, cell._replace(vacuous=not cell.vacuous))


def _other_number(random: Random, said: Statement) -> Statement:
    place = random.randrange(len(said.cells))
    cell = said.cells[place]
    return with_cell(said, place, cell._replace(configurations=cell.configurations + random.choice([-1, 1])))


def _other_overall_verdict(random: Random, said: Statement) -> Statement:
    return said._replace(verdict=random.choice(["proved", "refuted", "unknown"]))


def _other_formula(random: Random, said: Statement) -> Statement:
    place = random.randrange(len(said.cells))
    cell = said.cells[place]
    changed = cell._replace(when=changed_rigid(random, said, cell.when))
    return counted(said, [*said.cells[:place], changed, *said.cells[place + 1 :]])


def _moved_border(random: Random, said: Statement) -> Statement:
    """Give a cell another formula and the rest of what is asked about to another cell."""
    place = random.randrange(len(said.cells))
    return _divided(random, said, place, changed_rigid(random, said, said.cells[place].when))


def _moved_configuration(random: Random, said: Statement) -> Statement:
    """Take one configuration from a cell and give it to another one."""
    place = random.randrange(len(said.cells))
    inside = [c for c in configurations(said.system) if holds_in(said.cells[place].when, said.system, c)]
    one = only_there(some(random, inside), said.system)
    return _divided(random, said, place, conjoin([said.cells[place].when, negate(one)]))


def _divided(random: Random, said: Statement, place: int, when: Expr) -> Statement:
    """Give a cell the formula; the other cells the rest, the first of them all that nobody else has."""
    cell = said.cells[place]
    others = [c for i, c in enumerate(said.cells) if i != place]
    random.shuffle(others)
    others = others or [cell._replace(verdict=OTHER[cell.verdict], vacuous=False)]
    taken: list[Expr] = [when]
    cells = [cell._replace(when=conjoin([asked(said), when]))]
    for other in others[1:]:
        cells.append(other._replace(when=conjoin([other.when, negate(when)])))
        taken.append(other.when)
    cells.append(others[0]._replace(when=conjoin([asked(said), *map(negate, taken)])))
    return counted(said, cells)


def _exchanged_cells(random: Random, said: Statement) -> Statement:
    if len(said.cells) < 2:
        raise CannotBeChangedError
    one, other = random.sample(range(len(said.cells)), 2)
    cells = list(said.cells)
    cells[one], cells[other] = (
        cells[one]._replace(when=cells[other].when),
        cells[other]._replace(when=cells[one].when),
    )
    return counted(said, cells)


def _dropped_cell(random: Random, said: Statement) -> Statement:
    place = random.randrange(len(said.cells))
    return counted(said, [c for i, c in enumerate(said.cells) if i != place])


def _overlapping_cells(random: Random, said: Statement) -> Statement:
    """Let a cell have some configurations of another one besides, or list it twice."""
    place = random.randrange(len(said.cells))
    cell, other = said.cells[place], random.choice(said.cells)
    if other is cell:
        return counted(said, [*said.cells, cell])
    wider = cell._replace(when=disjoin([cell.when, other.when]))
    return counted(said, [*said.cells[:place], wider, *said.cells[place + 1 :]])


def _merged_cells(random: Random, said: Statement) -> Statement:
    """Give all that is asked about to one cell."""
    if len(said.cells) < 2:
        raise CannotBeChangedError
    return counted(said, [random.choice(said.cells)._replace(when=asked(said))])


def _other_where(random: Random, said: Statement) -> Statement:
    """Ask about other configurations; sometimes the cells follow: what is new goes to one of them."""
    where = list(said.where)
    if where and random.random() < 0.7:
        where.pop(random.randrange(len(where)))
    if random.random() < 0.5 or len(where) == len(said.where):
        where.append(changed_rigid(random, said, some(random, rigid_parts(said.system))))
    wider = said._replace(where=tuple(where))
    if random.random() < 0.3:
        return counted(wider, said.cells)
    cells = [cell._replace(when=conjoin([asked(wider), cell.when])) for cell in said.cells]
    fresh, place = conjoin([asked(wider), negate(asked(said))]), random.randrange(len(cells))
    cells[place] = cells[place]._replace(when=disjoin([cells[place].when, fresh]))
    return counted(wider, cells)


CELLS: dict[str, Change] = {
    "verdict of a cell": _other_verdict,
    "vacuity of a cell": _other_vacuity,
    "number of a cell": _other_number,
    "verdict of the whole": _other_overall_verdict,
    "formula of a cell": _other_formula,
    "border between cells": _moved_border,
    "one configuration moved": _moved_configuration,
    "cells exchanged": _exchanged_cells,
    "cell left out": _dropped_cell,
    "cells overlap": _overlapping_cells,
    "cells merged": _merged_cells,
    "what is asked about": _other_where,
}


# --- the claim --------------------------------------------------------------------------------------------------------


def _claimed(said: Statement, **fields: object) -> Statement:
    claim = replace(said.claim, **fields)  # type: ignore[arg-type]
    return said._replace(claim=claim, verdict=overall(claim, said.cells))


def _field(said: Statement, name: str) -> object:
    if not hasattr(said.claim, name):
        raise CannotBeChangedError
    return getattr(said.claim, name)


def _claim_formula(random: Random, said: Statement) -> Statement:
    pool = parts_of(said.system, said.claim)
    if isinstance(said.claim, NeverForever):
        points = list(said.claim.points)
        place = random.randrange(len(points))
        points[place] = changed_formula(random, points[place], pool)
        return _claimed(said, points=tuple(points))
    name = some(random, [n for n in said.claim.formulas if getattr(said.claim, n) is not None])
    return _claimed(said, **{name: changed_formula(random, getattr(said.claim, name), pool)})


def _claim_condition(random: Random, said: Statement) -> Statement:
    """Leave out ``when``, ``since`` or ``except``, or put one in."""
    name = some(random, [n for n in said.claim.formulas if n in ("when", "since", "except_")])
    new = None if getattr(said.claim, name) is not None else random.choice(parts_of(said.system, said.claim))
    return _claimed(said, **{name: new})


def _claim_points(random: Random, said: Statement) -> Statement:
    points = _field(said, "points")
    assert isinstance(points, tuple)
    if len(points) > 1 and random.random() < 0.6:
        place = random.randrange(len(points))
        return _claimed(said, points=(*points[:place], *points[place + 1 :]))
    return _claimed(said, points=(*points, random.choice(parts_of(said.system, said.claim))))


def _actors(name: str) -> Change:
    def change(random: Random, said: Statement) -> Statement:
        now = _field(said, name)
        chosen = tuple(actor for actor in said.system.actors if random.random() < 0.5)
        return _claimed(said, **{name: None if now is not None and random.random() < 0.3 else chosen})

    return change


def _claim_barring(random: Random, said: Statement) -> Statement:
    barring = _field(said, "barring")
    assert isinstance(barring, tuple)
    action = random.choice(said.system.actions).name
    new = tuple(a for a in barring if a != action) if action in barring else (*barring, action)
    return _claimed(said, barring=new)


def _claim_fairness(random: Random, said: Statement) -> Statement:
    assuming = dict(_field(said, "assuming"))  # type: ignore[call-overload]
    action = random.choice(said.system.actions).name
    if action in assuming and random.random() < 0.5:
        del assuming[action]
    else:
        assuming[action] = random.choice(list(Fairness))
    return _claimed(said, assuming=assuming)


def another_claim(others: Sequence[Claim]) -> Change:
    """Return the change that puts another claim of the same kind in."""

    def change(random: Random, said: Statement) -> Statement:
        claim = some(random, [other for other in others if other.kind == said.claim.kind and other != said.claim])
        return said._replace(claim=claim, verdict=overall(claim, said.cells))

    return change


def other_parts(known: Sequence[str]) -> Change:
    """Return the change that has a trade-off weigh others of the known claims."""

    def change(random: Random, said: Statement) -> Statement:
        return _claimed(said, claims=tuple(random.sample(list(known), random.randrange(1, len(known) + 1))))

    return change


CLAIM: dict[str, Change] = {
    "claim: formula": _claim_formula,
    "claim: condition": _claim_condition,
    "claim: points": _claim_points,
    "claim: given": _actors("given"),
    "claim: by": _actors("by"),
    "claim: barring": _claim_barring,
    "claim: fairness": _claim_fairness,
}


# --- the model --------------------------------------------------------------------------------------------------------


def _modelled(said: Statement, **fields: object) -> Statement:
    return counted(said._replace(system=replace(said.system, **fields)), said.cells)  # type: ignore[arg-type]


def _part(said: Statement, random: Random, field: str, change: Callable[[T], T]) -> Statement:
    """Change one of the model's parts of a sort."""
    parts = list(getattr(said.system, field))
    chosen = some(random, range(len(parts)))
    parts[chosen] = change(parts[chosen])
    return _modelled(said, **{field: tuple(parts)})


def _formula(random: Random, said: Statement, formula: Expr) -> Expr:
    return changed_formula(random, formula, parts_of(said.system, said.claim))


def _outcome(random: Random, action: Action, change: Callable[[Outcome], Outcome]) -> Action:
    place = random.randrange(len(action.outcomes))
    changed = change(action.outcomes[place])
    return replace(action, outcomes=(*action.outcomes[:place], changed, *action.outcomes[place + 1 :]))


def _model_guard(random: Random, said: Statement) -> Statement:
    return _part(said, random, "actions", lambda a: replace(a, guard=_formula(random, said, a.guard)))


def _model_condition(random: Random, said: Statement) -> Statement:
    def condition(outcome: Outcome) -> Outcome:
        return replace(outcome, when=_formula(random, said, outcome.when))

    return _part(said, random, "actions", lambda a: _outcome(random, a, condition))


def _model_effect(random: Random, said: Statement) -> Statement:
    """Change what an outcome assigns, leave an assignment out or add one."""

    def effects(outcome: Outcome) -> Outcome:
        found = dict(outcome.effects)
        variable = random.choice(said.system.variables)
        if variable.name not in found:
            found[variable.name] = Literal(random.choice(variable.domain.values))
        elif random.random() < 0.3:
            del found[variable.name]
        else:
            found[variable.name] = _formula(random, said, found[variable.name])
        return replace(outcome, effects=tuple(found.items()))

    return _part(said, random, "actions", lambda a: _outcome(random, a, effects))


def _model_start(random: Random, said: Statement) -> Statement:
    def start(variable: Variable) -> Variable:
        value = Literal(random.choice(variable.domain.values))
        now = variable.start or ()
        return replace(variable, start=random.choice([None, (value,), (*now, value), now[1:] or (value,)]))

    return _part(said, random, "variables", start)


def _formulas(field: str, rigid: bool) -> Change:
    """Return the change that leaves a formula of the field out, changes it or adds one."""

    def change(random: Random, said: Statement) -> Statement:
        formulas = list(getattr(said.system, field))
        pool = rigid_parts(said.system) if rigid else parts_of(said.system, said.claim)
        old = formulas.pop(random.randrange(len(formulas))) if formulas and random.random() < 0.8 else None
        if old is None or random.random() < 0.6:
            formulas.append(changed_formula(random, old or random.choice(pool), pool))
        changed = replace(said.system, **{field: tuple(formulas)})
        check_system(changed)
        return _modelled(said, **{field: tuple(formulas)})

    return change


def _model_derived(random: Random, said: Statement) -> Statement:
    return _part(said, random, "derived", lambda d: replace(d, definition=_formula(random, said, d.definition)))


def _fair(change: Callable[[Random, Action], Action]) -> Change:
    """Return a change of an action that matters to claims about fair runs only."""

    def changed(random: Random, said: Statement) -> Statement:
        if not isinstance(said.claim, Fair):
            raise CannotBeChangedError
        return _part(said, random, "actions", lambda action: change(random, action))

    return changed


def _other_fairness(random: Random, action: Action) -> Action:
    return replace(action, fairness=random.choice(list(Fairness)))


def _for_each_choice(random: Random, action: Action) -> Action:
    """Make an action fair for each choice of its parameters, or as a whole."""
    if not action.parameters or action.fairness is Fairness.NONE:
        raise CannotBeChangedError
    return replace(action, each=not action.each)


def _fair_outcome(random: Random, action: Action) -> Action:
    return _outcome(random, action, lambda outcome: replace(outcome, fair=not outcome.fair))


def _model_actor(random: Random, said: Statement) -> Statement:
    return _part(said, random, "actions", lambda a: replace(a, actor=random.choice(said.system.actors)))


def _model_without(random: Random, said: Statement) -> Statement:
    """Leave an action out, or an outcome of it."""
    place = random.randrange(len(said.system.actions))
    action, others = said.system.actions[place], list(said.system.actions)
    others.pop(place)
    if len(action.outcomes) > 1 and random.random() < 0.6:
        dropped = random.randrange(len(action.outcomes))
        left = tuple(o for i, o in enumerate(action.outcomes) if i != dropped)
        others.insert(place, replace(action, outcomes=left))
    return _modelled(said, actions=tuple(others))


def _model_domain(random: Random, said: Statement) -> Statement:
    """Give a variable or a configuration variable another domain: longer, shorter, or in another order."""

    def other(part: Variable | ConfigurationVariable) -> Variable | ConfigurationVariable:
        match part.domain:
            case Range(lo=lo, hi=hi):
                ends = [(lo - 1, hi), (lo, hi + 1), (lo + 1, hi + 1), (lo - 1, hi - 1)]
                return replace(part, domain=Range(*random.choice([*ends, (lo + 1, hi)] if lo < hi else ends)))
            case Enum(name=name, members=members):
                return replace(part, domain=Enum(name, random.choice([members[::-1], (*members, "another")])))
        raise CannotBeChangedError

    return _part(said, random, random.choice(["variables", "configuration"]), other)


MODEL: dict[str, Change] = {
    "model: guard": _model_guard,
    "model: condition of an outcome": _model_condition,
    "model: effect": _model_effect,
    "model: start": _model_start,
    "model: initial formula": _formulas("initially", rigid=False),
    "model: constraint": _formulas("constraints", rigid=True),
    "model: derived name": _model_derived,
    "model: fairness": _fair(_other_fairness),
    "model: fair for each choice": _fair(_for_each_choice),
    "model: fair outcome": _fair(_fair_outcome),
    "model: actor": _model_actor,
    "model: action or outcome left out": _model_without,
    "model: domain": _model_domain,
}
