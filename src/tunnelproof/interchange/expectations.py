"""Pinned verdicts, formulas and counts, ``tunnelproof.expectations/1``: what a model is known to answer.

An expectations file is written from an outcome and compared with later ones. Changes of wording or of evidence do not
matter to it; any other verdict, formula or count does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tunnelproof.errors import ModelError
from tunnelproof.interchange.outcome_json import Document, known_names
from tunnelproof.model.language.document_reading import Reader
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.json_text import Node, read_json_file
from tunnelproof.verification.outcome import ClaimOutcome, Outcome
from tunnelproof.verification.size import reachable_pairs

SCHEMA = "tunnelproof.expectations/1"


@dataclass(frozen=True, slots=True)
class Pinned:
    """One cell as it is expected: ``vacuous`` is ``None`` where that was undecided."""

    verdict: str
    vacuous: bool | None
    configurations: int
    when: str

    def __str__(self) -> str:
        vacuously = " vacuously" if self.vacuous else ""
        return f"{self.verdict}{vacuously} in {self.configurations:,} when {self.when}"


@dataclass(frozen=True)
class Expectations:
    """What is expected of a model (by name) where ``where`` holds: cells by claim, and the number of reachable pairs of
    configuration and state (``None``: not counted), so that a model that has shrunk is noticed.
    """

    model: str
    where: str
    claims: Mapping[str, tuple[Pinned, ...]]
    pairs: int | None = None


def expectations_of(outcome: Outcome, *, counted: bool = True) -> Expectations:
    """Return the outcome as what to expect from now on; ``counted`` counts the reachable pairs too."""
    known = known_names(outcome.system)
    where = " and ".join(f"({format_formula(part, known)})" for part in outcome.space.where)
    claims = {found.claim.id: _pinned(found, known) for found in outcome.claims}
    pairs = reachable_pairs(outcome.system, outcome.space) if counted else None
    return Expectations(outcome.system.name, where, claims, pairs)


def differences(expected: Expectations, outcome: Outcome, *, only_asked: bool = False) -> list[str]:
    """Return how the outcome differs from what is expected, a line per difference; nothing if it does not.

    ``only_asked`` leaves out what is expected of claims that were not asked.
    """
    found = expectations_of(outcome, counted=expected.pairs is not None)
    lines: list[str] = []
    if found.model != expected.model:
        lines.append(f"the model is {found.model}, expected was {expected.model}")
    if found.where != expected.where:
        lines.append(f"asked where {found.where or 'true'}, expected was {expected.where or 'true'}")
    if expected.pairs is not None and found.pairs != expected.pairs:
        lines.append(f"{_counted(found.pairs)} reachable pairs of configuration and state, expected {expected.pairs:,}")
    for claim in dict.fromkeys((*found.claims, *expected.claims)):
        if claim not in expected.claims:
            lines.append(f"{claim}: nothing is expected of it")
        elif claim in found.claims:
            lines.extend(f"{claim}: {line}" for line in _changes(expected.claims[claim], found.claims[claim]))
        elif not only_asked:
            lines.append(f"{claim}: expected, but not asked")
    return lines


def expectations_document(expected: Expectations) -> Document:
    """Return expectations as JSON values."""
    return {
        "schema": SCHEMA,
        "model": expected.model,
        "where": expected.where or None,
        "pairs": expected.pairs,
        "claims": {claim: [_cell(cell) for cell in cells] for claim, cells in expected.claims.items()},
    }


def read_expectations(path: Path) -> Expectations:
    """Read an expectations file. Raise `ModelError` with the place of the first fault."""
    text = read_json_file(path, ModelError)
    reader = Reader(text)
    parts = reader.object(text.root, "a file of expectations", ("schema", "model", "where", "claims"), ("pairs",))
    if reader.string(parts["schema"], "'schema'") != SCHEMA:
        raise reader.fault(
            parts["schema"], "TP170", f"these are no expectations of the form {SCHEMA}", "use --write-expect"
        )
    where, pairs = parts["where"], parts.get("pairs")
    claims = parts["claims"]
    if not isinstance(claims.value, dict):
        raise reader.fault(claims, "TP171", "'claims' must be an object", "use --write-expect")
    return Expectations(
        reader.string(parts["model"], "'model'"),
        "" if where.value is None else reader.string(where, "'where'"),
        {claim: tuple(_read_cells(reader, node)) for claim, node in claims.value.items()},
        None if pairs is None or pairs.value is None else reader.whole(pairs, "'pairs'"),
    )


def _read_cells(reader: Reader, node: Node) -> Iterator[Pinned]:
    for item in reader.items(node, "the cells of a claim"):
        parts = reader.object(item, "a cell", ("verdict", "vacuous", "configurations", "when"))
        vacuous = parts["vacuous"]
        yield Pinned(
            reader.string(parts["verdict"], "'verdict'"),
            None if vacuous.value is None else reader.flag(vacuous, "'vacuous'"),
            reader.whole(parts["configurations"], "'configurations'"),
            reader.string(parts["when"], "'when'"),
        )


def _pinned(found: ClaimOutcome, known: frozenset[str]) -> tuple[Pinned, ...]:
    return tuple(
        Pinned(cell.verdict.value, cell.vacuous, cell.configurations, format_formula(cell.when, known))
        for cell in found.cells
    )


def _changes(expected: tuple[Pinned, ...], found: tuple[Pinned, ...]) -> Iterator[str]:
    for cell in found:
        if cell not in expected:
            yield f"found {cell}"
    for cell in expected:
        if cell not in found:
            yield f"expected {cell}"


def _counted(pairs: int | None) -> str:
    return "an uncounted number of" if pairs is None else f"{pairs:,}"


def _cell(cell: Pinned) -> Document:
    return {
        "verdict": cell.verdict,
        "vacuous": cell.vacuous,
        "configurations": cell.configurations,
        "when": cell.when,
    }


__all__ = [
    "SCHEMA",
    "Expectations",
    "Pinned",
    "differences",
    "expectations_document",
    "expectations_of",
    "read_expectations",
]
