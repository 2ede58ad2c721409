"""What it takes to recover, in each configuration: who must act, at what price, and whether the trouble comes back.

Everything is a claim that the judge checks. The grade asks the same recovery of fewer and fewer helpers. The price is
exact where recovery is proved within it and refuted within less. Whether trouble comes back is asked of a system in
which three times follow each other (`relapse.watched`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import gcd

from tunnelproof.engines.contract import Limits, Progress
from tunnelproof.errors import NothingToCheck, UsageError, near
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.family.partition import Partition, join
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import Expr, conjoin
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Recoverable
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.procedure import Procedure, procedure
from tunnelproof.verification.prove import Quiet, prove
from tunnelproof.verification.relapse import claims_about_relapse, watched

BATCH = 4  # prices asked about at once: they share an exploration
MOST = 12  # different prices asked about, unless somebody says otherwise
_EXCUSE = "it is asked for its price"


class Grade(enum.StrEnum):
    """The fewest who can bring the goal about from wherever the device gets."""

    ALONE = "alone"  # automatic actors: those none of whose actions has a price
    HELPED = "helped"  # everybody who may, without the dear actions
    DEAR = "dear"  # everybody who may
    NEVER = "never"
    UNKNOWN = "unknown"


class Relapse(enum.StrEnum):
    """Whether automatic actions alone lead back from the goal, reached by a rescue, to where help was needed."""

    NOTHING = "nothing"  # no help is ever needed
    NO = "no"
    POSSIBLE = "possible"  # on some run
    DEPENDS = "depends"  # after some rescues on every fair run, after others not
    FORCED = "forced"  # after every rescue, on every fair run
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Price:
    """What a rescue costs at worst: ``least`` if it is ``exact``, else more than that; ``None`` if nothing is known."""

    least: int | None
    exact: bool = True


@dataclass(frozen=True)
class Rescued:
    """What makes a cell. ``price`` is ``None`` where there is no rescue."""

    grade: Grade
    price: Price | None
    relapse: Relapse


@dataclass(frozen=True)
class RescueCell:
    """The configurations with one answer, and how a rescue goes there, if one is needed.

    ``worst`` is from a place where it costs most; ``needy`` from one where it takes a dear action, if that of ``worst``
    takes none.
    """

    found: Rescued
    configurations: int
    when: Expr
    worst: Procedure | None
    needy: Procedure | None = None


@dataclass(frozen=True)
class Rescue:
    """The answer about one claim's goal. ``dear`` are the actions without which `Grade.HELPED` is asked."""

    claim: Recoverable
    dear: tuple[str, ...]
    cells: tuple[RescueCell, ...]
    withheld: bool
    detail: str = ""


@dataclass(frozen=True)
class Rescues:
    """The answers about some claims of a system. ``automatic`` are the actors none of whose actions has a price."""

    system: System
    space: ConfigurationSpace
    automatic: tuple[str, ...]
    rescues: tuple[Rescue, ...]

    @property
    def verdict(self) -> Verdict:
        """`WITHHELD` if something was, `UNKNOWN` if something is not known, else `PROVED`."""
        if any(one.withheld for one in self.rescues):
            return Verdict.WITHHELD
        return Verdict.UNKNOWN if any(_is_open(cell) for one in self.rescues for cell in one.cells) else Verdict.PROVED


def automatic_actors(system: System) -> tuple[str, ...]:
    """Return the actors who take actions, none of which has a price."""
    priced = {action.actor for action in system.actions if action.price}
    return tuple(dict.fromkeys(a.actor for a in system.actions if a.actor not in priced))


def dear_actions(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the actions that some claim about recovery bars: those that somebody would rather do without."""
    return tuple(dict.fromkeys(name for c in claims if isinstance(c, Recoverable) for name in c.barring))


def rescues(
    system: System,
    claims: Sequence[Claim],
    *,
    dear: Sequence[str] = (),
    most: int = MOST,
    where: Expr | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = Quiet,
) -> Rescues:
    """Answer for the goal of each claim about recovery among the claims.

    ``dear`` are actions that a rescue had better do without; ``most`` is how many different prices are tried. Raises
    `NothingToCheck` if no claim is about recovery, `UsageError` for an action that does not exist.
    """
    for name in dear:
        if name not in system.action_named:
            raise UsageError("TP069", f"no action is called {ascii(name[:100])}", hint=near(name, system.action_named))
    asked = [claim for claim in claims if isinstance(claim, Recoverable)]
    if not asked:
        hint = "ask about claims of the kind 'recoverable'"
        raise NothingToCheck("TP309", "none of the claims is about recovery", hint=hint)
    search = _Search(system, tuple(dear), most, where, engine, limits, progress)
    found = [search.rescue(claim) for claim in asked]
    space = ConfigurationSpace(system.configuration, system.constraints)
    return Rescues(system, space if where is None else space.narrow(where), automatic_actors(system), tuple(found))


class _Search:
    def __init__(
        self,
        system: System,
        dear: tuple[str, ...],
        most: int,
        where: Expr | None,
        engine: str,
        limits: Limits,
        progress: Progress,
    ) -> None:
        self.system, self.dear, self.most, self.where = system, dear, most, where
        self.engine, self.limits, self.progress = engine, limits, progress
        self.automatic = automatic_actors(system)

    def rescue(self, claim: Recoverable) -> Rescue:
        """Answer for one claim's goal."""
        dear = tuple(name for name in self.dear if name not in claim.barring)
        helpers = self.automatic if claim.by is None else tuple(a for a in claim.by if a in self.automatic)
        anybody = replace(claim, id="anybody", within=None, may_be_vacuous=_EXCUSE)
        alone = replace(anybody, id="alone", by=helpers)
        helped = replace(anybody, id="helped", barring=(*claim.barring, *dear))
        grades = self.ask(self.system, [anybody, alone, helped])
        prices = self.prices(anybody, grades[0])
        back = self.relapse(claim)
        heard = [*grades, *prices.values(), *back]
        verdicts = [found.partition.relabelled(lambda label: label.verdict) for found in heard]
        unit = self.unit

        def said(row: tuple[Verdict, ...]) -> Rescued:
            return _rescued(row[:3], dict(zip(prices, row[3 : 3 + len(prices)], strict=True)), row[-3:], unit)

        partition: Partition[Rescued] = join(verdicts).relabelled(said).reduced()
        cells = [self.cell(claim, partition, cell.label, cell.configurations) for cell in partition.cells]
        cells.sort(key=lambda cell: _order(cell.found))
        withheld = any(found.verdict is Verdict.WITHHELD for found in heard)
        detail = next((found.detail for found in heard if found.detail), "")
        return Rescue(claim, dear, tuple(cells), withheld, detail)

    @property
    def unit(self) -> int:
        """The greatest number that divides every total price."""
        return reduce(gcd, (action.price for action in self.system.actions)) or 1

    def prices(self, anybody: Recoverable, unbounded: ClaimOutcome) -> dict[int, ClaimOutcome]:
        """Ask at growing prices, until every configuration that recovers at all does so within one."""
        found: dict[int, ClaimOutcome] = {}
        while len(found) < self.most:
            batch = [self.unit * (len(found) + n) for n in range(min(BATCH, self.most - len(found)))]
            claims = [replace(anybody, id=f"within-{price}", within=price) for price in batch]
            found |= dict(zip(batch, self.ask(self.system, claims), strict=True))
            last = found[batch[-1]].partition
            both = join([unbounded.partition, last]).labels.values()
            if not any(one.verdict is Verdict.PROVED and two.verdict is Verdict.REFUTED for one, two in both):
                break
        return found

    def relapse(self, claim: Recoverable) -> list[ClaimOutcome]:
        return self.ask(watched(self.system, claim, self.automatic), claims_about_relapse(self.system, claim))

    def cell(self, claim: Recoverable, partition: Partition[Rescued], label: Rescued, count: int) -> RescueCell:
        when = partition.formula(label)
        cell = RescueCell(label, count, when, self.worst(claim, label, when))
        if label.grade is not Grade.DEAR or cell.worst is None or _takes(cell.worst, self.dear):
            return cell
        without = replace(claim, barring=(*claim.barring, *self.dear), within=None)
        return replace(cell, needy=self.procedure(claim, without, when))

    def worst(self, claim: Recoverable, label: Rescued, when: Expr) -> Procedure | None:
        """Return how a rescue goes from a place in the cell where none goes at any lower price."""
        if label.grade in (Grade.ALONE, Grade.UNKNOWN):
            return None
        less: int | None = None
        if label.price is not None:
            if not label.price.exact or not label.price.least:
                return None
            less = label.price.least - self.unit
        return self.procedure(claim, replace(claim, within=less), when)

    def procedure(self, claim: Recoverable, refuted_by: Recoverable, when: Expr) -> Procedure | None:
        """Return how a rescue goes, by the claim, from a place in the cell that refutes a stronger claim."""
        inside = when if self.where is None else conjoin((self.where, when))
        (found,) = self.ask(self.system, [replace(refuted_by, id="place", may_be_vacuous=_EXCUSE)], inside)
        refuted = found.cell(Verdict.REFUTED)
        if refuted is None:
            return None
        return procedure(self.system, claim, refuted.evidence.runs[0], self.automatic)

    def ask(self, system: System, claims: Sequence[Claim], where: Expr | None = None) -> list[ClaimOutcome]:
        outcome = prove(
            system,
            claims,
            where=self.where if where is None else where,
            engine=self.engine,
            limits=self.limits,
            progress=self.progress,
        )
        return list(outcome.claims)


def _rescued(grades: Sequence[Verdict], prices: dict[int, Verdict], back: Sequence[Verdict], unit: int) -> Rescued:
    grade = _grade(*grades)
    price = None if grade is Grade.NEVER else _price(prices, unit)
    if grade is Grade.ALONE:
        return Rescued(grade, price, Relapse.NOTHING)
    return Rescued(grade, price, _relapse(*back))


def _grade(anybody: Verdict, alone: Verdict, helped: Verdict) -> Grade:
    if anybody is Verdict.REFUTED:
        return Grade.NEVER
    for verdict, grade in ((alone, Grade.ALONE), (helped, Grade.HELPED), (anybody, Grade.DEAR)):
        if verdict is Verdict.PROVED:
            return grade
        if verdict is not Verdict.REFUTED:
            break
    return Grade.UNKNOWN


def _price(prices: dict[int, Verdict], unit: int) -> Price:
    """Return the price that is proved, all lower ones being refuted. Total prices are multiples of the unit."""
    below = -unit
    for price, verdict in prices.items():
        if verdict is Verdict.PROVED:
            return Price(price)
        if verdict is not Verdict.REFUTED:
            break
        below = price
    return Price(below, exact=False) if below >= 0 else Price(None, exact=False)


def _relapse(never: Verdict, some: Verdict, every: Verdict) -> Relapse:
    """Return what the claims of `relapse.claims_about_relapse` say together."""
    if never is Verdict.PROVED:
        return Relapse.NO
    if any(verdict not in (Verdict.PROVED, Verdict.REFUTED) for verdict in (never, some, every)):
        return Relapse.UNKNOWN
    if every is Verdict.PROVED:
        return Relapse.FORCED
    return Relapse.DEPENDS if some is Verdict.PROVED else Relapse.POSSIBLE


def _takes(found: Procedure, actions: Sequence[str]) -> bool:
    return any(move.step.action in actions for move in found.out or ())


def _is_open(cell: RescueCell) -> bool:
    price = cell.found.price
    known = price is None or price.exact
    return cell.found.grade is Grade.UNKNOWN or cell.found.relapse is Relapse.UNKNOWN or not known


def _order(found: Rescued) -> tuple[int, int, int]:
    price = found.price.least if found.price is not None else None
    return list(Grade).index(found.grade), -1 if price is None else price, list(Relapse).index(found.relapse)


__all__ = [
    "MOST",
    "Grade",
    "Price",
    "Relapse",
    "Rescue",
    "RescueCell",
    "Rescued",
    "Rescues",
    "automatic_actors",
    "dear_actions",
    "rescues",
]
