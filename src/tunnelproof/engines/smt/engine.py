"""Decides by z3: induction over all configurations at once, partitioned by the counterexamples that it meets."""

from __future__ import annotations

from math import prod

from tunnelproof.engines.contract import Finding, Progress, Question
from tunnelproof.engines.smt.cubes import Cube
from tunnelproof.engines.smt.effort import Effort, OutOfEffort
from tunnelproof.engines.smt.guards import Guards
from tunnelproof.engines.smt.induction import Counterexample, Induction
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.unrolling import Unrolling
from tunnelproof.evidence.certificate import Certificate, Values, Witness, WitnessKind
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.family.formulas import formula
from tunnelproof.model.language.expressions import TRUE, Expr, conjoin
from tunnelproof.properties.claims import Claim, DeadlockFree, Invariant, Precedence, Reachable, StepInvariant

LONGEST = 1_000  # steps of a trace
MOST_COMBINATIONS = 200_000  # of configuration values, valid or not
MOST_VALUES = 4_000  # of all variables together: each is a literal


class SmtEngine:
    """Proves invariants by induction and refutes them by shortest traces; what z3 leaves open is unknown."""

    name = "smt"

    def __init__(self) -> None:
        self._last: tuple[Question, Decision] | None = None

    def supports(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind."""
        return isinstance(claim, (Invariant, StepInvariant, Reachable, Precedence, DeadlockFree))

    def decide(self, question: Question, progress: Progress) -> Finding:
        """Answer the question for every configuration."""
        self._last = question, Decision(question, progress)
        return self._last[1].finding(self.name)

    def witness(self, question: Question, configuration: int) -> Witness | None:
        """Return the least of the shortest witnesses for one configuration."""
        values = question.configurations[configuration]
        task = Task(question.system, question.claim)
        known = self._last[1].settled.get(configuration) if self._last and self._last[0] is question else None
        longest = LONGEST if known is None else len(known)
        try:
            labels = Unrolling(task, values, Effort(question.limits.seconds)).shortest(longest)
        except OutOfEffort:
            labels = known  # as short, perhaps not the least
        if labels is None:
            return None
        return Witness(WitnessKind.TRACE, values, tuple(question.system.steps[label] for label in labels))


class Decision:
    """One question: which configurations are settled by counterexamples, and the proof for the others."""

    def __init__(self, question: Question, progress: Progress) -> None:
        self._question, self._progress = question, progress
        self._names = [v.name for v in question.system.configuration]
        self.settled: dict[int, tuple[int, ...]] = {}  # position of a configuration: labels of its counterexample
        self._excluded: list[Cube] = []

    def finding(self, engine: str) -> Finding:
        """Search, and say what was found until the end or until the effort was spent."""
        reason, detail, certificate = None, "", Certificate()
        proved = False
        try:
            certificate = self._search()
            proved = certificate.invariant is not None
        except OutOfEffort as spent:
            reason, detail = spent.reason, spent.detail
        met, unmet = Verdict.REFUTED, Verdict.PROVED
        if isinstance(self._question.claim, Reachable):
            met, unmet = unmet, met
        rest = unmet if proved else Verdict.UNKNOWN
        verdicts = tuple(met if i in self.settled else rest for i in range(len(self._question.configurations)))
        nearest = min(self.settled, key=lambda i: (len(self.settled[i]), i), default=None)
        return Finding(engine, verdicts, certificate, nearest, reason, detail)

    def _search(self) -> Certificate:
        question = self._question
        task = Task(question.system, question.claim)
        if sum(len(domain.values) for domain in (*task.configuration.values(), *task.state.values())) > MOST_VALUES:
            raise OutOfEffort(Reason.LIMIT, f"the variables have more than {MOST_VALUES} values")
        effort = Effort(question.limits.seconds)
        allowed = self._allowed()
        self._guards = Guards(task, allowed, effort)
        search = Induction(task, allowed, self._exclude, effort, self._progress)
        invariant = search.prove()
        alphabet = self._guards.alphabet
        covers = conjoin([allowed, *(alphabet.complement(cube) for cube in self._excluded)])
        return Certificate() if invariant is None else Certificate(invariant=invariant, covers=covers)

    def _allowed(self) -> Expr:
        """Return a formula for the configurations asked about."""
        variables, asked = self._question.system.configuration, self._question.configurations
        combinations = prod(len(v.domain.values) for v in variables)
        if combinations == len(asked):
            return TRUE
        if combinations > MOST_COMBINATIONS:
            raise OutOfEffort(Reason.LIMIT, f"more than {MOST_COMBINATIONS} combinations of configuration values")
        return formula(variables, asked, _others(self._question))

    def _exclude(self, found: Counterexample) -> list[Cube]:
        """Mark the configurations that the counterexample settles, and exclude them."""
        cubes = self._guards.cubes(found)
        for position, configuration in enumerate(self._question.configurations):
            values = dict(zip(self._names, configuration, strict=True))
            if any(self._guards.alphabet.contains(cube, values) for cube in cubes):
                self.settled.setdefault(position, found.labels)
        self._excluded += cubes
        return cubes


def _others(question: Question) -> list[Values]:
    """Return the combinations of configuration values that are not asked about."""
    asked = set(question.configurations)
    rows: list[Values] = [()]
    for variable in question.system.configuration:
        rows = [(*row, value) for row in rows for value in variable.domain.values]
    return [row for row in rows if row not in asked]
