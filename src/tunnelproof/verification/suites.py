"""Suites of tests that follow from a model, as data: what is done, what should be seen, and how much that covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Environment, Values, apply_step, successors

Named = Mapping[str, Value]


@dataclass(frozen=True)
class Alternative:
    """An outcome that the model allows where a test asks for another one, and all values that are then expected."""

    outcome: str
    expectation: Named


@dataclass(frozen=True)
class Test:
    """One run of the model: a configuration, an initial state of it, and steps. ``about`` says what it is for.

    ``states`` has one more entry than ``steps``, each with a value for every variable, in declaration order. They are
    what whoever made the test found; `expectations` does not rest on them.
    """

    __test__ = False  # pytest should not take it for one of its own

    system: System = field(repr=False)
    configuration: Named
    start: Named
    steps: tuple[Step, ...]
    name: str = ""
    about: str = ""

    @cached_property
    def expectations(self) -> tuple[Named, ...]:
        """What should hold at the start and after each step: the value of every variable and derived name.

        The interpreter works them out. Raises `ValueError` if the model has no such run.
        """
        return tuple({name: env[name] for name in self._names} for env in self._environments)

    def alternatives(self, number: int) -> tuple[Alternative, ...]:
        """Return the outcomes other than the one asked for that step ``number`` (from 0) may have, in order."""
        step, env = self.steps[number], self._environments[number]
        action = self.system.action_named[step.action]
        if len(action.outcomes) == 1:
            return ()
        state = tuple(env[v.name] for v in self.system.variables)
        inner = Environment(self.system, self._row, state)
        inner.update(step.parameters)
        found = []
        for outcome in action.outcomes:
            after = apply_step(self.system, action, outcome, inner, state)
            if outcome.name != step.outcome and after is not None:
                there = Environment(self.system, self._row, after)
                found.append(Alternative(outcome.name, {name: there[name] for name in self._names}))
        return tuple(found)

    @property
    def _names(self) -> list[str]:
        return [*(v.name for v in self.system.variables), *self.system.definitions]

    @property
    def _row(self) -> Values:
        return tuple(self.configuration[v.name] for v in self.system.configuration)

    @cached_property
    def _environments(self) -> tuple[Environment, ...]:
        state: Values = tuple(self.start[v.name] for v in self.system.variables)
        found = [Environment(self.system, self._row, state)]
        for step in self.steps:
            after = dict(successors(self.system, self._row, state)).get(step)
            if after is None:
                raise ValueError(f"the model has no such run: {step} cannot be taken")
            state = after
            found.append(Environment(self.system, self._row, state))
        return tuple(found)


@dataclass(frozen=True)
class Coverage:
    """How much of what a criterion asks for a suite does.

    ``reachable`` goals are those that some run of the model, in a configuration asked about, can meet; ``covered`` of
    them are met by the tests. ``unreachable`` names what no run can meet. ``least_steps`` is a number of steps that no
    suite with the same coverage can have fewer of. ``limits`` says what was not looked at or not covered, and why:
    without any, all that is reachable is covered.
    """

    criterion: str
    counted: str  # what one goal is
    configurations: int
    used: int
    reachable: int
    covered: int
    least_steps: int
    unreachable: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every reachable goal is covered and everything was looked at."""
        return not self.limits and self.covered == self.reachable


@dataclass(frozen=True)
class Suite:
    """Tests made from a model, and what they cover."""

    system: System = field(repr=False)
    tests: tuple[Test, ...]
    coverage: Coverage
    where: str = ""

    @property
    def steps(self) -> int:
        """The number of steps of all tests together."""
        return sum(len(test.steps) for test in self.tests)

    @property
    def longest(self) -> int:
        """The number of steps of the longest test."""
        return max((len(test.steps) for test in self.tests), default=0)
