"""Evidence as an engine hands it over, and what the judge accepts of it, against brute force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from tests.long.shown_by_evidence import closed, ranked, settled
from tests.oracle import Configuration, World, configurations
from tests.oracle.statements import Truth

from tunnelproof.engines.contract import Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Certificate, Witness
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Reachable
from tunnelproof.semantics.cone import restrict


@dataclass(frozen=True)
class Judged:
    """Whether a piece of evidence was wrong, and where it was accepted and should not have been."""

    wrong: bool
    wrongly: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Handed:
    """The reference engine's evidence about a claim: a certificate for the proved configurations, and witnesses."""

    system: System
    claim: Claim
    configurations: tuple[Configuration, ...]
    verdicts: tuple[str, ...]
    certificate: Certificate
    witnesses: tuple[Witness, ...]

    @property
    def part(self) -> System:
        """The system with the actions that the claim is about."""
        return restrict(self.system, self.claim)

    @property
    def proved(self) -> list[Configuration]:
        """The configurations that the certificate is for."""
        return [c for c, v in zip(self.configurations, self.verdicts, strict=True) if v == resting(self.claim)]


def resting(claim: Claim) -> str:
    """Return the verdict that a certificate shows."""
    return "refuted" if isinstance(claim, Reachable) else "proved"


def handed(system: System, claim: Claim, most: int = 3) -> Handed:
    """Have the reference engine decide the claim, with witnesses for at most so many configurations."""
    engine, every = ReferenceEngine(), tuple(configurations(system))
    question = Question(restrict(system, claim), claim, every)
    found = engine.decide(question, lambda _: None)
    certified = Verdict(resting(claim))
    places = [place for place, verdict in enumerate(found.verdicts) if verdict is not certified]
    witnesses = [engine.witness(question, place) for place in places[:most]]
    certificate = found.certificate
    if certificate.closed is not None:
        certificate = replace(certificate, closed=np.unique(certificate.closed, axis=0))
    verdicts = tuple(verdict.value for verdict in found.verdicts)
    return Handed(system, claim, every, verdicts, certificate, tuple(w for w in witnesses if w is not None))


def accepts_all(evidence: Handed) -> bool:
    """Say whether the judge accepts the evidence as it is wherever it is for."""
    covered = _covered(evidence.part, evidence.claim, evidence.configurations, evidence.certificate)
    proved = set(evidence.proved) <= covered.keys()
    return proved and all(w.configuration in _settled(evidence, w, evidence.claim) for w in evidence.witnesses)


def judged_about(evidence: Handed, truth: Truth) -> list[Judged]:
    """Have the evidence judged as if it were about another model or claim."""
    part, every = restrict(truth.system, truth.claim), tuple(truth.configurations)
    rests, found = resting(truth.claim), []

    def right(configuration: Configuration, vacuous: bool | None) -> bool:
        if not truth.world(configuration).initial():
            return False
        answer = truth.answer(configuration)
        return answer.verdict == rests and vacuous in (None, answer.vacuous)

    if evidence.certificate.closed is not None:
        covered = _covered(part, truth.claim, every, evidence.certificate)
        false = tuple(str(c) for c, vacuous in covered.items() if not right(c, vacuous))
        wrong = any(c in every and not right(c, None) for c in evidence.proved)
        found.append(Judged(wrong, false))
    for witness in evidence.witnesses:
        moved = replace(evidence, system=truth.system, claim=truth.claim, configurations=every)
        settles = _settled(moved, witness, truth.claim)
        false = tuple(str(c) for c in settles if truth.answer(c).verdict == rests)
        here = witness.configuration
        wrong = here in every and bool(truth.world(here).initial()) and truth.answer(here).verdict == rests
        found.append(Judged(wrong, false))
    return found


def judged_certificate(evidence: Handed, changed: Certificate) -> Judged:
    """Have a changed certificate judged: a closed set, and ranks if there are some."""
    covered = _covered(evidence.part, evidence.claim, evidence.configurations, changed)
    if not closed(evidence.part, evidence.configurations, changed):
        return Judged(True, tuple(map(str, covered)))
    shown = {c: ranked(evidence.part, evidence.claim, c, changed) for c in evidence.configurations}
    false = tuple(str(c) for c in covered if not shown[c] or c not in evidence.proved)
    return Judged(not all(shown[c] for c in evidence.proved), false)


def judged_witness(evidence: Handed, changed: Witness) -> Judged:
    """Have a changed witness judged."""
    settles = _settled(evidence, changed, evidence.claim)
    shown = {c: settled(World(evidence.part, c), evidence.claim, changed) for c in evidence.configurations}
    return Judged(not shown[changed.configuration], tuple(str(c) for c in settles if not shown[c]))


def _covered(
    part: System, claim: Claim, every: Sequence[Configuration], certificate: Certificate
) -> dict[Configuration, bool | None]:
    """Return the configurations in which the judge finds the claim shown, and whether vacuously."""
    if certificate.closed is None:
        return {}
    try:
        proof = Judge().check_proof(part, claim, every, certificate)
    except EvidenceRejected:
        return {}
    return {c: vacuous for c, covers, vacuous in zip(every, proof.covered, proof.vacuous, strict=True) if covers}


def _settled(evidence: Handed, witness: Witness, claim: Claim) -> list[Configuration]:
    """Return the configurations in which the judge finds the claim settled by the witness."""
    part = restrict(evidence.system, claim)
    try:
        checked = Judge().check_witness(part, claim, evidence.configurations, witness)
    except EvidenceRejected:
        return []
    return [evidence.configurations[place] for place in checked.configurations]
