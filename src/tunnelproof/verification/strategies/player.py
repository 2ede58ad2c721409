"""The configurations that the player wins: a table of decisions for each, put into the model and proved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from tunnelproof.evidence.rows import Numbers
from tunnelproof.family.factors import Row
from tunnelproof.family.formulas import describe
from tunnelproof.games.arena import Arena
from tunnelproof.games.controller import SPENT, follow
from tunnelproof.games.solver import free, prices
from tunnelproof.games.tables import Found, OutOfTries, find_table
from tunnelproof.model.language.expressions import TRUE, Apply, Literal, Read
from tunnelproof.model.language.system import ConfigurationVariable
from tunnelproof.properties.claims import Claim, Invariant, Recurrence
from tunnelproof.properties.procedures import Aim, Procedure, Rule
from tunnelproof.verification.strategies.answer import Answer, Winner
from tunnelproof.verification.strategies.play import Play, columns_of, confirm, formula_of, nodes_of
from tunnelproof.verification.strategies.question import kept_where, wanted_where

_MISSING = 2  # further observations that are tried together


def won_by_player(
    play: Play, rows: Sequence[Row], names: Sequence[str], seen: Sequence[str], hidden: Sequence[str], tries: int
) -> Iterable[tuple[Sequence[Row], Answer]]:
    """Answer for the configurations that a player who sees everything wins."""
    known = [i for i, name in enumerate(names) if name in seen]
    classes: dict[Row, list[Row]] = {}
    for row in rows:
        classes.setdefault(tuple(row[i] for i in known), []).append(row)
    tables: dict[tuple[tuple[Rule, ...], tuple[str, ...], int | None], list[Row]] = {}
    for number, members in enumerate(classes.values(), 1):
        play.progress(f"table {number} of {len(classes)}")
        try:
            found = _table(play, members, seen, hidden, tries)
        except OutOfTries:
            yield members, Answer(Winner.UNKNOWN, reason=f"no table was found in {tries} tries")
            continue
        if found is None:
            reason = "a player who sees everything wins, but no table over what is seen, and little more, was found"
            yield members, Answer(Winner.UNKNOWN, reason=reason)
            continue
        tables.setdefault(found, []).extend(members)
    for (rules, missing, price), members in tables.items():
        yield members, _confirmed(play, rules, missing, price, members, names)


def _table(
    play: Play, rows: Sequence[Row], seen: Sequence[str], hidden: Sequence[str], tries: int
) -> tuple[tuple[Rule, ...], tuple[str, ...], int | None] | None:
    """Return the rules of a table for all these configurations, what has to be seen for it, and what it costs."""
    nodes = nodes_of(play, rows)
    part = play.game.part(nodes)
    unsettled = False
    for missing in _further(hidden):
        variables, codes = columns_of(play, (*seen, *missing), nodes)
        _, first, observed = np.unique(codes, axis=0, return_index=True, return_inverse=True)
        try:
            found = find_table(part, observed.reshape(-1), tries)
        except OutOfTries:
            if not missing:
                raise
            unsettled = True
            continue
        if found is not None:
            return _rules(part.arena, found, variables, codes[first], observed.reshape(-1)), missing, found.price
    if unsettled:
        raise OutOfTries
    return None


def _further(hidden: Sequence[str]) -> Iterable[tuple[str, ...]]:
    for many in range(_MISSING + 1):
        yield from combinations(hidden, many)


def _rules(
    arena: Arena, found: Found, variables: Sequence[ConfigurationVariable], codes: Numbers, observed: Numbers
) -> tuple[Rule, ...]:
    """Write the table with as few rows as possible: what never comes up, or is not possible, may be anything."""
    group = arena.group
    lines = {o: tuple(v.domain.values[c] for v, c in zip(variables, codes[o], strict=True)) for o in found.decisions}
    rules = []
    for move in sorted({d for d in found.decisions.values() if d >= 0}):
        able = set(observed[group.sources[(group.moves == move) & found.nodes[group.sources]]].tolist())
        on = [lines[o] for o, d in found.decisions.items() if d == move and o in able]
        off = [lines[o] for o, d in found.decisions.items() if d != move and o in able]
        if on:
            rules.append(Rule(describe(variables, on, off).expression, arena.moves[move]))
    return tuple(rules)


def _confirmed(
    play: Play,
    rules: tuple[Rule, ...],
    missing: tuple[str, ...],
    price: int | None,
    rows: Sequence[Row],
    names: Sequence[str],
) -> Answer:
    """Put the table into the model and prove that it does what it should."""
    objective = play.objective
    procedure = Procedure("found", "", play.player, rules)
    controlled = follow(play.system, procedure, quick=play.quick, most=price if rules else None).system
    asked: list[Claim] = []
    if objective.aim is not Aim.AVOID:
        asked.append(Recurrence(id="strategy.point", sentence="the point is reached", point=wanted_where(objective)))
        if objective.aim is Aim.AGAIN:
            asked[-1] = replace(asked[-1], sentence="the point comes again and again")
    kept = kept_where(objective)
    if kept != TRUE:
        asked.append(Invariant(id="strategy.keeps", sentence="what is to be kept is kept", holds=kept))
    if price is not None and rules:
        holds = Apply("<=", (Read(SPENT), Literal(price)))
        asked.append(Invariant(id="strategy.price", sentence=f"at most {price} is spent", holds=holds))
    confirmed, reason = confirm(play, controlled, asked, formula_of(play.space, names, rows))
    least = _least(play, rows) if objective.aim is Aim.REACH else None
    if reason:
        return Answer(Winner.UNKNOWN, procedure, confirmed=confirmed, reason=f"the table did not verify: {reason}")
    winner = Winner.NEEDS_TO_SEE if missing else Winner.WINS
    return Answer(winner, procedure, price, least, missing, confirmed=confirmed)


def _least(play: Play, rows: Sequence[Row]) -> int | None:
    part = play.game.part(nodes_of(play, rows))
    price, _ = prices(part.arena, part.point, part.keep, free(part.arena))
    start = price[part.arena.graph.initial]
    return int(start.max()) if (start >= 0).all() else None
