"""Strategies put back into the model mean what the oracle's strategies mean, and what is printed is right."""

from __future__ import annotations

import enum
from collections import Counter
from contextlib import suppress
from random import Random

import numpy as np
import pytest
from tests.oracle import TooLargeError, decide, explore, worlds
from tests.oracle.games import Decision, TooManyStrategiesError, _achieved, _stopped, wins
from tests.unit.games.test_solver import Game, _found, board

from tunnelproof.errors import ClaimError, UsageError
from tunnelproof.evidence.rows import Numbers
from tunnelproof.games.arena import WAIT
from tunnelproof.games.controller import FOLLOW, SPENT, Layer, about, assuming, begun, follow, spoil, stopped
from tunnelproof.games.solver import Solution
from tunnelproof.games.tables import Game as Game_
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import WEAK, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import TRUE, Apply, Literal, Read, Taken, conjoin, disjoin, negate
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.terms import after, by, choose, name, taken
from tunnelproof.properties.claims import Invariant, Recoverable, Recurrence, StepInvariant
from tunnelproof.properties.procedures import Aim, Move, Objective, Procedure, Rule, rule
from tunnelproof.verification.prove import prove
from tunnelproof.verification.strategies.answer import Winner
from tunnelproof.verification.strategies.prices import guaranteed_prices
from tunnelproof.verification.strategies.question import GameQuestion
from tunnelproof.verification.strategies.winners import strategies


class Door(enum.StrEnum):
    SHUT = "shut"
    OPEN = "open"


class Side(enum.StrEnum):
    LEFT = "left"
    RIGHT = "right"


def _table(system: System, strategy: dict[tuple[object, ...], Decision]) -> tuple[Rule, ...]:
    names = [v.name for v in system.variables]
    return tuple(
        Rule(
            conjoin(Apply("=", (Read(n), Literal(v))) for n, v in zip(names, state, strict=True)),  # type: ignore[arg-type]
            Move(*decision),
        )
        for state, decision in strategy.items()
        if decision is not None
    )


@pytest.mark.parametrize("strong", [False, True])
def test_controlled_system_achieves_what_the_strategy_does(strong: bool) -> None:
    seen: Counter[bool] = Counter()
    for number in range(70):
        system, player, kind, goal, keep, quick = board(number, strong)
        rng, world = Random(number), worlds(system)[0]
        graph = _stopped(world, explore(world, world.initial(), None), kind, goal, keep)
        moves = {s: [(e.action, e.choice) for e in graph.leaving(s) if e.actor == player] for s in graph.states}
        strategy: dict[tuple[object, ...], Decision] = {s: rng.choice([None, *m, *m]) for s, m in moves.items()}  # type: ignore[misc]
        over = disjoin((negate(keep), goal)) if kind == "reach" else negate(keep)
        procedure = Procedure("x", "", player, _table(system, strategy))
        controlled = follow(stopped(system, over), procedure, quick=quick).system
        claims = (
            Recurrence(id="goal", sentence="", point=conjoin((goal, keep))),
            Invariant(id="keep", sentence="", holds=keep),
        )
        with suppress(TooLargeError):
            wanted = _achieved(world, graph, player, strategy, kind, goal, keep, quick)  # type: ignore[arg-type]
            found = all(a.verdict == "proved" for claim in claims for a in decide(controlled, claim).values())
            assert found == wanted, number
            seen[found] += 1
    assert min(seen[True], seen[False]) >= 5, seen


def _question(game: Game) -> tuple[System, GameQuestion]:
    system, player, kind, goal, keep, quick = game
    return system, GameQuestion(Objective("x", "", Aim(kind), goal, keep), player, quick)


@pytest.mark.parametrize("strong", [False, True])
def test_who_is_said_to_win_or_lose_does(strong: bool) -> None:
    seen: Counter[Winner] = Counter()
    for number in range(100, 130):
        game = board(number, strong)
        with suppress(TooManyStrategiesError, TooLargeError):
            wanted = wins(worlds(game[0])[0], *game[1:])
            answer = strategies(*_question(game)).partition.cells[0].label
            seen[answer.winner] += 1
            if answer.winner is Winner.WINS:
                assert wanted, number
                assert all(one.verdict.value == "proved" for one in answer.confirmed)
            elif answer.winner is Winner.LOSES:
                assert not wanted, number
    assert seen[Winner.WINS] >= 4 and seen[Winner.LOSES] >= 8, seen
    assert seen[Winner.UNKNOWN] <= 8, seen


def test_solver_that_errs_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[tuple[bool, str]] = Counter()
    for number in range(60):
        game = board(number, False)
        right = _found(*game)[0]
        if game[2] != "reach":
            continue

        def wrong(self: Game_, fixed: Numbers, right: bool = right) -> Solution:
            won = self.point & self.keep if right else np.ones_like(self.point)
            return Solution(won, np.full(len(fixed), WAIT, dtype=np.int64))

        with monkeypatch.context() as patch:
            patch.setattr(Game_, "solve", wrong)
            answer = strategies(*_question(game)).partition.cells[0].label
        assert answer.winner is Winner.UNKNOWN, number
        seen[right, answer.reason.split(":")[0]] += 1
    assert sum(n for (right, _), n in seen.items() if right) >= 6, seen
    assert sum(n for (right, _), n in seen.items() if not right) >= 6, seen


def test_environment_that_breaks_a_promise_or_never_yields_is_found_out() -> None:
    door, player = Component("door", actor="other"), Component("player", actor="player")
    state = door.variable("state", Door, start=Door.SHUT)
    door.action("open", when=state == Door.SHUT, then={state: Door.OPEN}, fair=WEAK)
    player.action("leave", when=state == Door.SHUT, then={state: Door.OPEN})
    player.action("knock", when=state == Door.SHUT, then={state: state})
    system = compose("door", configuration=Configuration(), components=[door, player])
    shut = Layer((state == Door.SHUT).expr)
    spoiled = spoil(system, "player", (shut,), eager=True)
    ((action, never, again),) = spoiled.kept
    assert action == "open" and again is not None
    claims = [
        Invariant(id="a", sentence="", holds=(state == Door.SHUT)),
        Invariant(id="b", sentence="", holds=never),
        Recurrence(id="c", sentence="", point=again),
        Recurrence(id="d", sentence="", point=spoiled.yields),
        Invariant(id="e", sentence="", holds=~by("player")),
    ]
    found = [o.verdict.value for o in prove(spoiled.system, claims).claims]
    assert found == ["proved", "refuted", "refuted", "refuted", "proved"], "he is never let act, as leaving is possible"
    free = spoil(system, "other", (Layer(TRUE),), eager=False)
    assert free.kept == () and free.yields == TRUE


def test_player_is_free_where_he_is_let_act() -> None:
    player = Component("player", actor="player")
    at = player.variable("at", Range(0, 2), start=0)
    player.action("go", when=at < 2, then={at: at + 1})
    system = compose("path", configuration=Configuration(), components=[player])
    spoiled = spoil(system, "player", (Layer((at < 2).expr),), eager=True)
    claims = [
        Invariant(id="a", sentence="", holds=at < 1),
        Invariant(id="b", sentence="", holds=at < 2),
        Recurrence(id="c", sentence="", point=spoiled.yields),
    ]
    assert [o.verdict.value for o in prove(spoiled.system, claims).claims] == ["refuted", "proved", "refuted"]


def test_missing_observation_is_named() -> None:
    house = Component("house", actor="owner")
    configuration = Configuration()
    built = configuration.platform("built", Side, "Where the way out is, if it is not walled up.")
    house.variable("walled", bool, start=[False, True], visible_to=["owner"])
    out = house.variable("out", bool, start=False)
    player = Component("player", actor="player")
    right = (built == Side.LEFT) != name("walled")
    player.action("left", when=~out, then={out: choose(right, True, out)})
    player.action("right", when=~out, then={out: choose(right, out, True)})
    system = compose("house", configuration=configuration, components=[house, player])
    goal = Objective("out", "", Aim.REACH, out.expr)
    found = strategies(system, GameQuestion(goal, "player")).partition
    assert [(cell.label.winner, cell.label.missing) for cell in found.cells] == [
        (Winner.NEEDS_TO_SEE, ("built", "walled"))
    ]
    one = strategies(system, GameQuestion(goal, "player", where="built = left")).partition
    assert [(cell.label.winner, cell.label.missing) for cell in one.cells] == [(Winner.NEEDS_TO_SEE, ("walled",))]
    told = strategies(system, GameQuestion(goal, "player", seeing=("built", "walled"))).partition
    assert {(cell.label.winner, cell.label.price) for cell in told.cells} == {(Winner.WINS, 0)}


def test_guaranteed_price_is_that_of_the_worst_state() -> None:
    system = assuming(catalogue.load("smallest"), ("publish",))
    found = guaranteed_prices(system, (name("updated") & name("protected")).expr, "user")
    prices = {cell.label for cell in found.cells}
    assert None not in prices and max(prices) >= 4, prices  # type: ignore[type-var]


def test_steps_of_the_procedure_are_still_named_in_claims() -> None:
    system = catalogue.load("smallest")
    procedure = Procedure("x", "", "user", (rule(name("frozen"), "reboot"),))
    controlled = follow(system, procedure, most=2)
    claim = about(
        Invariant(id="a", sentence="", holds=~taken("reboot") & ~taken("connect")), system, controlled, "user"
    )
    assert isinstance(claim, Invariant)
    assert {a.outcome for a in _atoms(claim)} == {"reboot"} and {a.action for a in _atoms(claim)} == {FOLLOW}
    counted = Invariant(id="b", sentence="", holds=name(SPENT) <= 2)
    outcome = prove(controlled.system, [claim, counted])
    assert [o.verdict.value for o in outcome.claims] == ["refuted", "refuted"]


def _atoms(claim: Invariant) -> list[Taken]:
    from tunnelproof.model.language.expressions import walk

    return [e for e in walk(claim.holds) if isinstance(e, Taken)]


def test_earlier_rules_come_first() -> None:
    system = catalogue.load("smallest")
    rules = (rule(name("up"), "disconnect"), rule(name("up"), "disable_force_all_apps"))
    controlled = follow(system, Procedure("x", "", "user", rules)).system
    never = Invariant(id="a", sentence="", holds=Apply("not", (Taken(FOLLOW, "disable_force_all_apps"),)))
    assert prove(controlled, [never]).verdict.value == "proved"
    turned = follow(system, Procedure("x", "", "user", rules[::-1])).system
    assert prove(turned, [never]).verdict.value == "refuted"


def test_what_does_not_fit_is_refused() -> None:
    system = catalogue.load("smallest")
    for bad in (rule(TRUE, "begin"), rule(TRUE, "reboot", times=1), rule(name("nonsense"), "reboot")):
        with pytest.raises(ClaimError):
            follow(system, Procedure("x", "", "user", (bad,)))
    controlled = follow(system, Procedure("x", "", "user", (rule(TRUE, "reboot"),)))
    with pytest.raises(ClaimError, match="bars an action"):
        about(Recoverable(id="a", sentence="", goal=name("up"), barring=("reboot",)), system, controlled, "user")
    with pytest.raises(ClaimError):
        assuming(system, ("nonsense",))
    goal = Objective("x", "", Aim.AGAIN, name("up").expr)
    for question in (
        GameQuestion(goal, "nobody"),
        GameQuestion(goal, "user", quick=True),
        GameQuestion(goal, "user", seeing=("nonsense",)),
        GameQuestion(goal, "user", hiding=("nonsense",)),
    ):
        with pytest.raises(UsageError):
            strategies(system, question)


def test_names_that_are_added_must_be_free() -> None:
    system = catalogue.load("smallest")
    counted = begun(system, "episodes", name("exposed").expr, 3)
    for bad in ("episodes", "up", "reboot"):
        with pytest.raises(ClaimError, match="already"):
            begun(counted, bad, name("exposed").expr, 3)
    followed = follow(system, Procedure("x", "", "user", (rule(TRUE, "reboot"),)), most=1).system
    with pytest.raises(ClaimError, match="already"):
        follow(followed, Procedure("x", "", "user", ()))


def test_beginnings_are_counted_up_to_one_more_than_asked() -> None:
    counted = begun(catalogue.load("smallest"), "episodes", name("exposed").expr, 1)
    claims = [
        Invariant(id="a", sentence="", holds=(name("episodes") == 0) >> ~name("exposed")),
        Invariant(id="b", sentence="", holds=name("episodes") <= 1),
        StepInvariant(
            id="c",
            sentence="",
            when=name("episodes") < 2,
            holds=(after(name("episodes")) == name("episodes") + 1) == (~name("exposed") & after(name("exposed"))),
        ),
    ]
    assert [o.verdict.value for o in prove(counted, claims).claims] == ["proved", "refuted", "proved"]


def test_assumed_actions_are_fair() -> None:
    fair = assuming(catalogue.load("smallest"), ("publish", "begin"))
    assert [fair.action_named[a].fairness for a in ("publish", "begin")] == [Fairness.WEAK, Fairness.WEAK]
