"""Linear temporal formulas as automata.

The automaton of a formula accepts the runs that satisfy it. A state is what is still to be met from the next point on;
reading a point (which of the formula's *instants*, its parts about one moment, hold there) leads to the ways in which
the rest can be met. Each ``U`` is a promise, which a transition may put off; a run is accepted if no promise is put off
for ever. (Gastin and Oddoux, "Fast LTL to Büchi automata translation", 2001: generalised acceptance on transitions.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from tunnelproof.evidence.verdict import Reason, Undecided
from tunnelproof.model.language.expressions import Apply, Expr, is_temporal
from tunnelproof.model.language.temporal import instants

Obligations = frozenset[int]  # formulas by number

MOST_INSTANTS = 60  # a letter has a bit for each, and has to fit into 64
MOST_WAYS = 1_024  # to meet the obligations at one point
MOST_MOVES = 100_000  # that are worked out in all


@dataclass(frozen=True, slots=True)
class Normal:
    """A formula in negation normal form; its parts are given by their numbers.

    ``op`` is one of ``true``, ``false``, ``is`` and ``not`` (of an instant), ``and``, ``or``, ``X``, ``U``, ``R``.
    """

    op: str
    parts: tuple[int, ...] = ()
    instant: int = -1


@dataclass(frozen=True, slots=True)
class Way:
    """How the obligations at a point can be met: what then has to be met from the next point on, and which promises
    are put off.
    """

    rest: Obligations
    put_off: frozenset[int]

    def with_all(self, other: Way) -> Way:
        """Return the way that goes both ways at once."""
        return Way(self.rest | other.rest, self.put_off | other.put_off)

    def is_harder_than(self, other: Way) -> bool:
        """Say whether the other way asks for less."""
        return self != other and self.rest >= other.rest and self.put_off >= other.put_off


@dataclass(frozen=True, slots=True)
class Move:
    """A transition: the state that it leads to, and the promises that it puts off."""

    state: int
    put_off: frozenset[int]


NOTHING = Way(frozenset(), frozenset())


class Automaton:
    """The automaton of the runs that satisfy a formula. State 0 is the start, before the first point is read.

    A *letter* is a number whose bit i says whether ``instants[i]`` holds. ``promises`` are numbers of formulas.
    Whatever makes more of the automaton raises `Undecided` if that becomes too large.
    """

    def __init__(self, formula: Expr) -> None:
        self.instants = instants(formula)
        if len(self.instants) > MOST_INSTANTS:
            raise _too_large(f"{len(self.instants)} parts about one moment, more than {MOST_INSTANTS}")
        self._formulas: dict[Normal, int] = {}
        start = self._normal(formula, True)
        self._normals = tuple(self._formulas)
        self.promises = tuple(number for number, normal in enumerate(self._normals) if normal.op == "U")
        self._states: dict[Obligations, int] = {frozenset({start}): 0}
        self._obligations = [frozenset({start})]
        self._moves: dict[tuple[int, int], tuple[Move, ...]] = {}
        self._known: dict[tuple[int, int], list[Way]] = {}  # by formula and letter
        self._made = 0

    def moves(self, state: int, letter: int) -> tuple[Move, ...]:
        """Return the transitions from a state under a letter, in a fixed order."""
        known = self._moves.get((state, letter))
        if known is None:
            ways = self._together(sorted(self._obligations[state]), letter)
            known = tuple(Move(self._state(way.rest), way.put_off) for way in ways)
            self._moves[state, letter] = known
            self._made += 1 + len(known)
            if self._made > MOST_MOVES:
                raise _too_large(f"an automaton with more than {MOST_MOVES:,} moves")
        return known

    def accepts_for_ever(self, state: int, letter: int) -> bool:
        """Say whether from the state on, a run is accepted that reads nothing but the letter."""
        return any(self._meets_all(one, letter) for one in self._reached(state, letter))

    def _meets_all(self, state: int, letter: int) -> bool:
        """Say whether a loop through the state puts no promise off all the way: if one does, that of its component."""
        component = {one for one in self._reached(state, letter) if state in self._reached(one, letter)}
        inner = [move for one in component for move in self.moves(one, letter) if move.state in component]
        return bool(inner) and all(any(promise not in move.put_off for move in inner) for promise in self.promises)

    def _reached(self, state: int, letter: int) -> set[int]:
        found, pending = {state}, [state]
        while pending:
            fresh = {move.state for move in self.moves(pending.pop(), letter)} - found
            found |= fresh
            pending.extend(fresh)
        return found

    def _state(self, obligations: Obligations) -> int:
        if obligations not in self._states:
            self._states[obligations] = len(self._obligations)
            self._obligations.append(obligations)
        return self._states[obligations]

    # --- ways to meet a formula --------------------------------------------------------------------------------------

    def _together(self, formulas: Iterable[int], letter: int) -> list[Way]:
        """Return the ways in which all of the formulas can be met at a point, less those that ask for more."""
        found = [NOTHING]
        for formula in formulas:
            ways = self._ways(formula, letter)
            if len(found) * len(ways) > MOST_WAYS:
                raise _too_large(f"more than {MOST_WAYS:,} ways to be met at one point")
            found = _easiest(known.with_all(way) for known, way in product(found, ways))
        return found

    def _ways(self, number: int, letter: int) -> list[Way]:
        """Return the ways in which a formula can be met at a point, less those that ask for more."""
        if (number, letter) not in self._known:
            self._known[number, letter] = _easiest(self._all_ways(number, letter))
        return self._known[number, letter]

    def _all_ways(self, number: int, letter: int) -> list[Way]:
        formula = self._normals[number]
        later = Way(frozenset({number}), frozenset())
        match formula.op, formula.parts:
            case "X", (part,):
                return [Way(frozenset({part}), frozenset())]
            case "and", parts:
                return self._together(parts, letter)
            case "or", parts:
                return [way for part in parts for way in self._ways(part, letter)]
            case "U", (left, right):
                put_off = Way(later.rest, frozenset({number}))
                return self._ways(right, letter) + [way.with_all(put_off) for way in self._ways(left, letter)]
            case "R", (left, right):
                kept = self._ways(right, letter)
                if len(kept) * len(ends := self._ways(left, letter)) > MOST_WAYS:
                    raise _too_large(f"more than {MOST_WAYS:,} ways to be met at one point")
                ended = [way.with_all(end) for way, end in product(kept, ends)]
                return ended + [way.with_all(later) for way in kept]
            case _:
                return [NOTHING] if self._holds(formula, letter) else []

    def _holds(self, formula: Normal, letter: int) -> bool:
        if formula.instant < 0:
            return formula.op == "true"
        return bool(letter >> formula.instant & 1) == (formula.op == "is")

    # --- negation normal form ----------------------------------------------------------------------------------------

    def _normal(self, formula: Expr, positive: bool) -> int:
        """Return the number of the formula, or of its negation, in negation normal form."""
        if not isinstance(formula, Apply) or not is_temporal(formula):
            return self._number(Normal("is" if positive else "not", (), self.instants.index(formula)))
        op, args = formula.op, formula.args
        if op == "not":
            return self._normal(args[0], not positive)
        if op == "implies":
            sides = self._normal(args[0], not positive), self._normal(args[1], positive)
            return self._number(Normal("or" if positive else "and", sides))
        parts = tuple(self._normal(arg, positive) for arg in args)
        match op:
            case "F":
                return self._number(self._finally(parts[0]) if positive else self._globally(parts[0]))
            case "G":
                return self._number(self._globally(parts[0]) if positive else self._finally(parts[0]))
            case "W":  # W(p, q) is R(q, p or q)
                either = self._number(Normal("or" if positive else "and", parts))
                return self._number(Normal("R" if positive else "U", (parts[1], either)))
            case _:
                return self._number(Normal(op if positive else _DUAL[op], parts))

    def _finally(self, part: int) -> Normal:
        return Normal("U", (self._number(Normal("true")), part))

    def _globally(self, part: int) -> Normal:
        return Normal("R", (self._number(Normal("false")), part))

    def _number(self, formula: Normal) -> int:
        return self._formulas.setdefault(formula, len(self._formulas))


def _easiest(ways: Iterable[Way]) -> list[Way]:
    """Return the ways, each once, less those that ask for more than another."""
    found = list(dict.fromkeys(ways))
    return [way for way in found if not any(way.is_harder_than(other) for other in found)]


def _too_large(what: str) -> Undecided:
    return Undecided(Reason.LIMIT, f"the formula is too large for linear time: it has {what}")


_DUAL = {"and": "or", "or": "and", "X": "X", "U": "R", "R": "U"}
