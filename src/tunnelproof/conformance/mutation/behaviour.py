"""What a system does in a state, and what is seen of the state: each worked out once, by the interpreter.

Pairs of a configuration and a state have numbers. A system and its mutants share them, and what they have in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr, Read
from tunnelproof.model.language.system import Action, Step, System
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.semantics.step import Environment, Values, initial_states, successors
from tunnelproof.verification.mutation import Choice

Reactions = Mapping[Choice, Mapping[str, int]]  # by parameters and outcome: the pair that it leads to

NOTHING: Mapping[str, int] = {}


class Behaviour:
    """The steps and starts of a system."""

    def __init__(self, system: System, original: Behaviour | None = None) -> None:
        """Prepare to follow a system; ``original`` is that of the system of which it is a mutant."""
        self.system = system
        self.pairs: Pairs = original.pairs if original else Pairs()
        known: Mapping[str, _Rule] = original._rules if original else {}
        self._rules: dict[str, _Rule] = {a.name: self._rule(a, known.get(a.name)) for a in system.actions}
        self._steps: dict[int, tuple[tuple[Step, int], ...]] = {}
        self._starts: dict[Values, list[Values]] = {}

    def reactions(self, pair: int, action: str) -> Reactions:
        """Return what the action can do in the pair."""
        return self._rules[action].reactions(pair)

    def steps(self, pair: int) -> tuple[tuple[Step, int], ...]:
        """Return every step of the pair with the pair that it leads to, in declaration order."""
        if pair not in self._steps:
            self._steps[pair] = tuple(
                (Step(name, choice, outcome), after)
                for name, rule in self._rules.items()
                for choice, outcomes in rule.reactions(pair).items()
                for outcome, after in outcomes.items()
            )
        return self._steps[pair]

    def starts(self, configuration: Values) -> list[Values]:
        """Return the initial states of the configuration, least first."""
        if configuration not in self._starts:
            self._starts[configuration] = initial_states(self.system, configuration)
        return self._starts[configuration]

    def start(self, configuration: Values, wanted: Values) -> int | None:
        """Return the pair of an initial state like the one wanted: as few variables as possible are different.

        Of several, it is that of the least state; ``None`` if the configuration has no initial state.
        """
        candidates = self.starts(configuration)
        if not candidates:
            return None
        nearest = min(candidates, key=lambda state: sum(a != b for a, b in zip(state, wanted, strict=True)))
        return self.pairs.number(configuration, nearest)

    def _rule(self, action: Action, known: _Rule | None) -> _Rule:
        return known if known and known.action is action else _Rule(self.system, action, self.pairs)


class Pairs:
    """The numbers of pairs of a configuration and a state."""

    def __init__(self) -> None:
        self.of: list[tuple[Values, Values]] = []
        self._numbers: dict[tuple[Values, Values], int] = {}

    def number(self, configuration: Values, state: Values) -> int:
        """Return the number of a pair; a new one gets the next."""
        found = self._numbers.setdefault((configuration, state), len(self.of))
        if found == len(self.of):
            self.of.append((configuration, state))
        return found


class _Rule:
    """What one action does. It depends only on the values that the action reads."""

    def __init__(self, system: System, action: Action, pairs: Pairs) -> None:
        self.action = action
        self._pairs = pairs
        self._alone = replace(system, actions=(action,))
        names = list(system.domains)
        read = frozenset().union(*(system.reads(expr) for expr in action.expressions))
        self._read = [place for place, name in enumerate(names) if name in read]
        position = {v.name: place for place, v in enumerate(system.variables)}
        self._written = {o.name: [position[name] for name, _ in o.effects] for o in action.outcomes}
        self._by_values: dict[Values, tuple[tuple[Step, tuple[tuple[int, Value], ...]], ...]] = {}
        self._by_pair: dict[int, Reactions] = {}

    def reactions(self, pair: int) -> Reactions:
        found = self._by_pair.get(pair)
        if found is None:
            found = self._by_pair[pair] = self._found(*self._pairs.of[pair])
        return found

    def _found(self, configuration: Values, state: Values) -> Reactions:
        whole = configuration + state
        key = tuple([whole[place] for place in self._read])
        if key not in self._by_values:
            self._by_values[key] = tuple(
                (step, tuple((place, after[place]) for place in self._written[step.outcome]))
                for step, after in successors(self._alone, configuration, state)
            )
        found: dict[Choice, dict[str, int]] = {}
        for step, writes in self._by_values[key]:
            after = list(state)
            for place, value in writes:
                after[place] = value
            target = self._pairs.number(configuration, tuple(after))
            found.setdefault(step.parameters, {})[step.outcome] = target
        return found


class Observer:
    """What can be seen of a pair: the values of some variables and derived names."""

    def __init__(self, system: System, names: Sequence[str], pairs: Pairs) -> None:
        self.system, self.names, self._pairs = system, tuple(names), pairs
        places = {name: place for place, name in enumerate(system.domains)}
        self._parts = [
            (name, Read(name) if name in places else system.definitions[name].definition) for name in self.names
        ]
        self._reads = [[places[read] for read in sorted(system.reads(expr))] for _, expr in self._parts]
        self._known: list[dict[Values, Value]] = [{} for _ in self.names]
        self._seen: dict[int, Mapping[str, Value]] = {}

    def seen(self, pair: int) -> Mapping[str, Value]:
        """Return what is seen of the pair."""
        if pair not in self._seen:
            configuration, state = self._pairs.of[pair]
            whole = configuration + state
            self._seen[pair] = {
                name: self._value(expr, tuple([whole[place] for place in reads]), known, configuration, state)
                for (name, expr), reads, known in zip(self._parts, self._reads, self._known, strict=True)
            }
        return self._seen[pair]

    def _value(
        self, expr: Expr, key: Values, known: dict[Values, Value], configuration: Values, state: Values
    ) -> Value:
        if key not in known:
            known[key] = evaluate(expr, Environment(self.system, configuration, state))
        return known[key]
