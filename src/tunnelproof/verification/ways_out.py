"""Which actions would lead out of a trap, if they counted among the recovering ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tunnelproof.evidence.points import shared_actions
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.properties.claims import Claim, Recoverable
from tunnelproof.semantics.cone import slice_for
from tunnelproof.semantics.step import Values, holds, successors
from tunnelproof.verification.runs import Named, Run

MOST_STATES = 20_000  # looked at while searching for ways out; beyond that the search is given up


@dataclass(frozen=True)
class WayOut:
    """A step that is not the recovering actors' (or is barred), from a state of the trap towards the goal.

    ``after`` is where it leads, from where the goal is ``steps`` steps of the recovering actors away. States give the
    variables that recovery by anybody depends on.
    """

    action: str
    actor: str
    step: Step
    before: Named
    after: Named
    steps: int


def ways_out(system: System, claim: Claim, run: Run, limit: int = MOST_STATES) -> tuple[WayOut, ...] | None:
    """Return for each action that leads out of the run's trap a shortest way by it, in declaration order.

    Empty if the run has no trap, if no single action leads out, or if what keeps it there may be the price; ``None`` if
    more than ``limit`` states would have to be seen. It is the answer for the run's configuration: another one of the
    same cell may have other ways out, since they may depend on `what_ways_depend_on`.
    """
    if not isinstance(claim, Recoverable) or not run.trap or claim.within is not None:
        return ()
    wide = _wide(system, claim)
    helping = shared_actions(system, claim.by) - set(claim.barring)
    search = _Search(wide, claim, _values(wide.configuration, run.configuration), helping, limit)
    try:
        found = search.ways(_values(wide.variables, run.states[-1]))
    except _TooManyError:
        return None
    order = list(wide.action_named)
    return tuple(sorted(found.values(), key=lambda way: order.index(way.action)))


def what_ways_depend_on(system: System, claim: Recoverable) -> tuple[str, ...]:
    """Return the configuration variables that ways out of a trap may depend on."""
    return tuple(v.name for v in _wide(system, claim).configuration)


def _wide(system: System, claim: Recoverable) -> System:
    """Return the slice for recovery by anybody."""
    return slice_for(system, replace(claim, given=None, by=None, barring=()))


class _TooManyError(Exception):
    pass


class _Search:
    """The search in one configuration."""

    def __init__(
        self, system: System, claim: Recoverable, configuration: Values, helping: frozenset[str], limit: int
    ) -> None:
        self.system, self.claim, self.configuration = system, claim, configuration
        self.helping, self.limit = helping, limit
        self.after: dict[Values, list[tuple[Step, Values]]] = {}

    def ways(self, start: Values) -> dict[str, WayOut]:
        """Return the best way out by each action."""
        trap = self.reach([start])
        exits = [
            (step, state, after)
            for state in trap
            for step, after in self.steps(state)
            if step.action not in self.helping and after not in trap
        ]
        outside = self.reach(list(dict.fromkeys(after for _, _, after in exits)))
        distance = self.distances(outside)
        best: dict[str, WayOut] = {}
        for step, state, after in exits:
            if after not in distance:
                continue
            known = best.get(step.action)
            if known is None or distance[after] < known.steps:
                best[step.action] = self.way(step, state, after, distance[after])
        return best

    def way(self, step: Step, before: Values, after: Values, distance: int) -> WayOut:
        names = [v.name for v in self.system.variables]
        actor = self.system.action_named[step.action].actor
        return WayOut(
            step.action,
            actor,
            step,
            dict(zip(names, before, strict=True)),
            dict(zip(names, after, strict=True)),
            distance,
        )

    def steps(self, state: Values) -> list[tuple[Step, Values]]:
        if state not in self.after:
            if len(self.after) >= self.limit:
                raise _TooManyError
            self.after[state] = list(successors(self.system, self.configuration, state))
        return self.after[state]

    def reach(self, starts: list[Values]) -> dict[Values, None]:
        """Return what the helping actions lead to, in the order of discovery."""
        found = dict.fromkeys(starts)
        queue = deque(starts)
        while queue:
            for step, after in self.steps(queue.popleft()):
                if step.action in self.helping and after not in found:
                    found[after] = None
                    queue.append(after)
        return found

    def distances(self, states: Mapping[Values, None]) -> dict[Values, int]:
        """Return how many helping steps each state is from the goal; those that cannot get there are left out."""
        before: dict[Values, list[Values]] = {}
        for state in states:
            for step, after in self.steps(state):
                if step.action in self.helping:
                    before.setdefault(after, []).append(state)
        at_goal: Callable[[Values], bool] = lambda s: holds(self.system, self.claim.goal, self.configuration, s)  # noqa: E731
        distance = {state: 0 for state in states if at_goal(state)}
        queue = deque(distance)
        while queue:
            state = queue.popleft()
            for earlier in before.get(state, ()):
                if earlier not in distance:
                    distance[earlier] = distance[state] + 1
                    queue.append(earlier)
        return distance


def _values(declared: tuple[object, ...], named: Mapping[str, Value]) -> Values:
    return tuple(named[v.name] for v in declared)  # type: ignore[attr-defined]
