"""The interpreter's steps, remembered.

What an action does depends only on the few variables that it reads. The interpreter is asked once for each
combination of their values; afterwards the answer is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Action, Step, System
from tunnelproof.semantics.step import successors

Values = tuple[Value, ...]
Writes = tuple[tuple[int, Value], ...]


class Steps:
    """The steps of a system, state by state, in declaration order."""

    def __init__(self, system: System) -> None:
        names = list(system.domains)
        self._actions = [_Memo(system, action, names) for action in system.actions]  # there may be thousands

    def of(self, configuration: Values, state: Values) -> Iterator[tuple[Step, Values]]:
        """Yield every step of the state with the state after it."""
        for memo in self._actions:
            for step, writes in memo.steps(configuration, state):
                after = list(state)
                for position, value in writes:
                    after[position] = value
                yield step, tuple(after)


class _Memo:
    """What one action does, by the values that it reads."""

    def __init__(self, system: System, action: Action, names: list[str]) -> None:
        read = frozenset().union(*(system.reads(expr) for expr in action.expressions))
        self._read = [i for i, name in enumerate(names) if name in read]
        self._alone = replace(system, actions=(action,))
        position = {v.name: i for i, v in enumerate(system.variables)}
        self._written = {o.name: [position[name] for name, _ in o.effects] for o in action.outcomes}
        self._known: dict[Values, tuple[tuple[Step, Writes], ...]] = {}

    def steps(self, configuration: Values, state: Values) -> tuple[tuple[Step, Writes], ...]:
        """Return the action's steps with what each assigns."""
        pair = configuration + state
        key = tuple([pair[i] for i in self._read])
        if key not in self._known:
            self._known[key] = tuple(
                (step, tuple((i, after[i]) for i in self._written[step.outcome]))
                for step, after in successors(self._alone, configuration, state)
            )
        return self._known[key]
