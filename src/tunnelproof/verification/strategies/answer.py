"""What is said of who wins, by configuration."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.family.partition import Partition
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.system import Step, System
from tunnelproof.properties.procedures import Procedure
from tunnelproof.verification.strategies.question import GameQuestion


class Winner(enum.StrEnum):
    """How the game ends in a configuration."""

    WINS = "wins"
    NEEDS_TO_SEE = "needs-to-see"
    LOSES = "loses"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Confirmation:
    """A claim that was proved about the model with the strategy in it."""

    sentence: str
    verdict: Verdict


@dataclass(frozen=True)
class Answer:
    """What is known of some configurations.

    ``procedure`` and ``price`` are of whoever wins (or would, if he saw ``missing``); ``least`` is the value of the
    game for who sees everything, found and not judged. ``trace`` or ``spoiler`` show what the environment does.
    """

    winner: Winner
    procedure: Procedure | None = None
    price: int | None = None
    least: int | None = None
    missing: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()
    spoiler: tuple[str, ...] = ()
    confirmed: tuple[Confirmation, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Strategies:
    """The answers to a question, by configuration.

    ``seen`` is what the player's decisions may read, of what has to do with the objective; ``hidden`` the rest of that.
    """

    system: System
    question: GameQuestion
    space: ConfigurationSpace
    seen: tuple[str, ...]
    hidden: tuple[str, ...]
    states: int
    partition: Partition[Answer]

    @property
    def winner(self) -> Winner:
        """The worst that is said of a configuration."""
        found = {cell.label.winner for cell in self.partition.cells}
        return next(w for w in (Winner.LOSES, Winner.UNKNOWN, Winner.NEEDS_TO_SEE, Winner.WINS) if w in found)
