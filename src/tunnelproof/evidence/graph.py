"""A system's state graph over all its configurations: an integer table of pairs and the steps between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tunnelproof.evidence.rows import Codes, Grouping, Layout, Numbers, Places
from tunnelproof.model.language.system import Step, System

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StateGraph:
    """Nodes are the rows of a closed set; edges are sorted by source, then label.

    ``labels`` are positions in ``system.steps``. At most one edge has a given source and label.
    """

    system: System
    rows: Codes
    initial: Mask
    sources: Places
    targets: Places
    labels: Places

    @cached_property
    def layout(self) -> Layout:
        """Which column holds what."""
        return Layout(self.system)

    @cached_property
    def grouping(self) -> Grouping:
        """Which row belongs to which configuration."""
        return Grouping(self.rows, self.layout)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The step of each label."""
        return self.system.steps

    @cached_property
    def reached(self) -> Mask:
        """The nodes that the edges lead to from the initial ones, these included."""
        return self.reach(self.initial)

    def __len__(self) -> int:
        return len(self.rows)

    def edges_with(self, labels: Numbers) -> Mask:
        """Return the mask of the edges that carry one of the labels."""
        found = np.zeros(len(self.labels), dtype=bool)
        for label in labels.tolist():
            found[self._of_label[label]] = True
        return found

    @cached_property
    def _of_label(self) -> Sequence[Places]:
        """The positions of the edges of each label."""
        narrow = self.labels.astype(np.uint16) if len(self.steps) < 1 << 16 else self.labels  # sorted faster
        order = np.argsort(narrow, kind="stable").astype(np.int32)
        return np.split(order, np.cumsum(np.bincount(self.labels, minlength=len(self.steps)))[:-1])

    def edges_of(self, actions: frozenset[str]) -> Mask:
        """Return the mask of the actions' edges."""
        wanted = np.array([step.action in actions for step in self.steps], dtype=bool)
        return wanted[self.labels]

    def sources_of(self, edges: Mask) -> Mask:
        """Return the mask of the nodes with an outgoing edge of the mask."""
        found = np.zeros(len(self), dtype=bool)
        found[self.sources[edges]] = True
        return found

    def reach(self, start: Mask, edges: Mask | None = None) -> Mask:
        """Return the nodes that the edges (default: all) lead to from the start nodes, these included."""
        return _spread(start, self.sources, self.targets, edges)

    def reach_back(self, goal: Mask, edges: Mask | None = None) -> Mask:
        """Return the nodes from which the edges (default: all) lead to a goal node, these included."""
        return _spread(goal, self.targets, self.sources, edges)

    @cached_property
    def prices(self) -> Numbers:
        """The price of each edge's action."""
        of = self.system.action_named
        return np.array([of[step.action].price for step in self.steps], dtype=np.int64)[self.labels]

    def cheapest(self, goal: Mask, edges: Mask, most: int) -> Numbers:
        """Return for each node the least total price of a path of the edges to a goal node; -1 if above ``most``."""
        tails, heads, prices = self.sources[edges], self.targets[edges], self.prices[edges]
        above = np.int64(most) + 1
        found = np.where(goal, 0, above).astype(np.int64)
        while True:
            after = found.copy()
            np.minimum.at(after, tails, found[heads] + prices)
            if np.array_equal(after, found):
                return np.where(found < above, found, -1)
            found = after


def _spread(start: Mask, tails: Places, heads: Places, edges: Mask | None) -> Mask:
    if edges is not None:
        tails, heads = tails[edges], heads[edges]
    found = start.copy()
    pending_tails, pending_heads = tails, heads
    while True:
        hit = found[pending_tails]
        before = int(found.sum())
        found[pending_heads[hit]] = True
        if int(found.sum()) == before:
            return found
        pending_tails, pending_heads = pending_tails[~hit], pending_heads[~hit]


def sort_edges(by_label: list[tuple[int, Places, Places]], count: int) -> tuple[Places, Places, Places]:
    """Join the edges of labels, given in ascending order with (sources, targets), sorted by source, then label.

    ``count`` is the number of nodes. A label has at most one edge per source, so a label's edges go to the first free
    places of their sources, all at once.
    """
    leaving = sum((np.bincount(at, minlength=count) for _, at, _ in by_label), np.zeros(count, dtype=np.int64))
    free = np.cumsum(leaving) - leaving
    sources = np.repeat(np.arange(count, dtype=np.int32), leaving)
    targets, labels = np.empty_like(sources), np.empty_like(sources)
    for label, at, found in by_label:
        place = free[at]
        targets[place] = found
        labels[place] = label
        free[at] += 1
    return sources, targets, labels
