"""The JSON document of an outcome, ``tunnelproof.outcome/1``. Keys may be added to it, never renamed.

Equal outcomes give equal bytes: nothing about time or the machine is in it, unless ``timings`` asks for the object
``run``. A failure gives a document too: no claims, and an object ``error``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tunnelproof import __version__
from tunnelproof.errors import TunnelproofError
from tunnelproof.model.language.document import sha256, source_document
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import System

if TYPE_CHECKING:  # a failure is told without all that outcomes need
    from tunnelproof.family.deciders import Group
    from tunnelproof.verification.outcome import Cell, ClaimOutcome, Evidence, Outcome
    from tunnelproof.verification.runs import Named, Run

SCHEMA = "tunnelproof.outcome/1"
Document = dict[str, Any]  # JSON values


def to_text(document: Mapping[str, Any]) -> str:
    """Return a document as ASCII text: whatever a terminal would obey is escaped, and the values stay as they are."""
    return json.dumps(document, indent=1, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n"


def escaped(text: str) -> str:
    """Return a JSON text with what a terminal would obey written as escapes. It means the same when it is read."""
    if all(character.isprintable() or character == "\n" for character in text):
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text).replace("\x7f", "\\u007f")


def outcome_document(outcome: Outcome, *, timings: bool = False, differences: Sequence[str] | None = None) -> Document:
    """Return the outcome as JSON values; ``differences`` are from the expectations, if there are some."""
    known = known_names(outcome.system)
    document: Document = {
        "schema": SCHEMA,
        "model": model_head(outcome.system, outcome.space.count(), outcome.space.where),
        "claims": [_claim(claim, claim.system or outcome.system, known) for claim in outcome.claims],
    }
    if differences is not None:
        document["expected"] = {"met": not differences, "differences": list(differences)}
    if timings:
        document["run"] = _run_figures(outcome)
    document["error"] = None
    return document


def error_document(fault: TunnelproofError, status: int) -> Document:
    """Return the document of a failure."""
    where = fault.where
    place = {"file": where.file, "line": where.line, "column": where.column} if where else None
    error: Document = {
        "code": fault.code,
        "status": status,
        "message": fault.message,
        "where": place,
        "hint": fault.hint,
    }
    return {"schema": SCHEMA, "model": None, "claims": [], "error": error}


def known_names(system: System) -> frozenset[str]:
    """Return the names that formulas about the system may read: enum members that equal one stand in quotes."""
    return frozenset({*system.domains, *system.definitions})


def model_head(system: System, configurations: int, where: Iterable[Expr]) -> Document:
    """Return what a document says about the model that it is of: which, and which of its configurations were asked."""
    known = known_names(system)
    return {
        "id": system.name,
        "sha256": sha256(system),
        "configurations": configurations,
        "where": " and ".join(f"({format_formula(part, known)})" for part in where) or None,
    }


def _run_figures(outcome: Outcome) -> Document:
    figures = outcome.figures
    return {
        "tool": f"tunnelproof {__version__}",
        "engines": dict(figures.engines),
        "choices": dict(figures.choices),
        "states": figures.states,
        "seconds": round(figures.seconds, 3),
        "claims": {claim: round(seconds, 3) for claim, seconds in figures.per_claim.items()},
    }


def _claim(found: ClaimOutcome, system: System, known: frozenset[str]) -> Document:
    document: Document = {
        "id": found.claim.id,
        "kind": found.claim.kind,
        "sentence": found.claim.sentence,
        **source_document(found.claim.source),
        "verdict": found.verdict.value,
        "reference_alone": found.alone,
        "cells": [_cell(cell, system, known) for cell in found.cells],
    }
    if found.reason is not None:
        document["reason"] = found.reason.value
    if found.detail:
        document["detail"] = found.detail
    return document


def _cell(cell: Cell, system: System, known: frozenset[str]) -> Document:
    return {
        "verdict": cell.verdict.value,
        "vacuous": cell.vacuous,
        "configurations": cell.configurations,
        "when": format_formula(cell.when, known),
        "by_platform": [_group(group, known) for group in cell.groups],
        "rests_on": list(cell.rests_on),
        "flips_with": [{change.name: change.new for change in changes} for changes in cell.flips],
        "evidence": _evidence(cell.evidence, system, known),
    }


def _group(group: Group, known: frozenset[str]) -> Document:
    return {"if": _formula(group.condition, known), "then": _formula(group.then, known)}


def _formula(expr: Expr, known: frozenset[str]) -> str:
    return format_formula(expr, known)


def _evidence(evidence: Evidence, system: System, known: frozenset[str]) -> Document:
    document: Document = {
        "kind": evidence.kind,
        "checked": evidence.checked,
        "pairs": evidence.pairs,
        "steps": evidence.steps,
    }
    if evidence.runs:
        document["witnesses"] = [_witness(run, system, known) for run in evidence.runs]
    return document


def _witness(run: Run, system: System, known: frozenset[str]) -> Document:
    document: Document = {
        "kind": run.kind.value,
        "guard": format_formula(run.guard, known),
        "configurations": run.covers,
        "configuration": dict(run.configuration),
        "start": dict(run.states[0]),
        "steps": [_step(run, number, state, system) for number, state in enumerate(run.states[1:])],
    }
    if run.loop is not None:
        document["loop"] = run.loop
        document["idles"] = run.idles
    if run.trap:
        document["trap"] = [dict(state) for state in run.trap]
    return document


def _step(run: Run, number: int, state: Named, system: System) -> Document:
    step = run.steps[number]
    document: Document = {"action": step.action, "actor": system.action_named[step.action].actor}
    if step.parameters:
        document["parameters"] = dict(step.parameters)
    if step.outcome:
        document["outcome"] = step.outcome
    document["state"] = dict(state)
    return document
