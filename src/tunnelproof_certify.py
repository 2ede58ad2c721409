#!/usr/bin/env python3
"""Check certificates that tunnelproof has written (`tunnelproof.certificate/1`), without tunnelproof.

    python3 tunnelproof_certify.py [--solver COMMAND --solver COMMAND] FILE...

This file needs Python 3.11 and nothing else. What a certificate says is docs/semantics.md, how it is written
docs/certificates.md. It is read from top to bottom: reading, expressions, the model, evaluation over many pairs of a
configuration and a state at once, configurations, slices, closed sets and the proofs on them, replays of witnesses,
invariants, and at the end what makes a certificate. Nothing in a certificate is believed but the model and the claim.

Status: 0 all accepted, 10 something rejected, 3 a file that is no certificate, 20 something not checked, 2 usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import operator
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate, compress, product
from math import prod
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

Value = bool | int | str
Expr = tuple[
    Any, ...
]  # ("value", v), ("read", name), ("taken", action, outcome), ("by", actor), ("next", e), (op, e, …)
Edges = list[tuple[int, list[int], list[int]]]  # for each label the places that its edges lead from, and to

LARGEST_FILE, MOST_ROWS, BLOCK = 1 << 29, 2_000_000, 1 << 14
LARGEST_PART = 300_000  # values in what is written of an action, a variable or another part of a model
MOST_STEPS = 1 << 16  # of an action, and of a model: choices of parameters, each with an outcome
COMPARE: dict[str, Callable[..., Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
COMPUTE: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "mod": operator.mod,
    "min": min,
    "max": max,
}
CONNECT = ("not", "and", "or", "implies")
TRUE: Expr = ("value", True)
FALSE: Expr = ("value", False)
SEEN: Expr = ("read", "seen since the last reset")  # `first` has held; no model can have this name


class Unreadable(Exception):
    """The file is no certificate: it does not have the form of one."""


class Rejected(Exception):
    """The evidence does not show what the certificate says."""


class NotChecked(Exception):
    """Whether the evidence shows what the certificate says has not been found out."""


# --- reading ----------------------------------------------------------------------------------------------------------


def read_json(path: Path) -> Any:
    """Return the file's JSON value. Duplicate keys, fractions and what is no JSON are refused."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(pairs)) < len(pairs):
            raise ValueError("a key is given twice")
        return found

    def refuse(text: str) -> Any:
        raise ValueError(f"{text[:20]} is no whole number")

    try:
        if not path.is_file() or path.stat().st_size > LARGEST_FILE:
            raise Unreadable("there is no such file, or it is too large")
        text = path.read_bytes().decode("utf-8")
        return json.loads(text, object_pairs_hook=unique, parse_float=refuse, parse_constant=refuse)
    except (OSError, ValueError) as fault:
        raise Unreadable(f"it cannot be read: {fault}") from None


def member(document: Any, key: str, kind: type, default: Any = None) -> Any:
    """Return an object's member, which must be of the kind; if there is none, the default."""
    value = document.get(key, default) if isinstance(document, dict) else None
    if type(value) is not kind and not (value is default and default is not None):
        raise Unreadable(f"there is no {key!r} where one is wanted, or it is no {kind.__name__}")
    return value


def texts(document: Any, key: str, default: Any = None) -> list[str]:
    """Return a list of texts."""
    found: list[str] = member(document, key, list, default)
    if not all(type(text) is str for text in found):
        raise Unreadable(f"{key!r} is no list of texts")
    return found


def numbers(document: Any, key: str, count: int | None = None) -> list[int]:
    """Return a list of whole numbers, of the given length."""
    found: list[int] = member(document, key, list)
    if not all(type(number) is int for number in found) or (count is not None and len(found) != count):
        raise Rejected(f"{key!r} is no list of {'' if count is None else count} whole numbers")
    return found


def natural(found: Any, what: str) -> int:
    """Return a natural number."""
    if type(found) is not int or found < 0:
        raise Unreadable(f"{what} is no natural number")
    return found


def only(document: Any, keys: str, what: str) -> None:
    """Refuse an object with other keys."""
    if not isinstance(document, dict) or (others := document.keys() - set(keys.split())):
        raise Unreadable(f"{what} is no object" if not isinstance(document, dict) else f"{what} has {min(others)!r}")


# --- expressions ------------------------------------------------------------------------------------------------------


class Scope(NamedTuple):
    """What names mean: "bool", "int" or the tuple of an enum's members; and which steps can be spoken of."""

    types: dict[str, Any]
    actions: dict[str, Any] = {}
    actors: Sequence[str] = ()
    later: bool = False


def read_expression(written: Any, scope: Scope, wanted: Any = "bool") -> Expr:
    """Return an expression of the wanted type."""
    expr, found = _typed(written, scope)
    _unified(found, wanted)
    return expr


def _typed(written: Any, scope: Scope) -> tuple[Expr, Any]:
    """Return an expression and its type; the type of a bare enum member is a set."""
    if type(written) is bool or type(written) is int:
        return ("value", written), type(written).__name__
    if type(written) is str:
        if written not in scope.types:
            raise Unreadable(f"nothing is called {written!r}")
        return ("read", written), scope.types[written]
    if type(written) is list and written and type(written[0]) is str:
        return _applied(written[0], [_typed(part, scope) for part in written[1:]])
    match written:
        case {"value": str(name), **rest} if not rest:
            return ("value", name), frozenset({name})
        case {"taken": str(action), **rest} if rest.keys() <= {"outcome"} and action in scope.actions:
            if rest and rest["outcome"] not in [outcome.name for outcome in scope.actions[action].outcomes]:
                raise Unreadable(f"{action!r} has no such outcome")
            return ("taken", action, rest.get("outcome")), "bool"
        case {"by": str(actor), **rest} if not rest and actor in scope.actors:
            return ("by", actor), "bool"
        case {"next": body, **rest} if not rest and scope.later:
            expr, kind = _typed(body, Scope(scope.types))
            return ("next", expr), kind
    raise Unreadable(f"{json.dumps(written)[:60]} is no expression here")


def _applied(op: str, parts: list[tuple[Expr, Any]]) -> tuple[Expr, Any]:
    args, kinds = [expr for expr, _ in parts], [kind for _, kind in parts]
    wanted = 1 if op == "not" else 3 if op == "if" else 2
    if len(args) != wanted and (op not in ("and", "or") or not args):
        raise Unreadable(f"{op!r} has {len(args)} arguments")
    if op in CONNECT:
        return (op, *args), [_unified(kind, "bool") for kind in kinds][0]
    if op == "if":
        _unified(kinds[0], "bool")
        return (op, *args), _unified(kinds[1], kinds[2])
    if op in COMPARE:
        kind = _unified(kinds[0], kinds[1])
        return (op, *args), "bool" if op in ("=", "!=") else _unified(kind, "int") and "bool"
    kind = _unified(_unified(kinds[0], "int"), kinds[1])
    if op not in COMPUTE or (op == "mod" and not (args[1][0] == "value" and args[1][1] > 0)):
        raise Unreadable(f"{op[:20]!r} is no operator, or not with these arguments")
    return (op, *args), kind


def _unified(one: Any, other: Any) -> Any:
    """Return the type that both are of."""
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one | other
    for left, right in ((one, other), (other, one)):
        if left == right or (isinstance(left, frozenset) and isinstance(right, tuple) and left <= set(right)):
            return right
    raise Unreadable("an expression is of the wrong type")


def put(expr: Expr, known: Callable[[Expr], Value | None]) -> Expr:
    """Return the expression with the atoms whose value is known replaced; the same object if there are none."""
    if expr[0] == "value":
        return expr
    if expr[0] in ("read", "taken", "by"):
        value = known(expr)
        return expr if value is None else ("value", value)
    args = [put(arg, known) for arg in expr[1:]]
    return expr if all(new is old for new, old in zip(args, expr[1:], strict=True)) else (expr[0], *args)


def atoms(expr: Expr) -> Iterator[Expr]:
    """Yield what the expression reads and the steps that it speaks of."""
    if expr[0] in ("read", "taken", "by"):
        yield expr
    elif expr[0] != "value":
        for arg in expr[1:]:
            yield from atoms(arg)


def shown(expr: Expr) -> str:
    """Return an expression as people write it."""
    match expr:
        case ("value", value):
            return str(value).lower() if isinstance(value, bool) else str(value)
        case ("read", name):
            return str(name)
        case ("not" | "next" | "by" | "taken" | "min" | "max" | "if" as op, *args):
            return f"{op}({', '.join(shown(a) if isinstance(a, tuple) else str(a) for a in args)})"
        case (op, *args):
            return "(" + f" {op} ".join(shown(arg) for arg in args) + ")"
    raise AssertionError(expr)


# --- the model --------------------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """One way in which an action can turn out."""

    name: str
    when: Expr
    effects: dict[str, Expr]
    fair: bool


class Action(NamedTuple):
    """A guarded command; ``choices`` are those of its parameters."""

    name: str
    actor: str
    guard: Expr
    outcomes: list[Outcome]
    choices: list[dict[str, Value]]
    fairness: str
    each: bool
    price: int = 0

    @property
    def writes(self) -> set[str]:
        """The variables that some outcome assigns."""
        return {name for outcome in self.outcomes for name in outcome.effects}


class Step(NamedTuple):
    """An action with a choice of its parameters put in, and an outcome."""

    action: Action
    choice: dict[str, Value]
    outcome: Outcome
    guard: Expr
    when: Expr
    effects: dict[str, Expr]

    def __str__(self) -> str:
        chosen = ", ".join(f"{name}={value}" for name, value in self.choice.items())
        return (
            self.action.name + (f"({chosen})" if chosen else "") + (f"/{self.outcome.name}" * bool(self.outcome.name))
        )


class Model:
    """A canonical model, `tunnelproof.model/1`."""

    def __init__(self, document: Any) -> None:
        keys = "schema name title actors configuration constraints variables derived initially actions"
        only(document, keys, "the model")
        if member(document, "schema", str) != "tunnelproof.model/1":
            raise Unreadable("the model is of another form")
        self.name, self.actors = member(document, "name", str), texts(document, "actors")
        self.values: dict[str, Sequence[Value]] = {}  # of each configuration variable and variable
        self.types: dict[str, Any] = {}
        self.derived: dict[str, Expr] = {}
        self._opened: dict[str, frozenset[str]] = {}
        self._spans: dict[str, tuple[int, int]] = {}
        self._listed = 0  # steps
        listed = {key: member(document, key, list, []) for key in keys.split()[4:]}
        if any(_size(part) > LARGEST_PART for parts in listed.values() for part in parts):
            raise Unreadable(f"a part of the model has more than {LARGEST_PART:,} values")
        for part in (*listed["configuration"], *listed["variables"]):
            only(part, "name domain decided_by doc source component start visible_to", "a variable")
            name = self._new(part)
            self.values[name], self.types[name] = _domain(part.get("domain"))
        self.configuration = [part["name"] for part in listed["configuration"]]
        self.variables = [part["name"] for part in listed["variables"]]
        rigid = Scope({name: self.types[name] for name in self.configuration})
        self._derive(listed["derived"])
        self.constraints = [read_expression(part, rigid) for part in listed["constraints"]]
        self.initially = [read_expression(part, Scope(self.types)) for part in listed["initially"]]
        self.starts: dict[str, list[Expr] | None] = {}
        for part in listed["variables"]:
            name, start = part["name"], part.get("start")
            if start is not None and (type(start) is not list or not start):
                raise Unreadable(f"{name!r} has no start")
            kind = self.types[name]
            self.starts[name] = None if start is None else [read_expression(e, rigid, kind) for e in start]
        self.actions = {action.name: action for action in map(self._action, listed["actions"])}
        if len(self.actions) < len(listed["actions"]):
            raise Unreadable("two actions have one name")

    def _new(self, part: Any) -> str:
        name: str = member(part, "name", str)
        if name in self.types:
            raise Unreadable(f"{name!r} is declared twice")
        return name

    def _derive(self, parts: list[Any]) -> None:
        """Read the derived names, each after those that it reads."""
        waiting = {member(part, "name", str): part for part in parts}
        while waiting:
            ready = [name for name, part in waiting.items() if not set(_texts_in(part)) & waiting.keys() - {name}]
            for name in ready:
                part = waiting.pop(name)
                only(part, "name definition doc source", "a derived name")
                self._new(part)
                self.derived[name], self.types[name] = _typed(part.get("definition"), Scope(self.types))
            if not ready:
                raise Unreadable("derived names go round in a circle")
        if len(self.derived) < len(parts):
            raise Unreadable("two derived names are the same")

    def _action(self, part: Any) -> Action:
        # `takes`, a duration, is no concern of untimed claims; a claim about time comes with its timed system as model.
        keys = "name actor component parameters guard outcomes fairness each price takes joins doc source"
        only(part, keys, "an action")
        name, actor, fairness = member(part, "name", str), member(part, "actor", str), part.get("fairness", "none")
        types, columns = dict(self.types), []
        for parameter in member(part, "parameters", list, []):
            chosen = member(parameter, "name", str)
            if chosen in types:
                raise Unreadable(f"parameter {chosen!r} hides another name")
            values, types[chosen] = _domain(parameter.get("domain"))
            columns.append([(chosen, value) for value in values])
            if prod(map(len, columns)) > MOST_STEPS:
                raise Unreadable(f"action {name!r} has more choices than {MOST_STEPS:,}")
        scope, outcomes = Scope(types), []
        for one in member(part, "outcomes", list):
            only(one, "name effects when fair", "an outcome")
            effects = member(one, "effects", dict)
            if not effects.keys() <= set(self.variables):
                raise Unreadable(f"{name!r} assigns what is no variable")
            assigned = {n: read_expression(e, scope, self.types[n]) for n, e in effects.items()}
            when = read_expression(one.get("when", True), scope)
            outcomes.append(Outcome(one.get("name", ""), when, assigned, member(one, "fair", bool, False)))
        if actor not in self.actors or fairness not in ("none", "weak", "strong") or not outcomes:
            raise Unreadable(f"action {name!r} has no outcome, an unknown actor or an unknown fairness")
        if len({outcome.name for outcome in outcomes}) < len(outcomes):
            raise Unreadable(f"action {name!r} has two outcomes of one name")
        self._listed += prod(map(len, columns)) * len(outcomes)
        if self._listed > MOST_STEPS:
            raise Unreadable(f"the actions up to {name!r} have more than {MOST_STEPS:,} steps")
        guard, each = read_expression(part.get("guard"), scope), member(part, "each", bool, False)
        price = natural(part.get("price", 0), f"the price of {name!r}")
        return Action(name, actor, guard, outcomes, [dict(c) for c in product(*columns)], fairness, each, price)

    def reads(self, *exprs: Expr) -> set[str]:
        """Return the variables and configuration variables that the expressions depend on, derived names opened."""
        found: set[str] = set()
        for atom in (atom for expr in exprs for atom in atoms(expr) if atom[0] == "read"):
            name = atom[1]
            if name in self.derived and name not in self._opened:
                self._opened[name] = frozenset(self.reads(self.derived[name]))
            found |= self._opened.get(name, frozenset({name}))
        return found

    def steps(self, actions: Iterable[Action], kept: set[str]) -> list[Step]:
        """Return every step of the actions, in order of action, choice, outcome, with the effects on what is kept."""
        found = []
        for action in actions:
            for choice in action.choices:

                def chosen(atom: Expr, choice: dict[str, Value] = choice) -> Value | None:
                    return choice.get(atom[1]) if atom[0] == "read" else None

                guard = put(action.guard, chosen)
                for one in action.outcomes:
                    effects = {name: put(expr, chosen) for name, expr in one.effects.items() if name in kept}
                    found.append(Step(action, choice, one, guard, put(one.when, chosen), effects))
        return found

    def span(self, expr: Expr) -> tuple[int, int]:
        """Return an interval that contains every value of a whole-number expression."""
        if expr[0] == "value":
            return expr[1], expr[1]
        if expr[0] == "read":
            if expr[1] in self.derived:
                if expr[1] not in self._spans:
                    self._spans[expr[1]] = self.span(self.derived[expr[1]])
                return self._spans[expr[1]]
            return self.values[expr[1]][0], self.values[expr[1]][-1]  # type: ignore[return-value]
        spans = [self.span(arg) for arg in expr[-2:]]  # of `if`: the branches
        if expr[0] == "if":
            return min(lo for lo, _ in spans), max(hi for _, hi in spans)
        if expr[0] == "mod":
            return 0, spans[1][1] - 1
        (a, b), (c, d) = spans
        ends = [COMPUTE[expr[0]](x, y) for x, y in ((a, c), (b, d), (a, d), (b, c))]
        return min(ends), max(ends)

    def may_leave(self) -> set[tuple[str, str, str]]:
        """Return the assignments (action, outcome, variable) that intervals do not show to stay in the domain."""
        found = set()
        for step in self.steps(self.actions.values(), set(self.variables)):
            for name, expr in step.effects.items():
                if self.types[name] == "int":
                    (lo, hi), values = self.span(expr), self.values[name]
                    if lo < values[0] or hi > values[-1]:  # type: ignore[operator]
                        found.add((step.action.name, step.outcome.name, name))
        return found


def _domain(written: Any) -> tuple[Sequence[Value], Any]:
    """Return a domain's values, in order, and its type."""
    match written:
        case "bool":
            return (False, True), "bool"
        case {"enum": list(names)} if names and len(set(texts(written, "enum"))) == len(names):
            return tuple(names), tuple(names)
        case {"range": [int(lo), int(hi)]} if lo <= hi < lo + (1 << 16):
            return range(lo, hi + 1), "int"
    raise Unreadable("a domain is of no known form")


def _size(written: Any) -> int:
    """Return how many values there are in a JSON value."""
    found, waiting = 0, [written]
    while waiting:
        inner = waiting.pop()
        found += 1
        if isinstance(inner, (list, dict)):
            waiting += inner if isinstance(inner, list) else inner.values()
    return found


def _texts_in(written: Any) -> Iterator[str]:
    if isinstance(written, dict):
        written = list(written.values())
    for part in written if isinstance(written, list) else ():
        yield from [part] if isinstance(part, str) else _texts_in(part)


# --- evaluation, over many rows at once -------------------------------------------------------------------------------


class Layout:
    """How values of some names make one number, a *row*: in mixed radix, the first name the most significant."""

    def __init__(self, model: Model, names: Iterable[str]) -> None:
        self.model, self.names = model, list(names)
        self.sizes = [len(model.values[name]) for name in self.names]
        self.weights = [prod(self.sizes[i + 1 :]) for i in range(len(self.sizes))]
        self.place = {name: (w, s) for name, w, s in zip(self.names, self.weights, self.sizes, strict=True)}
        self.total = prod(self.sizes)

    def row(self, codes: Iterable[int]) -> int:
        """Return the row of the values with these places in their domains."""
        return sum(map(operator.mul, codes, self.weights))

    def named(self, row: int) -> dict[str, Value]:
        """Return the values of a row."""
        return {name: self.model.values[name][row // w % s] for name, (w, s) in self.place.items()}

    def to(self, other: Layout, rows: Iterable[int]) -> list[int]:
        """Return what is left of the rows if only the other layout's names are looked at."""
        moves = [(*self.place[name], other.place[name][0]) for name in other.names]
        return [sum(row // w % s * v for w, s, v in moves) for row in rows]

    def blocks(self, rows: Sequence[int]) -> Iterator[Block]:
        """Cut the rows into blocks."""
        return (Block(self, rows[begun : begun + BLOCK]) for begun in range(0, len(rows), BLOCK))

    def holds(self, expr: Expr, rows: Sequence[int]) -> bytes:
        """Return for each row a one where the formula holds."""
        return b"".join(block.flags(block.true(expr)) for block in self.blocks(rows))

    def exists(self, step: Step, rows: Sequence[int]) -> bytes:
        """Return for each row a one where the step exists."""
        return b"".join(block.flags(block.exists(step)) for block in self.blocks(rows))

    def take(self, step: Step, rows: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the places of the rows in which the step exists, and the rows that it leads to."""
        at, after = list[int](), list[int]()
        for number, block in enumerate(self.blocks(rows)):
            places, found = block.take(step)
            at += [number * BLOCK + place for place in places]
            after += found
        return at, after


class Block:
    """Some rows, and what is known of expressions there. A *mask* has a bit for each row, the first the highest.

    An expression that is no truth value is *split*: a mask for each of its values. So it is evaluated once for each
    combination of what it reads. ``later`` are the rows after a step, for `next`; by default, after one that changes
    nothing.
    """

    def __init__(self, layout: Layout, rows: Sequence[int], later: Block | None = None) -> None:
        self.layout, self.rows, self.later = layout, rows, later or self
        self.all = (1 << len(rows)) - 1
        self._splits: dict[int, tuple[Expr, dict[Value, int]]] = {}  # by identity; the expression keeps its own
        self._columns: dict[str, list[int]] = {}

    def flags(self, mask: int) -> bytes:
        """Return a one or zero for each row."""
        return format(mask, f"0{len(self.rows)}b").encode().translate(_DIGITS) if self.rows else b""

    def places(self, mask: int) -> list[int]:
        """Return the places of the mask's rows."""
        return list(compress(range(len(self.rows)), self.flags(mask))) if mask else []

    def codes(self, name: str) -> list[int]:
        """Return the code of a variable in each row."""
        if name not in self._columns:
            weight, size = self.layout.place[name]
            self._columns[name] = [row // weight % size for row in self.rows]
        return self._columns[name]

    def column(self, expr: Expr) -> list[Value]:
        """Return the expression's value in each row."""
        found: list[Value] = [False] * len(self.rows)
        for value, mask in self.split(expr).items():
            for place in self.places(mask):
                found[place] = value
        return found

    def true(self, expr: Expr) -> int:
        """Return the mask of the rows in which the formula holds."""
        return self.split(expr).get(True, 0)

    def split(self, expr: Expr) -> dict[Value, int]:
        """Return the mask of each value that the expression has."""
        known = self._splits.get(id(expr))
        if known is None:
            found = {value: mask for value, mask in self._evaluated(expr).items() if mask}
            known = self._splits[id(expr)] = expr, found
        return known[1]

    def _evaluated(self, expr: Expr) -> dict[Value, int]:
        op, args = expr[0], expr[1:]
        if op == "value":
            return {args[0]: self.all}
        if op == "read":
            derived = self.layout.model.derived
            return self.split(derived[args[0]]) if args[0] in derived else self._read(args[0])
        if op == "next":
            return self.later.split(args[0])
        if op in CONNECT:
            masks = [self.true(arg) for arg in args]
            if op in ("not", "implies"):
                masks[0] ^= self.all
            found = masks[0]
            for mask in masks[1:]:
                found = found & mask if op == "and" else found | mask
            return {True: found, False: self.all ^ found}
        if op == "if":
            condition, merged = self.true(args[0]), defaultdict[Value, int](int)
            for branch, inside in ((args[1], condition), (args[2], self.all ^ condition)):
                for value, mask in self.split(branch).items():
                    merged[value] |= mask & inside
            return merged
        return self._combined(COMPARE.get(op) or COMPUTE[op], *args)

    def _combined(self, function: Callable[..., Value], one: Expr, other: Expr) -> dict[Value, int]:
        left, right, found = self.split(one), self.split(other), defaultdict[Value, int](int)
        if len(left) * len(right) > 4 * len(self.rows):  # wide numbers: row by row
            return self._grouped(list(map(function, self.column(one), self.column(other))))
        for a, inside in left.items():
            for b, mask in right.items():
                found[function(a, b)] |= inside & mask
        return found

    def _read(self, name: str) -> dict[Value, int]:
        values = self.layout.model.values[name]
        return {values[code]: mask for code, mask in self._grouped(self.codes(name)).items()}  # type: ignore[index]

    def _grouped(self, column: Sequence[Value]) -> dict[Value, int]:
        places = defaultdict[Value, list[int]](list)
        for place, value in enumerate(column):
            places[value].append(place)
        found = {}
        for value, some in places.items():
            digits = bytearray(b"0") * len(column)
            for place in some:
                digits[place] = 49
            found[value] = int(digits, 2)
        return found

    def exists(self, step: Step) -> int:
        """Return the mask of the rows in which the step exists."""
        inside = self.true(step.guard) & self.true(step.when)
        for name, expr in step.effects.items():
            if self.layout.model.types[name] == "int":
                values = self.layout.model.values[name]
                for value, mask in self.split(expr).items():
                    if not values[0] <= value <= values[-1]:  # type: ignore[operator]
                        inside &= ~mask
        return inside

    def take(self, step: Step) -> tuple[list[int], list[int]]:
        """Return the places in which the step exists, and the rows that it leads to."""
        at = self.places(self.exists(step))
        after = [self.rows[place] for place in at]
        for name, expr in step.effects.items() if at else ():
            weight, old = self.layout.place[name][0], self.codes(name)
            code = {value: number for number, value in enumerate(self.layout.model.values[name])}
            if len(split := self.split(expr)) == 1:
                new = code[next(iter(split))]
                after = [row + (new - old[place]) * weight for row, place in zip(after, at, strict=True)]
            else:
                column = self.column(expr)
                after = [row + (code[column[p]] - old[p]) * weight for row, p in zip(after, at, strict=True)]
        return at, after


_DIGITS = bytes.maketrans(b"01", b"\x00\x01")


def initial_rows(layout: Layout, names: list[str], configurations: Sequence[int]) -> list[list[int]]:
    """Return the rows, in the layout, of the initial states of each configuration; these are rows of ``names``.

    The layout has these names first. An initial formula that reads other names than the layout's is left out.
    """
    model, rigid = layout.model, Layout(layout.model, names)
    variables = layout.names[len(names) :]
    states = Layout(model, variables)
    choices = []
    for name in variables:
        code = {value: number for number, value in enumerate(model.values[name])}
        starts = model.starts[name]
        if starts is None:
            choices.append([tuple(code.values())] * len(configurations))
            continue
        columns = [[v for block in rigid.blocks(configurations) for v in block.column(e)] for e in starts]
        choices.append([tuple(sorted({code[v] for v in row if v in code})) for row in zip(*columns, strict=True)])
    known: dict[Any, list[int]] = {}
    found, count = [], 0
    for number, configuration in enumerate(configurations):
        key = tuple(column[number] for column in choices)
        if (count := count + prod(map(len, key))) > MOST_ROWS:
            raise NotChecked(f"there are more than {MOST_ROWS} initial states")
        if key not in known:
            known[key] = [states.row(codes) for codes in product(*key)]
        found.append([configuration * states.total + state for state in known[key]])
    for formula in model.initially:
        if model.reads(formula) <= set(layout.names):
            flags = iter(layout.holds(formula, [row for rows in found for row in rows]))
            found = [list(compress(rows, flags)) if rows else [] for rows in found]
    return found


# --- configurations ---------------------------------------------------------------------------------------------------


class Space:
    """The valid configurations of which a certificate speaks, as a product of tables: one for each set of configuration
    variables that formulas tie together.
    """

    def __init__(self, model: Model, formulas: Iterable[Expr]) -> None:
        self.model, self._known = model, dict[tuple[str, ...], dict[int, int]]()
        parts = [part for formula in formulas for part in conjuncts(formula)]
        group = {name: {name} for name in model.configuration}
        for part in parts:
            tied = set().union(*(group[name] for name in model.reads(part)))
            group |= dict.fromkeys(tied, tied)
        self.tables = []
        for name in model.configuration:
            names = [other for other in model.configuration if other in group[name]]
            if names[0] == name:
                self.tables.append((names, self._table(names, [p for p in parts if model.reads(p) & group[name]])))
        if any(not Layout(model, []).holds(part, [0])[0] for part in parts if not model.reads(part)):
            self.tables.append(([], []))
        self.count = prod(len(rows) for _, rows in self.tables)

    def _table(self, names: list[str], formulas: list[Expr]) -> list[int]:
        rows = [0]
        for number, name in enumerate(names, 1):
            size, layout = len(self.model.values[name]), Layout(self.model, names[:number])
            rows = [row * size + code for row in few(rows, size) for code in range(size)]
            for formula in formulas:
                if name in self.model.reads(formula) <= set(layout.names):
                    rows = list(compress(rows, layout.holds(formula, rows)))
        return rows

    def project(self, names: Iterable[str]) -> dict[int, int]:
        """Return the rows of the names (in the model's order) that configurations have, and how many have each."""
        key = self.ordered(names)
        if key not in self._known:
            found, order = {0: 1}, list[str]()
            for tied, rows in self.tables:
                inside = [name for name in tied if name in key]
                seen = Counter(Layout(self.model, tied).to(Layout(self.model, inside), rows))
                size = prod(len(self.model.values[name]) for name in inside)
                found = {a * size + b: m * n for a, m in few(found, len(seen)).items() for b, n in seen.items()}
                order += inside
            rows = Layout(self.model, order).to(Layout(self.model, key), found)
            self._known[key] = dict(sorted(zip(rows, found.values(), strict=True)))
        return self._known[key]

    def ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names in the model's order, each once."""
        wanted = set(names)
        return tuple(name for name in self.model.configuration if name in wanted)

    def inside(self, formula: Expr, names: Iterable[str]) -> list[int]:
        """Return the rows of the names that a configuration has in which the formula holds."""
        both, some = self.ordered({*names, *self.model.reads(formula)}), self.ordered(names)
        layout, rows = Layout(self.model, both), list(self.project(both))
        chosen = list(compress(rows, layout.holds(formula, rows)))
        return chosen if both == some else sorted(set(layout.to(Layout(self.model, some), chosen)))


def few(rows: Any, times: int = 1) -> Any:
    """Return the rows, if there are not too many of them."""
    if len(rows) * times > MOST_ROWS:
        raise NotChecked(f"there are more than {MOST_ROWS} combinations to list")
    return rows


def conjuncts(formula: Expr) -> list[Expr]:
    """Return the parts of a conjunction."""
    return [part for arg in formula[1:] for part in conjuncts(arg)] if formula[0] == "and" else [formula]


def both(*formulas: Expr) -> Expr:
    """Return the conjunction."""
    return ("and", TRUE, *formulas)


# --- claims and slices ------------------------------------------------------------------------------------------------

FORMULAS = {  # of each kind: the formulas that it must have, and those that it may have
    "invariant": ("holds", "when"),
    "step-invariant": ("holds", "when"),
    "reachable": ("point", ""),
    "precedence": ("first then", "since"),
    "deadlock-free": ("", "except"),
    "recoverable": ("goal", ""),
    "response": ("trigger response", ""),
    "recurrence": ("point", ""),
    "never-forever": ("", ""),
    "tradeoff": ("", ""),
    "stays-in-domains": ("", ""),
}


class Claim:
    """A claim of one of the kinds above, as docs/semantics.md defines them."""

    def __init__(self, document: Any, model: Model) -> None:
        self.document, self.kind, self.id = document, member(document, "kind", str), member(document, "id", str)
        if self.kind not in FORMULAS:
            raise Unreadable(f"{self.kind!r} is no kind of claim")
        must, may = (names.split() for names in FORMULAS[self.kind])
        more = {"never-forever": "points", "tradeoff": "claims", "stays-in-domains": "assignments"}
        more["recoverable"] = "within"
        keys = f"kind id sentence source given may_be_vacuous assuming by barring {more.get(self.kind, '')}"
        only(document, " ".join([keys, *must, *may]), "the claim")
        points = self.kind not in ("deadlock-free", "recoverable")
        spoken: Any = (model.actions, model.actors) if points else ({}, ())
        scope = Scope(model.types, spoken[0], spoken[1], self.kind == "step-invariant")
        self.formulas = {name: read_expression(document.get(name), scope) for name in must}
        self.formulas |= {name: read_expression(document[name], scope) for name in may if name in document}
        self.points = [read_expression(part, scope) for part in member(document, "points", list, [])]
        self.parts = texts(document, "claims", [])
        self.given, self.by = (texts(document, key) if key in document else None for key in ("given", "by"))
        self.barring, self.excuse = texts(document, "barring", []), member(document, "may_be_vacuous", str, "")
        self.assuming = member(document, "assuming", dict, {})
        self.within = natural(document["within"], "'within'") if "within" in document else None
        self.assignments = {tuple(texts({"of": part}, "of")) for part in member(document, "assignments", list, [])}
        if self.kind == "stays-in-domains":
            self.formulas["holds"] = ("not", self._leaves(model))
        if self.kind == "never-forever" and not self.points:
            raise Unreadable("nothing is said not to recur")

    def _leaves(self, model: Model) -> Expr:
        """Return the formula that an assignment is carried out with a value outside its variable's domain."""
        cases = []
        for step in model.steps(model.actions.values(), set(model.variables)):
            for name, expr in step.effects.items():
                if (step.action.name, step.outcome.name, name) in self.assignments and model.types[name] == "int":
                    values = model.values[name]
                    outside = ("or", ("<", expr, ("value", values[0])), (">", expr, ("value", values[-1])))
                    cases.append(("and", step.guard, step.when, outside))
        return ("or", FALSE, *cases)

    @property
    def exprs(self) -> list[Expr]:
        """Every formula of the claim."""
        return [*self.formulas.values(), *self.points]

    @property
    def bad(self) -> Expr:
        """What a closed set must not contain."""
        if self.kind == "reachable":
            return self.formulas["point"]
        return ("and", self.formulas.get("when", TRUE), ("not", self.formulas["holds"]))

    @property
    def trigger(self) -> Expr | None:
        """What must occur for the claim not to be vacuous."""
        key = {"invariant": "when", "step-invariant": "when", "response": "trigger", "precedence": "then"}
        return self.formulas.get(key.get(self.kind, ""))

    def can_lose_steps(self) -> bool:
        """Say whether steps that change nothing in a slice, and that the claim does not name, cannot matter."""
        if self.kind in ("deadlock-free", "step-invariant"):
            return bool(self.kind == "step-invariant")
        if self.kind == "invariant":
            return quiet(self.bad) and quiet(self.formulas.get("when", TRUE))
        for answer, reason in (("response", "trigger"), ("first", "since")):
            if reason in self.formulas and not silent(self.formulas[reason]) and of_steps(self.formulas[answer]):
                return False
        return all(map(quiet, self.exprs))


def of_steps(formula: Expr) -> bool:
    """Say whether a formula speaks of steps."""
    return any(atom[0] != "read" for atom in atoms(formula))


def silent(formula: Expr) -> bool:
    """Say whether a formula is false of every step that it does not name, whatever the state."""
    return _folded(formula) is False


def quiet(formula: Expr) -> bool:
    """Say whether a formula speaks of no step, or is false of every step that it does not name."""
    return not of_steps(formula) or silent(formula)


def _folded(formula: Expr) -> Any:
    """Return the truth of a formula where no named step is taken, if its connectives settle it."""
    if formula[0] in ("taken", "by", "value"):
        return bool(formula[0] == "value" and formula[1])
    if formula[0] not in CONNECT:
        return None
    found = [_folded(arg) for arg in formula[1:]]
    if formula[0] in ("not", "implies") and found[0] is not None:
        found[0] = not found[0]
    settles = formula[0] != "and"
    if len(found) > 1 and settles in found:
        return settles
    return found[0] if None not in found else None


def with_step(formula: Expr, step: Step | None) -> Expr:
    """Put in what is known of the step that led here; without one, nothing was taken."""

    def known(atom: Expr) -> Value | None:
        if atom[0] == "read":
            return None
        if step is None:
            return False
        if atom[0] == "by":
            return bool(step.action.actor == atom[1])
        return bool(step.action.name == atom[1] and atom[2] in (None, step.outcome.name))

    return put(formula, known)


class Slice:
    """The part of the model that a claim is asked of: names of configuration variables, variables and actions."""

    def __init__(self, model: Model, claim: Claim, document: Any) -> None:
        only(document, "configuration variables actions", "the slice")
        chosen = {key: set(texts(document, key)) for key in ("configuration", "variables", "actions")}
        self.model, self.claim = model, claim
        self.rigid = [name for name in model.configuration if name in chosen["configuration"]]
        self.variables = [name for name in model.variables if name in chosen["variables"]]
        self.actions = [action for action in model.actions.values() if action.name in chosen["actions"]]
        if len(self.rigid) + len(self.variables) + len(self.actions) != sum(map(len, chosen.values())):
            raise Rejected("the slice has a name that the model has not")
        self.kept = {*self.rigid, *self.variables}
        self.steps = model.steps(self.actions, self.kept)
        self.layout = Layout(model, [*self.rigid, *self.variables])
        self.dropped = self._check()
        self.fair = list(self._fairness())
        self._variants: dict[Any, Expr] = {}

    def of(self, actors: list[str] | None) -> set[str]:
        """Return the actions of the actors; of everybody, if none are named."""
        return {a.name for a in self.model.actions.values() if actors is None or a.actor in actors}

    @property
    def helpful(self) -> list[Step]:
        """The steps by which a recovery may go."""
        allowed = self.of(self.claim.by) - set(self.claim.barring)
        return [step for step in self.steps if step.action.name in allowed]

    def _check(self) -> bool:
        """Refuse a slice that is too small; say whether an action that the claim is about is not in it."""
        model, claim = self.model, self.claim
        about = self.of(claim.given)
        if claim.kind == "recoverable" and claim.given is not None:
            about |= self.of(claim.by) - set(claim.barring)
        spoken = [atom for expr in claim.exprs for atom in atoms(expr)]
        named = {atom[1] for atom in spoken if atom[0] == "taken"} | claim.assuming.keys()
        named |= self.of([atom[1] for atom in spoken if atom[0] == "by"])
        inside = {action.name for action in self.actions}
        for action in model.actions.values():
            if (
                action.name in about
                and (action.name in named or action.writes & self.kept)
                and action.name not in inside
            ):
                raise Rejected(f"the slice is too small: it lacks action {action.name!r}")
        if inside - about:
            raise Rejected(f"the slice has action {min(inside - about)!r}, which the claim is not about")
        parts = [("the claim", claim.exprs)]
        parts += [(f"action {s.action.name!r}", [s.guard, s.when, *s.effects.values()]) for s in self.steps]
        parts += [(f"the start of {name!r}", model.starts[name] or []) for name in self.variables]
        parts += [("an initial formula", [f]) for f in model.initially if model.reads(f) & set(self.variables)]
        for what, exprs in parts:
            if missing := model.reads(*exprs) - self.kept:
                raise Rejected(f"the slice is too small: {what} reads {min(missing)!r}")
        if (dropped := bool(about - inside)) and not claim.can_lose_steps():
            raise Rejected("the slice lacks actions, and steps that change nothing may matter to the claim")
        return dropped

    def _fairness(self) -> Iterator[tuple[str, set[int], dict[int, int]]]:
        """Yield the fairness conditions: a kind, the labels that meet it, and for a fair outcome which owes which."""
        for action in self.actions:
            labels = [label for label, step in enumerate(self.steps) if step.action is action]
            fairness = self.claim.assuming.get(action.name, action.fairness)
            if fairness not in ("none", "weak", "strong"):
                raise Unreadable("a claim assumes an unknown fairness")
            chosen = [[i for i in labels if self.steps[i].choice == choice] for choice in action.choices]
            for group in chosen if action.each else [labels]:
                if fairness != "none":
                    yield fairness, set(group), {}
                for one in (one for one in action.outcomes if one.fair):
                    met = [i for i in group if self.steps[i].outcome is one]
                    owed = {i: j for i in group for j in met if self.steps[i].choice == self.steps[j].choice}
                    yield "outcome", set(met), owed

    def at(self, formula: Expr, label: int | None) -> Expr:
        """Return what is left of a formula once the step is known; the same object for the same."""
        new = with_step(formula, None if label is None else self.steps[label])
        return self._variants.setdefault((id(formula), new), new) if new is not formula else formula

    def named(self, row: int) -> str:
        """Return a configuration as people write it."""
        rigid = Layout(self.model, self.rigid).named(row)
        return ", ".join(f"{name} = {shown(('value', value))}" for name, value in rigid.items()) or "any configuration"


# --- proofs by closed sets --------------------------------------------------------------------------------------------


class Graph:
    """A closed set of pairs and the steps between them. Pairs are known by their places in the set."""

    def __init__(self, cut: Slice, rows: list[int], configurations: Sequence[int]) -> None:
        """Compute the steps. Raises `Rejected` if an initial state is missing or a step leads out of the set."""
        layout, self.cut, self.rows = cut.layout, cut, rows
        self.states = Layout(cut.model, cut.variables).total
        if rows and not 0 <= rows[0] <= rows[-1] < layout.total:
            raise Rejected("the closed set has a row that is none")
        place = {row: number for number, row in enumerate(rows)}
        self.initial: list[int] = []
        for configuration, starts in zip(configurations, initial_rows(layout, cut.rigid, configurations), strict=True):
            if not starts or any(row not in place for row in starts):
                where = cut.named(configuration)
                raise Rejected(f"{'the closed set lacks' if starts else 'there is no'} initial state in {where}")
            self.initial += [place[row] for row in starts]
        everyone = list(place.values())  # the same number objects throughout
        self.blocks = list(layout.blocks(rows))
        self.edges: Edges = []
        for label, step in enumerate(cut.steps):
            sources: list[int] = []
            targets: list[Any] = []
            for number, block in enumerate(self.blocks):
                at, after = block.take(step)
                sources += [everyone[number * BLOCK + here] for here in at]
                targets += map(place.get, after)
            if None in targets:
                where = cut.named(rows[sources[targets.index(None)]] // self.states)
                raise Rejected(f"the set is not closed: step {step} leads out of it in {where}")
            self.edges.append((label, sources, targets))
        self._flags: dict[int, tuple[Expr, bytes]] = {}

    def flags(self, formula: Expr) -> bytes:
        """Return a one for each pair in which the formula holds, also over a step that changes nothing."""
        if id(formula) not in self._flags:
            found = b"".join(block.flags(block.true(formula)) for block in self.blocks)
            self._flags[id(formula)] = formula, found
        return self._flags[id(formula)][1]

    def reach(self, start: Iterable[int], edges: Edges) -> bytearray:
        """Return a one for each pair that the edges lead to from the start, this included."""
        after: list[list[int]] = [[] for _ in self.rows]
        for _, sources, targets in edges:
            for source, target in zip(sources, targets, strict=True):
                after[source].append(target)
        found, waiting = bytearray(len(self.rows)), list(start)
        for here in waiting:
            found[here] = 1
        while waiting:
            for there in after[waiting.pop()]:
                if not found[there]:
                    found[there] = 1
                    waiting.append(there)
        return found

    def within(self, edges: Edges, inside: Sequence[int]) -> Edges:
        """Return the edges from the pairs inside."""
        chosen = [(label, s, t, [inside[here] for here in s]) for label, s, t in edges]
        return [(label, list(compress(s, c)), list(compress(t, c))) for label, s, t, c in chosen]

    def leaving(self, labels: Iterable[int]) -> bytearray:
        """Return a one for each pair that a step with one of the labels leaves."""
        found = bytearray(len(self.rows))
        for label in labels:
            for here in self.edges[label][1]:
                found[here] = 1
        return found


class Proof:
    """What a closed set shows: ``wrong`` are pairs that contradict the claim, ``met`` those that meet its trigger."""

    def __init__(self, graph: Graph, document: Any) -> None:
        self.graph, self.cut, self.claim = graph, graph.cut, graph.cut.claim
        self.count, edges = len(graph.rows), graph.edges
        recovers = self.claim.kind == "recoverable"
        if recovers and self.claim.given is not None:
            given = self.cut.of(self.claim.given)
            edges = [edge for edge in edges if self.cut.steps[edge[0]].action.name in given]
        self.reached = graph.reach(graph.initial, edges)
        self.live = edges if all(self.reached) else graph.within(edges, self.reached)
        self.wrong: set[int] = set()
        self.met: set[int] | None = None
        self.unseen: set[int] = set()  # pairs in which a step that the slice lacks may meet the trigger
        self._check_trigger()
        if recovers:
            self._recoverable(numbers(document, "ranks", self.count), document)
        elif self.claim.kind in ("response", "recurrence", "never-forever"):
            self._no_fair_run(member(document, "levels", list, []))
        else:
            self.wrong |= self._broken()

    def configurations(self, pairs: Iterable[int]) -> set[int]:
        """Return the configurations of the pairs."""
        return {self.graph.rows[here] // self.graph.states for here in pairs}

    def still(self, formula: Expr) -> bytes:
        """Say for each pair whether the formula holds of it without a step."""
        return self.graph.flags(self.cut.at(formula, None))

    def after(self, formula: Expr, label: int) -> bytes:
        """Say for each pair whether the formula holds of it as the target of a step with the label."""
        return self.graph.flags(self.cut.at(formula, label))

    def points(self, formula: Expr) -> set[int]:
        """Return the pairs with a point that satisfies the formula: at the start, or after a step."""
        flags = self.still(formula)
        found = {here for here in self.graph.initial if flags[here]}
        for label, _, targets in self.live:
            flags = self.after(formula, label)
            found.update(here for here in targets if flags[here])
        return found

    def _over_steps(self, formula: Expr) -> set[int]:
        """Return the pairs that a step leaves over which the formula holds."""
        found: set[int] = set()
        for label, sources, targets in self.live:
            formula_here, rows = self.cut.at(formula, label), self.graph.rows
            for begun in range(0, len(sources), BLOCK):
                before, later = sources[begun : begun + BLOCK], targets[begun : begun + BLOCK]
                block = Block(self.cut.layout, [rows[i] for i in later])
                block = Block(self.cut.layout, [rows[i] for i in before], block)
                found.update(before[place] for place in block.places(block.true(formula_here)))
        return found

    def _reached_where(self, flags: Sequence[int]) -> set[int]:
        return {here for here in range(self.count) if flags[here] and self.reached[here]}

    def _check_trigger(self) -> None:
        claim, trigger = self.claim, self.claim.trigger
        if claim.kind == "recoverable":
            self.met = self._reached_where(self.still(("not", claim.formulas["goal"])))
        elif trigger is not None and claim.kind == "step-invariant":
            self.met = self._over_steps(trigger)
            self.unseen = self._reached_where(self.still(trigger)) if self.cut.dropped else set()
        elif trigger is not None:
            self.met = self.points(trigger)
            if claim.kind == "response" and of_steps(trigger):
                stops, idle = self._may_stop(), self.still(trigger)
                self.met |= {here for here in range(self.count) if stops[here] and idle[here]}

    def _broken(self) -> set[int]:
        """Return the pairs that show that an invariant or the like does not hold."""
        claim = self.claim
        if claim.kind == "step-invariant":  # a step that the slice lacks changes nothing in it
            return self._over_steps(claim.bad) | (
                self._reached_where(self.still(claim.bad)) if self.cut.dropped else set()
            )
        if claim.kind == "deadlock-free":
            actors = self.cut.of(claim.by)
            moves = self.graph.leaving(i for i, step in enumerate(self.cut.steps) if step.action.name in actors)
            excused = self.still(claim.formulas.get("except", FALSE))
            return {i for i in range(self.count) if self.reached[i] and not moves[i] and not excused[i]}
        if claim.kind != "precedence":
            return self.points(claim.bad)
        first, then, since = claim.formulas["first"], claim.formulas["then"], claim.formulas.get("since", FALSE)
        seen, due = self.still(first), self.still(then)
        unseen = {here for here in self.graph.initial if not seen[here]}
        found = {here for here in unseen if due[here]}
        passing: Edges = []
        for label, sources, targets in self.live:
            seen, forgets = self.after(first, label), self.after(since, label)
            passes = [not seen[there] for there in targets]
            passing.append((label, list(compress(sources, passes)), list(compress(targets, passes))))
            unseen.update(there for there in passing[-1][2] if forgets[there])
        lost = self.graph.reach(unseen, passing)
        for label, sources, targets in passing:
            due, forgets = self.after(then, label), self.after(since, label)
            found.update(t for s, t in zip(sources, targets, strict=True) if due[t] and (lost[s] or forgets[t]))
        return found

    def _recoverable(self, ranks: list[int], document: Any) -> None:
        goal, helpful = self.still(self.claim.formulas["goal"]), {id(step) for step in self.cut.helpful}
        falls, within = bytearray(self.count), self.claim.within
        left = [0] * self.count if within is None else numbers(document, "prices", self.count)
        ranks = [-1 if price < 0 else rank for rank, price in zip(ranks, left, strict=True)]
        for label, sources, targets in self.graph.edges:
            if id(step := self.cut.steps[label]) in helpful:
                price = 0 if within is None else step.action.price
                for source, target in zip(sources, targets, strict=True):
                    if 0 <= ranks[target] < ranks[source] and left[target] + price <= left[source]:
                        falls[source] = 1
        for here, rank in enumerate(ranks):
            dear = within is not None and left[here] > within
            if self.reached[here] and (rank < 0 or dear):
                self.wrong.add(here)
            if (rank == 0 and not goal[here]) or (rank > 0 and not falls[here]):
                self.wrong.add(here)

    # Fair runs. A run that refutes the claim would in the end stay in a region, or stop there. A level cuts the region
    # into components that no edge leads back to; each has a reason why no fair run stays in it for ever.

    def _may_stop(self) -> bytearray:
        """Return a one for each reached pair in which no action that is fair is enabled."""
        fair = self.graph.leaving({label for kind, labels, _ in self.cut.fair if kind != "outcome" for label in labels})
        return bytearray(here and not held for here, held in zip(self.reached, fair, strict=True))

    def _no_fair_run(self, levels: list[Any]) -> None:
        claim, stops, everyone = self.claim, self._may_stop(), range(self.count)
        nodes, edges = {here for here in everyone if self.reached[here]}, self.live
        if claim.kind == "never-forever":
            idle = [self.still(point) for point in claim.points]
            self.wrong |= {here for here in everyone if stops[here] and all(flags[here] for flags in idle)}
        else:
            answer = claim.formulas["point" if claim.kind == "recurrence" else "response"]
            says, edges = self.still(answer), []
            for label, s, t in self.live:
                flags = self.after(answer, label)
                chosen = [not flags[there] for there in t]
                edges.append((label, list(compress(s, chosen)), list(compress(t, chosen))))
            stop = {here for here in everyone if stops[here] and not says[here]}
            if claim.kind == "response":
                nodes, asks = self._unanswered(edges, says), self.still(claim.formulas["trigger"])
                edges = self.graph.within(edges, bytearray(here in nodes for here in everyone))
                stop = {here for here in stop if here in nodes or asks[here]}
            self.wrong |= stop
        for level in levels:
            nodes, edges = self._check_level(level, nodes, edges)
        self.wrong.update(here for _, sources, _ in edges for here in sources)  # nothing may be left

    def _unanswered(self, silent_edges: Edges, says: bytes) -> set[int]:
        """Return the pairs that follow a trigger without an answer."""
        trigger = self.claim.formulas["trigger"]
        asks = self.still(trigger)
        waiting = {here for here in self.graph.initial if asks[here] and not says[here]}
        for label, _, targets in silent_edges:
            asks = self.after(trigger, label)
            waiting.update(there for there in targets if asks[there])
        found = self.graph.reach(waiting, silent_edges)
        return {here for here in range(self.count) if found[here]}

    def _check_level(self, level: Any, nodes: set[int], edges: Edges) -> tuple[set[int], Edges]:
        """Check one level; return the pairs and edges that the next one has to deal with."""
        component, reason_of = numbers(level, "component", self.count), numbers(level, "reason_of")
        reasons = [self._reason(written) for written in member(level, "reasons", list)]
        if not all(-1 <= c < len(reason_of) for c in component) or not all(0 <= r < len(reasons) for r in reason_of):
            raise Rejected("a level has a number that is out of range")
        why = [reason_of[c] if c >= 0 else -1 for c in component]
        left = set()
        for here in nodes:
            if why[here] < 0 or reasons[why[here]].fails(here):
                self.wrong.add(here)
            elif reasons[why[here]].keeps(here):
                left.add(here)
        remaining: Edges = []
        for label, sources, targets in edges:
            rules = [reason.rule(label) for reason in reasons]
            kept: tuple[list[int], list[int]] = [], []
            for here, there in zip(sources, targets, strict=True):
                if component[there] < component[here]:
                    self.wrong.add(here)
                elif component[there] == component[here] >= 0:
                    forbidden, leaves = rules[why[here]]
                    if forbidden and (forbidden is True or forbidden[there]):
                        self.wrong.add(here)
                    elif leaves and here in left and there in left and (leaves is True or not leaves[here]):
                        kept[0].append(here)
                        kept[1].append(there)
            remaining.append((label, *kept))
        return left, remaining

    def _reason(self, written: Any) -> Reason:
        match written:
            case ["trivial", int()]:
                return Reason(self, "trivial")
            case ["absent", int(index)] if 0 <= index < len(self.claim.points):
                return Reason(self, "absent", point=self.claim.points[index])
            case ["weak" | "strong" | "outcome" as kind, int(index)] if 0 <= index < len(self.cut.fair):
                promised, labels, owed = self.cut.fair[index]
                if kind == promised or (kind, promised) == ("weak", "strong"):
                    return Reason(self, kind, labels, owed)
        raise Rejected(f"{json.dumps(written)[:60]} is no reason why a component is left")


class Reason:
    """Why no fair run stays in a component for ever."""

    def __init__(
        self, proof: Proof, kind: str, labels: Iterable[int] = (), owed: Any = None, point: Expr = FALSE
    ) -> None:
        self.proof, self.kind, self.labels, self.point = proof, kind, set(labels), point
        self.enabled = proof.graph.leaving(labels)
        self.could = {i: proof.graph.leaving([j]) for i, j in (owed or {}).items()}

    def fails(self, here: int) -> bool:
        """Say whether the pair contradicts the reason: a weakly fair action must be enabled everywhere."""
        return self.kind == "weak" and not self.enabled[here]

    def keeps(self, here: int) -> bool:
        """Say whether a run may still stay at the pair: a strongly fair action must not be enabled there."""
        return self.kind == "outcome" or (self.kind == "strong" and not self.enabled[here])

    def rule(self, label: int) -> tuple[Any, Any]:
        """Say of edges inside whether they contradict the reason (flags of targets, or always), and whether a run may
        still take them for ever (less those with flags of sources): not if they owe a fair outcome.
        """
        if self.kind in ("trivial", "absent"):
            return self.kind == "trivial" or self.proof.after(self.point, label), False
        return label in self.labels, self.could.get(label, True) if self.kind == "outcome" else self.kind == "strong"


# --- witnesses --------------------------------------------------------------------------------------------------------


class Replay:
    """Takes the steps of a witness from all initial states of the configurations in which its guard holds.

    Only the configuration variables that matter to it are looked at. A *lane* is a run from one initial state; it ends
    where a step does not exist. ``history`` has the lanes' rows at each point, ``of`` the place of their configuration.
    """

    def __init__(self, cut: Slice, space: Space, document: Any) -> None:
        only(document, "kind guard configuration steps loop", "a witness")
        self.cut, self.model, self.claim = cut, cut.model, cut.claim
        self.kind, self.loop = member(document, "kind", str), document.get("loop")
        self.guard = read_expression(document.get("guard"), rigid_scope(self.model))
        self.labels = [self._label(step) for step in member(document, "steps", list)]
        self._check_configuration(space, member(document, "configuration", dict))
        names = space.ordered(self._needed() & set(cut.rigid))
        self.layout = Layout(self.model, [*names, *cut.variables])
        self.rigid, self.configurations = Layout(self.model, names), space.inside(self.guard, names)
        starts = initial_rows(self.layout, list(names), self.configurations)
        self.history = [[row for rows in starts for row in rows]]
        self.of = [number for number, rows in enumerate(starts) for _ in rows]
        for label in self.labels:
            at, after = self.layout.take(cut.steps[label], self.history[-1])
            self.history = [[rows[place] for place in at] for rows in self.history] + [after]
            self.of = [self.of[place] for place in at]

    def check(self) -> None:
        """Raise `Rejected` if the witness does not settle the claim wherever its guard holds."""
        settled = {number for number, flag in zip(self.of, self._settled(), strict=True) if flag}
        for number, row in enumerate(self.configurations):
            if number not in settled:
                where = ", ".join(f"{n} = {shown(('value', v))}" for n, v in self.rigid.named(row).items())
                reached = number in self.of
                what = "its steps do not settle the claim" if reached else "its steps cannot be taken"
                raise Rejected(f"the guard of a witness is too wide: {what} in {where or 'any configuration'}")

    def _label(self, written: Any) -> int:
        only(written, "action parameters outcome", "a step")
        wanted = written.get("action"), written.get("parameters"), written.get("outcome")
        for label, step in enumerate(self.cut.steps):
            if (step.action.name, step.choice, step.outcome.name) == wanted:
                return label
        raise Rejected(f"a witness takes step {json.dumps(written)[:80]}, which the slice has not")

    def _check_configuration(self, space: Space, values: dict[str, Any]) -> None:
        """Refuse a configuration that is not asked about, or in which the guard does not hold."""
        if values.keys() != set(self.model.configuration):
            raise Rejected("the configuration of a witness lacks a value, or has one too many")
        codes = {}
        for name, value in values.items():
            known = [i for i, v in enumerate(self.model.values[name]) if type(v) is type(value) and v == value]
            codes[name] = known[0] if known else -1
        whole = Layout(self.model, self.model.configuration)
        row = whole.row([codes[name] for name in whole.names])
        inside = all(Layout(self.model, n).row([codes[name] for name in n]) in set(rows) for n, rows in space.tables)
        if -1 in codes.values() or not inside or not whole.holds(self.guard, [row])[0]:
            raise Rejected("the configuration of a witness is not asked about, or its guard does not hold there")

    def _needed(self) -> set[str]:
        """Return what starting, the steps and the claim read; for loops and traps all that moves."""
        model, cut = self.model, self.cut
        moving = [cut.steps[label] for label in self.labels]
        if self.kind != "trace" or self.claim.kind == "deadlock-free":
            moving = cut.steps
        exprs = [expr for step in moving for expr in (step.guard, step.when, *step.effects.values())]
        starts = [expr for name in cut.variables for expr in model.starts[name] or ()]
        return model.reads(*exprs, *starts, *self.claim.exprs, *model.initially)

    def _at(self, formula: Expr, point: int) -> bytes:
        """Say in which lanes a point predicate holds after so many steps."""
        label = self.labels[point - 1] if point else None
        return self.layout.holds(self.cut.at(formula, label), self.history[point])

    def _settled(self) -> Sequence[int]:
        kind, nothing = self.claim.kind, bytes(len(self.of))
        if self.kind == "trap" and kind == "recoverable":
            given = self.cut.of(self.claim.given)
            return self._trapped() if all(self.cut.steps[i].action.name in given for i in self.labels) else nothing
        if self.kind == "lasso" and kind in ("response", "recurrence", "never-forever"):
            return self._loops_for_ever()
        if self.kind != "trace":
            return nothing
        match kind:
            case "invariant" | "reachable":
                return self._at(self.claim.bad, len(self.labels))
            case "step-invariant" if self.labels:
                later = Block(self.layout, self.history[-1])
                block = Block(self.layout, self.history[-2], later)
                return block.flags(block.true(self.cut.at(self.claim.bad, self.labels[-1])))
            case "deadlock-free":
                return self._stuck()
            case "precedence":
                return self._unpreceded()
        return nothing

    def _stuck(self) -> list[bool]:
        actors, rows = self.cut.of(self.claim.by), self.history[-1]
        moves = self._enabled([i for i, step in enumerate(self.cut.steps) if step.action.name in actors], rows)
        excused = self.layout.holds(self.claim.formulas.get("except", FALSE), rows)
        return [not moving and not fine for moving, fine in zip(moves, excused, strict=True)]

    def _unpreceded(self) -> list[bool]:
        formulas, seen = self.claim.formulas, [False] * len(self.of)
        for point in range(len(self.history)):
            first, since = self._at(formulas["first"], point), self._at(formulas.get("since", FALSE), point)
            seen = [bool(now or (before and not reset)) for now, before, reset in zip(first, seen, since, strict=True)]
        due = self._at(formulas["then"], len(self.labels))
        return [bool(now and not before) for now, before in zip(due, seen, strict=True)]

    def _enabled(self, labels: Iterable[int], rows: Sequence[int]) -> list[bool]:
        found = [False] * len(rows)
        for label in labels:
            found = [a or bool(b) for a, b in zip(found, self.layout.exists(self.cut.steps[label], rows), strict=True)]
        return found

    def _trapped(self) -> list[bool]:
        """Say in which lanes nothing that the recovering steps lead to, as far as may be paid for, is a goal."""
        if self.claim.within is not None:
            return self._too_dear(self.claim.within)
        before: dict[int, list[int]] = {row: [] for row in self.history[-1]}
        fresh = list(before)
        while fresh:
            found = []
            for step in self.cut.helpful:
                at, after = self.layout.take(step, fresh)
                for place, row in zip(at, after, strict=True):
                    if row not in before:
                        before[row] = []
                        found.append(row)
                    before[row].append(fresh[place])
            fresh = found
            few(before)
        rows = list(before)
        waiting = list(compress(rows, self.layout.holds(self.claim.formulas["goal"], rows)))
        free = set(waiting)
        while waiting:
            for row in before[waiting.pop()]:
                if row not in free:
                    free.add(row)
                    waiting.append(row)
        return [row not in free for row in self.history[-1]]

    def _too_dear(self, within: int) -> list[bool]:
        """Say from which lanes' ends no recovering steps whose prices add up to at most that lead to a goal."""
        every, goal = list(dict.fromkeys(self.history[-1])), self.claim.formulas["goal"]
        ends: dict[int, set[int]] = {row: {row} for row in every}  # of which ends a row comes for what is spent
        spent, waiting, free = 0, {0: ends}, set[int]()
        known: dict[int, set[int]] = {}
        while waiting:
            spent = min(waiting)
            fresh = {row: of - known.get(row, set()) for row, of in waiting.pop(spent).items()}
            fresh = {row: of for row, of in fresh.items() if of}
            rows = list(fresh)
            for row, of in fresh.items():
                known[row] = known.get(row, set()) | of
            few(range(sum(map(len, known.values()))))
            free.update(end for row in compress(rows, self.layout.holds(goal, rows)) for end in fresh[row])
            for step in self.cut.helpful if rows else ():
                paid = spent + step.action.price
                if paid <= within:
                    found = waiting.setdefault(paid, {})
                    for place, row in zip(*self.layout.take(step, rows), strict=True):
                        found[row] = found.get(row, set()) | fresh[rows[place]]
        return [row not in free for row in self.history[-1]]

    def _loops_for_ever(self) -> list[bool]:
        """Say in which lanes the loop closes, every fairness condition holds on it, and the claim is false."""
        loop, end, rows = self.loop, len(self.labels), self.history[-1]
        if type(loop) is not int or not 0 <= loop <= end:
            raise Rejected("a lasso without a loop")
        if loop == end:
            promised = {i for kind, labels, _ in self.cut.fair if kind != "outcome" for i in labels}
            fair = [not held for held in self._enabled(sorted(promised), rows)]
        else:
            fair = [a == b for a, b in zip(self.history[loop], rows, strict=True)]
            for condition in self.cut.fair:
                fair = [a and b for a, b in zip(fair, self._met(*condition), strict=True)]
        return [a and b for a, b in zip(fair, self._falsified(loop), strict=True)]

    def _met(self, kind: str, labels: set[int], owed: dict[int, int]) -> list[bool]:
        """Say in which lanes the loop meets a fairness condition."""
        taken, states = self.labels[self.loop :], self.history[self.loop : -1]
        if labels & set(taken):
            return [True] * len(self.of)
        if kind == "outcome":
            debts = [self._enabled([owed[i]], rows) for i, rows in zip(taken, states, strict=True) if i in owed]
            return [not any(debt[lane] for debt in debts) for lane in range(len(self.of))]
        held = [self._enabled(labels, rows) for rows in states]
        some = any if kind == "strong" else all
        return [not some(rows[lane] for rows in held) for lane in range(len(self.of))]

    def _in_loop(self, formula: Expr, loop: int) -> list[bool]:
        """Say in which lanes a point predicate holds somewhere in the loop."""
        if loop == len(self.labels):  # at rest
            return [bool(flag) for flag in self.layout.holds(self.cut.at(formula, None), self.history[-1])]
        found = [self._at(formula, point) for point in range(loop + 1, len(self.history))]
        return [any(flags) for flags in zip(*found, strict=True)]

    def _falsified(self, loop: int) -> list[bool]:
        """Say in which lanes the claim is false on the stem and the loop."""
        formulas = self.claim.formulas
        if self.claim.kind == "recurrence":
            return [not met for met in self._in_loop(formulas["point"], loop)]
        if self.claim.kind == "never-forever":
            return [all(met) for met in zip(*(self._in_loop(p, loop) for p in self.claim.points), strict=True)]
        waiting = [False] * len(self.of)
        for point in range(len(self.history)):
            asked, answered = self._at(formulas["trigger"], point), self._at(formulas["response"], point)
            waiting = [bool((a or b) and not c) for a, b, c in zip(waiting, asked, answered, strict=True)]
        asked_again, answered_again = (
            self._in_loop(formulas["trigger"], loop),
            self._in_loop(formulas["response"], loop),
        )
        return [(a or b) and not c for a, b, c in zip(waiting, asked_again, answered_again, strict=True)]


def rigid_scope(model: Model) -> Scope:
    """Return the scope of formulas over configuration variables."""
    return Scope({name: model.types[name] for name in model.configuration})


# --- proofs by invariant ----------------------------------------------------------------------------------------------


class Script:
    """Formulas as SMT-LIB over two states, now (``v``) and next (``n``). A text is the number that it alone has."""

    def __init__(self, cut: Slice, about: Iterable[Expr], document: Any) -> None:
        model, self.cut = cut.model, cut
        self.logic = "QF_LIA"  # without the narrowest logic a solver may take three hundred times as long
        self.members: dict[str, int] = {}
        self.names = [*model.configuration, *cut.variables]
        types, self.history = dict(model.types), cut.claim.kind == "precedence"
        if self.history:
            types[SEEN[1]] = "bool"
        self.lines, self.symbols = list[str](), dict[tuple[str, bool], str]()
        for number, name in enumerate(self.names):
            for later in (False, True) if name in model.starts else (False,):
                self.symbols[name, later] = symbol = f"{'n' if later else 'v'}{number}"
                if name not in model.starts:
                    self.symbols[name, True] = symbol
                self.lines.append(f"(declare-const {symbol} {'Bool' if types[name] == 'bool' else 'Int'})")
                if types[name] != "bool":
                    self.lines.append(f"(assert {self.inside(symbol, name)})")
        if self.history:
            self.symbols |= {(SEEN[1], False): "seen", (SEEN[1], True): "seen_next"}
            self.lines += ["(declare-const seen Bool)", "(declare-const seen_next Bool)"]
        for written in member(document, "definitions", list, []):
            if type(written) is not list or len(written) != 2 or type(written[0]) is not str or written[0] in types:
                raise Unreadable("a definition is no pair of a new name and a formula")
            formula = read_expression(written[1], Scope(types))
            for later in (False, True):
                self.symbols[written[0], later] = self._define("Bool", self.term(formula, later))
            types[written[0]] = "bool"
        self.invariant = read_expression(document.get("invariant"), Scope(types))
        self.about = [self.term(formula) for formula in about]

    def term(self, expr: Expr, later: bool = False) -> str:
        """Return an expression's term in the state now or next."""
        op, args = expr[0], expr[1:]
        if op == "value":
            return self._value(args[0])
        if op == "read":
            if (args[0], later) not in self.symbols:
                kind = "Bool" if self.cut.model.types[args[0]] == "bool" else "Int"
                term = self.term(self.cut.model.derived[args[0]], later)
                self.symbols[args[0], later] = self._define(kind, term)
            return self.symbols[args[0], later]
        if op == "next":
            return self.term(args[0], True)
        terms = [self.term(arg, later) for arg in args]
        if op in ("and", "or"):
            return join(op, terms)
        if op in ("min", "max"):
            terms = [self._define("Int", term) if term[0] == "(" else term for term in terms]  # each is written twice
            return f"(ite ({'<=' if op == 'min' else '>='} {terms[0]} {terms[1]}) {terms[0]} {terms[1]})"
        if op == "*" and all(arg[0] != "value" for arg in args):
            self.logic = "QF_NIA"
        name = {"implies": "=>", "!=": "distinct", "if": "ite"}.get(op, op)
        return f"({name} {' '.join(terms)})"

    def inside(self, term: str, name: str) -> str:
        """Return the term that a value is in the domain of a name."""
        values = self.cut.model.values[name]
        if isinstance(values[0], str):
            return join("or", [f"(= {term} {self._value(value)})" for value in values])
        return f"(<= {self._value(values[0])} {term} {self._value(values[-1])})"

    def _value(self, value: Value) -> str:
        if isinstance(value, str):
            value = self.members.setdefault(value, len(self.members))
        return str(value).lower() if value is True or value is False or value >= 0 else f"(- {-value})"

    def _define(self, sort: str, term: str) -> str:
        self.lines.append(f"(define-fun t{len(self.lines)} () {sort} {term})")
        return f"t{len(self.lines) - 1}"

    def enabled(self, step: Step) -> list[str]:
        """Return the terms that together say that a step exists now."""
        numeric = [(n, e) for n, e in step.effects.items() if self.cut.model.types[n] == "int"]
        return [self.term(step.guard), self.term(step.when), *(self.inside(self.term(e), n) for n, e in numeric)]

    def moves(self, step: Step) -> str:
        """Return the term that a step leads from now to next."""
        changed = [(name, step.effects.get(name, ("read", name))) for name in self.cut.variables]
        return join(
            "and", self.enabled(step) + [f"(= {self.term(('read', n), True)} {self.term(e)})" for n, e in changed]
        )

    def start(self) -> list[str]:
        """Return the terms that together say that now is an initial state."""
        model, found = self.cut.model, list[str]()
        for name in self.cut.variables:
            if (starts := model.starts[name]) is not None:
                found.append(join("or", [f"(= {self.term(('read', name))} {self.term(start)})" for start in starts]))
        found += [self.term(f) for f in model.initially if model.reads(f) <= self.cut.kept]
        if self.history:
            found.append(f"(= seen {self.term(self.cut.at(self.cut.claim.formulas['first'], None))})")
        return found

    def remembers(self, label: int) -> str:
        """Return the term for what a step does to the history."""
        if not self.history:
            return "true"
        formulas = self.cut.claim.formulas
        first, since = (self.cut.at(f, label) for f in (formulas["first"], formulas.get("since", FALSE)))
        return f"(= seen_next (or {self.term(first, True)} (and seen (not {self.term(since, True)}))))"

    def text(self, *terms: str) -> str:
        """Return the question whether the terms can hold together where the certificate speaks."""
        asserted = "".join(f"(assert {term})\n" for term in (*self.about, *terms))
        return f"(set-logic {self.logic})\n" + "\n".join(self.lines) + "\n" + asserted + "(check-sat)\n"

    def questions(self, bad: Expr, inductive: bool) -> Iterator[tuple[str, str]]:
        """Yield what must be unsatisfiable: that a bad point is met or, if it is asked, that the invariant is lost."""
        cut, kind = self.cut, self.cut.claim.kind
        holds, kept = self.term(self.invariant), self.term(self.invariant, True)
        unseen = ["(not seen)"] if self.history and inductive else []
        later = kind != "step-invariant"
        wrong = [join("and", [self.term(cut.at(bad, None)), *unseen])] if later else []
        yield "initial", self.text(*self.start(), join("or", wrong + [f"(not {holds})"] * inductive))
        cases = []
        unseen = ["(not seen_next)"] if unseen else []
        for label, step in enumerate(cut.steps):
            wrong = [join("and", [self.term(cut.at(bad, label), later), *unseen]), *[f"(not {kept})"] * inductive]
            cases.append(join("and", [self.moves(step), self.remembers(label), join("or", wrong)]))
        yield "step", self.text(holds, join("or", cases))
        if kind == "deadlock-free" and inductive:
            actors = cut.of(cut.claim.by)
            moves = [join("and", self.enabled(step)) for step in cut.steps if step.action.name in actors]
            excused = self.term(cut.claim.formulas.get("except", FALSE))
            yield "state", self.text(holds, f"(not {join('or', [excused, *moves])})")
        if kind == "step-invariant" and cut.dropped:
            same = [f"(= {self.symbols[name, False]} {self.symbols[name, True]})" for name in cut.variables]
            yield "unchanged", self.text(holds, *same, self.term(cut.at(bad, None)))


def join(op: str, terms: list[str]) -> str:
    """Return the conjunction or disjunction of terms."""
    return f"({op} {' '.join(terms)})" if len(terms) > 1 else terms[0] if terms else str(op == "and").lower()


def ask(solvers: list[list[str]], timeout: float, name: str, question: str) -> None:
    """Have two solvers answer that a question is unsatisfiable."""
    if len({(shutil.which(command[0]) or command[0], *command[1:]) for command in solvers}) < 2:
        raise NotChecked("an invariant needs two different solvers: --solver COMMAND --solver COMMAND")
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "question.smt2")
        path.write_text(question, encoding="ascii")
        for command in solvers:
            try:
                said = subprocess.run([*command, str(path)], capture_output=True, timeout=timeout, check=False).stdout
            except (OSError, subprocess.TimeoutExpired) as fault:
                raise NotChecked(f"{command[0]} does not answer: {type(fault).__name__}") from None
            words = said.decode("ascii", "replace").split()
            answers.append(words[0] if words in (["sat"], ["unsat"]) else "unknown")
    if "sat" in answers:
        raise Rejected(f"the obligation {name!r} has a counterexample")
    if set(answers) != {"unsat"}:
        raise NotChecked(f"the solvers answer {answers} to the obligation {name!r}")


# --- certificates -----------------------------------------------------------------------------------------------------


class Cell(NamedTuple):
    """The configurations with one verdict."""

    verdict: str
    vacuous: bool | None
    configurations: int
    when: Expr


class Certificate:
    """A certificate. ``findings`` are what has been found out about it: a status (0, 10 or 20), of what, and why."""

    def __init__(self, path: Path, checker: Checker) -> None:
        document = self.document = read_json(path)
        only(document, "schema model where claim verdict reason domains cells slice proof witnesses parts", "it")
        if member(document, "schema", str) != "tunnelproof.certificate/1":
            raise Unreadable("it is no certificate of the form tunnelproof.certificate/1")
        self.path, self.checker = path, checker
        written = member(member(document, "model", dict), "document", dict)
        self.hash = hashlib.sha256(canonical(written).encode("utf-8", "surrogatepass")).hexdigest()
        self.model = Model(written)
        self.claim = Claim(member(document, "claim", dict), self.model)
        scope = rigid_scope(self.model)
        self.where = [read_expression(part, scope) for part in member(document, "where", list)]
        self.cells = [self._cell(part, scope) for part in member(document, "cells", list)]
        if not self.cells:
            raise Unreadable("it has no cell")
        self.findings: list[tuple[int, str, str]] = []
        self._proof: Proof | Script | Exception | None = None

    def _cell(self, written: Any, scope: Scope) -> Cell:
        only(written, "verdict vacuous configurations when", "a cell")
        verdict, vacuous = member(written, "verdict", str), written.get("vacuous")
        if verdict not in VERDICTS or type(vacuous) not in (bool, type(None)):
            raise Unreadable("a cell has no verdict")
        count = member(written, "configurations", int)
        return Cell(verdict, vacuous, count, read_expression(written.get("when"), scope))

    @property
    def status(self) -> int:
        """The worst of what has been found out."""
        return next(status for status in (10, 20, 0) if status in [found for found, _, _ in self.findings])

    def check(self) -> None:
        """Check everything."""
        self._find("the model", self._check_model)
        if not self.findings:  # else nothing that follows has a meaning
            self._find("the domains", self._check_domains)
            self._find("the cells", self._check_cells)
        if self.findings:
            return
        for cell in self.cells:
            how = cell.verdict + " vacuously" * bool(cell.vacuous)
            what = f"{how} in {cell.configurations:,} where {shown(cell.when)}"
            self._find(what, partial(self._check_cell, cell), note=True)

    def _find(self, what: str, check: Callable[[], None], note: bool = False) -> None:
        try:
            check()
        except Rejected as fault:
            self.findings.append((10, what, str(fault)))
        except NotChecked as fault:
            self.findings.append((20, what, str(fault)))
        else:
            self.findings += [(0, what, "")] * note

    def _check_model(self) -> None:
        if self.document["model"].get("sha256") != self.hash:
            raise Rejected("the model is not the one that the hash names")
        model = self.model
        self.valid = Space(model, model.constraints)
        self.asked = Space(model, [*model.constraints, *self.where]) if self.where else self.valid
        if not self.asked.count:
            raise Rejected("there is no configuration to ask about")
        read = model.reads(*model.initially)
        tied = [name for name in model.variables if name in read]
        names = self.asked.ordered(read | model.reads(*(e for name in tied for e in model.starts[name] or ())))
        rows = list(self.asked.project(names))
        if not all(initial_rows(Layout(model, [*names, *tied]), list(names), rows)):
            raise Rejected("a configuration has no initial state")

    def _check_domains(self) -> None:
        """Refuse a model with an assignment that may leave its domain."""
        if self.claim.kind == "stays-in-domains":
            return
        open_ones = self.model.may_leave()
        for name in texts(self.document, "domains") if open_ones else ():
            other = self._other(name)
            if other.claim.kind == "stays-in-domains" and {cell.verdict for cell in other.cells} == {"proved"}:
                open_ones -= other.claim.assignments
        if open_ones:
            action, outcome, name = min(open_ones)
            raise NotChecked(f"no certificate shows that {action}/{outcome} keeps {name!r} in its domain")

    def _other(self, name: str) -> Certificate:
        """Return another certificate about the same configurations, once it has been accepted."""
        if Path(name).name != name or name in (".", ".."):
            raise Rejected(f"{name!r} is no file beside this one")
        try:
            other = self.checker.certificate(self.path.with_name(name))
        except Unreadable as fault:
            raise NotChecked(f"{name}: {fault}") from None
        if other.hash != self.hash or other.where != self.where:
            raise Rejected(f"{name} is about another model or other configurations")
        if other.status:
            raise (Rejected if other.status == 10 else NotChecked)(f"{name} is not accepted")
        return other

    def _check_cells(self) -> None:
        """Check that each configuration asked about is in one cell, the others in none, and the numbers."""
        names = self.valid.ordered(self.model.reads(*self.where, *(cell.when for cell in self.cells)))
        layout, projected = Layout(self.model, names), self.valid.project(names)
        rows, asked = list(projected), layout.holds(both(*self.where), list(projected))
        flags = [layout.holds(cell.when, rows) for cell in self.cells]
        for row, wanted, inside in zip(rows, asked, zip(*flags, strict=True), strict=True):
            if sum(inside) != wanted:
                where = ", ".join(f"{n} = {shown(('value', v))}" for n, v in layout.named(row).items())
                times = "in two cells" if wanted and sum(inside) else "in no cell" if wanted else "in a cell unasked"
                raise Rejected(f"{where or 'any configuration'} is {times}")
        for cell, chosen in zip(self.cells, flags, strict=True):
            if (count := sum(compress(projected.values(), chosen))) != cell.configurations or not count:
                raise Rejected(f"a cell has {count:,} configurations, not {cell.configurations:,}")
        verdict = max((cell.verdict for cell in self.cells), key=VERDICTS.index)
        if all(cell.vacuous for cell in self.cells) and not self.claim.excuse:
            verdict = "unknown"
        if self.document.get("verdict") != verdict:
            raise Rejected(f"the verdict of the claim is {verdict}")

    def _check_cell(self, cell: Cell) -> None:
        if cell.verdict not in ("proved", "refuted"):
            raise NotChecked(f"nothing is claimed: the verdict is {cell.verdict}")
        if self.claim.kind == "tradeoff":
            self._weigh(cell)
        elif cell.verdict == ("refuted" if self.claim.kind == "reachable" else "proved"):
            self._check_proof(cell)
        else:
            self._check_witnesses(cell)

    def _none(self, formula: Expr) -> bool:
        """Say whether the formula holds in no configuration asked about."""
        return not self.asked.inside(formula, ())

    # A proof is looked at once, for all cells that rest on it.

    def _check_proof(self, cell: Cell) -> None:
        if self._proof is None:
            try:
                self._proof = self._prepared(member(self.document, "proof", dict))
            except (Rejected, NotChecked) as fault:
                self._proof = fault
        if isinstance(self._proof, Exception):
            raise self._proof
        if isinstance(self._proof, Script):
            self._check_invariant(cell, self._proof)
            return
        proof, inside = self._proof, set(self.asked.inside(cell.when, self._proof.cut.rigid))
        if wrong := inside & proof.configurations(proof.wrong):
            raise Rejected(f"the proof does not hold in {proof.cut.named(min(wrong))}")
        if proof.met is None or cell.vacuous is None:
            if cell.vacuous:
                raise Rejected("a claim of this kind is never vacuous")
            return
        met = proof.configurations(proof.met)
        if wrong := inside & (met | proof.configurations(proof.unseen)) if cell.vacuous else inside - met:
            raise Rejected(f"the trigger is {'' if cell.vacuous else 'never '}met in {proof.cut.named(min(wrong))}")

    def _prepared(self, document: Any) -> Proof | Script:
        cut = Slice(self.model, self.claim, member(self.document, "slice", dict))
        if "invariant" in document:
            only(document, "invariant definitions covers", "the proof")
            self._covers = read_expression(document.get("covers", True), rigid_scope(self.model))
            script = Script(cut, [*self.model.constraints, *self.where, self._covers], document)
            for question in script.questions(self._bad(), True):
                self.checker.ask(*question)
            return script
        only(document, "rows ranks prices levels", "the proof")
        rows = list(accumulate(numbers(document, "rows")))
        if any(after <= before for before, after in zip(rows, rows[1:], strict=False)):
            raise Rejected("the rows of the closed set do not ascend")
        resting = "refuted" if self.claim.kind == "reachable" else "proved"
        cells = ("or", FALSE, *(cell.when for cell in self.cells if cell.verdict == resting))
        return Proof(Graph(cut, rows, self.asked.inside(cells, cut.rigid)), document)

    def _bad(self) -> Expr:
        match self.claim.kind:
            case "invariant" | "stays-in-domains" | "step-invariant" | "reachable":
                return self.claim.bad
            case "precedence":
                return self.claim.formulas["then"]
            case "deadlock-free":
                return FALSE
        raise Rejected(f"no invariant proves a claim of kind {self.claim.kind}")

    def _check_invariant(self, cell: Cell, script: Script) -> None:
        if not self._none(both(cell.when, ("not", self._covers))):
            raise Rejected("the invariant does not cover the cell")
        if self.claim.trigger is None and cell.vacuous:
            raise Rejected("a claim of this kind is never vacuous")
        if self.claim.trigger is not None and cell.vacuous is False:
            raise Rejected("an invariant does not show that a trigger is met")
        if cell.vacuous:
            for question in script.questions(self.claim.trigger or FALSE, False):
                self.checker.ask(*question)

    def _check_witnesses(self, cell: Cell) -> None:
        cut = Slice(self.model, self.claim, member(self.document, "slice", dict))
        guards = [FALSE]
        for written in member(self.document, "witnesses", list, []):
            replay = Replay(cut, self.asked, written)
            replay.check()
            guards.append(replay.guard)
        if not self._none(both(cell.when, ("not", ("or", *guards)))):
            raise Rejected("a configuration of the cell has no witness")
        if cell.vacuous is not False:
            raise Rejected("what has a witness is not vacuous")

    def _weigh(self, cell: Cell) -> None:
        """Check a cell of a trade-off: refuted where all parts are proved, proved where one is refuted."""
        proved, refuted, found = [TRUE], [FALSE], []
        for part in member(self.document, "parts", list):
            only(part, "file claim", "a part")
            other = self._other(member(part, "file", str))
            if other.claim.document != part.get("claim"):
                raise Rejected(f"{part['file']} is about another claim")
            found.append(other.claim.id)
            proved.append(("or", FALSE, *(c.when for c in other.cells if c.verdict == "proved")))
            refuted += [c.when for c in other.cells if c.verdict == "refuted"]
        if found != self.claim.parts or not found:
            raise Rejected("the parts are not those of the claim")
        shows: Expr = ("or", *refuted) if cell.verdict == "proved" else ("and", *proved)
        if cell.vacuous is not False or not self._none(both(cell.when, ("not", shows))):
            raise Rejected("the parts do not show it in every configuration of the cell")


UNFORESEEN = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, MemoryError)  # a fault, never a yes
VERDICTS = ["proved", "unknown", "refuted", "withheld"]  # what comes later outweighs what comes earlier


def canonical(document: dict[str, Any]) -> str:
    """Return the text of which the model's hash is: a line for each part."""

    def compact(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def laid_out(value: Any) -> str:
        if not isinstance(value, list) or not any(isinstance(item, (list, dict)) for item in value):
            return compact(value)
        return "[\n  " + ",\n  ".join(map(compact, value)) + "\n]"

    return "{\n" + ",\n".join(f"{compact(key)}: {laid_out(value)}" for key, value in document.items()) + "\n}\n"


class Checker:
    """Checks each file once."""

    def __init__(self, solvers: list[list[str]], timeout: float) -> None:
        self._solvers, self._timeout = solvers, timeout
        self._known: dict[Path, Certificate | None] = {}

    def ask(self, name: str, question: str) -> None:
        """Have an obligation answered."""
        ask(self._solvers, self._timeout, name, question)

    def certificate(self, path: Path) -> Certificate:
        """Return a certificate that has been checked. Raises `Unreadable` if the file is none."""
        path = path.resolve()
        if path not in self._known:
            self._known[path] = None
            try:
                found = Certificate(path, self)
                found.check()
            except RecursionError:
                raise Unreadable("it is nested too deeply") from None
            found.document, found._proof = {"domains": [], **found.document, "proof": None}, None  # large
            self._known[path] = found
        known = self._known[path]
        if known is None:
            raise Unreadable("it rests on itself, or is no certificate")
        return known


def printable(text: str) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _command(written: str) -> list[str]:
    try:
        words = shlex.split(written)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{fault}: {written!r}") from None
    if not words:
        raise argparse.ArgumentTypeError("it is empty")
    return words


class _Options(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files named on the command line, print a line for each cell, and return the status."""
    parser = _Options(prog="tunnelproof-certify", description="Check certificates of tunnelproof.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--solver", action="append", type=_command, default=[], metavar="COMMAND", help="reads a file, says unsat"
    )
    parser.add_argument("--timeout", type=float, default=600.0, metavar="SECONDS", help="for each question")
    options = parser.parse_args(arguments)
    if not 0 < options.timeout <= threading.TIMEOUT_MAX:
        parser.error("argument --timeout: it is no number of seconds above 0")
    sys.setrecursionlimit(10_000)
    checker = Checker(options.solver, options.timeout)
    statuses = set()
    for path in options.files:
        try:
            found = checker.certificate(path)
        except (Unreadable, *UNFORESEEN) as fault:
            statuses.add(3)
            print(printable(f"unreadable  {path}: {fault}"))
            continue
        statuses.add(found.status)
        print(printable(f"{path}: {found.claim.id}, model {found.model.name} {found.hash}"))
        for status, what, why in found.findings:
            word = {0: "accepted", 10: "rejected", 20: "not checked"}[status]
            print(printable(f"  {word:11}  {what}" + (f": {why}" if why else "")), flush=True)
    return next(status for status in (10, 3, 20, 0) if status in statuses)


if __name__ == "__main__":
    sys.exit(main())
