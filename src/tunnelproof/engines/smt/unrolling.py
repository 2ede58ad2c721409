"""Bounded search for a shortest trace in one configuration, and among those for the least in declaration order."""

from __future__ import annotations

import z3

from tunnelproof.engines.smt.effort import Effort
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula, Scope
from tunnelproof.model.language.domains import Value


class Unrolling:
    """The runs of one configuration, as many steps long as have been asked for so far."""

    def __init__(self, task: Task, configuration: tuple[Value, ...], effort: Effort) -> None:
        self._task, self._effort = task, effort
        self._solver = effort.solver(task.encoder.context)
        domains = task.configuration
        self._rigid = {
            name: task.encoder.constant(value, domains[name])
            for name, value in zip(domains, configuration, strict=True)
        }
        self._chosen: list[list[Formula]] = []
        self._states = [self._state()]
        self._solver.add(task.start(self._states[0]))

    def shortest(self, longest: int) -> tuple[int, ...] | None:
        """Return the labels of the least of the shortest traces to something bad; ``None`` if all are longer."""
        for length in range(longest + 1):
            if length:
                self._extend()
            bad = self._bad(length)
            if self._effort.holds(self._solver, [bad]):
                return self._least(bad)
        return None

    def _state(self) -> Scope:
        scope, inside = self._task.fresh(self._rigid)
        self._solver.add(inside)
        return scope

    def _extend(self) -> None:
        """Add a step."""
        task, before, after = self._task, self._states[-1], self._state()
        chosen = [task.encoder.flag() for _ in task.labels]
        for label, mark in zip(task.labels, chosen, strict=True):
            exists, reached = task.fire(label, before)
            self._solver.add(z3.Implies(mark, z3.And(exists, task.same(after, reached))))
        self._solver.add(task.encoder.any(chosen))
        self._chosen.append(chosen)
        self._states.append(after)

    def _bad(self, length: int) -> Formula:
        task, last = self._task, self._states[length]
        mark = task.encoder.flag()
        if length == 0:
            formula = task.bad_at_start(last)
        elif task.bad_is_a_state:
            formula = task.bad_state(last)
        else:
            before = self._states[length - 1]
            cases = [
                z3.And(self._chosen[-1][label], task.bad_step(label, before, last))
                for label in task.labels
                if task.can_be_bad(label)
            ]
            formula = task.encoder.any(cases)
        self._solver.add(mark == formula)
        return mark

    # --- the least trace ---------------------------------------------------------------------------------------------

    def _least(self, bad: Formula) -> tuple[int, ...]:
        """Fix the start and then each step to the least that leaves something bad possible."""
        fixed = [bad]
        for name, domain in self._task.state.items():
            term = self._states[0][name]
            marks = [self._task.encoder.equal(term, self._task.encoder.constant(v, domain)) for v in domain.values]
            self._fix([self._marked(mark) for mark in marks], fixed)
        return tuple(self._fix(marks, fixed) for marks in self._chosen)

    def _marked(self, formula: Formula) -> Formula:
        mark = self._task.encoder.flag()
        self._solver.add(mark == formula)
        return mark

    def _fix(self, choices: list[Formula], fixed: list[Formula]) -> int:
        """Fix the first choice that is possible without the others, and return its position."""
        for position in range(len(choices)):
            alone = [mark if i == position else z3.Not(mark) for i, mark in enumerate(choices)]
            if self._effort.holds(self._solver, [*fixed, *alone]):
                fixed += alone
                return position
        raise AssertionError("a trace that was there is gone")
