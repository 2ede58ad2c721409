"""How a claim about time is heard: as an invariant of a system with clocks, by everybody who hears invariants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.family.deciders import groups
from tunnelproof.family.partition import Partition, join
from tunnelproof.properties.claims import Recoverable, Timed
from tunnelproof.timing.claims import Translation, translated
from tunnelproof.timing.clocks import passing
from tunnelproof.verification.domains import check_domains, without_verdicts
from tunnelproof.verification.hearing import Hearing
from tunnelproof.verification.outcome import Cell, ClaimOutcome, Dossier, Evidence, Label, Sink

ROUNDED = "times of very different size were rounded, and rounding decides"
STANDSTILL = "time can come to a standstill: actions that take no time take turns for ever"


def hear_in_time(hearing: Hearing, claim: Timed, keep: Sink) -> ClaimOutcome:
    """Return the claim's cells. ``keep`` is given the evidence for each timed system that it was asked of."""
    ways = translated(hearing.system, claim)
    if len(ways) == 1:
        return _heard(hearing, claim, ways[0], keep)
    found = put_together(*(_heard(hearing, claim, way, keep) for way in ways[:2]))
    if len(ways) > 2 and found.cell(Verdict.UNKNOWN):
        wider, narrower = (_heard(hearing, claim, way, keep) for way in ways[2:])
        return put_together(wider, narrower, also=found)
    return found


def _heard(hearing: Hearing, claim: Timed, translation: Translation, keep: Sink) -> ClaimOutcome:
    beside = hearing.beside(translation.system)
    unchecked = check_domains(beside, lambda dossier: keep(replace(dossier, system=translation.system)))
    found = beside.hear(translation.claim)
    hearing.states += beside.states
    if unchecked is not None:  # they were checked without time, and a limit may be reached with it
        return replace(without_verdicts(found, unchecked), claim=claim, system=translation.system)
    if translation.proves or found.cell(Verdict.REFUTED):
        keep(Dossier(found, *beside.evidence, system=translation.system))
    found = replace(found, claim=claim, system=translation.system)
    if translation.proves and translation.may_stand_still and found.cell(Verdict.PROVED):
        return _unless_it_stands_still(beside, found, translation)
    return found


def _unless_it_stands_still(beside: Hearing, found: ClaimOutcome, translation: Translation) -> ClaimOutcome:
    """Take back what is proved where time can come to a standstill: then hardly anything lasts long."""
    goes_on = Recoverable(
        id=f"{translation.claim.id}.time-goes-on",
        sentence="Wherever a run has come to, time can go on.",
        goal=passing(translation.system).guard,
    )
    going = beside.hear(goes_on)

    def judged(labels: tuple[Label, ...]) -> Label:
        known, goes = labels
        proved = known.verdict is Verdict.PROVED and goes.verdict is not Verdict.PROVED
        return Label(Verdict.UNKNOWN, None) if proved else known

    partition = join([found.partition, going.partition]).relabelled(judged)
    refuted = going.cell(Verdict.REFUTED) is not None
    reason, detail = (Reason.UNSUPPORTED, STANDSTILL) if refuted else (going.reason, going.detail)
    return _with_partition(found, found.cells, partition, reason, detail)


def put_together(outward: ClaimOutcome, inward: ClaimOutcome, also: ClaimOutcome | None = None) -> ClaimOutcome:
    """Return what is proved with wider intervals, refuted with narrower ones, or ``also``; the rest is unknown."""

    def judged(labels: tuple[Label, ...]) -> Label:
        wide, narrow, *more = labels
        said = [label for label in (*more, wide) if label.verdict is Verdict.PROVED]
        denied = [label for label in (*more, narrow) if label.verdict is Verdict.REFUTED]
        if (said and denied) or any(label.verdict is Verdict.WITHHELD for label in labels):
            return Label(Verdict.WITHHELD, None)
        return (said or denied or [Label(Verdict.UNKNOWN, None)])[0]

    known = [also] if also else []
    partition = join([found.partition for found in (outward, inward, *known)]).relabelled(judged)
    first = next((found for found in (*known, inward) if found.cell(Verdict.REFUTED)), outward)
    # The runs shown are of one system; the first that refutes anything.
    cells = [cell for found in (*known, outward) for cell in found.cells if cell.verdict is Verdict.PROVED]
    cells += [cell for cell in first.cells if cell.verdict is Verdict.REFUTED]
    reasons = [(found.reason, found.detail) for found in (outward, inward) if found.reason is not None]
    reason, detail = reasons[0] if reasons else (Reason.UNSUPPORTED, ROUNDED)
    return _with_partition(first, cells, partition, reason, detail)


def _with_partition(
    found: ClaimOutcome, cells: Sequence[Cell], partition: Partition[Label], reason: Reason | None, detail: str
) -> ClaimOutcome:
    """Return the outcome with the cells of the partition, whose evidence is that of the given cells."""
    known = {(cell.verdict, cell.vacuous): cell for cell in cells}
    made = []
    for rows in sorted(partition.reduced().cells, key=lambda c: list(Verdict).index(c.label.verdict)):
        label, sides = rows.label, partition.sides(rows.label)
        of = known.get((label.verdict, label.vacuous))
        made.append(
            Cell(
                verdict=label.verdict,
                vacuous=label.vacuous,
                configurations=rows.configurations,
                when=partition.formula(label),
                groups=groups(sides.variables, sides.on, sides.off),
                evidence=of.evidence if of else Evidence("none", False),
                rests_on=of.rests_on if of else (),
                flips=of.flips if of else (),
            )
        )
    unknown = any(cell.verdict is Verdict.UNKNOWN for cell in made)
    return replace(
        found,
        cells=tuple(made),
        partition=partition,
        reason=reason if unknown else None,
        detail=detail if unknown else "",
    )
