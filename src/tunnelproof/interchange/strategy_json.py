"""The JSON document of who wins, ``tunnelproof.strategy/1``. Keys may be added, never renamed.

A failure gives the document of any failure: ``tunnelproof.outcome/1`` without claims, with an object ``error``.
"""

from __future__ import annotations

from tunnelproof.interchange.exit_status import ExitCode
from tunnelproof.interchange.outcome_json import Document, known_names
from tunnelproof.model.language.document import sha256
from tunnelproof.model.language.formula import format_formula
from tunnelproof.properties.procedures import Procedure
from tunnelproof.verification.strategies.answer import Answer, Strategies, Winner

SCHEMA = "tunnelproof.strategy/1"


def exit_code_for(winner: Winner) -> ExitCode:
    """Return the exit status: whoever loses is like a claim that is refuted."""
    return {Winner.WINS: ExitCode.PROVED, Winner.LOSES: ExitCode.REFUTED}.get(winner, ExitCode.UNKNOWN)


def strategy_document(found: Strategies) -> Document:
    """Return the answers as JSON values."""
    known, question = known_names(found.system), found.question
    objective = question.objective
    return {
        "schema": SCHEMA,
        "model": {
            "id": found.system.name,
            "sha256": sha256(found.system),
            "configurations": found.space.count(),
        },
        "player": question.player,
        "objective": {
            "id": objective.id,
            "aim": objective.aim.value,
            "point": format_formula(objective.point, known),
            "keep": format_formula(objective.keep, known),
            "assuming": list(objective.assuming),
        },
        "quick": question.quick,
        "sees": list(found.seen),
        "does_not_see": list(found.hidden),
        "winner": found.winner.value,
        "cells": [
            {
                "configurations": cell.configurations,
                "when": format_formula(found.partition.formula(cell.label), known),
                **_answer(cell.label, known),
            }
            for cell in found.partition.cells
        ],
        "error": None,
    }


def _answer(answer: Answer, known: frozenset[str]) -> Document:
    return {
        "winner": answer.winner.value,
        "table": None if answer.procedure is None else _table(answer.procedure, known),
        "price": answer.price,
        "least_price_found": answer.least,
        "missing": list(answer.missing),
        "trace": [str(step) for step in answer.trace],
        "environment_keeps_to": list(answer.spoiler),
        "confirmed_by": [{"sentence": c.sentence, "verdict": c.verdict.value} for c in answer.confirmed],
        "reason": answer.reason or None,
    }


def _table(procedure: Procedure, known: frozenset[str]) -> list[Document]:
    return [{"when": format_formula(r.when, known), "do": str(r.move)} for r in procedure.rules]
