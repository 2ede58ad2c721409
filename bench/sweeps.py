"""What grows: systems that differ in one size only, as far as that can be, each with a claim that holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench import models
from bench.cases import ALL_FORCED, Case
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import both, choose, name
from tunnelproof.properties.claims import Invariant


@dataclass(frozen=True)
class Sweep:
    """Cases by size. ``of`` is what grows, ``how`` says in which system; ``sizes`` are by engine."""

    of: str
    how: str
    make: Callable[[int], Case]
    sizes: dict[str, tuple[int, ...]]


def _more_states(retries: int) -> Case:
    make = lambda: models.devices(2, fixed=ALL_FORCED, retries=retries)  # noqa: E731
    return Case(f"states{retries}", "", make, models.devices_claims(2))


def _more_configurations(free: int) -> Case:
    return Case(f"configurations{free}", "", lambda: _ring_with(free), models.ring_claims(RING))


def _more_variables(count: int) -> Case:
    make = lambda: models.philosophers(count, left_handed=True)  # noqa: E731
    return Case(f"variables{count}", "", make, models.philosophers_claims(count)[:1])


def _more_actions(count: int) -> Case:
    stays = Invariant(id="board.stays", sentence="The piece is on the board.", holds=name("x") < BOARD)
    return Case(f"actions{count}", "", lambda: jumps(count), (stays,))


RING = 30
BOARD = 64


def _ring_with(free: int) -> System:
    """Return the ring of 30, with a choice for so many of the stations; the others work."""
    ring = models.ring(RING)
    fixed = tuple((name(f"c{i}") == 1).expr for i in range(free, RING))
    return System(f"ring-{RING}-{free}", ring.configuration, ring.variables, ring.actions, fixed, actors=ring.actors)


def jumps(count: int) -> System:
    """Return a piece on a square board that moves to the right or upwards, and has so many jumps besides."""
    board = Component("board", actor="player")
    x = board.variable("x", Range(0, BOARD - 1), start=0)
    y = board.variable("y", Range(0, BOARD - 1), start=0)
    board.action("right", when=True, then={x: choose(x < BOARD - 1, x + 1, 0)})
    board.action("up", when=True, then={y: choose(y < BOARD - 1, y + 1, 0)})
    for i in range(count):
        here = both(x == i * 7 % BOARD, y == (i // BOARD + i * 11) % BOARD)
        board.action(f"jump{i}", when=here, then={x: i * 13 % BOARD, y: i * 29 % BOARD})
    return compose(f"jumps-{count}", configuration=Configuration(), components=[board])


SWEEPS = (
    Sweep(
        "states",
        "two devices in one configuration; how often each tries to connect grows, variables and actions stay",
        _more_states,
        {"diagram": (1, 3, 7, 15, 31), "explicit": (1, 3, 7, 15)},
    ),
    Sweep(
        "configurations",
        f"a token ring of {RING} stations; for how many of them there is a choice grows, everything else stays",
        _more_configurations,
        {"diagram": (2, 6, 10, 14, 18, 24, 30), "explicit": (2, 6, 10, 14)},
    ),
    Sweep(
        "variables",
        "dining philosophers; two variables and five actions each",
        _more_variables,
        {"diagram": (4, 8, 16, 32), "explicit": (4, 6, 8, 10)},
    ),
    Sweep(
        "actions",
        f"a piece on a board of {BOARD} by {BOARD}; how many jumps it has grows, states and variables stay",
        _more_actions,
        {"diagram": (16, 64, 256, 1024), "explicit": (16, 64, 256, 1024)},
    ),
)
