"""How the cost of deciding grows with states, configurations, variables and actions: a page with plots."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Case
from bench.checkers.own import Engine
from bench.comparing import Result, compare
from bench.running import machine
from bench.sweeps import SWEEPS, Sweep
from bench.tables import MIB, number, table
from tunnelproof.family.space import ConfigurationSpace

PAGE = "speed.md"


@dataclass(frozen=True)
class Point:
    """One measured size: ``x`` of what grows, what else grew along, and the seconds and bytes that deciding took."""

    engine: str
    x: int
    states: int
    configurations: int
    variables: int
    actions: int
    seconds: float | None
    peak: int
    fault: str


def measured(sweep: Sweep, rounds: int, seconds: float, progress: Callable[[str], None]) -> list[Point]:
    """Return the points of a sweep; an engine that has no result at a size is not asked for larger ones."""
    points = []
    for engine, sizes in sweep.sizes.items():
        for size in sizes:
            case = sweep.make(size)
            result = compare(case, [Engine(engine)], rounds, seconds, None, progress)[0]
            points.append(_point(sweep, engine, case, result))
            if result.fault:
                break
    return points


def _point(sweep: Sweep, engine: str, case: Case, result: Result) -> Point:
    system = case.make()
    states = result.attempts[-1].reading.states or 0
    configurations = ConfigurationSpace(system.configuration, system.constraints).count()
    sizes = {
        "states": states,
        "configurations": configurations,
        "variables": len(system.variables),
        "actions": len(system.actions),
    }
    return Point(engine, sizes[sweep.of], **sizes, seconds=result.deciding, peak=result.peak, fault=result.fault)


def page(rounds: int, seconds: float, folder: Path, command: str, progress: Callable[[str], None]) -> str:
    """Measure all sweeps, draw a plot for each in the folder, and return the page that shows them."""
    host = machine()
    parts = [
        "# How cost grows",
        "What it takes to decide, by engine, when one size grows and the others stay as they are as far as that is "
        "possible. Seconds are those of deciding alone, without start, reading and judge; medians of "
        f"{rounds} runs, each in a process of its own. Measured by `{command}` on {host['processor']}, {host['cores']} "
        "cores. How much faster or slower other checkers are on the same models: `python -m bench`.",
    ]
    for sweep in SWEEPS:
        points = measured(sweep, rounds, seconds, progress)
        name = f"speed-{sweep.of}.svg"
        draw(sweep, points, folder / name)
        title = f"Seconds to decide by number of {sweep.of}"
        parts += [f"## {sweep.of.capitalize()}", f"In {sweep.how}.", f"![{title}]({name})", _sentence(sweep, points)]
        parts.append(_table(points))
    return "\n\n".join(parts) + "\n"


def _sentence(sweep: Sweep, points: Sequence[Point]) -> str:
    said = []
    for engine in sweep.sizes:
        found = [point for point in points if point.engine == engine and point.seconds]
        if len(found) > 1:
            first, last = found[0], found[-1]
            more, longer = last.x / first.x, (last.seconds or 0) / (first.seconds or 1)
            power = f"power {math.log(longer) / math.log(more):.2f}"
            said.append(f"`{engine}`: {more:,.3g} times as many {sweep.of}, {longer:,.3g} times the time ({power})")
    return "; ".join(said) + "."


def _table(points: Sequence[Point]) -> str:
    head = ("engine", "states", "configurations", "variables", "actions", "seconds", "MiB")
    rows = []
    for p in points:
        sizes = (f"{p.states:,}", f"{p.configurations:,}", str(p.variables), str(p.actions))
        rows.append((p.engine, *sizes, p.fault or number(p.seconds), f"{p.peak / MIB:.0f}"))
    return table(head, rows)


def draw(sweep: Sweep, points: Sequence[Point], file: Path) -> None:
    """Draw seconds by size, both on logarithmic scales, a line for each engine. The same points give the same file."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    with pyplot.rc_context({"svg.hashsalt": sweep.of, "font.size": 11}):
        figure, axes = pyplot.subplots(figsize=(6.5, 3.8), layout="constrained")
        for engine, marker in zip(sweep.sizes, "os^", strict=False):
            found = [point for point in points if point.engine == engine and point.seconds]
            axes.plot([p.x for p in found], [p.seconds or 0.0 for p in found], marker=marker, label=engine)
        axes.set(xscale="log", yscale="log", xlabel=sweep.of, ylabel="seconds to decide")
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.legend()
        figure.savefig(file, metadata={"Date": None})
        pyplot.close(figure)


def write(rounds: int, seconds: float, docs: Path | None, command: str, progress: Callable[[str], None]) -> str:
    """Return the page; with ``docs`` also write it and its plots there."""
    if docs is not None:
        text = page(rounds, seconds, docs, command, progress)
        (docs / PAGE).write_text(text, encoding="utf-8")
        return text
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return page(rounds, seconds, Path(folder), command, progress)
