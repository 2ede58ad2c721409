"""What tests cover, whoever made them: worked out from their runs by the interpreter alone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from tunnelproof.conformance.testgen.classes import names_read
from tunnelproof.conformance.testgen.goals import Criterion
from tunnelproof.model.language.system import Step, System
from tunnelproof.verification.suites import Named, Test


def goals_met(tests: Iterable[Test], criterion: Criterion | str, *, each: bool = False) -> frozenset[Hashable]:
    """Return the goals of a criterion (actions or transitions) that the tests meet, counted as in a suite.

    A goal of one suite can be compared with one of another suite of the same model.
    """
    found: set[Hashable] = set()
    for test in tests:
        system = test.system
        rigid = _values(test.configuration, names_read(system))
        reading: dict[str, tuple[Hashable, ...]] = {}
        for before, step, after in zip(test.expectations, test.steps, test.expectations[1:], strict=False):
            if step.action not in reading:
                reading[step.action] = rigid if each else _read(system, step, test.configuration)
            goal: tuple[Hashable, ...] = (step, reading[step.action])
            if criterion == Criterion.TRANSITIONS:
                goal += (tuple(before[v.name] for v in system.variables),)
                goal += () if each else (tuple(after[name] for name in system.definitions),)
            found.add(goal)
    return frozenset(found)


def _read(system: System, step: Step, configuration: Named) -> tuple[Hashable, ...]:
    """Return the values of the configuration variables that the step's rule reads."""
    rule = system.action_named[step.action]
    return _values(configuration, frozenset().union(*map(system.reads, rule.expressions)))


def _values(configuration: Named, names: frozenset[str]) -> tuple[Hashable, ...]:
    return tuple(value for name, value in configuration.items() if name in names)
