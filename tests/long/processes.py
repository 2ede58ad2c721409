"""The command line in processes of its own: with limits of the system, streams that are closed, and signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tunnelproof.interchange.model_source import ModelSource, document_text
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

PROGRAM = (sys.executable, "-m", "tunnelproof")

# Sets limits and closes streams in the new process before it becomes the program.
_START = """
import json, os, resource, sys
limits, closed = json.loads(sys.argv[1])
for kind, value in limits.items():
    resource.setrlimit(int(kind), (value, value))
for stream in closed:
    os.close(stream)
os.execv(sys.argv[2], sys.argv[2:])
"""

CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
HUNG = "did not end"


@dataclass(frozen=True)
class Ended:
    """How a process ended: its status (negative after a signal, none if it had to be killed) and what it printed."""

    status: int | None
    out: str
    err: str
    seconds: float

    @property
    def crashed(self) -> bool:
        """Whether code that is not Python brought the process down."""
        return self.status is not None and -self.status in CRASHES

    @property
    def traceback(self) -> bool:
        """Whether Python complained on stderr."""
        return any(said in self.err for said in ("Traceback", "Exception ignored", "Fatal Python error"))

    def __str__(self) -> str:
        status = HUNG if self.status is None else self.status
        return f"status {status} after {self.seconds:.2f} s; stdout {self.out[:300]!r}; stderr {self.err[-1500:]!r}"


@dataclass(frozen=True)
class Surroundings:
    """What a process finds: its folder, environment variables (none: unset), limits by `resource`, closed streams.

    ``stdin``, ``stdout`` and ``stderr`` stand in for nothing, a pipe and a pipe.
    """

    folder: Path
    environment: Mapping[str, str | None] = field(default_factory=dict)
    limits: Mapping[int, int] = field(default_factory=dict)
    closed: Sequence[int] = ()
    stdout: IO[Any] | int | None = None
    stderr: IO[Any] | int | None = None


def run(words: Sequence[object], around: Surroundings, seconds: float) -> Ended:
    """Run a command of the program to its end; kill it, and all that it started, after so many seconds."""
    return Running(words, around).ended(seconds)


class Running:
    """A command of the program that is running, the first of a process group of its own."""

    def __init__(self, words: Sequence[object], around: Surroundings) -> None:
        given = {**os.environ, **around.environment}
        settings = json.dumps([dict(around.limits), list(around.closed)])
        start = [sys.executable, "-I", "-S", "-c", _START, settings] if around.limits or around.closed else []
        # What is printed goes to files: a pipe that nobody reads would stop the program.
        self._printed = {name: tempfile.TemporaryFile() for name in ("out", "err")}  # noqa: SIM115 - closed in `ended`
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [*start, *PROGRAM, *(str(word) for word in words)],
            cwd=around.folder,
            env={name: value for name, value in given.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=around.stdout if around.stdout is not None else self._printed["out"],
            stderr=around.stderr if around.stderr is not None else self._printed["err"],
            start_new_session=True,
        )

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def send(self, number: int) -> None:
        """Send it a signal; one that it had ended before goes nowhere."""
        self._process.send_signal(number)

    def ended(self, seconds: float) -> Ended:
        """Wait for its end, at most so long from now."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        took = time.monotonic() - self._began
        if status is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        texts = {}
        for name, stream in self._printed.items():
            with stream:
                stream.seek(0)
                texts[name] = stream.read().decode("utf-8", "replace")
        return Ended(status, texts["out"], texts["err"], took)

    def orphans(self) -> bool:
        """Say whether something that it started is still there, and end it."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def write_model(folder: Path, system: System, claims: Sequence[Claim], name: str = "model") -> Path:
    """Write a model as the JSON file that a command takes."""
    path = folder / f"{name}.json"
    path.write_text(document_text(ModelSource(name, system, tuple(claims))), encoding="utf-8")
    return path
