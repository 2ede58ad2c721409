"""Trade-offs: no configuration proves all of several claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.family.deciders import groups
from tunnelproof.family.partition import join
from tunnelproof.properties.claims import Tradeoff
from tunnelproof.verification.outcome import Cell, ClaimOutcome, Evidence, Label

if TYPE_CHECKING:
    from tunnelproof.verification.hearing import Hearing


def weigh(hearing: Hearing, claim: Tradeoff, known: Mapping[str, ClaimOutcome]) -> ClaimOutcome:
    """Return where the trade-off holds: proved where one part is refuted, refuted where all are proved."""
    verdicts = [known[part].partition.relabelled(lambda label: label.verdict) for part in claim.claims]
    partition = join(verdicts).relabelled(lambda parts: Label(_weighed(parts), None)).reduced()
    cells = []
    for rows in sorted(partition.cells, key=lambda c: list(Verdict).index(c.label.verdict)):
        sides = partition.sides(rows.label)
        checked = rows.label.verdict in (Verdict.PROVED, Verdict.REFUTED)
        cells.append(
            Cell(
                verdict=rows.label.verdict,
                vacuous=False if checked else None,
                configurations=rows.configurations,
                when=partition.formula(rows.label),
                groups=groups(sides.variables, sides.on, sides.off),
                evidence=Evidence("parts", checked),
                rests_on=tuple(f"claim: {part}" for part in claim.claims),
            )
        )
    engine = "+".join(dict.fromkeys(known[part].engine for part in claim.claims))
    alone = all(known[part].alone for part in claim.claims)
    reason, detail = _why_open(claim, known) if any(c.verdict is Verdict.UNKNOWN for c in cells) else (None, "")
    return ClaimOutcome(
        claim, tuple(cells), partition, hearing.system, engine, reason=reason, detail=detail, alone=alone
    )


def _why_open(claim: Tradeoff, known: Mapping[str, ClaimOutcome]) -> tuple[Reason | None, str]:
    """Return why the first of the parts that are unknown is so."""
    open_ = [part for part in claim.claims if known[part].cell(Verdict.UNKNOWN) is not None]
    return known[open_[0]].reason, f"{open_[0]} is unknown: {known[open_[0]].detail}"


def _weighed(parts: tuple[Verdict, ...]) -> Verdict:
    if Verdict.REFUTED in parts:
        return Verdict.PROVED
    if Verdict.WITHHELD in parts:
        return Verdict.WITHHELD
    return Verdict.UNKNOWN if Verdict.UNKNOWN in parts else Verdict.REFUTED
