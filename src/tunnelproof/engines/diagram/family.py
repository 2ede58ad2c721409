"""One system in the configurations asked about: its steps and its reachable pairs, as diagrams.

Managers start small and grow: whoever works with the diagrams does it inside `Family.work`. When a manager is full,
the next order of the variables is tried; when all orders have been, they are tried again with larger managers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from oxidd.util import DDMemoryError

from tunnelproof.engines import addresses
from tunnelproof.engines.analysis.vector import VectorEvaluator, as_rows, state_graph
from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import LimitReached
from tunnelproof.engines.diagram.compile import Compiler
from tunnelproof.engines.diagram.encoding import Diagram, Encoding
from tunnelproof.engines.diagram.order import variable_orders
from tunnelproof.engines.diagram.reach import forward
from tunnelproof.engines.diagram.relation import Move, Relation
from tunnelproof.engines.diagram.schedule import Schedule
from tunnelproof.engines.diagram.tables import columns_of, diagram_of, holds_for
from tunnelproof.evidence.certificate import Values
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.rows import Codes, Layout, RowSet
from tunnelproof.evidence.verdict import Reason
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import ConfigurationVariable, System
from tunnelproof.properties.claims import Claim

T = TypeVar("T")

SMALLEST_MANAGER = 1 << 18  # nodes
LARGEST_MANAGER = 1 << 23  # in a larger one a single operation, which nothing can interrupt, may take seconds
GROWTH = 1 << 2
BYTES_PER_NODE = 64  # of capacity, with tables and caches, when the manager is full
# Bytes. The library's worker has a stack of 1 GiB; without one it waits for ever. And others are loaded later.
ADDRESSES = (1280 << 20) + addresses.LEAST

Listed = tuple[Values, ...]


@dataclass(frozen=True)
class Described:
    """The configurations in which the formula holds for some values of the variables ``tied``, which only it reads."""

    formula: Expr
    tied: tuple[ConfigurationVariable, ...] = ()


class Symbolic:
    """The diagrams of a family in one manager. Everything here may raise `DDMemoryError`."""

    def __init__(self, system: System, asked: Codes | Described, size: Size, check: Clock) -> None:
        self.encoding = Encoding(system, size.capacity, size.order)
        self.compiler = Compiler(self.encoding)
        self.relation = Relation(self.compiler, check)
        self.asked = self._asked(asked)
        self.initial = self.asked & self._initial()
        self.check = check
        self.failures: dict[Claim, Diagram] = {}  # what `decide` has found
        self.searches: dict[Claim, object] = {}  # what `trace` keeps from one configuration to the next

    @cached_property
    def schedule(self) -> Schedule:
        """The order in which labels are tried."""
        return Schedule(self.relation, self.initial)

    @cached_property
    def reached(self) -> Diagram:
        """Everything that can be reached."""
        moves = self.relation.moves(self.schedule.labels)
        return forward(self.schedule.reached, moves, self.check, self.note)

    def note(self, rounds: int, found: Diagram) -> None:
        """Show how far a fixpoint has come."""
        self.check.doing = f"reaching states, round {rounds}, {found.node_count()} nodes"

    def moves_of(self, actions: Collection[str]) -> tuple[Move, ...]:
        """Return the moves of the actions, in the order in which they are best tried."""
        steps = self.relation.system.steps
        return self.relation.moves([i for i in self.schedule.labels if steps[i].action in actions])

    @cached_property
    def count(self) -> int:
        """The number of reachable pairs."""
        return self.encoding.count(self.reached)

    def some_state(self, pairs: Diagram, configurations: Codes) -> Mask:
        """Say for each of the listed configurations whether the set has a state of it."""
        projected = self.encoding.on_configurations(pairs)
        return holds_for(self.encoding, projected, self.encoding.rigid, configurations)

    def columns(self, pairs: Diagram) -> Codes:
        """List the pairs of the set, sorted: for each configuration variable and variable its codes."""
        encoding = self.encoding
        return columns_of(encoding, pairs, (*encoding.rigid, *encoding.variables))

    def _asked(self, asked: Codes | Described) -> Diagram:
        encoding = self.encoding
        every = encoding.valid(encoding.rigid)
        if isinstance(asked, Described):
            tied = [v.name for v in asked.tied]
            described = (every & self.compiler.truth(asked.formula)).exists(encoding.cube(tied))
            return described & encoding.constant(tuple((name, 0) for name in tied))
        if np.prod([float(encoding.sizes[name]) for name in encoding.rigid]) == len(asked):
            return every
        return diagram_of(encoding, encoding.rigid, asked)

    def _initial(self) -> Diagram:
        encoding, compiler = self.encoding, self.compiler
        found = encoding.conjunction(compiler.truth(formula) for formula in encoding.system.initially)
        for variable in encoding.system.variables:
            codes = {value: code for code, value in enumerate(variable.domain.values)}
            if variable.start is None:
                found = found & encoding.valid([variable.name])
                continue
            found = found & encoding.disjunction(
                encoding.equal(variable.name, codes[value]) & where
                for start in variable.start
                for value, where in compiler.values(start).items()
                if value in codes
            )
        return found


@dataclass(frozen=True)
class Size:
    """How large a manager is, and the order of the variables in it (default: the most promising)."""

    capacity: int
    order: tuple[str, ...] | None = None


class Family:
    """Diagrams, rows and graph of one system in the configurations asked about, each made when first wanted.

    ``asked`` lists the configurations, or describes them.
    """

    def __init__(self, system: System, asked: Listed | Described) -> None:
        if isinstance(asked, Described):
            system = replace(system, configuration=(*system.configuration, *asked.tied))
        self.system = system
        self.evaluator = VectorEvaluator(system)
        self.asked: Codes | Described = (
            Layout(system).encode_configurations(asked) if isinstance(asked, tuple) else asked
        )
        self._sizes = _sizes(variable_orders(system))
        self._size = next(self._sizes)
        self._symbolic: Symbolic | None = None
        self._rows: RowSet | None = None
        self._graph: StateGraph | None = None

    def work(self, work: Callable[[Symbolic], T], clock: Clock) -> T:
        """Return what the work finds. It is started again in another manager if the one there is full."""
        while True:
            try:
                if self._symbolic is None:
                    _check_addresses(ADDRESSES + self._size.capacity * BYTES_PER_NODE)
                    clock.check(self._size.capacity * BYTES_PER_NODE)
                    self._symbolic = Symbolic(self.system, self.asked, self._size, clock)
                self._symbolic.check = clock
                return work(self._symbolic)
            except DDMemoryError:
                self._symbolic = None
            larger = next(self._sizes, None)
            if larger is None:
                raise LimitReached(Reason.LIMIT, f"more than {self._size.capacity} nodes")
            self._size = larger

    @property
    def configurations(self) -> Codes:
        """The configurations listed."""
        assert isinstance(self.asked, np.ndarray), "the family is too large to list"
        return self.asked

    def rows(self, clock: Clock) -> RowSet:
        """Return the reachable pairs, sorted."""
        if self._rows is None:
            clock.doing = "listing states"
            columns = self.work(lambda s: s.columns(s.reached), clock)
            self._rows = RowSet(as_rows(columns), self.evaluator.layout.sizes)
            self.evaluator.adopt(self._rows.rows, columns)
        return self._rows

    def graph(self, clock: Clock) -> StateGraph:
        """Return the graph of the reachable pairs."""
        if self._graph is None:
            rows = self.rows(clock)
            initial = self.work(lambda s: s.columns(s.initial), clock)
            clock.doing = "linking states"
            self._graph = state_graph(rows, as_rows(initial), self.evaluator, clock)
        return self._graph


def _check_addresses(wanted: int) -> None:
    left = addresses.left()
    if left is not None and left < wanted:
        detail = f"diagrams need {wanted >> 20} MiB of address space, and the system leaves {max(left, 0) >> 20}"
        raise LimitReached(Reason.LIMIT, detail)


def _sizes(orders: Sequence[tuple[str, ...]]) -> Iterator[Size]:
    capacity = SMALLEST_MANAGER
    while True:
        for order in orders:
            yield Size(capacity, order)
        if capacity >= LARGEST_MANAGER:
            return
        capacity = min(capacity * GROWTH, LARGEST_MANAGER)
