"""What the verdicts of claims about one system say about each other, whatever the system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from tunnelproof.model.language.expressions import (
    FALSE,
    TRUE,
    Apply,
    By,
    Expr,
    Next,
    Taken,
    conjoin,
    disjoin,
    negate,
    speaks_of_steps,
)
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Fair,
    Invariant,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
)

Proved = Callable[..., bool]  # from whether each claim is proved in a configuration to whether the law is kept


@dataclass(frozen=True)
class Instance:
    """A law about these claims: ``kept`` is asked in each configuration whether each of them is proved there."""

    claims: tuple[Claim, ...]
    kept: Proved


Law = Callable[[Random, System, Sequence[Claim]], "Instance | None"]


def _opposite(one: bool, other: bool) -> bool:
    return one != other


def _equal(one: bool, other: bool) -> bool:
    return one == other


def _implies(one: bool, other: bool) -> bool:
    return other or not one


def _only(claims: Sequence[Claim], *kinds: type[Claim]) -> list[Claim]:
    return [claim for claim in claims if isinstance(claim, kinds)]


def _points(claims: Sequence[Claim]) -> list[Expr]:
    """Return point predicates that the claims have."""
    found: list[Expr] = []
    for claim in claims:
        match claim:
            case Invariant():
                found.append(claim.holds)
            case Reachable() | Recurrence():
                found.append(claim.point)
            case Response():
                found += [claim.trigger, claim.response]
            case Precedence():
                found += [claim.first, claim.then]
    return found


def _given(random: Random, system: System) -> tuple[str, ...] | None:
    actors = random.sample(system.actors, random.randint(1, len(system.actors)))
    return None if random.random() < 0.5 else tuple(actors)


def dual(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """A point is reachable where its opposite is not an invariant."""
    point, given = random.choice(_points(claims)), _given(random, system)
    reachable = Reachable(id="reachable", sentence="", point=point, given=given)
    return Instance((reachable, Invariant(id="never", sentence="", holds=negate(point), given=given)), _opposite)


def preceded_by_nothing(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """Only what never happens is preceded by what never happens."""
    point, given = random.choice(_points(claims)), _given(random, system)
    precedence = Precedence(id="precedence", sentence="", first=FALSE, then=point, given=given)
    return Instance((precedence, Invariant(id="never", sentence="", holds=negate(point), given=given)), _equal)


def forgotten_at_once(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """What has to be so since the point at hand has to be so there."""
    first, then, *_ = random.choices(_points(claims), k=2)
    given = _given(random, system)
    precedence = Precedence(id="precedence", sentence="", first=first, then=then, since=TRUE, given=given)
    return Instance((precedence, Invariant(id="there", sentence="", holds=first, when=then, given=given)), _equal)


def conjunction(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """Two invariants hold where their conjunction does."""
    one, other = random.choices(_points(claims), k=2)
    given = _given(random, system)
    asked = [
        Invariant(id=f"part-{place}", sentence="", holds=holds, given=given)
        for place, holds in enumerate((conjoin([one, other]), one, other))
    ]
    return Instance(tuple(asked), lambda both, first, second: both == (first and second))


def disjunction(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """One of two points is reachable where their disjunction is."""
    one, other = random.choices(_points(claims), k=2)
    given = _given(random, system)
    asked = [
        Reachable(id=f"part-{place}", sentence="", point=point, given=given)
        for place, point in enumerate((disjoin([one, other]), one, other))
    ]
    return Instance(tuple(asked), lambda either, first, second: either == (first or second))


def trigger_strengthened(random: Random, _: System, claims: Sequence[Claim]) -> Instance:
    """An invariant keeps its proof under one condition more."""
    claim = random.choice(_only(claims, Invariant))
    assert isinstance(claim, Invariant)
    more = conjoin([claim.when or TRUE, random.choice(_points(claims))])
    return Instance((claim, replace(claim, id="stronger", when=more)), _implies)


def fewer_actors(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """What is safe, or reached, by some actors stays safe with fewer, or reached with more."""
    claim = random.choice(_only(claims, Invariant, StepInvariant, Precedence, Reachable))
    known = system.actors if claim.given is None else claim.given
    fewer = tuple(actor for actor in known if random.random() < 0.5) or known[:1]
    less = replace(claim, id="fewer", given=fewer)
    return Instance((less, claim) if isinstance(claim, Reachable) else (claim, less), _implies)


def more_fairness(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """A proof about fair runs stays one if more is promised."""
    claim = random.choice(_only(claims, Fair))
    assert isinstance(claim, Fair)
    order = list(Fairness)
    less = {a.name: random.choice([*order, Fairness.NONE]) for a in system.actions}
    more = {name: random.choice([*order[order.index(fairness) :], Fairness.STRONG]) for name, fairness in less.items()}
    asked = [replace(claim, id=name, assuming=assuming) for name, assuming in (("less", less), ("more", more))]
    return Instance(tuple(asked), _implies)


def recurrence_as_response(random: Random, _: System, claims: Sequence[Claim]) -> Instance:
    """What recurs answers everything."""
    claim = random.choice(_only(claims, Recurrence))
    assert isinstance(claim, Recurrence)
    response = Response(
        id="answer", sentence="", trigger=TRUE, response=claim.point, given=claim.given, assuming=claim.assuming
    )
    return Instance((claim, response), _equal)


def more_points(random: Random, _: System, claims: Sequence[Claim]) -> Instance:
    """If not all points recur together, neither do they with one more."""
    claim = random.choice(_only(claims, NeverForever))
    assert isinstance(claim, NeverForever)
    more = (*claim.points, random.choice(_points(claims)))
    return Instance((claim, replace(claim, id="more", points=more)), _implies)


def either_recurs(random: Random, _: System, claims: Sequence[Claim]) -> Instance:
    """If a disjunction never recurs, neither part does, and the other way round."""
    claim = random.choice(_only(claims, NeverForever))
    assert isinstance(claim, NeverForever)
    one, other = random.choices(_points(claims), k=2)
    asked = [
        replace(claim, id=f"part-{place}", points=(*claim.points[1:], point))
        for place, point in enumerate((disjoin([one, other]), one, other))
    ]
    return Instance(tuple(asked), lambda both, first, second: both == (first and second))


def more_help(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """More actors, and fewer actions barred, recover no less."""
    claim = random.choice(_only(claims, Recoverable))
    assert isinstance(claim, Recoverable)
    few, barred = random.sample(system.actors, 1), random.choice(system.actions).name
    less = replace(claim, id="less", by=tuple(few), barring=(*claim.barring, barred))
    more = tuple(dict.fromkeys((*few, random.choice(system.actors))))
    return Instance((less, replace(claim, id="more", by=random.choice([more, None]), barring=claim.barring)), _implies)


def helpless(random: Random, system: System, claims: Sequence[Claim]) -> Instance | None:
    """If every action is barred, only what is so always can be recovered."""
    states = [p for p in _points(claims) if not speaks_of_steps(p)]
    if not states:
        return None
    goal, given = random.choice(states), _given(random, system)
    barring = tuple(a.name for a in system.actions)
    recoverable = Recoverable(id="recoverable", sentence="", goal=goal, barring=barring, given=given)
    return Instance((recoverable, Invariant(id="always", sentence="", holds=goal, given=given)), _equal)


def more_to_act(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """More actors wait no more often, nor do they with one more excuse."""
    claim = random.choice(_only(claims, DeadlockFree))
    assert isinstance(claim, DeadlockFree)
    more = None if claim.by is None else tuple(dict.fromkeys((*claim.by, random.choice(system.actors))))
    states = [p for p in _points(claims) if not speaks_of_steps(p)]
    excuse = disjoin([claim.except_ or FALSE, random.choice(states) if states else FALSE])
    return Instance((claim, replace(claim, id="more", by=more, except_=excuse)), _implies)


def kept_by_steps(random: Random, system: System, claims: Sequence[Claim]) -> Instance | None:
    """What holds of states always holds after every step."""
    states = [p for p in _points(claims) if not speaks_of_steps(p)]
    if not states:
        return None
    holds, given = random.choice(states), _given(random, system)
    before = Invariant(id="always", sentence="", holds=holds, given=given)
    return Instance((before, StepInvariant(id="after", sentence="", holds=Next(holds), given=given)), _implies)


def steps_as_points(random: Random, system: System, claims: Sequence[Claim]) -> Instance:
    """What holds at the points after steps holds of those steps."""
    action, given = random.choice(system.actions), _given(random, system)
    step = random.choice([Taken(action.name), Taken(action.name, action.outcomes[0].name), By(action.actor)])
    states = [p for p in _points(claims) if not speaks_of_steps(p)] or [FALSE]
    holds = random.choice(states)
    at_point = Invariant(id="at-point", sentence="", holds=holds, when=step, given=given)
    over_step = StepInvariant(id="over-step", sentence="", holds=Next(holds), when=step, given=given)
    return Instance((at_point, over_step), _equal)


def never_answered(random: Random, _: System, claims: Sequence[Claim]) -> Instance:
    """Only what never happens on any run is answered by what never happens."""
    claim = random.choice(_only(claims, Response))
    assert isinstance(claim, Response)
    states = [p for p in _points(claims) if not speaks_of_steps(p)] or [TRUE]
    trigger = random.choice(states)
    response = replace(claim, id="never-answered", trigger=trigger, response=FALSE)
    # A state that is reached is a point of some fair run: every finite path can be continued to one.
    never = Invariant(id="never", sentence="", holds=negate(trigger), given=claim.given)
    return Instance((response, never), _equal)


def answered_either_way(random: Random, _: System, claims: Sequence[Claim]) -> Instance:
    """A disjunction of triggers is answered where each is."""
    claim = random.choice(_only(claims, Response))
    assert isinstance(claim, Response)
    one, other = random.choices(_points(claims), k=2)
    asked = [
        replace(claim, id=f"part-{place}", trigger=trigger)
        for place, trigger in enumerate((Apply("or", (one, other)), one, other))
    ]
    return Instance(tuple(asked), lambda both, first, second: both == (first and second))


LAWS: dict[str, Law] = {
    "reachable and never": dual,
    "preceded by nothing": preceded_by_nothing,
    "forgotten at once": forgotten_at_once,
    "conjunction of invariants": conjunction,
    "disjunction of points": disjunction,
    "stronger trigger": trigger_strengthened,
    "fewer actors": fewer_actors,
    "more fairness": more_fairness,
    "recurrence as response": recurrence_as_response,
    "more points": more_points,
    "either recurs": either_recurs,
    "more help": more_help,
    "helpless": helpless,
    "more to act": more_to_act,
    "kept by steps": kept_by_steps,
    "steps as points": steps_as_points,
    "never answered": never_answered,
    "answered either way": answered_either_way,
}
