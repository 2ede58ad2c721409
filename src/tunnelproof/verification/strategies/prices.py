"""The price at which a player can make sure of a goal."""

from __future__ import annotations

import numpy as np

from tunnelproof.engines.analysis.vector import VectorEvaluator
from tunnelproof.engines.contract import Limits, Progress
from tunnelproof.family.partition import Partition
from tunnelproof.games.arena import Arena, explored
from tunnelproof.games.solver import free, prices
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Recurrence
from tunnelproof.semantics.cone import slice_for
from tunnelproof.verification.prove import Quiet, open_hearing


def guaranteed_prices(
    system: System,
    goal: Expr,
    player: str,
    *,
    where: Expr | str | None = None,
    quick: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = Quiet,
) -> Partition[int | None]:
    """Return for each configuration the least price at which the player can make sure of the goal, from wherever.

    It is the value of the game in the worst reachable state, for a player who sees everything; ``None`` where there is
    a state from which he cannot make sure of it, or at no bounded price. Found, not judged.
    """
    hearing = open_hearing(system, (), where, "auto", limits, progress)
    cone = slice_for(system, Recurrence(id="game", sentence="", point=goal))
    names = tuple(v.name for v in cone.configuration)
    graph = explored(cone, hearing.space.project(names), limits, progress)
    there = VectorEvaluator(cone).states(goal, graph.rows)
    arena = Arena(graph, player, quick)
    price, _ = prices(arena, there, np.ones_like(there), free(arena))
    worst = np.zeros(len(graph.grouping.codes), dtype=np.int64)
    np.maximum.at(worst, graph.grouping.of_row, np.where(price < 0, np.iinfo(np.int64).max, price))
    labels = {
        row: None if value == np.iinfo(np.int64).max else value
        for row, value in zip(graph.grouping.configurations, worst.tolist(), strict=True)
    }
    return Partition(hearing.space, names, labels)
