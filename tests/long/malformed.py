"""Broken input to everything that reads: an answer in one line or a valid run, never a traceback, a hang or a flood."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.cli.hostile import FORBIDDEN
from tests.long.campaign import Campaign, Tally
from tests.long.commands import Ended
from tests.long.commands import run as run_command
from tests.long.readers import LEVELS, READERS, Attempt, Material

_TURNS = [name for name, (_, share) in READERS.items() for _ in range(share)]
_MESSAGE = re.compile(r"(?:(?P<place>.*?): )?TP\d{3}: .+ \(.+\)\n", re.DOTALL)
_NEIGHBOURS = ("elsewhere", "a\\x0ab")  # that programs among the inputs call the place of a fault
_PLACE = re.compile(r"(?P<file>.*?)(?::\d+(?::\d+)?)?", re.DOTALL)


def run(trials: int, seed: int, tally: Tally) -> None:
    """Give so many malformed inputs to the readers in turn."""
    with tempfile.TemporaryDirectory(prefix="malformed") as folder:
        material = Material(Path(folder), seed)
        for number in range(trials):
            attempt_one(number, seed, material, tally)


def attempt_one(number: int, seed: int, material: Material, tally: Tally) -> None:
    """Make the input of this number, give it to its reader and judge what comes of it."""
    rng = Random(f"{seed} {number}")
    name, level = rng.choice(_TURNS), rng.choice(LEVELS)
    attempt = READERS[name][0](rng, level, material)
    ended = run_command(attempt.main, attempt.arguments)
    said = "; ".join([*ended.faults(), *faults(attempt, ended)])
    if said:
        command = " ".join(map(ascii, attempt.arguments))[:500]
        err = ascii(ended.err[:1000])
        tally.fail(f"{said}\n{name}, {level}, seed {seed}, number {number}: {command}\n{err}\n{attempt.changed[:2000]}")
    tally.counts["inputs"] += 1
    tally.counts[f"{name}: {level}"] += 1
    tally.counts[f"{name}: status {ended.status}"] += 1
    if ended.status in (2, 3, 4) or (ended.status == 10 and name == "certificate"):
        tally.counts[f"{name}: refused"] += 1


def faults(attempt: Attempt, ended: Ended) -> Iterator[str]:
    """Yield what is wrong with an answer: its status, its words or where it says that the fault is."""
    if ended.status not in attempt.allowed:
        yield f"status {ended.status} is none that may come"
    said = ended.out + ("" if attempt.file.endswith(".py") else ended.err)  # a program may say what it likes there
    if "always" in attempt.arguments:
        said = re.sub(r"\x1b\[[0-9;]*m", "", said)  # our own colours
    if FORBIDDEN & set(said.replace("\t", "")):
        yield "something that a terminal obeys"
    if attempt.certifier:
        if ended.status == 3 and "unreadable  " not in ended.out or ended.status == 2 and "error: " not in ended.err:
            yield "no word about what is wrong"
    elif ended.status in (2, 3, 4):
        yield from _wordings(attempt, ended)


def _wordings(attempt: Attempt, ended: Ended) -> Iterator[str]:
    """Yield what is wrong with how a refusal is told: one line, with a code and a hint, and where the fault is."""
    if ended.out and "json" not in attempt.arguments:
        yield "a refusal says something on stdout"
    lines = ended.err.splitlines(keepends=True)
    if len(lines) != 1 and not attempt.file.endswith(".py"):  # a program may say what it likes on stderr
        yield f"{len(lines)} lines on stderr"
    found = _MESSAGE.fullmatch(lines[-1]) if lines else None
    if not found:
        yield "no message with a code and a hint"
    elif ended.status == 3 and attempt.file:
        place = _PLACE.fullmatch(found["place"] or "")
        if not place or place["file"] not in (attempt.file, *_NEIGHBOURS):
            yield "no place in the file"


def unmet(counts: Counter[str]) -> list[str]:
    """Name the readers that never refused anything, or were not given each level of change."""
    missing = [] if counts["inputs"] >= 50_000 else [f"{counts['inputs']:,} inputs"]
    for name in READERS:
        missing += [f"{name}: nothing refused"] * (not counts[f"{name}: refused"])
        missing += [f"{name}: no change of {level}" for level in LEVELS if not counts[f"{name}: {level}"]]
    return missing


CAMPAIGN = Campaign(
    name="malformed",
    sentence="a malformed input to one of the readers of data from outside: a documented status and a located message",
    run=run,
    trials=60_000,
    slice=150,
    shard=2_500,
    target="50,000 inputs, every reader refuses some, no traceback, none takes 5 s or 512 MiB",
    unmet=unmet,
)
