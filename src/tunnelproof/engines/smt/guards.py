"""In which configurations do the same steps fail? The run is carried out on terms over the configuration alone."""

from __future__ import annotations

import z3

from tunnelproof.engines.smt.cubes import Alphabet, Cube, Marks
from tunnelproof.engines.smt.effort import Effort
from tunnelproof.engines.smt.induction import Counterexample
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula, Scope
from tunnelproof.model.language.expressions import Expr

_MOST = 64  # cubes of one counterexample; what is beyond them will be found again


class Guards:
    """Describes the configurations that counterexamples settle, each counterexample's by a few cubes."""

    def __init__(self, task: Task, allowed: Expr, effort: Effort) -> None:
        self._task, self._effort = task, effort
        encoder = task.encoder
        fresh = {name: encoder.fresh(domain) for name, domain in task.configuration.items()}
        self._rigid = Scope(encoder, {name: term for name, (term, _) in fresh.items()})
        self.alphabet = Alphabet(task.configuration)
        self._marks = Marks(self.alphabet, encoder, self._rigid)
        self._solver = effort.solver(encoder.context)
        self._solver.add(*(inside for _, inside in fresh.values()), *self._marks.definitions)
        self._solver.add(encoder.term(allowed, self._rigid))

    def cubes(self, found: Counterexample) -> list[Cube]:
        """Return cubes of configurations in which the counterexample's steps fail, its own configuration among them."""
        mark = self._task.encoder.flag()
        self._solver.add(mark == self._fails(found))
        values = {name: found.values[name] for name in self._task.configuration}
        cubes = [self._around(self.alphabet.exactly(values), mark)]
        while len(cubes) < _MOST and self._effort.holds(self._solver, [mark]):
            values = self._marks.values(self._solver.model())
            cubes.append(self._around(self.alphabet.exactly(values), mark))
        return cubes

    def _around(self, exactly: Cube, mark: Formula) -> Cube:
        """Return a cube around one configuration in which the run fails everywhere; it is not returned again."""
        passes = self._effort.holds(self._solver, [*self._marks.assume(exactly), z3.Not(mark)])
        assert not passes
        cube = self._marks.core(self._solver)
        self._solver.add(self._task.encoder.any(self._marks.clause(cube)))
        return cube

    def _fails(self, found: Counterexample) -> Formula:
        """Return the formula over the configuration that the steps exist and lead to something bad."""
        task = self._task
        condition, scope = task.started(self._rigid, found.values)
        conditions = [condition]
        before = scope
        for label in found.labels:
            before = scope
            condition, scope = task.fire(label, before)
            conditions.append(condition)
        if not found.labels:
            conditions.append(task.bad_at_start(scope))
        elif task.bad_is_a_state:
            conditions.append(task.bad_state(scope))
        else:
            conditions.append(task.bad_step(found.labels[-1], before, scope))
        return z3.simplify(task.encoder.all(conditions))
