"""Each exit status, from the outside: a table of commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import tunnelproof

# A model that makes a fault of the tool: an engine that calls everything proved, and one that crashes.
LYING = """
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.evidence.verdict import Verdict
from dataclasses import replace
honest = ReferenceEngine.decide
ReferenceEngine.decide = lambda self, question, progress: replace(
    honest(self, question, progress), verdicts=(Verdict.PROVED,) * len(question.configurations))
"""
CRASHING = """
from tunnelproof.engines.reference.engine import ReferenceEngine
def crash(*_):
    raise KeyError("\\x1b[31mbroken")
ReferenceEngine.decide = crash
"""
STOPPING = """
import os, signal
os.kill(os.getpid(), signal.{name})
"""

TABLE = [
    (0, ("prove", "{door}", "safety.opens-whole")),
    (0, ("explain", "{door}", "safety.never-open")),
    (0, ("graph", "{door}", "safety.never-open")),
    (0, ("show", "{door}")),
    (0, ("show",)),
    (0, ("--version",)),
    (0, ("prove", "--help")),
    (10, ("prove", "{door}", "safety.never-open")),
    (10, ("prove", "{door}")),
    (10, ("prove", "{door}", "-qq")),
    (0, ("prove", "{door}", "safety.opens-whole", "--max-states", "1")),  # an invariant needs no list of states
    (20, ("prove", "smallest", "recovery.by-anyone", "--max-states", "1")),
    (20, ("prove", "smallest", "leak.none-while-protected", "--max-memory", "1")),
    (2, ("prove",)),
    (2, ("prove", "{door}", "--wehre", "fitted")),
    (2, ("prove", "{door}", "--where", "fited")),
    (2, ("prove", "{door}", "--where", "quality = 3")),
    (2, ("prove", "{door}", "--where", "fitted and")),
    (2, ("prove", "{door}", "--engine", "steam")),
    (2, ("prove", "{door}", "--timeout", "-1")),
    (2, ("graph", "{door}", "safety.never-open", "--output", "{tmp}/x.jpg")),
    (2, ()),
    (3, ("prove", "dor")),
    (3, ("prove", "{tmp}/absent.py")),
    (3, ("prove", "{tmp}/absent.json")),
    (3, ("prove", "{tmp}")),
    (3, ("prove", "{door}", "--expect", "{tmp}/absent.json")),
    (4, ("prove", "{door}", "safty")),
    (4, ("prove", "{door}", "safety.*", "nothing.*")),
    (4, ("prove", "{door}", "--where", "fitted and not fitted")),
    (4, ("explain", "{door}", "closing")),
    (4, ("graph", "{door}", "safety.opens-whole")),
    (74, ("prove", "{door}", "--write-expect", "{tmp}/no/such/folder.json")),
    (74, ("graph", "{door}", "safety.never-open", "--output", "{tmp}/no/such/folder.dot")),
]


@pytest.mark.parametrize(("status", "command"), TABLE, ids=[" ".join((str(s), *c)) for s, c in TABLE])
def test_status_of_command(status: int, command: tuple[str, ...], door: str, tmp_path: Path, run: Any) -> None:
    ran = run(*(word.format(door=door, tmp=tmp_path) for word in command))
    assert ran.status == status, ran
    assert "Traceback" not in ran.err
    if status not in (0, 10, 20):
        assert ran.err.strip() and ran.out == ""


def test_withheld_verdict_is_30_and_no_expectation_hides_it(door: str, tmp_path: Path, spawn: Any) -> None:
    honest = tmp_path / "honest.json"
    assert spawn("prove", door, "safety", "--engine", "reference", "--write-expect", honest).status == 10
    Path(door).write_text(Path(door).read_text() + LYING)
    lied = tmp_path / "lied.json"
    ran = spawn("prove", door, "safety", "--engine", "reference", "--write-expect", lied)
    assert ran.status == 30 and "withheld" in ran.out
    assert spawn("prove", door, "safety", "--engine", "reference", "--expect", lied).status == 30
    assert spawn("explain", door, "safety.never-open", "--engine", "reference").status == 30


def test_internal_error_is_70_in_one_line_with_the_traceback_in_a_file(door: str, tmp_path: Path, spawn: Any) -> None:
    Path(door).write_text(Path(door).read_text() + CRASHING)
    ran = spawn("prove", door, "--engine", "reference", "--output-format", "json", TMPDIR=str(tmp_path))
    assert ran.status == 70
    assert ran.err.count("\n") == 1 and "\x1b" not in ran.err
    error = json.loads(ran.out)["error"]
    assert (error["code"], error["status"]) == ("TP900", 70)
    (saved,) = tmp_path.glob("tunnelproof-*.traceback.txt")
    assert "KeyError" in saved.read_text() and str(saved) in ran.err


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_signals(name: str, status: int, door: str, spawn: Any) -> None:
    Path(door).write_text(Path(door).read_text() + STOPPING.format(name=name))
    ran = spawn("prove", door)
    assert ran.status == status
    assert ran.out == "" and "Traceback" not in ran.err


def test_signal_while_an_engine_works(door: str) -> None:
    slow = "\nimport sys, time\nfrom tunnelproof.engines.reference.engine import ReferenceEngine\n"
    slow += "ReferenceEngine.decide = lambda *_: (print('deciding', file=sys.stderr, flush=True), time.sleep(60))\n"
    Path(door).write_text(Path(door).read_text() + slow)
    process = subprocess.Popen(
        [sys.executable, "-m", "tunnelproof", "prove", door, "--engine", "reference"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None and process.stderr.readline() == b"deciding\n"
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 143 and b"Traceback" not in said


ENDLESS = """
import sys
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.terms import both
from tunnelproof.properties.claims import Invariant

part = Component("part", actor="all")
counters = [part.variable(f"c{k}", Range(0, 9), start=0) for k in range(40)]
for counter in counters:
    part.action(f"up-{counter.name}", when=counter < 9, then={counter: counter + 1})
system = compose("counters", configuration=Configuration(), components=[part])
full = both(*(counter == 9 for counter in counters))
claims = [Invariant(id="counters.not-full", sentence="One is not full.", holds=~full)]
print("read", file=sys.stderr, flush=True)
"""


def test_interrupt_while_compiled_code_searches(tmp_path: Path) -> None:
    model = tmp_path / "endless.py"
    model.write_text(ENDLESS)
    process = subprocess.Popen(
        [sys.executable, "-m", "tunnelproof", "prove", str(model), "--engine", "explicit"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None and process.stderr.readline() == b"read\n"
    time.sleep(3)  # until it searches
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and b"Traceback" not in said


def test_a_signal_that_is_to_be_ignored_is_ignored(door: str, tmp_path: Path) -> None:
    Path(door).write_text(Path(door).read_text() + STOPPING.format(name="SIGHUP"))
    done = subprocess.run(
        ["nohup", sys.executable, "-m", "tunnelproof", "prove", door, "safety.opens-whole"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0 and b"proved" in done.stdout


def _within(mebibytes: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with so much address space."""
    limited = f"ulimit -v {mebibytes << 10}; exec {sys.executable} -m tunnelproof {' '.join(arguments)}"
    return subprocess.run(["sh", "-c", limited], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("command", ["prove smallest", "lint smallest", "prove smallest --output-format json"])
def test_too_little_address_space_for_the_libraries_is_refused(command: str) -> None:
    done = _within(96, command)
    assert done.returncode == 2 and "TP065" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("mebibytes", [1030, 1500, 2000])
def test_little_address_space_does_not_end_the_process(mebibytes: int) -> None:
    done = _within(mebibytes, "prove", "smallest", "leak")
    assert done.returncode == 10 and not done.stderr


def test_diagrams_without_address_space_leave_it_unknown() -> None:
    done = _within(1100, "prove", "smallest", "leak", "--engine", "diagram")
    assert done.returncode == 20 and "address space" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("command", ["prove {door}", "prove {door} --output-format json", "--help", "show"])
def test_full_disk_is_74(command: str, door: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tunnelproof", *command.format(door=door).split()],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 74
    assert b"TP501" in done.stderr and b"Traceback" not in done.stderr and b"Exception" not in done.stderr


def test_reader_that_has_seen_enough_is_74_without_a_word(door: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "tunnelproof", "prove", door], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (74, b"")


def test_closed_stdout_is_74(door: str) -> None:
    command = f'"{sys.executable}" -m tunnelproof prove "{door}" >&-'
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, check=False)
    assert done.returncode == 74 and b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["prove", "lint"])
def test_a_closed_stderr_is_no_fault(command: str, door: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m tunnelproof {command} "{door}" 2>&-'], stdout=subprocess.PIPE, check=False
    )
    assert done.returncode == 10 and done.stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_of_which_only_a_part_can_be_written_is_74(unbuffered: str, door: str, tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    done = subprocess.run(
        ["sh", "-c", f'ulimit -f 1; exec "{sys.executable}" -m tunnelproof show ios > "{answer}"'],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        check=False,
    )
    assert done.returncode == 74 and b"TP501" in done.stderr
    assert 0 < answer.stat().st_size <= 1024


def test_a_link_to_itself_is_74(door: str, tmp_path: Path, run: Any) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(link)
    ran = run("prove", door, "--write-expect", link)
    assert ran.status == 74 and "TP502" in ran.err


def test_exit_codes_are_public() -> None:
    assert {code.value for code in tunnelproof.ExitCode} == {0, 10, 20, 30, 2, 3, 4, 70, 74, 129, 130, 143}
    assert tunnelproof.ExitCode(10).name == "REFUTED"


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [(["--help"], []), (["--version"], []), (["show", "ios"], []), (["prove", "smallest", "-q"], ["numpy", "oxidd"])],
)
def test_a_command_does_not_load_what_it_does_not_need(arguments: list[str], needed: list[str]) -> None:
    heavy = ["numpy", "networkx", "graphviz", "hypothesis", "z3", "cvc5", "oxidd", "scipy", "llvmlite"]
    code = (
        f"import sys; from tunnelproof.cli import main; main({arguments})\n"
        f"print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == str(needed)
