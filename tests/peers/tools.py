"""Spin, Rumur and NuSMV, run on a text. What they print is read; their exit statuses say nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NUSMV = os.environ.get("TUNNELPROOF_NUSMV") or shutil.which("NuSMV") or ""

needs_spin = pytest.mark.skipif(not (shutil.which("spin") and shutil.which("gcc")), reason="spin or gcc is missing")
needs_rumur = pytest.mark.skipif(not (shutil.which("rumur") and shutil.which("gcc")), reason="rumur or gcc is missing")
needs_nusmv = pytest.mark.skipif(not NUSMV, reason="NuSMV is missing: put it on PATH or name it in TUNNELPROOF_NUSMV")


def run(folder: Path, *command: str, seconds: float = 300) -> str:
    """Return all that a command prints."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    return done.stdout + done.stderr


def _one(pattern: str, report: str) -> str:
    found = re.search(pattern, report, re.MULTILINE)
    assert found is not None, report
    return found[1]


# --- Spin -------------------------------------------------------------------------------------------------------------


def spin(folder: Path, text: str, check: str = "", ltl: str = "") -> str:
    """Return the report of an exhaustive search, for one macro's invariant or one formula if it is named."""
    (folder / "model.pml").write_text(text, encoding="ascii")
    (folder / "pan").unlink(missing_ok=True)
    said = run(folder, "spin", "-o2", *([f"-DCHECK={check}"] if check else []), "-a", "model.pml")
    options = [] if ltl else ["-DSAFETY", "-DNOCLAIM"]
    said += run(folder, "gcc", "-O0", "-w", "-DNOREDUCE", *options, "-o", "pan", "pan.c")
    assert (folder / "pan").exists(), said
    options = ["-a", "-A", "-N", ltl] if ltl else []
    report = run(folder, str(folder / "pan"), *options, "-E", "-n", "-m200000")
    assert "max search depth too small" not in report, report
    return report


def spin_states(folder: Path, text: str) -> int:
    """Return how many states Spin stores, less the one before the start."""
    report = spin(folder, text)
    assert "errors: 0" in report, report
    return int(_one(r"^\s*(\d+) states, stored", report)) - 1


def spin_holds(folder: Path, text: str, check: str = "", ltl: str = "") -> bool:
    """Say whether Spin finds no violation."""
    return int(_one(r"errors: (\d+)", spin(folder, text, check, ltl))) == 0


# --- Rumur ------------------------------------------------------------------------------------------------------------


def rumur(folder: Path, text: str) -> str:
    """Return the report of an exhaustive search."""
    (folder / "model.m").write_text(text, encoding="ascii")
    (folder / "verifier").unlink(missing_ok=True)
    options = ["--deadlock-detection", "off", "--colour", "off"]
    said = run(folder, "rumur", *options, "--output", "verifier.c", "model.m")
    said += run(folder, "gcc", "-O0", "-w", "-std=gnu11", "-mcx16", "-o", "verifier", "verifier.c", "-lpthread")
    assert (folder / "verifier").exists(), said
    return run(folder, str(folder / "verifier"))


def rumur_states(folder: Path, text: str) -> int:
    """Return how many states Rumur finds."""
    report = rumur(folder, text)
    assert "No error found." in report, report
    return int(_one(r"^\s*(\d+) states", report))


def rumur_holds(folder: Path, text: str) -> bool:
    """Say whether Rumur finds that all properties hold."""
    report = rumur(folder, text)
    holds = "No error found." in report
    assert holds or re.search(r"\d+ error\(s\) found", report), report
    return holds


# --- NuSMV ------------------------------------------------------------------------------------------------------------


def nusmv(folder: Path, text: str, *options: str) -> str:
    """Return NuSMV's answers."""
    (folder / "model.smv").write_text(text, encoding="ascii")
    report = run(folder, NUSMV, *options, "model.smv")
    assert "rror" not in report and "undefined" not in report, report
    return report


def nusmv_states(folder: Path, text: str) -> int:
    """Return the number of reachable states; NuSMV gives six digits of it."""
    (folder / "commands").write_text(
        "go; check_fsm; compute_reachable; print_reachable_states; quit\n", encoding="ascii"
    )
    report = nusmv(folder, text, "-source", "commands")
    assert "transition relation is total" in report, report
    return int(float(_one(r"reachable states: ([0-9.e+]+) ", report)))


def nusmv_holds(folder: Path, text: str) -> list[bool]:
    """Return the verdicts, in NuSMV's own order: CTL, then LTL, then invariants."""
    report = nusmv(folder, text, "-dcx")  # no counterexamples: a fair one can take for ever
    found = re.findall(r"^-- (?:specification|invariant) .* is (true|false)$", report, re.MULTILINE)
    return [verdict == "true" for verdict in found]
