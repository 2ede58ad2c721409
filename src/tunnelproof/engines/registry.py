"""The engines there are. Each is imported only when it is asked."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tunnelproof.engines.contract import Engine
from tunnelproof.errors import UsageError, near

ENGINES = {
    "reference": "tunnelproof.engines.reference.engine:ReferenceEngine",
    "diagram": "tunnelproof.engines.diagram.engine:DiagramEngine",
    "explicit": "tunnelproof.engines.explicit.engine:ExplicitEngine",
    "smt": "tunnelproof.engines.smt.engine:SmtEngine",
}


def engine_named(name: str) -> Engine:
    """Return a fresh engine; raise `UsageError` if there is none of that name."""
    if name not in ENGINES:
        raise UsageError("TP001", f"there is no engine '{name}'", hint=near(name, ENGINES))
    module, _, attribute = ENGINES[name].partition(":")
    make: Callable[[], Engine] = getattr(import_module(module), attribute)
    return make()
