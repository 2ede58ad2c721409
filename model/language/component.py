"""How a model is written: configuration variables, components with variables and actions, and their composition.

A component is one actor's part of the world; a component's file should read like that actor's table of facts::

    downloader = Component("downloader", actor="os")
    transfer = downloader.variable("transfer", Transfer, start=Transfer.IDLE)
    downloader.action(
        "fetch",
        when=(transfer == Transfer.RUNNING) & lets_out_downloader,
        then={transfer: Transfer.DONE},
        fair=WEAK,
        source=SEED.at("…"),
    )

Parameters are given as ``choose={"seconds": Range(1, 3)}`` and read with ``name("seconds")``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tunnelproof.errors import Location, ModelError
from tunnelproof.model.language.arrays import Array, Queue
from tunnelproof.model.language.domains import Range, domain_of
from tunnelproof.model.language.expressions import TRUE, Expr, Read, conjoin
from tunnelproof.model.language.system import (
    Action,
    Confidence,
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
from tunnelproof.model.language.terms import Name, Term, expression
from tunnelproof.model.language.wellformed import check_system

NONE, WEAK, STRONG = Fairness.NONE, Fairness.WEAK, Fairness.STRONG
ANY = object()  # a variable that may start with any value of its domain

Effects = Mapping[Name, object]


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that facts are taken from; `at` cites a fact in it."""

    address: str
    version: str = ""
    date: str = ""
    confidence: Confidence = Confidence.CONFIRMED

    def at(self, says: str, confidence: Confidence | None = None) -> Source:
        """Cite one fact of the document, with its own confidence where it differs from the document's."""
        return Source(self.address, says, self.version, self.date, confidence or self.confidence)


@dataclass(frozen=True, slots=True)
class Result:
    """One outcome as written: what it changes beyond the action's common effects, and when it can occur."""

    name: str
    then: Effects
    when: object = True
    fair: bool = False


def outcome(name: str, then: Effects | None = None, *, when: object = True, fair: bool = False) -> Result:
    """Describe one named outcome of an action."""
    return Result(name, then or {}, when, fair)


def seconds(lo: int, hi: int | None, *, source: Source | None = None) -> Duration:
    """Describe how long an action takes: at least ``lo`` and at most ``hi`` seconds (``None``: no end is known)."""
    return Duration(lo, hi, source)


@dataclass(frozen=True, slots=True)
class Part:
    """What one component contributes to a joined action: its guard and its effects."""

    component: str
    when: Expr
    then: tuple[tuple[str, Expr], ...]


class Configuration:
    """The configuration variables of a model and which combinations of them are valid."""

    def __init__(self) -> None:
        self.variables: list[ConfigurationVariable] = []
        self.constraints: list[Expr] = []

    def setting(self, name: str, domain: object, doc: str = "", *, source: Source | None = None) -> Name:
        """Declare what the user or administrator sets."""
        return self._declare(name, domain, DecidedBy.SETTING, doc, source)

    def vendor(self, name: str, domain: object, doc: str = "", *, source: Source | None = None) -> Name:
        """Declare what the build of the app decides."""
        return self._declare(name, domain, DecidedBy.VENDOR, doc, source)

    def platform(self, name: str, domain: object, doc: str = "", *, source: Source | None = None) -> Name:
        """Declare how the operating system behaves, where sources disagree or it may change."""
        return self._declare(name, domain, DecidedBy.PLATFORM, doc, source)

    def habit(self, name: str, domain: object, doc: str = "", *, source: Source | None = None) -> Name:
        """Declare what the user always does: a rigid strategy."""
        return self._declare(name, domain, DecidedBy.HABIT, doc, source)

    def require(self, constraint: Term) -> None:
        """Allow only the combinations in which the constraint holds."""
        self.constraints.append(constraint.expr)

    def _declare(self, name: str, domain: object, who: DecidedBy, doc: str, source: Source | None) -> Name:
        self.variables.append(ConfigurationVariable(name, domain_of(domain), who, doc, source, _caller()))
        return Name(Read(name))


class Component:
    """The variables, derived names and actions of one actor."""

    def __init__(self, name: str, *, actor: str) -> None:
        self.name = name
        self.actor = actor
        self.variables: list[Variable] = []
        self.derivations: list[Derived] = []
        self.actions: list[Action] = []
        self.formulas: list[Expr] = []

    def variable(
        self,
        name: str,
        domain: object,
        *,
        start: object,
        visible_to: Sequence[str] | None = None,
        doc: str = "",
    ) -> Name:
        """Declare a state variable. ``start`` is a value, a list of values, a configuration term, or ``ANY``."""
        seen_by = None if visible_to is None else tuple(visible_to)
        declared = Variable(name, domain_of(domain), self.name, _start(start), seen_by, doc, _caller())
        self.variables.append(declared)
        return Name(Read(name))

    def array(self, name: str, *, index: object, of: object, start: object, doc: str = "") -> Array:
        """Declare one variable per value of ``index``, each with the domain ``of`` and the same start."""
        keys = domain_of(index).values
        return Array(name, {key: self.variable(f"{name}[{key}]", of, start=start, doc=doc) for key in keys})

    def queue(self, name: str, *, of: object, capacity: int, empty: object, doc: str = "") -> Queue:
        """Declare a queue that starts empty; ``empty`` is the value that cells not in use have."""
        length = self.variable(f"{name}.length", Range(0, capacity), start=0, doc=doc)
        cells = tuple(self.variable(f"{name}[{i}]", of, start=empty, doc=doc) for i in range(capacity))
        return Queue(length, cells, empty)

    def derived(self, name: str, definition: object, doc: str = "", *, source: Source | None = None) -> Name:
        """Name an expression; traces show it, claims may use it."""
        self.derivations.append(Derived(name, expression(definition), doc, source, _caller()))
        return Name(Read(name))

    def initially(self, formula: Term) -> None:
        """Restrict the initial states by a formula over variables and configuration."""
        self.formulas.append(formula.expr)

    def action(  # noqa: PLR0913 - a row of a table, by keyword
        self,
        name: str,
        *,
        when: object = True,
        then: Effects | None = None,
        outcomes: Sequence[Result] = (),
        choose: Mapping[str, object] | None = None,
        fair: Fairness = NONE,
        each: bool = False,
        price: int | None = None,
        takes: Duration | None = None,
        actor: str | None = None,
        source: Source | None = None,
        doc: str = "",
    ) -> None:
        """Declare a guarded command.

        ``then`` holds in every outcome; ``outcomes`` (if any) each add to it. ``price`` is a natural number, by default
        1 for an action of the actor ``user`` and 0 otherwise. ``takes`` is a duration such as ``seconds(5, 30)``.
        """
        who = actor or self.actor
        self.actions.append(
            Action(
                name=name,
                actor=who,
                component=self.name,
                guard=expression(when),
                outcomes=_outcomes(then or {}, outcomes),
                parameters=tuple(Parameter(p, domain_of(d)) for p, d in (choose or {}).items()),
                fairness=_fairness(fair, name),
                each=each,
                price=_price(price, who),
                duration=takes,
                source=source,
                doc=doc,
                where=_caller(),
            )
        )

    def part(self, *, when: object = True, then: Effects | None = None) -> Part:
        """Describe what this component contributes to a joined action."""
        return Part(self.name, expression(when), _effects(then or {}))

    def join(
        self,
        name: str,
        *parts: Part,
        fair: Fairness = NONE,
        price: int | None = None,
        takes: Duration | None = None,
        source: Source | None = None,
        doc: str = "",
    ) -> None:
        """Declare an action that several components take together, initiated by this component's actor.

        The guard is the conjunction of the parts' guards, the effects their union; fairness, price and duration stand
        on the join.
        """
        effects = tuple(effect for part in parts for effect in part.then)
        self.actions.append(
            Action(
                name=name,
                actor=self.actor,
                component=self.name,
                guard=conjoin(part.when for part in parts),
                outcomes=(Outcome("", effects),),
                fairness=_fairness(fair, name),
                price=_price(price, self.actor),
                duration=takes,
                source=source,
                doc=doc,
                joins=tuple(part.component for part in parts),
                where=_caller(),
            )
        )


def compose(
    name: str,
    *,
    configuration: Configuration,
    components: Iterable[Component],
    title: str = "",
    fairness: Mapping[str, Fairness] | None = None,
) -> System:
    """Interleave the components and return the system, checked for well-formedness.

    ``fairness`` overrides the fairness of named actions. Raises `ModelError` with the place of the fault.
    """
    parts = list(components)
    actions = [a for part in parts for a in part.actions]
    unknown = set(fairness or {}) - {a.name for a in actions}
    if unknown:
        raise ModelError("TP104", f"fairness is given for '{min(unknown)}', which is no action")
    system = System(
        name=name,
        title=title,
        configuration=tuple(configuration.variables),
        constraints=tuple(configuration.constraints),
        variables=tuple(v for part in parts for v in part.variables),
        derived=tuple(d for part in parts for d in part.derivations),
        initially=tuple(f for part in parts for f in part.formulas),
        actions=tuple(
            replace(a, fairness=_fairness((fairness or {}).get(a.name, a.fairness), a.name)) for a in actions
        ),
        actors=tuple(dict.fromkeys([*(part.actor for part in parts), *(a.actor for a in actions)])),
    )
    check_system(system)
    return system


def _start(start: object) -> tuple[Expr, ...] | None:
    if start is ANY:
        return None
    if isinstance(start, (list, tuple, set, frozenset)):
        return tuple(expression(value) for value in start)
    return (expression(start),)


def _effects(then: Effects) -> tuple[tuple[str, Expr], ...]:
    return tuple((_assigned(target), expression(value)) for target, value in then.items())


def _assigned(target: object) -> str:
    if isinstance(target, Name):
        return target.name
    if isinstance(target, str):
        return target
    raise ModelError("TP105", f"{target!r} cannot be assigned to", hint="only variables can", where=_caller(4))


def _outcomes(common: Effects, results: Sequence[Result]) -> tuple[Outcome, ...]:
    shared = _effects(common)
    if not results:
        return (Outcome("", shared),)
    return tuple(Outcome(r.name, shared + _effects(r.then), _condition(r.when), r.fair) for r in results)


def _condition(written: object) -> Expr:
    return TRUE if written is True else expression(written)


def _fairness(written: Fairness, action: str) -> Fairness:
    try:
        return Fairness(written)
    except ValueError:
        hint = "use NONE, WEAK or STRONG"
        raise ModelError(
            "TP107", f"action '{action}': {written!r} is no fairness", where=_caller(3), hint=hint
        ) from None


def _price(price: int | None, actor: str) -> int:
    if price is not None:
        return price
    return 1 if actor == "user" else 0


def _caller(depth: int = 2) -> Location:
    frame = sys._getframe(depth)
    while frame.f_back is not None and Path(frame.f_code.co_filename).name == "component.py":
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)
