"""The phrases that every text output shares."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import TRUE, Expr
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import Confidence, Duration, Source, Step, System
from tunnelproof.model.language.times import spoken
from tunnelproof.properties.claims import AT_THE_COMMAND_LINE, Claim, Ctl, Ltl, Tradeoff
from tunnelproof.rendering.safe_text import safe_text

if TYPE_CHECKING:  # what is only shown needs no engine and no judge
    from tunnelproof.family.nearest import Change
    from tunnelproof.verification.outcome import Cell, Evidence, Outcome
    from tunnelproof.verification.runs import Run


def number(count: int, thing: str = "") -> str:
    """Write a count, with its noun in singular or plural."""
    if not thing:
        return f"{count:,}"
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def value(shown: Value) -> str:
    """Write a value as formulas do."""
    return str(shown).lower() if isinstance(shown, bool) else safe_text(shown)


def vacuity(cell: Cell, claim: Claim) -> str:
    """Return what is said after a verdict if nothing that the claim speaks of happens, or if that is undecided."""
    if cell.vacuous:
        return " vacuously"
    undecided = cell.vacuous is None and cell.verdict is Verdict.PROVED and not isinstance(claim, Tradeoff)
    return " (perhaps vacuously)" if undecided else ""


def formula(expr: Expr, system: System) -> str:
    """Write a formula over the system's names."""
    return safe_text(format_formula(expr, {*system.domains, *system.definitions}))


def assigned(name: str, shown: Value) -> str:
    """Write what a formula would say of a name's value: ``name``, ``not name`` or ``name = value``."""
    if isinstance(shown, bool):
        return safe_text(name if shown else f"not {name}")
    return f"{safe_text(name)} = {value(shown)}"


def change(one: Change) -> str:
    """Write a change of a configuration variable by its new value."""
    return assigned(one.name, one.new)


def duration(takes: Duration) -> str:
    """Write how long an action takes."""
    if takes.hi is None:
        return f"at least {spoken(takes.lo)}"
    return spoken(takes.lo) if takes.lo == takes.hi else f"{spoken(takes.lo)} to {spoken(takes.hi)}"


def step(one: Step) -> str:
    """Write a step: action, parameters, outcome."""
    return safe_text(one)


def source(cited: Source | None) -> str:
    """Write where a fact comes from and how well it is known."""
    if cited is None:
        return "no source"
    parts = [safe_text(cited.says)] if cited.says else []
    place = " ".join(safe_text(part) for part in (cited.at, cited.version, cited.date) if part)
    return " · ".join((*parts, place, f"[{cited.confidence.value}]"))


def evidence(found: Evidence, verdict: Verdict) -> str:
    """Say what a verdict rests on and whether it was checked."""
    if verdict in (Verdict.UNKNOWN, Verdict.WITHHELD):
        return "no evidence"
    checked = "checked" if found.checked else "not checked"
    if found.runs and found.kind != "labelling":  # which may have runs to show, but does not rest on them
        return f"{number(len(found.runs), found.kind)} replayed" if found.checked else f"{found.kind}, {checked}"
    names = {"closed-set": "closed set", "ranks": "ranks", "scc-tree": "components", "parts": "its parts"}
    size = f" of {number(found.pairs, 'pair')}" if found.pairs else ""
    shown = f", {number(len(found.runs), found.runs[0].kind.value)} replayed" if found.runs else ""
    return f"{names.get(found.kind, found.kind)}{size} {checked}{shown}"


def summary(run: Run, longest: int = 8) -> str:
    """Say in one line how a witness goes."""
    steps = [step(one) for one in run.steps]
    if run.loop is None or run.idles:
        text = _path(_gathered(steps), longest)
    else:
        before, round_ = _gathered(steps[: run.loop]), _gathered(steps[run.loop :])
        text = f"{_path(before, longest)}, then for ever: {_path(round_, longest)}"
        text = text.removeprefix("at the start, then ")
    if run.idles:
        text += ", and there it may stay for ever"
    if run.trap:
        text += f", into a trap of {number(len(run.trap), 'state')}"
    return text


def _gathered(steps: Sequence[str]) -> list[str]:
    """Write a step that is taken three times running, or more, once."""
    found: list[str] = []
    for said, times in ((said, len(list(same))) for said, same in groupby(steps)):
        found += [said] * times if times < 3 else [f"{said} ({times} times)"]
    return found


def _path(steps: Sequence[str], longest: int) -> str:
    if not steps:
        return "at the start"
    if len(steps) > longest:
        steps = [*steps[: longest - 3], f"… {len(steps) - longest + 1} more …", *steps[-2:]]
    return " → ".join(steps)


def price(most: int) -> str:
    """Say what a recovery may cost."""
    return f"a total price of at most {most:,}"


def rests_on(notes: Iterable[str]) -> str:
    """Say what a verdict rests on: the weakest sources, assumptions about the platform, or other claims."""
    said: list[str] = []
    for note in notes:
        kind, _, names = note.partition(": ")
        if kind in ("platform", "claim"):
            said.append(safe_text(f"{kind} {names}"))
        else:
            said.append(safe_text(f"{kind} sources ({names})"))
    return "rests on " + " · ".join(said)


def command(verb: str, model: str, claim: Claim, where: Expr, system: System, *more: str) -> str:
    """Write the command that looks at part of the configurations."""
    words = ["tunnelproof", verb, safe_text(model), safe_text(_as_argument(claim, system)), *more]
    if where != TRUE:
        words += ["--where", formula(where, system)]
    return " ".join(shlex.quote(word) for word in words)


def _as_argument(claim: Claim, system: System) -> str:
    """Return what stands for the claim at the command line: its id or, if it was written out there, all of it."""
    if isinstance(claim, (Ltl, Ctl)) and claim.where is not None and claim.where.file == AT_THE_COMMAND_LINE:
        return f"{claim.kind}: {formula(claim.formula, system)}"
    return claim.id


def sources_of(outcome: Outcome) -> list[Source]:
    """Return the different sources that the system's rules cite, in the order of their first use."""
    system = outcome.system
    cited: Iterable[Source | None] = (
        thing.source for things in (system.configuration, system.derived, system.actions) for thing in things
    )
    return list(dict.fromkeys(s for s in cited if s is not None))


def weakest(sources: Iterable[Source]) -> Confidence | None:
    """Return the weakest confidence among the sources, if there are any."""
    order = list(Confidence)
    return min((s.confidence for s in sources), key=order.index, default=None)
