"""Models for other checkers: a system, and claims about it, in the language of Spin, Rumur or NuSMV.

A format is a module with a function from a `Machine` to an `Export`, and a line in `FORMATS`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence

from tunnelproof.errors import UsageError, near
from tunnelproof.family.factors import TooManyCombinations
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.interchange.export.machine import Export, Machine
from tunnelproof.interchange.export.murphi import murphi
from tunnelproof.interchange.export.promela import promela
from tunnelproof.interchange.export.smv import smv
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim
from tunnelproof.properties.wellformed import check_claim

FORMATS: Mapping[str, Callable[[Machine], Export]] = {
    "promela": promela,
    "murphi": murphi,
    "smv": smv,
}


def export(system: System, claims: Sequence[Claim] = (), to: str = "promela", where: Expr | None = None) -> Export:
    """Return the system and the claims in another language, for the configurations in which ``where`` holds.

    Without claims it is the transition system alone. What the format cannot say is in the notes. Raises `ClaimError`
    for a claim that does not fit the system, `NothingToCheck` if no configuration is left, `UsageError` for an
    unknown format.
    """
    if to not in FORMATS:
        raise UsageError("TP061", f"no format is called {to[:100]!r}", hint=near(to[:100], FORMATS))
    for claim in claims:
        check_claim(claim, system)
    with contextlib.suppress(TooManyCombinations):
        ConfigurationSpace(system.configuration, system.constraints, (where,) if where is not None else ())
    return FORMATS[to](Machine(system, claims, where))


__all__ = ["FORMATS", "Export", "export"]
