"""A run as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.cases import Case
from bench.comparing import Result
from bench.goals import Reached, Results
from bench.running import Run

MIB = 1 << 20


def markdown(run: Run) -> str:
    """Return the page of a run."""
    machine = run.machine
    parts = [
        "# Benchmark",
        f"`{run.command}` on {machine['processor']}, {machine['cores']} cores, {machine['memory']} GiB; "
        f"medians of {run.rounds} interleaved rounds, each program within {run.seconds:g} s.",
        _versions(run),
        *(_models(run) if run.results else ()),
        *(part for title, text in run.further.items() for part in (f"## {title}", text)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _models(run: Run) -> tuple[str, ...]:
    return (
        "## Goals",
        "A ratio is our time by theirs.",
        _goals(run.goals),
        "## Models",
        "Seconds to decide, compilers left out; — where a checker was not asked, words where it has no result.",
        _deciding(run),
        "## Whole commands",
        "Seconds from the model to the answer, compilers included, and the MiB that the deciding program held at most.",
        _whole(run),
        "## Explicit search",
        _searching(run),
        "## What deciding leaves out",
        "Seconds in which the engine has its evidence, and the judge's share.",
        _judging(run),
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """Return a table; the first columns hold ``words``, all others numbers."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * words + "---:|" * (len(head) - words)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def number(value: float | None) -> str:
    """Return a time or a ratio with three digits."""
    if value is None:
        return "—"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _versions(run: Run) -> str:
    there = [f"{name}: {version}" for name, version in run.versions.items()]
    missing = [f"**{name} is missing**: {why}" for name, why in run.missing.items()]
    return "\n".join(f"* {line}" for line in (*there, *missing))


def _goals(goals: Sequence[Reached]) -> str:
    rows = []
    for found in goals:
        said = {True: "reached", False: "**not reached**", None: found.why}[found.met]
        most = number(found.goal.most)
        rows.append((found.goal.about, found.goal.says, found.case, most, number(found.ratio), said))
    return table(("class", "goal", "model", "at most", "ratio", ""), rows, words=3)


def _deciding(run: Run) -> str:
    names = [name for name in run.checkers if name != "prove"]
    rows = [
        (case.name, case.about, _count(case), *(_cell(run.results, case, name) for name in names)) for case in run.cases
    ]
    return table(("model", "what", "states", *names), rows, words=2)


def _count(case: Case) -> str:
    return "—" if case.states is None else f"{case.states:,}"


def _cell(results: Results, case: Case, checker: str) -> str:
    result = results.get((case.name, checker))
    if result is None:
        return "—"
    return result.fault or number(result.deciding)


def _whole(run: Run) -> str:
    rows = []
    for case in run.cases:
        cells = []
        for name in run.checkers:
            result = run.results.get((case.name, name))
            cells.append("—" if result is None else _seconds_and_memory(result))
        rows.append((case.name, *cells))
    return table(("model", *run.checkers), rows)


def _seconds_and_memory(result: Result) -> str:
    if not result.whole:
        return result.fault
    text = f"{number(result.whole)} s, {result.peak / MIB:.0f}"
    return f"{text} ({result.fault})" if result.fault else text


def _searching(run: Run) -> str:
    """Return states per second and bytes per state of everybody who lists states."""
    rows = []
    for case in run.cases:
        for name in ("limit", "explicit", "spin", "rumur", "python"):
            result = run.results.get((case.name, name))
            if result is not None and result.deciding and case.states:
                bytes_each = result.peak / case.states
                rows.append((case.name, name, f"{case.states / result.deciding / 1e6:.3g}", f"{bytes_each:.0f}"))
    return table(("model", "search", "million states/s", "bytes/state, whole process"), rows, words=2)


def _judging(run: Run) -> str:
    rows = []
    for case in run.cases:
        result = run.results.get((case.name, "diagram"))
        if result is None or (judging := result.figure("judging")) is None:
            continue
        pairs, evidence = result.figure("pairs") or 0, result.figure("evidence")
        each = f"{judging / pairs * 1e6:.2f}" if pairs else "—"
        steps = f"{judging / case.steps * 1e6:.2f}" if case.steps else "—"
        rows.append(
            (case.name, number(result.deciding), number(evidence), number(judging), f"{pairs:,.0f}", each, steps)
        )
    head = ("model", "deciding", "evidence", "judging", "pairs", "µs/pair", "µs/step")
    return table(head, rows)
