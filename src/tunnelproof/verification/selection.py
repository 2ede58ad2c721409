"""Which of a model's claims and configurations were meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from tunnelproof.errors import Location, ModelError, NothingToCheck, UsageError, near
from tunnelproof.model.language.domains import BOOL
from tunnelproof.model.language.expressions import Expr, Read, walk
from tunnelproof.model.language.formula import parse_formula
from tunnelproof.model.language.placing import Places
from tunnelproof.model.language.system import System
from tunnelproof.model.language.typing import Type, Typing, type_of_domain
from tunnelproof.properties.claims import AT_THE_COMMAND_LINE, Claim, Ctl, Ltl, Tradeoff
from tunnelproof.properties.wellformed import check_claim

ON_THE_SPOT: dict[str, type[Ltl | Ctl]] = {"ltl:": Ltl, "ctl:": Ctl}


def choose(system: System, claims: Sequence[Claim], wanted: Sequence[str]) -> tuple[Claim, ...]:
    """Return the claims that are meant: those of the model that `select` returns, and those that are written out.

    ``ltl: FORMULA`` and ``ctl: FORMULA`` are claims about the system; their ids are ltl-1, ctl-2 and so on. Raises as
    `select` does, `UsageError` or `ClaimError` with the place of a fault in a formula.
    """
    named = [text for text in wanted if _kind_of(text) is None]
    written = [text for text in wanted if _kind_of(text) is not None]
    chosen = select(claims, named) if named or not written else ()
    return (*chosen, *(_written(system, text, number) for number, text in enumerate(written, 1)))


def _kind_of(text: str) -> type[Ltl | Ctl] | None:
    return next((kind for start, kind in ON_THE_SPOT.items() if text.startswith(start)), None)


def _written(system: System, text: str, number: int) -> Claim:
    kind, formula = _kind_of(text), text.partition(":")[2]
    assert kind is not None
    known = {*system.domains, *system.definitions}
    places = Places()
    parsed = parse_formula(formula, known, file=f"the {kind.kind} formula", error=UsageError, places=places)
    name = f"{kind.kind}-{number}"
    claim = kind(id=name, sentence=formula.strip(), formula=parsed, where=Location(AT_THE_COMMAND_LINE))
    check_claim(claim, system, places)
    return claim


def select(claims: Sequence[Claim], patterns: Sequence[str]) -> tuple[Claim, ...]:
    """Return the claims that some pattern means, in their own order; all if there is no pattern.

    A pattern is an id, a pack (``leak`` means ``leak.…``), the part of an id after its pack, or has ``*``, ``?`` or
    ``[…]``. A trade-off brings the claims that it speaks of. Raises `NothingToCheck` if there are no claims, or
    a pattern means none.
    """
    if not claims:
        raise NothingToCheck("TP302", "the model has no claims", hint="add some, or name a model that has claims")
    if not patterns:
        return tuple(claims)
    chosen: set[str] = set()
    for pattern in patterns:
        meant = {claim.id for claim in claims if _means(pattern, claim.id)}
        if not meant:
            known = [*(claim.id for claim in claims), *(claim.id.partition(".")[0] for claim in claims)]
            message = f"no claim is called {ascii(pattern[:100])}"
            formula = "(" in pattern and "a formula is written as 'ltl: …' or 'ctl: …'"
            raise NothingToCheck("TP303", message, hint=formula or near(pattern[:100], set(known)))
        chosen |= meant
    for claim in claims:
        if isinstance(claim, Tradeoff) and claim.id in chosen:
            chosen |= set(claim.claims)
    return tuple(claim for claim in claims if claim.id in chosen)


def select_one(system: System, claims: Sequence[Claim], pattern: str) -> tuple[Claim, tuple[Claim, ...]]:
    """Return the one claim that the pattern means, or says, and all that must be asked to answer it."""
    if _kind_of(pattern) is not None:
        written = choose(system, (), [pattern])
        return written[0], written
    meant = [claim for claim in claims if claim.id == pattern]
    meant = meant or [claim for claim in claims if _means(pattern, claim.id)]
    if len(meant) > 1:
        shown = ", ".join(claim.id for claim in meant[:5]) + (", …" if len(meant) > 5 else "")
        message = f"{ascii(pattern[:100])} means {len(meant)} claims"
        raise NothingToCheck("TP304", message, hint=f"choose one of {shown}")
    asked = select(claims, [meant[0].id if meant else pattern])
    return meant[0], asked


def read_where(written: Expr | str, system: System) -> Expr:
    """Return a formula over the configuration, parsed if it is text. Raises `UsageError` with the place of a fault."""
    try:
        return _read_where(written, {v.name: type_of_domain(v.domain) for v in system.configuration})
    except UsageError as fault:
        changing = _changing(written, system, fault.where)
        if changing is None:
            raise
        names = [f"'{v.name}'" for v in system.configuration]
        hint = f"--where can only use the configuration: {', '.join(names[:8]) or 'there is none'}"
        hint += ", …" if len(names) > 8 else ""
        message = f"'{changing}' changes during a run"
        raise UsageError(fault.code, message, where=fault.where, hint=hint) from None


def _read_where(written: Expr | str, scope: Mapping[str, Type]) -> Expr:
    places = Places()
    formula = written
    if isinstance(formula, str):
        formula = parse_formula(formula, scope, file="--where", error=UsageError, places=places)
    Typing(scope, error=UsageError, places=places).check(formula, BOOL, "the formula")
    return formula


def _changing(written: Expr | str, system: System, where: Location | None) -> str | None:
    """Return the variable or derived name that stands where the fault is, if one does."""
    places, configured = Places(), {v.name for v in system.configuration}
    formula = written
    if isinstance(formula, str):
        try:
            formula = parse_formula(formula, {*system.domains, *system.definitions}, file="--where", places=places)
        except ModelError:
            return None
    found = [part.name for part in walk(formula) if isinstance(part, Read) and places.of(part) == where]
    return next((n for n in found if n not in configured and (n in system.domains or n in system.definitions)), None)


def _means(pattern: str, claim: str) -> bool:
    if any(sign in pattern for sign in "*?["):
        return fnmatchcase(claim, pattern)
    return claim == pattern or claim.startswith(pattern + ".") or claim.partition(".")[2] == pattern
