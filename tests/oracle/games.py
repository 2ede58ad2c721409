"""Who wins a game, by trying every strategy: the player's decisions are put into the graph, and the oracle decides it.

A strategy is memoryless: in each state a move or waiting. That is enough for whoever sees everything: what the player
wants, the environment's promises being kept, is a Rabin condition (Klarlund, 1994). A play in which the environment
yields again and again is a run in which "do what the strategy says" is weakly fair, as one action.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Literal

from tests.oracle.graph import Choice, Graph, State, World, explore, reached
from tests.oracle.runs import FairAction, Promises, fair_loop, promises

from tunnelproof.model.language.expressions import TRUE, Expr
from tunnelproof.properties.claims import Recurrence

Kind = Literal["reach", "again"]
Decision = tuple[str, Choice] | None  # None: to wait
FOLLOW = "follow"
MOST = 3_000  # strategies of one configuration


class TooManyStrategiesError(Exception):
    """More strategies than can be tried."""


def wins(world: World, player: str, kind: Kind, goal: Expr, keep: Expr, quick: bool = False) -> bool:
    """Say whether some strategy of the player makes sure that the goal is reached, or holds again and again."""
    whole = _stopped(world, explore(world, world.initial(), None), kind, goal, keep)
    return any(_achieved(world, whole, player, s, kind, goal, keep, quick) for s in _strategies(whole, player))


def _stopped(world: World, graph: Graph, kind: Kind, goal: Expr, keep: Expr) -> Graph:
    """Leave out what comes after the goal has been reached, or after what was to be kept is lost."""

    def over(state: State) -> bool:
        return not world.holds(keep, state) or (kind == "reach" and world.holds(goal, state))

    edges = [e for e in graph.edges if not over(e.source)]
    states = reached(graph.initial, edges)
    return Graph(graph.initial, [s for s in graph.states if s in states], [e for e in edges if e.source in states])


def _strategies(graph: Graph, player: str) -> Iterator[dict[State, Decision]]:
    options: list[list[Decision]] = []
    count = 1
    for state in graph.states:
        moves = dict.fromkeys((e.action, e.choice) for e in graph.leaving(state) if e.actor == player)
        options.append([None, *moves])
        count *= len(options[-1])
    if count > MOST:
        raise TooManyStrategiesError(str(count))
    for chosen in product(*options):
        yield dict(zip(graph.states, chosen, strict=True))


def _achieved(
    world: World,
    graph: Graph,
    player: str,
    strategy: dict[State, Decision],
    kind: Kind,
    goal: Expr,
    keep: Expr,
    quick: bool,
) -> bool:
    followed = [
        e._replace(action=FOLLOW, choice=())
        for e in graph.edges
        if e.actor == player and strategy[e.source] == (e.action, e.choice)
    ]
    first = {e.source for e in followed} if quick else set()
    edges = [*(e for e in graph.edges if e.actor != player and e.source not in first), *followed]
    states = reached(graph.initial, edges)
    if not all(world.holds(keep, s) for s in states):
        return False
    played = Graph(graph.initial, list(states), [e for e in edges if e.source in states])
    others = promises(world.system, Recurrence(id="game", sentence="", point=TRUE))
    yours = {a.name for a in world.system.actions if a.actor == player}
    promised = Promises(
        [*(p for p in others.actions if p.action not in yours), FairAction(FOLLOW, [()], strong=False)], others.outcomes
    )
    stuck = any(promised.may_stop(played, s) and not world.holds(goal, s) for s in played.states)
    without = [e for e in played.edges if not world.holds(goal, e.target)]
    return not stuck and not fair_loop(played, promised, without)
