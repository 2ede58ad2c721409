"""A witness as a run of the whole model, for people to look at and for tests to replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tunnelproof.evidence.certificate import WitnessKind
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import Step

Named = Mapping[str, Value]


@dataclass(frozen=True)
class Run:
    """A witness as it goes in one configuration of the whole model.

    ``states`` has one more entry than ``steps``; each gives every variable of the model. ``trap`` gives the states (of
    the cone's variables) that the run cannot leave for the goal.
    """

    kind: WitnessKind
    guard: Expr
    covers: int
    configuration: Named
    steps: tuple[Step, ...]
    states: tuple[Named, ...]
    loop: int | None = None
    trap: tuple[Named, ...] = ()

    @property
    def idles(self) -> bool:
        """Whether the run's last state is repeated for ever without a step."""
        return self.kind is WitnessKind.LASSO and self.loop == len(self.steps)
