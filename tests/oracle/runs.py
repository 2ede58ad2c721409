"""Fair runs, by enumeration.

**Infinite runs.** Let E be the steps that an infinite run takes infinitely often, and S the states that
they touch. E is not empty and *strongly connected*: each step of E is followed, through E, by every other
one. Conversely a run can be led into any reachable strongly connected E and walk round it for ever,
taking just E infinitely often. Which fairness promises hold depends on (S, E) alone:

* a weak action: some state of S does not enable it, or a step of E takes it;
* a strong action: no state of S enables it, or a step of E takes it;
* a fair outcome: no step of E takes its action where the outcome could occur, or a step of E has the
  outcome.

So does whether a point recurs: the points of an infinite run are steps with their targets. Hence a fair
run has some points infinitely often and takes allowed steps only in the end iff there is such an E of
allowed steps.

**Which E to try.** All sets S of states, and all sets A of fair outcomes whose occasions are avoided; for
these, E is *all* allowed steps inside S less the occasions of A. Nothing is lost: take any good E' on S,
and let A be the outcomes whose occasions E' avoids. E' is part of the E tried for (S, A), which has the
same states. The further steps keep it strongly connected, keep each "a step of E …" true, and bring no
occasion of A; the other outcomes occur in E', hence in E. And whatever E is tried is judged by the three
rules themselves.

**Stopped runs** end in a state where no step of a fair action exists; no promise can be broken there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations
from typing import NamedTuple, TypeVar

from tests.oracle.graph import Choice, Edge, Graph, State, choices, reached

from tunnelproof.model.language.system import Action, Fairness, System
from tunnelproof.properties.claims import Fair

T = TypeVar("T")
LARGEST = 12  # states of a component of which all subsets are tried


class TooLargeError(Exception):
    """The system is beyond what can be enumerated."""


class FairAction(NamedTuple):
    """The fairness of an action under some of its choices of parameters."""

    action: str
    choices: list[Choice]
    strong: bool

    def takes(self, edge: Edge) -> bool:
        """Say whether the step counts as taking it."""
        return edge.action == self.action and edge.choice in self.choices

    def kept(self, graph: Graph, states: Iterable[State], edges: Iterable[Edge]) -> bool:
        """Say whether a run that has these states and steps infinitely often keeps the promise."""
        if any(self.takes(e) for e in edges):
            return True
        enabled = [any(self.takes(e) for e in graph.leaving(s)) for s in states]
        return not any(enabled) if self.strong else not all(enabled)


class FairOutcome(NamedTuple):
    """The fairness of an outcome of an action under some of its choices of parameters."""

    action: str
    choices: list[Choice]
    outcome: str

    def occasion(self, graph: Graph, edge: Edge) -> bool:
        """Say whether the step takes the action where the outcome could occur."""
        if edge.action != self.action or edge.choice not in self.choices:
            return False
        rivals = [e for e in graph.leaving(edge.source) if (e.action, e.choice) == (edge.action, edge.choice)]
        return any(e.outcome == self.outcome for e in rivals)

    def occurs(self, edge: Edge) -> bool:
        """Say whether the step has the outcome."""
        return edge.action == self.action and edge.choice in self.choices and edge.outcome == self.outcome

    def kept(self, graph: Graph, edges: Sequence[Edge]) -> bool:
        """Say whether a run that takes these steps infinitely often keeps the promise."""
        return any(self.occurs(e) for e in edges) or not any(self.occasion(graph, e) for e in edges)


class Promises(NamedTuple):
    """All that is promised of a claim's runs."""

    actions: list[FairAction]
    outcomes: list[FairOutcome]

    def may_stop(self, graph: Graph, state: State) -> bool:
        """Say whether a run may stop in the state."""
        return not any(p.takes(e) for p in self.actions for e in graph.leaving(state))


def promises(system: System, claim: Fair) -> Promises:
    """Collect the promises: the claim's assumptions come before the model's fairness."""
    actions, outcomes = [], []
    for action in system.actions:
        fairness = dict(claim.assuming).get(action.name, action.fairness)
        for group in _groups(action):
            if fairness is not Fairness.NONE:
                actions.append(FairAction(action.name, group, fairness is Fairness.STRONG))
            outcomes += [FairOutcome(action.name, group, o.name) for o in action.outcomes if o.fair]
    return Promises(actions, outcomes)


def _groups(action: Action) -> list[list[Choice]]:
    """An action fair for each choice of parameters is as many actions; any other is one."""
    return [[choice] for choice in choices(action)] if action.each else [choices(action)]


def fair_loop(
    graph: Graph,
    promised: Promises,
    allowed: Sequence[Edge],
    recurring: Sequence[Callable[[Edge], bool]] = (),
) -> bool:
    """Say whether a fair run in the end takes allowed steps only, each of ``recurring`` infinitely often."""
    return any(True for _ in fair_loops(graph, promised, allowed, recurring))


def fair_loops(
    graph: Graph,
    promised: Promises,
    allowed: Sequence[Edge],
    recurring: Sequence[Callable[[Edge], bool]] = (),
) -> Iterator[set[State]]:
    """Yield each set of states that a run, fair and with each of ``recurring``, can have infinitely often."""
    for states in _candidates(allowed):
        inside = [e for e in allowed if e.source in states and e.target in states]
        for avoided in _subsets(promised.outcomes):
            edges = [e for e in inside if not any(o.occasion(graph, e) for o in avoided)]
            if (
                _strongly_connected(states, edges)
                and all(any(point(e) for e in edges) for point in recurring)
                and all(p.kept(graph, states, edges) for p in promised.actions)
                and all(o.kept(graph, edges) for o in promised.outcomes)
            ):
                yield states
                break


def _candidates(allowed: Sequence[Edge]) -> Iterator[set[State]]:
    """Yield every set of states on a common cycle; no other set is strongly connected."""
    ends = sorted({e.source for e in allowed} & {e.target for e in allowed}, key=repr)
    ahead = {s: reached([s], allowed) for s in ends}
    seen: set[State] = set()
    for state in ends:
        if state in seen:
            continue
        component = [t for t in ends if t in ahead[state] and state in ahead[t]]
        seen |= set(component)
        if len(component) > LARGEST:
            raise TooLargeError(f"{len(component)} states on one cycle")
        yield from (set(chosen) for chosen in _subsets(component) if chosen)


def _strongly_connected(states: set[State], edges: Sequence[Edge]) -> bool:
    """Say whether there is a step and every state is reached through the steps from every one."""
    if not edges or {e.source for e in edges} != states or {e.target for e in edges} != states:
        return False
    backwards = [e._replace(source=e.target, target=e.source) for e in edges]
    one = next(iter(states))
    return reached([one], edges) == states == reached([one], backwards)


def _subsets(items: Sequence[T]) -> Iterable[tuple[T, ...]]:
    return chain.from_iterable(combinations(items, n) for n in range(len(items) + 1))
