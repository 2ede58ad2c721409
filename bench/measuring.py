"""One process, measured: wall clock, processor time and the most memory that it held."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).parent / "launcher.py"


@dataclass(frozen=True)
class Measurement:
    """What a process took, its children included. ``peak`` is in bytes: the greatest resident size of any one of them.

    ``status`` is the exit status, negative after a signal; ``out`` and ``err`` are what it printed.
    """

    wall: float
    user: float
    system: float
    peak: int
    status: int
    out: str
    err: str = ""
    timed_out: bool = False


def measure(
    command: Sequence[str | Path], folder: Path, seconds: float, environment: Mapping[str, str] | None = None
) -> Measurement:
    """Run the command in the folder, for at most so many seconds, and return what it took and printed.

    Raises `OSError` if it cannot be started.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as aside:
        printed, took = Path(aside) / "printed", Path(aside) / "took"
        words = [sys.executable, "-I", "-S", LAUNCHER, seconds, printed, took, *command]
        given = None if environment is None else {**os.environ, **environment}
        subprocess.run([str(word) for word in words], cwd=folder, env=given, check=False)
        if not took.exists():
            raise OSError(f"{command[0]} cannot be started")
        wall, user, system, peak, status, stopped = (float(figure) for figure in took.read_text().split())
        out, err = (printed.with_suffix(end).read_text(encoding="utf-8", errors="replace") for end in (".out", ".err"))
    return Measurement(wall, user, system, int(peak) * 1024, int(status), out, err, bool(stopped))
