"""The door to z3, through the text reader of the package z3-solver."""

from __future__ import annotations

from tunnelproof.solving.reply import Answer, Effort, Reply, unknown

_PER_UNIT = 1_000  # of z3's resource count


def solve(script: str, effort: Effort) -> Reply:
    """Answer a script that declares and asserts. Raises `ImportError` if z3 is not installed, and nothing else."""
    import z3

    solver = z3.Solver(ctx=z3.Context())  # a context of its own: no query changes the answer to another
    try:
        solver.set("rlimit", effort.units * _PER_UNIT)
        if effort.seconds is not None:
            solver.set("timeout", max(1, int(effort.seconds * 1000)))
        solver.from_string(script)
        found = solver.check()
    except z3.Z3Exception as fault:
        return unknown(f"z3 refuses the question: {fault}")
    if found == z3.unsat:
        return Reply(Answer.UNSAT)
    if found == z3.sat:
        return Reply(Answer.SAT)
    return unknown(f"z3 gave up: {solver.reason_unknown()}")
