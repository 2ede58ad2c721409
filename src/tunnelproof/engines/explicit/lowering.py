"""Expressions as LLVM instructions. Truth values are `i1`, whole numbers and numbers of enum members `i64`.

The interval analysis of a checked system allows no whole number that needs more than 64 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

from tunnelproof.engines.explicit.block import FALSE, TRUE, Block
from tunnelproof.model.language.domains import Bool, Domain, Enum, Range, Value
from tunnelproof.model.language.expressions import Apply, By, Expr, Literal, Next, Read, Taken
from tunnelproof.model.language.system import System

Codes = Callable[[str], str]  # from a name to the value that holds its code

_COMPARE = {"=": "eq", "!=": "ne", "<": "slt", "<=": "sle", ">": "sgt", ">=": "sge"}
_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul"}


class Members:
    """One number for each enum member of a system, and the tables between numbers and codes."""

    def __init__(self, system: System) -> None:
        domains = [*system.domains.values(), *(p.domain for action in system.actions for p in action.parameters)]
        texts = (member for domain in domains if isinstance(domain, Enum) for member in domain.members)
        self._numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        self._globals: dict[tuple[int, ...], str] = {}

    def number(self, text: str) -> int:
        """Return the member's number."""
        return self._numbers.setdefault(text, len(self._numbers))

    def decoded(self, block: Block, domain: Enum, code: str) -> str:
        """Return the number of the member with this code."""
        return self._looked_up(block, tuple(self.number(m) for m in domain.members), code)

    def encoded(self, block: Block, domain: Enum, number: str) -> str:
        """Return the code of the member with this number; -1 if the domain has no such member."""
        code_of = {member: code for code, member in enumerate(domain.members)}
        return self._looked_up(block, tuple(code_of.get(text, -1) for text in self._numbers), number)

    def _looked_up(self, block: Block, table: tuple[int, ...], index: str) -> str:
        if all(entry == table[0] + i for i, entry in enumerate(table)):
            return block.value(f"add i64 {index}, {table[0]}")
        name = self._globals.setdefault(table, f"@members{len(self._globals)}")
        place = block.value(f"getelementptr [{len(table)} x i64], ptr {name}, i64 0, i64 {index}")
        return block.value(f"load i64, ptr {place}, !invariant.load !0")

    def definitions(self) -> list[str]:
        """Return the tables that have been used, as module-level lines."""
        return [
            f"{name} = private unnamed_addr constant [{len(t)} x i64] [{', '.join(f'i64 {n}' for n in t)}]"
            for t, name in self._globals.items()
        ]


class Lowering:
    """Lowers expressions over one state; ``later``, if there is one, over the state after the step."""

    def __init__(
        self, system: System, members: Members, block: Block, codes: Codes, later: Lowering | None = None
    ) -> None:
        self.block, self.codes = block, codes
        self._system, self._members, self._later = system, members, later
        self._derived: dict[str, str] = {}
        self.parameters: Mapping[str, Value] = {}

    def of(self, expr: Expr) -> str:
        """Return the expression's value."""
        match expr:
            case Literal():
                return self._constant(expr.value)
            case Read():
                return self._read(expr.name)
            case Apply("=" | "!=", (Read() as read, Literal() as literal)) if self._is_member(read, literal):
                return self._compared_to_member(expr.op, read.name, str(literal.value))
            case Apply():
                return self._apply(expr.op, [self.of(arg) for arg in expr.args], self.is_truth(expr.args[-1]))
            case Next():
                assert self._later is not None
                return self._later.of(expr.body)
            case Taken() | By():
                raise AssertionError(f"a step is not known: {expr}")

    def code(self, expr: Expr, domain: Domain) -> str:
        """Return the code that the expression's value has in the domain; out of the domain's codes for any other."""
        match expr:
            case Read(name) if name in self.parameters:
                return self.code(Literal(self.parameters[name]), domain)
            case Literal():
                return str(domain.values.index(expr.value)) if expr.value in domain.values else "-1"
            case Apply("if", (condition, chosen, otherwise)):
                one, other = self.code(chosen, domain), self.code(otherwise, domain)
                return self.block.value(f"select i1 {self.of(condition)}, i64 {one}, i64 {other}")
            case Read(name) if self._system.domains.get(name) == domain:
                return self.codes(name)
        match domain:
            case Bool():
                return self.block.value(f"zext i1 {self.of(expr)} to i64")
            case Range():
                return self.block.value(f"sub i64 {self.of(expr)}, {domain.lo}")
            case Enum():
                return self._members.encoded(self.block, domain, self.of(expr))

    def is_truth(self, expr: Expr) -> bool:
        """Say whether the expression's values are truth values."""
        match expr:
            case Literal():
                return isinstance(expr.value, bool)
            case Read(name) if name in self.parameters:
                return isinstance(self.parameters[name], bool)
            case Read(name) if name in self._system.definitions:
                return self.is_truth(self._system.definitions[name].definition)
            case Read(name):
                return isinstance(self._system.domains[name], Bool)
            case Apply("+" | "-" | "*" | "mod" | "min" | "max"):
                return False
            case Apply("if", (_, chosen, _)):
                return self.is_truth(chosen)
            case Next():
                return self.is_truth(expr.body)
            case _:
                return True

    def _constant(self, value: Value) -> str:
        if isinstance(value, bool):
            return TRUE if value else FALSE
        return str(self._members.number(value) if isinstance(value, str) else value)

    def _read(self, name: str) -> str:
        if name in self.parameters:
            return self._constant(self.parameters[name])
        if name in self._system.definitions:
            if name not in self._derived:
                self._derived[name] = self.of(self._system.definitions[name].definition)
            return self._derived[name]
        code = self.codes(name)
        match self._system.domains[name]:
            case Bool():
                return self.block.value(f"icmp ne i64 {code}, 0")
            case Range(lo):
                return code if lo == 0 else self.block.value(f"add i64 {code}, {lo}")
            case Enum() as domain:
                return self._members.decoded(self.block, domain, code)

    def _is_member(self, read: Read, literal: Literal) -> bool:
        named = read.name not in self.parameters and read.name in self._system.domains
        return named and isinstance(literal.value, str)

    def _compared_to_member(self, op: str, name: str, member: str) -> str:
        domain = self._system.domains[name]
        if member not in domain.values:
            return FALSE if op == "=" else TRUE
        return self.block.value(f"icmp {_COMPARE[op]} i64 {self.codes(name)}, {domain.values.index(member)}")

    def _apply(self, op: str, args: list[str], truths: bool) -> str:
        block = self.block
        match op:
            case "and":
                return reduce(block.both, args)
            case "or":
                return reduce(block.either, args)
            case "not":
                return block.opposite(args[0])
            case "implies":
                return block.either(block.opposite(args[0]), args[1])
            case "if":
                kind = "i1" if truths else "i64"
                return block.value(f"select i1 {args[0]}, {kind} {args[1]}, {kind} {args[2]}")
            case "min" | "max":
                return block.value(f"call i64 @llvm.s{op}.i64(i64 {args[0]}, i64 {args[1]})")
            case "mod":  # never negative: a negative remainder is one divisor too small
                rest = block.value(f"srem i64 {args[0]}, {args[1]}")
                negative = block.value(f"icmp slt i64 {rest}, 0")
                return block.value(f"select i1 {negative}, i64 {block.value(f'add i64 {rest}, {args[1]}')}, i64 {rest}")
            case _ if op in _ARITHMETIC:
                return block.value(f"{_ARITHMETIC[op]} i64 {args[0]}, {args[1]}")
            case _:
                return block.value(f"icmp {_COMPARE[op]} {'i1' if truths else 'i64'} {args[0]}, {args[1]}")
