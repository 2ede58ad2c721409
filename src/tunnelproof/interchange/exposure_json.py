"""The JSON document of measured times, ``tunnelproof.exposure/1``. Keys may be added, never renamed.

A failure gives the document of any failure: ``tunnelproof.outcome/1`` without claims, with an object ``error``.
"""

from __future__ import annotations

from tunnelproof.interchange.exit_status import ExitCode
from tunnelproof.interchange.outcome_json import Document, known_names, model_head
from tunnelproof.model.language.formula import format_formula
from tunnelproof.verification.exposure import Bound, Exposure, Figure, Group, Measured
from tunnelproof.verification.runs import Run

SCHEMA = "tunnelproof.exposure/1"


def exit_code_of(found: Exposure) -> ExitCode:
    """Return the exit status: a figure that is not known is like an unknown verdict."""
    figures = [figure for measured in found.measured for group in measured.groups for figure in group.figures]
    unknown = any(figure.bound is Bound.UNKNOWN for figure in figures)
    standstill = any(measured.standstill is not None for measured in found.measured)
    return ExitCode.UNKNOWN if unknown or standstill else ExitCode.PROVED


def exposure_document(found: Exposure) -> Document:
    """Return the figures as JSON values."""
    known = known_names(found.system)
    return {
        "schema": SCHEMA,
        "model": model_head(found.system, found.configurations, found.where),
        "measured": [_measured(measured, known) for measured in found.measured],
        "error": None,
    }


def _measured(measured: Measured, known: frozenset[str]) -> Document:
    claim = measured.claims[0]
    return {
        "claims": [claim.id for claim in measured.claims],
        "point": format_formula(claim.point, known),
        "since": None if claim.since is None else format_formula(claim.since, known),
        "given": None if claim.given is None else list(claim.given),
        "unit": measured.unit,
        "standstill": None if measured.standstill is None else _run(measured.standstill),
        "groups": [_group(group, measured.columns, known) for group in measured.groups],
    }


def _group(group: Group, columns: tuple[str, ...], known: frozenset[str]) -> Document:
    rows = zip(columns, group.figures, group.runs, strict=True)
    return {
        "when": format_formula(group.when, known),
        "configurations": group.configurations,
        "figures": {name: _figure(figure, run) for name, figure, run in rows},
    }


def _figure(figure: Figure, run: Run | None) -> Document:
    return {"bound": figure.bound.value, "value": figure.value, "run": None if run is None else _run(run)}


def _run(run: Run) -> Document:
    document: Document = {"configuration": dict(run.configuration), "steps": [str(step) for step in run.steps]}
    if run.loop is not None:
        document["loop"] = run.loop
    return document
