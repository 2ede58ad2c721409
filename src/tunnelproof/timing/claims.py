"""Claims about time as invariants of timed systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd

from tunnelproof.model.language.expressions import Apply, Literal, Read
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Invariant, Lasts, Timed, Within
from tunnelproof.timing import questions
from tunnelproof.timing.clocks import Counter, bounds_of, may_stand_still, rounded, shortened, timed, unit_of

MOST_UNITS = 2_000  # in the longest time of a question; beyond it, times are rounded
_WAYS = {True: "outward", False: "inward"}

ENOUGH_UNITS = 200  # that the longest time is then divided into, at least


@dataclass(frozen=True, slots=True)
class Scale:
    """A system with a unit of which all its bounds are multiples.

    ``exact``: it is the one asked about. ``outward``: its intervals are wider, so what holds of it holds. ``inward``:
    they are narrower, so what fails of it fails.
    """

    system: System
    unit: int
    kind: str

    @property
    def proves(self) -> bool:
        """Whether what holds of all its runs holds of all runs of the system asked about."""
        return self.kind != "inward"

    @property
    def refutes(self) -> bool:
        """Whether its runs are runs of the system asked about."""
        return self.kind != "outward"


@dataclass(frozen=True, slots=True)
class Translation:
    """A claim about time as an invariant of a timed system, whose time goes in units of so many seconds.

    It holds there only if the claim does (``proves``), and fails there only if the claim does (``refutes``): both, if
    all times are multiples of the unit. Time ``may_stand_still`` if some action has no time at all.
    """

    system: System
    claim: Invariant
    unit: int
    proves: bool
    refutes: bool
    may_stand_still: bool


def translated(system: System, claim: Timed) -> tuple[Translation, ...]:
    """Return the claim as an invariant of one timed system, or of two where times have to be rounded."""
    cut = cone_in_time(system, claim)
    found = scales(cut, claim.at_most)
    if len(found) == 1:
        return (_translation(found[0], claim),)
    ways = [(scale, f"{claim.id}.{scale.kind}-{scale.unit}s") for scale in found]
    return tuple(_translation(scale, replace(claim, id=name)) for scale, name in ways)


def cone_in_time(system: System, claim: Timed) -> System:
    """Return the part of the system that the claim depends on, durations kept."""
    match claim:
        case Within():
            return questions.slice_of_wait(system, claim.trigger, claim.response, claim.given)
        case Lasts(since=None):
            return questions.slice_in_time(system, [claim.point], claim.given)
        case Lasts():
            assert claim.since is not None
            return questions.slice_of_total(system, claim.point, claim.since, claim.given)
        case _:
            raise AssertionError(f"no kind of claim about time: {claim.kind}")


def scales(system: System, at_most: int = 0) -> tuple[Scale, ...]:
    """Return the system with a unit to count its times (and ``at_most``) in; two of them where times are rounded.

    Times of very different size are rounded in two ways, of which either may settle what the other leaves open: the
    long ones are taken for longer than everything else, or the short ones for next to nothing.
    """
    bounds, unit = (*bounds_of(system), at_most), unit_of(system, at_most)
    if max(bounds) // unit <= MOST_UNITS:
        return (Scale(system, unit, "exact"),)
    least = min(bound for bound in bounds if bound > 0)
    short = [bound for bound in bounds_of(system) if bound <= least * ENOUGH_UNITS]
    fine, coarse = gcd(*short) or 1, _coarse_unit(bounds)
    found = []
    if max(sum(short), at_most) // fine <= MOST_UNITS:
        found += [
            Scale(shortened(system, fine, sum(short), outward=outward), fine, kind) for outward, kind in _WAYS.items()
        ]
    found += [Scale(rounded(system, coarse, outward=outward), coarse, kind) for outward, kind in _WAYS.items()]
    return tuple(found)


def _coarse_unit(bounds: Sequence[int]) -> int:
    """Return a unit that divides the long times, if they have a large divisor."""
    longest = max(bounds)
    unit = gcd(*(bound for bound in bounds if bound * ENOUGH_UNITS >= longest))
    return unit if longest // unit <= MOST_UNITS else -(-longest // ENOUGH_UNITS)


def _translation(scale: Scale, claim: Timed) -> Translation:
    system, unit = scale.system, scale.unit
    most = claim.at_most // unit
    name = fresh("waited" if isinstance(claim, Within) else "lasted", system)
    counter = _counter(claim, name, most)
    kept = Apply("<=", (Read(name), Literal(most + 1 if isinstance(claim, Within) else most)))
    when = claim.point if isinstance(claim, Lasts) else Apply(">", (Read(name), Literal(0)))
    invariant = Invariant(
        id=claim.id,
        sentence=claim.sentence,
        source=claim.source,
        may_be_vacuous=claim.may_be_vacuous,
        when=when,
        holds=kept,
        where=claim.where,
    )
    return Translation(
        timed(system, unit, [counter]), invariant, unit, scale.proves, scale.refutes, may_stand_still(system)
    )


def _counter(claim: Timed, name: str, most: int) -> Counter:
    match claim:
        case Within():
            return questions.wait(name, claim.trigger, claim.response, most)
        case Lasts(since=None):
            return questions.stay(name, claim.point, most + 1)
        case _:
            assert isinstance(claim, Lasts) and claim.since is not None
            return questions.total(name, claim.point, claim.since, most + 1)


def fresh(name: str, system: System) -> str:
    """Return a name that the system does not have."""
    known = {n.casefold() for n in (*system.domains, *system.definitions)}
    known |= {p.name.casefold() for action in system.actions for p in action.parameters}
    while name.casefold() in known:
        name += "_"
    return name
