"""`export` writes a model for another checker, and says what it could not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("to", "first"), [("promela", "/* door: A door."), ("murphi", "-- door: A door."), ("smv", "-- door: A door.")]
)
def test_model_alone_goes_to_stdout(to: str, first: str, door: str, run: Any) -> None:
    ran = run("export", door, "--to", to)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(first) and ran.out.endswith("\n")


def test_claims_are_chosen_as_for_prove(door: str, run: Any) -> None:
    ran = run("export", door, "safety", "reach.open", "--to", "murphi")
    assert (ran.status, ran.err) == (0, "")
    assert 'invariant "safety_opens_whole"' in ran.out and 'cover "reach_open"' in ran.out
    assert "liveness" not in ran.out


def test_what_cannot_be_said_is_said_on_stderr_and_in_the_text(door: str, run: Any) -> None:
    ran = run("export", door, "*", "--to", "murphi")
    notes = ran.err.splitlines()
    assert [note.partition(": ")[2].partition(":")[0] for note in notes] == [
        "both.not",
        "closing.happens",
        "closing.again",
        "closing.not-for-ever",
        "closing.possible",
    ]
    assert all(note.startswith("note: ") for note in notes)
    assert "-- Not said here:" in ran.out and "closing.again: Murphi has no fair runs" in ran.out


def test_where_narrows_the_configurations(door: str, run: Any) -> None:
    assert "\n  fitted & " in run("export", door, "--to", "smv", "--where", "fitted and painted").out.replace(
        "(fitted", "fitted"
    )
    refused = run("export", door, "--to", "smv", "--where", "is_open")
    assert refused.status == 2 and "changes during a run" in refused.err


def test_file_is_written_whole_and_named(door: str, tmp_path: Path, run: Any) -> None:
    target = tmp_path / "door.pml"
    ran = run("export", door, "--to", "promela", "-o", target)
    assert (ran.status, ran.out, ran.err) == (0, f"{target}\n", "")
    assert target.read_text(encoding="ascii") == run("export", door, "--to", "promela").out
    assert run("export", door, "--to", "promela", "-o", tmp_path / "nowhere" / "x").status == 74


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--to", "tla"), 2, "no format is called"),
        ((), 2, "--to"),
        (("nothing", "--to", "smv"), 4, "no claim is called"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: tuple[str, ...], status: int, said: str, door: str, run: Any
) -> None:
    ran = run("export", door, *arguments)
    assert (ran.status, ran.out) == (status, "") and said in ran.err
