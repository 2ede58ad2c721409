"""The interpreter over many states at once.

An expression reads few variables, so over a million states it meets few distinct combinations of their values. Each
combination is given to `evaluate` once; the rest is table look-up. The connectives are worked out on whole columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

from tunnelproof.model.language.domains import Range, Value
from tunnelproof.model.language.expressions import FALSE, TRUE, Apply, Expr, Literal, Next, Read, reads, walk
from tunnelproof.model.language.expressions import replace as replace_in
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.evaluate import Incoming, evaluate

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

_SMALL_TABLE = 1 << 12  # up to this many combinations (or a few per state) keys are looked up, not sorted


@dataclass(frozen=True, eq=False)
class Column:
    """The value of a name in each state: a code per state, and the value of each code."""

    codes: Integers
    values: tuple[Value, ...]


class Table:
    """The values of names and expressions in a list of states given by their rows of codes."""

    def __init__(self, system: System, rows: NDArray[np.int32]) -> None:
        self.system = system
        self.rows = rows
        self._position = {name: i for i, name in enumerate(system.domains)}
        self._columns: dict[str, Column] = {}
        self._masks: dict[Expr, Mask] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> Column:
        """Return the values of a variable, configuration variable or derived name."""
        if name not in self._columns:
            if name in self._position:
                codes = self.rows[:, self._position[name]].astype(np.int64)
                self._columns[name] = Column(codes, self.system.domains[name].values)
            else:
                self._columns[name] = self.values(self.system.definitions[name].definition)
        return self._columns[name]

    def values(self, expr: Expr) -> Column:
        """Return the values of an expression."""
        if isinstance(expr, Read):
            return self.column(expr.name)
        return tabulate(expr, len(self), self.column)

    def mask(self, formula: Expr) -> Mask:
        """Return where a state predicate holds."""
        if formula not in self._masks:
            self._masks[formula] = self._mask(formula)
        return self._masks[formula]

    def _mask(self, formula: Expr) -> Mask:
        if formula in (TRUE, FALSE):
            return np.full(len(self), formula == TRUE)
        connected = connect(formula, self.mask)
        return truth(self.values(formula)) if connected is None else connected

    def take(self, step: Step) -> tuple[Integers, NDArray[np.int32]]:
        """Return the states where the step exists and the rows that it leads to."""
        at, effects = self._tried(step)
        after = self.rows[at].copy()
        for name, expr in effects:
            codes = self._assigned(expr, name, at)
            at, after, codes = _inside(at, after, codes)
            after[:, self._position[name]] = codes
        return at, after

    def exists(self, step: Step) -> Mask:
        """Return where the step exists."""
        at, effects = self._tried(step)
        for name, expr in effects:
            if isinstance(self.system.domains[name], Range):  # no other assignment can leave its domain
                at = at[self._assigned(expr, name, at) >= 0]
        found = np.zeros(len(self), dtype=bool)
        found[at] = True
        return found

    def _tried(self, step: Step) -> tuple[Integers, list[tuple[str, Expr]]]:
        """Return the states where guard and condition hold, and the outcome's effects, parameters put in."""
        action = self.system.action_named[step.action]
        outcome = next(o for o in action.outcomes if o.name == step.outcome)
        fixed: dict[Expr, Expr] = {Read(name): Literal(value) for name, value in step.parameters}
        holds = self.mask(replace_in(action.guard, fixed)) & self.mask(replace_in(outcome.when, fixed))
        return np.flatnonzero(holds), [(name, replace_in(expr, fixed)) for name, expr in outcome.effects]

    def enabled(self, action: str) -> Mask:
        """Return where some step of the action exists."""
        found = np.zeros(len(self), dtype=bool)
        for step in self.system.steps:
            if step.action == action:
                found |= self.exists(step)
        return found

    def _assigned(self, expr: Expr, name: str, at: Integers) -> Integers:
        """Return the codes of the assigned values in the states ``at``; -1 where one is outside the domain."""
        column = tabulate(expr, len(at), lambda read: Column(self.column(read).codes[at], self.column(read).values))
        codes = {(type(value), value): i for i, value in enumerate(self.system.domains[name].values)}
        translate = np.array([codes.get((type(v), v), -1) for v in column.values], dtype=np.int64)
        return translate[column.codes] if len(at) else np.zeros(0, dtype=np.int64)


def connect(formula: Expr, mask: Callable[[Expr], Mask]) -> Mask | None:
    """Combine the masks of a connective's parts; ``None`` if the formula is none."""
    if not isinstance(formula, Apply):
        return None
    match formula.op:
        case "and":
            return reduce(np.logical_and, map(mask, formula.args))
        case "or":
            return reduce(np.logical_or, map(mask, formula.args))
        case "not":
            return ~mask(formula.args[0])
        case "implies":
            return ~mask(formula.args[0]) | mask(formula.args[1])
        case _:
            return None


def truth(column: Column) -> Mask:
    """Return where a column of truth values is true."""
    return np.array([bool(value) for value in column.values], dtype=bool)[column.codes]


def tabulate(
    expr: Expr,
    count: int,
    column: Callable[[str], Column],
    after: Callable[[str], Column] | None = None,
) -> Column:
    """Evaluate the expression once for each combination of read values that occurs; ``after`` serves `Next`."""
    now, later = _reads_now_and_later(expr)
    columns = [column(name) for name in now] + [after(name) for name in later if after is not None]
    keys, codes = _combinations(columns, count)
    values: list[Value] = []
    for key in keys:
        env = dict(zip(now, key[: len(now)], strict=True))
        values.append(evaluate(expr, env, Incoming(after=dict(zip(later, key[len(now) :], strict=True)))))
    return Column(codes, tuple(values))


@lru_cache(maxsize=100_000)
def _reads_now_and_later(expr: Expr) -> tuple[list[str], list[str]]:
    later: set[str] = set()
    for part in walk(expr):
        if isinstance(part, Next):
            later |= reads(part.body)
    now = reads(replace_in(expr, {part: TRUE for part in walk(expr) if isinstance(part, Next)}))
    return sorted(now), sorted(later)


def _combinations(columns: Sequence[Column], count: int) -> tuple[list[tuple[Value, ...]], Integers]:
    """Return the combinations of values that occur, and for each state which one it has."""
    keys = np.zeros(count, dtype=np.int64)
    size = 1
    for column in columns:
        if size * len(column.values) > 2**62:
            present, keys = np.unique(keys, return_inverse=True)
            size = len(present)
        keys = keys * len(column.values) + column.codes
        size *= len(column.values)
    first, codes = _first_of_each(keys, size)
    picked = [column.codes[first].tolist() for column in columns]
    found = [
        tuple(column.values[code] for column, code in zip(columns, row, strict=True))
        for row in zip(*picked, strict=True)
    ]
    return found if columns else [()] * len(first), codes


def _first_of_each(keys: Integers, size: int) -> tuple[Integers, Integers]:
    """Return one state for each distinct key, and for each state the number of its key."""
    if size > max(_SMALL_TABLE, 4 * len(keys)):
        _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
        return first, codes
    example = np.full(size, -1, dtype=np.int64)
    example[keys] = np.arange(len(keys))
    present = np.flatnonzero(example >= 0)
    number = np.zeros(size, dtype=np.int64)
    number[present] = np.arange(len(present))
    return example[present], number[keys]


def _inside(at: Integers, after: NDArray[np.int32], codes: Integers) -> tuple[Integers, NDArray[np.int32], Integers]:
    """Drop the states whose step would leave a domain: such a step does not exist."""
    inside = codes >= 0
    return (at, after, codes) if inside.all() else (at[inside], after[inside], codes[inside])


class Interpreter:
    """Evaluates formulas over rows by tabulation, for the judge and the reference engine."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._last: Table | None = None

    def states(self, formula: Expr, rows: NDArray[np.int32]) -> Mask:
        """Return where the state predicate holds."""
        return self._table(rows).mask(formula)

    def pairs(self, formula: Expr, before: NDArray[np.int32], after: NDArray[np.int32]) -> Mask:
        """Return where the predicate over a state and its successor holds."""
        now, later = Table(self._system, before), Table(self._system, after)

        def mask(part: Expr) -> Mask:
            if not any(isinstance(e, Next) for e in walk(part)):
                return now.mask(part)
            if isinstance(part, Next):
                return later.mask(part.body)
            connected = connect(part, mask)
            return truth(tabulate(part, len(now), now.column, later.column)) if connected is None else connected

        return mask(formula)

    def _table(self, rows: NDArray[np.int32]) -> Table:
        if self._last is None or self._last.rows is not rows:
            self._last = Table(self._system, rows)
        return self._last
