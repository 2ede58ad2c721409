"""The steps of a system as pieces: where a step label assigns which constants.

An assigned expression is split by its value, so that a piece needs neither primed variables nor substitution: its image
is the quantified intersection with the guard, with the constants put in. Values outside the target's domain make no
piece: such a step does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tunnelproof.engines.contract import LimitReached
from tunnelproof.engines.diagram.compile import Compiler
from tunnelproof.engines.diagram.encoding import AND, Assignment, Diagram, Encoding
from tunnelproof.evidence.verdict import Reason
from tunnelproof.model.language.expressions import Expr, Literal, Read, conjoin
from tunnelproof.model.language.expressions import replace as replace_in
from tunnelproof.model.language.system import Step, System

LARGEST_RELATION = 200_000  # pieces that a relation may have

Check = Callable[[], None]  # raises LimitReached when the time is up


@dataclass(frozen=True, eq=False)
class Piece:
    """In the pairs of ``guard`` the step of this label assigns exactly these codes."""

    label: int
    guard: Diagram
    assignment: Assignment


@dataclass(frozen=True, eq=False)
class Move:
    """A piece ready for images: ``written`` are the bits that it assigns, ``result`` their values."""

    guard: Diagram
    written: Diagram
    result: Diagram

    @cached_property
    def reads(self) -> frozenset[int]:
        """The levels of the bits on which the guard depends."""
        return levels_of(self.guard)

    @cached_property
    def writes(self) -> frozenset[int]:
        """The levels of the bits that are assigned."""
        return levels_of(self.written)

    def image(self, pairs: Diagram) -> Diagram:
        """Return where the move leads from the pairs."""
        return pairs.apply_exists(AND, self.guard, self.written) & self.result

    def preimage(self, pairs: Diagram) -> Diagram:
        """Return from where the move leads into the pairs."""
        return self.guard & pairs.apply_exists(AND, self.result, self.written)


def levels_of(diagram: Diagram) -> frozenset[int]:
    """Return the levels of the bits on which the diagram depends."""
    met: set[Diagram] = {diagram}
    levels: set[int] = set()
    waiting = [diagram]
    for part in waiting:  # grows while it is read
        level = part.node_level()
        if level is not None:
            levels.add(level)
            fresh = [low_or_high for low_or_high in part.cofactors() or () if low_or_high not in met]
            met.update(fresh)
            waiting += fresh
    return frozenset(levels)


class Relation:
    """All pieces of a system, by label. The pieces of one label have disjoint guards."""

    def __init__(self, compiler: Compiler, check: Check) -> None:
        self.compiler = compiler
        self.encoding = compiler.encoding
        self.system = compiler.system
        self.pieces: list[tuple[Piece, ...]] = []
        self._moves: dict[int, tuple[Move, ...]] = {}
        total = 0
        for label, step in enumerate(self.system.steps):
            check()
            found = tuple(_pieces(compiler, label, step, check))
            total += len(found)
            if total > LARGEST_RELATION:
                raise LimitReached(Reason.LIMIT, f"the steps have more than {LARGEST_RELATION} pieces")
            self.pieces.append(found)

    def labels_of(self, actions: Iterable[str]) -> tuple[int, ...]:
        """Return the labels of the actions."""
        wanted = set(actions)
        return tuple(label for label, step in enumerate(self.system.steps) if step.action in wanted)

    def moves(self, labels: Sequence[int]) -> tuple[Move, ...]:
        """Return the moves of the labels, in their order."""
        return tuple(move for label in labels for move in self._moves_of(label))

    def _moves_of(self, label: int) -> tuple[Move, ...]:
        if label not in self._moves:
            self._moves[label] = tuple(moves_of(self.encoding, self.pieces[label]))
        return self._moves[label]

    def enabled(self, labels: Sequence[int]) -> Diagram:
        """Return where a step with one of the labels exists."""
        return self.encoding.disjunction(piece.guard for label in labels for piece in self.pieces[label])

    def into(self, label: int, targets: Diagram) -> Diagram:
        """Return from where a step of the label leads into the targets."""
        return self.encoding.disjunction(
            piece.guard & self.encoding.after(targets, piece.assignment) for piece in self.pieces[label]
        )


def moves_of(encoding: Encoding, pieces: Iterable[Piece]) -> Iterator[Move]:
    """Yield the pieces in the form in which images are computed."""
    for piece in pieces:
        written = encoding.cube([name for name, _ in piece.assignment])
        yield Move(piece.guard, written, encoding.constant(piece.assignment))


def _pieces(compiler: Compiler, label: int, step: Step, check: Check) -> Iterator[Piece]:
    guard, effects = _opened(compiler.system, step)
    split = [(name, _inside(compiler, name, expr)) for name, expr in effects]
    valid = compiler.encoding.valid(compiler.system.reads(conjoin((guard, *(expr for _, expr in effects)))))
    pending: list[tuple[Diagram, int, Assignment]] = [(compiler.truth(guard) & valid, 0, ())]
    while pending:
        where, depth, chosen = pending.pop()
        if not where.satisfiable():
            continue
        if depth == len(split):
            yield Piece(label, where, chosen)
            continue
        check()
        name, codes = split[depth]
        pending += [(where & there, depth + 1, (*chosen, (name, code))) for code, there in reversed(codes)]


def _opened(system: System, step: Step) -> tuple[Expr, list[tuple[str, Expr]]]:
    """Return the label's guard with the outcome's condition, and its effects, the parameters put in."""
    action = system.action_named[step.action]
    outcome = next(o for o in action.outcomes if o.name == step.outcome)
    known: dict[Expr, Expr] = {Read(name): Literal(value) for name, value in step.parameters}
    guard = replace_in(conjoin((action.guard, outcome.when)), known)
    effects = sorted(outcome.effects, key=lambda effect: effect[0])
    return guard, [(name, replace_in(expr, known)) for name, expr in effects]


def _inside(compiler: Compiler, name: str, expr: Expr) -> list[tuple[int, Diagram]]:
    """Return where the expression has which code of the name's domain."""
    codes = {value: code for code, value in enumerate(compiler.system.domains[name].values)}
    return [(codes[value], where) for value, where in compiler.values(expr).items() if value in codes]
