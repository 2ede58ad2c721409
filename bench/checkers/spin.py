"""Spin: explicit search by a program that it generates and gcc compiles.

Depth first is its fast way; breadth first its way to a shortest trace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.cases import Case
from bench.checkers.contract import Attempt, Reading, Stages, Task, absent, said
from bench.checkers.inputs import model_file
from tunnelproof.properties.claims import DeadlockFree

# Safety only, one process (so nothing to reduce by partial order), states stored as they are: its fastest exact search.
COMPILED_WITH = ("-O3", "-march=native", "-w", "-DSAFETY", "-DNOREDUCE", "-DNOCOMP")
LARGEST = 20_000_000  # states; beyond it, longer than anybody waits for a benchmark
UNKNOWN_SIZE = 2_000_000  # states


@dataclass(frozen=True)
class Spin:
    """Spin, searching depth or breadth first."""

    breadth_first: bool = False

    @property
    def name(self) -> str:
        """Return the name in tables."""
        return "spin-bfs" if self.breadth_first else "spin"

    def missing(self) -> str:
        """Return which program is not installed."""
        return absent("spin", "gcc")

    def version(self) -> str:
        """Return what it calls itself."""
        return said("spin", "-V")

    def takes(self, case: Case) -> bool:
        """Say whether the search is of the kind that the case needs, and not hopeless."""
        small = (case.states or UNKNOWN_SIZE) <= LARGEST
        return self.breadth_first != case.holds and small

    def prepare(self, task: Task) -> None:
        """Do nothing: generating and compiling are part of what is measured."""

    def attempt(self, task: Task) -> Attempt:
        """Generate, compile and run."""
        stages = Stages(task)
        whole_states = "-o2"  # also what is only written
        stages.run("generate", ["spin", whole_states, "-a", model_file(task, "promela")])
        order = ["-DBFS"] if self.breadth_first else []
        stages.run("compile", ["gcc", *COMPILED_WITH, *order, "-o", "pan", "pan.c"])
        states = task.case.states or UNKNOWN_SIZE
        slots = 1 + states.bit_length()
        depth = [] if self.breadth_first else [f"-m{states + 1000}"]  # no path is longer than there are states
        deadlock = any(isinstance(claim, DeadlockFree) for claim in task.case.claims)
        out = stages.run("run", ["./pan", f"-w{max(18, slots)}", *depth, *([] if deadlock else ["-E"])])
        return Attempt(self.name, stages.done, _read(out, started=task.inputs is None), fault=stages.fault)


def _read(out: str, *, started: bool) -> Reading:
    """Read what the generated program prints; its exit status says nothing about errors.

    ``started`` says that the first step chooses the start, as exported models do.
    """
    stored = re.search(r"^\s*(\d+) states, stored", out, re.MULTILINE)
    errors = re.search(r"errors: (\d+)", out)
    depth = re.search(r"\(at depth (\d+)\)", out)
    if not stored or not errors or "max search depth too small" in out:
        return Reading()
    holds = errors[1] == "0"
    if holds and "Search not completed" in out:
        return Reading()
    # It may count the state before the first choice.
    return Reading(int(stored[1]), holds, int(depth[1]) - started if depth else None, slack=1)
