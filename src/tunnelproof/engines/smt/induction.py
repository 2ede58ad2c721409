"""Property-directed reachability over all configurations at once (Bradley 2011; Eén, Mishchenko, Brayton 2011).

Frame ``i`` over-approximates what is reachable in at most ``i`` steps, as a set of blocked cubes. A counterexample does
not end the search: its configurations are excluded for good, and the frames are kept, since they over-approximate what
is left all the more. Levels grow one by one, so that a counterexample is a shortest one of its configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import z3

from tunnelproof.engines.smt.cubes import Alphabet, Cube, Marks
from tunnelproof.engines.smt.effort import Effort
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula, Scope
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr, conjoin

_STALE = 400  # spent helper literals after which the solver is made anew

Named = dict[str, Value]


@dataclass(frozen=True)
class Counterexample:
    """An initial state with its configuration, and the labels of the steps that lead to something bad."""

    values: Named
    labels: tuple[int, ...]


@dataclass(frozen=True)
class _Duty:
    """A cube to be blocked in a frame: the labels lead from each of its states to something bad."""

    cube: Cube
    level: int
    labels: tuple[int, ...]


class Induction:
    """One search. ``allowed`` restricts the configurations; ``exclude`` receives counterexamples.

    ``exclude`` returns cubes over the configuration: those that the counterexample settles. It must return some.
    """

    def __init__(
        self,
        task: Task,
        allowed: Expr,
        exclude: Callable[[Counterexample], list[Cube]],
        effort: Effort,
        progress: Callable[[str], None],
    ) -> None:
        self._task, self._allowed, self._exclude = task, allowed, exclude
        self._effort, self._progress = effort, progress
        self.alphabet = Alphabet({**task.configuration, **task.state})
        self._frames: list[list[Cube]] = [[]]  # what was blocked up to this level and not yet above it
        self._excluded: list[Cube] = []
        self._prepare()

    def prove(self) -> Expr | None:
        """Return an inductive invariant of the configurations that are left; ``None`` if none is left.

        Raises `OutOfEffort`.
        """
        while True:
            level = len(self._frames) - 1
            self._progress(f"{level} steps, {sum(map(len, self._frames))} clauses")
            self._clear(level)
            if not self._effort.holds(self._solver, []):
                return None
            if level > 0 and self._is_closed(level):
                return self._invariant
            self._frames.append([])
            self._acts.append(self._task.encoder.flag())

    # --- the solver --------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Make the solver: two states, the steps between them, and what is bad."""
        task, encoder = self._task, self._task.encoder
        self._spent = 0
        self._solver = self._effort.solver(encoder.context)
        self._acts = [encoder.flag() for _ in self._frames]
        self._initial, self._moves = encoder.flag(), encoder.flag()
        rigid = {name: encoder.fresh(domain) for name, domain in task.configuration.items()}
        terms = {name: term for name, (term, _) in rigid.items()}
        before, inside = task.fresh(terms)
        after, inside_after = task.fresh(terms)
        self._now, self._next = (Marks(self.alphabet, encoder, scope) for scope in (before, after))
        self._solver.add(*(condition for _, condition in rigid.values()), inside, inside_after)
        self._solver.add(*self._now.definitions, *self._next.definitions)
        self._solver.add(encoder.term(self._allowed, before))
        self._solver.add(z3.Implies(self._initial, task.start(before)))
        self._start_bad = self._named(task.bad_at_start(before))
        _, self._chosen, definitions = task.labels_between(before, after)
        self._solver.add(*definitions)
        self._exists: list[Formula] = []
        self._bad: list[tuple[Formula, tuple[int, ...]]] = []
        if task.bad_is_a_state:
            self._bad.append((self._named(task.bad_state(before)), ()))
        for label in task.labels:
            self._add_step(label, before, after)
        self._some_bad = self._named(encoder.any([bad for bad, _ in self._bad]))
        for cube in self._excluded:
            self._solver.add(self._task.encoder.any(self._now.clause(cube)))
        for level, cubes in enumerate(self._frames):
            for cube in cubes:
                self._assert_blocked(cube, level)

    def _add_step(self, label: int, before: Scope, after: Scope) -> None:
        """Add a step: chosen, it has to exist if anything moves; where it exists, it leads to the state after it."""
        task, chosen = self._task, self._chosen[label]
        formula, reached = task.fire(label, before)
        exists = self._named(formula)
        self._exists.append(exists)
        self._solver.add(z3.Or(z3.Not(self._moves), z3.Not(chosen), exists))
        self._solver.add(z3.Or(z3.Not(chosen), z3.Not(exists), task.done(label, reached, after)))
        if not task.bad_is_a_state and task.can_be_bad(label):
            bad = z3.And(exists, task.bad_step(label, before, reached))
            self._bad.append((self._named(bad), (label,)))

    def _named(self, formula: Formula) -> Formula:
        mark = self._task.encoder.flag()
        self._solver.add(mark == formula)
        return mark

    def _frame(self, level: int) -> list[Formula]:
        return [*([self._initial] if level == 0 else []), *self._acts[level:]]

    def _assert_blocked(self, cube: Cube, level: int) -> None:
        self._solver.add(z3.Or(z3.Not(self._acts[level]), *self._now.clause(cube)))

    def _ask(self, assumptions: list[Formula], helper: list[Formula] | None = None) -> bool:
        """Ask the solver, with a clause that holds for this question only."""
        if helper is None:
            return self._effort.holds(self._solver, assumptions)
        mark = self._task.encoder.flag()
        self._solver.add(z3.Or(z3.Not(mark), *helper))
        answer = self._effort.holds(self._solver, [mark, *assumptions])
        self._spent += 1
        return answer

    # --- counterexamples ---------------------------------------------------------------------------------------------

    def _clear(self, level: int) -> None:
        """Block everything bad in the frame, excluding the configurations where that is impossible."""
        if level == 0:
            while self._ask([self._initial, self._start_bad]):
                self._settle(Counterexample(self._now.values(self._solver.model()), ()))
        while (duty := self._next_bad(level)) is not None:
            if isinstance(duty, Counterexample):
                self._settle(duty)
                continue
            found = self._block(duty)
            if found is not None:
                self._settle(found)

    def _settle(self, found: Counterexample) -> None:
        for cube in self._exclude(found):
            self._excluded.append(cube)
            self._solver.add(self._task.encoder.any(self._now.clause(cube)))

    def _next_bad(self, level: int) -> _Duty | Counterexample | None:
        if not self._ask([*self._frame(level), self._some_bad]):
            return None
        model = self._solver.model()
        values = self._now.values(model)
        mark, labels = next(b for b in self._bad if z3.is_true(model.eval(b[0], model_completion=True)))
        if level == 0:
            return Counterexample(values, labels)
        cube = self._needed([*self._now.assume(self.alphabet.exactly(values)), z3.Not(mark)])
        return _Duty(cube, level, labels)

    def _block(self, duty: _Duty) -> Counterexample | None:
        """Block a cube at its level, and before that whatever leads to it; return a run to it if there is one."""
        waiting = [duty]
        while waiting:
            last = waiting[-1]
            before = last.level - 1
            inner = self._inner(last.cube, before)
            if inner is None:
                values, label = self._predecessor()
                labels = (label, *last.labels)
                if before == 0:
                    return Counterexample(values, labels)
                waiting.append(_Duty(self._lifted(values, label, last.cube), before, labels))
            else:
                waiting.pop()
                self._learn(self._generalised(inner, before), last.level)
        return None

    def _predecessor(self) -> tuple[Named, int]:
        model = self._solver.model()
        chosen = (i for i, mark in enumerate(self._chosen) if z3.is_true(model.eval(mark, model_completion=True)))
        return self._now.values(model), next(chosen)

    def _lifted(self, values: Named, label: int, target: Cube) -> Cube:
        """Return a cube around a state from all of which the step leads into the target."""
        state = self._now.assume(self.alphabet.exactly(values))
        misses = [z3.Not(self._exists[label]), *self._next.clause(target)]
        return self._needed([*state, self._chosen[label]], misses)

    def _needed(self, assumptions: list[Formula], helper: list[Formula] | None = None) -> Cube:
        """Return the literals now that make the assumptions contradict each other."""
        consistent = self._ask(assumptions, helper)
        assert not consistent
        return self._now.core(self._solver)

    # --- learning ----------------------------------------------------------------------------------------------------

    def _inner(self, cube: Cube, level: int) -> Cube | None:
        """Return a wider cube without an initial state, into which no step leads from the frame outside of it.

        ``None`` if a step leads into the cube itself; the solver then has it.
        """
        assumptions = [*self._frame(level), self._moves, *self._next.assume(cube)]
        if self._ask(assumptions, self._now.clause(cube)):
            return None
        return self._apart_from_start(self._next.core(self._solver), cube)

    def _apart_from_start(self, core: Cube, cube: Cube) -> Cube:
        """Return the core, with as many literals of the cube as are needed so that no initial state is in it."""
        if not self._ask([self._initial, *self._now.assume(core)]):
            return core
        return core | self._needed([self._initial, *self._now.assume(cube)])

    def _generalised(self, cube: Cube, level: int) -> Cube:
        """Forget one name of the cube after the other, as long as it can still not be reached from the frame."""
        for name in self.alphabet.names(cube):
            candidate = self.alphabet.without(cube, name)
            if candidate == cube or self._ask([self._initial, *self._now.assume(candidate)]):
                continue
            inner = self._inner(candidate, level)
            if inner is not None:
                cube = inner
        return cube

    def _learn(self, cube: Cube, level: int) -> None:
        """Block the cube up to the level and, if it is not reached there either, above it."""
        top = len(self._frames) - 1
        while level < top and not self._reached(cube, level):
            level += 1
        for frame in self._frames[1 : level + 1]:
            frame[:] = [known for known in frame if not cube <= known]
        self._frames[level].append(cube)
        self._assert_blocked(cube, level)
        if self._spent > _STALE:
            self._prepare()

    def _reached(self, cube: Cube, level: int) -> bool:
        """Say whether some step from the frame leads into the cube."""
        return self._ask([*self._frame(level), self._moves, *self._next.assume(cube)])

    def _is_closed(self, top: int) -> bool:
        """Push cubes up as far as they go; say whether a frame has become as good as the next one."""
        for level in range(1, top):
            for cube in list(self._frames[level]):
                if not self._reached(cube, level):
                    self._frames[level].remove(cube)
                    self._frames[level + 1].append(cube)
                    self._assert_blocked(cube, level + 1)
            if not self._frames[level]:
                return self._found(level)
        stays = [cube for cube in self._frames[top] if not self._reached(cube, top)]
        return len(stays) == len(self._frames[top]) and self._found(top - 1)

    def _found(self, level: int) -> bool:
        blocked = [cube for frame in self._frames[level + 1 :] for cube in frame]
        self._invariant = conjoin(self.alphabet.complement(cube) for cube in blocked)
        return True
