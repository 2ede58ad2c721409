"""A system as plain guarded commands: one for each action, choice of parameters and outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tunnelproof.interchange.export.bounds import stays_within
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import (
    FALSE,
    Apply,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    conjoin,
    disjoin,
    negate,
    replace,
)
from tunnelproof.model.language.expressions import By as ByActor
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.system import Action, Outcome, Step, System

Effects = tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Command:
    """``asked`` and ``inside``, then, at once, ``effects``. ``label`` is the position of ``step`` among the system's.

    ``asked`` is the action's guard with the outcome's condition; ``inside`` says, where that is not clear from it,
    that no assigned value leaves its domain.
    """

    label: int
    step: Step
    actor: str
    asked: Expr
    inside: Expr
    effects: Effects

    @property
    def guard(self) -> Expr:
        """What holds in the states in which the step exists."""
        return fold(conjoin((self.asked, self.inside)))

    @property
    def leaves_domain(self) -> Expr:
        """What holds in the states in which a value would leave its domain."""
        return fold(conjoin((self.asked, negate(self.inside))))


def commands_of(system: System) -> tuple[Command, ...]:
    """Return the commands of the system in the order of its steps, without those that are never enabled."""
    found: list[Command] = []
    label = 0
    for action in system.actions:
        for choice in action.choices:
            for outcome in action.outcomes:
                command = _command(system, action, choice, outcome, label)
                label += 1
                if FALSE not in (command.asked, command.inside):
                    found.append(command)
    return tuple(found)


def _command(
    system: System, action: Action, choice: tuple[tuple[str, Value], ...], outcome: Outcome, label: int
) -> Command:
    chosen: dict[Expr, Expr] = {Read(name): Literal(value) for name, value in choice}

    def ground(expr: Expr) -> Expr:
        return fold(replace(expr, chosen))

    effects = tuple((name, ground(expr)) for name, expr in outcome.effects)
    asked = fold(conjoin((ground(action.guard), ground(outcome.when))))
    inside = fold(conjoin(stays_within(system, asked, expr, system.domains[name]) for name, expr in effects))
    step = Step(action.name, choice, outcome.name)
    return Command(label, step, action.actor, asked, inside, effects)


def enabled(commands: Iterable[Command]) -> Expr:
    """Return that a step of one of the commands exists."""
    return disjoin(dict.fromkeys(command.guard for command in commands))


def broken_by(command: Command, system: System, violation: Expr) -> Expr:
    """Return, as a formula over the state before it, that a step of the command has the property of steps."""
    happened: dict[Expr, Expr] = {}
    for atom in _atoms(violation):
        happened[atom] = Literal(holds_of(atom, command))
    after: dict[Expr, Expr] = {Read(name): expr for name, expr in command.effects}
    return fold(conjoin((command.guard, _after(replace(violation, happened), system, after))))


def holds_of(atom: Expr, command: Command) -> bool:
    """Say whether a step of the command is one that the atom speaks of."""
    match atom:
        case Taken():
            return command.step.action == atom.action and atom.outcome in (None, command.step.outcome)
        case ByActor():
            return command.actor == atom.actor
        case _:
            raise AssertionError(f"not about a step: {atom}")


def opened(expr: Expr, system: System) -> Expr:
    """Return the expression with derived names written out."""
    match expr:
        case Read() if expr.name in system.definitions:
            return opened(system.definitions[expr.name].definition, system)
        case Apply():
            return Apply(expr.op, tuple(opened(arg, system) for arg in expr.args))
        case _:
            return expr


def one_after_another(effects: Effects, system: System) -> list[tuple[str, Expr]]:
    """Order assignments so that each reads old values only; a pair ``("", Read(x))`` says: keep the old x first.

    After such a pair, reads of the old x are written ``Read(kept(x))``.
    """
    left, ordered = dict(effects), list[tuple[str, Expr]]()
    while left:
        free = next((n for n in left if not any(n in system.reads(e) for o, e in left.items() if o != n)), None)
        if free is not None:
            ordered.append((free, left.pop(free)))
            continue
        name = next(iter(left))
        ordered.append(("", Read(name)))
        old: dict[Expr, Expr] = {Read(name): Read(kept(name))}
        left = {n: replace(opened(expr, system), old) for n, expr in left.items()}
    return ordered


def kept(name: str) -> str:
    """Return the name under which the old value of a variable is kept during a step."""
    return f"{name} before"


def kept_names(commands: Sequence[Command], system: System) -> tuple[str, ...]:
    """Return the variables of which some command has to keep the old value."""
    ordered = [pair for command in commands for pair in one_after_another(command.effects, system)]
    return tuple(dict.fromkeys(expr.name for name, expr in ordered if not name and isinstance(expr, Read)))


def _atoms(expr: Expr) -> set[Expr]:
    match expr:
        case Taken() | ByActor():
            return {expr}
        case Apply():
            return set().union(*(_atoms(arg) for arg in expr.args))
        case _:
            return set()


def _after(expr: Expr, system: System, after: dict[Expr, Expr]) -> Expr:
    """Replace what is said of the state after the step by what the step makes of it."""
    match expr:
        case Next():
            return replace(opened(expr.body, system), after)
        case Apply():
            return Apply(expr.op, tuple(_after(arg, system, after) for arg in expr.args))
        case _:
            return expr


__all__ = [
    "Command",
    "broken_by",
    "commands_of",
    "enabled",
    "holds_of",
    "kept",
    "kept_names",
    "one_after_another",
    "opened",
]
