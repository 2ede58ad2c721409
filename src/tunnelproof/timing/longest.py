"""Times without bound: a loop in which time passes, as an ordinary claim about an ordinary system.

A stay has no bound exactly if some run can go round for ever inside it with time passing: beyond the number of states,
a longer stay repeats one. An actor ``time`` may begin to watch wherever it likes; the watch is over where the stay is
(or the total is reset). So the claim is that no run has time pass again and again under watch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Next, Read, Taken, conjoin, negate
from tunnelproof.model.language.system import Action, Fairness, Outcome, System
from tunnelproof.properties.claims import NeverForever
from tunnelproof.timing.clocks import TIME, Counter, passing, timed
from tunnelproof.timing.steps import after_step, at_rest

IDLE, WATCHING, OVER = Literal(0), Literal(1), Literal(2)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is measured: the time in ``point``, in one stay, or since ``since`` (a point predicate) over all stays."""

    point: Expr
    since: Expr | None = None

    @property
    def over(self) -> Expr:
        """The rule that a step ends it."""
        return negate(after_step(self.point)) if self.since is None else after_step(self.since)

    @property
    def counts(self) -> Expr:
        """Where time that passes counts."""
        return self.point if self.since is None else conjoin((self.point, negate(at_rest(self.since))))


def watching(system: System, measured: Watched, unit: int, name: str, *, fair: bool) -> System:
    """Return the timed system in which ``time`` may watch one stay (or what lies between two resets).

    If not ``fair``, nothing is promised: runs may go round wherever they can.
    """
    watch = Counter(
        name,
        2,
        step=Apply("if", (conjoin((Apply("=", (Read(name), WATCHING)), measured.over)), OVER, Read(name))),
        tick=Read(name),
        doc="1 while a stay is watched, 2 when that is over.",
    )
    made = timed(system, unit, [watch])
    begin = Action(
        name=_free("watch", made),
        actor=TIME,
        component=TIME,
        guard=conjoin((Apply("=", (Read(name), IDLE)), measured.counts)),
        outcomes=(Outcome("", ((name, WATCHING),)),),
        doc="From here on it is watched.",
    )
    actions = made.actions if fair else tuple(_free_of_promises(action) for action in made.actions)
    assert made.domains[name] == Range(0, 2)
    return replace(made, actions=(begin, *actions))


def no_loop(system: System, measured: Watched, name: str, claim: str) -> NeverForever:
    """Return the claim that time cannot go on for ever in what is watched in `watching`'s system."""
    while_watched = conjoin((Apply("=", (Read(name), WATCHING)), measured.counts, Taken(passing(system).name)))
    return NeverForever(id=claim, sentence="Time does not pass there for ever.", points=(while_watched,))


def no_end_of_stays(measured: Watched, name: str, claim: str) -> NeverForever:
    """Return the claim that no run begins stays again and again without a reset."""
    watched = Apply("=", (Read(name), WATCHING))
    points = (conjoin((watched, measured.point)), conjoin((watched, negate(measured.point))))
    return NeverForever(id=claim, sentence="Stays do not come again and again without a reset.", points=points)


def ends_after(measured: Watched, name: str, least: int) -> tuple[Expr, Expr]:
    """Return when a stay ends, and that it has lasted so many units then: trigger and rule of a step invariant."""
    ends = conjoin((measured.point, Next(negate(measured.point))))
    return ends, Apply(">=", (Read(name), Literal(least)))


def _free_of_promises(action: Action) -> Action:
    outcomes = tuple(replace(outcome, fair=False) for outcome in action.outcomes)
    return replace(action, fairness=Fairness.NONE, each=False, outcomes=outcomes)


def _free(label: str, system: System) -> str:
    known = {action.name.casefold() for action in system.actions}
    while label.casefold() in known:
        label += "_"
    return label
