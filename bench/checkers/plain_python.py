"""The plain search in Python, generated for each model."""

from __future__ import annotations

import platform
import sys

from bench.cases import Case
from bench.checkers.contract import Attempt, Stages, Task
from bench.checkers.limit import read_search
from bench.python_search import python_source

LARGEST = 500_000  # states
UNKNOWN_SIZE = 2_000_000


class PlainPython:
    """What somebody writes in an afternoon."""

    name = "python"

    def missing(self) -> str:
        """Return nothing: it is always there."""
        return ""

    def version(self) -> str:
        """Return which Python it is."""
        return f"Python {platform.python_version()}"

    def takes(self, case: Case) -> bool:
        """Say whether it ends while somebody waits."""
        return (case.states or UNKNOWN_SIZE) <= LARGEST

    def prepare(self, task: Task) -> None:
        """Write the search."""
        program = task.folder / f"{task.case.name}.py"
        program.write_text(python_source(task.case.make(), task.case.claims), encoding="utf-8")

    def attempt(self, task: Task) -> Attempt:
        """Run it."""
        stages = Stages(task)
        out = stages.run("run", [sys.executable, f"{task.case.name}.py"])
        return Attempt(self.name, stages.done, read_search(out), fault=stages.fault)
