"""Why a run settles the claim: the formula and what it rests on, the fairness of a loop, the states of a trap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.expressions import Read, conjoin
from tunnelproof.properties.claims import DeadlockFree, Reachable, Recoverable
from tunnelproof.rendering import wording
from tunnelproof.rendering.explanation import Explanation
from tunnelproof.rendering.fair_loop import Promise
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.story import Cause, Judgement, causes, environment, incoming, judgements
from tunnelproof.rendering.terminal import wrapped
from tunnelproof.verification.runs import Named, Run
from tunnelproof.verification.ways_out import MOST_STATES, WayOut, ways_out, what_ways_depend_on

_MOST_TRAP_STATES = 6
_MOST_CAUSES = 14

_ROLES = {
    "when": "The claim is about points where",
    "holds": "It asks for",
    "point": "It asks whether some point has",
    "then": "The claim is about points where",
    "first": "It asks that before, since the start or the last reset, or here, there was",
    "trigger": "It waits from here on, since",
    "response": "What should follow is",
    "recurs": "This should not recur for ever, but does:",
}


def why_it_fails(asked: Explanation, run: Run) -> Iterator[str]:
    """Say which formula of the claim the run settles, where, and what that rests on."""
    system, claim = asked.outcome.system, asked.found.shown
    if isinstance(claim, Recoverable):
        goal = wording.formula(claim.goal, system)
        price = "" if claim.within is None else f" at {wording.price(claim.within)}"
        yield from wrapped(f"{_place(len(run.steps))} the goal is out of reach{price}: {goal}", 4, first="")
    if isinstance(claim, DeadlockFree):
        who = ", ".join(safe_text(actor) for actor in claim.by) if claim.by else "anybody"
        yield f"{_place(len(run.steps))} no action of {who} is enabled."
    for judgement in judgements(system, claim, run):
        yield from _judgement(asked, run, judgement)


def _place(number: int) -> str:
    return f"After step {number}" if number else "At the start"


def _judgement(asked: Explanation, run: Run, judgement: Judgement) -> Iterator[str]:
    system, style = asked.outcome.system, asked.style
    wanted = judgement.role in ("when", "then", "trigger", "recurs") or isinstance(asked.found.shown, Reachable)
    role = _ROLES[judgement.role]
    place = f"after step {judgement.after}" if judgement.after else "at the start"
    if judgement.role in ("response", "point") and run.loop is not None:
        role, place = ("What should recur is" if judgement.role == "point" else role), "for ever"
    parts = wording.formula(conjoin(judgement.parts), system)
    truth = "true" if judgement.holds else "false"
    verdict = Verdict.PROVED if judgement.holds == wanted and judgement.holds else Verdict.REFUTED
    if judgement.role in ("when", "then", "trigger", "recurs"):
        yield from wrapped(f"{role} {wording.formula(judgement.formula, system)} ({place})", 4, first="")
        return
    yield from wrapped(f"{role} {wording.formula(judgement.formula, system)}", 4, first="")
    yield from wrapped(f"{place}, {parts} is {style.word(verdict, truth)}", 8, first="    ")
    env = environment(system, run.configuration, run.states[judgement.after])
    step = incoming(system, run, judgement.after)
    if asked.found.shown.kind == "step-invariant":
        return
    lines = [line for part in judgement.parts for line in _causes(asked, causes(system, part, env, step), 6)]
    yield from lines[:_MOST_CAUSES]


def _causes(asked: Explanation, cause: Cause, indent: int) -> Iterator[str]:
    """Tell a cause's own causes; the cause itself has been told."""
    system = asked.outcome.system
    for below in cause.causes:
        if isinstance(below.formula, Read):
            said = wording.assigned(below.formula.name, below.value)
            if below.definition is not None:
                said += f", being {wording.formula(below.definition, system)}"
        else:
            truth = "" if below.value is True else " is false"
            said = wording.formula(below.formula, system) + truth
            seen = [c for c in below.causes if isinstance(c.formula, Read) and c.definition is None]
            if below.value is not True and seen:
                said += ": " + ", ".join(
                    wording.assigned(c.formula.name, c.value) for c in seen if isinstance(c.formula, Read)
                )
        yield from wrapped(said, indent + 4, first=" " * indent)
        if isinstance(below.formula, Read) or any(c.definition is not None for c in below.causes):
            yield from _causes(asked, below, indent + 2)


def why_it_is_fair(kept: Sequence[Promise]) -> Iterator[str]:
    """Say how the loop keeps each promise of fairness."""
    if not kept:
        yield "No action is fair under this claim, so the run may go on like this."
        return
    yield "The run is fair:"
    for one in kept:
        promise = "strongly fair" if one.strong else "weakly fair"
        if one.step is not None:
            why = f"taken in step {one.step}"
        elif not one.enabled:
            why = "not enabled there"
        else:
            why = f"enabled in only {one.enabled} of the loop's {one.states} states"
        yield from wrapped(f"{safe_text(one.name)} ({promise}): {why}", 6, first="    ")


# --- traps ------------------------------------------------------------------------------------------------------------


def about_the_trap(asked: Explanation, run: Run) -> Iterator[str]:
    """Show the states of the trap, and which actions would lead out."""
    claim, system = asked.found.shown, asked.outcome.system
    assert isinstance(claim, Recoverable)
    who = ", ".join(safe_text(actor) for actor in claim.by) if claim.by else "anybody"
    barred = f" without {', '.join(safe_text(name) for name in claim.barring)}" if claim.barring else ""
    price = "" if claim.within is None else f", at {wording.price(claim.within)},"
    yield from wrapped(
        f"Actions of {who}{barred} lead from there{price} only to {wording.number(len(run.trap), 'state')}:",
        4,
        first="",
    )
    yield from _trap_states(run)
    if claim.within is not None:
        return
    found = ways_out(system, claim, run)
    hidden = _hidden(asked, claim, run)
    if found is None:
        yield f"Ways out are not known: more than {MOST_STATES:,} states would have to be searched."
    elif found:
        yield from wrapped(f"Ways out that are missing{hidden}:", 4, first="")
    else:
        yield from wrapped(f"No single action of others leads out{hidden}.", 4, first="")
    for way in found or ():
        yield from wrapped(_way(way, claim), 8, first="    ")


def _hidden(asked: Explanation, claim: Recoverable, run: Run) -> str:
    """Say with which settings that the verdict does not depend on the ways out were searched."""
    shown = {v.name for v in asked.found.cone.configuration}
    read = [name for name in what_ways_depend_on(asked.outcome.system, claim) if name not in shown]
    return f" with {', '.join(wording.assigned(name, run.configuration[name]) for name in read)}" if read else ""


def _trap_states(run: Run) -> Iterator[str]:
    names = list(run.trap[0])
    moving = [name for name in names if len({repr(state[name]) for state in run.trap}) > 1]
    fixed = [name for name in names if name not in moving]
    yield from wrapped("always " + _state(run.trap[0], fixed), 8, first="    ")
    for state in run.trap[:_MOST_TRAP_STATES] if moving else ():
        yield from wrapped("and " + _state(state, moving), 10, first="      ")
    if moving and len(run.trap) > _MOST_TRAP_STATES:
        yield f"      and {len(run.trap) - _MOST_TRAP_STATES:,} more"


def _state(state: Named, names: Sequence[str]) -> str:
    return ", ".join(wording.assigned(name, state[name]) for name in names)


def _way(way: WayOut, claim: Recoverable) -> str:
    barred = ", which the claim bars" if way.action in claim.barring else ""
    then = f"then {wording.number(way.steps, 'step')} to the goal" if way.steps else "straight to the goal"
    moved = [name for name in way.before if way.before[name] != way.after[name]]
    return f"{wording.step(way.step)} by {safe_text(way.actor)}{barred}: {_state(way.after, moved)}; {then}"
