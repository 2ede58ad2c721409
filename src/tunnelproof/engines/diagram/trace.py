"""Shortest traces from diagrams alone, for families whose state graph would be too large to build.

Layers are computed forwards up to the first that can end the trace, then cut down backwards to what leads there. Going
forward again, the least step that stays inside is taken: so a trace is the shortest and, of those, the least in
declaration order, as it would be from an explicit search.
"""

from __future__ import annotations

from collections.abc import Sequence

from tunnelproof.engines.diagram.decide import (
    breaking,
    failing,
    known_step,
    lost,
    settling_point,
    stuck,
)
from tunnelproof.engines.diagram.encoding import SEEN, Diagram, Encoding
from tunnelproof.engines.diagram.family import Symbolic
from tunnelproof.engines.diagram.reach import Rings
from tunnelproof.engines.diagram.relation import Check, Piece, moves_of
from tunnelproof.evidence.certificate import Values, Witness, WitnessKind
from tunnelproof.evidence.points import at_rest, shared_actions
from tunnelproof.model.language.expressions import FALSE, Expr
from tunnelproof.model.language.system import Step
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    Recoverable,
    StepInvariant,
)

State = dict[str, int]
Pieces = Sequence[tuple[Piece, ...]]


class Search:
    """A search for traces that begin in ``start`` and follow ``pieces``.

    They end at once in ``ended``, or with a step from ``last`` of its label.
    """

    def __init__(
        self, encoding: Encoding, start: Diagram, ended: Diagram, pieces: Pieces, last: Sequence[Diagram]
    ) -> None:
        self.encoding = encoding
        self.start, self.pieces, self.last = start, pieces, last
        self.at_once = start & ended
        self.ends = encoding.disjunction(last)
        self.moves = [move for found in pieces for move in moves_of(encoding, found)]
        self.rings = Rings(start, self.moves)

    def layers(self, configuration: Diagram, check: Check) -> list[Diagram]:
        """Return the layers of the configuration up to the first from which a step ends the trace.

        If all configurations together have been searched far enough, theirs are cut down.
        """
        rings = self.rings
        if not any((layer & configuration & self.ends).satisfiable() for layer in rings.layers):
            rings = Rings(self.start & configuration, self.moves)
        return [layer & configuration for layer in rings.until(configuration & self.ends, check)]


def nearest(symbolic: Symbolic, claim: Claim, inside: Diagram) -> Values | None:
    """Return the least of the configurations ``inside`` in which a trace ends soonest; ``None`` if none does."""
    search = search_for(symbolic, claim)
    if (search.at_once & inside).satisfiable():
        return least_configuration(symbolic, search.at_once & inside)
    goal = search.ends & inside & symbolic.encoding.on_configurations(failing(symbolic, claim))
    if not (goal & symbolic.reached).satisfiable():
        return None
    return least_configuration(symbolic, search.rings.until(goal, symbolic.check)[-1] & goal)


def least_configuration(symbolic: Symbolic, pairs: Diagram) -> Values:
    """Return the least configuration that has a state in the set, which must not be empty."""
    encoding = symbolic.encoding
    codes = _least(symbolic, pairs, encoding.rigid)
    domains = encoding.system.domains
    return tuple(domains[name].values[codes[name]] for name in encoding.rigid)


def shortest(symbolic: Symbolic, claim: Claim, configuration: Values) -> Witness:
    """Return the witness of the configuration, which must have one."""
    encoding = symbolic.encoding
    domains = encoding.system.domains
    codes = [domains[name].values.index(v) for name, v in zip(encoding.rigid, configuration, strict=True)]
    mine = encoding.constant(tuple(zip(encoding.rigid, codes, strict=True)))
    search = search_for(symbolic, claim)
    kind = WitnessKind.TRAP if isinstance(claim, Recoverable) else WitnessKind.TRACE
    if (search.at_once & mine).satisfiable():
        return Witness(kind, configuration, ())
    layers = search.layers(mine, symbolic.check)
    wanted = layers[-1] & search.ends
    corridor = [wanted]
    for layer in reversed(layers[:-1]):
        symbolic.check()
        wanted = layer & encoding.disjunction(move.preimage(wanted) for move in search.moves)
        corridor.append(wanted)
    return Witness(kind, configuration, tuple(_walk(symbolic, search, corridor[::-1])))


def _walk(symbolic: Symbolic, search: Search, corridor: list[Diagram]) -> list[Step]:
    system = symbolic.relation.system
    encoding = symbolic.encoding
    state = _least(symbolic, corridor[0], (*encoding.rigid, *encoding.variables, SEEN))
    steps: list[Step] = []
    for inside in corridor[1:]:
        label, state = _onward(symbolic, search, state, inside)
        steps.append(system.steps[label])
    label = next(i for i, last in enumerate(search.last) if _holds(symbolic, last, state))
    return [*steps, system.steps[label]]


def _onward(symbolic: Symbolic, search: Search, state: State, inside: Diagram) -> tuple[int, State]:
    for label, pieces in enumerate(search.pieces):
        for piece in pieces:
            if _holds(symbolic, piece.guard, state):
                after = state | dict(piece.assignment)
                if _holds(symbolic, inside, after):
                    return label, after
    raise AssertionError("a trace goes nowhere")


def _least(symbolic: Symbolic, pairs: Diagram, names: Sequence[str]) -> State:
    encoding = symbolic.encoding
    state: State = {}
    for name in names:
        for code in range(encoding.sizes[name]):
            narrowed = pairs & encoding.equal(name, code)
            if narrowed.satisfiable():
                pairs, state[name] = narrowed, code
                break
    return state


def _holds(symbolic: Symbolic, diagram: Diagram, state: State) -> bool:
    places = symbolic.encoding.places
    return diagram.eval(
        (place, bool(code >> shift & 1))
        for name, code in state.items()
        for shift, place in enumerate(reversed(places[name]))
    )


def search_for(symbolic: Symbolic, claim: Claim) -> Search:
    """Return the claim's search, the same for all its configurations."""
    known = symbolic.searches.get(claim)
    if not isinstance(known, Search):
        known = symbolic.searches[claim] = _search(symbolic, claim)
    return known


def _search(symbolic: Symbolic, claim: Claim) -> Search:
    relation, truth = symbolic.relation, symbolic.compiler.truth
    encoding, start = symbolic.encoding, symbolic.initial
    pieces = tuple(relation.pieces)
    labels = range(len(pieces))
    match claim:
        case Invariant() | Reachable():
            point = settling_point(claim)
            last = tuple(relation.into(label, truth(known_step(symbolic, point, label))) for label in labels)
            return Search(encoding, start, truth(at_rest(point)), pieces, last)
        case StepInvariant():
            last = tuple(breaking(symbolic, claim, label) for label in labels)
            return Search(encoding, start, encoding.false, pieces, last)
        case DeadlockFree():
            return _to(symbolic, symbolic.reached & stuck(symbolic, claim), pieces)
        case Recoverable():
            given = set(relation.labels_of(shared_actions(relation.system, claim.given)))
            mine = tuple(found if label in given else () for label, found in enumerate(pieces))
            return _to(symbolic, lost(symbolic, claim), mine)
        case Precedence():
            return _watching(symbolic, claim)
        case _:
            raise AssertionError(f"not about finite paths: {claim.kind}")


def _to(symbolic: Symbolic, goal: Diagram, pieces: Pieces) -> Search:
    relation, none = symbolic.relation, symbolic.encoding.false
    last = tuple(relation.into(label, goal) if mine else none for label, mine in enumerate(pieces))
    return Search(symbolic.encoding, symbolic.initial, goal, pieces, last)


def _watching(symbolic: Symbolic, claim: Precedence) -> Search:
    """Add the bit `SEEN` to pairs and steps: whether ``first`` has been seen since the start or the last reset."""
    encoding, truth = symbolic.encoding, symbolic.compiler.truth
    since = FALSE if claim.since is None else claim.since
    pieces: list[tuple[Piece, ...]] = []
    last: list[Diagram] = []
    seen = encoding.equal(SEEN, 1)
    for label, found in enumerate(symbolic.relation.pieces):
        mine: list[Piece] = []
        ends = encoding.false
        for piece in found:

            def at_target(formula: Expr, piece: Piece = piece, label: int = label) -> Diagram:
                return encoding.after(truth(known_step(symbolic, formula, label)), piece.assignment)

            unseen = piece.guard & ~at_target(claim.first)
            reset = at_target(since)
            mine.append(Piece(label, piece.guard & at_target(claim.first), (*piece.assignment, (SEEN, 1))))
            mine.append(Piece(label, unseen & reset, (*piece.assignment, (SEEN, 0))))
            mine.append(Piece(label, unseen & ~reset, piece.assignment))
            ends = ends | (unseen & at_target(claim.then) & (reset | ~seen))
        pieces.append(tuple(mine))
        last.append(ends)
    start = symbolic.initial & truth(at_rest(claim.first)).equiv(seen)
    return Search(encoding, start, ~seen & truth(at_rest(claim.then)), tuple(pieces), tuple(last))
