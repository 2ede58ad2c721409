"""One run of the benchmark: which checkers there are, all cases in turn, and everything that was found."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.cases import Case
from bench.checkers.contract import Checker
from bench.checkers.limit import Limit
from bench.checkers.nusmv import NuSmv
from bench.checkers.own import Command, Engine
from bench.checkers.plain_python import PlainPython
from bench.checkers.rumur import Rumur
from bench.checkers.spin import Spin
from bench.comparing import Progress, Result, compare
from bench.goals import Reached, Results, reached


@dataclass
class Run:
    """What a run was asked and what it found. ``further`` holds tables beyond the models, by title."""

    command: str
    rounds: int
    seconds: float
    cases: list[Case]
    checkers: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    further: dict[str, str] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)
    machine: dict[str, object] = field(default_factory=lambda: machine())

    @property
    def goals(self) -> list[Reached]:
        """What came of the goals."""
        found: Results = self.results
        return reached(found)

    def add(self, title: str, text: str, figures: dict[str, object]) -> None:
        """Add a table and its figures."""
        self.further[title] = text
        self.figures |= figures


def all_checkers() -> tuple[Checker, ...]:
    """Return everybody who can be measured, ours first."""
    engines = (Engine("auto"), Engine("diagram"), Engine("explicit"))
    return (Command(), *engines, Spin(), Spin(breadth_first=True), Rumur(), NuSmv(), Limit(), PlainPython())


def run_cases(run: Run, checkers: Sequence[Checker], inputs: Path | None, progress: Progress) -> None:
    """Measure every case with everybody who is there, and add what was found to the run."""
    there = []
    for checker in checkers:
        if why := checker.missing():
            run.missing[checker.name] = why
            continue
        there.append(checker)
        run.checkers.append(checker.name)
        run.versions[checker.name] = checker.version()
    for case in run.cases:
        asked = [c for c in there if c.takes(case) and (case.asked is None or c.name in case.asked)]
        for result in compare(case, asked, run.rounds, run.seconds, inputs, progress):
            run.results[case.name, result.checker] = result


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    processor = named[0] if named else platform.processor() or platform.machine()
    return {"processor": processor, "cores": os.cpu_count(), "memory": memory, "system": platform.platform()}
