"""The configurations that the player does not win: what the environment does against him, proved where it can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tunnelproof.engines.contract import LimitReached
from tunnelproof.errors import TunnelproofError
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.family.factors import Row
from tunnelproof.family.formulas import describe
from tunnelproof.games.arena import promised
from tunnelproof.games.controller import Layer, spoil
from tunnelproof.games.solver import free, once
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, conjoin, disjoin, negate
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import Fairness, Step, System
from tunnelproof.properties.claims import Claim, Invariant, NeverForever, Reachable, Recurrence
from tunnelproof.properties.procedures import Aim
from tunnelproof.verification.strategies.answer import Answer, Confirmation, Winner
from tunnelproof.verification.strategies.play import Play, ask, columns_of, confirm, formula_of, nodes_of
from tunnelproof.verification.strategies.question import KNOWN_TO_PLAYERS, kept_where, wanted_where

_MOST_ROWS = 20_000  # of a description


def lost_to_environment(
    play: Play, rows: Sequence[Row], names: Sequence[str], won: Mask
) -> Iterable[tuple[Sequence[Row], Answer]]:
    """Answer for the configurations that even a player who sees everything does not win, as far as was found."""
    left = list(rows)
    if left and not play.quick and kept_where(play.objective) != TRUE:
        alone, left = _alone(play, left, names)
        yield from alone
    if left and play.objective.aim is not Aim.AVOID:
        classes: dict[Row, list[Row]] = {}
        known = [i for i, v in enumerate(play.graph.system.configuration) if v.decided_by in KNOWN_TO_PLAYERS]
        for row in left:
            classes.setdefault(tuple(row[i] for i in known), []).append(row)
        for members in classes.values():
            yield members, _spoiled(play, members, names, won)
    elif left:
        yield left, Answer(Winner.UNKNOWN, reason="nobody was found to win")


def _alone(
    play: Play, rows: Sequence[Row], names: Sequence[str]
) -> tuple[list[tuple[Sequence[Row], Answer]], list[Row]]:
    """Show where the environment loses what is to be kept before it lets the player act at all."""
    others = tuple(dict.fromkeys(a.actor for a in play.system.actions if a.actor != play.player))
    sentence = f"without {play.player} doing anything, what is to be kept is lost"
    claim = Reachable(id="spoiler.alone", sentence=sentence, point=negate(kept_where(play.objective)), given=others)
    outcome = ask(play, play.system, (claim,), formula_of(play.space, names, rows))
    found: dict[tuple[Step, ...], list[Row]] = {}
    left: list[Row] = []
    partition = outcome.claims[0].partition
    cell = outcome.claims[0].cell(Verdict.PROVED)
    steps = () if cell is None else cell.evidence.runs[0].steps
    for row in rows:
        label = partition.label_of(play.space.least_extension(names, row))
        if label.verdict is Verdict.PROVED:
            found.setdefault(steps, []).append(row)
        else:
            left.append(row)
    told = (Confirmation(sentence, Verdict.PROVED),)
    return [(part, Answer(Winner.LOSES, trace=trace, confirmed=told)) for trace, part in found.items()], left


def _spoiled(play: Play, rows: Sequence[Row], names: Sequence[str], won: Mask) -> Answer:
    """Put what the environment does against the player into the model, and prove that he gets nowhere."""
    nodes = nodes_of(play, rows)
    if int(nodes.sum()) > _MOST_ROWS:
        return Answer(
            Winner.UNKNOWN, reason=f"more than {_MOST_ROWS} states to describe: ask about fewer configurations"
        )
    layers = _layers(play, nodes, won)
    strong = promised(play.system, play.player, Fairness.STRONG)
    fair = any(o.fair for a in play.system.actions for o in a.outcomes)
    reason = "nothing that the environment might do against it was found to keep its promises"
    for eager in (False, True):
        spoiled = spoil(play.system, play.player, layers, eager=eager)
        where = formula_of(play.space, names, rows)
        confirmed, why = confirm(play, spoiled.system, _against(play, spoiled.yields), where)
        if not why:
            kept, why = _promises_kept(play, spoiled.system, spoiled.kept, where)
            confirmed += kept
        if not why:
            return Answer(Winner.LOSES, spoiler=_story(play, layers), confirmed=confirmed)
        reason = why
    named = f" (strong promises: {', '.join(strong)})" if strong else ""
    named += " (fair outcomes are left to the environment)" if fair else ""
    return Answer(Winner.UNKNOWN, reason=f"neither side was found to win{named}; of a spoiler, {reason}")


def _layers(play: Play, nodes: Mask, won: Mask) -> tuple[Layer, ...]:
    """Describe what the environment wins from; of what should recur, the layers in which it dies out, lowest first."""
    variables, _ = columns_of(play, play.graph.layout.names, nodes)
    lines = [
        tuple(v.domain.values[c] for v, c in zip(variables, row, strict=True))
        for row in play.graph.rows[nodes].tolist()
    ]
    here = won[nodes]

    def described(inside: Mask) -> Expr:
        on = [line for line, chosen in zip(lines, inside.tolist(), strict=True) if chosen]
        off = [line for line, chosen in zip(lines, inside.tolist(), strict=True) if not chosen]
        return describe(variables, on, off).expression

    if play.objective.aim is Aim.REACH:
        return (Layer(described(~here)),)
    part = play.game.part(nodes)
    found: list[Layer] = []
    inside, fixed = part.keep.copy(), free(part.arena)
    taken = ~inside
    if taken.any():
        found.append(Layer(described(taken)))
    while True:
        after = once(part.arena, part.point, inside, fixed).won
        if (after == inside).all():
            return tuple(found)
        found.append(Layer(described(~after), conjoin((play.objective.point, play.objective.keep))))
        inside = after


def _against(play: Play, yields: Expr) -> list[Claim]:
    point = wanted_where(play.objective)
    lost = negate(kept_where(play.objective))
    claims: list[Claim] = []
    if play.objective.aim is Aim.REACH:
        claims.append(Invariant(id="spoiler.never", sentence="the point is never reached", holds=negate(point)))
    else:
        claims.append(
            NeverForever(id="spoiler.dies-out", sentence="the point does not recur for ever", points=(point,))
        )
    if play.quick:
        claims.append(Invariant(id="spoiler.yields", sentence=f"{play.player} is let act everywhere", holds=yields))
    else:
        again = disjoin((yields, lost)) if lost != FALSE else yields
        sentence = f"{play.player} is let act again and again"
        claims.append(Recurrence(id="spoiler.yields", sentence=sentence, point=again))
    return claims


def _promises_kept(
    play: Play, system: System, promises: Sequence[tuple[str, Expr, Expr | None]], where: Expr
) -> tuple[tuple[Confirmation, ...], str]:
    """Prove that the environment keeps its promises: nothing of one is ever forbidden, or it is done or not due."""
    over = negate(kept_where(play.objective))
    asked: list[Claim] = []
    others: dict[str, Claim] = {}
    for number, (name, never, again) in enumerate(promises):
        if never == TRUE:
            continue
        sentence, key = f"{name} keeps its promise", f"spoiler.promise{number}"
        asked.append(Invariant(id=key, sentence=sentence, holds=never))
        if again is not None:
            point = disjoin((again, over)) if over != FALSE else again
            others[key] = Recurrence(id=key, sentence=sentence, point=point)
    if not asked:
        return (), ""
    try:
        first = ask(play, system, asked, where)
        failed = [o.claim for o in first.claims if o.verdict is not Verdict.PROVED]
        without = next((claim for claim in failed if claim.id not in others), None)
        if without is not None:
            return (), f"'{without.sentence}' was not proved"
        found = [Confirmation(o.claim.sentence, o.verdict) for o in first.claims if o.verdict is Verdict.PROVED]
        if failed:
            second, why = confirm(play, system, [others[claim.id] for claim in failed], where)
            return (*found, *second), why
    except (TunnelproofError, LimitReached) as fault:
        return (), str(fault)
    return tuple(found), ""


def _story(play: Play, layers: Sequence[Layer]) -> tuple[str, ...]:
    """Say what the environment keeps to."""
    known = {*play.system.domains, *play.system.definitions}
    return tuple(format_formula(layer.inside, known) for layer in layers)
