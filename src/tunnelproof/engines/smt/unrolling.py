"""Bounded search for a shortest trace in one configuration, and among those for the least in declaration order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import z3

from tunnelproof.engines.smt.cubes import Alphabet, Marks, value_in
from tunnelproof.engines.smt.effort import Effort
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula, Member, Scope, Term, Whole
from tunnelproof.model.language.domains import Value


@dataclass(frozen=True, eq=False)
class _Step:
    """One step of all runs: ``takes`` says that it is taken, ``number`` and ``chosen`` which one it is."""

    takes: Formula
    number: Whole
    chosen: list[Formula]


class Unrolling:
    """The runs of all configurations, as many steps long as have been asked for so far."""

    def __init__(self, task: Task, effort: Effort) -> None:
        self._task, self._effort = task, effort
        self._solver = effort.solver(task.encoder.context)
        fresh = {name: task.encoder.fresh(domain) for name, domain in task.configuration.items()}
        self._rigid = {name: term for name, (term, _) in fresh.items()}
        self._alphabet = Alphabet(task.configuration)
        self._marks = Marks(self._alphabet, task.encoder, Scope(task.encoder, self._rigid))
        self._solver.add(*(inside for _, inside in fresh.values()), *self._marks.definitions)
        self._states = [self._state()]
        self._solver.add(task.start(self._states[0]))
        self._steps: list[_Step] = []
        self._bad: list[Formula] = []

    def shortest(self, configuration: tuple[Value, ...], fewest: int, most: int) -> tuple[int, ...] | None:
        """Return the labels of the least of the shortest traces to something bad, of so many steps."""
        values = dict(zip(self._task.configuration, configuration, strict=True))
        here = self._marks.assume(self._alphabet.exactly(values))
        for length in range(fewest, most + 1):
            self._extend_to(length)
            wanted = [*here, *(step.takes for step in self._steps[:length]), self._bad[length]]
            if self._effort.holds(self._solver, wanted):
                return self._least(wanted, length)
        return None

    # --- runs --------------------------------------------------------------------------------------------------------

    def _state(self) -> Scope:
        scope, inside = self._task.fresh(self._rigid)
        self._solver.add(inside)
        return scope

    def _extend_to(self, length: int) -> None:
        """Make the runs that long, and a mark for each length that says that they end badly."""
        if not self._bad:
            self._bad.append(self._named(self._task.bad_at_start(self._states[0])))
        while len(self._steps) < length:
            self._extend()

    def _extend(self) -> None:
        task, before, after = self._task, self._states[-1], self._state()
        takes = task.encoder.flag()
        number, chosen, definitions = task.labels_between(before, after)
        self._solver.add(*definitions)
        bad = [task.bad_state(after)] if task.bad_is_a_state else []
        for label, mark in zip(task.labels, chosen, strict=True):
            exists, reached = task.fire(label, before)
            happens = z3.And(exists, task.done(label, reached, after))
            self._solver.add(z3.Or(z3.Not(takes), z3.Not(mark), happens))
            if not task.bad_is_a_state and task.can_be_bad(label):
                bad.append(z3.And(mark, task.bad_step(label, before, after)))
        if not chosen:
            self._solver.add(z3.Not(takes))
        self._steps.append(_Step(takes, number, chosen))
        self._states.append(after)
        self._bad.append(self._named(task.encoder.any(bad)))

    def _named(self, formula: Formula) -> Formula:
        mark = self._task.encoder.flag()
        self._solver.add(mark == formula)
        return mark

    # --- the least trace ---------------------------------------------------------------------------------------------

    def _least(self, wanted: list[Formula], length: int) -> tuple[int, ...]:
        """Fix the start, variable by variable, and then each step to the least that leaves what is wanted possible."""
        terms: list[Term] = [self._states[0][name] for name in self._task.state]
        terms += [step.number for step in self._steps[:length]]
        model = self._solver.model()
        for term in terms:
            while (smaller := self._smaller(term, model)) is not None:
                if not self._effort.holds(self._solver, [*wanted, smaller]):
                    break
                model = self._solver.model()
            value = self._task.encoder.constant(value_in(model, term), term.enum if isinstance(term, Member) else None)
            wanted = [*wanted, self._named(self._task.encoder.equal(term, value))]
        return tuple(int(value_in(model, step.number)) for step in self._steps[:length])

    def _smaller(self, term: Term, model: Any) -> Formula | None:
        """Return a mark that the term has a smaller value than in the model; ``None`` if there is none."""
        value = value_in(model, term)
        if isinstance(term, Member):
            position = term.enum.members.index(str(value))
            return self._named(z3.ULT(term.bits, position)) if position else None
        if isinstance(term, Whole):
            return self._named(term.bits < int(value)) if int(value) > term.lo else None
        return z3.Not(term) if value else None
