"""Claims about time as invariants of timed systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd

from tunnelproof.model.language.expressions import Apply, Literal, Read
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Invariant, Lasts, Timed, Within
from tunnelproof.timing import questions
from tunnelproof.timing.clocks import Counter, bounds_of, may_stand_still, rounded, timed, unit_of

MOST_UNITS = 2_000  # in the longest time of a question; beyond it, times are rounded
ENOUGH_UNITS = 200  # that the longest time is then divided into, at least


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
    bounds, unit = (*bounds_of(cut), claim.at_most), unit_of(cut, claim.at_most)
    if max(bounds) // unit <= MOST_UNITS:
        return (_translation(cut, claim, unit, proves=True, refutes=True),)
    unit = coarse_unit(bounds)
    outward, inward = (rounded(cut, unit, outward=outward) for outward in (True, False))
    return (
        _translation(outward, replace(claim, id=f"{claim.id}.outward"), unit, proves=True, refutes=False),
        _translation(inward, replace(claim, id=f"{claim.id}.inward"), unit, proves=False, refutes=True),
    )


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


def coarse_unit(bounds: Sequence[int]) -> int:
    """Return a unit for times of very different size: it divides the large ones, if they have a large divisor."""
    longest = max(bounds)
    unit = gcd(*(bound for bound in bounds if bound * ENOUGH_UNITS >= longest))
    return unit if longest // unit <= MOST_UNITS else -(-longest // ENOUGH_UNITS)


def _translation(system: System, claim: Timed, unit: int, *, proves: bool, refutes: bool) -> Translation:
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
    return Translation(timed(system, unit, [counter]), invariant, unit, proves, refutes, may_stand_still(system))


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
