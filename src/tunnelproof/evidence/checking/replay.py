"""Replays a witness with the interpreter, in many configurations side by side.

A lane is one run: a configuration and one of its initial states. All lanes take the same steps; a lane in which a step
does not exist is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import assert_never

import numpy as np

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Values, Witness, WitnessKind
from tunnelproof.evidence.checking.closed_set import edges_within, initial_rows
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.points import at_rest, shared_actions, specialise
from tunnelproof.evidence.rows import Codes, Layout, Numbers, RowSet
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Apply, Expr, is_temporal
from tunnelproof.model.language.system import Step, System
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    violation_of,
)
from tunnelproof.properties.fairness import FairAction, constraints_of
from tunnelproof.semantics.tabulate import Interpreter, Table

LARGEST_TRAP = 1_000_000
MOST_KEPT = 1 << 23  # codes of the lanes of runs that may go on otherwise


@dataclass(frozen=True, eq=False)
class Lanes:
    """What is left of the lanes after some steps: their states, each lane's configuration, and its place among the
    lanes ``before`` the last step.
    """

    configurations: Sequence[Values]
    table: Table
    of_lane: Numbers
    before: Lanes | None = None
    came: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def rows(self) -> Codes:
        """The rows of the states."""
        return self.table.rows

    def take(self, step: Step) -> Lanes:
        """Return the lanes in which the step exists, after it."""
        at, after = self.table.take(step)
        return Lanes(self.configurations, Table(self.table.system, after), self.of_lane[at], self, at)

    @cached_property
    def history(self) -> tuple[Codes, ...]:
        """The lanes' rows at the start and after each step."""
        found, lanes, places = [self.rows], self, np.arange(len(self.rows))
        while lanes.before is not None:
            lanes, places = lanes.before, lanes.came[places]
            found.append(lanes.rows[places])
        return tuple(reversed(found))

    def where(self, settled: Mask) -> tuple[tuple[int, int], ...]:
        """Return (configuration, lane) for the first settled lane of each configuration."""
        lanes = np.flatnonzero(settled)
        found, first = np.unique(self.of_lane[lanes], return_index=True)
        return tuple(zip(found.tolist(), lanes[first].tolist(), strict=True))


class Replay:
    """Checks witnesses of one claim on one system."""

    def __init__(
        self,
        system: System,
        claim: Claim,
        configurations: Sequence[Values],
        *,
        fixed: Mapping[str, Value] | None = None,
    ) -> None:
        """Prepare a lane for each initial state, or for those that give the variables in ``fixed`` their values."""
        self._system, self._claim = system, claim
        self._interpreter = Interpreter(system)
        self._layout = Layout(system)
        self._actors = {a.name: a.actor for a in system.actions}
        rows, number = initial_rows(system, configurations, fixed)
        self._start = Lanes(tuple(configurations), Table(system, rows), number)
        self._known: dict[tuple[Step, ...], Lanes] = {(): self._start}
        self._kept = 0

    def settled(self, witness: Witness) -> tuple[Lanes, tuple[tuple[int, int], ...]]:
        """Return the lanes that take all the witness's steps, and one (configuration, lane) per configuration it
        settles.
        """
        if any(step not in self._system.steps for step in witness.steps):
            return self._start, ()
        lanes = self._run(witness.steps)
        match witness.kind:
            case WitnessKind.TRACE:
                settled = self._last_point_settles(lanes, witness.steps)
            case WitnessKind.TRAP:
                settled = self._is_trapped(lanes, witness.steps)
            case WitnessKind.LASSO:
                settled = self._loops_unfairly(lanes, witness)
            case _:
                assert_never(witness.kind)
        return lanes, lanes.where(settled)

    def run(self, steps: tuple[Step, ...]) -> Lanes:
        """Return the lanes that take all the steps, whatever they settle."""
        if any(step not in self._system.steps for step in steps):
            raise EvidenceRejected("TP408", "a witness takes a step that the system does not have")
        return self._run(steps)

    def trap(self, row: Sequence[int]) -> Codes:
        """Return the rows that the recovering actions lead to from a row, this included."""
        assert isinstance(self._claim, Recoverable)
        return self._closure(np.array([row], dtype=np.int32), self._claim).rows

    def _run(self, steps: tuple[Step, ...]) -> Lanes:
        """Take the steps; from where they part from those of earlier runs, whose lanes are kept while they are few."""
        begun = next(n for n in range(len(steps), -1, -1) if steps[:n] in self._known)
        lanes = self._known[steps[:begun]]
        for n in range(begun, len(steps)):
            lanes = lanes.take(steps[n])
            self._kept += lanes.rows.size
            if self._kept > MOST_KEPT:
                self._known, self._kept = {(): self._start}, 0
            self._known[steps[: n + 1]] = lanes
        return lanes

    # --- points ------------------------------------------------------------------------------------------------------

    def _at(self, formula: Expr, lanes: Lanes, steps: tuple[Step, ...], point: int) -> Mask:
        """Say in which lanes a point predicate holds after so many steps."""
        if point == 0:
            return self._states(at_rest(formula), lanes.history[0])
        step = steps[point - 1]
        known = specialise(formula, step, self._actors[step.action])
        return lanes.table.mask(known) if point == len(steps) else self._states(known, lanes.history[point])

    def _states(self, formula: Expr, rows: Codes) -> Mask:
        return Table(self._system, rows).mask(formula)

    def _last_point_settles(self, lanes: Lanes, steps: tuple[Step, ...]) -> Mask:
        end = len(steps)
        match self._claim:
            case Invariant():
                return self._at(violation_of(self._claim), lanes, steps, end)
            case Reachable():
                return self._at(self._claim.point, lanes, steps, end)
            case StepInvariant():
                return self._breaks_step(self._claim, lanes, steps)
            case DeadlockFree():
                return self._is_stuck(self._claim, lanes.rows)
            case Precedence():
                return self._comes_unseen(self._claim, lanes, steps)
            case _:
                return np.zeros(len(lanes.of_lane), dtype=bool)

    def _breaks_step(self, claim: StepInvariant, lanes: Lanes, steps: tuple[Step, ...]) -> Mask:
        if not steps:
            return np.zeros(len(lanes.of_lane), dtype=bool)
        formula = violation_of(claim)
        known = specialise(formula, steps[-1], self._actors[steps[-1].action])
        before = np.arange(len(lanes.of_lane))
        rows = np.concatenate([lanes.history[-2], lanes.history[-1]])
        return self._interpreter.pairs(known, rows, before, before + len(before))

    def _is_stuck(self, claim: DeadlockFree, rows: Codes) -> Mask:
        table = Table(self._system, rows)
        stuck = np.ones(len(rows), dtype=bool)
        for action in shared_actions(self._system, claim.by):
            stuck &= ~table.enabled(action)
        return stuck if claim.except_ is None else stuck & ~table.mask(claim.except_)

    def _comes_unseen(self, claim: Precedence, lanes: Lanes, steps: tuple[Step, ...]) -> Mask:
        seen = np.zeros(len(lanes.of_lane), dtype=bool)
        for point in range(len(steps) + 1):
            if claim.since is not None:
                seen &= ~self._at(claim.since, lanes, steps, point)
            seen |= self._at(claim.first, lanes, steps, point)
        return self._at(claim.then, lanes, steps, len(steps)) & ~seen

    # --- traps -------------------------------------------------------------------------------------------------------

    def _is_trapped(self, lanes: Lanes, steps: tuple[Step, ...]) -> Mask:
        """Say in which lanes nothing that the recovering actions lead to, as far as may be paid for, is a goal."""
        claim = self._claim
        if not isinstance(claim, Recoverable) or not self._taken_by(steps, claim.given):
            return np.zeros(len(lanes.of_lane), dtype=bool)
        known = self._closure(lanes.rows, claim)
        edges = edges_within(self._system, known, self._helpful(claim), closed=claim.within is None)
        graph = StateGraph(self._system, known.rows, np.zeros(len(known), dtype=bool), *edges)
        goal = self._states(claim.goal, known.rows)
        if claim.within is None:
            free = graph.reach_back(goal)
        else:
            free = graph.cheapest(goal, np.ones(len(graph.labels), dtype=bool), claim.within) >= 0
        return ~free[known.find(lanes.rows)]

    def _taken_by(self, steps: tuple[Step, ...], actors: tuple[str, ...] | None) -> bool:
        return all(step.action in shared_actions(self._system, actors) for step in steps)

    def _helpful(self, claim: Recoverable) -> list[Step]:
        """Return the steps that may be used to recover."""
        actions = shared_actions(self._system, claim.by) - set(claim.barring)
        return [step for step in self._system.steps if step.action in actions]

    def _closure(self, rows: Codes, claim: Recoverable) -> RowSet:
        """Return everything that the recovering steps lead to, as far as may be paid for.

        A state is followed once, when the least has been paid for it. Raises `EvidenceRejected` if that is too much.
        """
        known, spent = RowSet(rows[:0], self._layout.sizes), 0
        waiting = {spent: [rows]}  # by what was paid
        while waiting:
            spent = min(waiting)
            after = np.concatenate(waiting.pop(spent))
            fresh = RowSet(after[known.find(after) < 0], self._layout.sizes).rows
            if not len(fresh):
                continue
            known = RowSet(np.concatenate([known.rows, fresh]), self._layout.sizes)
            if len(known) > LARGEST_TRAP:
                raise EvidenceRejected("TP407", f"a trap has more than {LARGEST_TRAP} states")
            table = Table(self._system, fresh)
            for step in self._helpful(claim):
                price = 0 if claim.within is None else self._system.action_named[step.action].price
                if claim.within is None or spent + price <= claim.within:
                    waiting.setdefault(spent + price, []).append(table.take(step)[1])
        return known

    # --- lassos ------------------------------------------------------------------------------------------------------

    def _loops_unfairly(self, lanes: Lanes, witness: Witness) -> Mask:
        """Say in which lanes the loop closes, is fair, and falsifies the claim."""
        steps, loop = witness.steps, witness.loop
        if loop is None or not 0 <= loop <= len(steps):
            return np.zeros(len(lanes.of_lane), dtype=bool)
        if loop == len(steps):
            fair = self._may_stop(lanes.rows)
        else:
            closes = (lanes.history[loop] == lanes.history[-1]).all(axis=1)
            fair = closes & self._is_fair(lanes, steps, loop)
        return fair & self._falsified(lanes, steps, loop)

    def _may_stop(self, rows: Codes) -> Mask:
        """Say where no action that is fair under the claim is enabled."""
        table = Table(self._system, rows)
        stops = np.ones(len(rows), dtype=bool)
        for constraint in constraints_of(self._system, self._claim):
            if isinstance(constraint, FairAction):
                stops &= ~self._some_exist(table, constraint.labels)
        return stops

    def _is_fair(self, lanes: Lanes, steps: tuple[Step, ...], loop: int) -> Mask:
        """Say in which lanes the loop's steps, taken for ever, meet every fairness condition."""
        labels = [self._system.steps.index(step) for step in steps[loop:]]
        table = Table(self._system, np.concatenate(lanes.history[loop:-1]))  # the loop's states, one block each
        shape = len(labels), len(lanes.of_lane)
        fair = np.ones(shape[1], dtype=bool)
        for constraint in constraints_of(self._system, self._claim):
            if any(label in constraint.labels for label in labels):
                continue
            if isinstance(constraint, FairAction):
                enabled = self._some_exist(table, constraint.labels).reshape(shape)
                fair &= ~(enabled.any(axis=0) if constraint.strong else enabled.all(axis=0))
                continue
            occurrence = dict(constraint.pairs)
            for state, label in enumerate(labels):
                if label in occurrence:
                    fair &= ~self._some_exist(table, frozenset({occurrence[label]})).reshape(shape)[state]
        return fair

    def _some_exist(self, table: Table, labels: frozenset[int]) -> Mask:
        found = np.zeros(len(table), dtype=bool)
        for label in sorted(labels):
            found |= table.exists(self._system.steps[label])
        return found

    def _falsified(self, lanes: Lanes, steps: tuple[Step, ...], loop: int) -> Mask:
        """Evaluate the claim to false on the stem and the loop."""
        none = np.zeros(len(lanes.of_lane), dtype=bool)
        match self._claim:
            case Recurrence():
                return ~self._in_loop(self._claim.point, lanes, steps, loop)
            case NeverForever():
                met = [self._in_loop(point, lanes, steps, loop) for point in self._claim.points]
                return reduce(np.logical_and, met)
            case Response():
                return self._unanswered(self._claim, lanes, steps, loop)
            case Ltl():
                satisfied: Mask = self._satisfies(self._claim.formula, lanes, steps, loop)[0]
                return ~satisfied
            case _:
                return none

    def _satisfies(self, formula: Expr, lanes: Lanes, steps: tuple[Step, ...], loop: int) -> Mask:
        """Say for each point of the run, and each lane, whether a linear formula holds from there on.

        A run that idles has one more point: its last state at rest, for ever.
        """
        if not is_temporal(formula):
            return self._everywhere(formula, lanes, steps, loop)
        assert isinstance(formula, Apply)
        parts = [self._satisfies(arg, lanes, steps, loop) for arg in formula.args]
        onward = len(steps) + 1 if loop == len(steps) else loop + 1  # what follows the last point
        match formula.op:
            case "not":
                return ~parts[0]
            case "and" | "or" | "implies":
                left = ~parts[0] if formula.op == "implies" else parts[0]
                return reduce(np.logical_and if formula.op == "and" else np.logical_or, parts[1:], left)
            case "X":
                return np.concatenate([parts[0][1:], parts[0][onward : onward + 1]])
            case "F":
                return _until(np.ones_like(parts[0]), parts[0], onward)
            case "G":
                return ~_until(np.ones_like(parts[0]), ~parts[0], onward)
            case "U":
                return _until(parts[0], parts[1], onward)
            case "W":
                return ~_until(~parts[1], ~parts[0] & ~parts[1], onward)
            case _:  # R
                return ~_until(~parts[0], ~parts[1], onward)

    def _everywhere(self, formula: Expr, lanes: Lanes, steps: tuple[Step, ...], loop: int) -> Mask:
        found = [self._at(formula, lanes, steps, point) for point in range(len(steps) + 1)]
        if loop == len(steps):
            found.append(self._states(at_rest(formula), lanes.history[-1]))
        return np.stack(found)

    def _in_loop(self, formula: Expr, lanes: Lanes, steps: tuple[Step, ...], loop: int) -> Mask:
        """Say in which lanes a point predicate holds somewhere in the loop."""
        if loop == len(steps):
            return self._states(at_rest(formula), lanes.history[-1])
        found = [self._at(formula, lanes, steps, point) for point in range(loop + 1, len(steps) + 1)]
        return reduce(np.logical_or, found)

    def _unanswered(self, claim: Response, lanes: Lanes, steps: tuple[Step, ...], loop: int) -> Mask:
        """Say in which lanes a trigger is never answered: none follows before the loop, and none is in it."""
        waiting = np.zeros(len(lanes.of_lane), dtype=bool)
        for point in range(len(steps) + 1):
            waiting |= self._at(claim.trigger, lanes, steps, point)
            waiting &= ~self._at(claim.response, lanes, steps, point)
        waiting |= self._in_loop(claim.trigger, lanes, steps, loop)
        return waiting & ~self._in_loop(claim.response, lanes, steps, loop)


def _until(left: Mask, right: Mask, onward: int) -> Mask:
    """Return where ``left`` holds until ``right`` does, on a run whose last point is followed by the point ``onward``.

    The second round knows what holds at ``onward``: nothing new can come in a third.
    """
    found = right.copy()
    for _ in range(2):
        later = found[onward]
        for point in range(len(found) - 1, -1, -1):
            found[point] |= left[point] & later
            later = found[point]
    return found
