"""Orders of variables: what a model declares first makes no difference, and what most others depend on is on top."""

from __future__ import annotations

from itertools import product

import pytest
from bench.cases import scrambled
from bench.models import devices, filter_lock, philosophers, ring
from tests.unit.engines.diagram.test_counts import clock

from tunnelproof.engines.contract import Question
from tunnelproof.engines.diagram.engine import DiagramEngine
from tunnelproof.engines.diagram.family import Described, Family
from tunnelproof.engines.diagram.order import naturally, variable_orders
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model import catalogue
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant

SEEDS = range(10)
MODELS = {
    "devices": devices(2),
    "philosophers": philosophers(10, left_handed=True),
    "filter lock": filter_lock(5),
    "ring": ring(30),
    "ios": catalogue.load("ios"),
}


@pytest.mark.parametrize("system", MODELS.values(), ids=MODELS.keys())
def test_the_order_of_declaration_does_not_matter(system: System) -> None:
    wanted = variable_orders(system)
    assert all(sorted(order) == sorted(system.domains) for order in wanted)
    for seed in SEEDS:
        assert variable_orders(scrambled(system, seed)) == wanted


def test_the_position_of_the_token_is_above_what_it_selects() -> None:
    assert set(variable_orders(ring(30))[0][:2]) == {"pos", "work"}


def test_names_with_numbers_are_in_their_natural_order() -> None:
    assert naturally(["x10", "x9", "a", "x", "x9y"]) == ["a", "x", "x9", "x9y", "x10"]


@pytest.mark.parametrize("seed", [None, 0, 1])
@pytest.mark.parametrize(
    ("system", "states"), [(ring(20), 86_522_880), (ring(30), 132_875_304_960)], ids=["2^20", "2^30"]
)
def test_states_of_rings_too_large_to_list(system: System, states: int, seed: int | None) -> None:
    family = Family(system if seed is None else scrambled(system, seed), Described(TRUE))
    assert family.work(lambda symbolic: symbolic.count, clock()) == states


def test_shuffled_declarations_have_equal_verdicts() -> None:
    # A device that keeps its connection when the network is lost has come to a tunnel without it.
    claim = Invariant(id="tunnel", sentence="", holds=(name("tun0") != 5) | (name("ond") == 0) | (name("dl0") != 3))
    found = set()
    for seed in SEEDS:
        system = scrambled(devices(1), seed)
        rows = tuple(product(range(2), repeat=5))
        finding = DiagramEngine().decide(Question(system, claim, rows), lambda _: None)
        names = [v.name for v in system.configuration]
        refuted = [row for row, v in zip(rows, finding.verdicts, strict=True) if v is Verdict.REFUTED]
        found.add(tuple(sorted(tuple(sorted(zip(names, row, strict=True))) for row in refuted)))
    assert len(found) == 1
    assert 0 < len(found.pop()) < 32
