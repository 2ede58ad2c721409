"""The solver of games against every strategy, tried one by one."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.oracle import TooLargeError, worlds
from tests.oracle.games import Kind, TooManyStrategiesError, wins
from tests.systems import systems
from tests.systems.formulas import cube

from tunnelproof.engines.analysis.vector import VectorEvaluator
from tunnelproof.engines.contract import Limits
from tunnelproof.games.arena import WAIT, Arena, explored
from tunnelproof.games.solver import free, prices, reach, recur
from tunnelproof.model.language.component import NONE, STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import TRUE, Expr, negate
from tunnelproof.model.language.system import Fairness, System

TRIED = settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


BOARDS = 100


def _plain(system: System, strong: bool) -> System:
    """Leave fair outcomes out, and make strong promises weak unless they are wanted."""
    return replace(
        system,
        actions=tuple(
            replace(
                a,
                outcomes=tuple(replace(o, fair=False) for o in a.outcomes),
                fairness=Fairness.WEAK if a.fairness is Fairness.STRONG and not strong else a.fairness,
            )
            for a in system.actions
        ),
    )


Game = tuple[System, str, Kind, Expr, Expr, bool]


@st.composite
def games(draw: st.DrawFn, strong: bool) -> Game:
    system = _plain(draw(systems()), strong)
    player = draw(st.sampled_from(sorted({a.actor for a in system.actions})))
    goal = cube(draw, system.domains, 2)
    keep = draw(st.sampled_from([TRUE, negate(cube(draw, system.domains, 2))]))
    kind: Kind = draw(st.sampled_from(["reach", "again"]))
    return system, player, kind, goal, keep, kind == "reach" and draw(st.booleans())


def board(number: int, strong: bool) -> Game:
    """Return a game of a few places, in which two actors push each other around."""
    rng = Random(number)
    places = Range(0, rng.randint(2, 5))
    parts = {actor: Component(actor, actor=actor) for actor in ("user", "other")}
    at = parts["other"].variable("at", places, start=0)
    side = parts["other"].variable("side", bool, start=rng.random() < 0.5)
    for action in range(rng.randint(3, 9)):
        actor = rng.choice(["user", "other"])
        when = at.is_in(*rng.sample(places.values, rng.randint(1, 3)))
        if rng.random() < 0.3:
            when &= rng.choice([side, ~side])
        then = {side: rng.choice([~side, True, False])} if rng.random() < 0.4 else {}
        parts[actor].action(
            f"{actor}{action}",
            when=when,
            then=then,
            outcomes=[outcome(f"to{k}", {at: rng.choice(places.values)}) for k in range(rng.choice([1, 1, 2]))],
            fair=rng.choice([NONE, WEAK, STRONG if strong else WEAK]) if actor == "other" else NONE,
        )
    parts["other"].action("look", when=side & (at == 0), then={side: side})
    system = compose("board", configuration=Configuration(), components=list(parts.values()))
    kind: Kind = rng.choice(["reach", "again"])
    keep = (at != rng.choice(places.values[1:])).expr if rng.random() < 0.3 else TRUE
    goal = (at == rng.choice(places.values[1:])).expr
    return system, "user", kind, goal, keep, kind == "reach" and rng.random() < 0.4


def _found(
    system: System, player: str, kind: Kind, goal: Expr, keep: Expr, quick: bool, waiting: bool = False
) -> list[bool]:
    """Return for each configuration whether the solver lets the player win."""
    configurations = tuple(w.configuration for w in worlds(system))
    graph = explored(system, configurations, Limits(), lambda _: None)
    arena, evaluator = Arena(graph, player, quick), VectorEvaluator(system)
    inside, there = evaluator.states(keep, graph.rows), evaluator.states(goal, graph.rows)
    solve = reach if kind == "reach" else recur
    fixed = free(arena) if not waiting else np.full(len(arena), WAIT, dtype=np.int64)
    won = solve(arena, there, inside, fixed).won
    if kind == "reach" and not waiting:
        value, _ = prices(arena, there, inside, free(arena))
        assert not ((value >= 0) & ~won).any(), "a price is given where nothing is won"
    lost = graph.grouping.any_row(graph.initial & ~won)
    return [not lost[graph.grouping.configurations.index(c)] for c in configurations]


def _compare(game: Game, strong: bool, seen: Counter[str]) -> None:
    wanted = [wins(world, *game[1:]) for world in worlds(game[0])]
    waiting = _found(*game, waiting=True)
    for found, right, idle in zip(_found(*game), wanted, waiting, strict=True):
        seen[f"{game[2]} {'won' if right else 'lost'}"] += 1
        seen["needs a move"] += right and not idle
        seen["missed"] += right and not found
        assert right or not found, "the solver wins what nobody can win"
        assert right or not idle
        assert strong or found == right


@pytest.mark.parametrize("strong", [False, True])
def test_winners_of_random_systems_are_those_that_some_strategy_makes_win(strong: bool) -> None:
    seen: Counter[str] = Counter()

    @TRIED
    @given(games(strong))
    def play(game: Game) -> None:
        try:
            _compare(game, strong, seen)
        except (TooLargeError, TooManyStrategiesError):
            assume(False)

    play()
    assert seen["reach won"] >= 20 and seen["reach lost"] >= 20 and seen["again lost"] >= 20, seen
    assert not seen["missed"], seen


@pytest.mark.parametrize("strong", [False, True])
def test_winners_on_boards_are_those_that_some_strategy_makes_win(strong: bool) -> None:
    seen: Counter[str] = Counter()
    for number in range(BOARDS):
        with suppress(TooLargeError, TooManyStrategiesError):
            _compare(board(number, strong), strong, seen)
    assert min(seen[f"{kind} {end}"] for kind in ("reach", "again") for end in ("won", "lost")) >= 5, seen
    assert seen["needs a move"] >= 8, seen
    assert seen["missed"] <= (2 if strong else 0), seen


@pytest.mark.parametrize("fairness", [WEAK, STRONG])
@pytest.mark.parametrize("rounds", [1, 2])
def test_strong_promise_is_worth_coming_back_for(fairness: Fairness, rounds: int) -> None:
    """The player goes to the door again and again; the guard sends him back, and opens at some time if he must."""
    places = Range(0, 2 + rounds)
    guard, user = Component("guard", actor="guard"), Component("user", actor="user")
    at = guard.variable("at", places, start=0)
    user.action("go", when=at < rounds, then={at: at + 1})
    guard.action("send_back", when=at == rounds, then={at: 0})
    guard.action("open", when=at == rounds, then={at: rounds + 1}, fair=fairness)
    guard.action("close", when=at == rounds + 1, then={at: rounds + 2})
    system = compose("gate", configuration=Configuration(), components=[guard, user])
    for kind, wanted in (("reach", fairness is STRONG), ("again", False)):
        game: Game = (system, "user", kind, (at == rounds + 1).expr, TRUE, False)  # type: ignore[assignment]
        assert wins(worlds(system)[0], *game[1:]) == wanted
        assert _found(*game) == [wanted]
        assert _found(*game, waiting=True) == [False]
