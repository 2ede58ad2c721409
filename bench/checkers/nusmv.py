"""NuSMV: symbolic search with decision diagrams.

Which of its ways is the fastest depends on the model. Each is tried once before the rounds, and the fastest is
measured: one relation or a partitioned one, variables sorted while it runs, and the configuration ordered last.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from bench.cases import Case
from bench.checkers.contract import Attempt, Reading, Stages, Task, absent, said
from bench.checkers.inputs import model_file
from bench.measuring import measure

PROGRAM = os.environ.get("NUSMV", "NuSMV")
LAST = "configuration-last.ord"
WAYS = (("-mono",), (), ("-dynamic",), ("-mono", "-i", LAST))


class NuSmv:
    """NuSMV in the fastest of its ways for each case."""

    name = "nusmv"

    def __init__(self) -> None:
        self._fastest: dict[str, tuple[str, ...]] = {}
        self._states: dict[str, Reading] = {}
        self._tried: dict[str, dict[str, float]] = {}

    def missing(self) -> str:
        """Return which program is not installed."""
        lack = absent(PROGRAM)
        return f"{lack} (bench/build_nusmv.sh builds it)" if lack else ""

    def version(self) -> str:
        """Return what it calls itself."""
        return said(PROGRAM, "-h").split(" (")[0].removeprefix("*** This is ")

    def takes(self, case: Case) -> bool:  # noqa: ARG002 - every case is fine
        """Say yes: the number of states alone tells nothing."""
        return True

    def prepare(self, task: Task) -> None:
        """Find the fastest way and have the states counted.

        No way is given more time than the fastest so far, and all together as much as one program.
        """
        model = model_file(task, "smv")
        _write_order(model, task.folder / LAST, {v.name for v in task.case.make().configuration})
        least = left = task.seconds
        for way in WAYS:
            found = measure([PROGRAM, *way, "-r", model], task.folder, max(min(least, left), 1.0))
            left -= found.wall
            self._tried.setdefault(task.case.name, {})[" ".join(way)] = found.wall
            if found.timed_out or found.status != 0:
                continue
            self._fastest.setdefault(task.case.name, way)
            self._states[task.case.name] = _read(found.out)
            if found.wall < least:
                least, self._fastest[task.case.name] = found.wall, way

    def attempt(self, task: Task) -> Attempt:
        """Decide the invariants in the fastest way; the count is that of the preparation."""
        way = self._fastest.get(task.case.name)
        if way is None:
            return Attempt(self.name, fault=f"did not end within {task.seconds:g} s")
        stages = Stages(task)
        said_now = _read(stages.run("run", [PROGRAM, *way, model_file(task, "smv")]))
        counted = self._states.get(task.case.name, said_now)
        reading = Reading(counted.states, said_now.holds, said_now.trace, counted.slack)
        figures: dict[str, object] = {"options": " ".join(way), "tried": self._tried.get(task.case.name, {})}
        return Attempt(self.name, stages.done, reading, fault=stages.fault, figures=figures)


def _write_order(model: Path, order: Path, configuration: set[str]) -> None:
    """Write the model's variables in the order of their declaration, those of the configuration at the end."""
    declared = re.findall(r"^\s*(\w+)\s*:\s*[^=]", model.read_text(encoding="utf-8"), re.MULTILINE)
    last = [name for name in declared if name in configuration]
    order.write_text("\n".join([name for name in declared if name not in configuration] + last) + "\n")


def _read(out: str) -> Reading:
    """Read what it prints; counts of states have six digits."""
    verdicts = re.findall(r"^-- (?:invariant|specification) .* is (true|false)$", out, re.MULTILINE)
    if not verdicts:
        return Reading()
    counted = re.search(r"^reachable states: (\S+)", out, re.MULTILINE)
    states = round(float(counted[1])) if counted else None
    trace = len(re.findall(r"^\s*-> State: ", out, re.MULTILINE)) - 1 if "false" in verdicts else None
    return Reading(states, "false" not in verdicts, trace, slack=(states or 0) * 1e-5)
