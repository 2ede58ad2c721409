"""Rumur: explicit breadth-first search by a program that it generates and gcc compiles."""

from __future__ import annotations

import re

from bench.cases import Case
from bench.checkers.contract import Attempt, Reading, Stages, Task, absent, said
from bench.checkers.inputs import model_file
from tunnelproof.properties.claims import DeadlockFree

LARGEST = 1_000_000  # states; it is the slowest of the compiled searches
UNKNOWN_SIZE = 2_000_000


class Rumur:
    """Rumur with one thread, compiled as its manual asks, for speed rather than small states."""

    name = "rumur"

    def missing(self) -> str:
        """Return which program is not installed."""
        return absent("rumur", "gcc")

    def version(self) -> str:
        """Return what it calls itself."""
        return said("rumur", "--version")

    def takes(self, case: Case) -> bool:
        """Say whether asking it is not hopeless."""
        return (case.states or UNKNOWN_SIZE) <= LARGEST

    def prepare(self, task: Task) -> None:
        """Do nothing: generating and compiling are part of what is measured."""

    def attempt(self, task: Task) -> Attempt:
        """Generate, compile and run."""
        model = model_file(task, "murphi")
        deadlock = any(isinstance(claim, DeadlockFree) for claim in task.case.claims)
        options = ["--threads", "1", "--deadlock-detection", "stuck" if deadlock else "off", "--pack-state", "off"]
        stages = Stages(task)
        stages.run("generate", ["rumur", *options, "--output", "rumur.c", model])
        flags = ["-O3", "-march=native", "-mcx16", "-w"]
        stages.run("compile", ["gcc", *flags, "-o", "rumur.out", "rumur.c", "-lpthread"])
        return Attempt(self.name, stages.done, _read(stages.run("run", ["./rumur.out"], (0, 1))), fault=stages.fault)


def _read(out: str) -> Reading:
    states = re.search(r"(\d+) states, \d+ rules fired", out)
    if not states:
        return Reading()
    if "No error found" in out:
        return Reading(int(states[1]), True)
    if not re.search(r"[1-9]\d* error\(s\) found", out):
        return Reading()
    return Reading(int(states[1]), False, len(re.findall(r'^Rule ".*" fired\.', out, re.MULTILINE)))
