"""How a rescue goes: into a worst place, and from there the cheapest way to the goal, step by step."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tunnelproof.evidence.points import shared_actions
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.properties.claims import Recoverable
from tunnelproof.semantics.cone import slice_for
from tunnelproof.semantics.step import Values, holds, successor, successors
from tunnelproof.verification.runs import Named, Run

MOST_STATES = 20_000  # looked at while searching for a way; beyond that the search is given up

Way = tuple[Step, ...]


@dataclass(frozen=True)
class Move:
    """A step of a procedure: whose it is, what it costs, and the state that it leads to."""

    step: Step
    actor: str
    price: int
    doc: str
    after: Named


@dataclass(frozen=True)
class Procedure:
    """A rescue in one configuration. ``into`` leads from ``start`` to a worst place, ``out`` from there to the goal.

    ``out`` is ``None`` if there is no way out, or the search for it was given up (``searched`` is then false). ``back``
    leads by automatic actions alone from the goal to a state from which these cannot reach the goal any more; ``None``
    if none was found from the end of this way, which does not mean that there is none after another one.
    """

    configuration: Named
    start: Named
    into: tuple[Move, ...]
    out: tuple[Move, ...] | None
    back: tuple[Move, ...] | None
    searched: bool = True

    @property
    def price(self) -> int:
        """What the way out costs."""
        return sum(move.price for move in self.out or ())


def procedure(system: System, claim: Recoverable, run: Run, automatic: Sequence[str]) -> Procedure:
    """Return how a rescue goes from the end of the run, a witness of the claim at too low a price."""
    search = _Search(system, claim, run.configuration, automatic)
    into = tuple(_moves(system, run.steps, run.states[1:]))
    nothing = Procedure(run.configuration, run.states[0], into, None, None, searched=False)
    try:
        out = search.cheapest(search.cut(run.states[-1]))
        if out is None:
            return replace(nothing, searched=True)
        leaving = tuple(_moves(system, out, search.replayed(run.states[-1], out)))
        last = leaving[-1].after if leaving else run.states[-1]
        back = search.back(search.cut(last))
        returning = None if back is None else tuple(_moves(system, back, search.replayed(last, back)))
    except _TooManyError:
        return nothing
    return Procedure(run.configuration, run.states[0], into, leaving, returning)


class _TooManyError(Exception):
    pass


class _Search:
    """The search in one configuration, in the part of the system that matters to the goal."""

    def __init__(self, system: System, claim: Recoverable, configuration: Named, automatic: Sequence[str]) -> None:
        self.system, self.claim, self.configuration = system, claim, configuration
        self.cone = slice_for(system, replace(claim, given=None, by=None, barring=(), within=None))
        self.rigid = tuple(configuration[v.name] for v in self.cone.configuration)
        self.helping = shared_actions(self.cone, claim.by) - set(claim.barring)
        self.automatic = shared_actions(self.cone, tuple(automatic))
        self.after: dict[Values, list[tuple[Step, Values]]] = {}

    def cut(self, state: Named) -> Values:
        """Return what the search sees of a state."""
        return tuple(state[v.name] for v in self.cone.variables)

    def steps(self, state: Values) -> list[tuple[Step, Values]]:
        if state not in self.after:
            if len(self.after) >= MOST_STATES:
                raise _TooManyError
            self.after[state] = list(successors(self.cone, self.rigid, state))
        return self.after[state]

    def at_goal(self, state: Values) -> bool:
        return holds(self.cone, self.claim.goal, self.rigid, state)

    def cheapest(self, start: Values) -> Way | None:
        """Return the cheapest way of the helpers to the goal; of several, one with the fewest steps."""
        price = {action.name: action.price for action in self.cone.actions}
        waiting: list[tuple[int, int, int, Values, Way]] = [(0, 0, 0, start, ())]
        done: set[Values] = set()
        turn = 0  # so that states need not be compared, and the first found is kept
        while waiting:
            spent, length, _, state, way = heapq.heappop(waiting)
            if state in done:
                continue
            done.add(state)
            if self.at_goal(state):
                return way
            for step, after in self.steps(state):
                if step.action in self.helping and after not in done:
                    turn += 1
                    heapq.heappush(waiting, (spent + price[step.action], length + 1, turn, after, (*way, step)))
        return None

    def back(self, start: Values) -> Way | None:
        """Return a shortest way of automatic actions to where they cannot reach the goal any more."""
        reached = self.spread(start)
        before: dict[Values, list[Values]] = {}
        for state in reached:
            for step, after in self.steps(state):
                if step.action in self.automatic:
                    before.setdefault(after, []).append(state)
        fine = {state for state in reached if self.at_goal(state)}
        queue = deque(fine)
        while queue:
            for earlier in before.get(queue.popleft(), ()):
                if earlier not in fine:
                    fine.add(earlier)
                    queue.append(earlier)
        return next((way for state, way in reached.items() if state not in fine), None)

    def spread(self, start: Values) -> dict[Values, Way]:
        """Return what automatic actions lead to, nearest first, each with a shortest way."""
        ways: dict[Values, Way] = {start: ()}
        queue = deque([start])
        while queue:
            state = queue.popleft()
            for step, after in self.steps(state):
                if step.action in self.automatic and after not in ways:
                    ways[after] = (*ways[state], step)
                    queue.append(after)
        return ways

    def replayed(self, start: Named, way: Way) -> Iterator[Named]:
        """Yield the states of the whole system to which the steps lead."""
        rigid = tuple(self.configuration[v.name] for v in self.system.configuration)
        names = [v.name for v in self.system.variables]
        state: Mapping[str, Value] = start
        for step in way:
            after = successor(self.system, rigid, tuple(state[name] for name in names), step)
            assert after is not None, f"{step} does not go in the whole system"
            state = dict(zip(names, after, strict=True))
            yield state


def _moves(system: System, steps: Sequence[Step], states: Iterable[Named]) -> Iterator[Move]:
    for step, after in zip(steps, states, strict=True):
        action = system.action_named[step.action]
        yield Move(step, action.actor, action.price, action.doc, after)
