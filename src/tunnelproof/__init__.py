"""Decide, for every configuration at once, whether a tunnel or app-update state machine can fail its user."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tunnelproof.interchange.exit_status import ExitCode
    from tunnelproof.verification.outcome import Outcome
    from tunnelproof.verification.prove import prove

__version__ = "0.1.0"

__all__ = ["ExitCode", "Outcome", "__version__", "prove"]

# Imported when first asked for: the command line's --help must not wait for what it does not use.
_HOMES = {
    "ExitCode": "tunnelproof.interchange.exit_status",
    "Outcome": "tunnelproof.verification.outcome",
    "prove": "tunnelproof.verification.prove",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'tunnelproof' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
