"""SMV, the language of NuSMV: a transition relation that is the disjunction of the commands.

Configuration variables are frozen, and stand beside the variables that are read with them: NuSMV's diagrams follow the
order of declaration.
"""

from __future__ import annotations

from collections.abc import Iterator

from tunnelproof.interchange.export.branching import branching, not_branching
from tunnelproof.interchange.export.commands import Command
from tunnelproof.interchange.export.header import head, plain
from tunnelproof.interchange.export.linear import IN_SMV, linear
from tunnelproof.interchange.export.machine import STOPPED, Condition, Export, Machine, fair_formulas
from tunnelproof.interchange.export.names import Vocabulary
from tunnelproof.interchange.export.reserved import SMV
from tunnelproof.interchange.export.writing import Dialect, Writer
from tunnelproof.model.language.domains import Bool, Domain, Enum, Range
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, conjoin, disjoin, negate
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.system import ConfigurationVariable, Variable
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
    true="TRUE",
    false="FALSE",
    conditional="({0} ? {1} : {2})",
    patterns={
        "and": " & ",
        "or": " | ",
        "not": "!{0}",
        "implies": "({0} -> {1})",
        "=": "({0} = {1})",
        "!=": "({0} != {1})",
        **{op: f"({{0}} {op} {{1}})" for op in ("<", "<=", ">", ">=", "+", "-", "*")},
        "mod": "({0} mod {1})",
        "mod of a negative": "((({0} mod {1}) + {1}) mod {1})",
        "min": "({0} < {1} ? {0} : {1})",
        "max": "({0} > {1} ? {0} : {1})",
    },
)


def smv(machine: Machine) -> Export:
    """Return the machine in SMV."""
    if why := not_branching(machine):
        machine.leave_out(Ctl, why)
    return _Smv(machine).export()


class _Smv:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.system = machine.system
        machine.ask_who_recovers()
        self.words = Vocabulary(machine, SMV)
        self.names = self.words.names
        self.write = Writer(self.system, DIALECT, self.names, self.words.members)
        self.bits = list(machine.bits)
        self.changing = [v.name for v in self.system.variables] + self.bits
        self.fairness = self._shared_fairness()
        self.properties: list[str] = []
        self.asked: list[tuple[str, str]] = []

    def export(self) -> Export:
        for safety in self.machine.safeties:
            if not isinstance(safety.claim, Reachable):
                self._property("INVARSPEC", safety.id, safety.sentence, self.write(safety.holds))
        for claim in self.machine.claims:
            self._claim(claim)
        body = [
            "MODULE main",
            *self._variables(),
            *self._definitions(),
            *self._relation(),
            *self._constraints(),
            *self.properties,
        ]
        what = "Exported by tunnelproof; all configurations at once."
        comment = head(self.machine, what, self._running(), self.words.renamed, self.asked)
        lines = [*(f"-- {line}".rstrip() for line in comment), *body]
        return Export("\n".join(lines) + "\n", tuple(self.machine.notes))

    # --- claims ------------------------------------------------------------------------------------------------------

    def _claim(self, claim: Claim) -> None:
        match claim:
            case Reachable():
                self._reachable(claim)
            case Precedence():
                self._precedence(claim)
            case Recoverable(within=int()):
                self.machine.notes.append(f"{claim.id}: formulas of branching time know no prices")
            case Recoverable():
                self._recoverable(claim)
            case Ctl():
                self._property("CTLSPEC", claim.id, claim.sentence, branching(claim.formula, self._instant))
            case Fair():
                own = () if self.fairness else self.machine.conditions(claim)
                fair = [self._promise(condition) for condition in own]
                wanted = self._wanted(claim)
                text = f"({' & '.join(fair)})\n  -> {wanted}" if fair else wanted
                self._property("LTLSPEC", claim.id, claim.sentence, text)
            case _:
                pass

    def _property(self, kind: str, id: str, sentence: str, text: str) -> None:  # noqa: A002
        self.properties += ["", f"-- {plain(sentence)}", f"{kind} NAME {self.words.ids[id]} :=\n  {text};"]
        self.asked.append((f"{kind} {self.words.ids[id]}", sentence))

    def _reachable(self, claim: Reachable) -> None:
        if self.machine.starts_are_fixed:
            point = self.machine.point(claim.point)
            if self.machine.stops:
                point = conjoin((negate(STOPPED), point))
            self._property("CTLSPEC", claim.id, claim.sentence, f"EF {self.write(point)}")
            return
        holds = next(safety.holds for safety in self.machine.safeties if safety.claim == claim)
        sentence = f"Not so: {claim.sentence} False means that it is, in some configuration."
        self._property("INVARSPEC", claim.id, sentence, self.write(holds))
        self.machine.notes.append(
            f"{claim.id}: a configuration can start in several states, so the claim is written as its denial"
        )

    def _precedence(self, claim: Precedence) -> None:
        first, then, since = self.machine.precedence(claim)
        without = self.write(negate(first))
        text = f"!E [{without} U ({without} & {self.write(then)})]"
        if since != FALSE:
            text += f" & AG ({self.write(since)} -> {text})"
        self._property("CTLSPEC", claim.id, claim.sentence, text)

    def _recoverable(self, claim: Recoverable) -> None:
        machine = self.machine
        goal, helped, strayed = self.write(fold(claim.goal)), machine.helped(claim), machine.strayed(claim)
        possible = f"EF {goal}"
        if helped != TRUE:
            by = self.write(helped)
            possible = f"({goal} | EX E [{by} U ({by} & {goal})])"
        at_rest = f"{self.names[STOPPED.name]} | " if machine.stops else ""
        text = f"AG ({at_rest}{possible})"
        if strayed != FALSE:
            stays = self.write(negate(strayed))
            text = f"!E [{stays} U ({stays} & !({at_rest}{possible}))]"
        self._property("CTLSPEC", claim.id, claim.sentence, text)

    def _instant(self, formula: Expr) -> str:
        return self.write(self.machine.point(formula))

    def _shared_fairness(self) -> tuple[Condition, ...]:
        """Return the conditions of fairness that can stand beside the relation, where NuSMV decides faster.

        All claims about fair runs must have the same, and no formula may be CTL: of that NuSMV warns. Claims of
        branching time have no other way; theirs are the same, and weak.
        """
        others = any(isinstance(claim, (Reachable, Precedence, Recoverable)) for claim in self.machine.claims)
        found = dict.fromkeys(self.machine.conditions(claim) for claim in self.machine.fair_claims)
        allowed = any(isinstance(claim, Ctl) for claim in self.machine.claims) or not others
        return next(iter(found)) if len(found) == 1 and allowed else ()

    def _constraints(self) -> Iterator[str]:
        for condition in self.fairness:
            yield f"-- {plain(condition.says)}"
            if condition.given == TRUE:
                yield f"JUSTICE {self.write(condition.then)};"
            else:
                yield f"COMPASSION ({self.write(condition.given)}, {self.write(condition.then)});"

    def _promise(self, condition: Condition) -> str:
        then = f"G F {self.write(condition.then)}"
        return then if condition.given == TRUE else f"(G F {self.write(condition.given)} -> {then})"

    def _wanted(self, claim: Fair) -> str:
        if isinstance(claim, Ltl):
            return linear(claim.formula, IN_SMV, self._instant)
        points = [self.write(self.machine.point(formula)) for formula in fair_formulas(claim)]
        match claim:
            case Response():
                return f"G ({points[0]} -> F {points[1]})"
            case Recurrence():
                return f"G F {points[0]}"
            case _:
                return f"!({' & '.join(f'G F {point}' for point in points)})"

    # --- text --------------------------------------------------------------------------------------------------------

    @property
    def rests(self) -> bool:
        """Whether rest is written. Invariants alone do not need it, and the condition costs NuSMV time."""
        only_invariants = bool(self.machine.claims) and all(name.startswith("INVARSPEC") for name, _ in self.asked)
        return self.machine.may_rest != FALSE and not only_invariants

    def _running(self) -> list[str]:
        lines = ["NuSMV FILE"]
        if self.machine.fair_claims:
            lines = [
                "NuSMV -dcx FILE (verdicts alone: a fair counterexample can take NuSMV very long; drop -dcx for it)"
            ]
        if not self.properties:
            lines = [
                "echo 'go; compute_reachable; print_reachable_states; quit' > commands && NuSMV -source commands FILE"
            ]
        if self.rests:
            lines.append("SMV wants a next state for every state: the last line of TRANS is a run at rest.")
        return lines

    def _variables(self) -> Iterator[str]:
        section = ""
        for variable in self._placed():
            wanted = "FROZENVAR" if isinstance(variable, ConfigurationVariable) else "VAR"
            if wanted != section:
                yield wanted
                section = wanted
            yield f"  {self.names[variable.name]} : {self._type(variable.domain)};"
        if self.bits:
            yield "VAR -- about the last step"
            yield from (f"  {self.names[bit]} : boolean;" for bit in self.bits)

    def _placed(self) -> list[ConfigurationVariable | Variable]:
        """Return the variables with each configuration variable after those of the first command that reads it."""
        position = {v.name: i for i, v in enumerate(self.system.variables)}
        after: dict[int, list[ConfigurationVariable]] = {}
        for rigid in self.system.configuration:
            places = [
                place for c in self.machine.commands if (place := self._place(c, rigid.name, position)) is not None
            ]
            after.setdefault(min(places, default=len(position) - 1), []).append(rigid)
        placed: list[ConfigurationVariable | Variable] = [*after.get(-1, [])]
        for i, variable in enumerate(self.system.variables):
            placed += [variable, *after.get(i, [])]
        return placed

    def _place(self, command: Command, rigid: str, position: dict[str, int]) -> int | None:
        reads = self.system.reads(command.guard).union(*(self.system.reads(expr) for _, expr in command.effects))
        if rigid not in reads:
            return None
        touched = {name for name in reads if name in position} | {name for name, _ in command.effects}
        return max((position[name] for name in touched), default=None)

    def _type(self, domain: Domain) -> str:
        match domain:
            case Bool():
                return "boolean"
            case Enum():
                return f"{{{', '.join(self.words.members[domain, member] for member in domain.members)}}}"
            case Range(lo, hi):
                return f"{lo}..{hi}"

    def _definitions(self) -> Iterator[str]:
        if self.system.derived:
            yield "DEFINE"
        for derived in self.system.derived:
            definition = self.write(fold(derived.definition), self.write.scope[derived.name])
            yield f"  {self.names[derived.name]} := {definition};"

    def _relation(self) -> Iterator[str]:
        initial = [*([self.machine.valid] if self.machine.valid != TRUE else []), *self.system.initially]
        texts = [self.write(fold(formula)) for formula in initial]
        texts += [text for variable in self.system.variables if (text := self._starts(variable))]
        texts += [f"!{self.names[bit]}" for bit in self.bits]
        if texts:
            yield "INIT"
            yield "  " + "\n  & ".join(texts) + ";"
        steps = [(plain(str(command.step)), self._step(command)) for command in self.machine.commands]
        if self.rests:
            steps.append(("at rest", self._rest()))
        yield "TRANS"
        for i, (label, text) in enumerate(steps):
            yield f"  {'|' if i else ' '} {text} -- {label}"
        yield "  ;" if steps else "  FALSE;"

    def _starts(self, variable: Variable) -> str:
        if variable.start is None:
            return ""
        values = dict.fromkeys(self._value(fold(expr), variable.domain) for expr in variable.start)
        word = self.names[variable.name]
        shown = [f"{word} = {value}" for value in values]
        return shown[0] if len(shown) == 1 else f"({' | '.join(shown)})"

    def _value(self, expr: Expr, domain: Domain) -> str:
        return self.write(expr, domain if isinstance(domain, Enum) else None)

    def _step(self, command: Command) -> str:
        guard = conjoin((negate(STOPPED), command.guard)) if self.machine.stops else command.guard
        domains = self.system.domains
        after = {name: self._value(expr, domains[name]) for name, expr in command.effects}
        after |= {b.name: self.write(b.set_by.get(command.label, FALSE)) for b in self.machine.history.bits}
        return self._moves(guard, after | ({STOPPED.name: "FALSE"} if self.machine.stops else {}))

    def _rest(self) -> str:
        if not self.machine.fair_claims:
            return self._moves(self.machine.may_rest, {})
        guard = disjoin((STOPPED, self.machine.may_rest)) if self.machine.stops else self.machine.may_rest
        after = {bit.name: "FALSE" for bit in self.machine.history.bits}
        return self._moves(guard, after | ({STOPPED.name: "TRUE"} if self.machine.stops else {}))

    def _moves(self, guard: Expr, after: dict[str, str]) -> str:
        names = [*(n for n in self.changing if n in after), *(n for n in self.changing if n not in after)]
        moves = [f"next({self.names[n]}) = {after.get(n, self.names[n])}" for n in names]
        return f"({' & '.join([self.write(guard), *moves])})"
