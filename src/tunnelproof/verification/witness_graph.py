"""A witness as a graph: what happens, where it goes round for ever, the trap it ends in and the exits that it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tunnelproof.evidence.points import shared_actions
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.properties.claims import Claim, Recoverable
from tunnelproof.semantics.cone import slice_for
from tunnelproof.semantics.step import Values, successors
from tunnelproof.verification.runs import Named, Run
from tunnelproof.verification.ways_out import ways_out

if TYPE_CHECKING:
    import networkx as nx


def witness_graph(run: Run, system: System, claim: Claim | None = None) -> nx.MultiDiGraph[int]:
    """Return the witness as a graph on the states that it meets, numbered from 0 in the order of the run.

    Nodes have ``state`` (name to value), ``changed`` (what differs from the state before, or for the start the whole
    state), and ``role``: ``start``, ``step``, ``end``, ``loop``, ``trap`` or ``outside``. Edges have ``action``,
    ``actor``, ``parameters``, ``outcome``, ``number`` (of the run's step, from 1, or 0) and ``kind``: ``step``,
    ``loop``, ``idle``, ``trap`` (a step inside the trap) or ``missing`` (an exit that the recovering actions lack).
    The last two, and the states outside, need the ``claim``. States of a trap give only the variables that the claim
    depends on.
    """
    return _Drawing(run, system).drawn(claim)


class _Drawing:
    def __init__(self, run: Run, system: System) -> None:
        import networkx as nx

        self.run, self.system = run, system
        self.graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
        self.numbers: dict[tuple[tuple[str, str], ...], int] = {}

    def drawn(self, claim: Claim | None) -> nx.MultiDiGraph[int]:
        states = self.run.states
        for position, state in enumerate(states):
            before = states[position - 1] if position else None
            self.node(state, "start" if not position else "step", before)
        last = self.node(states[-1])
        for state in states[-1:] if self.run.loop is None else states[self.run.loop :]:
            self.graph.nodes[self.node(state)]["role"] = "end" if self.run.loop is None else "loop"
        for number, step in enumerate(self.run.steps, 1):
            kind = "loop" if self.run.loop is not None and number > self.run.loop else "step"
            self.edge(self.node(states[number - 1]), self.node(states[number]), step, kind, number)
        if self.run.idles:
            self.graph.add_edge(last, last, kind="idle", action="", actor="", parameters={}, outcome="", number=0)
        if isinstance(claim, Recoverable) and self.run.trap:
            self.trap(claim, last)
        return self.graph

    def node(self, state: Named, role: str = "step", before: Named | None = None) -> int:
        """Return the state's number, giving it one if it is new."""
        key = _key(state)
        if key not in self.numbers:
            self.numbers[key] = len(self.numbers)
            changed = dict(state) if before is None else _changed(before, state)
            self.graph.add_node(self.numbers[key], state=dict(state), changed=changed, role=role)
        return self.numbers[key]

    def edge(self, tail: int, head: int, step: Step, kind: str, number: int = 0) -> None:
        actor = self.system.action_named[step.action].actor
        label = {"action": step.action, "parameters": dict(step.parameters), "outcome": step.outcome}
        self.graph.add_edge(tail, head, kind=kind, actor=actor, number=number, **label)

    # --- traps -------------------------------------------------------------------------------------------------------

    def trap(self, claim: Recoverable, last: int) -> None:
        """Add the trap's states and steps, and the exits that are missing."""
        cone = slice_for(self.system, claim)
        helping = shared_actions(cone, claim.by) - set(claim.barring)
        names = [v.name for v in cone.variables]
        place: dict[Values, int] = {tuple(self.run.states[-1][name] for name in names): last}
        for state in self.run.trap:
            key = tuple(state[name] for name in names)
            if key not in place:
                place[key] = self.node(state, "trap", {name: self.run.states[-1][name] for name in names})
        for number in place.values():
            self.graph.nodes[number]["role"] = "trap"
        rigid = tuple(self.run.configuration[v.name] for v in cone.configuration)
        for key, number in place.items():
            for step, after in successors(cone, rigid, key):
                if step.action in helping and after in place:
                    self.edge(number, place[after], step, "trap")
        for way in ways_out(self.system, claim, self.run) or ():
            tail = place.get(tuple(way.before[name] for name in names))
            if tail is not None:
                self.edge(tail, self.node(way.after, "outside", way.before), way.step, "missing")


def _key(state: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    return tuple((name, repr(value)) for name, value in state.items())


def _changed(before: Named, after: Named) -> dict[str, Value]:
    return {name: value for name, value in after.items() if before.get(name) != value}
