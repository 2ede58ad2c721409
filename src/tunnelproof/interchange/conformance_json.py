"""The JSON document of a log held against a model, ``tunnelproof.conformance/1``. Keys may be added, never renamed.

A failure gives the document of any failure: ``tunnelproof.outcome/1`` without claims, with an object ``error``.
"""

from __future__ import annotations

from tunnelproof.evidence.conformity import Candidate, Conformity, Fit, Left, LoggedEvent, Refusal
from tunnelproof.interchange.exit_status import ExitCode
from tunnelproof.interchange.outcome_json import Document, known_names, model_head
from tunnelproof.model.language.formula import format_formula

SCHEMA = "tunnelproof.conformance/1"


def exit_code_for(fit: Fit) -> ExitCode:
    """Return the exit status: a log that does not fit is like a claim that is refuted."""
    return {Fit.FITS: ExitCode.PROVED, Fit.DOES_NOT_FIT: ExitCode.REFUTED, Fit.UNKNOWN: ExitCode.UNKNOWN}[fit]


def conformance_document(found: Conformity) -> Document:
    """Return the answer as JSON values."""
    known = known_names(found.system)
    document: Document = {
        "schema": SCHEMA,
        "model": model_head(found.system, found.configurations, found.where),
        "logs": list(found.files),
        "reading": {"name": found.reading, "provisional": found.provisional or None},
        "events": {"read": found.read, "understood": found.understood, "ignored": dict(found.ignored)},
        "fit": found.fit.value,
        "refusal": None if found.refusal is None else _refusal(found.refusal),
        "left": None if found.left is None else _left(found.left, known),
        "error": None,
    }
    if found.detail:
        document["detail"] = found.detail
    return document


def _refusal(refusal: Refusal) -> Document:
    return {
        "event": _event(refusal.event),
        "simultaneous": [_event(other) for other in refusal.others],
        "pairs": refusal.pairs,
        "examined": refusal.examined,
        "reasons": [{"text": text, "pairs": count} for text, count in refusal.reasons],
        "candidates": [_candidate(candidate) for candidate in refusal.candidates],
    }


def _event(event: LoggedEvent) -> Document:
    return {"file": event.file, "line": event.line, "rule": event.rule or None, "fields": dict(event.fields)}


def _candidate(candidate: Candidate) -> Document:
    return {
        "configuration": dict(candidate.configuration),
        "state": dict(candidate.state),
        "obstacles": list(candidate.obstacles),
    }


def _left(left: Left, known: frozenset[str]) -> Document:
    return {
        "pairs": left.pairs,
        "configurations": left.configurations,
        "when": format_formula(left.when, known),
        "determined": dict(left.determined),
        "open": {name: list(values) for name, values in left.open.items()},
        "untouched": list(left.untouched),
    }
