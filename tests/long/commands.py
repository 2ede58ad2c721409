"""Running a command in this process, with what it says kept, and time and memory watched."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HUNG, ESCAPED = -1, -2  # in place of a status: it did not end, or an exception came out
PATIENCE = 30.0  # seconds by the clock until a command is stopped; what counts is processor time
SLOW = 5.0  # seconds of processor time that no input may take
LARGE = 512 << 20  # bytes that no input may add to the process
CEILING = 1 << 30  # bytes more than before at which a command is stopped: the machine has to survive a fault

Main = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Ended:
    """How a command ended; ``seconds`` of processor time, ``growth`` of the process at its largest in bytes."""

    status: int
    out: str
    err: str
    seconds: float
    growth: int

    def faults(self) -> Iterator[str]:
        """Yield what no input may cause, whatever it is."""
        if self.status in (HUNG, ESCAPED, 30, 70):
            yield f"status {self.status}"
        if "Traceback" in self.err + self.out:
            yield "a traceback"
        if self.seconds > SLOW:
            yield f"{self.seconds:.1f} s"
        if self.growth > LARGE:
            yield f"{self.growth >> 20} MiB"


def run(main: Main, arguments: Sequence[str]) -> Ended:
    """Run a command with streams of its own, encoded as UTF-8."""
    streams = [  # as Python makes them
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors, newline="\n")
        for errors in ("strict", "backslashreplace")
    ]
    _reset_largest()
    before, began = _resident(), time.process_time()
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        status, escaped = _status(main, arguments)
    seconds, growth = time.process_time() - began, _largest() - before
    out, err = map(_text, streams)
    return Ended(status, out, err + escaped, seconds, growth)


def _status(main: Main, arguments: Sequence[str]) -> tuple[int, str]:
    stopped: list[None] = []
    deepest = sys.getrecursionlimit()  # the certifier sets it
    try:
        with _limits(stopped):
            status, escaped = int(main(arguments)), ""
    except SystemExit as end:  # of argparse
        status, escaped = end.code if isinstance(end.code, int) else ESCAPED, ""
    except BaseException as fault:
        if isinstance(fault, KeyboardInterrupt) and not stopped:
            raise
        status, escaped = ESCAPED, f"Traceback: {type(fault).__name__}: {fault}\n"
    finally:
        sys.setrecursionlimit(deepest)
    return (HUNG, "") if stopped else (status, escaped)


@contextlib.contextmanager
def _limits(stopped: list[None]) -> Iterator[None]:
    """Interrupt what hangs, or takes so much memory that the machine is in danger, and note that in the list."""
    began, before = time.monotonic(), _resident()

    def look(*_: object) -> None:
        if time.monotonic() - began > PATIENCE or _resident() - before > CEILING:
            stopped.append(None)
            raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _reset_largest() -> None:
    """Have the largest size of the process counted from now on."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _largest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
