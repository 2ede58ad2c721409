"""In which configurations do the same steps fail? The run is carried out on terms over the configuration alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import z3

from tunnelproof.engines.smt.cubes import Alphabet, Cube, Marks
from tunnelproof.engines.smt.effort import Effort
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula, Scope
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr

_MOST = 64  # cubes of one counterexample; what is beyond them will be found again


class Guards:
    """Describes the configurations that counterexamples settle, each counterexample's by a few cubes."""

    def __init__(self, task: Task, allowed: Expr, effort: Effort) -> None:
        self._task, self._effort = task, effort
        encoder = task.encoder
        fresh = {name: encoder.fresh(domain) for name, domain in task.configuration.items()}
        self._rigid = Scope(encoder, {name: term for name, (term, _) in fresh.items()})
        self._alphabet = Alphabet(task.configuration)
        self._marks = Marks(self._alphabet, encoder, self._rigid)
        self._solver = effort.solver(encoder.context)
        self._solver.add(*(inside for _, inside in fresh.values()), *self._marks.definitions)
        self._solver.add(encoder.term(allowed, self._rigid))

    def run(self, start: Mapping[str, Value], labels: Sequence[int]) -> tuple[Formula, list[Scope]]:
        """Return the states of a run as terms over the configuration, and the formula that its steps exist.

        ``start`` gives a configuration and an initial state of it.
        """
        condition, scope = self._task.started(self._rigid, start)
        conditions, scopes = [condition], [scope]
        for label in labels:
            condition, scope = self._task.fire(label, scope)
            conditions.append(condition)
            scopes.append(scope)
        return self._task.encoder.all(conditions), scopes

    def cubes(self, start: Mapping[str, Value], fails: Formula) -> list[Cube]:
        """Return cubes of configurations in which a formula over the configuration holds, that of ``start`` among them.

        What has been returned once is not returned again.
        """
        mark = self._task.encoder.flag()
        self._solver.add(mark == z3.simplify(fails))
        cubes = [self._around({name: start[name] for name in self._task.configuration}, mark)]
        while len(cubes) < _MOST and self._effort.holds(self._solver, [mark]):
            cubes.append(self._around(self._marks.values(self._solver.model()), mark))
        return cubes

    def _around(self, values: Mapping[str, Value], mark: Formula) -> Cube:
        exactly = self._alphabet.exactly(values)
        passes = self._effort.holds(self._solver, [*self._marks.assume(exactly), z3.Not(mark)])
        assert not passes
        cube = self._marks.core(self._solver)
        self._solver.add(self._task.encoder.any(self._marks.clause(cube)))
        return cube
