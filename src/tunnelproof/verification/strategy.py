"""Who wins: for each configuration a procedure that achieves an objective, or what the environment does against it.

Games are solved by `tunnelproof.games`, which nobody trusts. What it finds is put back into the model, and ordinary
claims about the result are proved by `prove`: only then a configuration is won or lost.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np

from tunnelproof.engines.analysis.vector import VectorEvaluator
from tunnelproof.engines.contract import LimitReached, Limits, Progress
from tunnelproof.errors import TunnelproofError, UsageError, near
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.rows import Numbers
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.family.factors import Row
from tunnelproof.family.formulas import describe
from tunnelproof.family.partition import Partition
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.games.arena import Arena, explored, promised
from tunnelproof.games.controller import (
    SPENT,
    Layer,
    assuming,
    follow,
    spoil,
    stopped,
)
from tunnelproof.games.solver import free, once, prices
from tunnelproof.games.tables import Found, Game, OutOfTries, find_table
from tunnelproof.model.language.domains import BOOL, Bool, Domain
from tunnelproof.model.language.expressions import (
    FALSE,
    TRUE,
    Apply,
    Expr,
    Literal,
    Read,
    conjoin,
    disjoin,
    negate,
)
from tunnelproof.model.language.formula import format_formula, parse_formula
from tunnelproof.model.language.system import ConfigurationVariable, DecidedBy, Fairness, Step, System
from tunnelproof.model.language.typing import Typing
from tunnelproof.model.language.wellformed import scope_of
from tunnelproof.properties.claims import Claim, Invariant, NeverForever, Reachable, Recurrence
from tunnelproof.properties.objectives import named_objective
from tunnelproof.properties.procedures import Aim, Objective, Procedure, Rule
from tunnelproof.semantics.cone import slice_for
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.prove import Quiet, open_hearing, prove

KNOWN_TO_PLAYERS = frozenset({DecidedBy.SETTING, DecidedBy.HABIT})
"""Configuration variables that whoever plays knows: what he set and what he does. Builds and platforms are not seen."""

TRIES = 400  # solutions of a game in which a table is searched for
_MOST_ROWS = 20_000  # of a description
_MISSING = 2  # further observations that are tried together


class Winner(enum.StrEnum):
    """How the game ends in a configuration."""

    WINS = "wins"
    NEEDS_TO_SEE = "needs-to-see"
    LOSES = "loses"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Confirmation:
    """A claim that was proved about the model with the strategy in it."""

    sentence: str
    verdict: Verdict


@dataclass(frozen=True)
class Answer:
    """What is known of some configurations.

    ``procedure`` and ``price`` are of whoever wins (or would, if he saw ``missing``); ``least`` is the value of the
    game for who sees everything, found and not judged. ``trace`` or ``race`` show what the environment does.
    """

    winner: Winner
    procedure: Procedure | None = None
    price: int | None = None
    least: int | None = None
    missing: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()
    spoiler: tuple[str, ...] = ()
    confirmed: tuple[Confirmation, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class GameQuestion:
    """Does the player achieve the objective?

    ``seeing`` replaces what the player sees by the names given: variables, configuration variables, truth values that
    are derived; ``hiding`` takes names away. A ``quick`` player has his turn in every new state before the environment
    has. ``where`` narrows the configurations.
    """

    objective: Objective
    player: str
    quick: bool = False
    seeing: tuple[str, ...] | None = None
    hiding: tuple[str, ...] = ()
    where: Expr | str | None = None


@dataclass(frozen=True)
class Strategies:
    """The answers to a question, by configuration.

    ``seen`` is what the player's decisions may read, of what has to do with the objective; ``hidden`` the rest of that.
    """

    system: System
    question: GameQuestion
    space: ConfigurationSpace
    seen: tuple[str, ...]
    hidden: tuple[str, ...]
    states: int
    partition: Partition[Answer]

    @property
    def winner(self) -> Winner:
        """The worst that is said of a configuration."""
        found = {cell.label.winner for cell in self.partition.cells}
        return next(w for w in (Winner.LOSES, Winner.UNKNOWN, Winner.NEEDS_TO_SEE, Winner.WINS) if w in found)


@dataclass
class _Play:
    """One question while it is being worked on."""

    system: System  # the whole, stopped where the game is over
    objective: Objective
    player: str
    quick: bool
    space: ConfigurationSpace
    limits: Limits
    progress: Progress
    engine: str
    game: Game = field(init=False)
    graph: StateGraph = field(init=False)
    evaluator: VectorEvaluator = field(init=False)


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
    _check(system, objective, player, quick)
    whole = stopped(assuming(system, objective.assuming), _over(objective))
    hearing = open_hearing(whole, (), question.where, engine, limits, progress)
    seen = _seen(system, question)
    cone = slice_for(whole, _about(objective, question.seeing or ()))
    play = _Play(whole, objective, player, quick, hearing.space, limits, progress, engine)
    names = tuple(v.name for v in cone.configuration)
    rows = hearing.space.project(names)
    try:
        graph = explored(cone, rows, limits, progress)
    except LimitReached as limit:
        nothing = Partition(hearing.space, (), {(): Answer(Winner.UNKNOWN, reason=limit.detail)})
        return Strategies(system, question, hearing.space, (), (), limits.states, nothing)
    evaluator = VectorEvaluator(cone)
    keep = evaluator.states(_kept(objective), graph.rows)
    point = evaluator.states(_wanted(objective), graph.rows)
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


def guaranteed_prices(
    system: System,
    goal: Expr,
    player: str,
    *,
    where: Expr | str | None = None,
    quick: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = Quiet,
) -> Partition[int | None]:
    """Return for each configuration the least price at which the player can make sure of the goal, from wherever.

    It is the value of the game in the worst reachable state, for a player who sees everything; ``None`` where there is
    a state from which he cannot make sure of it, or at no bounded price. Found, not judged.
    """
    hearing = open_hearing(system, (), where, "auto", limits, progress)
    cone = slice_for(system, Recurrence(id="game", sentence="", point=goal))
    names = tuple(v.name for v in cone.configuration)
    graph = explored(cone, hearing.space.project(names), limits, progress)
    there = VectorEvaluator(cone).states(goal, graph.rows)
    arena = Arena(graph, player, quick)
    price, _ = prices(arena, there, np.ones_like(there), free(arena))
    worst = np.zeros(len(graph.grouping.codes), dtype=np.int64)
    np.maximum.at(worst, graph.grouping.of_row, np.where(price < 0, np.iinfo(np.int64).max, price))
    labels = {
        row: None if value == np.iinfo(np.int64).max else value
        for row, value in zip(graph.grouping.configurations, worst.tolist(), strict=True)
    }
    return Partition(hearing.space, names, labels)


def read_objective(system: System, named: str | None, written: Mapping[str, Any]) -> Objective:
    """Return the model's objective of that name, or the one written under ``reach``, ``avoid`` or ``again``.

    ``keep`` and ``assuming`` may be written too. Raises `UsageError` with the place of a fault in a formula.
    """
    aims = [aim for aim in Aim if written.get(aim.value) is not None]
    if (named is not None) + len(aims) != 1:
        raise UsageError("TP093", "give the name of an objective, or one of --reach, --avoid and --again")
    assumed = tuple(written.get("assuming") or ())
    if named is not None:
        found = named_objective(system.name, named)
        keep = found.keep if written.get("keep") is None else conjoin((found.keep, _read(system, written["keep"])))
        return replace(found, keep=keep, assuming=(*found.assuming, *assumed))
    keep = TRUE if written.get("keep") is None else _read(system, written["keep"])
    return Objective("written", "", aims[0], _read(system, written[aims[0].value]), keep, assumed)


def _read(system: System, formula: str) -> Expr:
    scope = scope_of(system)
    found = parse_formula(formula, scope, file="formula", error=UsageError)
    Typing(scope, error=UsageError).check(found, BOOL, "the formula")
    return found


# --- the question -----------------------------------------------------------------------------------------------------


def _check(system: System, objective: Objective, player: str, quick: bool) -> None:
    actors = dict.fromkeys(a.actor for a in system.actions)
    if player not in actors:
        raise UsageError("TP090", f"nobody called '{player}' acts in the model", hint=near(player, actors))
    for name in objective.assuming:
        if name in system.action_named and system.action_named[name].actor == player:
            raise UsageError("TP094", f"'{name}' is an action of '{player}'", hint="assume something of the others")
    if quick and objective.aim is not Aim.REACH:
        message = "a quick player could act for ever and never let anybody else act"
        raise UsageError("TP091", message, hint="ask with --quick for what is to be reached")
    typing = Typing(scope_of(system), error=UsageError)
    for formula in (objective.point, objective.keep):
        typing.check(formula, BOOL, f"objective '{objective.id}'")


def _over(objective: Objective) -> Expr:
    """Return where the game is over: what was to be kept is lost, or the point is reached."""
    match objective.aim:
        case Aim.REACH:
            return disjoin((negate(objective.keep), objective.point)) if objective.keep != TRUE else objective.point
        case Aim.AVOID:
            return objective.point
        case Aim.AGAIN:
            return negate(objective.keep)


def _wanted(objective: Objective) -> Expr:
    return TRUE if objective.aim is Aim.AVOID else conjoin((objective.point, objective.keep))


def _kept(objective: Objective) -> Expr:
    return negate(objective.point) if objective.aim is Aim.AVOID else objective.keep


def _about(objective: Objective, named: Iterable[str]) -> Claim:
    """Return a claim that speaks of what the game is about, and of what the player is to see."""
    same = (Apply("=", (Read(name), Read(name))) for name in named)
    return Recurrence(id="game", sentence="", point=conjoin((objective.point, objective.keep, *same)))


def _seen(system: System, question: GameQuestion) -> tuple[str, ...]:
    known = {*system.domains, *system.definitions}
    typing = Typing(scope_of(system), error=UsageError)
    for name in (*(question.seeing or ()), *question.hiding):
        if name not in known:
            raise UsageError("TP092", f"'{name}' is no name of the model", hint=near(name, known))
        if name in system.definitions:
            typing.check(Read(name), BOOL, f"'{name}', which is to be seen,")
    if question.seeing is not None:
        return tuple(name for name in dict.fromkeys(question.seeing) if name not in question.hiding)
    rigid = [v.name for v in system.configuration if v.decided_by in KNOWN_TO_PLAYERS]
    state = [v.name for v in system.variables if v.visible_to is None or question.player in v.visible_to]
    return tuple(name for name in (*rigid, *state) if name not in question.hiding)


# --- the answers ------------------------------------------------------------------------------------------------------


def _labels(
    play: _Play, rows: Sequence[Row], names: Sequence[str], seen: Sequence[str], hidden: Sequence[str], tries: int
) -> dict[Row, Answer]:
    graph = play.graph
    solution = play.game.solve(free(play.game.arena))
    play.progress("solved")
    lost = graph.grouping.any_row(graph.initial & ~solution.won)
    places = dict(zip(graph.grouping.configurations, range(len(lost)), strict=True))
    winners = [row for row in rows if not lost[places[row]]]
    losers = [row for row in rows if lost[places[row]]]
    labels: dict[Row, Answer] = {}
    for part, found in _won(play, winners, names, seen, hidden, tries):
        labels.update(dict.fromkeys(part, found))
    for part, found in _lost(play, losers, names, solution.won):
        labels.update(dict.fromkeys(part, found))
    return labels


def _nodes(play: _Play, rows: Iterable[Row]) -> Mask:
    """Return the nodes of the configurations."""
    wanted = set(rows)
    of = np.array([c in wanted for c in play.graph.grouping.configurations], dtype=bool)
    return of[play.graph.grouping.of_row]


def _columns(play: _Play, names: Sequence[str], nodes: Mask) -> tuple[list[ConfigurationVariable], Numbers]:
    """Return the codes of what is seen in the nodes, a line for each."""
    system, rows = play.graph.system, play.graph.rows[nodes]
    columns, variables = [], []
    for name in names:
        domain: Domain = system.domains.get(name, Bool())
        variables.append(ConfigurationVariable(name, domain, DecidedBy.SETTING))
        if name in system.domains:
            columns.append(rows[:, play.graph.layout.column[name]].astype(np.int64))
        else:
            columns.append(play.evaluator.states(Read(name), play.graph.rows)[nodes].astype(np.int64))
    return variables, np.stack(columns, axis=1) if columns else np.zeros((int(nodes.sum()), 0), dtype=np.int64)


def _won(
    play: _Play, rows: Sequence[Row], names: Sequence[str], seen: Sequence[str], hidden: Sequence[str], tries: int
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
    play: _Play, rows: Sequence[Row], seen: Sequence[str], hidden: Sequence[str], tries: int
) -> tuple[tuple[Rule, ...], tuple[str, ...], int | None] | None:
    """Return the rules of a table for all these configurations, what has to be seen for it, and what it costs."""
    nodes = _nodes(play, rows)
    part = play.game.part(nodes)
    unsettled = False
    for missing in _further(hidden):
        variables, codes = _columns(play, (*seen, *missing), nodes)
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
    play: _Play,
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
        asked.append(Recurrence(id="strategy.point", sentence="the point is reached", point=_wanted(objective)))
        if objective.aim is Aim.AGAIN:
            asked[-1] = replace(asked[-1], sentence="the point comes again and again")
    kept = _kept(objective)
    if kept != TRUE:
        asked.append(Invariant(id="strategy.keeps", sentence="what is to be kept is kept", holds=kept))
    if price is not None and rules:
        holds = Apply("<=", (Read(SPENT), Literal(price)))
        asked.append(Invariant(id="strategy.price", sentence=f"at most {price} is spent", holds=holds))
    confirmed, reason = _proved(play, controlled, asked, _formula(play.space, names, rows))
    least = _least(play, rows) if objective.aim is Aim.REACH else None
    if reason:
        return Answer(Winner.UNKNOWN, procedure, confirmed=confirmed, reason=f"the table did not verify: {reason}")
    winner = Winner.NEEDS_TO_SEE if missing else Winner.WINS
    return Answer(winner, procedure, price, least, missing, confirmed=confirmed)


def _least(play: _Play, rows: Sequence[Row]) -> int | None:
    part = play.game.part(_nodes(play, rows))
    price, _ = prices(part.arena, part.point, part.keep, free(part.arena))
    start = price[part.arena.graph.initial]
    return int(start.max()) if (start >= 0).all() else None


def _formula(space: ConfigurationSpace, names: Sequence[str], rows: Iterable[Row]) -> Expr:
    inside = set(rows)
    return Partition(space, tuple(names), {r: r in inside for r in space.project(names)}).formula(True)


def _proved(play: _Play, system: System, claims: Sequence[Claim], where: Expr) -> tuple[tuple[Confirmation, ...], str]:
    """Prove the claims, and say why that did not come off, if so."""
    try:
        outcome = _ask(play, system, claims, where)
    except (TunnelproofError, LimitReached) as fault:
        return (), str(fault)
    confirmed = tuple(Confirmation(o.claim.sentence, o.verdict) for o in outcome.claims)
    wrong = next((o for o in outcome.claims if o.verdict is not Verdict.PROVED), None)
    return confirmed, "" if wrong is None else f"'{wrong.claim.sentence}' is {wrong.verdict.value}"


def _ask(play: _Play, system: System, claims: Sequence[Claim], where: Expr) -> Outcome:
    both = conjoin((*play.space.where, where))
    return prove(system, claims, where=both, engine=play.engine, limits=play.limits, progress=play.progress)


# --- the environment --------------------------------------------------------------------------------------------------


def _lost(play: _Play, rows: Sequence[Row], names: Sequence[str], won: Mask) -> Iterable[tuple[Sequence[Row], Answer]]:
    """Answer for the configurations that even a player who sees everything does not win, as far as was found."""
    left = list(rows)
    if left and not play.quick and _kept(play.objective) != TRUE:
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
    play: _Play, rows: Sequence[Row], names: Sequence[str]
) -> tuple[list[tuple[Sequence[Row], Answer]], list[Row]]:
    """Show where the environment loses what is to be kept before it lets the player act at all."""
    others = tuple(dict.fromkeys(a.actor for a in play.system.actions if a.actor != play.player))
    sentence = f"without {play.player} doing anything, what is to be kept is lost"
    claim = Reachable(id="spoiler.alone", sentence=sentence, point=negate(_kept(play.objective)), given=others)
    outcome = _ask(play, play.system, (claim,), _formula(play.space, names, rows))
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


def _spoiled(play: _Play, rows: Sequence[Row], names: Sequence[str], won: Mask) -> Answer:
    """Put what the environment does against the player into the model, and prove that he gets nowhere."""
    nodes = _nodes(play, rows)
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
        where = _formula(play.space, names, rows)
        confirmed, why = _proved(play, spoiled.system, _against(play, spoiled.yields), where)
        if not why:
            kept, why = _promises_kept(play, spoiled.system, spoiled.kept, where)
            confirmed += kept
        if not why:
            return Answer(Winner.LOSES, spoiler=_story(play, layers), confirmed=confirmed)
        reason = why
    named = f" (strong promises: {', '.join(strong)})" if strong else ""
    named += " (fair outcomes are left to the environment)" if fair else ""
    return Answer(Winner.UNKNOWN, reason=f"neither side was found to win{named}; of a spoiler, {reason}")


def _layers(play: _Play, nodes: Mask, won: Mask) -> tuple[Layer, ...]:
    """Describe what the environment wins from; of what should recur, the layers in which it dies out, lowest first."""
    variables, _ = _columns(play, play.graph.layout.names, nodes)
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


def _against(play: _Play, yields: Expr) -> list[Claim]:
    point = _wanted(play.objective)
    lost = negate(_kept(play.objective))
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
    play: _Play, system: System, promises: Sequence[tuple[str, Expr, Expr | None]], where: Expr
) -> tuple[tuple[Confirmation, ...], str]:
    """Prove that the environment keeps its promises: nothing of one is ever forbidden, or it is done or not due."""
    over = negate(_kept(play.objective))
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
        first = _ask(play, system, asked, where)
        failed = [o.claim for o in first.claims if o.verdict is not Verdict.PROVED]
        without = next((claim for claim in failed if claim.id not in others), None)
        if without is not None:
            return (), f"'{without.sentence}' was not proved"
        found = [Confirmation(o.claim.sentence, o.verdict) for o in first.claims if o.verdict is Verdict.PROVED]
        if failed:
            second, why = _proved(play, system, [others[claim.id] for claim in failed], where)
            return (*found, *second), why
    except (TunnelproofError, LimitReached) as fault:
        return (), str(fault)
    return tuple(found), ""


def _story(play: _Play, layers: Sequence[Layer]) -> tuple[str, ...]:
    """Say what the environment keeps to."""
    known = {*play.system.domains, *play.system.definitions}
    return tuple(format_formula(layer.inside, known) for layer in layers)
