"""How long what a claim speaks of lasts: longest, shortest and in all, per group of configurations.

Every figure is two judged claims: the longest stay is D where "at most D" is proved and "less than D" refuted, with
the run that shows it. Where there is no bound, a loop shows it in which time goes on.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from tunnelproof.engines.contract import Limits, Progress
from tunnelproof.errors import NothingToCheck, UsageError, near
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.family.partition import Partition, join
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read
from tunnelproof.model.language.formula import parse_formula
from tunnelproof.model.language.system import Confidence, Duration, Source, System
from tunnelproof.model.language.wellformed import check_system
from tunnelproof.properties.claims import Claim, Invariant, Lasts, Recoverable, StepInvariant
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.timing import questions
from tunnelproof.timing.claims import Scale, cone_in_time, fresh, scales
from tunnelproof.timing.clocks import Counter, may_stand_still, passing, timed
from tunnelproof.timing.longest import Watched, ends_after, no_end_of_stays, no_loop, watching
from tunnelproof.verification.domains import check_domains
from tunnelproof.verification.hearing import Hearing
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.prove import Quiet, open_hearing
from tunnelproof.verification.runs import Run
from tunnelproof.verification.timed import put_together

_BOUNDS = re.compile(r"([0-9]{1,9})[.][.]([0-9]{1,9})?")

FIRST_TOP, LAST_TOP = 16, 4_096  # units that are counted at first, and at most


class Bound(enum.StrEnum):
    """What is known of a figure beside its value."""

    EXACT = "exact"
    NEVER = "never"  # there is no such stay
    UNBOUNDED = "unbounded"  # it ends, but no time is known by which it does
    FOR_EVER = "for ever"  # it may never end
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, in seconds or of stays, or why there is none."""

    bound: Bound
    value: int | None = None


@dataclass(frozen=True)
class Group:
    """Configurations with the same figures, in the order of `Measured.columns`; ``runs`` show each, where one can."""

    figures: tuple[Figure, ...]
    when: Expr
    configurations: int
    runs: tuple[Run | None, ...]


@dataclass(frozen=True)
class Measured:
    """What came of claims that speak of the same: ``longest`` and ``shortest`` stay, or ``total`` and ``number`` of
    all since a reset.

    ``standstill`` shows how time can come to a standstill, if it can: the figures then say little.
    """

    claims: tuple[Lasts, ...]
    unit: int
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    standstill: Run | None = None


@dataclass(frozen=True)
class Exposure:
    """What was measured of a system."""

    system: System
    measured: tuple[Measured, ...]
    configurations: int
    where: tuple[Expr, ...] = field(default=())


@dataclass
class _Column:
    """One figure for every configuration, and the runs that were found on the way to it."""

    name: str
    figures: Partition[Figure]
    shown: list[tuple[Figure, ClaimOutcome]]


def measure(
    system: System,
    claims: Sequence[Claim],
    *,
    where: Expr | str | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = Quiet,
) -> Exposure:
    """Measure what the claims of the kind `Lasts` speak of. Raises `NothingToCheck` if there are none."""
    asked = [claim for claim in claims if isinstance(claim, Lasts)]
    if not asked:
        hint = "claims of the kind 'lasts' say what to measure; or use --of"
        raise NothingToCheck("TP310", "no claim says what could last", hint=hint)
    hearing = open_hearing(system, asked, where, engine, limits, progress)
    unchecked = check_domains(hearing)
    if unchecked is not None:
        raise NothingToCheck("TP311", f"nothing can be measured: {unchecked}", hint="allow more with --max-states")
    alike: dict[object, list[Lasts]] = {}
    for claim in asked:
        alike.setdefault((claim.point, claim.since, claim.given), []).append(claim)
    found = tuple(_Measuring(hearing, tuple(claims)).measured() for claims in alike.values())
    return Exposure(system, found, hearing.space.count(), hearing.space.where)


def lasting(
    system: System, points: Sequence[str], since: str | None = None, given: str | None = None
) -> tuple[Lasts, ...]:
    """Return what the formulas name as claims to be measured. Raises `UsageError` for a formula at fault.

    ``given`` names the actors who act, with commas between them.
    """
    known = {*system.domains, *system.definitions}

    def read(text: str, option: str) -> Expr:
        return parse_formula(text, known, file=option, error=UsageError)

    for option, written in (("--since", since), ("--given", given)):
        if written is not None and not points:
            raise UsageError("TP068", f"{option} is about what --of names, and nothing is named", hint="give --of too")
    reset = None if since is None else read(since, "--since")
    actors = None if given is None else tuple(actor.strip() for actor in given.split(","))
    return tuple(
        Lasts(id=f"of-{number}", sentence=text, point=read(text, "--of"), since=reset, given=actors, at_most=0)
        for number, text in enumerate(points, 1)
    )


def with_durations(system: System, written: Sequence[str]) -> System:
    """Return the system in which actions take as long as written: ``action=5..30``. Raises `UsageError`."""
    actions = dict(system.action_named)
    for text in written:
        name, _, bounds = text.partition("=")
        if name not in actions:
            raise UsageError("TP067", f"no action is called {ascii(name[:100])}", hint=near(name[:100], actions))
        found = _BOUNDS.fullmatch(bounds)
        if found is None:
            raise UsageError("TP067", f"{ascii(bounds[:100])} is no duration", hint="write action=5..30, or action=5..")
        lo, hi = int(found[1]), int(found[2]) if found[2] else None
        source = Source("the command line", "what if", confidence=Confidence.UNKNOWN)
        actions[name] = replace(actions[name], duration=Duration(lo, hi, source))
    made = replace(system, actions=tuple(actions.values()))
    check_system(made)
    return made


class _Asked:
    """A timed system, or two where times are rounded, of which claims are asked."""

    def __init__(self, hearing: Hearing, found: Sequence[Scale], made: Callable[[System, int], System]) -> None:
        self._hearing = hearing
        self._besides = [hearing.beside(made(scale.system, scale.unit)) for scale in found]

    def hear(self, claim: Callable[[System], Claim]) -> ClaimOutcome:
        """Return the outcome: what the wider intervals prove and the narrower ones refute."""
        heard = [replace(b.hear(claim(b.system)), system=b.system) for b in self._besides]
        self._hearing.states += sum(beside.states for beside in self._besides)
        return heard[0] if len(heard) == 1 else put_together(*heard)


class _Measuring:
    """Measures what claims speak of, all of them the same."""

    def __init__(self, hearing: Hearing, claims: tuple[Lasts, ...]) -> None:
        self._hearing, self._claims, self._claim = hearing, claims, claims[0]
        cut = cone_in_time(hearing.system, self._claim)
        self._scales = scales(cut)[:2]
        self._unit = self._scales[0].unit
        self._what = Watched(self._claim.point, self._claim.since)
        self._name = fresh("lasted", cut)

    def measured(self) -> Measured:
        """Return the figures, the largest group of configurations first."""
        columns = (
            [self._longest(), self._shortest()] if self._claim.since is None else [self._longest(), self._number()]
        )
        together = join([column.figures for column in columns])
        groups = tuple(self._group(columns, together, cell.label) for cell in together.cells)
        names = tuple(column.name for column in columns)
        largest_first = tuple(sorted(groups, key=lambda g: -g.configurations))
        return Measured(self._claims, self._unit, names, largest_first, self._standstill())

    def _standstill(self) -> Run | None:
        """Return how time can come to a standstill, if it can."""
        if not any(may_stand_still(scale.system) for scale in self._scales if scale.proves):
            return None
        outward = [scale for scale in self._scales if scale.proves]
        asked = _Asked(self._hearing, outward, lambda system, unit: timed(system, unit))
        found = asked.hear(
            lambda system: Recoverable(id=self._id("time-goes-on"), sentence="", goal=passing(system).guard)
        )
        return next(iter(_runs(found)), None)

    def _counting(self, counter: Counter) -> _Asked:
        return _Asked(self._hearing, self._scales, lambda system, unit: timed(system, unit, [counter]))

    # --- figures -----------------------------------------------------------------------------------------------------

    def _longest(self) -> _Column:
        """Measure the longest stay, or the greatest total."""
        loops = self._loops(lambda system: no_loop(system, self._what, self._name, self._id("loop")))
        point, since = self._claim.point, self._claim.since

        def counter(top: int) -> Counter:
            if since is None:
                return questions.stay(self._name, point, top)
            return questions.total(self._name, point, since, top)

        return self._counted("longest" if since is None else "total", counter, loops, self._unit)

    def _number(self) -> _Column:
        """Measure the greatest number of stays since a reset."""
        loops = self._loops(lambda _: no_end_of_stays(self._what, self._name, self._id("again")))
        point, since = self._claim.point, self._claim.since
        assert since is not None
        return self._counted("number", lambda top: questions.stays(self._name, point, since, top), loops, 1)

    def _shortest(self) -> _Column:
        """Measure the shortest stay that ends."""
        top = FIRST_TOP
        while True:
            asked = self._counting(questions.stay(self._name, self._claim.point, top))

            def longer(units: int, asked: _Asked = asked) -> ClaimOutcome:
                ends, lasted = ends_after(self._what, self._name, units + 1)
                claim = StepInvariant(id=self._id(f"over-{units}"), sentence="", when=ends, holds=lasted)
                return asked.hear(lambda _: claim)

            answers = _bisected(top, longer, rising=False)
            values = answers.values()
            if top >= LAST_TOP or not any(label == top for label in values.labels.values()):
                break
            top *= 4
        figures = values.relabelled(lambda n: _figure(n, self._unit, top, Bound.UNKNOWN))
        shown = [(Figure(Bound.EXACT, units * self._unit), outcome) for units, outcome in answers.asked.items()]
        return _Column("shortest", figures, shown)

    def _counted(
        self,
        name: str,
        counter: Callable[[int], Counter],
        loops: tuple[Partition[Bound], list[tuple[Figure, ClaimOutcome]]],
        unit: int,
    ) -> _Column:
        """Measure what a counter comes to at most, where there is a bound; count further until all of that is found."""
        bounds, shown = loops
        top = FIRST_TOP
        while True:
            asked = self._counting(counter(top))

            def at_most(units: int, asked: _Asked = asked) -> ClaimOutcome:
                kept = Apply("<=", (Read(self._name), Literal(units)))
                when = self._claim.point
                claim = Invariant(id=self._id(f"most-{units}"), sentence="", when=when, holds=kept)
                return asked.hear(lambda _: claim)

            answers = _bisected(top, at_most, rising=True)
            both = _pairs(bounds, answers.values())
            open_ = any(bound is Bound.EXACT and value == top for bound, value in both.labels.values())
            if not open_ or top >= LAST_TOP:
                break
            top *= 4
        figures = both.relabelled(lambda label: _together(label[0], label[1], unit, top))
        shown = shown + [(Figure(Bound.EXACT, (n + 1) * unit), outcome) for n, outcome in answers.asked.items()]
        return _Column(name, figures, shown)

    def _loops(self, claim: Callable[[System], Claim]) -> tuple[Partition[Bound], list[tuple[Figure, ClaimOutcome]]]:
        """Find out where there is no bound, and whether that is for ever, all promises kept."""
        heard = []
        for fair in (False, True):
            asked = _Asked(
                self._hearing,
                self._scales,
                lambda system, unit, fair=fair: watching(system, self._what, unit, self._name, fair=fair),  # type: ignore[misc]
            )
            heard.append(asked.hear(claim))
        loose, fair_ = heard
        verdicts = join([found.partition.relabelled(lambda label: label.verdict) for found in heard])

        def bound(labels: tuple[Verdict, ...]) -> Bound:
            if labels[0] is Verdict.PROVED:
                return Bound.EXACT
            if labels[1] is Verdict.REFUTED:
                return Bound.FOR_EVER
            return Bound.UNBOUNDED if labels == (Verdict.REFUTED, Verdict.PROVED) else Bound.UNKNOWN

        shown = [(Figure(Bound.FOR_EVER), fair_), (Figure(Bound.UNBOUNDED), loose)]
        return verdicts.relabelled(bound), shown

    # --- groups ------------------------------------------------------------------------------------------------------

    def _group(
        self, columns: Sequence[_Column], together: Partition[tuple[Figure, ...]], label: tuple[Figure, ...]
    ) -> Group:
        row = next(row for row, found in together.labels.items() if found == label)
        configuration = together.space.least_extension(together.names, row)
        runs = tuple(_run(column, figure, configuration) for column, figure in zip(columns, label, strict=True))
        cell = next(cell for cell in together.cells if cell.label == label)
        return Group(label, together.formula(label), cell.configurations, runs)

    def _id(self, what: str) -> str:
        return f"{self._claim.id}.{what}"


@dataclass
class _Answers:
    """Which thresholds were asked, and what came of it: ``outcome`` is proved where the value is at most the threshold
    (rising), or above it.
    """

    top: int
    rising: bool
    asked: dict[int, ClaimOutcome] = field(default_factory=dict)

    def values(self) -> Partition[int | None]:
        """Return the value of each configuration: ``top`` where it is at least that, -1 if never, ``None`` unknown."""
        return self.intervals().relabelled(lambda between: between[0] if between[0] == between[1] else None)

    def intervals(self) -> Partition[tuple[int, int]]:
        """Return between which values each configuration's lies; (-1, -1) if there is none, (-2, -3) if unknown."""
        order = sorted(self.asked)
        parts = join([self.asked[n].partition for n in order])

        def between(labels: tuple[object, ...]) -> tuple[int, int]:
            lo, hi = 0, self.top
            for units, label in zip(order, labels, strict=True):
                verdict, vacuous = label.verdict, label.vacuous  # type: ignore[attr-defined]
                if vacuous and verdict is Verdict.PROVED:
                    return -1, -1
                if verdict not in (Verdict.PROVED, Verdict.REFUTED):
                    return -2, -3
                if (verdict is Verdict.PROVED) == self.rising:
                    hi = min(hi, units)
                else:
                    lo = max(lo, units + 1)
            return lo, hi

        return parts.relabelled(between)


def _bisected(top: int, ask: Callable[[int], ClaimOutcome], *, rising: bool) -> _Answers:
    """Ask at thresholds below ``top`` until the value of each configuration lies between two neighbours."""
    answers = _Answers(top, rising, {top - 1: ask(top - 1)})
    while True:
        wide = {(lo, hi) for lo, hi in answers.intervals().labels.values() if lo < hi}
        if not wide:
            return answers
        for lo, hi in sorted(wide):
            middle = (lo + hi - 1) // 2
            answers.asked[middle] = ask(middle)


def _figure(value: int | None, unit: int, top: int, beyond: Bound) -> Figure:
    if value is None:
        return Figure(Bound.UNKNOWN)
    if value < 0:
        return Figure(Bound.NEVER)
    return Figure(Bound.EXACT, value * unit) if value < top else Figure(beyond)


def _together(bound: Bound, value: int | None, unit: int, top: int) -> Figure:
    if value is not None and value < 0:
        return Figure(Bound.NEVER)
    return _figure(value, unit, top, Bound.UNKNOWN) if bound is Bound.EXACT else Figure(bound)


def _pairs(bounds: Partition[Bound], values: Partition[int | None]) -> Partition[tuple[Bound, int | None]]:
    either: list[Partition[Bound | int | None]] = [bounds.relabelled(lambda b: b), values.relabelled(lambda n: n)]
    return join(either).relabelled(lambda label: (cast(Bound, label[0]), cast("int | None", label[1])))


def _run(column: _Column, figure: Figure, configuration: object) -> Run | None:
    """Return a run that shows the figure in the configuration."""
    for shown, outcome in column.shown:
        if shown != figure:
            continue
        for run in _runs(outcome):
            if evaluate(run.guard, configuration):  # type: ignore[arg-type]
                return run
    return None


def _runs(outcome: ClaimOutcome) -> Iterable[Run]:
    return [run for cell in outcome.cells for run in cell.evidence.runs]


__all__ = ["Bound", "Exposure", "Figure", "Group", "Measured", "measure"]
