"""One question while it is being worked on, and how what was found is put to `prove`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tunnelproof.engines.analysis.vector import VectorEvaluator
from tunnelproof.engines.contract import LimitReached, Limits, Progress
from tunnelproof.errors import TunnelproofError
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.rows import Numbers
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.family.factors import Row
from tunnelproof.family.partition import Partition
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.games.tables import Game
from tunnelproof.model.language.domains import Bool, Domain
from tunnelproof.model.language.expressions import Expr, Read, conjoin
from tunnelproof.model.language.system import ConfigurationVariable, DecidedBy, System
from tunnelproof.properties.claims import Claim
from tunnelproof.properties.procedures import Objective
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.prove import prove
from tunnelproof.verification.strategies.answer import Confirmation


@dataclass
class Play:
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


def nodes_of(play: Play, rows: Iterable[Row]) -> Mask:
    """Return the nodes of the configurations."""
    wanted = set(rows)
    of = np.array([c in wanted for c in play.graph.grouping.configurations], dtype=bool)
    return of[play.graph.grouping.of_row]


def columns_of(play: Play, names: Sequence[str], nodes: Mask) -> tuple[list[ConfigurationVariable], Numbers]:
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


def formula_of(space: ConfigurationSpace, names: Sequence[str], rows: Iterable[Row]) -> Expr:
    """Return a formula for the configurations."""
    inside = set(rows)
    return Partition(space, tuple(names), {r: r in inside for r in space.project(names)}).formula(True)


def ask(play: Play, system: System, claims: Sequence[Claim], where: Expr) -> Outcome:
    """Decide the claims about the system in the configurations of the question for which ``where`` holds."""
    both = conjoin((*play.space.where, where))
    return prove(system, claims, where=both, engine=play.engine, limits=play.limits, progress=play.progress)


def confirm(play: Play, system: System, claims: Sequence[Claim], where: Expr) -> tuple[tuple[Confirmation, ...], str]:
    """Prove the claims, and say why that did not come off, if so."""
    try:
        outcome = ask(play, system, claims, where)
    except (TunnelproofError, LimitReached) as fault:
        return (), str(fault)
    confirmed = tuple(Confirmation(o.claim.sentence, o.verdict) for o in outcome.claims)
    wrong = next((o for o in outcome.claims if o.verdict is not Verdict.PROVED), None)
    return confirmed, "" if wrong is None else f"'{wrong.claim.sentence}' is {wrong.verdict.value}"
