"""A system with durations as an ordinary system, in which time passes by steps of their own.

Each action with a duration gets a clock, and an actor ``time`` gets an action of its own, by which one unit of time
passes: every clock of an enabled action goes on by one, and none may go beyond its upper bound. The action is taken
only where its clock has come to the lower bound. A clock is 0 while its action is disabled and starts anew when it is
taken or disabled. So that no number grows for ever, a clock without an upper bound stays at the lower.

**Why whole units are exact.** Fix a sequence of steps. The times at which it can be carried out are the solutions of
inequalities ``t_j - t_i <= c`` (a step not before the one before it; an action not before its lower bound after it
became enabled; no moment beyond the upper bound of one that is enabled): all bounds are closed, and multiples of the
unit. The matrix of such inequalities is totally unimodular, so the set of solutions is a polyhedron all of whose
vertices are whole in that unit: a linear measure of the times, such as the length of a stay or the sum of several,
is greatest and least at whole times, or has no bound. This is the digitization of Henzinger, Manna and Pnueli (What
good are digital clocks?, ICALP 1992), where it is said of timed transition systems and their properties.

**Why actions may be dropped.** An action that is outside a question's cone of influence changes nothing in the cone,
and its upper bound keeps no time from passing: at its bound it can be taken. Only if upper bounds are 0 may such
actions take turns for ever with no time passing (a Zeno loop): `timing.questions` drops none of those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd

from tunnelproof.errors import ModelError
from tunnelproof.model.language.domains import LARGEST_DOMAIN, Range
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Next, Read, Taken, conjoin, negate, walk
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.system import (
    Action,
    Confidence,
    Derived,
    Duration,
    Fairness,
    Outcome,
    Source,
    System,
    Variable,
)
from tunnelproof.model.language.times import spoken
from tunnelproof.model.language.wellformed import LARGEST_WRITTEN_OUT
from tunnelproof.timing.steps import at_step, enabled, unchanged

TIME = "time"  # the actor by whom time passes
ZERO, ONE = Literal(0), Literal(1)


@dataclass(frozen=True, slots=True)
class Counter:
    """A variable from 0 to ``top`` that a question adds to a timed system.

    ``step`` is its value after a step of the model (a rule as in `timing.steps`), ``tick`` its value after a unit of
    time. If it is ``still``, a step that changes nothing that it reads, and that it does not name, leaves it as it is.
    """

    name: str
    top: int
    step: Expr
    tick: Expr
    start: Expr = ZERO
    still: bool = True
    doc: str = ""


def bounds_of(system: System) -> tuple[int, ...]:
    """Return the bounds of all durations, in seconds."""
    durations = (action.duration for action in system.actions if action.duration is not None)
    return tuple(bound for d in durations for bound in (d.lo, d.hi or 0))


def unit_of(system: System, otherwise: int = 1) -> int:
    """Return the largest unit of which every bound is a multiple; where no bound is above 0, any other will do."""
    return gcd(*bounds_of(system)) or otherwise or 1


def may_stand_still(system: System) -> bool:
    """Say whether actions could take turns for ever with no time passing, and keep it from passing.

    Any other upper bound leaves time to pass: at each moment, what is due can be done, and is then due no more.
    """
    return any(action.duration is not None and action.duration.hi == 0 for action in system.actions)


def passing(system: System) -> Action:
    """Return the action of a timed system by which time passes."""
    return system.actions[-1]


def rounded(system: System, unit: int, *, outward: bool) -> System:
    """Return the system with bounds that are multiples of the unit.

    Outward, each interval is widened: the result has all runs of the system and perhaps more. Inward, it is narrowed:
    each run of the result is one of the system. An interval that nothing is left of then keeps time from passing.
    """

    def coarse(action: Action) -> Action:
        takes = action.duration
        if takes is None:
            return action
        lo = _down(takes.lo, unit) if outward else _up(takes.lo, unit)
        hi = takes.hi if takes.hi is None else _up(takes.hi, unit) if outward else _down(takes.hi, unit)
        return replace(action, duration=Duration(lo, hi, takes.source))

    return replace(system, actions=tuple(coarse(action) for action in system.actions))


def shortened(system: System, unit: int, longest: int, *, outward: bool) -> System:
    """Return the system with bounds of at most ``longest``, all multiples of the unit.

    Outward, what is longer has no upper bound, and a lower one of ``longest``; inward, it has an upper bound of
    ``longest``, and if its lower bound is longer too, it cannot be taken. Runs are related as for `rounded`.
    """

    def short(action: Action) -> Action:
        takes = action.duration
        if takes is None:
            return action
        lo = min(takes.lo, longest if outward else longest + unit)
        if takes.hi is None or takes.hi <= longest:
            return replace(action, duration=Duration(lo, takes.hi, takes.source))
        return replace(action, duration=Duration(lo, None if outward else longest, takes.source))

    return rounded(replace(system, actions=tuple(short(action) for action in system.actions)), unit, outward=outward)


def timed(system: System, unit: int, counters: Sequence[Counter] = ()) -> System:
    """Return the system with time, counted in units of so many seconds, all bounds being multiples of it.

    Raises `ModelError` if a bound is too many units away, or what has to be written out is too large.
    """
    names = _Names(system)
    clocks = [_clock(action, unit, names) for action in system.actions if _matters(action)]
    ready = [Derived(clock.ready, enabled(clock.action), f"'{clock.action.name}' is enabled.") for clock in clocks]
    base = replace(system, derived=(*system.derived, *ready))
    counted = [*(clock.counter() for clock in clocks), *counters]
    for counter in counted:
        if counter.top >= LARGEST_DOMAIN:
            message = f"'{counter.name}' would count {counter.top:,} units of {unit:,} s"
            raise ModelError("TP148", message, hint="give durations a larger common divisor")
    by_action = {clock.action.name: clock for clock in clocks}
    made = replace(
        base,
        variables=(*base.variables, *(_variable(c) for c in counted)),
        initially=(*base.initially, *(_at_start(c) for c in counted if not isinstance(c.start, Literal))),
        actions=(
            *(_with_clocks(action, base, by_action.get(action.name), counted) for action in base.actions),
            _tick(names.passes(unit), clocks, counted),
        ),
        actors=(*base.actors, TIME) if TIME not in base.actors else base.actors,
    )
    for action in made.actions:
        if any(sum(1 for _ in walk(expr)) > LARGEST_WRITTEN_OUT for expr in action.expressions):
            message = f"action '{action.name}': its effect on clocks is too large when it is written out"
            raise ModelError("TP148", message, where=action.where, hint="use fewer choices, or shorter guards")
    return made


@dataclass(frozen=True, slots=True)
class _Clock:
    """The clock of an action: bounds in units, and the names of the clock and of the action's being enabled."""

    action: Action
    lo: int
    hi: int | None
    name: str
    ready: str

    @property
    def is_due(self) -> Expr:
        """No more time may pass. (``>=``: rounded inward, an upper bound may be below the lower one.)"""
        assert self.hi is not None
        return conjoin((Read(self.ready), Apply(">=", (Read(self.name), Literal(self.hi)))))

    def counter(self) -> Counter:
        top = self.lo if self.hi is None else max(self.lo, self.hi)
        goes_on = conjoin((Next(Read(self.ready)), negate(Taken(self.action.name))))
        return Counter(
            self.name,
            top,
            step=Apply("if", (goes_on, Read(self.name), ZERO)),
            tick=Apply("if", (Read(self.ready), one_more(self.name, top), Read(self.name))),
            doc=f"How long '{self.action.name}' has been enabled.",
        )


def one_more(name: str, top: int) -> Expr:
    """Return the counter's value and one more, as far as it goes."""
    return Apply("min", (Apply("+", (Read(name), ONE)), Literal(top)))


def _matters(action: Action) -> bool:
    takes = action.duration
    return takes is not None and (takes.lo > 0 or takes.hi is not None)


def _down(seconds: int, unit: int) -> int:
    return seconds // unit * unit


def _up(seconds: int, unit: int) -> int:
    return -(-seconds // unit) * unit


class _Names:
    """Names that the system does not have, whatever the case of their letters."""

    def __init__(self, system: System) -> None:
        self._taken = {name.casefold() for name in (*system.domains, *system.definitions)}
        self._taken |= {p.name.casefold() for action in system.actions for p in action.parameters}
        self._actions = {action.name.casefold() for action in system.actions}

    def passes(self, unit: int) -> str:
        """Return a name for the passing of a unit of time."""
        name = f"{spoken(unit)} pass"
        while name.casefold() in self._actions:
            name = f"time {name}"
        return name

    def fresh(self, kind: str, label: str) -> str:
        """Return a name for something of an action."""
        name = f"{kind}.{re.sub(r'[^0-9a-zA-Z]', '_', label)[:60]}"
        while name.casefold() in self._taken:
            name += "_"
        self._taken.add(name.casefold())
        return name


def _clock(action: Action, unit: int, names: _Names) -> _Clock:
    takes = action.duration
    assert takes is not None and takes.lo % unit == 0 and (takes.hi or 0) % unit == 0, f"{takes} in units of {unit}"
    hi = None if takes.hi is None else takes.hi // unit
    return _Clock(action, takes.lo // unit, hi, names.fresh("clock", action.name), names.fresh("enabled", action.name))


def _variable(counter: Counter) -> Variable:
    start = (counter.start,) if isinstance(counter.start, Literal) else None
    return Variable(counter.name, Range(0, counter.top), TIME, start, doc=counter.doc)


def _at_start(counter: Counter) -> Expr:
    return Apply("=", (Read(counter.name), counter.start))


def _with_clocks(action: Action, system: System, clock: _Clock | None, counters: Sequence[Counter]) -> Action:
    """Return the action, taken only in time, with its effects on clocks and counters."""

    def counting(outcome: Outcome) -> Outcome:
        values = ((c, at_step(c.step, system, action, outcome)) for c in counters)
        changed = ((c.name, e) for c, e in values if e != Read(c.name) and not (c.still and e == unchanged(c.step)))
        return replace(outcome, effects=(*outcome.effects, *changed))

    guard, fairness = action.guard, action.fairness
    if clock is not None and clock.lo > 0:
        guard = conjoin((guard, Apply(">=", (Read(clock.name), Literal(clock.lo)))))
    if clock is not None and clock.hi is not None and fairness is Fairness.NONE:
        fairness = Fairness.WEAK
    outcomes = tuple(counting(outcome) for outcome in action.outcomes)
    source = _weaker(action.source, action.duration.source) if action.duration is not None else action.source
    return replace(action, guard=guard, fairness=fairness, outcomes=outcomes, duration=None, source=source)


def _weaker(fact: Source | None, time: Source | None) -> Source | None:
    """Return the weaker of an action's two sources: what is said about time rests on both."""
    if fact is None or time is None:
        return None
    return min(fact, time, key=lambda source: list(Confidence).index(source.confidence))


def _tick(name: str, clocks: Sequence[_Clock], counters: Sequence[Counter]) -> Action:
    effects = ((counter.name, fold(counter.tick)) for counter in counters)
    return Action(
        name=name,
        actor=TIME,
        component=TIME,
        guard=fold(conjoin(negate(clock.is_due) for clock in clocks if clock.hi is not None)),
        outcomes=(Outcome("", tuple((n, e) for n, e in effects if e != Read(n))),),
        fairness=Fairness.WEAK,
        source=Source("docs/semantics.md", "time passes", confidence=Confidence.CONFIRMED),
        doc="Nothing happens meanwhile.",
    )


__all__ = ["TIME", "ZERO", "Counter", "bounds_of", "one_more", "rounded", "shortened", "timed", "unit_of"]
