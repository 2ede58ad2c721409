"""Random claims of every kind over a given system."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from tests.systems.formulas import Draw, Scope, chance, change, cube, formula, happened, pick, point, several
from tests.systems.models import systems
from tests.systems.temporal import temporal

from tunnelproof.model.language.component import NONE, STRONG, WEAK
from tunnelproof.model.language.domains import Bool, Range
from tunnelproof.model.language.expressions import BRANCHING, LINEAR, Expr, disjoin, negate
from tunnelproof.model.language.ranges import possible_range
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.typing import BOOL
from tunnelproof.model.language.wellformed import scope_of
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    DeadlockFree,
    Invariant,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
)


class Subject:
    """What a claim about a system can speak of, drawn on demand."""

    def __init__(self, draw: Draw, system: System) -> None:
        self.draw = draw
        self.labels = {a.name: tuple(o.name for o in a.outcomes) for a in system.actions}
        self.actors = list(system.actors)
        types = scope_of(system)
        numbers = {d.name: d.definition for d in system.derived if types[d.name] != BOOL}
        self.scope: Scope = {
            **system.domains,
            **{d.name: Bool() for d in system.derived if d.name not in numbers},
            **{key: Range(*possible_range(definition, system)) for key, definition in numbers.items()},
        }

    def state(self) -> Expr:
        """Draw a state predicate."""
        return formula(self.draw, self.scope)

    def cube(self, most: int) -> Expr:
        """Draw a conjunction of atoms."""
        return cube(self.draw, self.scope, most)

    def point(self) -> Expr:
        """Draw a point predicate."""
        return point(self.draw, self.scope, self.labels, self.actors)

    def step(self) -> Expr:
        """Draw an atom about a step."""
        return happened(self.draw, self.labels, self.actors)

    def maybe(self, drawn: Callable[[], Expr]) -> Expr | None:
        """Draw it, or nothing."""
        return drawn() if chance(self.draw, 2) else None

    def some(self, one_in: int = 4) -> tuple[str, ...] | None:
        """Draw everybody or, once in so many times, some actors."""
        if not chance(self.draw, one_in):
            return None
        return tuple(several(self.draw, self.actors, 1, len(self.actors)))

    def assuming(self) -> tuple[tuple[str, Fairness], ...]:
        """Draw other fairness for a few actions."""
        actions = several(self.draw, list(self.labels), 0, 2)
        return tuple((action, pick(self.draw, [NONE, WEAK, STRONG])) for action in actions)


def _invariant(about: Subject) -> Claim:
    bad = about.cube(3) if chance(about.draw, 2) else about.point()
    when = about.maybe(about.point)
    return Invariant(id="invariant", sentence="", holds=negate(bad), when=when, given=about.some())


def _step_invariant(about: Subject) -> Claim:
    excuses = [pick(about.draw, [about.state, about.step])() for _ in range(pick(about.draw, [0, 1, 1, 2]))]
    holds = disjoin([change(about.draw, about.scope), *excuses])
    when = about.maybe(pick(about.draw, [about.state, about.step]))
    return StepInvariant(id="step-invariant", sentence="", holds=holds, when=when, given=about.some())


def _reachable(about: Subject) -> Claim:
    goal = about.cube(3) if chance(about.draw, 2) else about.point()
    return Reachable(id="reachable", sentence="", point=goal, given=about.some())


def _precedence(about: Subject) -> Claim:
    first, then = about.point(), about.cube(1) if chance(about.draw, 2) else about.point()
    since = about.maybe(about.point)
    return Precedence(id="precedence", sentence="", first=first, then=then, since=since, given=about.some())


def _deadlock_free(about: Subject) -> Claim:
    by, except_ = about.some(one_in=2), about.maybe(about.state)
    return DeadlockFree(id="deadlock-free", sentence="", by=by, except_=except_, given=about.some())


def _recoverable(about: Subject) -> Claim:
    barring = several(about.draw, list(about.labels), 0, 1)
    goal = about.cube(1) if chance(about.draw, 2) else about.state()
    by, given = about.some(), about.some()
    within = pick(about.draw, [None, None, 0, 1, 2])
    return Recoverable(
        id="recoverable", sentence="", goal=goal, by=by, barring=tuple(barring), given=given, within=within
    )


def _response(about: Subject) -> Claim:
    return Response(
        id="response",
        sentence="",
        trigger=about.cube(1) if chance(about.draw, 2) else about.point(),
        response=about.point(),
        given=about.some(),
        assuming=about.assuming(),
    )


def _recurrence(about: Subject) -> Claim:
    recurring, assuming = about.point(), about.assuming()
    return Recurrence(id="recurrence", sentence="", point=recurring, given=about.some(), assuming=assuming)


def _never_forever(about: Subject) -> Claim:
    points = tuple(about.point() for _ in range(pick(about.draw, [1, 2, 2, 3])))
    assuming = about.assuming()
    return NeverForever(id="never-forever", sentence="", points=points, given=about.some(), assuming=assuming)


def _ltl(about: Subject) -> Claim:
    size = pick(about.draw, range(2, 13))
    formula = temporal(about.draw, LINEAR, lambda: _instant(about), size)
    return Ltl(id="ltl", sentence="", formula=formula, given=about.some(), assuming=about.assuming())


def _ctl(about: Subject) -> Claim:
    size = pick(about.draw, range(2, 13))
    formula = temporal(about.draw, BRANCHING, about.state, size)
    return Ctl(id="ctl", sentence="", formula=formula, given=about.some(), assuming=about.assuming())


def _instant(about: Subject) -> Expr:
    return about.cube(1) if chance(about.draw, 2) else about.point()


DRAWN: dict[str, Callable[[Subject], Claim]] = {
    Invariant.kind: _invariant,
    StepInvariant.kind: _step_invariant,
    Reachable.kind: _reachable,
    Precedence.kind: _precedence,
    DeadlockFree.kind: _deadlock_free,
    Recoverable.kind: _recoverable,
    Response.kind: _response,
    Recurrence.kind: _recurrence,
    NeverForever.kind: _never_forever,
    Ltl.kind: _ltl,
    Ctl.kind: _ctl,
}
KINDS = tuple(DRAWN)
CERTIFIABLE = tuple(kind for kind in KINDS if kind not in (Ltl.kind, Ctl.kind))  # of which certificates are written


@st.composite
def claims(draw: Draw, system: System, kind: str | None = None) -> Claim:
    """Draw a claim about the system, of the kind or of any."""
    return DRAWN[kind or pick(draw, KINDS)](Subject(draw, system))


@st.composite
def questions(draw: Draw, kind: str | None = None) -> tuple[System, Claim]:
    """Draw a system and a claim about it."""
    system = draw(systems())
    return system, draw(claims(system, kind))
