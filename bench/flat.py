"""A system as plain commands over whole numbers: what searches written in C or Python need, and nothing else.

Truth values are 0 and 1; enum members are numbered across all enums of the system.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tunnelproof.model.language.domains import Bool, Domain, Enum, Value
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read, conjoin, reads, replace
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, DeadlockFree, Invariant


class Unsupported(Exception):
    """The benchmark's own searches cannot answer this claim or hold this state."""


@dataclass(frozen=True)
class Slot:
    """A configuration variable or variable with the least and greatest number it can have, and what it starts with.

    ``start`` lists expressions over the configuration.
    """

    name: str
    low: int
    high: int
    start: tuple[Expr, ...]


@dataclass(frozen=True)
class Command:
    """One step there can be: when, and what is assigned."""

    guard: Expr
    effects: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True)
class Flat:
    """Slots (those of the configuration first), commands, which starts are valid, and what is asked."""

    slots: tuple[Slot, ...]
    commands: tuple[Command, ...]
    valid: Expr
    holds: Expr
    deadlock: bool


def flat(system: System, claims: Sequence[Claim]) -> Flat:
    """Return the system as commands. Raise `Unsupported` for claims that are neither invariants nor about deadlock."""
    numbers = _Numbers(system)
    return Flat(
        slots=tuple(numbers.slots()),
        commands=tuple(numbers.commands()),
        valid=numbers.plain(conjoin((*system.constraints, *system.initially))),
        holds=numbers.plain(conjoin(_invariants(claims))),
        deadlock=any(isinstance(claim, DeadlockFree) for claim in claims),
    )


def _invariants(claims: Iterable[Claim]) -> Iterable[Expr]:
    for claim in claims:
        if isinstance(claim, Invariant) and claim.given is None:
            yield claim.holds if claim.when is None else Apply("implies", (claim.when, claim.holds))
        elif not isinstance(claim, DeadlockFree) or claim.by or claim.except_ or claim.given:
            raise Unsupported(f"{claim.id} is neither an invariant nor freedom from deadlock")


class _Numbers:
    """Turns values into numbers and opens derived names."""

    def __init__(self, system: System) -> None:
        self._system = system
        members = (m for domain in system.domains.values() if isinstance(domain, Enum) for m in domain.members)
        self._of_member = {member: number for number, member in enumerate(dict.fromkeys(members))}

    def slots(self) -> Iterable[Slot]:
        for rigid in self._system.configuration:
            yield self._slot(rigid.name, rigid.domain, None)
        for variable in self._system.variables:
            yield self._slot(variable.name, variable.domain, variable.start)

    def commands(self) -> Iterable[Command]:
        for action in self._system.actions:
            for choice in action.choices:
                chosen: dict[Expr, Expr] = {Read(name): Literal(value) for name, value in choice}
                for outcome in action.outcomes:
                    guard = self.plain(replace(conjoin((action.guard, outcome.when)), chosen))
                    effects = tuple((name, self.plain(replace(expr, chosen))) for name, expr in outcome.effects)
                    yield Command(guard, effects)

    def plain(self, expr: Expr) -> Expr:
        """Return the expression over slots and numbers only."""
        while used := reads(expr) & self._system.definitions.keys():
            expr = replace(expr, {Read(name): self._system.definitions[name].definition for name in sorted(used)})
        return self._numbered(expr)

    def _numbered(self, expr: Expr) -> Expr:
        match expr:
            case Literal():
                return Literal(self._number(expr.value))
            case Apply():
                return Apply(expr.op, tuple(self._numbered(arg) for arg in expr.args))
            case Read():
                return expr
            case _:
                raise Unsupported("formulas about steps are not searched for")

    def _slot(self, name: str, domain: Domain, start: tuple[Expr, ...] | None) -> Slot:
        numbers = [self._number(value) for value in domain.values]
        any_value: tuple[Expr, ...] = tuple(Literal(number) for number in numbers)
        starts = any_value if start is None else tuple(self.plain(expr) for expr in start)
        low, high = (0, 1) if isinstance(domain, Bool) else (min(numbers), max(numbers))
        return Slot(name, low, high, starts)

    def _number(self, value: Value) -> int:
        return self._of_member[value] if isinstance(value, str) else int(value)
