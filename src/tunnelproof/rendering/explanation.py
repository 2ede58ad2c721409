"""What is to be explained."""

from __future__ import annotations

from dataclasses import dataclass

from tunnelproof.rendering.terminal import Style
from tunnelproof.verification.outcome import Cell, ClaimOutcome, Outcome


@dataclass(frozen=True)
class Explanation:
    """A claim of an outcome to be explained.

    ``model`` is how a command has to call the model, ``options`` what else it needs to ask the same.
    """

    outcome: Outcome
    found: ClaimOutcome
    model: str
    style: Style = Style()
    options: tuple[str, ...] = ()


def explained_cell(found: ClaimOutcome) -> Cell | None:
    """Return the cell that has something to show: the refuted one, or where something was reached."""
    return next((cell for cell in found.cells if cell.evidence.runs), None)
