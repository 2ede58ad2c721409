"""Certificates that the product has written, with what they say; the same with changes; and what the checker says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.oracle import Configuration, configurations
from tests.oracle.evidence import part_of
from tests.oracle.statements import Said, Statement, holds_in
from tests.unit.certify.written import Finding, findings, read, rewrite, write

import tunnelproof_certify
from tunnelproof.evidence.certificate import Certificate, Witness
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.interchange.certificate import certificate_document
from tunnelproof.interchange.certificate_folder import file_name
from tunnelproof.model.language.document import expression_document, sha256
from tunnelproof.model.language.document import to_document as model_document
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr, conjoin
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Reachable, Tradeoff
from tunnelproof.properties.document import to_document as claim_document
from tunnelproof.verification.outcome import Dossier

Document = dict[str, Any]  # JSON values


@dataclass(eq=False)
class Written:
    """A certificate as it was written, what it says, and the certificates of domains (and of parts) that it names."""

    document: Document
    said: Statement
    dossier: Dossier
    beside: dict[str, Document]
    part: System = field(init=False)  # of the model, of which the evidence speaks

    def __post_init__(self) -> None:
        weighs = isinstance(self.said.claim, Tradeoff)
        self.part = self.said.system if weighs else sliced(self.said.system, self.document["slice"])

    def says(self, verdict: str) -> list[int]:
        """Return the places of the cells with a verdict."""
        return [place for place, cell in enumerate(self.said.cells) if cell.verdict == verdict]

    @property
    def resting(self) -> str:
        """The verdict that a proof shows; witnesses show the other one."""
        return "refuted" if isinstance(self.said.claim, Reachable) else "proved"

    @property
    def witnessed(self) -> str:
        """The verdict that witnesses show."""
        return "proved" if isinstance(self.said.claim, Reachable) else "refuted"

    def saying(self, said: Statement) -> Document:
        """Return the certificate with another statement and the same evidence."""
        cells = [{**cell._asdict(), "when": expression_document(cell.when)} for cell in said.cells]
        claim = claim_document(said.claim)
        found = {**self.document, **_about(said), "claim": claim, "verdict": said.verdict, "cells": cells}
        if isinstance(said.claim, Tradeoff):
            claims = {document["claim"]["id"]: document["claim"] for document in self.beside.values()}
            found["parts"] = [{"file": file_name(part), "claim": claims[part]} for part in said.claim.claims]
        return found

    def beside_for(self, said: Statement) -> dict[str, Document]:
        """Return the certificates of domains as if they spoke of another statement's model and configurations."""
        if said.system is self.said.system and said.where == self.said.where:
            return self.beside
        count, when = len(asked(said)), expression_document(conjoin(said.where))
        found = {}
        for name, document in self.beside.items():
            cell = {**document["cells"][0], "when": when, "configurations": count}
            found[name] = {**document, **_about(said), "cells": [cell]}
        return found

    def proof_by(self, certificate: Certificate) -> Document:
        """Return a certificate's closed set as the proof in a document, whether or not a cell rests on it."""
        outcome = self.dossier.outcome
        cells = tuple(replace(cell, verdict=Verdict(self.resting)) for cell in outcome.cells)
        dossier = replace(self.dossier, outcome=replace(outcome, cells=cells), certificate=certificate)
        found: Document = certificate_document(self.said.system, dossier)["proof"]
        return found

    def resting_on(self, certificate: Certificate, witnesses: Sequence[Witness], part: System) -> Document:
        """Return the certificate with the same statement and other evidence, about a part of the model."""
        outcome = replace(self.dossier.outcome, cone=part)
        dossier = replace(self.dossier, outcome=outcome, certificate=certificate, witnesses=tuple(witnesses))
        return certificate_document(self.said.system, dossier, domains=list(self.beside))


def asked(said: Statement) -> list[Configuration]:
    """List the configurations asked about."""
    return [c for c in configurations(said.system) if all(holds_in(f, said.system, c) for f in said.where)]


def sliced(system: System, names: Document) -> System:
    """Return the part of the system that a certificate's slice names."""
    return part_of(system, [*names["configuration"], *names["variables"]], names["actions"])


def witness_document(witness: Witness, guard: Any, found_for: Mapping[str, Value]) -> Document:
    """Return a witness as a certificate has it; the guard is written as in a model."""
    steps = [{"action": s.action, "parameters": dict(s.parameters), "outcome": s.outcome} for s in witness.steps]
    kind, configuration = witness.kind.value, dict(found_for)
    return {"kind": kind, "guard": guard, "configuration": configuration, "steps": steps, "loop": witness.loop}


def _about(said: Statement) -> Document:
    model = {"sha256": sha256(said.system), "document": model_document(said.system)}
    return {"model": model, "where": [expression_document(formula) for formula in said.where]}


def written(
    folder: Path, system: System, claims: Sequence[Claim], where: Expr | None = None, engine: str = "auto"
) -> list[Written]:
    """Prove the claims, and return their certificates. Raises as `prove` does."""
    dossiers: list[Dossier] = []
    write(folder, system, claims, where=where, engine=engine, also=dossiers.append)
    files = {path.name: read(path) for path in folder.iterdir()}
    domains = {name: document for name, document in files.items() if document["claim"]["kind"] == "stays-in-domains"}
    found = []
    for dossier in dossiers:
        if not dossier.assignments:
            outcome = dossier.outcome
            cells = tuple(Said(c.verdict.value, c.vacuous, c.configurations, c.when) for c in outcome.cells)
            said = Statement(system, outcome.claim, outcome.partition.space.where, cells, outcome.verdict.value)
            beside = files if isinstance(outcome.claim, Tradeoff) else domains
            found.append(Written(files[file_name(outcome.claim.id)], said, dossier, beside))
    return found


def checked(folder: Path, document: Document, beside: dict[str, Document]) -> list[Finding] | None:
    """Return what the checker finds out about a certificate beside others; nothing if it reads none."""
    for name, other in beside.items():
        rewrite(folder / name, other)
    try:
        return findings(rewrite(folder / "changed.certificate.json", document))
    except tunnelproof_certify.Unreadable:
        return None
