"""The door to cvc5, through the text reader of its Python package."""

from __future__ import annotations

from tunnelproof.solving.reply import Answer, Effort, Reply, unknown

_PER_UNIT = 100  # of cvc5's resource count


def solve(script: str, effort: Effort) -> Reply:
    """Answer a script that declares and asserts. Raises `ImportError` if cvc5 is not installed, and nothing else."""
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    try:
        solver.setOption("rlimit", str(effort.units * _PER_UNIT))
        if effort.seconds is not None:
            solver.setOption("tlimit-per", str(max(1, int(effort.seconds * 1000))))
        reader = cvc5.InputParser(solver)
        reader.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "obligation")
        symbols = reader.getSymbolManager()
        while not (command := reader.nextCommand()).isNull():
            said = command.invoke(solver, symbols)
            if said.startswith("(error"):  # it would go on without this command
                return unknown(f"cvc5 refuses the question: {said}")
        found = solver.checkSat()
    except RuntimeError as fault:
        return unknown(f"cvc5 refuses the question: {fault}")
    if found.isUnsat():
        return Reply(Answer.UNSAT)
    if found.isSat():
        return Reply(Answer.SAT)
    return unknown(f"cvc5 gave up: {found.getUnknownExplanation().name}")
