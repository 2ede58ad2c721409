"""One system in the configurations asked about: its search, rows and graph, each made when first wanted."""

from __future__ import annotations

import ctypes

import numpy as np

from tunnelproof.engines.analysis.vector import VectorEvaluator, as_rows
from tunnelproof.engines.clock import Clock
from tunnelproof.engines.explicit.code import link_module, search_module
from tunnelproof.engines.explicit.exploration import Exploration
from tunnelproof.engines.explicit.lowering import Members
from tunnelproof.engines.explicit.native import Compiled
from tunnelproof.engines.explicit.packing import Packing, Words, in_order
from tunnelproof.engines.explicit.starts import initial_rows
from tunnelproof.engines.explicit.steps import Steps, Watch
from tunnelproof.evidence.certificate import Values
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.points import at_rest
from tunnelproof.evidence.rows import Codes, Layout, Numbers, Places, RowSet
from tunnelproof.model.language.system import System

_CHUNK = 1 << 20  # states that are linked before the clock is looked at


class Machinery:
    """The compiled code of one system, with a history bit or without."""

    def __init__(self, system: System, watch: Watch | None = None) -> None:
        self.packing = Packing(system, () if watch is None else (watch.name,))
        self.members = Members(system)
        self.steps = Steps(system, self.packing, self.members, watch)
        self.most = len(system.steps)
        self.search = Compiled(search_module(self.steps, self.members))
        self._links: Compiled | None = None

    @property
    def links(self) -> Compiled:
        """The code that finds edges; compiled when it is first wanted."""
        if self._links is None:
            self._links = Compiled(link_module(self.steps, self.members))
        return self._links


class Family:
    """A system, the configurations asked about, and what has been found of it so far."""

    def __init__(self, system: System, configurations: tuple[Values, ...]) -> None:
        self.system = system
        self.layout = Layout(system)
        self.evaluator = VectorEvaluator(system)
        self.codes = self.layout.encode_configurations(configurations)
        self._known = RowSet(self.codes, self.layout.sizes[: self.layout.rigid])
        self._machinery: dict[Watch | None, Machinery] = {}
        self._searches: dict[tuple[Watch | None, int | None], Exploration] = {}
        self._rows: Codes | None = None
        self._graph: StateGraph | None = None

    def machinery(self, watch: Watch | None = None) -> Machinery:
        """Return the system's code."""
        if watch not in self._machinery:
            self._machinery[watch] = Machinery(self.system, watch)
        return self._machinery[watch]

    def search(self, watch: Watch | None = None, configuration: int | None = None) -> Exploration:
        """Return the search over all configurations, or that of one of them."""
        if len(self.codes) == 1:
            configuration = None
        if (watch, configuration) not in self._searches:
            for known in [key for key in self._searches if configuration is not None and key[1] is not None]:
                del self._searches[known]  # witnesses are searched in one configuration after the other
            machinery = self.machinery(watch)
            asked = self.codes if configuration is None else self.codes[configuration : configuration + 1]
            rows = initial_rows(self.system, asked)
            initial = machinery.packing.pack(rows)
            if watch is not None:
                seen = VectorEvaluator(self.system).states(at_rest(watch.sets), rows)
                machinery.packing.put(initial, watch.name, seen)
            self._searches[watch, configuration] = Exploration(machinery.search, initial, machinery.most)
        return self._searches[watch, configuration]

    def complete(self, clock: Clock) -> Exploration:
        """Return the search over all configurations when nothing is left to find."""
        search = self.search()
        while not search.finished:
            search.advance(clock)
        return search

    def configurations_of(self, states: Words, watch: Watch | None = None) -> Numbers:
        """Return for each state the position of its configuration."""
        packing = self.machinery(watch).packing
        rigid = self.layout.names[: self.layout.rigid]
        return self._known.find(as_rows(packing.unpack(states, rigid)))

    def rows(self, clock: Clock) -> Codes:
        """Return the reachable pairs, sorted."""
        if self._rows is None:
            self._order(clock)
        assert self._rows is not None
        return self._rows

    def graph(self, clock: Clock) -> StateGraph:
        """Return the graph of the reachable pairs."""
        if self._graph is None:
            states = self._order(clock)
            search, packing = self.complete(clock), self.machinery().packing
            initial = np.zeros(len(states), dtype=bool)
            place = RowSet(self.rows(clock), self.layout.sizes).find(
                as_rows(packing.unpack(search.states[: search.levels[0]]))
            )
            initial[place] = True
            self._graph = StateGraph(self.system, self.rows(clock), initial, *self._edges(search, states, clock))
        return self._graph

    def _order(self, clock: Clock) -> Words:
        """Return the reachable pairs as words in the order of their rows, and keep the rows."""
        search, packing = self.complete(clock), self.machinery().packing
        states = np.ascontiguousarray(search.states[in_order(search.states)])
        if self._rows is None:
            columns = packing.unpack(states)
            self._rows = as_rows(columns)
            self.evaluator.adopt(self._rows, columns)
        return states

    def _edges(self, search: Exploration, states: Words, clock: Clock) -> tuple[Places, Places, Places]:
        """Return sources, targets and labels of all edges; states are numbered in the order given.

        There are fewer than 2³¹ of them: graphs are built up to the limit of states.
        """
        integer, address = ctypes.c_int64, ctypes.c_void_p
        links = self.machinery().links
        number = links.function("number", [address, integer, integer, address, integer, address])
        link = links.function(
            "link", [address, integer, integer, address, integer, address, address, address, address, integer], integer
        )
        table, shift = search.table
        index = np.empty(len(table), dtype=np.int32)
        sources, targets, labels = (np.empty(search.steps, dtype=np.int32) for _ in range(3))
        where = (table.ctypes.data, shift, index.ctypes.data)
        edges = 0
        for start in range(0, len(states), _CHUNK):
            clock.check()
            number(states.ctypes.data, start, min(start + _CHUNK, len(states)), *where)
        for start in range(0, len(states), _CHUNK):
            clock.check()
            end, into = min(start + _CHUNK, len(states)), (a.ctypes.data for a in (sources, labels, targets))
            edges = link(states.ctypes.data, start, end, *where, *into, edges)
        assert edges == search.steps
        return sources, targets, labels
