"""What a checker is asked, and what comes of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from bench.cases import Case
from bench.measuring import Measurement, measure


@dataclass(frozen=True)
class Task:
    """A case to be decided in a folder of its own, each program within ``seconds``.

    ``inputs`` is a folder with hand-written models ``NAME.pml``, ``NAME.m``, ``NAME.smv`` to be taken in place of the
    exported ones.
    """

    case: Case
    folder: Path
    seconds: float
    inputs: Path | None = None


@dataclass(frozen=True)
class Reading:
    """What a checker says: how many states it found (to within ``slack``), whether all claims hold, and how long the
    trace that it shows is. ``None`` where it does not say.
    """

    states: int | None = None
    holds: bool | None = None
    trace: int | None = None
    slack: float = 0


@dataclass(frozen=True)
class Attempt:
    """One time that a checker worked on a case.

    ``stages`` are the programs that it took, in order. ``seconds`` is what deciding took where that is not the last
    stage's wall clock. ``fault`` says why there is no result: out of time, or a wrong one. ``figures`` are whatever
    else is known, by name.
    """

    checker: str
    stages: dict[str, Measurement] = field(default_factory=dict)
    reading: Reading = Reading()
    seconds: float | None = None
    fault: str = ""
    figures: dict[str, object] = field(default_factory=dict)

    @property
    def deciding(self) -> float | None:
        """Seconds that deciding took, compilers left out."""
        if self.fault or not self.stages:
            return None
        return self.seconds if self.seconds is not None else list(self.stages.values())[-1].wall

    @property
    def whole(self) -> float:
        """Seconds from the model to the answer, compilers included."""
        return sum(stage.wall for stage in self.stages.values())

    @property
    def user(self) -> float:
        """Processor seconds of all stages, the system's excluded."""
        return sum(stage.user for stage in self.stages.values())

    @property
    def peak(self) -> int:
        """Bytes that the last stage held at most."""
        return list(self.stages.values())[-1].peak if self.stages else 0


class Checker(Protocol):
    """A way to decide cases that can be measured."""

    @property
    def name(self) -> str:
        """Return the name in tables; unique."""
        ...

    def missing(self) -> str:
        """Return why it cannot be asked here, or an empty text."""
        ...

    def version(self) -> str:
        """Return what it calls itself."""
        ...

    def takes(self, case: Case) -> bool:
        """Say whether asking this case of it makes sense."""
        ...

    def prepare(self, task: Task) -> None:
        """Do what is done once for a case, before the rounds."""
        ...

    def attempt(self, task: Task) -> Attempt:
        """Decide the case once, from nothing."""
        ...


def absent(*programs: str) -> str:
    """Return which of the programs cannot be found, as a text for people."""
    return ", ".join(f"no {program}" for program in programs if shutil.which(program) is None)


def said(*command: str) -> str:
    """Return the first line that a command prints."""
    found = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return (found.stdout + found.stderr).strip().partition("\n")[0]


class Stages:
    """Runs the programs of one attempt one after the other, and stops at the first that fails."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.done: dict[str, Measurement] = {}
        self.fault = ""

    def run(
        self,
        stage: str,
        command: Sequence[str | Path],
        accepted: Sequence[int] = (0,),
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Return what the program printed; nothing if this or an earlier one failed."""
        if self.fault:
            return ""
        found = measure(command, self._task.folder, self._task.seconds, environment)
        self.done[stage] = found
        if found.timed_out:
            self.fault = f"did not end within {self._task.seconds:g} s"
        elif found.status not in accepted:
            said = (found.err.strip() or found.out.strip()).splitlines()
            self.fault = f"{stage} ended with status {found.status}: {said[-1][:160] if said else ''}"
        return "" if self.fault else found.out


def judged(attempt: Attempt, case: Case) -> Attempt:
    """Return the attempt with a fault if what the checker says is not what is known of the case."""
    wrong = attempt.fault or _wrong(attempt.reading, case)
    return replace(attempt, fault=wrong)


def _wrong(said: Reading, case: Case) -> str:
    if said.holds is None:
        return "no verdict was found in what it printed"
    if said.holds != case.holds:
        return f"wrong verdict: the claims {'hold' if case.holds else 'do not all hold'}"
    if case.states is not None and said.states is not None and abs(said.states - case.states) > said.slack:
        return f"wrong count: {said.states:,} states, not {case.states:,}"
    if case.deadlock is not None and said.trace is not None and said.trace < case.deadlock:
        return f"wrong trace: {said.trace} steps, the shortest has {case.deadlock}"
    return ""
