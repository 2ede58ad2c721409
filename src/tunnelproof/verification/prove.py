"""`prove`: ask every claim of every configuration, and return only what the judge has checked."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from tunnelproof.engines.contract import Limits, Progress
from tunnelproof.errors import NothingToCheck
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Timed, Tradeoff
from tunnelproof.properties.wellformed import check_claims
from tunnelproof.verification.domains import check_domains, without_verdicts
from tunnelproof.verification.hearing import Hearing
from tunnelproof.verification.outcome import ClaimOutcome, Dossier, Outcome, RunFigures, Sink
from tunnelproof.verification.portfolio import Portfolio
from tunnelproof.verification.selection import read_where
from tunnelproof.verification.timed import hear_in_time
from tunnelproof.verification.tradeoff import weigh

Quiet: Progress = lambda _: None  # noqa: E731 - a constant, not a function of its own


def prove(
    system: System,
    claims: Iterable[Claim],
    *,
    where: Expr | str | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = Quiet,
    sink: Sink | None = None,
) -> Outcome:
    """Decide the claims for every valid configuration of the system, or for those in which ``where`` holds.

    ``engine`` is a name, ``auto`` or ``all`` (each engine that supports a claim, compared per configuration). ``sink``
    is given each claim's evidence as soon as it has been heard; nothing of it is kept. Raises a `TunnelproofError` if
    the model or a claim is malformed or nothing is left to check.
    """
    started = time.monotonic()
    asked = list(claims)
    if not asked:
        raise NothingToCheck("TP302", "no claim is left to check")
    hearing = open_hearing(system, asked, where, engine, limits, progress)
    keep = sink or (lambda _: None)
    domains = check_domains(hearing, keep)
    outcomes, seconds = _hear(hearing, asked, keep if domains is None else lambda _: None)
    if domains is not None:
        outcomes = [without_verdicts(outcome, domains) for outcome in outcomes]
        for outcome in outcomes:
            keep(Dossier(outcome))
    figures = RunFigures(
        seconds=time.monotonic() - started,
        states=hearing.states,
        engines={o.claim.id: o.engine for o in outcomes},
        choices={o.claim.id: o.why for o in outcomes if o.why},
        per_claim=seconds,
    )
    return Outcome(system, hearing.space, tuple(outcomes), figures)


def open_hearing(
    system: System,
    claims: Sequence[Claim],
    where: Expr | str | None,
    engine: str,
    limits: Limits,
    progress: Progress,
) -> Hearing:
    """Check the claims against the system and return what is needed to hear them."""
    check_claims(claims, system)
    space = ConfigurationSpace(system.configuration, system.constraints)
    if where is not None:
        space = space.narrow(read_where(where, system))
    return Hearing(system, space, lambda: Portfolio(engine), limits, progress)


def _hear(hearing: Hearing, claims: Sequence[Claim], keep: Sink) -> tuple[list[ClaimOutcome], dict[str, float]]:
    """Hear claims with the same cone one after the other, trade-offs after the claims that they speak of."""
    known: dict[str, ClaimOutcome] = {}
    seconds = {claim.id: 0.0 for claim in claims}
    for group in _by_cone(hearing, claims):
        for claim in group:
            started = time.monotonic()
            known[claim.id] = hearing.hear(claim)
            seconds[claim.id] = time.monotonic() - started
            keep(Dossier(known[claim.id], *hearing.evidence))
        hearing.forget()
    for claim in claims:
        if isinstance(claim, Timed):
            started = time.monotonic()
            known[claim.id] = hear_in_time(hearing, claim, keep)
            seconds[claim.id] = time.monotonic() - started
    for claim in claims:
        if isinstance(claim, Tradeoff):
            started = time.monotonic()
            known[claim.id] = weigh(hearing, claim, known)
            seconds[claim.id] = time.monotonic() - started
            keep(Dossier(known[claim.id]))
    return [known[claim.id] for claim in claims], seconds


def _by_cone(hearing: Hearing, claims: Sequence[Claim]) -> Iterable[list[Claim]]:
    """Group the claims whose cones are the same: one exploration and one closed set serve them, and are let go."""
    groups: dict[System, list[Claim]] = {}
    for claim in claims:
        if not isinstance(claim, (Timed, Tradeoff)):
            groups.setdefault(hearing.cone(claim), []).append(claim)
    return groups.values()
