"""One refutation told in full: lanes by actor, a row per step, why it fails, and what would have to be otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.expressions import TRUE, Read, conjoin
from tunnelproof.model.language.system import Source
from tunnelproof.properties.claims import DeadlockFree, Reachable, Recoverable, Tradeoff
from tunnelproof.rendering import wording
from tunnelproof.rendering.fair_loop import Promise, promises
from tunnelproof.rendering.parting import Parting, first_blocked, parting, recovery
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.story import (
    Cause,
    Changed,
    Judgement,
    Moment,
    causes,
    environment,
    incoming,
    judgements,
    moments,
    touched,
)
from tunnelproof.rendering.terminal import WIDTH, Style, wrapped
from tunnelproof.verification.outcome import Cell, ClaimOutcome, Named, Outcome, Run
from tunnelproof.verification.ways_out import WayOut, ways_out

_WIDEST_LANES = 46
_MOST_TRAP_STATES = 6
_MOST_CAUSES = 14
_MOST_DIFFERENCES = 5


@dataclass(frozen=True)
class Explanation:
    """A claim of an outcome to be explained. ``model`` is how a command has to call the model."""

    outcome: Outcome
    found: ClaimOutcome
    model: str
    style: Style = Style()


def render(asked: Explanation) -> str:
    """Return the whole text."""
    cell = explained_cell(asked.found)
    lines = list(_heading(asked))
    if cell is None:
        lines += _without_run(asked)
    else:
        lines += _witness(asked, cell)
    return asked.style.drawn("\n".join(lines)) + "\n"


def explained_cell(found: ClaimOutcome) -> Cell | None:
    """Return the cell that has something to show: the refuted one, or where something was reached."""
    return next((cell for cell in found.cells if cell.evidence.runs), None)


# --- heading ----------------------------------------------------------------------------------------------------------


def _heading(asked: Explanation) -> Iterator[str]:
    claim, style = asked.found.claim, asked.style
    total = asked.outcome.space.count()
    yield style.paint(safe_text(claim.id), "bold")
    yield from wrapped(safe_text(claim.sentence), 2, first="  ")
    if claim.source is not None:
        yield from (style.paint(line, "dim") for line in wrapped(wording.source(claim.source), 4, first="  "))
    yield ""
    for cell in asked.found.cells:
        vacuously = " vacuously" if cell.vacuous else ""
        counted = f"in {cell.configurations:,} of {wording.number(total, 'configuration')}"
        said = f"{style.mark(cell.verdict)} {style.word(cell.verdict)}{vacuously} {counted}"
        when = "" if cell.when == TRUE else f" when {wording.formula(cell.when, asked.outcome.system)}"
        evidence = wording.evidence(cell.evidence, cell.verdict)
        yield f"  {said} · {evidence}"
        if when:
            yield from wrapped(when.strip(), 8, first="    ")
    why = " ".join(part for part in (asked.found.reason, asked.found.detail) if part)
    if why:
        yield from wrapped(safe_text(why), 8, first="    because ")


def _without_run(asked: Explanation) -> Iterator[str]:
    claim = asked.found.claim
    yield ""
    if isinstance(claim, Tradeoff):
        yield "  It speaks of these claims, decided one by one:"
        for part in claim.claims:
            other = asked.outcome[part]
            yield f"    {asked.style.mark(other.verdict)} {safe_text(part)}  {asked.style.word(other.verdict)}"
    elif asked.found.verdict is Verdict.PROVED:
        yield "  There is no trace to show: nothing that can happen breaks it."
    else:
        yield "  There is no trace to show."
    for cell in asked.found.cells:
        for rest in cell.rests_on:
            yield from wrapped(f"rests on {safe_text(rest)}", 6, first="    ")


# --- the run ----------------------------------------------------------------------------------------------------------


def _witness(asked: Explanation, cell: Cell) -> Iterator[str]:
    system, run = asked.outcome.system, cell.evidence.runs[0]
    yield ""
    yield from _what_it_is(asked, run)
    yield from _setting(asked, run)
    yield ""
    yield from _rows(asked, run)
    yield ""
    yield from _verdict(asked, run)
    if run.loop is not None:
        yield from _fairness(promises(asked.found.cone, asked.found.claim, run), run)
    if run.trap:
        yield from _trap(asked, run)
    if cell.flips:
        yield ""
        yield from _nearest(asked, parting(system, run, cell.flips[0]), run)
    yield from _others(asked, cell.evidence.runs[1:])
    graph = wording.command("graph", asked.model, asked.found.claim.id, cell.when, system, "--output", "trace.svg")
    yield ""
    yield f"next: {graph}"


def _what_it_is(asked: Explanation, run: Run) -> Iterator[str]:
    total = asked.outcome.space.count()
    length = wording.number(len(run.steps), "step")
    kind = {"trace": f"A trace of {length}", "lasso": f"A run of {length} that never ends", "trap": f"{length} into a trap"}
    covered = f"the same steps settle it in {run.covers:,} of {wording.number(total, 'configuration')}"
    when = "" if run.guard == TRUE else f", when {wording.formula(run.guard, asked.outcome.system)}"
    yield from wrapped(f"{kind[run.kind.value]}; {covered}{when}.", 2, first="")


def _setting(asked: Explanation, run: Run) -> Iterator[str]:
    cone = {v.name for v in asked.found.cone.configuration}
    read = [v.name for v in asked.outcome.system.configuration if v.name in cone]
    shown = ", ".join(wording.assigned(name, run.configuration[name]) for name in read)
    others = len(run.configuration) - len(read)
    rest = f" ({wording.number(others, 'other variable')} without influence)" if others else ""
    if read:
        yield from wrapped(f"Shown for the configuration {shown}{rest}.", 2, first="")


def _rows(asked: Explanation, run: Run) -> Iterator[str]:
    style, told = asked.style, moments(asked.outcome.system, run)
    lanes = Lanes.of([moment.action.actor for moment in told])
    indent = 6 + lanes.width
    if told:
        yield "      " + style.paint(lanes.header(), "bold")
    yield from wrapped(_start(asked, run), indent + 2, first=_lead(0, lanes.row(None), run))
    notes = _notes(told)
    for moment in told:
        if run.loop is not None and moment.number == run.loop + 1:
            yield "  ╭── from here for ever"
        doc = f": {safe_text(moment.action.doc)}" if moment.action.doc else ""
        lead = _lead(moment.number, lanes.row(moment.action.actor), run)
        margin = f"{_margin(moment.number, run):<{indent + 2}}"
        cited = _note(moment, notes)
        for line in wrapped(f"{wording.step(moment.step)}{doc} {cited}", 0, first="", width=WIDTH - indent - 2):
            yield lead + line
            lead = margin
        for told_change in _changed(moment):
            for line in wrapped(told_change, 2, first="", width=WIDTH - indent - 2):
                yield margin + line
    yield from _closing(run)
    yield ""
    for cited_source, number in notes.items():
        yield from (style.paint(x, "dim") for x in wrapped(f"[{number}] {wording.source(cited_source)}", 6, first="  "))


def _closing(run: Run) -> Iterator[str]:
    if run.idles:
        yield "  ╭── from here for ever: nothing happens any more"
        yield "  ╰──"
    elif run.loop is not None:
        yield f"  ╰── back to the state {f'after step {run.loop}' if run.loop else 'at the start'}"


def _notes(told: Sequence[Moment]) -> dict[Source, int]:
    cited = dict.fromkeys(moment.action.source for moment in told if moment.action.source is not None)
    return {source: number for number, source in enumerate(cited, 1)}


def _note(moment: Moment, notes: dict[Source, int]) -> str:
    source = moment.action.source
    return "[no\u00a0source]" if source is None else f"[{notes[source]}\u00a0{source.confidence.value}]"


def _lead(number: int, lane: str, run: Run) -> str:
    bracket = "│" if run.loop is not None and number > run.loop else " "
    return f"  {bracket}{number:>2} {lane}"


def _margin(number: int, run: Run) -> str:
    return "  │" if run.loop is not None and number > run.loop else ""


def _start(asked: Explanation, run: Run) -> str:
    system, cone = asked.outcome.system, {v.name for v in asked.found.cone.variables}
    shown = touched(system, run) | cone
    names = [v.name for v in system.variables if v.name in shown]
    rest = len(system.variables) - len(names)
    said = ", ".join(wording.assigned(name, run.states[0][name]) for name in names)
    return f"start: {said}" + (f", and {wording.number(rest, 'more variable')}" if rest else "")


def _changed(moment: Moment) -> Iterator[str]:
    plain = [c for c in moment.changes if not c.derived]
    derived = [c for c in moment.changes if c.derived]
    if not plain:
        yield "changes nothing"
    else:
        yield " · ".join(_change(c) for c in plain)
    if derived:
        yield "so that " + ", ".join(wording.assigned(c.name, c.new) for c in derived)


def _change(changed: Changed) -> str:
    return f"{safe_text(changed.name)} {wording.value(changed.old)} → {wording.value(changed.new)}"


@dataclass(frozen=True)
class Lanes:
    """A column per actor, in the order of their first step; one column of names if that gets too wide."""

    actors: tuple[str, ...]
    widths: tuple[int, ...]

    @staticmethod
    def of(actors: Iterable[str]) -> Lanes:
        """Return the lanes of these actors."""
        found = tuple(dict.fromkeys(safe_text(actor) for actor in actors))
        widths = tuple(max(3, len(actor)) + 2 for actor in found)
        return Lanes(found, widths)

    @property
    def apart(self) -> bool:
        """Whether each actor has a column."""
        return sum(self.widths) <= _WIDEST_LANES

    @property
    def width(self) -> int:
        """The columns that a row takes."""
        return sum(self.widths) if self.apart else max(self.widths)

    def header(self) -> str:
        """Return the actors' names above their lanes."""
        return "".join(f"{a:<{w}}" for a, w in zip(self.actors, self.widths, strict=True)) if self.apart else "actor"

    def row(self, actor: str | None) -> str:
        """Return a row in which the actor acts."""
        acting = None if actor is None else safe_text(actor)
        if not self.apart:
            return f"{acting or '':<{self.width}}"
        cells = ("  ●" if acting == a else "  │" for a in self.actors)
        return "".join(f"{cell:<{w}}" for cell, w in zip(cells, self.widths, strict=True))


# --- why it fails -----------------------------------------------------------------------------------------------------

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


def _verdict(asked: Explanation, run: Run) -> Iterator[str]:
    system, claim = asked.outcome.system, asked.found.claim
    if isinstance(claim, Recoverable):
        goal = wording.formula(claim.goal, system)
        yield from wrapped(f"{_place(len(run.steps))} the goal is out of reach: {goal}", 4, first="")
    if isinstance(claim, DeadlockFree):
        who = ", ".join(safe_text(actor) for actor in claim.by) if claim.by else "anybody"
        yield f"{_place(len(run.steps))} no action of {who} is enabled."
    for judgement in judgements(system, claim, run):
        yield from _judgement(asked, run, judgement)


def _place(number: int) -> str:
    return f"After step {number}" if number else "At the start"


def _judgement(asked: Explanation, run: Run, judgement: Judgement) -> Iterator[str]:
    system, style = asked.outcome.system, asked.style
    wanted = judgement.role in ("when", "then", "trigger", "recurs") or isinstance(asked.found.claim, Reachable)
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
    if asked.found.claim.kind == "step-invariant":
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
                said += ": " + ", ".join(wording.assigned(c.formula.name, c.value) for c in seen if isinstance(c.formula, Read))
        yield from wrapped(said, indent + 4, first=" " * indent)
        if isinstance(below.formula, Read) or any(c.definition is not None for c in below.causes):
            yield from _causes(asked, below, indent + 2)


def _fairness(kept: Sequence[Promise], run: Run) -> Iterator[str]:
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


def _trap(asked: Explanation, run: Run) -> Iterator[str]:
    claim, system = asked.found.claim, asked.outcome.system
    assert isinstance(claim, Recoverable)
    who = ", ".join(safe_text(actor) for actor in claim.by) if claim.by else "anybody"
    barred = f" without {', '.join(safe_text(name) for name in claim.barring)}" if claim.barring else ""
    yield from wrapped(f"Actions of {who}{barred} lead from there only to {wording.number(len(run.trap), 'state')}:", 4, first="")
    yield from _trap_states(run)
    found = ways_out(system, claim, run)
    if found:
        yield "Ways out that are missing:"
    else:
        yield "No single action of others leads out."
    for way in found:
        yield from wrapped(_way(way, claim), 8, first="    ")


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


# --- other configurations ---------------------------------------------------------------------------------------------


def _nearest(asked: Explanation, there: Parting | None, run: Run) -> Iterator[str]:
    if there is None:
        return
    system = asked.outcome.system
    changed = " and ".join(wording.change(change) for change in there.changes)
    yield from wrapped(f"The nearest configuration with another verdict has {changed}. There:", 4, first="")
    for number, differing in there.differences[:_MOST_DIFFERENCES]:
        place = f"after step {number}" if number else "at the start"
        said = ", ".join(f"{wording.assigned(c.name, c.new)}" for c in differing[:_MOST_DIFFERENCES])
        here = ", ".join(f"{wording.assigned(c.name, c.old)}" for c in differing[:_MOST_DIFFERENCES])
        yield from wrapped(f"{place}: {said} (above: {here})", 8, first="    ")
    if there.blocked is not None:
        guard = wording.formula(conjoin(there.guard), system) if there.guard else "that values stay in their domains"
        step = wording.step(run.steps[there.blocked - 1])
        yield from wrapped(f"step {there.blocked} ({step}) cannot be taken: it needs {guard}", 8, first="    ")
    else:
        yield from _same_steps(asked, run, there.run)


def _same_steps(asked: Explanation, run: Run, there: Run) -> Iterator[str]:
    """Say why the same steps do not settle the claim in the other configuration."""
    claim, cone, system = asked.found.claim, asked.found.cone, asked.outcome.system
    if isinstance(claim, Recoverable):
        yield from _recovers(asked, run, there)
        return
    if there.loop is not None and there.states[there.loop] != there.states[-1]:
        yield "    the same steps can be taken, but they do not lead back"
        return
    broken = [one.name for one in promises(cone, claim, there) if one.broken]
    if broken:
        yield from wrapped(f"going on like this would not be fair to {', '.join(map(safe_text, broken))}", 8, first="    ")
        return
    yield "    the same steps can be taken, but do not settle the claim"
    before = {(j.after, j.role, j.formula): j.holds for j in judgements(system, claim, run)}
    after = judgements(system, claim, there)
    for _, role, formula in before:
        if role == "recurs" and all(formula != other.formula for other in after):
            yield from wrapped(f"{wording.formula(formula, system)} does not recur", 8, first="    ")
    for judgement in after:
        if before.get((judgement.after, judgement.role, judgement.formula)) == (not judgement.holds):
            truth = "true" if judgement.holds else "false"
            yield from wrapped(f"{wording.formula(judgement.formula, system)} is {truth}", 8, first="    ")


def _recovers(asked: Explanation, run: Run, there: Run) -> Iterator[str]:
    claim, cone = asked.found.claim, asked.found.cone
    assert isinstance(claim, Recoverable)
    way = recovery(cone, claim, there)
    if way is None:
        return
    path = " → ".join(wording.step(step) for step in way) or "it is reached already"
    yield from wrapped(f"the goal can still be reached: {path}", 8, first="    ")
    stopped = first_blocked(cone, run, way)
    if stopped is not None:
        number, guard = stopped
        needs = wording.formula(conjoin(guard), asked.outcome.system)
        yield from wrapped(f"above, {wording.step(way[number - 1])} cannot be taken then: it needs {needs}", 8, first="    ")


def _others(asked: Explanation, runs: Sequence[Run]) -> Iterator[str]:
    for run in runs:
        when = wording.formula(run.guard, asked.outcome.system)
        said = f"Another {run.kind.value}, in {run.covers:,} when {when}: {wording.summary(run)}"
        yield ""
        yield from wrapped(said, 4, first="")
