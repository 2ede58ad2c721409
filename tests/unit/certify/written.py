"""Certificates of a system's claims, written to a folder and read back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tunnelproof_certify
from tunnelproof.interchange.certificate_folder import CertificateFolder
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim
from tunnelproof.verification.outcome import Dossier, Outcome, Sink
from tunnelproof.verification.prove import prove

Finding = tuple[int, str, str]


def write(
    folder: Path,
    system: System,
    claims: Iterable[Claim],
    where: Expr | str | None = None,
    engine: str = "auto",
    also: Sink = lambda _: None,
) -> Outcome:
    """Prove the claims and write their certificates into an empty folder; ``also`` hears each dossier."""
    for old in folder.glob("*"):
        old.unlink()
    certificates = CertificateFolder(folder, system)

    def sink(dossier: Dossier) -> None:
        certificates(dossier)
        also(dossier)

    return prove(system, claims, where=where, engine=engine, sink=sink)


def findings(path: Path, solvers: Iterable[list[str]] = ()) -> list[Finding]:
    """Return what the checker finds out about a certificate: a status, of what, and why."""
    checker = tunnelproof_certify.Checker(list(solvers), 60.0)
    return checker.certificate(path).findings


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def rewrite(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), "utf-8")
    return path
