"""Procedures: what somebody does and when, as a decision table; and objectives, which a procedure is to achieve.

A rule applies where its formula holds and its action is possible. Of the rules that apply the first counts; where none
does, its actor waits. Formulas speak of states: variables, configuration variables and derived names.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import TRUE, Expr
from tunnelproof.model.language.system import Source
from tunnelproof.model.language.terms import Term, expression


@dataclass(frozen=True, slots=True)
class Move:
    """What an actor chooses to do: an action with a choice of its parameters."""

    action: str
    parameters: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.parameters)
        return self.action + (f"({shown})" if shown else "")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where ``when`` holds, do this."""

    when: Expr
    move: Move


def rule(when: Term | Expr | bool, action: str, **parameters: Value) -> Rule:
    """Write a rule with terms."""
    written = when if isinstance(when, Expr) else expression(when)
    return Rule(written, Move(action, tuple(parameters.items())))


@dataclass(frozen=True)
class Procedure:
    """A decision table of one actor, who does what it says and nothing else.

    ``where`` says for which configurations it was written.
    """

    id: str
    sentence: str
    actor: str
    rules: tuple[Rule, ...]
    where: Expr = TRUE
    source: Source | None = None


class Aim(enum.StrEnum):
    """How an objective speaks of its point."""

    REACH = "reach"  # come to it
    AVOID = "avoid"  # never come to it
    AGAIN = "again"  # be there again and again


@dataclass(frozen=True)
class Objective:
    """What an actor wants: a point to reach, avoid or come to again and again, something being kept all the way.

    ``keep`` must hold at every point up to and with the one that is reached. The environment's actions in ``assuming``
    are taken to be weakly fair.
    """

    id: str
    sentence: str
    aim: Aim
    point: Expr
    keep: Expr = TRUE
    assuming: tuple[str, ...] = ()
    source: Source | None = None


def objective(id: str, sentence: str, aim: Aim, point: Any, keep: Any = True, **more: Any) -> Objective:  # noqa: A002
    """Write an objective with terms."""
    return Objective(id, sentence, aim, _written(point), TRUE if keep is True else _written(keep), **more)


def _written(formula: Any) -> Expr:
    return formula if isinstance(formula, Expr) else expression(formula)
