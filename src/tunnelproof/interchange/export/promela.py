"""Promela, the language of Spin: one process whose steps are the commands.

Spin keeps apart the state before the configuration and the start have been chosen, and counts it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tunnelproof.interchange.export.commands import Command, kept, kept_names, one_after_another
from tunnelproof.interchange.export.fair_rounds import FairRounds
from tunnelproof.interchange.export.header import head, plain
from tunnelproof.interchange.export.linear import IN_PROMELA, linear
from tunnelproof.interchange.export.machine import STOPPED, Condition, Export, Machine, Safety, fair_formulas
from tunnelproof.interchange.export.names import Vocabulary, enums_of
from tunnelproof.interchange.export.reserved import PROMELA
from tunnelproof.interchange.export.writing import Dialect, Writer
from tunnelproof.model.language.domains import Bool, Domain, Enum, Range
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, Literal, Read, conjoin, disjoin, negate
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.system import ConfigurationVariable, Variable
from tunnelproof.model.language.temporal import has_next
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    Fair,
    Ltl,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
)

DIALECT = Dialect(
    true="true",
    false="false",
    conditional="({0} -> {1} : {2})",
    patterns={
        "and": " && ",
        "or": " || ",
        "not": "!{0}",
        "implies": "(!{0} || {1})",
        "=": "({0} == {1})",
        "!=": "({0} != {1})",
        **{op: f"({{0}} {op} {{1}})" for op in ("<", "<=", ">", ">=", "+", "-", "*")},
        "mod": "({0} % {1})",
        "mod of a negative": "((({0} % {1}) + {1}) % {1})",
        "min": "({0} < {1} -> {0} : {1})",
        "max": "({0} > {1} -> {0} : {1})",
    },
)
MOST_SYMBOLS = 250  # Spin keeps all mtype constants in one byte
MOST_ALTERNATIVES = 16  # of a choice that is written out


def promela(machine: Machine) -> Export:
    """Return the machine in Promela."""
    machine.leave_out(Ctl, "branching time is not in Spin's formulas")
    return _Promela(machine).export()


class _Promela:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.system = machine.system
        self.words = Vocabulary(machine, PROMELA)
        names = dict(self.words.names)
        self.before = {name: self.words.fresh(f"old {name}") for name in kept_names(machine.commands, self.system)}
        names |= {kept(name): word for name, word in self.before.items()}
        self.write = Writer(self.system, DIALECT, names, self.words.members)
        self.process, self.again = self.words.fresh("model"), self.words.fresh("again")
        self.arrive, self.look = self.words.fresh("arrive"), self.words.fresh("look")
        self.observers: dict[str, str] = {}  # word -> what it says of each point
        self.started = self.words.fresh("started")
        self.fairness: dict[tuple[Condition, ...], FairRounds] = {}
        self.seen: dict[str, str] = {}  # word of a precedence claim's monitor -> its update
        self.macros: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.reachable: list[str] = []
        self.formulas: list[str] = []

    def export(self) -> Export:
        for safety in self.machine.safeties:
            self._safety(safety)
        for claim in self.machine.claims:
            self._claim(claim)
        if any(isinstance(claim, Ltl) for claim in self.machine.claims):
            self.observers[self.started] = "true"  # set last: then all the others speak of the first point
        body = [
            *self._declarations(),
            *self._definitions(),
            *self._process(),
            *self.formulas,
        ]
        comment = head(self.machine, self._what(), self._running(), self.words.renamed, self.asked)
        text = ["/* " + comment[0], *(f" * {line}".rstrip() for line in comment[1:]), " */", *body]
        return Export("\n".join(text) + "\n", tuple(self.machine.notes))

    # --- claims ------------------------------------------------------------------------------------------------------

    def _safety(self, safety: Safety) -> None:
        word = self.words.ids[safety.id]
        self.macros[word] = self.write(safety.holds)
        if isinstance(safety.claim, Reachable):
            self.reachable.append(word)
            self.asked.append((f"-DCHECK={word}", f"{safety.sentence} A violation is a run that gets there."))
        else:
            self.asked.append((f"-DCHECK={word}", safety.sentence))

    def _claim(self, claim: Claim) -> None:
        match claim:
            case Precedence():
                self._precedence(claim)
            case Ltl() if has_next(claim.formula):
                self.machine.notes.append(f"{claim.id}: in this file a point may be more than one step of Spin's")
            case Fair():
                self._fair(claim)
            case Recoverable():
                self.machine.notes.append(f"{claim.id}: that something stays possible is no formula of linear time")
            case _:
                pass

    def _precedence(self, claim: Precedence) -> None:
        first, then, since = self.machine.precedence(claim)
        word = self.words.ids[claim.id]
        seen = self.words.fresh(f"seen {claim.id}")
        before = f"({seen} && {self.write(negate(since))})" if since != FALSE else seen
        self.seen[seen] = f"{self.write(first)} || {before}"
        self.macros[word] = f"({self.write(negate(then))} || {seen})"
        self.asked.append((f"-DCHECK={word}", claim.sentence))

    def _fair(self, claim: Fair) -> None:
        word = self.words.ids[claim.id]
        conditions = self.machine.conditions(claim)
        fair = self._fairness(conditions)
        self.formulas += ["", *self._commented(claim.sentence)]
        self.formulas += [f"ltl {word} {{ []<>{fair.round} -> {self._wanted(claim)} }}"]
        self.asked.append((f"-N {word}", claim.sentence))

    def _fairness(self, conditions: tuple[Condition, ...]) -> FairRounds:
        if conditions not in self.fairness:
            self.fairness[conditions] = FairRounds(conditions, self.words, self.write)
        return self.fairness[conditions]

    def _wanted(self, claim: Fair) -> str:
        if isinstance(claim, Ltl):
            started, formula = self.started, linear(claim.formula, IN_PROMELA, self._instant)
            return f"(!{started} U ({started} && {formula}))"
        points = [self._observe(self.machine.point(formula)) for formula in fair_formulas(claim)]
        match claim:
            case Response():
                return f"[]({points[0]} -> <>{points[1]})"
            case Recurrence():
                return f"[]<>{points[0]}"
            case _:
                return f"!({' && '.join(f'[]<>{point}' for point in points)})"

    def _instant(self, formula: Expr) -> str:
        return self._observe(self.machine.point(formula))

    def _observe(self, formula: Expr) -> str:
        """Return a variable that says at each point whether the formula holds: Spin's formulas cannot choose."""
        text = self.write(formula)
        for word, says in self.observers.items():
            if says == text:
                return word
        word = self.words.fresh(f"point {len(self.observers) + 1}")
        self.observers[word] = text
        return word

    # --- text --------------------------------------------------------------------------------------------------------

    def _what(self) -> str:
        asked = "configurations are chosen before the start" if self.system.configuration else "one configuration"
        return f"Exported by tunnelproof; {asked}. Spin stores one state more: the one before the start."

    def _running(self) -> list[str]:
        lines = [
            "spin -o2 -a FILE && gcc -O2 -DSAFETY -DNOREDUCE -DNOCLAIM -o pan pan.c && ./pan -E -n -m1000000",
            "-o2: variables that are only written belong to the state. -E: a state without a step is no error.",
            "If pan says 'max search depth too small', give -m more: else it has not seen everything.",
        ]
        if self.macros:
            lines += ["Invariants are checked together; to check one, add -DCHECK=NAME to spin's options."]
        if self.formulas:
            lines += ["For an ltl formula: gcc -O2 -DNOREDUCE -o pan pan.c && ./pan -a -A -E -n -m1000000 -N NAME"]
        return lines

    def _commented(self, text: str) -> list[str]:
        return [f"/* {plain(text)} */"] if text else []

    def _declarations(self) -> Iterator[str]:
        yield from self._enums()
        for title, variables in (("configuration", self.system.configuration), ("state", self.system.variables)):
            if variables:
                yield ""
                yield f"/* {title} */"
                for variable in variables:
                    yield f"{self._type(variable.domain)} {self.words.names[variable.name]};"
        bits = [*self._bits().values(), *self.seen, *self.observers]
        if bits:
            yield ""
            yield "/* what claims need to know about the steps so far */"
            for bit in bits:
                yield f"bool {bit};"
        for rounds in self.fairness.values():
            yield from rounds.declarations()
        for name, word in self.before.items():
            kind = self._type(self.system.domains[name])
            yield f"hidden {'byte' if kind in ('bool', 'bit') else kind} {word};"  # Spin hides no bits

    def _bits(self) -> dict[str, str]:
        bits = {bit.name: self.words.names[bit.name] for bit in self.machine.history.bits}
        return bits | ({STOPPED.name: self.words.names[STOPPED.name]} if self.machine.stops else {})

    def _enums(self) -> Iterator[str]:
        words = list(dict.fromkeys(self.words.members.values()))
        yield ""
        if len(words) <= MOST_SYMBOLS:
            for enum in enums_of(self.system):
                mine = [self.words.members[enum, member] for member in enum.members]
                new = [word for word in mine if word in words]
                words = [word for word in words if word not in new]
                if new:
                    yield f"mtype = {{ {', '.join(new)} }};" + (f" /* {plain(enum.name)} */" if enum.name else "")
        else:
            yield from (f"#define {word} {number}" for number, word in enumerate(words, 1))

    def _type(self, domain: Domain) -> str:
        match domain:
            case Bool():
                return "bool"
            case Enum():
                return "mtype" if len(set(self.words.members.values())) <= MOST_SYMBOLS else "int"
            case Range(lo, hi):
                if lo >= 0 and hi <= 1:
                    return "bit"
                if lo >= 0 and hi <= 255:
                    return "byte"
                return "short" if lo >= -(2**15) and hi < 2**15 else "int"

    def _definitions(self) -> Iterator[str]:
        if self.system.derived:
            yield ""
            for derived in self.system.derived:
                kind = self.write.scope[derived.name]
                definition = self.write(fold(derived.definition), kind)
                yield f"#define {self.words.names[derived.name]} ({definition})"
        if self.macros:
            yield ""
            yield from (f"#define {word} {text}" for word, text in self.macros.items())
            yield "#ifndef CHECK"
            together = [word for word in self.macros if word not in self.reachable] or ["true"]
            yield f"#define CHECK ({' && '.join(together)})"
            yield "#endif"

    def _process(self) -> Iterator[str]:
        looks = [f"{word} = {text}" for word, text in self.observers.items()]
        looks += [line for rounds in self.fairness.values() for line in rounds.look()]
        yield from self._inline(self.look, looks)
        arrivals = [f"{word} = {text}" for word, text in self.seen.items()]
        arrivals += [f"{self.look}()"] if looks else []
        arrivals += ["assert(CHECK)"] if self.macros else []
        yield from self._inline(self.arrive, arrivals)
        yield ""
        yield f"active proctype {self.process}() {{"
        yield from self._start()
        yield "  do"
        for command in self.machine.commands:
            yield f"  :: d_step {{ {self._step(command)} }} /* {plain(str(command.step))} */"
        if self.machine.fair_claims:
            yield f"  :: d_step {{ {self._rest()} }} /* at rest */"
        for rounds in self.fairness.values():
            yield from (f"  :: d_step {{ {line} }} /* never enabled again */" for line in rounds.renounce())
        if not self.machine.commands and not self.machine.fair_claims:
            yield "  :: false"
        yield "  od"
        yield "}"

    def _inline(self, word: str, lines: list[str]) -> Iterator[str]:
        if lines:
            yield from ("", f"inline {word}() {{")
            yield ";\n".join(f"  {line}" for line in lines)
            yield "}"

    def _start(self) -> Iterator[str]:
        checks = [self.machine.valid, fold(conjoin(self.system.initially))]
        if any(check != TRUE for check in checks):
            yield f"{self.again}:"
        lines = [line for variable in self.system.configuration for line in self._chosen(variable)]
        lines += self._checked(checks[0])
        lines += [line for variable in self.system.variables for line in self._chosen(variable)]
        lines += self._checked(checks[1])
        if self._arrives():
            lines.append(f"{self.arrive}()")
        yield "  atomic {"
        yield ";\n".join(f"    {line}" for line in lines or ["skip"])
        yield "  }"

    def _arrives(self) -> bool:
        return bool(self.macros or self.seen or self.fairness)

    def _chosen(self, variable: Variable | ConfigurationVariable) -> list[str]:
        word, domain = self.words.names[variable.name], variable.domain
        kind = domain if isinstance(domain, Enum) else None
        if isinstance(variable, Variable) and variable.start is not None:
            values = list(dict.fromkeys(self.write(fold(expr), kind) for expr in variable.start))
        elif isinstance(domain, Range) and domain.hi - domain.lo >= MOST_ALTERNATIVES:
            return [f"select({word} : {domain.lo} .. {domain.hi})"]
        else:
            values = [self.write(Literal(value), kind) for value in domain.values]
        if len(values) == 1:
            return [f"{word} = {values[0]}"]
        return ["if " + " ".join(f":: {word} = {value}" for value in values) + " fi"]

    def _checked(self, check: Expr) -> list[str]:
        """Return what goes back to the state before the start, with nothing chosen, unless the formula holds."""
        if check == TRUE:
            return []
        chosen = [v.name for v in self.system.configuration]
        chosen += [v.name for v in self.system.variables]
        back = "; ".join(f"{self.words.names[name]} = 0" for name in chosen)
        return [f"if :: {self.write(check)} :: else -> {back}; goto {self.again} fi"]

    def _step(self, command: Command) -> str:
        parts = [
            f"{self._bits()[bit.name]} = {self._set(bit.set_by.get(command.label, FALSE))}"
            for bit in self.machine.history.bits
        ]
        for name, expr in one_after_another(command.effects, self.system):
            if not name:
                assert isinstance(expr, Read)
                parts.append(f"{self.before[expr.name]} = {self.words.names[expr.name]}")
                continue
            parts.append(f"{self.words.names[name]} = {self._assigned(name, expr)}")
        if self._arrives():
            parts.append(f"{self.arrive}()")
        guard = conjoin((negate(STOPPED), command.guard)) if self.machine.stops else command.guard
        return f"{self.write(guard)} -> {'; '.join(parts) or 'skip'}"

    def _set(self, expr: Expr) -> str:
        return self.write(expr)

    def _assigned(self, name: str, expr: Expr) -> str:
        domain = self.system.domains[name]
        return self.write(expr, domain if isinstance(domain, Enum) else None)

    def _rest(self) -> str:
        parts = [f"{self.words.names[bit.name]} = false" for bit in self.machine.history.bits]
        parts += [f"{word} = true" for word in ([self.words.names[STOPPED.name]] if self.machine.stops else [])]
        parts.append(f"{self.look}()")
        guard = disjoin((STOPPED, self.machine.may_rest)) if self.machine.stops else self.machine.may_rest
        return f"{self.write(guard)} -> {'; '.join(parts) or 'skip'}"
