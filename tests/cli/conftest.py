"""A model small enough to know by heart, and ways to run the command line on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tunnelproof.cli import main

# The guard lets people in while the door is open; with a spring it closes by itself. Two settings, one of which
# matters, and a platform on which the spring may break.
DOOR = """
from tunnelproof.model.language.component import WEAK, Component, Configuration, compose
from tunnelproof.model.language.terms import both, name, taken
from tunnelproof.properties.claims import (
    DeadlockFree, Invariant, NeverForever, Precedence, Reachable, Recoverable, Recurrence, Response, StepInvariant,
    Tradeoff,
)
import enum

class Spring(enum.StrEnum):
    LASTS = "lasts"
    BREAKS = "breaks"

configuration = Configuration()
fitted = configuration.setting("fitted", bool, "A spring is fitted.")
painted = configuration.setting("painted", bool, "The door is painted.")
quality = configuration.platform("quality", Spring, "Whether springs last.")

door = Component("door", actor="visitor")
is_open = door.variable("is_open", bool, start=False)
door.action("push", when=~is_open, then={is_open: True}, doc="Somebody comes.")
spring = Component("spring", actor="mechanism")
broken = spring.variable("broken", bool, start=False)
spring.derived("works", fitted & ~broken)
spring.action("close", when=is_open & name("works"), then={is_open: False}, fair=WEAK, doc="It swings shut.")
spring.action("wear", when=is_open & name("works") & (quality == Spring.BREAKS), then={broken: True})
repair = Component("repair", actor="owner")
repair.action("mend", when=broken, then={broken: False})

system = compose("door", configuration=configuration, components=[door, spring, repair], title="A door")
claims = [
    Invariant(id="safety.opens-whole", sentence="A broken spring is a fitted one.", holds=~broken | fitted),
    Invariant(id="safety.never-open", sentence="It is never open.", holds=~is_open),
    Reachable(id="reach.open", sentence="It can be opened.", point=is_open),
    StepInvariant(id="steps.quiet", sentence="Wear changes nothing of the door.", when=taken("wear"),
                  holds=is_open),
    Precedence(id="order.push-first", sentence="It is pushed before it is open.", first=taken("push"), then=is_open),
    DeadlockFree(id="stuck.never", sentence="Something can happen.", by=("visitor", "mechanism")),
    Recoverable(id="closing.possible", sentence="It can close by itself.", goal=~is_open, by=("mechanism",)),
    Response(id="closing.happens", sentence="It closes.", trigger=is_open, response=~is_open),
    Recurrence(id="closing.again", sentence="It is closed again and again.", point=~is_open),
    NeverForever(id="closing.not-for-ever", sentence="Not pushed for ever.", points=(taken("push"),)),
    Tradeoff(id="both.not", sentence="Not both.", claims=("closing.possible", "safety.never-open")),
]
"""


@pytest.fixture(autouse=True, scope="session")
def heard() -> Iterator[None]:
    """Whoever is started in the background, or by nohup, ignores signals, and so does what it starts; here they are to
    be heard.
    """
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.getsignal(number) for number in usual}
    for number, handler in usual.items():
        if before[number] is signal.SIG_IGN:
            signal.signal(number, handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def door(tmp_path: Path) -> str:
    """The path of the model above."""
    path = tmp_path / "door.py"
    path.write_text(DOOR, encoding="utf-8")
    return str(path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def command(*arguments: object) -> Ran:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return command


def spawn(*arguments: object, **environment: str) -> Ran:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tunnelproof", *(str(argument) for argument in arguments)],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


@pytest.fixture(name="spawn")
def spawned() -> Run:
    """Run a command in a process of its own; keyword arguments are environment variables."""
    return spawn
