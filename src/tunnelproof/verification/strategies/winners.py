"""Who wins, for each configuration."""

from __future__ import annotations

from collections.abc import Sequence

from tunnelproof.engines.analysis.vector import VectorEvaluator
from tunnelproof.engines.contract import LimitReached, Limits, Progress
from tunnelproof.family.factors import Row
from tunnelproof.family.partition import Partition
from tunnelproof.games.arena import Arena, explored
from tunnelproof.games.controller import assuming, stopped
from tunnelproof.games.solver import free
from tunnelproof.games.tables import Game
from tunnelproof.model.language.system import System
from tunnelproof.semantics.cone import slice_for
from tunnelproof.verification.prove import Quiet, open_hearing
from tunnelproof.verification.strategies.answer import Answer, Strategies, Winner
from tunnelproof.verification.strategies.environment import lost_to_environment
from tunnelproof.verification.strategies.play import Play
from tunnelproof.verification.strategies.player import won_by_player
from tunnelproof.verification.strategies.question import (
    GameQuestion,
    check,
    claim_about,
    kept_where,
    over_where,
    seen_by_player,
    wanted_where,
)

TRIES = 400  # solutions of a game in which a table is searched for


def strategies(
    system: System,
    question: GameQuestion,
    *,
    engine: str = "auto",
    limits: Limits = Limits(),  # noqa: B008 - frozen
    tries: int = TRIES,
    progress: Progress = Quiet,
) -> Strategies:
    """Say for every configuration who wins.

    Raises `TunnelproofError` for a question that makes no sense, `LimitReached` for an arena beyond ``limits.states``.
    """
    objective, player, quick = question.objective, question.player, question.quick
    check(system, objective, player, quick)
    whole = stopped(assuming(system, objective.assuming), over_where(objective))
    hearing = open_hearing(whole, (), question.where, engine, limits, progress)
    seen = seen_by_player(system, question)
    cone = slice_for(whole, claim_about(objective, question.seeing or ()))
    play = Play(whole, objective, player, quick, hearing.space, limits, progress, engine)
    names = tuple(v.name for v in cone.configuration)
    rows = hearing.space.project(names)
    try:
        graph = explored(cone, rows, limits, progress)
    except LimitReached as limit:
        nothing = Partition(hearing.space, (), {(): Answer(Winner.UNKNOWN, reason=limit.detail)})
        return Strategies(system, question, hearing.space, (), (), limits.states, nothing)
    evaluator = VectorEvaluator(cone)
    keep = evaluator.states(kept_where(objective), graph.rows)
    point = evaluator.states(wanted_where(objective), graph.rows)
    play.game, play.graph, play.evaluator = (
        Game(Arena(graph, player, quick), objective.aim, point, keep),
        graph,
        evaluator,
    )
    seen = tuple(name for name in seen if name in cone.domains or name in cone.definitions)
    hidden = tuple(name for name in cone.domains if name not in seen)
    labels = _labels(play, rows, names, seen, hidden, tries)
    partition = Partition(hearing.space, names, labels)
    return Strategies(system, question, hearing.space, seen, hidden, len(graph), partition)


def _labels(
    play: Play, rows: Sequence[Row], names: Sequence[str], seen: Sequence[str], hidden: Sequence[str], tries: int
) -> dict[Row, Answer]:
    graph = play.graph
    solution = play.game.solve(free(play.game.arena))
    play.progress("solved")
    lost = graph.grouping.any_row(graph.initial & ~solution.won)
    places = dict(zip(graph.grouping.configurations, range(len(lost)), strict=True))
    winners = [row for row in rows if not lost[places[row]]]
    losers = [row for row in rows if lost[places[row]]]
    labels: dict[Row, Answer] = {}
    for part, found in won_by_player(play, winners, names, seen, hidden, tries):
        labels.update(dict.fromkeys(part, found))
    for part, found in lost_to_environment(play, losers, names, solution.won):
        labels.update(dict.fromkeys(part, found))
    return labels
