"""The C limit: `bench/limit.c`, compiled for each model."""

from __future__ import annotations

import re
from pathlib import Path

from bench.c_source import c_source
from bench.cases import Case
from bench.checkers.contract import Attempt, Reading, Stages, Task, absent, said

LARGEST = 20_000_000  # states
UNKNOWN_SIZE = 2_000_000  # states
SEARCH = Path(__file__).parent.parent / "limit.c"


class Limit:
    """A hand-written breadth-first search over packed states that keeps no links for traces."""

    name = "limit"

    def missing(self) -> str:
        """Return which program is not installed."""
        return absent("gcc")

    def version(self) -> str:
        """Return what the compiler calls itself."""
        return said("gcc", "--version")

    def takes(self, case: Case) -> bool:
        """Say whether it ends while somebody waits."""
        return (case.states or UNKNOWN_SIZE) <= LARGEST

    def prepare(self, task: Task) -> None:
        """Write the model in C."""
        source = task.folder / f"{task.case.name}.c"
        source.write_text(c_source(task.case.make(), task.case.claims), encoding="utf-8")

    def attempt(self, task: Task) -> Attempt:
        """Compile and run."""
        case, stages = task.case, Stages(task)
        flags = ["-O3", "-march=native", f'-DMODEL="{case.name}.c"', f"-I{task.folder}"]
        flags += [] if case.holds else ["-DSTOP"]
        stages.run("compile", ["gcc", *flags, "-o", "limit", SEARCH, "-lpthread"])
        slots = 1 + (case.states or UNKNOWN_SIZE).bit_length()
        out = stages.run("run", ["./limit", str(slots)])
        return Attempt(self.name, stages.done, read_search(out), fault=stages.fault)


def read_search(out: str) -> Reading:
    """Read the line that the benchmark's own searches print."""
    found = dict(re.findall(r"(\w+)=(\d+)", out))
    if not {"states", "bad", "dead"} <= found.keys():
        return Reading()
    return Reading(int(found["states"]), found["bad"] == found["dead"] == "0")
