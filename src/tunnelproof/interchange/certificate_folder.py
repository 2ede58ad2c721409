"""A folder of certificates: one file for each claim, written as soon as the claim has been heard."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from tunnelproof.errors import Location, OutputError, UsageError
from tunnelproof.interchange.certificate import certificate_document, to_text
from tunnelproof.interchange.files import write_file
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Ctl, Ltl, Tradeoff
from tunnelproof.verification.outcome import Dossier

SUFFIX = ".certificate.json"

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*", re.ASCII)
_LONGEST = 100


class CertificateFolder:
    """Writes certificates of claims about one system. An object is a `verification.outcome.Sink`."""

    def __init__(self, path: Path, system: System) -> None:
        """Make the folder. Raises `UsageError` if there is something else in it, `OutputError` if it cannot be made."""
        self.path, self._system = path, system
        self._domains: dict[System, list[str]] = {}
        self._written: dict[str, tuple[str, Claim]] = {}
        try:
            path.mkdir(parents=True, exist_ok=True)
            others = sorted(entry.name for entry in path.iterdir() if not entry.name.endswith(SUFFIX))
        except OSError as fault:
            reason, hint = fault.strerror or type(fault).__name__, "give a folder that can be written to"
            raise OutputError("TP503", f"no folder: {reason}", where=Location(str(path)), hint=hint) from None
        if others:
            message = f"there is something else in the folder for certificates: {others[0]}"
            raise UsageError("TP064", message, where=Location(str(path)), hint="give an empty or a new folder")

    def __call__(self, dossier: Dossier) -> None:
        """Write the certificate of a claim. Raises `OutputError` if that fails."""
        claim = dossier.outcome.claim
        check_can_be_written([claim])
        known = {**self._written} if isinstance(claim, Tradeoff) else None
        system = dossier.system or self._system  # of a claim about time its timed system, which has no durations left
        domains = self._domains.setdefault(system, [])
        document = certificate_document(system, dossier, domains=domains, parts=known)
        number = sum(map(len, self._domains.values())) + 1 if dossier.assignments else 0
        name = file_name(claim.id, number)
        write_file(self.path / name, to_text(document).encode("ascii"))
        if dossier.assignments:
            domains.append(name)
        else:
            self._written[claim.id] = name, claim


def check_can_be_written(claims: Iterable[Claim]) -> None:
    """Raise `UsageError` for a temporal formula: `tunnelproof-certify` does not know those kinds."""
    for claim in claims:
        if isinstance(claim, (Ctl, Ltl)):
            message = f"'{claim.id}' is a claim of the kind {claim.kind}, of which no certificate can be written"
            raise UsageError("TP066", message, hint="leave it out, or ask without --certificates")


def file_name(claim: str, number: int = 0) -> str:
    """Return a file name that is safe everywhere, and that no other claim has: not even where case does not count."""
    plain = re.sub(r"[^a-z0-9._-]", "_", claim[:_LONGEST].lower()).lstrip(".-")
    if len(claim) > _LONGEST or not _PLAIN.fullmatch(claim):
        plain += "-" + hashlib.sha256(claim.encode("utf-8")).hexdigest()[:12]
    return plain + (f"+{number}" if number else "") + SUFFIX
