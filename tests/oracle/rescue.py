"""What recovery costs, by definition: Dijkstra's algorithm from each state, over the helpers' steps."""

from __future__ import annotations

import heapq
from itertools import count

from tests.oracle.graph import State, World

from tunnelproof.properties.claims import Recoverable


def price_of_rescue(claim: Recoverable, world: World, state: State) -> int | None:
    """Return the least total price of a way from the state to the claim's goal; ``None`` if there is none."""
    prices = {action.name: action.price for action in world.system.actions}
    turn = count()  # so that states need not be compared
    waiting, done = [(0, next(turn), state)], set[State]()
    while waiting:
        spent, _, here = heapq.heappop(waiting)
        if here in done:
            continue
        done.add(here)
        if world.holds(claim.goal, here):
            return spent
        for edge in world.steps(here, claim.by):
            if edge.action not in claim.barring:
                heapq.heappush(waiting, (spent + prices[edge.action], next(turn), edge.target))
    return None


def is_rescued(claim: Recoverable, world: World, state: State) -> bool:
    """Say whether some way from the state leads to the goal, at a price that the claim allows."""
    price = price_of_rescue(claim, world, state)
    return price is not None and (claim.within is None or price <= claim.within)
