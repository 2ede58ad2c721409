"""What one place of a module can be changed to.

Not changed: annotations, decorators, docstrings, assertions, what is said in an exception, ``strict=`` of `zip`, and
what stands in a class outside its methods. Texts are changed if they are one word: keys, kinds, operators.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
NAMED = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list", "logical_and": "logical_or"}
NAMED |= {"logical_or": "logical_and", "flatnonzero": "zeros_like", "minimum": "maximum", "append": "count"}
MODULE = "<module>"


@dataclass(frozen=True)
class Mutant:
    """One change. ``lines`` are those that a test must run to notice it; ``make`` carries it out in the tree."""

    file: str
    function: str
    line: int
    change: str
    lines: range
    make: Callable[[], None]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.change}"


def mutants_of(root: Path, file: str) -> tuple[ast.Module, list[Mutant]]:
    """Return the module's tree and every change of it, in the order of the text."""
    tree = ast.parse((root / file).read_text("utf-8"))
    return tree, list(_Changes(file).module(tree))


class _Changes:
    def __init__(self, file: str) -> None:
        self.file = file
        self.function = MODULE
        self.lines = range(0)

    def module(self, tree: ast.Module) -> Iterator[Mutant]:
        for statement in tree.body:
            if isinstance(statement, (ast.Assign, ast.FunctionDef, ast.ClassDef)):
                yield from self.statement(tree.body, statement)

    # --- statements --------------------------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt]) -> Iterator[Mutant]:
        for statement in list(body):
            yield from self.statement(body, statement)

    def statement(self, body: list[ast.stmt], node: ast.stmt) -> Iterator[Mutant]:
        match node:
            case ast.ClassDef() | ast.FunctionDef():
                yield from self.definition(node)
                return
            case ast.Assert() | ast.Pass() | ast.Import() | ast.ImportFrom():
                return
            case ast.Expr(value=ast.Constant()):
                return
            case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
                return
        header = getattr(node, "body", None) or [case.body[0] for case in getattr(node, "cases", [])]
        end = header[0].lineno if header else (node.end_lineno or node.lineno) + 1
        outer, self.lines = self.lines, range(node.lineno, max(end, node.lineno + 1))
        yield from self.removed(body, node)
        if isinstance(node, ast.Raise):
            self.lines = outer
            return
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "targets", "target", "ctx"):
                continue
            if field in ("body", "orelse", "finalbody"):
                yield from self.block(value)
            elif field == "handlers":
                for handler in value:
                    yield from self.block(handler.body)
                    yield from self.held(handler, "type", None)
            elif field == "cases":
                for case in value:
                    yield from self.case(node, value, case)
            elif isinstance(value, list):
                for place, part in enumerate(value):
                    if isinstance(part, ast.AST):
                        yield from self.held(node, field, place)
            elif isinstance(value, ast.AST):
                yield from self.held(node, field, None)
        self.lines = outer

    def definition(self, node: ast.ClassDef | ast.FunctionDef) -> Iterator[Mutant]:
        outer = self.function
        self.function = node.name if outer == MODULE else f"{outer}.{node.name}"
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    yield from self.definition(part)
        else:
            yield from self.block(node.body)
        self.function = outer

    def removed(self, body: list[ast.stmt], node: ast.stmt) -> Iterator[Mutant]:
        """Change the statement as a whole."""
        other: list[ast.stmt] = []
        match node:
            case ast.Expr() | ast.Raise() | ast.Delete():
                other = [ast.Pass()]
            case ast.Continue():
                other = [ast.Break(), ast.Pass()]
            case ast.Break():
                other = [ast.Continue(), ast.Pass()]
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                other = [ast.Pass()]
            case ast.AugAssign():
                other = [ast.Pass(), ast.Assign([node.target], node.value)]
                if type(node.op) in COMPUTED:
                    other.append(ast.AugAssign(node.target, COMPUTED[type(node.op)](), node.value))
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
                other = [ast.Return(ast.Constant(None))]
        for new in other:
            yield self.mutant(
                node, new, lambda new=new: body.__setitem__(body.index(node), ast.copy_location(new, node))
            )

    def case(self, match: ast.stmt, cases: list[ast.match_case], case: ast.match_case) -> Iterator[Mutant]:
        inside, self.lines = self.lines, range(match.lineno, case.body[0].lineno)
        said = f"case {ast.unparse(case.pattern)}"
        if len(cases) > 1 and not _never(case.body):
            yield self._said(case.pattern, f"{said} removed", lambda: cases.remove(case))
        if case.guard is not None:
            yield from self.held(case, "guard", None)
            yield self._said(case.pattern, f"{said}: no guard", lambda: setattr(case, "guard", None))
        for pattern in ast.walk(case.pattern):
            if isinstance(pattern, ast.MatchOr):
                for part in list(pattern.patterns):
                    text = f"{said}: without {ast.unparse(part)}"
                    yield self._said(pattern, text, lambda p=pattern, part=part: p.patterns.remove(part))
            elif isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
                yield from self.held(pattern, "value", None)
        self.lines = inside
        if not _never(case.body):
            yield from self.block(case.body)

    # --- expressions -------------------------------------------------------------------------------------------------

    def held(self, holder: ast.AST, field: str, place: int | None) -> Iterator[Mutant]:
        """Change the expression in a field, and what is in it."""
        value = getattr(holder, field)
        node = value if place is None else value[place]
        if node is None or isinstance(node, ast.JoinedStr):
            return

        def put(new: ast.expr) -> None:
            ast.copy_location(new, node)
            if place is None:
                setattr(holder, field, new)
            else:
                value[place] = new

        for new in _others(node):
            yield self.mutant(node, new, lambda new=new: put(new))
        if isinstance(holder, (ast.If, ast.IfExp)) and field == "test":
            for truth in (True, False):
                yield self.mutant(node, ast.Constant(truth), lambda truth=truth: put(ast.Constant(truth)))
        if isinstance(holder, ast.comprehension) and field == "ifs":
            for truth in (True, False):
                yield self.mutant(node, ast.Constant(truth), lambda truth=truth: put(ast.Constant(truth)))
        if isinstance(holder, ast.While) and field == "test" and not isinstance(node, ast.Constant):
            yield self.mutant(node, ast.Constant(False), lambda: put(ast.Constant(False)))
        yield from self.inside(node)

    def inside(self, node: ast.AST) -> Iterator[Mutant]:
        """Change what is in an expression."""
        for field, value in ast.iter_fields(node):
            if field in ("ctx", "op", "ops", "annotation", "target"):
                continue
            if isinstance(value, list):
                for place, part in enumerate(value):
                    if isinstance(part, ast.keyword):
                        if part.arg != "strict":
                            yield from self.held(part, "value", None)
                    elif isinstance(part, ast.comprehension):
                        yield from self.inside(part)
                    elif isinstance(part, ast.expr):
                        yield from self.held(node, field, place)
            elif isinstance(value, ast.arguments):
                continue
            elif isinstance(value, ast.expr):
                yield from self.held(node, field, None)

    def mutant(self, old: ast.AST, new: ast.AST, make: Callable[[], None]) -> Mutant:
        return self._said(old, f"{_short(old)} -> {_short(new)}", make)

    def _said(self, node: ast.AST, change: str, make: Callable[[], None]) -> Mutant:
        return Mutant(self.file, self.function, node.lineno, change, self.lines, make)  # type: ignore[attr-defined]


def _never(body: list[ast.stmt]) -> bool:
    """Say whether a case is there for what cannot be."""
    text = ast.unparse(body[0])
    return text.startswith(("assert_never", "raise AssertionError"))


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= 70 else text[:67] + "..."


def _others(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what can stand for the expression."""
    match node:
        case ast.Constant(value=bool() as truth):
            yield ast.Constant(not truth)
        case ast.Constant(value=int() as number):
            yield from (ast.Constant(number + 1), ast.Constant(number - 1))
        case ast.Constant(value=str() as text) if text.split() == [text]:
            yield ast.Constant(text + "?")
        case ast.Compare(left, ops, comparators):
            for place, op in enumerate(ops):
                for new in COMPARED[type(op)]:
                    yield ast.Compare(left, [*ops[:place], new(), *ops[place + 1 :]], comparators)
            if isinstance(comparators[-1], ast.Tuple):
                for fewer in _fewer(comparators[-1]):
                    yield ast.Compare(left, ops, [*comparators[:-1], fewer])
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.BinOp(left, op, right):
            if type(op) in COMPUTED:
                yield ast.BinOp(left, COMPUTED[type(op)](), right)
            yield from (left, right)
        case ast.Call(ast.Name(id=name) as function, arguments, keywords) if name in NAMED:
            yield ast.Call(ast.Name(NAMED[name], function.ctx), arguments, [k for k in keywords if name != "sorted"])
        case ast.Call(ast.Name(id="isinstance") as function, [what, ast.Tuple() as kinds]):
            for fewer in _fewer(kinds):
                yield ast.Call(function, [what, fewer], [])
        case ast.Attribute(value, name, ctx) if name in NAMED:
            yield ast.Attribute(value, NAMED[name], ctx)
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.List(elements) | ast.Set(elements) if elements:
            for place in range(len(elements)):
                rest = elements[:place] + elements[place + 1 :]
                yield ast.List(rest, ast.Load()) if isinstance(node, ast.List) or not rest else ast.Set(rest)
        case ast.Dict(keys, values) if keys:
            for place in range(len(keys)):
                yield ast.Dict(keys[:place] + keys[place + 1 :], values[:place] + values[place + 1 :])
        case ast.Slice(lower, upper, step):
            if lower is not None:
                yield ast.Slice(None, upper, step)
            if upper is not None:
                yield ast.Slice(lower, None, step)


def _fewer(some: ast.Tuple) -> Iterator[ast.Tuple]:
    for place in range(len(some.elts)):
        yield ast.Tuple(some.elts[:place] + some.elts[place + 1 :], ast.Load())
