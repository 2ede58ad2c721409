"""Murphi, as Rumur reads it: a rule per command, a start state per choice of configuration and initial values.

Beside Murphi's invariants it uses `cover`, `liveness` and `assume`, which Rumur has and CMurphi has not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

from tunnelproof.interchange.export.commands import Command, kept, one_after_another
from tunnelproof.interchange.export.header import head, plain
from tunnelproof.interchange.export.machine import Export, Machine
from tunnelproof.interchange.export.names import Vocabulary, enums_of
from tunnelproof.interchange.export.reserved import MURPHI
from tunnelproof.interchange.export.writing import Dialect, Writer
from tunnelproof.model.language.domains import Bool, Domain, Enum, Range
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, Read, conjoin, negate, reads
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.ranges import possible_range
from tunnelproof.model.language.system import ConfigurationVariable, Derived, System, Variable
from tunnelproof.properties.claims import Claim, Fair, Precedence, Reachable, Recoverable

DIALECT = Dialect(
    true="true",
    false="false",
    conditional="({0} ? {1} : {2})",
    patterns={
        "and": " & ",
        "or": " | ",
        "not": "!{0}",
        "implies": "({0} -> {1})",
        "=": "({0} = {1})",
        "!=": "({0} != {1})",
        **{op: f"({{0}} {op} {{1}})" for op in ("<", "<=", ">", ">=", "+", "-", "*")},
        "mod": "({0} % {1})",
        "mod of a negative": "((({0} % {1}) + {1}) % {1})",
        "min": "({0} < {1} ? {0} : {1})",
        "max": "({0} > {1} ? {0} : {1})",
    },
)


def murphi(machine: Machine) -> Export:
    """Return the machine in Murphi."""
    machine.leave_out(Fair, "Murphi has no fair runs")
    return _Murphi(machine).export()


class _Murphi:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.system = machine.system
        self.words = Vocabulary(machine, MURPHI, one_enum_per_member=True)
        self.types = {enum: self.words.fresh(enum.name or "kind") for enum in enums_of(self.system)}
        self.before = {v.name: self.words.fresh(f"old {v.name}") for v in self.system.variables}
        self.names = dict(self.words.names)
        self.names |= {kept(name): word for name, word in self.before.items()}
        self.names |= {d.name: f"{self.words.names[d.name]}()" for d in self.system.derived}
        self.write = Writer(self.system, DIALECT, self.names, self.words.members)
        self.seen: dict[str, str] = {}  # word of a precedence claim's monitor -> its update
        self.properties: list[str] = []
        self.asked: list[tuple[str, str]] = []

    def export(self) -> Export:
        for safety in self.machine.safeties:
            kind, holds = "invariant", safety.holds
            if isinstance(safety.claim, Reachable):
                kind, holds = "cover", self.machine.point(safety.claim.point)
            self._property(kind, safety.id, safety.sentence, self.write(holds))
        for claim in self.machine.claims:
            self._claim(claim)
        rest = [*self._functions(), *self._starts(), *self._rules(), *self.properties]
        body = [*self._declarations(), *rest]
        what = "Exported by tunnelproof; one start state for each configuration and choice of initial values."
        comment = head(self.machine, what, self._running(), self.words.renamed, self.asked)
        lines = [*(f"-- {line}".rstrip() for line in comment), *body]
        return Export("\n".join(lines) + "\n", tuple(self.machine.notes))

    def _claim(self, claim: Claim) -> None:
        match claim:
            case Precedence():
                first, then, since = self.machine.precedence(claim)
                seen = self.words.fresh(f"seen {claim.id}")
                before = f"({seen} & {self.write(negate(since))})" if since != FALSE else seen
                self.seen[seen] = f"({self.write(first)} | {before})"
                self._property("invariant", claim.id, claim.sentence, f"({self.write(then)} -> {seen})")
            case Recoverable(within=int()):
                self.machine.notes.append(f"{claim.id}: Rumur knows no prices")
            case Recoverable() if self.machine.anyone_reaches_and_helps(claim):
                self._property("liveness", claim.id, claim.sentence, self.write(fold(claim.goal)))
            case Recoverable():
                self.machine.notes.append(f"{claim.id}: Rumur's liveness lets every rule help, not only some actors")
            case _:
                pass

    def _property(self, kind: str, id: str, sentence: str, text: str) -> None:  # noqa: A002
        self.properties += ["", f"-- {plain(sentence)}", f'{kind} "{self.words.ids[id]}"', f"  {text};"]
        self.asked.append((f"{kind} {self.words.ids[id]}", sentence))

    def _running(self) -> list[str]:
        return [
            "rumur --deadlock-detection off -o model.c FILE && gcc -O3 -o model model.c -lpthread && ./model",
            "A state without a step is no error unless an invariant says so, hence the option. Where the compiler asks",
            "for it, add -mcx16. All properties are checked together; the first that fails ends the search.",
        ]

    # --- text --------------------------------------------------------------------------------------------------------

    def _declarations(self) -> Iterator[str]:
        lo, hi = self.write.widest
        yield from ("", "type")
        yield f"  {self.words.fresh('numbers')}: {lo}..{hi}; -- so that Rumur computes with numbers as large as these"
        for enum, word in self.types.items():
            yield f"  {word}: enum {{ {', '.join(self.words.members[enum, member] for member in enum.members)} }};"
        yield from ("", "var")
        for variable in self._declared():
            yield f"  {self.names[variable.name]}: {self._type(variable.domain)};"
        for word in (*(self.names[bit.name] for bit in self.machine.history.bits), *self.seen):
            yield f"  {word}: boolean; -- about the steps so far"

    def _type(self, domain: Domain) -> str:
        match domain:
            case Bool():
                return "boolean"
            case Enum():
                return self.types[domain]
            case Range(lo, hi):
                return f"{lo}..{hi}"

    def _functions(self) -> Iterator[str]:
        for derived in _in_order(self.system):
            kind = self.write.scope[derived.name]
            definition = fold(derived.definition)
            domain = kind if isinstance(kind, (Bool, Enum)) else Range(*possible_range(definition, self.system))
            yield ""
            yield f"function {self.words.names[derived.name]}(): {self._type(domain)};"
            yield f"begin return {self.write(definition, kind)}; end;"

    def _starts(self) -> Iterator[str]:
        choices, body = [], []
        for variable in self._declared():
            word, domain = self.names[variable.name], variable.domain
            starts = variable.start if isinstance(variable, Variable) else None
            texts = list(dict.fromkeys(self._value(fold(expr), domain) for expr in starts or ()))
            if starts is None or len(texts) > 1:
                chosen = self.words.fresh(f"any {variable.name}")
                choices.append(f"{chosen}: {self._type(domain)}")
                body += self._one_of(chosen, texts)
                texts = [chosen]
            body.append(f"  {word} := {texts[0]};")
            if variable.name == self._last_chosen():
                body += _assume(self.machine.valid, self.write)
        body += _assume(conjoin(fold(formula) for formula in self.system.initially), self.write)
        body += [f"  {self.names[bit.name]} := false;" for bit in self.machine.history.bits]
        body += [f"  {word} := false;\n  {word} := {text};" for word, text in self.seen.items()]
        yield ""
        yield from ([f"ruleset {'; '.join(choices)} do"] if choices else [])
        yield from ('startstate "start"', "begin", *body, "end;")
        yield from (["end;"] if choices else [])

    def _one_of(self, chosen: str, texts: list[str]) -> list[str]:
        return [f"  assume {' | '.join(f'({chosen} = {text})' for text in texts)};"] if texts else []

    def _declared(self) -> list[ConfigurationVariable | Variable]:
        return [*self.system.configuration, *self.system.variables]

    def _last_chosen(self) -> str | None:
        return self.system.configuration[-1].name if self.system.configuration else None

    def _value(self, expr: Expr, domain: Domain) -> str:
        return self.write(expr, domain if isinstance(domain, Enum) else None)

    def _rules(self) -> Iterator[str]:
        for command in self.machine.commands:
            yield ""
            yield f'rule "{plain(str(command.step))}"'
            yield f"  {self.write(command.guard)}"
            yield from self._body(command)

    def _body(self, command: Command) -> Iterator[str]:
        lines = [
            f"  {self.names[bit.name]} := {self.write(bit.set_by.get(command.label, FALSE))};"
            for bit in self.machine.history.bits
        ]
        keeping = []
        for name, expr in one_after_another(command.effects, self.system):
            if name:
                lines.append(f"  {self.names[name]} := {self._value(expr, self.system.domains[name])};")
                continue
            assert isinstance(expr, Read)
            keeping.append(f"  var {self.before[expr.name]}: {self._type(self.system.domains[expr.name])};")
            lines.append(f"  {self.before[expr.name]} := {self.names[expr.name]};")
        lines += [f"  {word} := {text};" for word, text in self.seen.items()]
        yield from ("==>", *keeping, "begin", *lines, "end;")


def _assume(formula: Expr, write: Writer) -> list[str]:
    return [] if formula == TRUE else [f"  assume {write(formula)};"]


def _in_order(system: System) -> Iterable[Derived]:
    """Return the derived names so that each comes after those it reads."""
    named = system.definitions
    order = TopologicalSorter({n: sorted(reads(d.definition) & named.keys()) for n, d in named.items()})
    return [named[name] for name in order.static_order()]
