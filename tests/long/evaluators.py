"""Everything that works out the value of an expression, on random expressions at random points and extreme ones."""

from __future__ import annotations

import ctypes
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
from tests.long.campaign import Campaign, Tally
from tests.oracle.values import Point, value

from tunnelproof.engines.explicit.block import Block
from tunnelproof.engines.explicit.lowering import Lowering, Members
from tunnelproof.engines.explicit.native import Compiled
from tunnelproof.errors import ModelError
from tunnelproof.model.language.document import to_json
from tunnelproof.model.language.domains import BOOL, Bool, Domain, Enum, Range, Value
from tunnelproof.model.language.expressions import (
    ARITHMETIC,
    OPERATORS,
    TRUE,
    Apply,
    Expr,
    Literal,
    Read,
    walk,
)
from tunnelproof.model.language.system import (
    Action,
    ConfigurationVariable,
    DecidedBy,
    Derived,
    Outcome,
    System,
    Variable,
)
from tunnelproof.model.language.wellformed import check_system
from tunnelproof.semantics.step import Environment
from tunnelproof.semantics.tabulate import Table
from tunnelproof.solving.encoding import Encoding
from tunnelproof.solving.reply import Answer
from tunnelproof.solving.solvers import solve
from tunnelproof_certify import Layout, Model

EXPRESSIONS, POINTS = 40, 50  # of one system
NAMED = 3  # derived names that others read: written out, they grow fast
SOLVED = 2  # points of a system at which a solver is asked, too
ENOUGH = 4_000_000
LIGHT = Enum("Light", ("red", "amber", "green"))
PAINT = Enum("Paint", ("green", "blue", "red", "amber-ish"))  # shares members, in other places
TOP = 2**31 - 1
RANGES = (
    Range(0, 1),
    Range(-1, 1),
    Range(3, 3),
    Range(-5, 9),
    Range(TOP - 2, TOP),
    Range(-TOP, 3 - TOP),
    Range(-32_768, 32_767),
    Range(TOP - 65_535, TOP),
)
DIVISORS = (1, 2, 3, 7, 256, TOP, 2**63 - 1)
CONSTANTS = (0, 1, -1, 2, 5, -7, 255, TOP, -TOP, TOP + 1, 2**32, 2**62, -(2**62), 2**63 - 1, 1 - 2**63)
OTHER_ORDERINGS = ("<", "<=", ">", ">=")

Row = Sequence[int]  # a value's place in its domain, for each name of the system
Evaluate = Callable[[System, Sequence[Row]], list[list[Value]]]  # for each derived name its value in each row


def run(trials: int, seed: int, tally: Tally) -> None:
    """Work out so many values, of some expressions at some points each."""
    for place in range(-(-trials // (EXPRESSIONS * POINTS))):
        salt = f"{seed}/{place}"
        random = Random(salt)
        system = drawn_system(random, salt, tally)
        rows = [drawn_row(random, system) for _ in range(POINTS)]
        with tally.trial(lambda s=system, r=rows, t=salt: f"Random({t!r})\n{to_json(s)}\n{r}"):  # type: ignore[misc]
            compare(system, rows, tally)


# --- what is asked ----------------------------------------------------------------------------------------------------


def drawn_system(random: Random, salt: str, tally: Tally) -> System:
    """Draw names of all types, and expressions over them as derived names."""
    domains: list[Domain] = [Bool(), Bool(), LIGHT, PAINT, *random.sample(RANGES, 4)]
    random.shuffle(domains)
    rigid = tuple(ConfigurationVariable(f"k{i}", d, DecidedBy.SETTING) for i, d in enumerate(domains[:3]))
    variables = tuple(Variable(f"x{i}", d, "part") for i, d in enumerate(domains[3:]))
    keep = Action("keep", "user", "part", TRUE, (Outcome("", tuple((v.name, Read(v.name)) for v in variables)),))
    system = System("random", rigid, variables, (keep,), actors=("user",))
    draft = Draft(random, dict(system.domains))
    while len(system.derived) < EXPRESSIONS:
        kind = random.choice([BOOL, BOOL, Range(0, 0), Range(0, 0), LIGHT, PAINT])
        deep = isinstance(kind, Range) and random.random() < 0.06
        derived = Derived(f"d{len(system.derived)}", draft.deep() if deep else draft.of(kind, 4))
        read = [d for d in system.derived if d.name in draft.scope]
        try:
            check_system(replace(system, derived=(*read, derived)))
        except ModelError as fault:
            tally.counts[f"refused: {fault.code}"] += 1
            if fault.code not in ("TP117", "TP135", "TP136"):  # too deep, too large, more than 64 bits
                tally.fail(f"Random({salt!r}): {fault}\n{derived}\n{to_json(system)}")
            continue
        system = replace(system, derived=(*system.derived, derived))
        if len(draft.scope) < len(domains) + NAMED and random.random() < 0.3:
            draft.scope[derived.name] = kind
        tally.counts["expressions"] += 1
        for part in walk(derived.definition):
            if isinstance(part, Apply):
                tally.counts[f"operator {part.op}"] += 1
    return system


class Draft:
    """Draws well-typed expressions over a scope, in which any whole number counts as a range."""

    def __init__(self, random: Random, scope: dict[str, Domain]) -> None:
        self.random, self.scope = random, scope

    def of(self, kind: Domain, depth: int) -> Expr:
        """Draw an expression of a kind, so deep at most."""
        if isinstance(kind, Enum):
            return self.member(kind, depth)
        return self.truth(depth) if isinstance(kind, Bool) else self.number(depth)

    def truth(self, depth: int) -> Expr:
        """Draw a truth value."""
        random = self.random
        if depth == 0 or random.random() < 0.1:
            return Literal(random.random() < 0.5) if random.random() < 0.2 else self.read(Bool)
        op = random.choice(["and", "or", "not", "implies", "if", "same", "=", "!=", *OTHER_ORDERINGS])
        if op in OTHER_ORDERINGS:
            return Apply(op, (self.number(depth - 1), self.number(depth - 1)))
        if op in ("=", "!="):
            return self.equation(op, depth)
        if op == "same":
            return Apply(random.choice(["=", "!="]), (self.truth(depth - 1), self.truth(depth - 1)))
        arity = OPERATORS[op] or random.choice([1, 2, 2, 3])
        return Apply(op, tuple(self.truth(depth - 1) for _ in range(arity)))

    def equation(self, op: str, depth: int) -> Expr:
        """Draw a comparison of numbers or of members, of which one side may be of any enum."""
        enum = self.random.choice([None, LIGHT, PAINT])
        if enum is None:
            return Apply(op, (self.number(depth - 1), self.number(depth - 1)))
        sides = [self.member(enum, depth - 1), self.member(enum, depth - 1, bare=True)]
        self.random.shuffle(sides)
        return Apply(op, tuple(sides))

    def number(self, depth: int) -> Expr:
        """Draw a whole number."""
        random = self.random
        if depth == 0 or random.random() < 0.15:
            return Literal(random.choice(CONSTANTS)) if random.random() < 0.3 else self.read(Range)
        op = random.choice([*sorted(ARITHMETIC), "mod", "if"])
        if op == "mod":
            return Apply(op, (self.number(depth - 1), Literal(random.choice(DIVISORS))))
        if op == "if":
            return Apply(op, (self.truth(depth - 1), self.number(depth - 1), self.number(depth - 1)))
        return Apply(op, (self.number(depth - 1), self.number(depth - 1)))

    def member(self, enum: Enum, depth: int, *, bare: bool = False) -> Expr:
        """Draw a member of the enum; a ``bare`` one may leave open of which enum it is."""
        random = self.random
        if depth == 0 or random.random() < 0.4:
            literal = bare and random.random() < 0.5
            return Literal(random.choice(enum.members)) if literal else self.read(Enum, enum)
        return Apply(
            "if",
            (self.truth(depth - 1), self.member(enum, depth - 1, bare=True), self.member(enum, depth - 1, bare=bare)),
        )

    def deep(self) -> Expr:
        """Draw an expression that is nested about as deep as is allowed."""
        found, random = self.read(Range), self.random
        for _ in range(random.randint(60, 99)):
            op = random.choice(["mod", "if", "-"])  # not min and max: to solvers each argument is written twice
            if op == "mod":
                found = Apply(op, (found, Literal(random.choice(DIVISORS[1:5]))))
            elif op == "if":
                found = Apply(op, (self.read(Bool), found, self.read(Range)))
            else:
                found = Apply(op, (found, self.read(Range)))
        return found

    def read(self, kind: type[Domain], domain: Domain | None = None) -> Expr:
        """Draw a name."""
        fit = [n for n, d in self.scope.items() if isinstance(d, kind) and domain in (None, d)]
        return Read(self.random.choice(fit))


def drawn_row(random: Random, system: System) -> Row:
    """Draw a point, of extremes mostly."""
    sizes = [len(domain_values(domain)) for domain in system.domains.values()]
    return [random.choice([0, size - 1, random.randrange(size)]) for size in sizes]


# --- who answers ------------------------------------------------------------------------------------------------------


def named(system: System, row: Row) -> dict[str, Value]:
    """Return the values of a row."""
    return {n: domain_values(d)[code] for (n, d), code in zip(system.domains.items(), row, strict=True)}


@cache
def domain_values(domain: Domain) -> tuple[Value, ...]:
    """Return the values of a domain; of a large one they are worth keeping."""
    return domain.values


def by_oracle(system: System, rows: Sequence[Row]) -> list[list[Value]]:
    """Ask the brute-force oracle."""
    definitions = {d.name: d.definition for d in system.derived}
    points = [Point(named(system, row), definitions) for row in rows]
    return [[value(d.definition, point) for point in points] for d in system.derived]


def by_interpreter(system: System, rows: Sequence[Row]) -> list[list[Value]]:
    """Ask the interpreter that the judge trusts."""
    rigid = len(system.configuration)
    values = [tuple(named(system, row).values()) for row in rows]
    states = [Environment(system, v[:rigid], v[rigid:]) for v in values]
    return [[state[d.name] for state in states] for d in system.derived]


def by_tables(system: System, rows: Sequence[Row]) -> list[list[Value]]:
    """Ask the interpreter for many states at once."""
    table = Table(system, np.array(rows, dtype=np.int32))
    columns = [table.column(d.name) for d in system.derived]
    return [[column.values[code] for code in column.codes.tolist()] for column in columns]


def by_certifier(system: System, rows: Sequence[Row]) -> list[list[Value]]:
    """Ask the program that checks certificates, which reads the model itself."""
    layout = Layout(Model(json.loads(to_json(system))), system.domains)
    (block,) = layout.blocks([layout.row(row) for row in rows])
    return [block.column(layout.model.derived[d.name]) for d in system.derived]


def by_machine_code(system: System, rows: Sequence[Row]) -> list[list[Value]]:
    """Ask what the explicit engine compiles."""
    block, members = Block(), Members(system)
    codes = {}
    for place, name in enumerate(system.domains):
        pointer = block.value(f"getelementptr i64, ptr %codes, i64 {place}")
        codes[name] = block.value(f"load i64, ptr {pointer}")
    lowering = Lowering(system, members, block, codes.__getitem__)
    truths = [lowering.is_truth(d.definition) for d in system.derived]
    for place, (d, truth) in enumerate(zip(system.derived, truths, strict=True)):
        found = lowering.of(Read(d.name))
        wide = block.value(f"zext i1 {found} to i64") if truth else found
        pointer = block.value(f"getelementptr i64, ptr %out, i64 {place}")
        block.do(f"store i64 {wide}, ptr {pointer}")
    head = "define void @values(ptr noalias %codes, ptr noalias %out) {"
    code = "\n".join([head, *block.lines, "  ret void", "}", *members.definitions(), "!0 = !{}"])
    function = Compiled(code).function("values", [ctypes.c_void_p, ctypes.c_void_p])
    texts = {members.number(text): text for text in (*LIGHT.members, *PAINT.members)}
    kinds = [_kind(system, d.definition) for d in system.derived]
    columns: list[list[Value]] = [[] for _ in system.derived]
    for row in rows:
        given, out = np.array(row, dtype=np.int64), np.zeros(len(kinds), dtype=np.int64)
        function(given.ctypes.data, out.ctypes.data)
        for column, kind, number in zip(columns, kinds, out.tolist(), strict=True):
            column.append(bool(number) if kind == "truth" else texts[number] if kind == "member" else number)
    return columns


def _kind(system: System, expr: Expr) -> str:
    """Say what the values of an expression are."""
    match expr:
        case Apply(op="if", args=(_, chosen, _)):
            return _kind(system, chosen)
        case Apply(op=op):
            return "number" if op in ARITHMETIC else "truth"
        case Read(name=name) if name in system.definitions:
            return _kind(system, system.definitions[name].definition)
        case Read(name=name):
            domain = system.domains[name]
            return "truth" if isinstance(domain, Bool) else "member" if isinstance(domain, Enum) else "number"
        case Literal(value=constant):
            return "truth" if isinstance(constant, bool) else "member" if isinstance(constant, str) else "number"
        case _:
            raise AssertionError(expr)


EVALUATORS: Mapping[str, Evaluate] = {
    "interpreter": by_interpreter,
    "tables": by_tables,
    "certifier": by_certifier,
    "machine code": by_machine_code,
}


def compare(system: System, rows: Sequence[Row], tally: Tally) -> None:
    """Assert that all give the same values, of the same types."""
    wanted = by_oracle(system, rows)
    for name, evaluate in EVALUATORS.items():
        found = evaluate(system, rows)
        for derived, right, said in zip(system.derived, wanted, found, strict=True):
            for row, one, other in zip(rows, right, said, strict=True):
                if type(one) is not type(other) or one != other:
                    wrong = f"{name}: {derived} at {named(system, row)} is {other!r} instead of {one!r}"
                    raise AssertionError(wrong)
    _count(wanted, tally.counts)
    for place in range(SOLVED):
        _solve(system, rows[place], [column[place] for column in wanted], tally.counts)


def _solve(system: System, row: Row, values: Sequence[Value], counts: Counter[str]) -> None:
    """Assert that a solver finds that the terms have these values together; they have one value each there."""
    encoding = Encoding(system)
    terms = [(Read(name), at) for name, at in named(system, row).items()]
    terms += [(Read(d.name), at) for d, at in zip(system.derived, values, strict=True)]
    script = encoding.script(*[encoding.now(Apply("=", (term, Literal(at)))) for term, at in terms])
    answer = solve("z3", script).answer
    assert answer is not Answer.UNSAT, f"the terms have other values at {named(system, row)} than {values}"
    counts[f"pairs that a solver was asked about: {answer}"] += len(values)


def _count(columns: Sequence[Sequence[Value]], counts: Counter[str]) -> None:
    for column in columns:
        counts["pairs"] += len(column)
        for one in column:
            if isinstance(one, bool):
                counts[f"value {str(one).lower()}"] += 1
            elif isinstance(one, str):
                counts["value of an enum"] += 1
            else:
                size = abs(one)
                counts["number below zero"] += one < 0
                counts["number that needs 32 bits or fewer" if size <= TOP else "number that needs more"] += 1


def unmet(counts: Counter[str]) -> list[str]:
    """Name what the counts should show and do not."""
    missing = [] if counts["pairs"] >= ENOUGH else [f"{counts['pairs']:,} pairs"]
    missing += [f"no '{op}'" for op in OPERATORS if not counts[f"operator {op}"]]
    wanted = ("value true", "value false", "value of an enum", "number below zero", "number that needs more")
    missing += [f"no {what}" for what in wanted if not counts[what]]
    return missing + ["no solver was asked"] * (not counts["pairs that a solver was asked about: sat"])


CAMPAIGN = Campaign(
    name="evaluators",
    sentence="a random expression at a point: interpreter, its tables, certifier, compiled code against brute force",
    run=run,
    trials=4_000_000,
    slice=20_000,
    shard=40_000,
    target="4,000,000 pairs of an expression and a point, no difference",
    unmet=unmet,
)
