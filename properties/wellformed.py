"""What must hold of claims before a system is asked about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tunnelproof.errors import ClaimError, near
from tunnelproof.model.language.domains import BOOL
from tunnelproof.model.language.expressions import BRANCHING, LINEAR, Expr, speaks_of_steps
from tunnelproof.model.language.placing import Places, excerpt
from tunnelproof.model.language.system import System
from tunnelproof.model.language.temporal import instants
from tunnelproof.model.language.typing import Typing
from tunnelproof.model.language.wellformed import LABEL, LONGEST_NAME, scope_of
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    DeadlockFree,
    Fair,
    Lasts,
    Ltl,
    NeverForever,
    Recoverable,
    StepInvariant,
    Tradeoff,
)

MOST_INSTANTS = 60  # of a linear formula: `evidence.automaton` reads a point as that many bits


def check_claims(claims: Iterable[Claim], system: System, places: Places | None = None) -> None:
    """Raise `ClaimError` for the first fault of a claim, id given twice, or trade-off of unknown claims."""
    known: dict[str, Claim] = {}
    for claim in claims:
        if claim.id in known:
            hint = "give each claim its own id"
            raise ClaimError("TP213", f"claim '{claim.id}' is given twice", where=claim.where, hint=hint)
        check_claim(claim, system, places)
        known[claim.id] = claim
    for claim in known.values():
        if isinstance(claim, Tradeoff):
            _check_parts(claim, known, places or Places())


def check_claim(claim: Claim, system: System, places: Places | None = None) -> None:
    """Raise `ClaimError` unless everything that the claim speaks of exists and its formulas are well typed.

    The claims that a trade-off names are checked by `check_claims`. ``places`` knows where formulas stand.
    """
    if len(claim.id) > LONGEST_NAME or not LABEL.fullmatch(claim.id):
        hint = f"use letters, digits, '.' and '-', at most {LONGEST_NAME}"
        raise ClaimError("TP214", f"{excerpt(claim.id)} is not an id", where=claim.where, hint=hint)
    _check_formulas(claim, system, places)
    actors = dict.fromkeys([*system.actors, *(a.actor for a in system.actions)])
    places = places or Places()
    _check_names(claim, "given", actors, "actor", places)
    if isinstance(claim, (DeadlockFree, Recoverable)):
        _check_names(claim, "by", actors, "actor", places)
    if isinstance(claim, Recoverable):
        _check_names(claim, "barring", system.action_named, "action", places)
    if isinstance(claim, Fair):
        _check_names(claim, "assuming", system.action_named, "action", places)


def _check_formulas(claim: Claim, system: System, places: Places | None) -> None:
    about_states = isinstance(claim, (DeadlockFree, Recoverable, Ctl))
    if isinstance(claim, Lasts) and speaks_of_steps(claim.point):
        message = f"claim '{claim.id}', 'point': a stay is in states, and a step is over at once"
        raise ClaimError("TP216", message, where=claim.where, hint="leave taken and by out")
    typing = Typing(
        scope_of(system),
        error=ClaimError,
        actions=None if about_states else {a.name: tuple(o.name for o in a.outcomes) for a in system.actions},
        actors=tuple(dict.fromkeys([*system.actors, *(a.actor for a in system.actions)])),
        pairs=isinstance(claim, StepInvariant),
        temporal=LINEAR if isinstance(claim, Ltl) else BRANCHING if isinstance(claim, Ctl) else (),
        places=places,
    )
    for role, expr in _formulas(claim):
        typing.check(expr, BOOL, f"claim '{claim.id}', {role}", claim.where)
    if isinstance(claim, Ltl) and (count := len(instants(claim.formula))) > MOST_INSTANTS:
        message = f"claim '{claim.id}': the formula has {count} different parts about one moment"
        hint = f"use at most {MOST_INSTANTS}; split it into several claims"
        raise ClaimError("TP217", message, where=claim.where, hint=hint)


def _formulas(claim: Claim) -> Iterable[tuple[str, Expr]]:
    for name in claim.formulas:
        expr = getattr(claim, name)
        if expr is not None:
            yield f"'{name.rstrip('_')}'", expr
    for number, expr in enumerate(claim.points if isinstance(claim, NeverForever) else (), 1):
        yield f"point {number}", expr


def _check_names(claim: Claim, role: str, known: Collection[str], kind: str, places: Places) -> None:
    names = getattr(claim, role)
    if role == "assuming":
        names = [action for action, _ in names]
    for name in names or ():
        if name not in known:
            message = f"claim '{claim.id}', '{role}': unknown {kind} {excerpt(name)}"
            where = places.of(claim, f"{role} {name}") or claim.where
            raise ClaimError("TP211", message, where=where, hint=near(name[:LONGEST_NAME], known))


def _check_parts(claim: Tradeoff, known: Mapping[str, Claim], places: Places) -> None:
    if not claim.claims:
        hint = "name at least one claim"
        raise ClaimError("TP215", f"claim '{claim.id}' trades off nothing", where=claim.where, hint=hint)
    for part in claim.claims:
        if part not in known or isinstance(known[part], Tradeoff):
            why = "is itself a trade-off" if part in known else "is unknown"
            message = f"claim '{claim.id}': claim {excerpt(part)} {why}"
            others = [name for name, other in known.items() if not isinstance(other, Tradeoff)]
            where = places.of(claim, f"claims {part}") or claim.where
            raise ClaimError("TP215", message, where=where, hint=near(part[:LONGEST_NAME], others))
