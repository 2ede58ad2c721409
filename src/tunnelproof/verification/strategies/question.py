"""What is asked of a game: the objective, the player, and what he sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tunnelproof.errors import UsageError, near
from tunnelproof.model.language.domains import BOOL
from tunnelproof.model.language.expressions import TRUE, Apply, Expr, Read, conjoin, disjoin, negate
from tunnelproof.model.language.formula import parse_formula
from tunnelproof.model.language.system import DecidedBy, System
from tunnelproof.model.language.typing import Typing
from tunnelproof.model.language.wellformed import scope_of
from tunnelproof.properties.claims import Claim, Recurrence
from tunnelproof.properties.objectives import named_objective
from tunnelproof.properties.procedures import Aim, Objective

KNOWN_TO_PLAYERS = frozenset({DecidedBy.SETTING, DecidedBy.HABIT})
"""Configuration variables that whoever plays knows: what he set and what he does. Builds and platforms are not seen."""


@dataclass(frozen=True)
class GameQuestion:
    """Does the player achieve the objective?

    ``seeing`` replaces what the player sees by the names given: variables, configuration variables, truth values that
    are derived; ``hiding`` takes names away. A ``quick`` player has his turn in every new state before the environment
    has. ``where`` narrows the configurations.
    """

    objective: Objective
    player: str
    quick: bool = False
    seeing: tuple[str, ...] | None = None
    hiding: tuple[str, ...] = ()
    where: Expr | str | None = None


def read_objective(system: System, named: str | None, written: Mapping[str, Any]) -> Objective:
    """Return the model's objective of that name, or the one written under ``reach``, ``avoid`` or ``again``.

    ``keep`` and ``assuming`` may be written too. Raises `UsageError` with the place of a fault in a formula.
    """
    aims = [aim for aim in Aim if written.get(aim.value) is not None]
    if (named is not None) + len(aims) != 1:
        raise UsageError("TP093", "give the name of an objective, or one of --reach, --avoid and --again")
    assumed = tuple(written.get("assuming") or ())
    if named is not None:
        found = named_objective(system.name, named)
        keep = found.keep if written.get("keep") is None else conjoin((found.keep, _read(system, written["keep"])))
        return replace(found, keep=keep, assuming=(*found.assuming, *assumed))
    keep = TRUE if written.get("keep") is None else _read(system, written["keep"])
    return Objective("written", "", aims[0], _read(system, written[aims[0].value]), keep, assumed)


def _read(system: System, formula: str) -> Expr:
    scope = scope_of(system)
    found = parse_formula(formula, scope, file="formula", error=UsageError)
    Typing(scope, error=UsageError).check(found, BOOL, "the formula")
    return found


def check(system: System, objective: Objective, player: str, quick: bool) -> None:
    """Raise `UsageError` for a question that makes no sense."""
    actors = dict.fromkeys(a.actor for a in system.actions)
    if player not in actors:
        raise UsageError("TP090", f"nobody called '{player}' acts in the model", hint=near(player, actors))
    for name in objective.assuming:
        if name in system.action_named and system.action_named[name].actor == player:
            raise UsageError("TP094", f"'{name}' is an action of '{player}'", hint="assume something of the others")
    if quick and objective.aim is not Aim.REACH:
        message = "a quick player could act for ever and never let anybody else act"
        raise UsageError("TP091", message, hint="ask with --quick for what is to be reached")
    typing = Typing(scope_of(system), error=UsageError)
    for formula in (objective.point, objective.keep):
        typing.check(formula, BOOL, f"objective '{objective.id}'")


def over_where(objective: Objective) -> Expr:
    """Return where the game is over: what was to be kept is lost, or the point is reached."""
    match objective.aim:
        case Aim.REACH:
            return disjoin((negate(objective.keep), objective.point)) if objective.keep != TRUE else objective.point
        case Aim.AVOID:
            return objective.point
        case Aim.AGAIN:
            return negate(objective.keep)


def wanted_where(objective: Objective) -> Expr:
    """Return where the player has what he wants for now; of what is to be avoided, that is everywhere."""
    return TRUE if objective.aim is Aim.AVOID else conjoin((objective.point, objective.keep))


def kept_where(objective: Objective) -> Expr:
    """Return what the player must never lose."""
    return negate(objective.point) if objective.aim is Aim.AVOID else objective.keep


def claim_about(objective: Objective, named: Iterable[str]) -> Claim:
    """Return a claim that speaks of what the game is about, and of what the player is to see."""
    same = (Apply("=", (Read(name), Read(name))) for name in named)
    return Recurrence(id="game", sentence="", point=conjoin((objective.point, objective.keep, *same)))


def seen_by_player(system: System, question: GameQuestion) -> tuple[str, ...]:
    """Return the names that the player sees. Raises `UsageError` for one that the model does not have."""
    known = {*system.domains, *system.definitions}
    typing = Typing(scope_of(system), error=UsageError)
    for name in (*(question.seeing or ()), *question.hiding):
        if name not in known:
            raise UsageError("TP092", f"'{name}' is no name of the model", hint=near(name, known))
        if name in system.definitions:
            typing.check(Read(name), BOOL, f"'{name}', which is to be seen,")
    if question.seeing is not None:
        return tuple(name for name in dict.fromkeys(question.seeing) if name not in question.hiding)
    rigid = [v.name for v in system.configuration if v.decided_by in KNOWN_TO_PLAYERS]
    state = [v.name for v in system.variables if v.visible_to is None or question.player in v.visible_to]
    return tuple(name for name in (*rigid, *state) if name not in question.hiding)
