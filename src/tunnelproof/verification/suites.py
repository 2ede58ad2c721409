"""Suites of tests that follow from a model, as data: what is done, what should be seen, and how much that covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Environment, Values, successor

Named = Mapping[str, Value]


@dataclass(frozen=True)
class Alternative:
    """An outcome that the model allows where a test asks for another one, and all values that are then expected."""

    outcome: str
    expectation: Named


@dataclass(frozen=True)
class Test:
    """One run of the model: a configuration, an initial state of it, and steps. ``about`` says what it is for."""

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
        return tuple(_expected(self.system, self._row, state) for state in self._states)

    def alternatives(self, number: int) -> tuple[Alternative, ...]:
        """Return the outcomes other than the one asked for that step ``number`` (from 0) may have, in order."""
        step, state = self.steps[number], self._states[number]
        action = self.system.action_named[step.action]
        others = [replace(step, outcome=o.name) for o in action.outcomes if o.name != step.outcome]
        after = {other.outcome: successor(self.system, self._row, state, other) for other in others}
        return tuple(
            Alternative(name, _expected(self.system, self._row, there))
            for name, there in after.items()
            if there is not None
        )

    @cached_property
    def _row(self) -> Values:
        return tuple(self.configuration[v.name] for v in self.system.configuration)

    @cached_property
    def _states(self) -> tuple[Values, ...]:
        found: list[Values] = [tuple(self.start[v.name] for v in self.system.variables)]
        for step in self.steps:
            after = successor(self.system, self._row, found[-1], step)
            if after is None:
                raise ValueError(f"the model has no such run: {step} cannot be taken")
            found.append(after)
        return tuple(found)


@lru_cache(maxsize=1 << 14)
def _expected(system: System, configuration: Values, state: Values) -> Named:
    """Return the value of every variable and derived name; the tests of one configuration pass by the same states."""
    env = Environment(system, configuration, state)
    return {name: env[name] for name in (*(v.name for v in system.variables), *system.definitions)}


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
