"""When does a run refute a claim about fair runs, if it goes round in its last part, or stops, for ever?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import z3

from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula, Scope
from tunnelproof.evidence.points import at_rest, specialise
from tunnelproof.model.language.expressions import Expr
from tunnelproof.properties.claims import NeverForever, Recurrence, Response
from tunnelproof.properties.fairness import Constraint, FairAction, constraints_of


class Lasso:
    """A run as terms: its states, and for each step and label the formula that it is this one.

    ``name`` may give a formula a shorter form, since many are used again.
    """

    def __init__(self, task: Task, start: Scope, name: Callable[[Formula], Formula] = lambda formula: formula) -> None:
        self._task, self._name = task, name
        self._encoder = task.encoder
        self._constraints = constraints_of(task.system, task.claim)
        self._states = [start]
        self._chosen: list[Sequence[Formula]] = []
        self._known: dict[tuple[object, ...], Formula] = {}
        self._actors = {a.name: a.actor for a in task.system.actions}

    def add(self, chosen: Sequence[Formula], after: Scope) -> None:
        """Add a step and the state after it."""
        self._chosen.append(chosen)
        self._states.append(after)

    def refutes(self, loop: int) -> Formula:
        """Return the formula that the run is fair and refutes the claim if it goes round for ever from a state on.

        ``loop`` is that state's position; at the last state, the run stops there.
        """
        last = len(self._chosen)
        if loop == last:
            fair = [z3.Not(self._enabled(last, c)) for c in self._constraints if isinstance(c, FairAction)]
        else:
            fair = [self._task.same(self._states[loop], self._states[last])]
            fair += [self._is_met(constraint, range(loop, last)) for constraint in self._constraints]
        return self._encoder.all([*fair, self._falsified(loop)])

    # --- the claim ---------------------------------------------------------------------------------------------------

    def _falsified(self, loop: int) -> Formula:
        match self._task.claim:
            case Recurrence() as claim:
                return z3.Not(self._recurs(claim.point, loop))
            case NeverForever() as claim:
                return self._encoder.all([self._recurs(point, loop) for point in claim.points])
            case Response() as claim:
                waits = z3.Or(self._waits(claim, len(self._chosen)), self._recurs(claim.trigger, loop))
                return z3.And(waits, z3.Not(self._recurs(claim.response, loop)))
            case claim:
                raise AssertionError(claim.kind)

    def _recurs(self, formula: Expr, loop: int) -> Formula:
        """Return the formula that a point predicate holds somewhere in the loop."""
        last = len(self._chosen)
        if loop == last:
            return self._encoder.term(at_rest(formula), self._states[last])
        return self._encoder.any([self._at(formula, point) for point in range(loop + 1, last + 1)])

    def _waits(self, claim: Response, point: int) -> Formula:
        """Return the formula that at the point a trigger has not been answered yet."""
        met = self._at(claim.trigger, point)
        if point:
            met = z3.Or(met, self._cached(("waits", point - 1), lambda: self._waits(claim, point - 1)))
        return z3.And(met, z3.Not(self._at(claim.response, point)))

    def _at(self, formula: Expr, point: int) -> Formula:
        """Return the formula that a point predicate holds after so many steps."""
        return self._cached(("at", formula, point), lambda: self._point(formula, point))

    def _point(self, formula: Expr, point: int) -> Formula:
        state = self._states[point]
        if point == 0:
            return self._encoder.term(at_rest(formula), state)
        cases: dict[Expr, list[Formula]] = {}
        for label, mark in enumerate(self._chosen[point - 1]):
            step = self._task.system.steps[label]
            cases.setdefault(specialise(formula, step, self._actors[step.action]), []).append(mark)
        if len(cases) == 1:
            return self._encoder.term(next(iter(cases)), state)
        terms = [(z3.Or(marks), self._encoder.term(known, state)) for known, marks in cases.items()]
        return self._encoder.any([z3.And(*pair) for pair in terms])

    # --- fairness ----------------------------------------------------------------------------------------------------

    def _is_met(self, constraint: Constraint, steps: range) -> Formula:
        """Return the formula that the steps, done for ever, meet a fairness constraint."""
        occurs = [self._occurs(i, constraint) for i in steps]
        if not isinstance(constraint, FairAction):
            return z3.Or([*occurs, z3.Not(z3.Or([self._owes(i, constraint.pairs) for i in steps]))])
        enabled = [self._enabled(i, constraint) for i in steps]
        ever = z3.Or(enabled) if constraint.strong else z3.And(enabled)
        return z3.Or([*occurs, z3.Not(ever)])

    def _occurs(self, step: int, constraint: Constraint) -> Formula:
        return self._cached(
            ("occurs", step, constraint),
            lambda: self._encoder.any([self._chosen[step][label] for label in sorted(constraint.labels)]),
        )

    def _enabled(self, state: int, constraint: Constraint) -> Formula:
        return self._cached(
            ("enabled", state, constraint),
            lambda: self._encoder.any([self._exists(state, label) for label in sorted(constraint.labels)]),
        )

    def _owes(self, step: int, pairs: tuple[tuple[int, int], ...]) -> Formula:
        chosen = self._chosen[step]
        return self._cached(
            ("owes", step, pairs),
            lambda: z3.Or([z3.And(chosen[label], self._exists(step, outcome)) for label, outcome in pairs]),
        )

    def _exists(self, state: int, label: int) -> Formula:
        return self._cached(("exists", state, label), lambda: self._task.fire(label, self._states[state])[0])

    def _cached(self, key: tuple[object, ...], make: Callable[[], Formula]) -> Formula:
        if key not in self._known:
            self._known[key] = self._name(make())
        return self._known[key]
