"""How long a search may go on: deterministic counts first, seconds only on request."""

from __future__ import annotations

import time
from typing import Any

import z3

from tunnelproof.evidence.verdict import Reason

QUERIES = 200_000  # of one search
RESOURCES = 20_000_000  # of z3, for one query


class OutOfEffort(Exception):
    """The search was given up before it was at its end."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Effort:
    """Counts the queries of one search; makes its solvers and asks them."""

    def __init__(self, seconds: float | None = None, queries: int = QUERIES, resources: int = RESOURCES) -> None:
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._queries, self._resources = queries, resources

    def solver(self, context: Any) -> Any:
        """Return a solver for finite domains with a limit for each query."""
        solver = z3.SolverFor("QF_FD", ctx=context)
        solver.set("rlimit", self._resources)
        solver.set("random_seed", 0)
        return solver

    def holds(self, solver: Any, assumptions: list[Any]) -> bool:
        """Say whether the solver's assertions can be met under the assumptions. Raises `OutOfEffort`."""
        self._queries -= 1
        if self._queries < 0:
            raise OutOfEffort(Reason.LIMIT, "too many solver queries")
        if self._deadline is not None:
            self._set_timeout(solver, self._deadline)
        answer = _check(solver, assumptions)
        if answer == z3.unknown:
            late = self._deadline is not None and time.monotonic() >= self._deadline
            reason = Reason.LIMIT if late else Reason.SOLVER
            raise OutOfEffort(reason, "out of time" if late else f"z3 gave up: {solver.reason_unknown()}")
        return bool(answer == z3.sat)

    def _set_timeout(self, solver: Any, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise OutOfEffort(Reason.LIMIT, "out of time")
        solver.set("timeout", max(1, int(left * 1000)))


def _check(solver: Any, assumptions: list[Any]) -> Any:
    """Ask the solver like its own `check`, which takes more time to look at many assumptions than to solve."""
    context, count = solver.ctx.ref(), len(assumptions)
    array = (z3.Ast * count)(*[formula.as_ast() for formula in assumptions])
    return z3.CheckSatResult(z3.Z3_solver_check_assumptions(context, solver.solver, count, array))
