"""Decides by z3: induction over all configurations at once, partitioned by the counterexamples that it meets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
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
from tunnelproof.model.language.expressions import Expr, conjoin
from tunnelproof.model.language.system import ConfigurationVariable
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
        return self._decision(question, progress).finding(self.name)

    def witness(self, question: Question, configuration: int) -> Witness | None:
        """Return the least of the shortest witnesses for one configuration."""
        labels = self._decision(question, lambda _: None).trace(configuration)
        if labels is None:
            return None
        steps = tuple(question.system.steps[label] for label in labels)
        return Witness(WitnessKind.TRACE, question.configurations[configuration], steps)

    def _decision(self, question: Question, progress: Progress) -> Decision:
        if self._last is None or self._last[0] is not question:
            self._last = question, Decision(question, progress)
        return self._last[1]


class Decision:
    """One question: which configurations are settled by counterexamples, and the proof for the others."""

    def __init__(self, question: Question, progress: Progress) -> None:
        self._question, self._progress = question, progress
        self._names = [v.name for v in question.system.configuration]
        self.settled: dict[int, tuple[int, ...]] = {}  # position of a configuration: labels of its counterexample
        self._excluded: list[Cube] = []
        self._unrolling: Unrolling | None = None

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

    def trace(self, position: int) -> tuple[int, ...] | None:
        """Return the labels of the least of the shortest traces in a configuration; ``None`` if none is found."""
        known = self.settled.get(position)
        fewest, most = (0, LONGEST) if known is None else (len(known), len(known))
        effort = Effort(self._question.limits.seconds)
        if self._unrolling is None:
            self._unrolling = Unrolling(Task(self._question.system, self._question.claim), effort)
        try:
            return self._unrolling.shortest(self._question.configurations[position], fewest, most)
        except OutOfEffort:
            return known  # as short, perhaps not the least

    def _search(self) -> Certificate:
        question = self._question
        task = Task(question.system, question.claim)
        if sum(len(domain.values) for domain in (*task.configuration.values(), *task.state.values())) > MOST_VALUES:
            raise OutOfEffort(Reason.LIMIT, f"the variables have more than {MOST_VALUES} values")
        effort = Effort(question.limits.seconds)
        allowed = asked_about(question.system.configuration, question.configurations)
        self._guards = Guards(task, allowed, effort)
        search = Induction(task, allowed, self._exclude, effort, self._progress)
        invariant = search.prove()
        alphabet = self._guards.alphabet
        covers = conjoin([allowed, *(alphabet.complement(cube) for cube in self._excluded)])
        return Certificate() if invariant is None else Certificate(invariant=invariant, covers=covers)

    def _exclude(self, found: Counterexample) -> list[Cube]:
        """Mark the configurations that the counterexample settles, and exclude them."""
        cubes = self._guards.cubes(found)
        for position, configuration in enumerate(self._question.configurations):
            values = dict(zip(self._names, configuration, strict=True))
            if any(self._guards.alphabet.contains(cube, values) for cube in cubes):
                self.settled.setdefault(position, found.labels)
        self._excluded += cubes
        return cubes


def asked_about(variables: Sequence[ConfigurationVariable], configurations: Iterable[Values]) -> Expr:
    """Return a formula that holds in just these configurations. Raises `OutOfEffort` if that would take too long."""
    tied, rows = _tied(variables, set(configurations))
    if prod(len(v.domain.values) for v in tied) > MOST_COMBINATIONS:
        raise OutOfEffort(Reason.LIMIT, f"more than {MOST_COMBINATIONS} combinations of configuration values")
    others = [row for row in product(*(v.domain.values for v in tied)) if row not in rows]
    return formula(tied, sorted(rows, key=repr), others)


def _tied(
    variables: Sequence[ConfigurationVariable], rows: set[Values]
) -> tuple[list[ConfigurationVariable], set[Values]]:
    """Leave out the variables that have every value whatever the others have."""
    tied = list(variables)
    for variable in variables:
        place = tied.index(variable)
        others = {row[:place] + row[place + 1 :] for row in rows}
        if len(others) * len(variable.domain.values) == len(rows):
            del tied[place]
            rows = others
    return tied, rows
