"""Does trouble come back after a rescue, if nobody but the environment acts? As claims about an ordinary system.

`watched` lets three times follow each other, told apart by one more variable. First ``before``, when those whom the
claim is given act. At any moment help may be called, and from then on, ``during``, the helpers act; or the device is
left alone, and ``afterwards`` only automatic actors act. Afterwards is for ever.

Help is needed in a state from which, if the device is left alone, the goal cannot be reached again. That, and whether
such a state comes again after a rescue, are formulas of branching time. Its quantifiers range over fair runs, so
what is forced is so on every fair run on which the user does nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tunnelproof.evidence.points import shared_actions
from tunnelproof.model.language.domains import Enum
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read, conjoin, disjoin
from tunnelproof.model.language.system import Action, Outcome, System, Variable
from tunnelproof.model.language.temporal import AF, EF, EX
from tunnelproof.model.language.terms import Term
from tunnelproof.properties.claims import Ctl, Recoverable
from tunnelproof.semantics.cone import slice_for

BEFORE, DURING, AFTERWARDS = "before", "during", "afterwards"
TIME = Enum("Time", (BEFORE, DURING, AFTERWARDS))


def watched(system: System, claim: Recoverable, automatic: Sequence[str]) -> System:
    """Return the system, as far as it matters to the claim's goal, with the three times.

    It has all configuration variables and constraints of the system, so that verdicts can be put side by side.
    """
    cone = slice_for(system, replace(claim, given=None, by=None, barring=()))
    time = _time(system)
    acting = {
        BEFORE: shared_actions(cone, claim.given),
        DURING: shared_actions(cone, claim.by) - set(claim.barring),
        AFTERWARDS: shared_actions(cone, tuple(automatic)),
    }
    part = cone.variables[0].component if cone.variables else "rescue"
    kept = [
        _during(action, time, [when for when in TIME.members if action.name in acting[when]]) for action in cone.actions
    ]
    moves = [
        _move(_fresh("call for help", system), part, time, (BEFORE,), DURING),
        _move(_fresh("leave alone", system), part, time, (BEFORE, DURING), AFTERWARDS),
    ]
    return replace(
        cone,
        configuration=system.configuration,
        constraints=system.constraints,
        actors=tuple(dict.fromkeys([*system.actors, moves[0].actor])),
        variables=(*cone.variables, Variable(time, TIME, part, (Literal(BEFORE),))),
        actions=(*(action for action in kept if action is not None), *moves),
    )


def claims_about_relapse(system: System, claim: Recoverable) -> tuple[Ctl, Ctl, Ctl]:
    """Return what to ask of the watched system: that trouble never comes back after a rescue; that after some rescue it
    comes back on every fair run; that it does so after every rescue.
    """
    goal, time = Term(claim.goal), _time(system)

    def at(when: str) -> Term:
        return Term(_is(time, when))

    stuck = ~EF(goal)  # afterwards

    def rescued(then: Term) -> Term:
        """Say that a place where help is needed can be come to, from there the goal, and left alone there, this."""
        left = EX(at(AFTERWARDS) & then)
        helped = EX(at(DURING) & EF(at(DURING) & goal & left))
        return EF(at(BEFORE) & EX(at(AFTERWARDS) & stuck) & helped)

    def ask(name: str, formula: Term) -> Ctl:
        return Ctl(id=f"relapse-{name}", sentence="Trouble comes back, or not.", formula=formula)

    return (
        ask("never", ~rescued(EF(stuck))),
        ask("forced-once", rescued(AF(stuck))),
        ask("forced-always", ~rescued(~AF(stuck))),
    )


def _time(system: System) -> str:
    return _fresh("time_of_rescue", system)


def _fresh(wanted: str, system: System) -> str:
    """Return a name that nothing in the system has."""
    known = {*system.domains, *system.definitions, *system.action_named}
    known |= {parameter.name for action in system.actions for parameter in action.parameters}
    known |= {value for domain in system.domains.values() for value in domain.values if isinstance(value, str)}
    while wanted in known:
        wanted += "_again"
    return wanted


def _is(time: str, when: str) -> Expr:
    return Apply("=", (Read(time), Literal(when)))


def _during(action: Action, time: str, times: Sequence[str]) -> Action | None:
    """Return the action as it is at these times; ``None`` if there are none."""
    if not times:
        return None
    if len(times) == len(TIME.members):
        return action
    return replace(action, guard=conjoin((disjoin([_is(time, when) for when in times]), action.guard)))


def _move(name: str, component: str, time: str, since: Sequence[str], to: str) -> Action:
    guard = disjoin([_is(time, when) for when in since])
    return Action(name, "somebody", component, guard, (Outcome("", ((time, Literal(to)),)),))
