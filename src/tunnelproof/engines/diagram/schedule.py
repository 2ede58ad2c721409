"""In which order step labels are tried in a round of the fixpoint: causes before effects, so that chaining gains most.

The labels of a component go together, the component that is deepest in the diagrams first: what is found below is
found once, before much hangs above it. Within a component labels go by the round in which they first become enabled;
within a round those that enable others come first. So it does not matter in which order a model declares its actions.
"""

from __future__ import annotations

from collections.abc import Sequence

from tunnelproof.engines.diagram.encoding import Diagram
from tunnelproof.engines.diagram.relation import Relation

_LARGEST_ROUND = 200  # labels that are compared with each other


class Schedule:
    """The order of a relation's labels, and what one round in that order has reached already."""

    def __init__(self, relation: Relation, initial: Diagram) -> None:
        self._relation = relation
        self._guards = [relation.enabled([label]) for label in range(len(relation.pieces))]
        self._reads = [self._read_by(label) for label in range(len(relation.pieces))]
        self.reached = initial
        self.labels: list[int] = []
        left = list(range(len(relation.pieces)))
        while enabled := [label for label in left if (self._guards[label] & self.reached).satisfiable()]:
            self._round(enabled)
            left = [label for label in left if label not in enabled]
        self.labels += left  # never enabled so far; what the rest leads to may enable them
        self.labels = self._deepest_component_first()

    def _round(self, enabled: Sequence[int]) -> None:
        for label in self._causes_first(enabled) if len(enabled) <= _LARGEST_ROUND else enabled:
            for move in self._relation.moves([label]):
                self.reached = self.reached | move.image(self.reached)
            self.labels.append(label)

    def _deepest_component_first(self) -> list[int]:
        """Return the labels by component, in the order of the mean level at which the component's steps begin."""
        system = self._relation.system
        parts: dict[str, list[int]] = {}
        for label in self.labels:
            parts.setdefault(system.action_named[system.steps[label].action].component, []).append(label)
        depth = {name: self._depth(labels) for name, labels in parts.items()}
        return [label for name in sorted(parts, key=lambda name: -depth[name]) for label in parts[name]]

    def _depth(self, labels: Sequence[int]) -> float:
        tops = [min(move.reads | move.writes, default=0) for move in self._relation.moves(labels)]
        return sum(tops) / len(tops) if tops else 0

    def _causes_first(self, enabled: Sequence[int]) -> list[int]:
        """Return the labels in reverse postorder of 'enables', which is a topological order if there is one."""
        visited: set[int] = set()
        postorder: list[int] = []

        def visit(label: int) -> None:
            visited.add(label)
            for other in reversed(enabled):
                if other not in visited and self._enables(label, other):
                    visit(other)
            postorder.append(label)

        for label in reversed(enabled):
            if label not in visited:
                visit(label)
        return postorder[::-1]

    def _enables(self, label: int, other: int) -> bool:
        """Say whether a step of the label can lead from where the other is not enabled to where it is."""
        guard = self._guards[other]
        return any(
            not self._reads[other].isdisjoint(name for name, _ in piece.assignment)
            and (piece.guard & self._relation.encoding.after(guard, piece.assignment) & ~guard).satisfiable()
            for piece in self._relation.pieces[label]
        )

    def _read_by(self, label: int) -> frozenset[str]:
        system = self._relation.system
        action = system.action_named[system.steps[label].action]
        return frozenset(name for expr in action.expressions for name in system.reads(expr))
