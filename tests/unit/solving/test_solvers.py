"""The doors to the solvers: what they answer, and that nothing which goes wrong behind them gets through."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

from tunnelproof.solving.reply import Answer, Effort
from tunnelproof.solving.solvers import SOLVERS, solve, solvers

EACH = pytest.mark.parametrize("solver", SOLVERS)


def pigeons(holes: int) -> str:
    """Write that one pigeon more than there are holes can each have a hole: false, and hard to see for a solver."""
    lines = ["(set-logic QF_UF)"]
    for pigeon in range(holes + 1):
        lines += [f"(declare-const p{pigeon}in{hole} Bool)" for hole in range(holes)]
        lines.append(f"(assert (or {' '.join(f'p{pigeon}in{hole}' for hole in range(holes))}))")
    for hole in range(holes):
        for pigeon in range(holes + 1):
            lines += [f"(assert (not (and p{pigeon}in{hole} p{other}in{hole})))" for other in range(pigeon)]
    return "\n".join(lines)


def test_both_solvers_are_installed_with_the_tool() -> None:
    assert solvers() == ("z3", "cvc5")


@EACH
def test_what_can_hold_together_is_sat(solver: str) -> None:
    script = "(set-logic QF_LIA)(declare-const x Int)(assert (< 3 x))(assert (< x 5))"
    assert solve(solver, script).answer is Answer.SAT


@EACH
def test_what_cannot_hold_together_is_unsat(solver: str) -> None:
    script = "(set-logic QF_LIA)(declare-const x Int)(assert (< 3 x))(assert (< x 4))"
    assert solve(solver, script).answer is Answer.UNSAT
    assert solve(solver, pigeons(4)).answer is Answer.UNSAT


@EACH
def test_spent_effort_is_unknown_with_a_reason(solver: str) -> None:
    replies = [solve(solver, pigeons(11), Effort(units=200)) for _ in range(2)]
    assert [reply.answer for reply in replies] == [Answer.UNKNOWN] * 2
    assert replies[0].reason.startswith(f"{solver} gave up: ")
    assert replies[0] == replies[1]


@EACH
def test_spent_time_is_unknown_with_a_reason(solver: str) -> None:
    reply = solve(solver, pigeons(12), Effort(units=10_000_000, seconds=0.05))
    assert reply.answer is Answer.UNKNOWN
    assert reply.reason.startswith(f"{solver} gave up: ")


@EACH
@pytest.mark.parametrize("script", ["(assert", "(assert nobody)", "(set-logic QF_LIA)(assert 1)"])
def test_a_script_that_is_none_is_unknown_with_one_line_of_reason(solver: str, script: str) -> None:
    reply = solve(solver, script)
    assert reply.answer is Answer.UNKNOWN
    assert reply.reason.startswith(solver)
    assert "\n" not in reply.reason


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_solver_that_is_not_installed_is_not_listed_and_answers_unknown(
    solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, SOLVERS[solver][1], None)
    assert solvers() == tuple(name for name in SOLVERS if name != solver)
    reply = solve(solver, "(assert false)")
    assert reply.answer is Answer.UNKNOWN
    assert reply.reason.startswith(f"{solver} is not installed")


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("fault", [ImportError("no room"), OSError("no room"), RuntimeError("no room")])
def test_a_solver_whose_library_cannot_be_loaded_knows_nothing(
    solver: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str) -> object:
        if name == SOLVERS[solver][1]:
            raise fault
        return import_module(name)

    monkeypatch.setattr("tunnelproof.solving.solvers.import_module", load)
    reply = solve(solver, "(assert false)")
    assert (reply.answer, reply.reason) == (Answer.UNKNOWN, f"{solver} cannot be loaded: no room")
