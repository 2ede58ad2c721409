"""The answer to `prove` as text: a line per claim, and under each refutation when, how, and where to look next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, conjoin
from tunnelproof.properties.claims import Reachable, Recoverable, Tradeoff
from tunnelproof.rendering import wording
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import Style, columns, wrapped
from tunnelproof.verification.outcome import Cell, ClaimOutcome, Outcome
from tunnelproof.verification.ways_out import MOST_STATES, WayOut, ways_out

_FEW = 3  # claims up to which everything is told
_SHORT = 100  # a formula up to this length stands in the overview
_NAME_COLUMN = 34  # width at most; longer names push the verdict to the right


@dataclass(frozen=True)
class Report:
    """An outcome to be written down: ``model`` is how a command has to call the model, ``quiet`` leaves out details.

    ``options`` are what a command has to be given besides, to ask the same. ``verbose`` asks for all details;
    without it they are given when few claims are asked, and with many each gets a few lines.
    """

    outcome: Outcome
    model: str
    style: Style = Style()
    quiet: bool = False
    timings: bool = False
    options: tuple[str, ...] = ()
    verbose: bool = False

    @property
    def detailed(self) -> bool:
        """Whether every case of every claim is told."""
        return self.verbose or len(self.outcome.claims) <= _FEW


def render(report: Report) -> str:
    """Return the whole text."""
    lines = [] if report.quiet else [_heading(report.outcome), *_where(report.outcome)]
    pack = None
    width = _name_width(report.outcome)
    for found in report.outcome.claims:
        own, _, name = found.claim.id.rpartition(".") if "." in found.claim.id else ("", "", found.claim.id)
        if own != pack and not report.quiet:
            lines += ["", report.style.paint(safe_text(own or "claims"), "bold")]
        pack = own
        shown = found.claim.id if report.quiet else name
        lines += _claim(found, safe_text(shown), width, report)
    lines += [""] if not report.quiet else []
    lines += _ending(report)
    return report.style.drawn("\n".join(lines)) + "\n"


# --- the frame --------------------------------------------------------------------------------------------------------


def _heading(outcome: Outcome) -> str:
    parts = [safe_text(outcome.system.name), wording.number(outcome.space.count(), "configuration")]
    sources = wording.sources_of(outcome)
    weakest = wording.weakest(sources)
    if weakest is not None:
        parts.append(f"{wording.number(len(sources), 'source')}, weakest confidence: {weakest.value}")
    return " · ".join(parts)


def _where(outcome: Outcome) -> list[str]:
    if not outcome.space.where:
        return []
    return wrapped("only where " + wording.formula(conjoin(outcome.space.where), outcome.system), 2)


def _name_width(outcome: Outcome) -> int:
    names = [len(safe_text(found.claim.id.rpartition(".")[2])) for found in outcome.claims]
    return min(max(names, default=0), _NAME_COLUMN)


def _ending(report: Report) -> Iterator[str]:
    claims, style = report.outcome.claims, report.style
    counts = {verdict: sum(found.verdict is verdict for found in claims) for verdict in Verdict}
    said = [style.word(verdict, f"{count:,} {verdict.value}") for verdict, count in counts.items() if count]
    pieces = sum(max(1, len(c.evidence.runs)) for found in claims for c in found.cells if c.evidence.checked)
    evidence = f"{wording.number(pieces, 'piece')} of evidence checked"
    yield f"{wording.number(len(claims), 'claim')}: {', '.join(said)} · {evidence}"
    if any(found.alone for found in claims) and not report.quiet:
        yield "found by the reference engine alone: the judge uses the same interpreter (--engine all asks others)"
    if report.timings:
        figures = report.outcome.figures
        yield f"{figures.seconds:.2f} s · {wording.number(figures.states, 'state')} explored"
        for claim, seconds in figures.per_claim.items():
            engine, why = (safe_text(known.get(claim, "")) for known in (figures.engines, figures.choices))
            yield f"  {seconds:8.2f} s  {safe_text(claim)}  {engine}" + (f" ({why})" if why else "")
    following = _next(report)
    if following and not report.quiet:
        yield f"next: {following}"


def _next(report: Report) -> str:
    """Return the command to look at the first refutation with."""
    for found in report.outcome.claims:
        cell = found.cell(Verdict.REFUTED)
        if cell and cell.evidence.runs:
            system = report.outcome.system
            where = cell.when if _is_short(cell.when, report) else TRUE
            return wording.command("explain", report.model, found.claim, where, system, *report.options)
    return ""


# --- one claim --------------------------------------------------------------------------------------------------------


def _claim(found: ClaimOutcome, name: str, width: int, report: Report) -> Iterator[str]:
    style, verdict = report.style, found.verdict
    main = max(found.cells, key=lambda cell: _weight(cell, found))
    total = report.outcome.space.count()
    head = f"  {style.mark(verdict)} {name:<{width}}  "
    indent = width + 6
    if not report.detailed and not report.quiet:
        yield from _overview(found, main, total, head, report)
        return
    yield from _headline(found, main, total, head, indent, report)
    if report.quiet:
        return
    yield from _platforms(main, report)
    for cell in found.cells:
        if cell is not main and not _implied(cell, main, found):
            yield from _other(found, cell, total, report)
    if verdict in (Verdict.UNKNOWN, Verdict.WITHHELD):
        yield from wrapped(_why(found), 8, first="      because: ")
    if verdict is Verdict.REFUTED or (isinstance(found.claim, Reachable) and main.evidence.runs):
        yield from _story(found, main, report)


def _overview(found: ClaimOutcome, cell: Cell, total: int, head: str, report: Report) -> Iterator[str]:
    """Tell a claim in a few lines: where, how it goes wrong, what would help."""
    style, system = report.style, report.outcome.system
    verdict = found.verdict if found.reason is Reason.VACUOUS else cell.verdict
    where = f" in {cell.configurations:,} of {total:,}"
    when = f"  when {wording.formula(cell.when, system)}" if cell.when != TRUE else ""
    if all(other.verdict is verdict for other in found.cells):
        vacuous = sum(other.configurations for other in found.cells if other.vacuous)
        where, when = f" in all {total:,}" + (f" ({vacuous:,} of them vacuously)" if vacuous else ""), ""
    if len(head) + len(where) + len(when) + 10 <= columns():
        yield head + style.word(verdict) + wording.vacuity(cell, found.claim) + where + when
    else:
        yield head + style.word(verdict) + where
        short = _is_short(cell.when, report)
        yield from wrapped(when.strip() if short else _decided_by(cell, report), 8, first=" " * 6)
    if verdict in (Verdict.UNKNOWN, Verdict.WITHHELD):
        yield from wrapped(_why(found), 8, first="      because: ")
    if cell.evidence.runs:
        yield from wrapped(_steps(cell), 8, first=" " * 6)
    if isinstance(found.claim, Tradeoff) and verdict is Verdict.REFUTED:
        yield from _parts(found.claim)
    if cell.flips:
        yield from wrapped(f"flips with: {_flips(cell)}", 8, first=" " * 6)


def _decided_by(cell: Cell, report: Report) -> str:
    """Name the variables that decide, by who decides them."""
    read = report.outcome.system.reads(cell.when)
    names: dict[str, list[str]] = {}
    for variable in report.outcome.system.configuration:
        if variable.name in read:
            names.setdefault(variable.decided_by.value, []).append(safe_text(variable.name))
    return "depends on " + " · ".join(f"{who}: {', '.join(decided)}" for who, decided in names.items())


def _is_short(when: Expr, report: Report) -> bool:
    return len(wording.formula(when, report.outcome.system)) <= _SHORT


def _why(found: ClaimOutcome) -> str:
    why = ": ".join(part for part in (found.reason.value if found.reason else "", found.detail) if part)
    return safe_text(why or "no reason is known")


def _weight(cell: Cell, found: ClaimOutcome) -> tuple[int, bool]:
    if found.reason is Reason.VACUOUS:
        return (0, True)
    return list(Verdict).index(cell.verdict), not cell.vacuous


def _headline(found: ClaimOutcome, cell: Cell, total: int, head: str, indent: int, report: Report) -> Iterator[str]:
    style, system = report.style, report.outcome.system
    verdict = found.verdict if found.reason is Reason.VACUOUS else cell.verdict
    said = style.word(verdict) + wording.vacuity(cell, found.claim)
    if cell.configurations == total:
        said += f" in {'all ' if total > 1 else ''}{wording.number(total, 'configuration')}"
        line = head + said
        certified = wording.evidence(cell.evidence, cell.verdict)
        if not cell.evidence.runs and not report.quiet:
            line += style.paint(f" · {certified}", "dim")
        yield line
        return
    said += f" in {cell.configurations:,} of {total:,}"
    if _by_platform(cell):
        yield f"{head}{said}, depending on the platform"
        return
    plain = f"when {wording.formula(cell.when, system)}"
    if indent + len(plain) + 30 <= columns():
        yield f"{head}{said}  {plain}"
    else:
        yield head + said
        yield from wrapped(plain, 13, first=" " * 8)


def _by_platform(cell: Cell) -> bool:
    """Say whether it is worth telling the cases of what the platform does apart."""
    return len(cell.groups) > 1 or any(group.condition != TRUE for group in cell.groups)


def _platforms(cell: Cell, report: Report) -> Iterator[str]:
    if not _by_platform(cell) or cell.configurations == report.outcome.space.count():
        return
    system = report.outcome.system
    for group in cell.groups:
        condition = wording.formula(group.condition, system)
        if group.then == FALSE:
            said = f"never {cell.verdict.value}"
        elif group.then == TRUE:
            said = f"always {cell.verdict.value}"
        else:
            said = f"{cell.verdict.value} exactly when {wording.formula(group.then, system)}"
        yield from wrapped(f"{condition}: {said}", 10, first="      if the platform has ")


def _implied(cell: Cell, main: Cell, found: ClaimOutcome) -> bool:
    """Say whether the cell is just what is left beside the main one."""
    return len(found.cells) == 2 and cell.verdict is Verdict.PROVED and not cell.vacuous and main is not cell


def _other(found: ClaimOutcome, cell: Cell, total: int, report: Report) -> Iterator[str]:
    vacuously = wording.vacuity(cell, found.claim)
    said = f"{cell.verdict.value}{vacuously} in {cell.configurations:,} of {total:,}"
    yield from wrapped(f"{said} when {wording.formula(cell.when, report.outcome.system)}", 10, first=" " * 6)


def _story(found: ClaimOutcome, cell: Cell, report: Report) -> Iterator[str]:
    """Tell the witness in a line, what would change the verdict, and how to repeat it."""
    system, evidence = report.outcome.system, cell.evidence
    if evidence.runs:
        run = evidence.runs[0]
        steps = f"{_steps(cell)} · {wording.evidence(evidence, cell.verdict)}"
        # What else it rests on is long; `explain` has it.
        steps += f" · {wording.rests_on(cell.rests_on[:1]).partition(' (')[0]}" if cell.rests_on else ""
        yield from wrapped(steps, 8, first=" " * 6)
        if run.trap and not (isinstance(found.shown, Recoverable) and found.shown.within is not None):
            yield from wrapped(_missing(ways_out(system, found.shown, run)), 8, first=" " * 6)
    if isinstance(found.claim, Tradeoff):
        yield from _parts(found.claim)
    if cell.flips:
        yield from wrapped(f"flips with: {_flips(cell)}", 8, first=" " * 6)
    again = wording.command("prove", report.model, found.claim, cell.when, system, *report.options)
    yield report.style.paint(f"      again: {again}", "dim")


def _missing(ways: tuple[WayOut, ...] | None) -> str:
    if ways is None:
        return f"ways out: not known, more than {MOST_STATES:,} states would have to be searched"
    said = ", ".join(safe_text(way.action) for way in ways)
    return f"ways out that are missing: {said or 'no single action of others leads out'}"


def _steps(cell: Cell) -> str:
    run = cell.evidence.runs[0]
    partly = f" (in {run.covers:,} of them)" if run.covers < cell.configurations else ""
    return f"{wording.number(len(run.steps), 'step')}{partly}: {wording.summary(run)}"


def _parts(claim: Tradeoff) -> Iterator[str]:
    parts = ", ".join(safe_text(part) for part in claim.claims)
    yield from wrapped(f"all proved there: {parts}", 8, first=" " * 6)


def _flips(cell: Cell) -> str:
    ways: Iterable[str] = (" and ".join(wording.change(one) for one in changes) for changes in cell.flips)
    return " · or ".join(dict.fromkeys(ways))
