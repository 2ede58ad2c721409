"""The JSON document of what it takes to recover, ``tunnelproof.rescue/1``. Keys may be added, never renamed.

A failure gives the document of any failure: ``tunnelproof.outcome/1`` without claims, with an object ``error``.
"""

from __future__ import annotations

from tunnelproof.interchange.outcome_json import Document, known_names, model_head
from tunnelproof.model.language.formula import format_formula
from tunnelproof.verification.procedure import Move, Procedure
from tunnelproof.verification.rescue import Rescue, RescueCell, Rescues

SCHEMA = "tunnelproof.rescue/1"


def rescue_document(found: Rescues) -> Document:
    """Return the answers as JSON values."""
    known = known_names(found.system)
    return {
        "schema": SCHEMA,
        "model": model_head(found.system, found.space.count(), found.space.where),
        "automatic": list(found.automatic),
        "rescues": [_rescue(one, known) for one in found.rescues],
        "error": None,
    }


def _rescue(one: Rescue, known: frozenset[str]) -> Document:
    return {
        "claim": one.claim.id,
        "goal": format_formula(one.claim.goal, known),
        "dear": list(one.dear),
        "withheld": one.withheld,
        "detail": one.detail or None,
        "cells": [_cell(cell, known) for cell in one.cells],
    }


def _cell(cell: RescueCell, known: frozenset[str]) -> Document:
    price = cell.found.price
    return {
        "grade": cell.found.grade.value,
        "price": None if price is None else {"least": price.least, "exact": price.exact},
        "relapse": cell.found.relapse.value,
        "configurations": cell.configurations,
        "when": format_formula(cell.when, known),
        "worst": None if cell.worst is None else _procedure(cell.worst),
        "needy": None if cell.needy is None else _procedure(cell.needy),
    }


def _procedure(found: Procedure) -> Document:
    return {
        "configuration": dict(found.configuration),
        "start": dict(found.start),
        "into": [_move(move) for move in found.into],
        "out": None if found.out is None else [_move(move) for move in found.out],
        "back": None if found.back is None else [_move(move) for move in found.back],
        "searched": found.searched,
    }


def _move(move: Move) -> Document:
    return {
        "action": move.step.action,
        "parameters": dict(move.step.parameters),
        "outcome": move.step.outcome,
        "actor": move.actor,
        "price": move.price,
        "state": dict(move.after),
    }
