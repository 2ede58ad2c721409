"""Why a loop may go on for ever although some actions are fair."""

from __future__ import annotations

from dataclasses import dataclass

from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim
from tunnelproof.properties.fairness import FairAction, constraints_of
from tunnelproof.rendering.story import values
from tunnelproof.semantics.step import successor
from tunnelproof.verification.runs import Run


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of fairness. A loop keeps it by taking the action in a step, or because it is not enough enabled.

    ``step`` is the number of a step of the loop that takes it, ``enabled`` the number of its states where it could be.
    """

    name: str
    strong: bool
    step: int | None
    enabled: int
    states: int

    @property
    def broken(self) -> bool:
        """Whether the promise is broken after all."""
        return self.step is None and (self.enabled > 0 if self.strong else self.enabled == self.states)


def promises(cone: System, claim: Claim, run: Run) -> tuple[Promise, ...]:
    """Return what the run's loop makes of each promise of fairness of the claim's part of the system."""
    if run.loop is None:
        return ()
    looping = list(range(run.loop, len(run.steps))) or [run.loop]
    rigid = values(cone.configuration, run.configuration)
    states = [values(cone.variables, run.states[number]) for number in looping]
    found: list[Promise] = []
    for constraint in constraints_of(cone, claim):
        if not isinstance(constraint, FairAction):
            continue
        steps = [cone.steps[label] for label in sorted(constraint.labels)]
        taken = next((n + 1 for n in range(run.loop, len(run.steps)) if run.steps[n] in steps), None)
        enabled = sum(any(successor(cone, rigid, state, step) is not None for step in steps) for state in states)
        found.append(Promise(constraint.name, constraint.strong, taken, enabled, len(states)))
    return tuple(found)
