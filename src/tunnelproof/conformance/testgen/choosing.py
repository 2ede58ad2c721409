"""Few configurations that together can meet every goal that any configuration can: a greedy set cover."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from tunnelproof.evidence.rows import Numbers


def cover(sets: Sequence[Numbers]) -> list[int]:
    """Return the positions of sets, in the order chosen, whose union is that of all. A set has no number twice.

    The one with the most goals that are still missing is chosen first, of equal ones the first; a set that the later
    ones have made needless is left out.
    """
    if not sets:
        return []
    goals, places = np.unique(np.concatenate(sets), return_inverse=True)
    ends = np.cumsum([len(one) for one in sets])
    parts = [places[end - len(one) : end] for one, end in zip(sets, ends.tolist(), strict=True)]
    missing = np.ones(len(goals), dtype=bool)
    queue = [(-len(part), i) for i, part in enumerate(parts)]
    heapq.heapify(queue)
    chosen: list[int] = []
    while queue:
        gain, i = heapq.heappop(queue)
        left = int(missing[parts[i]].sum())
        if not left:
            continue
        if left < -gain:
            heapq.heappush(queue, (-left, i))
            continue
        chosen.append(i)
        missing[parts[i]] = False
    return _needed(chosen, parts, len(goals))


def _needed(chosen: list[int], parts: Sequence[Numbers], count: int) -> list[int]:
    """Leave out, from the last one on, what the others do as well."""
    times = np.zeros(count, dtype=np.int64)
    for i in chosen:
        times[parts[i]] += 1
    kept: list[int] = []
    for i in reversed(chosen):
        if (times[parts[i]] > 1).all():
            times[parts[i]] -= 1
        else:
            kept.append(i)
    return kept[::-1]
