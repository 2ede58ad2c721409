"""Evidence as engines hand it over. Nothing here is believed before `checking` has looked at it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tunnelproof.evidence.rows import Codes, Numbers
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import TRUE, Expr, Read
from tunnelproof.model.language.system import Step

Values = tuple[Value, ...]

# In the invariant of a precedence: `first` has held since the start or the last `since`. No model can have this name.
SEEN = Read("seen since the last reset")


class WitnessKind(enum.StrEnum):
    """What a witness shows."""

    TRACE = "trace"  # its last point settles the claim
    LASSO = "lasso"  # a stem, then a loop of steps, or idling, for ever
    TRAP = "trap"  # its last state cannot get to the goal any more


@dataclass(frozen=True, slots=True)
class Witness:
    """A finite sequence of steps that settles a claim in some configurations.

    ``configuration`` is the one it was found for; its *guard* is where the same steps settle the claim. ``loop`` is the
    number of steps in a lasso's stem; a lasso whose stem is all of ``steps`` idles for ever.
    """

    kind: WitnessKind
    configuration: Values
    steps: tuple[Step, ...]
    loop: int | None = None


class Break(enum.StrEnum):
    """Why no fair run stays in a component for ever."""

    TRIVIAL = "trivial"  # no edge inside
    ABSENT = "absent"  # a point that must recur occurs on no edge inside
    WEAK = "weak"  # a weakly fair action is enabled in every state, and no edge inside takes it
    STRONG = "strong"  # a strongly fair action is taken by no edge inside: its enabled states are left for ever
    OUTCOME = "outcome"  # a fair outcome occurs on no edge inside: the edges that owe it are left for ever


@dataclass(frozen=True, slots=True)
class Broken:
    """The reason for one component; ``index`` counts the fairness constraints, or the points of the claim."""

    reason: Break
    index: int = -1


@dataclass(frozen=True, eq=False)
class Level:
    """A partition of a region into components, numbered so that no edge leads to a smaller number.

    ``component`` has a number per row of the closed set (-1: not in the region), ``reason_of`` per component a
    position in
    ``reasons``. The next level partitions what is left after the states or edges of the components broken by a strongly
    fair action or a fair outcome have been taken out.
    """

    component: Numbers
    reason_of: Numbers
    reasons: tuple[Broken, ...]


@dataclass(frozen=True, eq=False)
class Labelling:
    """From which states of a set some fair run never leaves the set.

    ``component`` numbers, for each row of the closed set, components in whose states a fair run can stay for ever (-1:
    none); ``levels`` show that no fair run stays among the states from which none of these can be reached.
    """

    component: Numbers
    levels: tuple[Level, ...]


@dataclass(frozen=True, eq=False)
class Certificate:
    """Evidence for a proof: a closed set of rows, and what the claim's kind needs beyond it.

    ``ranks`` (recoverable): per row the length of a path to the goal, -1 for none; ``prices``, if a price is asked for,
    what this path costs. ``levels`` (claims about fair runs):
    why no fair run stays in the region. ``labellings`` (of branching time) one for each set that is asked about, in the
    order of `checking.branching`. ``invariant``, a formula over configuration variables and variables,
    stands in for
    the closed set where that would be too large, in the configurations where the formula ``covers`` holds.
    ``definitions`` name truth values, each over configuration variables, variables and names defined before it, so that
    an invariant can share what it uses more than once; they mean nothing but what they are put for.
    """

    closed: Codes | None = None
    ranks: Numbers | None = None
    levels: tuple[Level, ...] | None = None
    labellings: tuple[Labelling, ...] | None = None
    invariant: Expr | None = None
    definitions: tuple[tuple[str, Expr], ...] = ()
    covers: Expr = TRUE
    prices: Numbers | None = None
