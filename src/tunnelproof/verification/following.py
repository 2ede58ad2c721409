"""Claims about a model in which somebody follows a procedure."""

from __future__ import annotations

from collections.abc import Sequence

from tunnelproof.engines.contract import Limits, Progress
from tunnelproof.errors import ClaimError
from tunnelproof.games.controller import about, follow
from tunnelproof.model.language.expressions import TRUE, Expr, conjoin
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Tradeoff
from tunnelproof.properties.procedures import Procedure
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.prove import Quiet, prove
from tunnelproof.verification.selection import read_where


def prove_following(
    system: System,
    procedure: Procedure,
    claims: Sequence[Claim],
    *,
    quick: bool = False,
    where: Expr | str | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = Quiet,
) -> tuple[Outcome, tuple[Claim, ...]]:
    """Decide the claims where the procedure's actor does what it says and nothing else; return those left out, too.

    Left out are claims that bar an action of the actor, and trade-offs of such. With ``quick`` nobody else acts where
    the procedure says to act. It is asked about the configurations that the procedure was written for.
    """
    controlled = follow(system, procedure, quick=quick)
    asked: list[Claim] = []
    for claim in claims:
        try:
            asked.append(about(claim, system, controlled, procedure.actor))
        except ClaimError:
            continue
    kept = {claim.id for claim in asked}
    asked = [c for c in asked if not isinstance(c, Tradeoff) or set(c.claims) <= kept]
    kept = {claim.id for claim in asked}
    narrowed = [] if where is None else [read_where(where, system)]
    both = conjoin((*narrowed, procedure.where))
    outcome = prove(
        controlled.system,
        asked,
        where=None if both == TRUE else both,
        engine=engine,
        limits=limits,
        progress=progress,
    )
    return outcome, tuple(claim for claim in claims if claim.id not in kept)
