"""The JSON document of a certificate, ``tunnelproof.certificate/1``: one claim, and all that is needed to check it.

docs/certificates.md says what each part means. A certificate is checked by `tunnelproof-certify`, a program that shares
nothing with this package. Equal evidence gives equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tunnelproof.evidence.certificate import Certificate, Level, Witness
from tunnelproof.evidence.rows import Codes, Layout, Numbers
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.document import expression_document, sha256
from tunnelproof.model.language.document import to_document as model_document
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.properties.claims import Claim, Reachable, Tradeoff
from tunnelproof.properties.document import to_document as claim_document
from tunnelproof.verification.outcome import Cell, Dossier
from tunnelproof.verification.runs import Run

SCHEMA = "tunnelproof.certificate/1"
DOMAINS = "stays-in-domains"  # the kind of the implicit claim, which no model can state
Document = dict[str, Any]  # JSON values

_LARGEST_KEY = 2**62


def certificate_document(
    system: System,
    dossier: Dossier,
    *,
    domains: Sequence[str] = (),
    parts: Mapping[str, tuple[str, Claim]] | None = None,
) -> Document:
    """Return the certificate of a claim as JSON values.

    ``domains`` are the files with the certificates of the implicit claim about domains, ``parts`` (only of a trade-off)
    the file and the claim of each part, by its id.
    """
    found, claim = dossier.outcome, dossier.outcome.claim
    document: Document = {
        "schema": SCHEMA,
        "model": {"sha256": sha256(system), "document": model_document(system)},
        "where": [expression_document(formula) for formula in found.partition.space.where],
        "claim": _domain_claim(dossier) if dossier.assignments else claim_document(claim),
        "verdict": found.verdict.value,
        "reason": found.reason.value if found.reason else None,
        "domains": list(domains),
        "cells": [_cell(cell) for cell in found.cells],
    }
    if isinstance(claim, Tradeoff):
        document["parts"] = [_part(*(parts or {})[part]) for part in claim.claims]
        return document
    document["slice"] = {
        "configuration": [v.name for v in found.cone.configuration],
        "variables": [v.name for v in found.cone.variables],
        "actions": [a.name for a in found.cone.actions],
    }
    certified = Verdict.REFUTED if isinstance(claim, Reachable) else Verdict.PROVED
    if found.cell(certified) is not None:
        document["proof"] = _proof(found.cone, dossier.certificate)
    runs = [run for cell in found.cells for run in cell.evidence.runs]
    if runs:
        document["witnesses"] = [_witness(*pair) for pair in zip(dossier.witnesses, runs, strict=True)]
    return document


def to_text(document: Document) -> str:
    """Return a certificate as ASCII text, each of its parts on a line of its own."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in document.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").replace("\x7f", "\\u007f")


def _domain_claim(dossier: Dossier) -> Document:
    claim = dossier.outcome.claim
    assignments = [list(assignment) for assignment in dossier.assignments]
    return {"kind": DOMAINS, "id": claim.id, "sentence": claim.sentence, "assignments": assignments}


def _part(file: str, claim: Claim) -> Document:
    return {"file": file, "claim": claim_document(claim)}


def _cell(cell: Cell) -> Document:
    return {
        "verdict": cell.verdict.value,
        "vacuous": cell.vacuous,
        "configurations": cell.configurations,
        "when": expression_document(cell.when),
    }


def _proof(cone: System, certificate: Certificate) -> Document:
    if certificate.closed is None:
        assert certificate.invariant is not None, "the judge accepts no proof without a closed set or an invariant"
        return {
            "invariant": expression_document(certificate.invariant),
            "definitions": [[name, expression_document(formula)] for name, formula in certificate.definitions],
            "covers": expression_document(certificate.covers),
        }
    document: Document = {"rows": _differences(_keys(certificate.closed, Layout(cone).sizes))}
    if certificate.ranks is not None:
        document["ranks"] = certificate.ranks.tolist()
    if certificate.prices is not None:
        document["prices"] = certificate.prices.tolist()
    if certificate.levels is not None:
        document["levels"] = [_level(level) for level in certificate.levels]
    return document


def _keys(rows: Codes, sizes: Sequence[int]) -> list[int]:
    """Return each row as one number in the mixed radix of the sizes, ascending."""
    total = 1
    for size in sizes:
        total *= size
    kind = np.int64 if total < _LARGEST_KEY else object
    keys = np.zeros(len(rows), dtype=kind)
    for column, size in enumerate(sizes):
        keys = keys * size + rows[:, column].astype(kind)
    found: list[int] = sorted(set(keys.tolist()))
    return found


def _differences(keys: Sequence[int]) -> list[int]:
    """Return the first key, and each other less the one before."""
    return [*keys[:1], *(after - before for before, after in zip(keys, keys[1:], strict=False))]


def _level(level: Level) -> Document:
    return {
        "component": _whole(level.component),
        "reason_of": _whole(level.reason_of),
        "reasons": [[broken.reason.value, broken.index] for broken in level.reasons],
    }


def _whole(numbers: Numbers) -> list[int]:
    found: list[int] = numbers.tolist()
    return found


def _witness(witness: Witness, run: Run) -> Document:
    return {
        "kind": witness.kind.value,
        "guard": expression_document(run.guard),
        "configuration": dict(run.configuration),
        "steps": [_step(step) for step in witness.steps],
        "loop": witness.loop,
    }


def _step(step: Step) -> Document:
    parameters: dict[str, Value] = dict(step.parameters)
    return {"action": step.action, "parameters": parameters, "outcome": step.outcome}
