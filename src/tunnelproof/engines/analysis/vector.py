"""Expressions over whole columns of values, with numpy: the engines' own evaluator, unrelated to the judge's.

Truth values are Boolean arrays, whole numbers 64-bit integers (a checked system has no larger ones), enum members
numbers of their own: the same text has the same number everywhere in a system.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, reduce

import numpy as np
from numpy.typing import NDArray

from tunnelproof.evidence.graph import Mask, StateGraph, sort_edges
from tunnelproof.evidence.rows import Codes, Layout, Numbers, Places, RowSet
from tunnelproof.model.language.domains import Bool, Domain, Enum, Range, Value
from tunnelproof.model.language.expressions import Apply, By, Expr, Literal, Next, Read, Taken
from tunnelproof.model.language.expressions import replace as replace_in
from tunnelproof.model.language.system import Step, System

Array = NDArray[np.bool_] | NDArray[np.int64]
Lookup = Callable[[str], Array]

_KEY_BITS = 62
_DENSE_BITS = 24  # up to this many, positions are looked up in a table instead of searched for
_CHUNK = 1 << 12  # rows


class Vocabulary:
    """Numbers for the enum members of a system, and the conversion between codes and values."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._numbers: dict[str, int] = {}

    def value(self, value: Value) -> bool | int:
        """Return what stands for the value in arrays."""
        if isinstance(value, str):
            return self._numbers.setdefault(value, len(self._numbers))
        return value

    def decode(self, domain: Domain, codes: Codes | Numbers) -> Array:
        """Return the values of the codes."""
        match domain:
            case Bool():
                return codes.astype(bool)
            case Range():
                return codes.astype(np.int64) + domain.lo
            case Enum():
                return np.array([self.value(v) for v in domain.values], dtype=np.int64)[codes]

    def encode(self, domain: Domain, values: Array) -> Numbers:
        """Return the codes of the values; -1 for those outside the domain."""
        match domain:
            case Bool():
                return values.astype(np.int64)
            case Range():
                numbers = values.astype(np.int64)
                return np.where((numbers >= domain.lo) & (numbers <= domain.hi), numbers - domain.lo, -1)
            case Enum():
                code_of = {self.value(v): code for code, v in enumerate(domain.values)}
                table = np.full(len(self._numbers), -1, dtype=np.int64)
                for number, code in code_of.items():
                    table[int(number)] = code
                return table[values.astype(np.int64)]


class Columns:
    """The values of names and expressions in a list of rows. What has been worked out is kept."""

    def __init__(self, vocabulary: Vocabulary, layout: Layout, rows: Codes, codes: Codes | None = None) -> None:
        self.vocabulary = vocabulary
        self.layout = layout
        self.rows = rows
        self._codes = codes
        self._names: dict[str, Array] = {}
        self._masks: dict[Expr, Mask] = {}

    def codes(self, column: int) -> Codes:
        """Return the codes of one column, next to each other in memory."""
        return np.ascontiguousarray(self.rows[:, column]) if self._codes is None else self._codes[column]

    def name(self, name: str) -> Array:
        """Return the values of a variable, configuration variable or derived name."""
        if name not in self._names:
            column = self.layout.column.get(name)
            if column is None:
                definition = self.vocabulary.system.definitions[name].definition
                self._names[name] = self.values(definition)
            else:
                self._names[name] = self.vocabulary.decode(self.layout.domains[column], self.codes(column))
        return self._names[name]

    def values(self, expr: Expr) -> Array:
        """Return the values of an expression."""
        return Evaluation(self.vocabulary, self.name, len(self.rows)).of(expr)

    def mask(self, formula: Expr) -> Mask:
        """Return where a state predicate holds."""
        if formula not in self._masks:
            self._masks[formula] = self._mask(formula)
        return self._masks[formula]

    def _mask(self, formula: Expr) -> Mask:
        if isinstance(formula, Apply) and formula.op in ("and", "or"):
            join = np.logical_and if formula.op == "and" else np.logical_or
            found = self.mask(formula.args[0])
            for arg in formula.args[1:]:
                found = join(found, self.mask(arg))
            return found
        return self.values(formula).astype(bool, copy=False)


class Evaluation:
    """One pass over expressions: ``now`` gives the values of names, ``later`` those after the step."""

    def __init__(self, vocabulary: Vocabulary, now: Lookup, count: int, later: Lookup | None = None) -> None:
        self._vocabulary = vocabulary
        self._now = now
        self._later = later
        self._count = count

    def of(self, expr: Expr) -> Array:
        """Return the expression's value in each place."""
        found = self._of(expr)
        return np.full(self._count, found) if np.ndim(found) == 0 else found

    def _of(self, expr: Expr) -> Array:
        match expr:
            case Literal():
                return np.asarray(self._vocabulary.value(expr.value))
            case Read():
                return self._now(expr.name)
            case Apply():
                return self._apply(expr.op, [self._of(arg) for arg in expr.args])
            case Next():
                assert self._later is not None
                return Evaluation(self._vocabulary, self._later, self._count)._of(expr.body)
            case Taken() | By():
                raise AssertionError(f"a step is not known: {expr}")

    @staticmethod
    def _apply(op: str, args: list[Array]) -> Array:
        match op:
            case "and":
                return reduce(np.logical_and, args)
            case "or":
                return reduce(np.logical_or, args)
            case "not":
                return np.logical_not(args[0])
            case "implies":
                return np.logical_or(np.logical_not(args[0]), args[1])
            case "if":
                return np.where(args[0], args[1], args[2])
            case _:
                return _BINARY[op](args[0], args[1])


_BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "mod": np.mod,
    "min": np.minimum,
    "max": np.maximum,
}


class VectorEvaluator:
    """Evaluates formulas over rows column by column. Keeps the columns of the rows that it was asked about last."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.layout = Layout(system)
        self.vocabulary = Vocabulary(system)
        self._last: Columns | None = None

    def columns(self, rows: Codes) -> Columns:
        """Return the columns of the rows."""
        if self._last is None or self._last.rows is not rows:
            self._last = Columns(self.vocabulary, self.layout, rows)
        return self._last

    def adopt(self, rows: Codes, codes: Codes) -> None:
        """Take the rows as the ones asked about last; ``codes`` are their columns."""
        self._last = Columns(self.vocabulary, self.layout, rows, codes)

    def states(self, formula: Expr, rows: Codes) -> Mask:
        """Return where the state predicate holds."""
        return self.columns(rows).mask(formula)

    def pairs(self, formula: Expr, rows: Codes, before: Places, after: Places) -> Mask:
        """Return where the predicate holds over a state and its successor, given by their places among the rows."""
        columns = self.columns(rows)

        @cache
        def now(name: str) -> Array:
            return columns.name(name)[before]

        @cache
        def later(name: str) -> Array:
            return columns.name(name)[after]

        return Evaluation(self.vocabulary, now, len(before), later).of(formula).astype(bool, copy=False)

    def take(self, step: Step, rows: Codes) -> tuple[Numbers, dict[str, Numbers]]:
        """Return the positions of the rows where the step exists, and the codes that it assigns there."""
        action = self.system.action_named[step.action]
        outcome = next(o for o in action.outcomes if o.name == step.outcome)
        known: dict[Expr, Expr] = {Read(name): Literal(value) for name, value in step.parameters}
        columns = self.columns(rows)
        guard, when = (columns.mask(replace_in(part, known)) for part in (action.guard, outcome.when))
        at = np.flatnonzero(guard & when)
        here = Evaluation(self.vocabulary, lambda name: columns.name(name)[at], len(at))
        found = {
            name: self.vocabulary.encode(self.system.domains[name], here.of(replace_in(expr, known)))
            for name, expr in outcome.effects
        }
        outside = np.zeros(len(at), dtype=bool)
        for codes in found.values():
            outside |= codes < 0
        if outside.any():
            return at[~outside], {name: codes[~outside] for name, codes in found.items()}
        return at, found


class _Positions:
    """Finds rows of a closed set by what a step changes in one of them: by their codes, written into one number."""

    def __init__(self, rows: RowSet, columns: Columns) -> None:
        self._set, self._columns = rows, columns
        widths = [(size - 1).bit_length() for size in columns.layout.sizes]
        bits = sum(widths)
        self._shifts = [bits - sum(widths[: i + 1]) for i in range(len(widths))]
        self._keys: Numbers | None = None
        self._dense: NDArray[np.int32] | None = None
        if bits > _KEY_BITS:
            return
        self._keys = np.zeros(len(rows), dtype=np.int64)
        for column, shift in enumerate(self._shifts):
            self._keys |= columns.codes(column).astype(np.int64) << shift
        if bits <= _DENSE_BITS:
            self._dense = np.full(1 << bits, -1, dtype=np.int32)
            self._dense[self._keys] = np.arange(len(rows), dtype=np.int32)

    def after(self, at: Numbers, codes: dict[str, Numbers]) -> Numbers:
        """Return the positions of the rows that result from putting the codes into the rows ``at``; -1 for none."""
        changes = [(self._columns.layout.column[name], new) for name, new in codes.items()]
        if self._keys is None:
            changed = self._set.rows[at]
            for column, new in changes:
                changed[:, column] = new
            return self._set.find(changed)
        keys = self._keys[at]
        for column, new in changes:
            keys += (new - self._columns.codes(column)[at]) << self._shifts[column]
        if self._dense is not None:
            return self._dense[keys].astype(np.int64)
        found = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found[self._keys[found] != keys] = -1
        return found


def as_rows(columns: Codes) -> Codes:
    """Return the table with a line per row that has these columns."""
    rows = np.empty(columns.shape[::-1], dtype=np.int32)
    for start in range(0, len(rows), _CHUNK):  # a part that fits the cache at a time
        rows[start : start + _CHUNK] = columns[:, start : start + _CHUNK].T
    return rows


def state_graph(
    rows: RowSet, initial: Codes, evaluator: VectorEvaluator, check: Callable[[], None] = lambda: None
) -> StateGraph:
    """Return the graph on the rows, which must be closed under the steps and contain the initial ones."""
    start = np.zeros(len(rows), dtype=bool)
    place = rows.find(initial)
    assert (place >= 0).all(), "an initial state is not in the set"
    start[place] = True
    system, positions = evaluator.system, _Positions(rows, evaluator.columns(rows.rows))
    found: list[tuple[int, Places, Places]] = []
    for label, step in enumerate(system.steps):
        check()
        at, codes = evaluator.take(step, rows.rows)
        target = positions.after(at, codes)
        assert (target >= 0).all(), f"{step} leads out of the set"
        found.append((label, at.astype(np.int32), target.astype(np.int32)))
    return StateGraph(system, rows.rows, start, *sort_edges(found, len(rows)))
