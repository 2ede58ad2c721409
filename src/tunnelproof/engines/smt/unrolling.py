"""The runs of all configurations, unrolled step by step, and the least among those that meet a wish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import z3

from tunnelproof.engines.smt.cubes import Alphabet, Cube, Marks, value_in
from tunnelproof.engines.smt.effort import Effort
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula, Member, Scope, Term, Whole
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import TRUE, Expr


@dataclass(frozen=True, eq=False)
class Step:
    """One step of all runs: ``takes`` says that it is taken, ``number`` and ``chosen`` which one it is."""

    takes: Formula
    number: Whole
    chosen: list[Formula]


class Unrolling:
    """Runs that are as many steps long as have been asked for so far."""

    def __init__(self, task: Task, effort: Effort, allowed: Expr = TRUE) -> None:
        self._task, self._effort = task, effort
        self._solver = effort.solver(task.encoder.context)
        fresh = {name: task.encoder.fresh(domain) for name, domain in task.configuration.items()}
        self._rigid = Scope(task.encoder, {name: term for name, (term, _) in fresh.items()})
        self._alphabet = Alphabet(task.configuration)
        self._marks = Marks(self._alphabet, task.encoder, self._rigid)
        self._solver.add(*(inside for _, inside in fresh.values()), *self._marks.definitions)
        self._solver.add(task.encoder.term(allowed, self._rigid))
        self.states = [self._state()]
        self.steps: list[Step] = []
        self._solver.add(task.start(self.states[0]))

    def extend_to(self, length: int) -> None:
        """Make the runs that long; whether a run takes a step remains to be assumed."""
        while len(self.steps) < length:
            self._extend()

    def named(self, formula: Formula) -> Formula:
        """Return a mark that is true just where the formula is."""
        mark = self._task.encoder.flag()
        self._solver.add(mark == formula)
        return mark

    def require(self, formula: Formula) -> None:
        """Leave out the runs that do not meet the formula."""
        self._solver.add(formula)

    def holds(self, wanted: list[Formula]) -> bool:
        """Say whether some run meets what is wanted. Raises `OutOfEffort`."""
        return self._effort.holds(self._solver, wanted)

    def takes(self, length: int) -> list[Formula]:
        """Return the assumptions that so many steps are taken."""
        return [step.takes for step in self.steps[:length]]

    def configured(self, values: Mapping[str, Value]) -> list[Formula]:
        """Return the assumptions that the configuration has the values."""
        return self._marks.assume(self._alphabet.exactly(values))

    def outside(self, cube: Cube) -> Formula:
        """Return the formula that the configuration is not in a cube."""
        return self._task.encoder.any(self._marks.clause(cube))

    def run(self, length: int) -> tuple[dict[str, Value], tuple[int, ...]]:
        """Return the configuration with the initial state, and the labels, of the run that was found last."""
        model = self._solver.model()
        names = [*self._task.configuration, *self._task.state]
        values = {name: value_in(model, self.states[0][name]) for name in names}
        return values, tuple(int(value_in(model, step.number)) for step in self.steps[:length])

    def least(self, wanted: list[Formula], length: int) -> tuple[int, ...]:
        """Return the labels of the least run that meets what is wanted, after it was found that one does.

        Variable by variable of the start, and then step by step, the least that leaves it possible is fixed.
        """
        terms: list[Term] = [self.states[0][name] for name in self._task.state]
        terms += [step.number for step in self.steps[:length]]
        model = self._solver.model()
        for term in terms:
            while (smaller := self._smaller(term, model)) is not None:
                if not self.holds([*wanted, smaller]):
                    break
                model = self._solver.model()
            value = self._task.encoder.constant(value_in(model, term), term.enum if isinstance(term, Member) else None)
            wanted = [*wanted, self.named(self._task.encoder.equal(term, value))]
        return tuple(int(value_in(model, step.number)) for step in self.steps[:length])

    def _state(self) -> Scope:
        scope, inside = self._task.fresh(self._rigid)
        self._solver.add(inside)
        return scope

    def _extend(self) -> None:
        task, before, after = self._task, self.states[-1], self._state()
        takes = task.encoder.flag()
        number, chosen, definitions = task.labels_between(before, after)
        self._solver.add(*definitions)
        for label, mark in zip(task.labels, chosen, strict=True):
            exists, reached = task.fire(label, before)
            happens = z3.And(exists, task.done(label, reached, after))
            self._solver.add(z3.Or(z3.Not(takes), z3.Not(mark), happens))
        if not chosen:
            self._solver.add(z3.Not(takes))
        self.steps.append(Step(takes, number, chosen))
        self.states.append(after)

    def _smaller(self, term: Term, model: Any) -> Formula | None:
        """Return a mark that the term has a smaller value than in the model; ``None`` if there is none."""
        value = value_in(model, term)
        if isinstance(term, Member):
            position = term.enum.members.index(str(value))
            return self.named(z3.ULT(term.bits, position)) if position else None
        if isinstance(term, Whole):
            return self.named(term.bits < int(value)) if int(value) > term.lo else None
        return z3.Not(term) if value else None
