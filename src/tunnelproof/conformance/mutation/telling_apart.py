"""Whether a client can be told from the model, and by which shortest run: exploration of the two side by side.

Whoever tests asks for steps that the model has, sees what the client shows and which outcome it has. The model says all
along in which state it is, so that there is one pair of states, the model's and the client's, for each run. A run tells
them apart if the client refuses the last step, has another outcome than was asked for, or shows something else.

Besides, one may ask for an action that the model does not have there: a client that does it is told apart by that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from tunnelproof.conformance.mutation.behaviour import NOTHING, Behaviour, Observer
from tunnelproof.conformance.mutation.client import chosen
from tunnelproof.model.language.system import Step
from tunnelproof.verification.mutation import Choice, Difference, Distinction, Start

_Node = tuple[int, int]


class _Limit(Exception):
    """There are more pairs than are allowed."""


def tell_apart(
    model: Behaviour, client: Behaviour, starts: Iterable[Start], observer: Observer, limit: int, seed: int = 0
) -> Distinction:
    """Explore the model and the client side by side from the starts, until they differ.

    ``client`` shares its pairs with ``model``; ``observer`` says what is seen, and ``seed`` is that of the client's
    `MutantAdapter`. No more than ``limit`` pairs are met.
    """
    return _Exploration(model, client, observer, limit, seed).result(starts)


class _Exploration:
    """The pairs that have been met, and how."""

    def __init__(self, model: Behaviour, client: Behaviour, observer: Observer, limit: int, seed: int) -> None:
        self.model, self.client, self.observer = model, client, observer
        self.limit, self.seed = limit, seed
        self.begun: dict[_Node, Start] = {}
        self.came: dict[_Node, tuple[_Node, Step] | None] = {}
        self.pending: deque[_Node] = deque()
        self.changed = [
            a.name
            for a, b in zip(client.system.actions, model.system.actions, strict=True)
            if a is not b  # what is not changed is the same object
        ]
        self.forbidden: tuple[_Node, str, Choice] | None = None

    def result(self, starts: Iterable[Start]) -> Distinction:
        try:
            for configuration, state in starts:
                here = self.model.pairs.number(configuration, state)
                there = self.client.start(configuration, state)
                if there is None or self._look_different(here, there):
                    return Distinction(Difference.SEEN, len(self.came), (configuration, state))
                self.begun[here, there] = configuration, state
                self._meet((here, there), None)
            while self.pending:
                node = self.pending.popleft()
                if (fault := self._after(node)) is not None:
                    return Distinction(Difference.SEEN, len(self.came), *self._way(node, fault))
                if self.forbidden is None:
                    self._try_forbidden(node)
        except _Limit:
            return Distinction(Difference.UNDECIDED, len(self.came))
        if self.forbidden is not None:
            node, action, choice = self.forbidden
            return Distinction(Difference.BY_REFUSAL, len(self.came), *self._way(node), (action, choice))
        return Distinction(Difference.NONE, len(self.came))

    def _after(self, node: _Node) -> Step | None:
        """Meet the pairs that follow, or return the first step that tells the two apart."""
        here, there = node
        for step, after in self.model.steps(here):
            if here == there and step.action not in self.changed:
                self._meet((after, after), (node, step))
                continue
            outcomes = self.client.reactions(there, step.action).get(step.parameters, NOTHING)
            if not outcomes:
                return step
            happened = chosen(outcomes, step.outcome, self.seed)
            if happened not in self.model.reactions(here, step.action)[step.parameters]:
                return step
            if happened != step.outcome:
                continue  # as if it had been asked for
            if self._look_different(after, outcomes[happened]):
                return step
            self._meet((after, outcomes[happened]), (node, step))
        return None

    def _try_forbidden(self, node: _Node) -> None:
        here, there = node
        for action in self.changed if here == there else self.model.system.action_named:
            possible = self.model.reactions(here, action)
            for choice in self.client.reactions(there, action):
                if choice not in possible:
                    self.forbidden = node, action, choice
                    return

    def _look_different(self, here: int, there: int) -> bool:
        return here != there and self.observer.seen(here) != self.observer.seen(there)

    def _meet(self, node: _Node, how: tuple[_Node, Step] | None) -> None:
        if node in self.came:
            return
        if len(self.came) >= self.limit:
            raise _Limit
        self.came[node] = how
        self.pending.append(node)

    def _way(self, node: _Node, *last: Step) -> tuple[Start, tuple[Step, ...]]:
        steps = list(last)
        while (how := self.came[node]) is not None:
            node, step = how
            steps.insert(0, step)
        return self.begun[node], tuple(steps)
