"""What a suite is worth, as data: mutants of a model, whether they differ from it, and which the suite catches."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from tunnelproof.errors import Location
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Values
from tunnelproof.verification.suites import Suite, Test

Start = tuple[Values, Values]  # a configuration and an initial state of the model
Choice = tuple[tuple[str, Value], ...]


class Operator(enum.StrEnum):
    """What is changed."""

    CONJUNCT_DROPPED = "guard conjunct dropped"
    CONJUNCT_NEGATED = "guard conjunct negated"
    ACTION_LOST = "action lost"
    EFFECT_DROPPED = "effect dropped"
    EFFECT_CHANGED = "effect changed"
    OUTCOME_LOST = "outcome lost"
    CONDITION_DROPPED = "outcome's condition dropped"
    START_CHANGED = "start changed"


@dataclass(frozen=True)
class Mutant:
    """A changed system, and what is changed in it: in an action, or in where a variable starts.

    ``name`` is unique among the mutants of a system. ``action`` is ``None`` if a start is changed, ``variable`` if an
    action is. ``where`` is the line of the model, if that is known.
    """

    name: str
    operator: Operator
    action: str | None
    variable: str | None
    where: Location | None
    system: System


class Difference(enum.StrEnum):
    """Whether the client can be told from the model."""

    SEEN = "seen"  # by a run of the model
    BY_REFUSAL = "by refusal"  # only by asking for what the model does not have
    NONE = "none"  # by nothing: they are equivalent to who looks on
    UNDECIDED = "undecided"  # more pairs than the limit


@dataclass(frozen=True)
class Distinction:
    """What was found. ``steps`` is a shortest run of the model from ``start`` of which the last step is at fault.

    ``steps`` is empty if the start is at fault. ``forbidden`` is what is asked for after ``steps`` if only that tells
    the two apart. ``pairs`` counts the pairs of states that were met.
    """

    difference: Difference
    pairs: int
    start: Start | None = None
    steps: tuple[Step, ...] = ()
    forbidden: tuple[str, Choice] | None = None


@dataclass(frozen=True)
class Tried:
    """A mutant, whether it can be told from the model, and the name of the first test that catches it, if one does."""

    mutant: Mutant
    distinction: Distinction
    caught_by: str | None

    @property
    def survives(self) -> bool:
        """Whether some run tells the mutant from the model, but no test."""
        return self.caught_by is None and self.distinction.difference is Difference.SEEN


@dataclass(frozen=True)
class Score:
    """What became of every mutant. ``left_out`` counts mutants that are no systems, by operator."""

    tests: tuple[Test, ...]
    configurations: int
    observed: tuple[str, ...]
    tried: tuple[Tried, ...]
    left_out: Mapping[Operator, int]

    @property
    def caught(self) -> int:
        """How many mutants some test catches."""
        return sum(one.caught_by is not None for one in self.tried)

    @property
    def survivors(self) -> tuple[Tried, ...]:
        """Mutants that a run tells from the model, but no test."""
        return tuple(one for one in self.tried if one.survives)

    @property
    def counted(self) -> int:
        """How many mutants a suite of runs could catch, as far as that is decided."""
        return self.caught + len(self.survivors)

    def number(self, difference: Difference) -> int:
        """Return how many mutants that no test catches differ from the model in this way."""
        return sum(one.caught_by is None and one.distinction.difference is difference for one in self.tried)

    @property
    def share(self) -> float | None:
        """Caught mutants of those counted; ``None`` if none is counted. Undecided ones are in neither number."""
        return self.caught / self.counted if self.counted else None


@dataclass(frozen=True)
class Worth:
    """What a suite is worth. ``after`` is how it does with the tests that were ``added`` for the survivors."""

    suite: Suite
    before: Score
    after: Score | None = None
    added: tuple[Test, ...] = ()

    @property
    def score(self) -> Score:
        """How the suite does with all its tests."""
        return self.after or self.before
