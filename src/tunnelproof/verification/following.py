"""Claims about a model in which somebody follows a procedure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tunnelproof.engines.contract import Limits, Progress
from tunnelproof.errors import ClaimError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.games.controller import SPENT, about, begun, follow, stopped
from tunnelproof.model.language.expressions import TRUE, Apply, Expr, Literal, Read, conjoin
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Invariant, Tradeoff
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


MOST = 9  # that is counted


@dataclass(frozen=True)
class Costs:
    """The most that following a procedure costs until something holds, in the worst configuration asked about.

    ``price`` is the sum of the prices of what is done, ``begun`` how often something else begins. ``None``: more than
    `MOST` times, or not settled. Both are proved of the model.
    """

    price: int | None
    begun: int | None


def costs_of_following(
    system: System,
    procedure: Procedure,
    until: Expr,
    what: Expr,
    *,
    quick: bool = False,
    where: Expr | str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = Quiet,
) -> Costs:
    """Count prices, and how often ``what`` begins, until ``until`` holds, whether or not it ever does."""
    counter = "begun"
    controlled = follow(stopped(system, until), procedure, quick=quick, most=MOST).system
    counted = begun(controlled, counter, what, MOST)
    narrowed = [] if where is None else [read_where(where, system)]
    both = conjoin((*narrowed, procedure.where))

    def least(of: System, name: str) -> int | None:
        asked = [
            Invariant(
                id=f"{name}.{most}",
                sentence=f"{name} is at most {most}",
                holds=Apply("<=", (Read(name), Literal(most))),
            )
            for most in range(MOST + 1)
        ]
        narrow = None if both == TRUE else both
        found = prove(of, asked, where=narrow, limits=limits, progress=progress)
        return next((k for k, o in enumerate(found.claims) if o.verdict is Verdict.PROVED), None)

    return Costs(least(controlled, SPENT), least(counted, counter))
