"""The interpreter over many states at once.

An expression reads few variables, so over a million states it meets few distinct combinations of their values. Each
combination is given to `evaluate` once for all tables of a system; the rest is table look-up. The connectives are
worked out on whole columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import prod

import numpy as np
from numpy.typing import NDArray

from tunnelproof.model.language.domains import Range, Value
from tunnelproof.model.language.expressions import CONNECTIVES, TRUE, Apply, Expr, Literal, Next, Read, reads, walk
from tunnelproof.model.language.expressions import replace as replace_in
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.evaluate import Incoming, evaluate
from tunnelproof.semantics.step import successor

Codes = NDArray[np.int32]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

CHUNK = 1 << 12  # rows whose columns are read one after the other while the processor's cache holds them
_FEW_ROWS = 1 << 14  # are read column by column as they are
_SMALL_TABLE = 1 << 16  # up to so many combinations of values are looked up in an array, more in a dictionary


def columns_of(rows: Codes) -> Codes:
    """Return the table turned: a line for each column of the rows."""
    if len(rows) <= _FEW_ROWS:
        return rows.T
    columns = np.empty(rows.shape[::-1], dtype=np.int32)
    for begun in range(0, len(rows), CHUNK):
        columns[:, begun : begun + CHUNK] = rows[begun : begun + CHUNK].T
    return columns


@dataclass(frozen=True, eq=False)
class Column:
    """The value of a name in each state: a code per state, and the value of each code (more may be added behind)."""

    codes: Codes | Integers
    values: Sequence[Value]

    def at(self, places: Codes | Integers) -> Column:
        """Return the column of the states at these places."""
        return Column(self.codes.take(places), self.values)


class Tabulated:
    """An expression with the values that it has been found to have, by the values that it reads.

    Values are numbered as they are met; `True` and `1` are two values. ``parts`` are those of a connective.
    """

    def __init__(self, expr: Expr, parts: tuple[Tabulated, ...] = ()) -> None:
        self.expr, self.parts = expr, parts
        self.now, self.later = _reads_now_and_later(expr)
        self.values: list[Value] = []
        self._numbers: dict[tuple[type, Value], int] = {}
        self._known: dict[tuple[Value, ...], int] = {}
        self._sizes: tuple[int, ...] | None = None
        self._table = np.zeros(0, dtype=np.int32)  # the code of each combination; -1: not met yet

    def column(self, columns: Sequence[Column], count: int) -> Column:
        """Return the expression's values in ``count`` states, given the columns of what it reads (now, then later)."""
        sizes = tuple([len(column.values) for column in columns])
        if prod(sizes) > _SMALL_TABLE:
            return Column(self._looked_up(columns, count), self.values)
        if sizes != self._sizes:  # at first, or when a derived name has been found to have more values
            self._sizes, self._table = sizes, np.full(prod(sizes), -1, dtype=np.int32)
        keys: Codes | Integers = columns[0].codes if columns else np.zeros(count, dtype=np.int64)
        for column, size in zip(columns[1:], sizes[1:], strict=True):
            keys = keys * size + column.codes
        codes = self._table.take(keys)
        if count and codes.min() < 0:
            met = np.zeros(self._table.size, dtype=bool)
            met[keys] = True
            missing = np.flatnonzero(met & (self._table < 0))
            places = np.unravel_index(missing, sizes) if sizes else ()
            self._table[missing] = self._evaluated(columns, places, len(missing))
            codes = self._table.take(keys)
        return Column(codes, self.values)

    def _looked_up(self, columns: Sequence[Column], count: int) -> Integers:
        first, number = _combinations(columns, count)
        places = [column.codes[first] for column in columns]
        return np.array(self._evaluated(columns, places, len(first)), dtype=np.int64)[number]

    def _evaluated(self, columns: Sequence[Column], places: Sequence[Codes | Integers], count: int) -> list[int]:
        """Return the codes for combinations of values, each given by its values' places in the columns."""
        picked = [[column.values[i] for i in some.tolist()] for column, some in zip(columns, places, strict=True)]
        return [self._code(key) for key in (zip(*picked, strict=True) if picked else [()] * count)]

    def _code(self, key: tuple[Value, ...]) -> int:
        """Return the code of the value for what is read, from the interpreter if it has not been asked yet."""
        if key not in self._known:
            env = dict(zip(self.now, key, strict=False))
            after = dict(zip(self.later, key[len(self.now) :], strict=True))
            value = evaluate(self.expr, env, Incoming(after=after))
            self._known[key] = self._numbers.setdefault((type(value), value), len(self.values))
            if len(self._numbers) > len(self.values):
                self.values.append(value)
        return self._known[key]


@dataclass(frozen=True, eq=False)
class Effect:
    """An assignment: the variable's column and what it is given; ``codes`` has the code of each value of a domain."""

    column: int
    value: Tabulated
    codes: dict[tuple[type, Value], int]
    may_leave: bool

    def assigned(self, found: Column) -> Integers:
        """Return the codes of the assigned values; -1 where one is outside the domain."""
        translate = np.array([self.codes.get((type(v), v), -1) for v in found.values], dtype=np.int64)
        return translate.take(found.codes)


class Tabulation:
    """What has been tabulated of one system: its expressions and its steps."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.position = {name: i for i, name in enumerate(system.domains)}
        self.values = {name: domain.values for name, domain in system.domains.items()}
        self._known: dict[Expr, Tabulated] = {}
        self._steps: dict[Step, tuple[Tabulated, Tabulated, tuple[Effect, ...]]] = {}

    def of(self, expr: Expr) -> Tabulated:
        """Return the expression with what is known of it."""
        if expr not in self._known:
            parts = expr.args if isinstance(expr, Apply) and expr.op in CONNECTIVES else ()
            self._known[expr] = Tabulated(expr, tuple(map(self.of, parts)))
        return self._known[expr]

    def step(self, step: Step) -> tuple[Tabulated, Tabulated, tuple[Effect, ...]]:
        """Return the step's guard, its outcome's condition and effects, with the parameters put in."""
        if step not in self._steps:
            action = self.system.action_named[step.action]
            outcome = next(o for o in action.outcomes if o.name == step.outcome)
            fixed: dict[Expr, Expr] = {Read(name): Literal(value) for name, value in step.parameters}
            guard, condition = (self.of(replace_in(part, fixed)) for part in (action.guard, outcome.when))
            effects = tuple(self._effect(name, replace_in(expr, fixed)) for name, expr in outcome.effects)
            self._steps[step] = guard, condition, effects
        return self._steps[step]

    def _effect(self, name: str, expr: Expr) -> Effect:
        codes = {(type(value), value): i for i, value in enumerate(self.values[name])}
        return Effect(self.position[name], self.of(expr), codes, isinstance(self.system.domains[name], Range))


@lru_cache(maxsize=8)
def tabulation_of(system: System) -> Tabulation:
    """Return the tabulation that all tables of a system share."""
    return Tabulation(system)


class Table:
    """The values of names and expressions in a list of states given by their rows of codes."""

    def __init__(self, system: System, rows: Codes, columns: Codes | None = None) -> None:
        """Tabulate over the rows; ``columns`` are the same codes, if somebody has turned the table already."""
        self.system = system
        self.rows = rows
        self._codes = columns
        self._tabulation = tabulation_of(system)
        self._columns: dict[str, Column] = {}
        self._masks: dict[Tabulated, Mask] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> Column:
        """Return the values of a variable, configuration variable or derived name."""
        if name not in self._columns:
            self._columns[name] = self._column(name)
        return self._columns[name]

    def _column(self, name: str) -> Column:
        tabulation = self._tabulation
        if name in tabulation.position:
            if self._codes is None:
                self._codes = columns_of(self.rows)
            return Column(self._codes[tabulation.position[name]], tabulation.values[name])
        definition = tabulation.of(self.system.definitions[name].definition)
        if definition.parts:
            return Column(self.truth(definition).astype(np.int64), (False, True))
        return definition.column([self.column(read) for read in definition.now], len(self))

    def mask(self, formula: Expr) -> Mask:
        """Return where a state predicate holds."""
        return self.truth(self._tabulation.of(formula))

    def truth(self, formula: Tabulated) -> Mask:
        """Return where a state predicate holds."""
        if formula not in self._masks:
            self._masks[formula] = self._truth(formula)
        return self._masks[formula]

    def _truth(self, formula: Tabulated) -> Mask:
        if formula.parts:
            return connect(formula, self.truth)
        if isinstance(formula.expr, Read):
            return truth(self.column(formula.expr.name))
        return truth(formula.column([self.column(name) for name in formula.now], len(self)))

    def take(self, step: Step) -> tuple[Integers, Codes]:
        """Return the states where the step exists and the rows that it leads to."""
        if len(self) == 1:
            return self._take_alone(step)
        at, changes = self.changes(step)
        after = self.rows[at]
        for column, codes in changes.items():
            after[:, column] = codes
        return at, after

    def _take_alone(self, step: Step) -> tuple[Integers, Codes]:
        """Do what `take` does for one state, which needs no table."""
        domains, rigid = self._tabulation.values.values(), len(self.system.configuration)
        values = [known[code] for known, code in zip(domains, self.rows[0].tolist(), strict=True)]
        after = successor(self.system, tuple(values[:rigid]), tuple(values[rigid:]), step)
        if after is None:
            return np.zeros(0, dtype=np.int64), self.rows[:0]
        row = self.rows.copy()
        for place, (old, new) in enumerate(zip(values[rigid:], after, strict=True), rigid):
            if new != old:
                row[0, place] = self.system.variables[place - rigid].domain.values.index(new)
        return np.zeros(1, dtype=np.int64), row

    def changes(self, step: Step) -> tuple[Integers, dict[int, Integers]]:
        """Return the states where the step exists, and by column the codes that it writes there."""
        at, effects = self._tried(step)
        found = {effect.column: self._assigned(effect, at) for effect in effects}
        inside = np.ones(len(at), dtype=bool)
        for codes in found.values():
            inside &= codes >= 0  # else the step would leave a domain: such a step does not exist
        if inside.all():
            return at, found
        return at[inside], {column: codes[inside] for column, codes in found.items()}

    def exists(self, step: Step) -> Mask:
        """Return where the step exists."""
        at, effects = self._tried(step)
        for effect in effects:
            if effect.may_leave:  # no other assignment can
                at = at[self._assigned(effect, at) >= 0]
        found = np.zeros(len(self), dtype=bool)
        found[at] = True
        return found

    def _tried(self, step: Step) -> tuple[Integers, tuple[Effect, ...]]:
        """Return the states where guard and condition hold, and the outcome's effects."""
        guard, condition, effects = self._tabulation.step(step)
        return np.flatnonzero(self.truth(guard) & self.truth(condition)), effects

    def enabled(self, action: str) -> Mask:
        """Return where some step of the action exists."""
        found = np.zeros(len(self), dtype=bool)
        for step in self.system.steps:
            if step.action == action:
                found |= self.exists(step)
        return found

    def _assigned(self, effect: Effect, at: Integers) -> Integers:
        """Return the codes of the assigned values in the states ``at``; -1 where one is outside the domain."""
        columns = [self.column(name).at(at) for name in effect.value.now]
        return effect.assigned(effect.value.column(columns, len(at)))


def truth(column: Column) -> Mask:
    """Return where a column of truth values is true."""
    return np.array([bool(value) for value in column.values], dtype=bool).take(column.codes)


def connect(formula: Tabulated, mask: Callable[[Tabulated], Mask]) -> Mask:
    """Combine the masks of a connective's parts."""
    assert isinstance(formula.expr, Apply)
    match formula.expr.op:
        case "and":
            return reduce(np.logical_and, map(mask, formula.parts))
        case "or":
            return reduce(np.logical_or, map(mask, formula.parts))
        case "not":
            return ~mask(formula.parts[0])
        case "implies":
            return ~mask(formula.parts[0]) | mask(formula.parts[1])
        case op:
            raise AssertionError(f"no connective: {op}")


@lru_cache(maxsize=100_000)
def _reads_now_and_later(expr: Expr) -> tuple[list[str], list[str]]:
    later: set[str] = set()
    for part in walk(expr):
        if isinstance(part, Next):
            later |= reads(part.body)
    now = reads(replace_in(expr, {part: TRUE for part in walk(expr) if isinstance(part, Next)}))
    return sorted(now), sorted(later)


def _combinations(columns: Sequence[Column], count: int) -> tuple[Integers, Integers]:
    """Return a state for each combination of codes that occurs, and for each state the number of its combination."""
    keys = np.zeros(count, dtype=np.int64)
    size = 1
    for column in columns:
        if size * len(column.values) > 2**62:
            present, keys = np.unique(keys, return_inverse=True)
            size = len(present)
        keys = keys * len(column.values) + column.codes
        size *= len(column.values)
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    return first, number


class Interpreter:
    """Evaluates formulas over rows by tabulation, for the judge and the reference engine."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._last: Table | None = None

    def states(self, formula: Expr, rows: Codes) -> Mask:
        """Return where the state predicate holds."""
        return self._table(rows).mask(formula)

    def pairs(self, formula: Expr, rows: Codes, before: Codes | Integers, after: Codes | Integers) -> Mask:
        """Return where the predicate holds over a state and its successor, given by their places among the rows.

        What speaks of one state alone is worked out once per state, and looked up for the pairs.
        """
        table, tabulation = self._table(rows), tabulation_of(self._system)

        def mask(part: Tabulated) -> Mask:
            if not part.later:
                return table.truth(part)[before]
            if isinstance(part.expr, Next):
                return table.mask(part.expr.body)[after]
            if part.parts:
                return connect(part, mask)
            columns = [table.column(name).at(before) for name in part.now]
            columns += [table.column(name).at(after) for name in part.later]
            return truth(part.column(columns, len(before)))

        return mask(tabulation.of(formula))

    def _table(self, rows: Codes) -> Table:
        if self._last is None or self._last.rows is not rows:
            self._last = Table(self._system, rows)
        return self._last
