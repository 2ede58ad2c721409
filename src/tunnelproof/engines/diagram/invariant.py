"""Inductive invariants out of the reachable pairs, for proofs over more pairs than can be listed.

The reachable pairs are one; but they say more than a claim needs, and solvers have to check every word of it. So names
are left out (quantified away) one after the other as long as what remains is closed under the steps and keeps the
claim. What remains is written down as named truth values, one for each place where the diagram branches: as a formula
without names it would be as long as the diagram has paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tunnelproof.engines.diagram.decide import breaking, known_step, settling_point, stuck
from tunnelproof.engines.diagram.encoding import SEEN, Diagram, Encoding
from tunnelproof.engines.diagram.family import Symbolic
from tunnelproof.engines.diagram.order import naturally
from tunnelproof.engines.diagram.reach import forward
from tunnelproof.engines.diagram.relation import Move, levels_of
from tunnelproof.engines.diagram.tables import FALSE, TRUE, Nodes
from tunnelproof.engines.diagram.trace import search_for
from tunnelproof.evidence.certificate import SEEN as SEEN_READ
from tunnelproof.model.language.domains import BOOL, Bool, Domain, Range
from tunnelproof.model.language.expressions import (
    Apply,
    Expr,
    Literal,
    Read,
    conjoin,
    disjoin,
    negate,
    speaks_of_steps,
)
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    StepInvariant,
)

BY_INVARIANT = (Invariant, StepInvariant, Reachable, DeadlockFree, Precedence)

Definitions = tuple[tuple[str, Expr], ...]

MOST_DEFINITIONS = 2_000  # with half as many more, solvers took minutes and gave up


class TooLong(Exception):
    """The invariant is too long to be checked."""


@dataclass(frozen=True, eq=False)
class Safety:
    """In the configurations ``good`` the ``moves`` never leave the ``pairs``, and none of these is ``bad``."""

    pairs: Diagram
    moves: Sequence[Move]
    good: Diagram
    bad: Diagram


def invariant(symbolic: Symbolic, claim: Claim, good: Diagram) -> tuple[Definitions, Expr]:
    """Return an inductive invariant that proves the claim (of `Reachable`: refutes it) in the configurations ``good``.

    Raises `TooLong`.
    """
    definitions, formula = written(symbolic.encoding, weakened(symbolic, safety(symbolic, claim, good)))
    if len(definitions) > MOST_DEFINITIONS:
        raise TooLong(f"the invariant has {len(definitions)} parts, and solvers check up to {MOST_DEFINITIONS}")
    return definitions, formula


def safety(symbolic: Symbolic, claim: Claim, good: Diagram) -> Safety:
    """Return what the claim asks for in the configurations ``good``."""
    encoding, check = symbolic.encoding, symbolic.check
    reached, moves = symbolic.reached, symbolic.relation.moves(symbolic.schedule.labels)
    if isinstance(claim, Precedence):
        search = search_for(symbolic, claim)
        reached, moves = forward(search.start, search.moves, check), tuple(search.moves)
        bad = search.ends
    else:
        bad = _bad(symbolic, claim)
    return Safety(reached, moves, good, bad & good & encoding.valid(encoding.variables))


def _bad(symbolic: Symbolic, claim: Claim) -> Diagram:
    encoding, relation = symbolic.encoding, symbolic.relation
    labels = range(len(relation.pieces))
    match claim:
        case Invariant() | Reachable():
            point = settling_point(claim)
            if not speaks_of_steps(point):
                return symbolic.compiler.truth(point)
            wanted = (relation.into(i, symbolic.compiler.truth(known_step(symbolic, point, i))) for i in labels)
            return encoding.disjunction(wanted)
        case StepInvariant():
            return encoding.disjunction(breaking(symbolic, claim, label) for label in labels)
        case DeadlockFree():
            return stuck(symbolic, claim)
        case _:
            raise AssertionError(f"no invariant proves a claim of kind {claim.kind}")


def weakened(symbolic: Symbolic, task: Safety) -> Diagram:
    """Return what is left of the pairs when all names are left out that are not needed."""
    encoding = symbolic.encoding
    found = task.pairs
    for name in _farthest_first(symbolic, task):
        weaker = found.exists(encoding.cube([name]))
        if weaker == found or (weaker & task.bad).satisfiable():
            continue
        reading = [move for move in task.moves if not move.reads.isdisjoint(encoding.places[name])]
        if _closed(symbolic, weaker, reading, task.good):
            found = weaker
    return found


def _closed(symbolic: Symbolic, pairs: Diagram, moves: Sequence[Move], good: Diagram) -> bool:
    """Say whether the moves stay inside. A move that does not read what has been left out need not be looked at."""
    inside = pairs & good
    for move in moves:
        symbolic.check()
        if (move.image(inside) & ~pairs).satisfiable():
            return False
    return True


def _farthest_first(symbolic: Symbolic, task: Safety) -> list[str]:
    """Return the names, those last on which the claim itself or what is written near to it depends."""
    places = symbolic.encoding.places
    left = [SEEN, *naturally((*symbolic.encoding.rigid, *symbolic.encoding.variables))]
    near, ordered = levels_of(task.bad), []
    while near:
        layer = [name for name in left if not near.isdisjoint(places[name])]
        ordered.append(layer)
        left = [name for name in left if name not in layer]
        here = {place for name in layer for place in places[name]}
        near = frozenset().union(*(move.reads for move in task.moves if not move.writes.isdisjoint(here)))
        near -= {place for layer in ordered for name in layer for place in places[name]}
    return [name for layer in (left, *reversed(ordered)) for name in layer]


# --- writing it down --------------------------------------------------------------------------------------------------


def written(encoding: Encoding, pairs: Diagram) -> tuple[Definitions, Expr]:
    """Return the set as a formula, and the definitions that it uses, each before those that use it."""
    bottom = encoding.bits + 1
    nodes = Nodes.of(pairs, bottom)
    block = {place: name for name, places in encoding.places.items() for place in places}
    branches: dict[int, tuple[str, dict[int, list[int]]]] = {}
    waiting = [nodes.root]
    for node in waiting:  # grows while it is read
        if node not in (FALSE, TRUE) and node not in branches:
            name = block[int(nodes.level[node])]
            branches[node] = name, _targets(encoding, nodes, node, name)
            waiting += branches[node][1]
    made: dict[int, Expr] = {FALSE: Literal(False), TRUE: Literal(True)}
    definitions: list[tuple[str, Expr]] = []
    for node in sorted(branches, key=lambda node: -int(nodes.level[node])):
        name, targets = branches[node]
        cases = (_case(encoding, name, codes, made[target]) for target, codes in targets.items() if target != FALSE)
        label = f"part {len(definitions)}"  # no name of a model has a space
        definitions.append((label, disjoin(cases)))
        made[node] = Read(label)
    return tuple(definitions), made[nodes.root]


def _targets(encoding: Encoding, nodes: Nodes, node: int, name: str) -> dict[int, list[int]]:
    """Return the nodes to which the codes of the name lead, with these codes."""
    found: dict[int, list[int]] = {}
    for code in range(encoding.sizes[name]):
        at = node
        for shift, place in _bits(encoding, name):
            if int(nodes.level[at]) == place:
                at = int((nodes.high if code >> shift & 1 else nodes.low)[at])
        found.setdefault(at, []).append(code)
    return found


def _bits(encoding: Encoding, name: str) -> Iterator[tuple[int, int]]:
    places = encoding.places[name]
    return zip(range(len(places) - 1, -1, -1), places, strict=True)


def _case(encoding: Encoding, name: str, codes: Sequence[int], then: Expr) -> Expr:
    domain = BOOL if name == SEEN else encoding.system.domains[name]
    return conjoin((_one_of(SEEN_READ if name == SEEN else Read(name), domain, codes), then))


def _one_of(read: Read, domain: Domain, codes: Sequence[int]) -> Expr:
    values = [domain.values[code] for code in codes]
    if len(values) == len(domain.values):
        return Literal(True)
    if isinstance(domain, Bool):
        return read if values[0] else negate(read)
    if isinstance(domain, Range) and len(values) > 1 and codes[-1] - codes[0] == len(codes) - 1:
        above = Apply(">=", (read, Literal(values[0])))
        return conjoin((above, Apply("<=", (read, Literal(values[-1])))))
    return disjoin(Apply("=", (read, Literal(value))) for value in values)
