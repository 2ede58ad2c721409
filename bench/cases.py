"""What is measured: systems with claims, and the numbers that every checker has to find before its time counts.

The numbers were agreed on by Spin, Rumur, TLC, NuSMV, Storm, Stateright and a hand-written C search, where
each finished; those of pet6 by Spin and the C search.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bench import models
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

ORDERED = ("prove", "auto", "diagram", "nusmv")  # to whom the order of declaration may matter
ALL_FORCED = (1, 1, 1, 0, 1)  # the configuration of the cases that have one


@dataclass(frozen=True)
class Case:
    """A system with its claims and what is known of it.

    ``states`` and ``steps`` are reachable pairs of configuration and state, and steps from them; ``depth`` is that of a
    breadth-first search. ``deadlock`` is the length of the shortest way into a deadlock; then the search ends there
    and the numbers are those of the whole state space, or unknown. ``asked`` names the only
    checkers that are asked; otherwise it is everybody who takes the case.
    """

    name: str
    about: str
    make: Callable[[], System]
    claims: tuple[Claim, ...]
    states: int | None = None
    steps: int | None = None
    depth: int | None = None
    deadlock: int | None = None
    asked: tuple[str, ...] | None = None

    @property
    def holds(self) -> bool:
        """Whether all claims hold."""
        return self.deadlock is None


def scrambled(system: System, seed: int) -> System:
    """Return the same system with configuration, variables and actions declared in another order."""
    generator = random.Random(seed)
    configuration, variables, actions = list(system.configuration), list(system.variables), list(system.actions)
    for declared in (configuration, variables, actions):
        generator.shuffle(declared)
    return replace(system, configuration=tuple(configuration), variables=tuple(variables), actions=tuple(actions))


def _ring(count: int, states: int, depth: int) -> Case:
    about, make = f"token ring, 2^{count} configurations", partial(models.ring, count)
    return Case(f"ring{count}", about, make, models.ring_claims(count), states, states, depth)


def _scrambled(case: Case) -> Case:
    about = f"{case.name}, everything declared in another order"
    make = lambda: scrambled(case.make(), 1)  # noqa: E731
    return replace(case, name=f"{case.name}-scrambled", about=about, make=make, asked=ORDERED)


_CASES = (
    Case(
        "vpn1",
        "one device, 32 configurations",
        partial(models.devices, 1),
        models.devices_claims(1),
        27_760,
        117_672,
        28,
    ),
    Case(
        "vpn2c",
        "two devices, one configuration",
        partial(models.devices, 2, fixed=ALL_FORCED),
        models.devices_claims(2),
        763_876,
        5_303_432,
        46,
    ),
    Case(
        "vpn2",
        "two devices, 32 configurations",
        partial(models.devices, 2),
        models.devices_claims(2),
        9_637_872,
        64_699_296,
        49,
    ),
    Case(
        "vpn3s",
        "three devices, one configuration",
        partial(models.devices, 3, fixed=ALL_FORCED, retries=1),
        models.devices_claims(3),
        69_495_916,
        651_758_996,
        60,
    ),
    Case(
        "phil10",
        "ten philosophers, one left-handed",
        partial(models.philosophers, 10, left_handed=True),
        models.philosophers_claims(10),
        1_860_498,
        15_426_870,
        38,
    ),
    Case(
        "phil10d",
        "ten philosophers, in deadlock after 20 steps",
        partial(models.philosophers, 10, left_handed=False),
        models.philosophers_claims(10),
        deadlock=20,
    ),
    Case(
        "pet5",
        "Peterson's filter lock, five processes",
        partial(models.filter_lock, 5),
        models.filter_lock_claims(5),
        223_105,
        741_065,
        48,
    ),
    Case(
        "pet6",
        "Peterson's filter lock, six processes",
        partial(models.filter_lock, 6),
        models.filter_lock_claims(6),
        5_779_920,
        22_245_396,
        68,
        asked=("prove", "auto", "diagram", "explicit", "limit"),
    ),
    _ring(14, 945_728, 107),
    _scrambled(_ring(14, 945_728, 107)),
    _ring(20, 86_522_880, 155),
    _ring(30, 132_875_304_960, 235),
    _scrambled(_ring(30, 132_875_304_960, 235)),
)
# Searched once, by the explicit engine alone. The numbers are the C search's, which finds those of vpn3s too.
LARGE = Case(
    "vpn3d",
    "three devices, two configurations",
    partial(models.devices, 3, fixed=(1, 1, 1, None, 1), retries=1),
    models.devices_claims(3),
    145_632_568,
    1_372_063_052,
    60,
)

CASES = {case.name: case for case in _CASES}
