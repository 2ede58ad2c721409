"""What must hold of a model before anything runs. What needs reachability is `lint`, not here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tunnelproof.errors import Location, ModelError, near
from tunnelproof.model.language.domains import LARGEST_DOMAIN, LARGEST_INTEGER, Domain, Enum, Range, contains
from tunnelproof.model.language.expressions import Expr, Literal, reads
from tunnelproof.model.language.ranges import possible_range
from tunnelproof.model.language.system import Action, Fairness, System, Variable
from tunnelproof.model.language.typing import BOOL, INT, Type, Typing, type_of_domain

NAME = re.compile(r"[^\W\d]\w*([.]\w+)*(\[\w+\])?")
LABEL = re.compile(r"\w+([.\- ]\w+)*")
LONGEST_NAME = 100


def check_system(system: System) -> None:
    """Raise `ModelError` for the first fault found, with its place and a hint."""
    _check_names(system)
    for variable in (*system.configuration, *system.variables):
        _check_domain(variable.name, variable.domain, variable.where)
    scope = scope_of(system)
    configured = {v.name: type_of_domain(v.domain) for v in system.configuration}
    for constraint in system.constraints:
        Typing(configured).check(constraint, BOOL, "a constraint on the configuration")
    for variable in system.variables:
        _check_start(variable, configured, system)
    for formula in system.initially:
        Typing(scope).check(formula, BOOL, "the initial formula")
    for action in system.actions:
        _check_action(action, system, scope)
    _check_use(system)


def scope_of(system: System) -> dict[str, Type]:
    """Return the type of every name that an expression of the model may read."""
    scope: dict[str, Type] = {name: type_of_domain(domain) for name, domain in system.domains.items()}
    for derived in _in_order(system):
        what = f"derived name '{derived.name}'"
        scope[derived.name] = Typing(scope).check(derived.definition, None, what, derived.where)
    return scope


def _in_order(system: System) -> Iterable:  # type: ignore[type-arg]
    """Yield the derived names so that each comes after those it reads."""
    done: set[str] = set()
    waiting = list(system.derived)
    while waiting:
        ready = [d for d in waiting if not (reads(d.definition) & {w.name for w in waiting})]
        if not ready:
            first = waiting[0]
            raise ModelError("TP120", f"derived name '{first.name}' is defined in terms of itself", where=first.where)
        for derived in ready:
            yield derived
            done.add(derived.name)
        waiting = [d for d in waiting if d.name not in done]


def _check_names(system: System) -> None:
    named = [(v.name, v.where) for v in (*system.configuration, *system.variables, *system.derived)]
    for name, where in named:
        _check_name(name, NAME, where)
    _check_distinct(named, "name")
    actions = [(a.name, a.where) for a in system.actions]
    for name, where in actions:
        _check_name(name, LABEL, where)
    _check_distinct(actions, "action")
    for other in (system.name, *system.actors, *(v.component for v in system.variables)):
        _check_name(other, LABEL, None)
    for action in system.actions:
        _check_name(action.actor, LABEL, action.where)
        _check_name(action.component, LABEL, action.where)


def _check_name(name: str, pattern: re.Pattern[str], where: Location | None) -> None:
    if not pattern.fullmatch(name) or len(name) > LONGEST_NAME or unicodedata.normalize("NFC", name) != name:
        raise ModelError(
            "TP121", f"{ascii(name[:LONGEST_NAME])} is not a name", where=where, hint="use letters, digits and _"
        )


def _check_distinct(named: Iterable[tuple[str, Location | None]], kind: str) -> None:
    seen: dict[str, str] = {}
    for name, where in named:
        key = unicodedata.normalize("NFKC", name).casefold()
        if key in seen:
            twin = seen[key]
            how = "is declared twice" if twin == name else f"differs from '{twin}' only in the form of its letters"
            raise ModelError("TP122", f"{kind} '{name}' {how}", where=where, hint="give each its own name")
        seen[key] = name


def _check_domain(name: str, domain: Domain, where: Location | None) -> None:
    match domain:
        case Enum():
            if not domain.members:
                raise ModelError("TP123", f"the enum of '{name}' has no members", where=where)
            for member in domain.members:
                _check_name(member, LABEL, where)
            _check_distinct(((member, where) for member in domain.members), f"member of '{name}'")
        case Range():
            if not -LARGEST_INTEGER < domain.lo <= domain.hi < LARGEST_INTEGER:
                raise ModelError("TP124", f"the range of '{name}' is {domain}", where=where, hint="give lo <= hi")
        case _:
            return
    size = domain.hi - domain.lo + 1 if isinstance(domain, Range) else len(domain.members)
    if size > LARGEST_DOMAIN:
        raise ModelError("TP125", f"'{name}' has {size} values", where=where, hint=f"at most {LARGEST_DOMAIN}")


def _check_start(variable: Variable, configured: dict[str, Type], system: System) -> None:
    what = f"the start of '{variable.name}'"
    if variable.start is None:
        return
    if not variable.start:
        raise ModelError("TP126", f"{what} has no value to choose", where=variable.where)
    for expr in variable.start:
        for name in reads(expr) - set(configured):
            known = "is no configuration variable" if name in system.domains else "is unknown"
            raise ModelError("TP127", f"{what}: '{name}' {known}", where=variable.where, hint=near(name, configured))
        Typing(configured).check(expr, type_of_domain(variable.domain), what, variable.where)
        _check_fits(expr, variable.domain, what, variable.where, system)


def _check_fits(expr: Expr, domain: Domain, what: str, where: Location | None, system: System) -> None:
    if isinstance(domain, Range):
        lo, hi = possible_range(expr, system)
        if lo < domain.lo or hi > domain.hi:
            raise ModelError("TP128", f"{what} can be {lo}..{hi}, outside {domain}", where=where)


def _check_action(action: Action, system: System, scope: dict[str, Type]) -> None:
    what = f"action '{action.name}'"
    inner = dict(scope)
    for parameter in action.parameters:
        if parameter.name in inner:
            raise ModelError(
                "TP122", f"{what}: parameter '{parameter.name}' hides another name", where=action.where
            )
        _check_name(parameter.name, NAME, action.where)
        _check_domain(parameter.name, parameter.domain, action.where)
        inner[parameter.name] = type_of_domain(parameter.domain)
    typing = Typing(inner)
    typing.check(action.guard, BOOL, f"{what}, guard", action.where)
    if not action.outcomes:
        raise ModelError("TP129", f"{what} has no outcome", where=action.where)
    _check_distinct(((o.name, action.where) for o in action.outcomes), f"{what}, outcome")
    for outcome in action.outcomes:
        if outcome.name or len(action.outcomes) > 1:
            _check_name(outcome.name, LABEL, action.where)
        typing.check(outcome.when, BOOL, f"{what}, condition of outcome '{outcome.name}'", action.where)
        _check_effects(outcome.effects, action, system, typing)
    if action.each and not action.parameters:
        raise ModelError("TP130", f"{what} is fair for each parameter but has none", where=action.where)
    if action.each and action.fairness is Fairness.NONE:
        raise ModelError("TP130", f"{what} says each=True without being fair", where=action.where)
    if not 0 <= action.price < LARGEST_INTEGER:
        raise ModelError("TP131", f"{what}: the price is {action.price}", where=action.where, hint="give a natural number")


def _check_effects(effects: tuple[tuple[str, Expr], ...], action: Action, system: System, typing: Typing) -> None:
    variables = {v.name: v.domain for v in system.variables}
    assigned: set[str] = set()
    for name, expr in effects:
        what = f"action '{action.name}', effect on '{name}'"
        if name not in variables:
            rigid = name in system.domains or name in system.definitions
            message = "only variables can be assigned" if rigid else f"unknown variable '{name}'"
            raise ModelError("TP132", f"{what}: {message}", where=action.where, hint=near(name, variables))
        if name in assigned:
            raise ModelError("TP133", f"{what}: it is assigned twice", where=action.where)
        assigned.add(name)
        typing.check(expr, type_of_domain(variables[name]), what, action.where)
        if isinstance(expr, Literal) and not contains(variables[name], expr.value):
            raise ModelError(
                "TP128", f"{what}: {expr.value} is outside {variables[name]}", where=action.where
            )


def _check_use(system: System) -> None:
    used: set[str] = set()
    for action in system.actions:
        used |= action.writes
        for expr in action.expressions:
            used |= system.reads(expr)
    for expr in (*system.initially, *(d.definition for d in system.derived)):
        used |= system.reads(expr)
    for variable in system.variables:
        if variable.name not in used:
            raise ModelError(
                "TP134", f"variable '{variable.name}' is never read nor written", where=variable.where, hint="remove it"
            )


__all__ = ["INT", "check_system", "scope_of"]
