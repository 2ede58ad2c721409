"""One refutation told in full: lanes by actor, a row per step, why it fails, and what would have to be otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import Source
from tunnelproof.properties.claims import Tradeoff
from tunnelproof.rendering import wording
from tunnelproof.rendering.elsewhere import about_the_nearest
from tunnelproof.rendering.explanation import Explanation, explained_cell
from tunnelproof.rendering.fair_loop import promises
from tunnelproof.rendering.parting import parting
from tunnelproof.rendering.reasons import about_the_trap, why_it_fails, why_it_is_fair
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.story import Changed, Moment, moments, touched
from tunnelproof.rendering.terminal import columns, wrapped
from tunnelproof.verification.outcome import Cell
from tunnelproof.verification.runs import Run

_WIDEST_LANES = 46
_MOST_OTHERS = 5


def render(asked: Explanation) -> str:
    """Return the whole text."""
    cell = explained_cell(asked.found)
    lines = list(_heading(asked))
    if cell is None:
        lines += _without_run(asked)
    else:
        lines += _witness(asked, cell)
    return asked.style.drawn("\n".join(lines)) + "\n"


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
        vacuously = wording.vacuity(cell, claim)
        counted = f"in {cell.configurations:,} of {wording.number(total, 'configuration')}"
        said = f"{style.mark(cell.verdict)} {style.word(cell.verdict)}{vacuously} {counted}"
        when = "" if cell.when == TRUE else f" when {wording.formula(cell.when, asked.outcome.system)}"
        evidence = wording.evidence(cell.evidence, cell.verdict)
        yield f"  {said} · {evidence}"
        if when:
            yield from wrapped(when.strip(), 8, first="    ")
        if cell.rests_on:
            yield from wrapped(wording.rests_on(cell.rests_on), 8, first="    ")
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


# --- the run ----------------------------------------------------------------------------------------------------------


def _witness(asked: Explanation, cell: Cell) -> Iterator[str]:
    system, run = asked.outcome.system, cell.evidence.runs[0]
    yield ""
    yield from _what_it_is(asked, run)
    yield from _setting(asked, run)
    yield ""
    yield from _rows(asked, run)
    yield ""
    yield from why_it_fails(asked, run)
    if run.loop is not None:
        yield from why_it_is_fair(promises(asked.found.cone, asked.found.shown, run))
    if run.trap:
        yield from about_the_trap(asked, run)
    if cell.flips:
        yield ""
        yield from about_the_nearest(asked, parting(system, run, cell.flips[0]), run)
    yield from _others(asked, cell.evidence.runs[1:])
    options = (*asked.options, "--output", "witness.svg")
    graph = wording.command("graph", asked.model, asked.found.claim, cell.when, system, *options)
    yield ""
    yield f"next: {graph}"


def _what_it_is(asked: Explanation, run: Run) -> Iterator[str]:
    total = asked.outcome.space.count()
    length = wording.number(len(run.steps), "step")
    kind = {
        "trace": f"A trace of {length}",
        "lasso": f"A run of {length} that never ends",
        "trap": f"{length} into a trap",
    }
    covered = f"the same steps settle it in {run.covers:,} of {wording.number(total, 'configuration')}"
    when = "" if run.guard == TRUE else f", when {wording.formula(run.guard, asked.outcome.system)}"
    yield from wrapped(f"{kind[run.kind.value]}; {covered}{when}.", 2, first="")


def _setting(asked: Explanation, run: Run) -> Iterator[str]:
    cone = {v.name for v in asked.found.cone.configuration}
    read = [v.name for v in asked.outcome.system.configuration if v.name in cone]
    shown = ", ".join(wording.assigned(name, run.configuration[name]) for name in read)
    others = len(run.configuration) - len(read)
    rest = f" ({wording.number(others, 'other variable')} without influence on the verdict)" if others else ""
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
        for line in wrapped(f"{wording.step(moment.step)}{doc} {cited}", 0, first="", width=columns() - indent - 2):
            yield lead + line
            lead = margin
        for told_change in _changed(moment):
            for line in wrapped(told_change, 2, first="", width=columns() - indent - 2):
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
        differ = [name for name in run.states[run.loop] if run.states[run.loop][name] != run.states[-1][name]]
        but = f", but for {', '.join(map(safe_text, differ))}" if differ else ""
        yield f"  ╰── back to the state {f'after step {run.loop}' if run.loop else 'at the start'}{but}"


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


def _others(asked: Explanation, runs: Sequence[Run]) -> Iterator[str]:
    for run in runs[:_MOST_OTHERS]:
        when = f"{run.covers:,} when {wording.formula(run.guard, asked.outcome.system)}"
        where = f"all {run.covers:,}" if run.guard == TRUE else when
        said = f"Another {run.kind.value}, in {where}: {wording.summary(run)}"
        yield ""
        yield from wrapped(said, 4, first="")
    if len(runs) > _MOST_OTHERS:
        yield ""
        yield f"And {len(runs) - _MOST_OTHERS:,} more: --output-format json has them all."
