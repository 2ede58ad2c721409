"""Between decision diagrams and integer tables: listed rows to a diagram, a diagram to its rows or to a look-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunnelproof.engines.diagram.encoding import Diagram, Encoding
from tunnelproof.evidence.rows import Codes, Numbers

FALSE, TRUE = 0, 1
_BLOCK = 12  # levels that are unfolded at once
_KEY_BITS = 62

Names = Sequence[str]


@dataclass(frozen=True, eq=False)
class Nodes:
    """A diagram as arrays: per node its level and its two successors. Nodes 0 and 1 are false and true."""

    level: Numbers
    low: Numbers
    high: Numbers
    root: int

    @staticmethod
    def of(diagram: Diagram, bottom: int) -> Nodes:
        """Read the diagram; ``bottom`` is the level given to true and false."""
        number: dict[Diagram, int] = {}
        level, low, high = [bottom, bottom], [FALSE, TRUE], [FALSE, TRUE]

        def number_of(part: Diagram) -> int:
            at = part.node_level()
            if at is None:
                return TRUE if part.satisfiable() else FALSE
            if part not in number:
                number[part] = len(level)
                level.append(at)
                low.append(FALSE)
                high.append(FALSE)
                waiting.append(part)
            return number[part]

        waiting: list[Diagram] = []
        root = number_of(diagram)
        for part in waiting:  # grows while it is read
            cofactors = part.cofactors()
            assert cofactors is not None
            mine = number[part]
            high[mine], low[mine] = number_of(cofactors[0]), number_of(cofactors[1])
        return Nodes(np.array(level), np.array(low), np.array(high), root)


def columns_of(encoding: Encoding, diagram: Diagram, names: Names) -> Codes:
    """Return a line of codes for each name, over all elements of the set.

    These are sorted by the first name, then the second, and so on. The diagram must not depend on other names, nor
    contain codes that stand for no value.
    """
    blocks, paths = _paths(encoding, diagram, names)
    widths = [len(encoding.places[name]) for name in names]
    columns = np.empty((len(names), len(paths[0])), dtype=np.int32)
    if sum(widths) > _KEY_BITS:
        for i, name in enumerate(names):
            columns[i] = _codes(encoding, [name], blocks, paths)
        return columns[:, np.lexsort(columns[::-1])]
    keys = np.sort(_codes(encoding, names, blocks, paths))
    shift = sum(widths)
    for i, width in enumerate(widths):
        shift -= width
        columns[i] = (keys >> shift) & ((1 << width) - 1)
    return columns


@dataclass(frozen=True, eq=False)
class _Block:
    """Some neighbouring levels, and the bits along each path through them, as a number."""

    levels: Sequence[int]
    words: Numbers


def _paths(encoding: Encoding, diagram: Diagram, names: Names) -> tuple[list[_Block], list[Numbers]]:
    """Cut the levels into blocks; return for every element of the set which path it takes through each block."""
    levels = sorted(place for name in names for place in encoding.places[name])
    nodes = Nodes.of(diagram, levels[-1] + 1 if levels else 0)
    node = np.array([nodes.root] if nodes.root != FALSE else [], dtype=np.int64)
    blocks: list[_Block] = []
    paths: list[Numbers] = [np.zeros(len(node), dtype=np.int64)]  # one that has no levels, for sets without names
    for start in range(0, len(levels), _BLOCK):
        block = levels[start : start + _BLOCK]
        distinct, which = np.unique(node, return_inverse=True)
        origin, words, leads_to = _unfold(nodes, distinct, block)
        counts = np.bincount(origin, minlength=len(distinct))
        first = np.cumsum(counts) - counts
        repeats = counts[which]
        ends = np.cumsum(repeats)
        total = int(ends[-1]) if len(ends) else 0
        mine = np.arange(total) - np.repeat(ends - repeats - first[which], repeats)
        paths = [*(np.repeat(path, repeats) for path in paths), mine]
        blocks.append(_Block(block, words))
        node = leads_to[mine]
    return blocks, paths


def _codes(encoding: Encoding, names: Names, blocks: Sequence[_Block], paths: Sequence[Numbers]) -> Numbers:
    """Return the codes of the names in every element, written one after the other into one number."""
    places = [place for name in names for place in encoding.places[name]]
    keys = np.zeros(len(paths[0]), dtype=np.int64)
    for block, path in zip(blocks, paths[1:], strict=True):
        part = np.zeros(len(block.words), dtype=np.int64)
        for shift, place in enumerate(reversed(places)):
            if place in block.levels:
                bit = block.words >> (len(block.levels) - 1 - block.levels.index(place)) & 1
                part |= bit << shift
        keys |= part[path]
    return keys


def _unfold(nodes: Nodes, start: Numbers, block: Sequence[int]) -> tuple[Numbers, Numbers, Numbers]:
    """Follow every path through the block's levels: where it began (sorted), its bits, and the node it leads to."""
    origin, word, node = np.arange(len(start)), np.zeros(len(start), dtype=np.int64), start
    for level in block:
        here = nodes.level[node] == level
        low, high = np.where(here, nodes.low[node], node), np.where(here, nodes.high[node], node)
        node = np.concatenate([low, high])
        alive = node != FALSE
        node = node[alive]
        origin = np.concatenate([origin, origin])[alive]
        word = np.concatenate([word << 1, word << 1 | 1])[alive]
    order = np.argsort(origin, kind="stable")
    return origin[order], word[order], node[order]


def holds_for(encoding: Encoding, diagram: Diagram, names: Names, rows: Codes) -> NDArray[np.bool_]:
    """Return in which rows of codes the diagram, which depends on the names alone, is true."""
    bits = dict(_bits(encoding, names, rows))
    bottom = max(bits, default=-1) + 1
    nodes = Nodes.of(diagram, bottom)
    node = np.full(len(rows), nodes.root, dtype=np.int64)
    for level in sorted(bits):
        here = nodes.level[node] == level
        node = np.where(here, np.where(bits[level], nodes.high[node], nodes.low[node]), node)
    return np.equal(node, TRUE)


def diagram_of(encoding: Encoding, names: Names, rows: Codes) -> Diagram:
    """Return the set of the rows of codes, built from the bottom: one operation per node."""
    bits = dict(_bits(encoding, names, rows))
    levels = sorted(bits)
    if not len(rows):
        return encoding.false
    table = np.stack([bits[level] for level in levels], axis=1) if levels else np.zeros((1, 0), dtype=bool)
    table = _distinct(table)
    made: list[Diagram] = [encoding.false, encoding.true]
    node = np.full(len(table), TRUE, dtype=np.int64)
    for depth in reversed(range(len(levels))):
        prefix = table[:, :depth]
        fresh = np.ones(len(table), dtype=bool)
        fresh[1:] = (prefix[1:] != prefix[:-1]).any(axis=1)
        group = np.cumsum(fresh) - 1
        children = np.zeros((int(group[-1]) + 1, 2), dtype=np.int64)
        children[group, table[:, depth].astype(np.int64)] = node
        distinct, which = np.unique(children, axis=0, return_inverse=True)
        bit = encoding.manager.var(levels[depth])
        offset = len(made)
        made += [bit.ite(made[high], made[low]) for low, high in distinct.tolist()]
        node = which.reshape(-1) + offset
        table = table[fresh]
    return made[int(node[0])]


def _distinct(table: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the distinct rows, sorted."""
    width = table.shape[1]
    if width > 62:
        return np.unique(table, axis=0)
    weights = 1 << np.arange(width, dtype=np.int64)[::-1]
    keys = np.unique(table.astype(np.int64) @ weights)
    distinct: NDArray[np.bool_] = (keys[:, None] & weights) != 0
    return distinct


def _bits(encoding: Encoding, names: Names, rows: Codes) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    for column, name in enumerate(names):
        for shift, place in enumerate(reversed(encoding.places[name])):
            yield place, (rows[:, column] >> shift & 1).astype(bool)
