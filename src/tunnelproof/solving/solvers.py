"""Which solvers there are. Each is imported only when it is asked."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from tunnelproof.solving.reply import Effort, Reply, unknown

# Solver -> the module with its `solve`, and the package that this needs.
SOLVERS = {
    "z3": ("tunnelproof.solving.with_z3", "z3"),
    "cvc5": ("tunnelproof.solving.with_cvc5", "cvc5"),
}


def solvers() -> tuple[str, ...]:
    """Return the names of the solvers that are installed."""
    return tuple(name for name, (_, package) in SOLVERS.items() if _is_installed(package))


def solve(solver: str, script: str, effort: Effort = Effort()) -> Reply:  # noqa: B008 - frozen
    """Ask one solver whether the script's assertions can hold together; a missing solver's answer is unknown.

    The script declares, defines and asserts; it has no ``check-sat``, which is this function's part.
    """
    module, package = SOLVERS[solver]
    try:
        import_module(package)
    except ModuleNotFoundError as fault:
        return unknown(f"{solver} is not installed: {fault}")
    except Exception as fault:  # each has its own way of saying that its library cannot be loaded
        return unknown(f"{solver} cannot be loaded: {fault}")
    reply: Reply = import_module(module).solve(script, effort)
    return reply


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # ValueError: a module without a spec stands in its place
        return False
