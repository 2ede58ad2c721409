"""What must hold of a model before anything runs. What needs reachability is `lint`, not here."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from graphlib import CycleError, TopologicalSorter
from math import prod

from tunnelproof.errors import Location, ModelError, near
from tunnelproof.model.language.domains import (
    BOOL,
    LARGEST_DOMAIN,
    LARGEST_INTEGER,
    Domain,
    Enum,
    Range,
)
from tunnelproof.model.language.expressions import (
    ARITHMETIC,
    Apply,
    Expr,
    Literal,
    Read,
    children,
    reads,
    walk,
)
from tunnelproof.model.language.grammar import RESERVED
from tunnelproof.model.language.placing import Places, excerpt
from tunnelproof.model.language.ranges import possible_range
from tunnelproof.model.language.system import (
    Action,
    ConfigurationVariable,
    DecidedBy,
    Derived,
    Duration,
    Fairness,
    Outcome,
    Parameter,
    Source,
    System,
    Variable,
)
from tunnelproof.model.language.typing import DEEPEST, Type, Typing, type_of_domain

NAME = re.compile(r"[^\W\d]\w*([.]\w+)*(\[\w+\])?")
LABEL = re.compile(r"\w+([.\- ]\w+)*")
LONGEST_NAME = 100
_SURROGATE = re.compile("[\ud800-\udfff]")
LARGEST_WRITTEN_OUT = 100_000  # parts of an expression whose derived names are written out

MOST_STEPS = 65_536  # labels of steps; engines list them, and the certifier takes no more

Extent = tuple[int, int]  # number of parts, nesting


def check_system(system: System, places: Places | None = None) -> None:
    """Raise `ModelError` for the first fault found, with its place and a hint.

    ``places`` knows where the parts were written that carry no place themselves.
    """
    _Check(system, places or Places()).run()


def scope_of(system: System) -> dict[str, Type]:
    """Return the type of every name that an expression of the model may read."""
    check = _Check(system, Places())
    check.derived()
    return check.scope


def check_name(name: str, where: Location | None) -> None:
    """Raise `ModelError` unless ``name`` may name something that expressions read."""
    _check_form(name, NAME, where)
    if name in RESERVED:
        raise ModelError("TP121", f"'{name}' is a reserved word", where=where, hint="choose another name")


def check_label(name: str, where: Location | None) -> None:
    """Raise `ModelError` unless ``name`` may name an action, outcome, actor, component or enum member."""
    _check_form(name, LABEL, where)


def _check_form(name: str, pattern: re.Pattern[str], where: Location | None) -> None:
    if unicodedata.normalize("NFC", name) != name:
        hint = "write each accented letter as one character (NFC)"
        raise ModelError("TP121", f"{excerpt(name)} is not a name", where=where, hint=hint)
    if len(name) > LONGEST_NAME or not pattern.fullmatch(name):
        hint = f"use letters, digits and _, at most {LONGEST_NAME}"
        raise ModelError("TP121", f"{excerpt(name)} is not a name", where=where, hint=hint)


class _Check:
    """The checks of one system. They stop at the first fault."""

    def __init__(self, system: System, places: Places) -> None:
        self.system = system
        self.places = places
        self.scope: dict[str, Type] = {n: type_of_domain(domain) for n, domain in system.domains.items()}
        self.assignable = {v.name: v.domain for v in system.variables}
        self.written_out: dict[str, Extent] = {}
        self.ranges: dict[str, Domain] = {}
        self.steps = 0

    def run(self) -> None:
        system = self.system
        self.names()
        self.roles()
        self.texts()
        declared: list[ConfigurationVariable | Variable] = [*system.configuration, *system.variables]
        for variable in declared:
            self.domain(variable.name, variable.domain, variable.where)
        self.derived()
        configured = {v.name: type_of_domain(v.domain) for v in system.configuration}
        for constraint in system.constraints:
            self.expression(constraint, configured, BOOL, "a constraint on the configuration", None)
        for started in system.variables:
            self.start(started, configured)
        for formula in system.initially:
            self.expression(formula, self.scope, BOOL, "the initial formula", None)
        for action in system.actions:
            self.action(action)
        self.use()

    def names(self) -> None:
        system = self.system
        named = [*_named(system.configuration), *_named(system.variables), *_named(system.derived)]
        for name, where in named:
            check_name(name, where)
        _check_distinct(named, "name")
        check_label(system.name, self.places.of(system))
        for actor in system.actors:
            check_label(actor, self.places.of(system))
        for variable in system.variables:
            for label in (variable.component, *(variable.visible_to or ())):
                check_label(label, variable.where)
        for action in system.actions:
            for label in (action.name, action.actor, action.component, *action.joins):
                check_label(label, action.where)
        _check_distinct(_named(system.actions), "action")

    def roles(self) -> None:
        """Check who decides and who acts, and what is promised: a word in place of a member goes unnoticed later."""
        for variable in self.system.configuration:
            what = f"'{variable.name}'"
            _check_member(variable.decided_by, DecidedBy, f"{what}: {{}} decides nothing", "TP108", variable.where)
        for action in self.system.actions:
            what = f"action '{action.name}'"
            _check_member(action.fairness, Fairness, f"{what}: {{}} is no fairness", "TP107", action.where)
            if action.actor not in self.system.actors:
                where, hint = self.places.of(action, "actor") or action.where, near(action.actor, self.system.actors)
                raise ModelError("TP138", f"{what}: unknown actor '{action.actor}'", where=where, hint=hint)

    def texts(self) -> None:
        system = self.system
        explained: list[ConfigurationVariable | Derived | Action] = [
            *system.configuration,
            *system.derived,
            *system.actions,
        ]
        texts = [(system.title, self.places.of(system)), *((v.doc, v.where) for v in system.variables)]
        for part in explained:
            source = part.source or Source("")
            texts.extend((t, part.where) for t in (part.doc, source.at, source.says, source.version, source.date))
            if isinstance(part, Action) and isinstance(part.duration, Duration):
                timed = part.duration.source or Source("")
                texts.extend((t, part.where) for t in (timed.at, timed.says, timed.version, timed.date))
        for text, where in texts:
            if _SURROGATE.search(text):
                raise ModelError("TP137", "a text has a lone surrogate", where=where, hint="remove it")

    def domain(self, name: str, domain: Domain, where: Location | None) -> None:
        where = self.places.of(domain) or where
        match domain:
            case Enum():
                if not domain.members:
                    raise ModelError("TP123", f"the enum of '{name}' has no members", where=where, hint="give some")
                for label in (*domain.members, *([domain.name] if domain.name else [])):
                    check_label(label, where)
                _check_distinct([(member, where) for member in domain.members], f"member of '{name}'")
            case Range():
                if not -LARGEST_INTEGER < domain.lo <= domain.hi < LARGEST_INTEGER:
                    hint = f"give lo <= hi, both below {LARGEST_INTEGER} in size"
                    raise ModelError("TP124", f"the range of '{name}' is {domain}", where=where, hint=hint)
            case _:
                return
        size = domain.hi - domain.lo + 1 if isinstance(domain, Range) else len(domain.members)
        if size > LARGEST_DOMAIN:
            raise ModelError("TP125", f"'{name}' has {size} values", where=where, hint=f"at most {LARGEST_DOMAIN}")

    def derived(self) -> None:
        for derived in _in_order(self.system):
            what = f"derived name '{derived.name}'"
            self.scope[derived.name] = self.expression(derived.definition, self.scope, None, what, derived.where)
            self.written_out[derived.name] = _written_out(derived.definition, self.written_out)

    def expression(
        self,
        expr: Expr,
        scope: Mapping[str, Type],
        expected: Type | None,
        what: str,
        where: Location | None,
        ranges: MutableMapping[str, Domain] | None = None,
    ) -> Type:
        """Return the type of an expression that is well typed and neither too large nor can overflow."""
        found = Typing(scope, places=self.places).check(expr, expected, what, where)
        where = self.places.of(expr) or where
        # Evaluation opens derived names: without a bound, thirty short lines could take for ever.
        size, depth = _written_out(expr, self.written_out)
        if size > LARGEST_WRITTEN_OUT or depth > DEEPEST:
            message = f"{what}: it is too large when the derived names are written out"
            hint = f"at most {LARGEST_WRITTEN_OUT} parts, {DEEPEST} deep"
            raise ModelError("TP135", message, where=where, hint=hint)
        try:
            for whole in _computations(expr):
                possible_range(whole, self.system, self.ranges if ranges is None else ranges)
        except OverflowError:
            hint = "use smaller ranges"
            raise ModelError("TP136", f"{what}: a value may exceed 64 bits", where=where, hint=hint) from None
        return found

    def start(self, variable: Variable, configured: dict[str, Type]) -> None:
        what = f"the start of '{variable.name}'"
        if variable.start is None:
            return
        if not variable.start:
            where, hint = self.places.of(variable, "start") or variable.where, "give a value, or leave it open"
            raise ModelError("TP126", f"{what} has no value to choose", where=where, hint=hint)
        for expr in variable.start:
            for part in walk(expr):
                if isinstance(part, Read) and part.name not in configured:
                    known = "is no configuration variable" if part.name in self.scope else "is unknown"
                    where, hint = self.places.of(part) or variable.where, near(part.name, configured)
                    raise ModelError("TP127", f"{what}: '{part.name}' {known}", where=where, hint=hint)
            self.expression(expr, configured, type_of_domain(variable.domain), what, variable.where)
            if isinstance(variable.domain, Range):
                where = self.places.of(expr) or variable.where
                _check_fits(possible_range(expr, self.system), variable.domain, what, where)

    def action(self, action: Action) -> None:
        what = f"action '{action.name}'"
        scope: MutableMapping[str, Type] = ChainMap({}, self.scope)
        ranges: MutableMapping[str, Domain] = ChainMap({}, self.ranges)
        for parameter in action.parameters:
            self.parameter(parameter, scope, what, action.where)
            ranges[parameter.name] = parameter.domain
        self.count(action, what)
        self.expression(action.guard, scope, BOOL, f"{what}, guard", action.where, ranges)
        if not action.outcomes:
            where = self.places.of(action, "outcomes") or action.where
            raise ModelError("TP129", f"{what} has no outcome", where=where, hint="give at least one")
        _check_distinct([(o.name, self.places.of(o) or action.where) for o in action.outcomes], f"{what}, outcome")
        for outcome in action.outcomes:
            self.outcome(outcome, action, scope, ranges)
        if action.each and (not action.parameters or action.fairness is Fairness.NONE):
            lacks = "is not fair" if action.parameters else "has no parameters"
            message = f"{what} is fair for each choice of parameters but {lacks}"
            where = self.places.of(action, "each") or action.where
            raise ModelError("TP130", message, where=where, hint="remove each")
        if not 0 <= action.price < LARGEST_INTEGER:
            hint = f"give a natural number below {LARGEST_INTEGER}"
            where = self.places.of(action, "price") or action.where
            raise ModelError("TP131", f"{what}: the price is {action.price}", where=where, hint=hint)
        if action.duration is not None:
            self.duration(action, action.duration, what)

    def duration(self, action: Action, duration: object, what: str) -> None:
        where = self.places.of(action, "takes") or action.where
        hint = "write seconds(5, 30), or seconds(5, None) where no end is known: whole, 0 <= lo <= hi"
        if not isinstance(duration, Duration):
            raise ModelError("TP146", f"{what} takes {excerpt(str(duration))}", where=where, hint=hint)
        bounds = [duration.lo] if duration.hi is None else [duration.lo, duration.hi]
        if any(type(bound) is not int for bound in bounds) or not 0 <= bounds[0] <= bounds[-1] < LARGEST_INTEGER:
            shown = " to ".join(excerpt(str(bound)) for bound in bounds)
            raise ModelError("TP146", f"{what} takes {shown} seconds", where=where, hint=hint)
        if action.each:
            hint = "write one action for each choice"
            raise ModelError("TP147", f"{what} has a duration and is fair for each choice", where=where, hint=hint)

    def count(self, action: Action, what: str) -> None:
        """Refuse more steps than engines and the certifier can list."""
        choices = prod(len(parameter.domain.values) for parameter in action.parameters)
        self.steps += choices * len(action.outcomes)
        if self.steps > MOST_STEPS:
            where = self.places.of(action, "parameters") or action.where
            message = f"{what} has {choices:,} choices of parameters"
            hint = f"a model can have {MOST_STEPS:,} steps: choices of all actions, times their outcomes"
            raise ModelError("TP139", message, where=where, hint=hint)

    def parameter(
        self, parameter: Parameter, scope: MutableMapping[str, Type], what: str, where: Location | None
    ) -> None:
        where = self.places.of(parameter) or where
        name = parameter.name
        if name in scope:
            message = f"{what}: parameter '{name}' hides another name"
            raise ModelError("TP122", message, where=where, hint="choose another name")
        check_name(name, where)
        self.domain(name, parameter.domain, where)
        scope[name] = type_of_domain(parameter.domain)

    def outcome(
        self, outcome: Outcome, action: Action, scope: Mapping[str, Type], ranges: MutableMapping[str, Domain]
    ) -> None:
        what = f"action '{action.name}'"
        where = self.places.of(outcome) or action.where
        if outcome.name or len(action.outcomes) > 1:
            check_label(outcome.name, where)
        condition = f"{what}, condition of outcome '{outcome.name}'"
        self.expression(outcome.when, scope, BOOL, condition, where, ranges)
        assigned: set[str] = set()
        for name, expr in outcome.effects:
            place = self.places.of(outcome, f"effect on {name}") or where
            self.effect(name, expr, f"{what}, effect on {excerpt(name)}", place, scope, ranges)
            if name in assigned:
                message = f"{what}: '{name}' is assigned twice"
                raise ModelError("TP133", message, where=where, hint="keep one of the assignments")
            assigned.add(name)

    def effect(
        self,
        name: str,
        expr: Expr,
        what: str,
        where: Location | None,
        scope: Mapping[str, Type],
        ranges: MutableMapping[str, Domain],
    ) -> None:
        if name not in self.assignable:
            message = "only variables can be assigned" if name in scope else "unknown variable"
            hint = near(name, self.assignable)
            raise ModelError("TP132", f"{what}: {message}", where=where, hint=hint)
        domain = self.assignable[name]
        self.expression(expr, scope, type_of_domain(domain), what, where, ranges)
        if isinstance(domain, Range) and isinstance(expr, Literal):
            value = int(expr.value)
            _check_fits((value, value), domain, what, self.places.of(expr) or where)

    def use(self) -> None:
        system = self.system
        formulas = [*system.initially, *(d.definition for d in system.derived)]
        for action in system.actions:
            formulas.extend(action.expressions)
        used = frozenset().union(*(reads(expr) for expr in formulas), *(a.writes for a in system.actions))
        for variable in system.variables:
            if variable.name not in used:
                message = f"variable '{variable.name}' is never read nor written"
                raise ModelError("TP134", message, where=variable.where, hint="remove it")


def _check_fits(values: tuple[int, int], domain: Range, what: str, where: Location | None) -> None:
    lo, hi = values
    if lo < domain.lo or hi > domain.hi:
        shown = f"{lo}" if lo == hi else f"{lo}..{hi}"
        raise ModelError("TP128", f"{what} can be {shown}", where=where, hint=f"its values are {domain}")


def _check_member(written: object, kind: type[enum.Enum], says: str, code: str, where: Location | None) -> None:
    if not isinstance(written, kind):
        members = {member.value: f"{kind.__name__}.{member.name}" for member in kind}
        meant = members.get(written) if isinstance(written, str) else None
        shown = excerpt(written) if isinstance(written, str) else repr(written)[:40]
        hint = f"write {meant}" if meant else f"use {', '.join(members.values())}"
        raise ModelError(code, says.format(shown), where=where, hint=hint)


def _named(
    parts: Iterable[ConfigurationVariable | Variable | Derived | Action],
) -> list[tuple[str, Location | None]]:
    return [(part.name, part.where) for part in parts]


def _check_distinct(named: Iterable[tuple[str, Location | None]], kind: str) -> None:
    seen: dict[str, str] = {}
    for name, where in named:
        key = unicodedata.normalize("NFKC", name).casefold()
        if key in seen:
            twin = seen[key]
            how = "is declared twice" if twin == name else f"differs from '{twin}' only in the form of its letters"
            hint = "give each its own name"
            raise ModelError("TP122", f"{kind} '{name}' {how}", where=where, hint=hint)
        seen[key] = name


def _in_order(system: System) -> Iterator[Derived]:
    """Yield the derived names so that each comes after those it reads."""
    named = system.definitions
    order = TopologicalSorter({n: sorted(reads(d.definition) & named.keys()) for n, d in named.items()})
    try:
        yield from [named[name] for name in order.static_order()]
    except CycleError as fault:
        first = next(d for d in system.derived if d.name in fault.args[1])
        message = f"derived name '{first.name}' is defined in terms of itself"
        raise ModelError("TP120", message, where=first.where, hint="break the circle") from None


def _written_out(expr: Expr, definitions: dict[str, Extent]) -> Extent:
    """Return the number of parts and the nesting of an expression whose derived names are written out."""
    size = deepest = 0
    stack = [(expr, 1)]
    while stack:
        part, depth = stack.pop()
        more, deeper = definitions.get(part.name, (1, 1)) if isinstance(part, Read) else (1, 1)
        size += more
        deepest = max(deepest, depth + deeper - 1)
        stack.extend((child, depth + 1) for child in children(part))
    return size, deepest


def _computations(expr: Expr) -> Iterator[Expr]:
    """Yield the arithmetic in the expression that is not itself part of arithmetic."""
    stack = [(expr, False)]
    while stack:
        part, inside = stack.pop()
        arithmetic = isinstance(part, Apply) and part.op in ARITHMETIC
        if arithmetic and not inside:
            yield part
        if isinstance(part, Apply) and part.op == "if":
            stack.append((part.args[0], False))
            stack.extend((branch, inside) for branch in part.args[1:])
        else:
            stack.extend((child, arithmetic) for child in children(part))


__all__ = ["check_label", "check_name", "check_system", "scope_of"]
