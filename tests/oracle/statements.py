"""Is what a certificate says true? Its cells against brute force, configuration by configuration."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from tests.oracle import DECIDERS, PROVED, REFUTED, Answer, World, configurations, explore
from tests.oracle.graph import Configuration
from tests.oracle.values import Point, value

from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Tradeoff

SEVERITY = ("proved", "unknown", "refuted")


class Said(NamedTuple):
    """What a cell says: of so many configurations, those where a formula holds; ``None``: whether vacuous is open."""

    verdict: str
    vacuous: bool | None
    configurations: int
    when: Expr


class Statement(NamedTuple):
    """What a certificate says: the claim has these verdicts in the system's configurations where ``where`` holds."""

    system: System
    claim: Claim
    where: tuple[Expr, ...]
    cells: tuple[Said, ...]
    verdict: str


class Fault(NamedTuple):
    """What is false: of a cell (its place), or of the whole."""

    what: str
    cell: int | None = None


class Truth:
    """The right answers about a claim, each worked out when it is asked for."""

    def __init__(self, system: System, claim: Claim, parts: Sequence[Claim] = ()) -> None:
        """Ask about a claim; ``parts`` has the claims that a trade-off names."""
        self.system, self.claim = system, claim
        named = claim.claims if isinstance(claim, Tradeoff) else ()
        self._parts = [Truth(system, part) for part in parts if part.id in named]
        self._known: dict[Configuration, Answer] = {}
        self._worlds: dict[Configuration, World] = {}

    @cached_property
    def configurations(self) -> list[Configuration]:
        """The valid configurations."""
        return configurations(self.system)

    def world(self, configuration: Configuration) -> World:
        """Return the world of a configuration."""
        if configuration not in self._worlds:
            self._worlds[configuration] = World(self.system, configuration)
        return self._worlds[configuration]

    def means_something(self, configuration: Configuration) -> bool:
        """Say whether the model has a meaning there: an initial state, and no assignment that leaves its domain."""
        world = self.world(configuration)
        start = world.initial()
        return bool(start) and not any(world.leaves_domains(s) for s in explore(world, start, None).states)

    def answer(self, configuration: Configuration) -> Answer:
        """Return the answer for a configuration in which the model has a meaning. Raises `TooLargeError`."""
        if configuration not in self._known:
            self._known[configuration] = self._answer(configuration)
        return self._known[configuration]

    def _answer(self, configuration: Configuration) -> Answer:
        if isinstance(self.claim, Tradeoff):
            return REFUTED if all(p.answer(configuration).verdict == "proved" for p in self._parts) else PROVED
        world = self.world(configuration)
        return DECIDERS[type(self.claim)](self.claim, world, explore(world, world.initial(), self.claim.given))


def holds_in(formula: Expr, system: System, configuration: Configuration) -> bool:
    """Say whether a formula over configuration variables holds in a configuration."""
    names = [v.name for v in system.configuration]
    return bool(value(formula, Point(dict(zip(names, configuration, strict=True)), {})))


def overall(claim: Claim, cells: Sequence[Said]) -> str:
    """Return the verdict of the whole: the one that outweighs the others; unknown if it is vacuous everywhere."""
    if all(cell.vacuous for cell in cells) and not claim.may_be_vacuous:
        return "unknown"
    return max((cell.verdict for cell in cells), key=SEVERITY.index)


def faults(said: Statement, truth: Truth) -> list[Fault]:
    """Return what is false in a statement. Raises `TooLargeError` if that cannot be found out."""
    asked = [c for c in truth.configurations if all(holds_in(f, said.system, c) for f in said.where)]
    inside = [[c for c in truth.configurations if holds_in(cell.when, said.system, c)] for cell in said.cells]
    if not asked:
        return [Fault("nothing is asked about")]
    if sorted(map(repr, asked)) != sorted(repr(c) for some in inside for c in some):
        return [Fault("the cells are no partition of what is asked about")]
    if any(len(some) != cell.configurations or not some for some, cell in zip(inside, said.cells, strict=True)):
        return [Fault("a number of configurations")]
    if said.verdict != overall(said.claim, said.cells):
        return [Fault("the verdict of the whole")]
    if not all(map(truth.means_something, asked)):
        return [Fault("the model has no meaning")]
    return [
        Fault(f"{cell.verdict}, vacuous: {cell.vacuous}", place)
        for place, (cell, some) in enumerate(zip(said.cells, inside, strict=True))
        if cell.verdict != "unknown" and not all(_right(cell, truth.answer(c)) for c in some)
    ]


def _right(cell: Said, answer: Answer) -> bool:
    return cell.verdict == answer.verdict and (cell.vacuous is None or cell.vacuous == answer.vacuous)
