"""Claims about finite paths: induction over all configurations at once, partitioned by counterexamples."""

from __future__ import annotations

import z3

from tunnelproof.engines.contract import Finding, Progress, Question
from tunnelproof.engines.smt.configurations import Settled, asked_about
from tunnelproof.engines.smt.cubes import Cube
from tunnelproof.engines.smt.effort import Effort, OutOfEffort
from tunnelproof.engines.smt.guards import Guards
from tunnelproof.engines.smt.induction import Counterexample, Induction
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula
from tunnelproof.engines.smt.unrolling import Unrolling
from tunnelproof.evidence.certificate import Certificate, Witness, WitnessKind
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import conjoin
from tunnelproof.properties.claims import Reachable

LONGEST = 1_000  # steps of a trace
MOST_VALUES = 4_000  # of all variables together: each is a literal


class Safety:
    """One question: which configurations are settled by counterexamples, and the proof for the others."""

    def __init__(self, question: Question, progress: Progress) -> None:
        self._question, self._progress = question, progress
        self._settled: Settled[tuple[int, ...]] = Settled(question)  # by the labels of a counterexample
        self._traces: Traces | None = None

    def finding(self, engine: str) -> Finding:
        """Search, and say what was found until the end or until the effort was spent."""
        reason, detail, certificate = None, "", Certificate()
        try:
            certificate = self._search()
        except OutOfEffort as spent:
            reason, detail = spent.reason, spent.detail
        met, unmet = Verdict.REFUTED, Verdict.PROVED
        if isinstance(self._question.claim, Reachable):
            met, unmet = unmet, met
        rest = Verdict.UNKNOWN if certificate.invariant is None else unmet
        found = self._settled.found
        verdicts = tuple(met if i in found else rest for i in range(len(self._question.configurations)))
        nearest = min(found, key=lambda i: (len(found[i]), i), default=None)
        return Finding(engine, verdicts, certificate, nearest, reason, detail)

    def witness(self, position: int) -> Witness | None:
        """Return the least of the shortest traces in a configuration; ``None`` if none is found."""
        question, known = self._question, self._settled.found.get(position)
        configuration = question.configurations[position]
        values = dict(zip((v.name for v in question.system.configuration), configuration, strict=True))
        if self._traces is None:
            self._traces = Traces(Task(question.system, question.claim), Effort(question.limits.seconds))
        fewest, most = (0, LONGEST) if known is None else (len(known), len(known))
        try:
            labels = self._traces.least(values, fewest, most)
        except OutOfEffort:
            labels = known  # as short, perhaps not the least
        if labels is None:
            return None
        steps = tuple(question.system.steps[label] for label in labels)
        return Witness(WitnessKind.TRACE, configuration, steps)

    def _search(self) -> Certificate:
        question = self._question
        task = Task(question.system, question.claim)
        if sum(len(domain.values) for domain in (*task.configuration.values(), *task.state.values())) > MOST_VALUES:
            raise OutOfEffort(Reason.LIMIT, f"the variables have more than {MOST_VALUES} values")
        effort = Effort(question.limits.seconds)
        allowed = asked_about(question.system.configuration, question.configurations)
        guards = Guards(task, allowed, effort)

        def exclude(found: Counterexample) -> list[Cube]:
            cubes = guards.cubes(found.values, _fails(task, guards, found))
            self._settled.add(cubes, found.labels)
            return cubes

        invariant = Induction(task, allowed, exclude, effort, self._progress).prove()
        if invariant is None:
            return Certificate()
        return Certificate(invariant=invariant, covers=conjoin([allowed, *self._settled.others()]))


class Traces:
    """Shortest traces, found by unrolling."""

    def __init__(self, task: Task, effort: Effort) -> None:
        self._task = task
        self._unrolling = Unrolling(task, effort)
        self._bad: list[Formula] = []

    def least(self, configuration: dict[str, Value], fewest: int, most: int) -> tuple[int, ...] | None:
        """Return the labels of the least of the shortest traces to something bad, of so many steps."""
        runs = self._unrolling
        here = runs.configured(configuration)
        for length in range(fewest, most + 1):
            while len(self._bad) <= length:
                runs.extend_to(len(self._bad))
                self._bad.append(runs.named(self._ends_badly(len(self._bad))))
            wanted = [*here, *runs.takes(length), self._bad[length]]
            if runs.holds(wanted):
                return runs.least(wanted, length)
        return None

    def _ends_badly(self, length: int) -> Formula:
        task, last = self._task, self._unrolling.states[length]
        if length == 0:
            return task.bad_at_start(last)
        if task.bad_is_a_state:
            return task.bad_state(last)
        before, step = self._unrolling.states[length - 1], self._unrolling.steps[length - 1]
        cases = [
            z3.And(step.chosen[label], task.bad_step(label, before, last))
            for label in task.labels
            if task.can_be_bad(label)
        ]
        return task.encoder.any(cases)


def _fails(task: Task, guards: Guards, found: Counterexample) -> Formula:
    """Return the formula over the configuration that the counterexample's steps exist and lead to something bad."""
    exists, scopes = guards.run(found.values, found.labels)
    if not found.labels:
        bad = task.bad_at_start(scopes[0])
    elif task.bad_is_a_state:
        bad = task.bad_state(scopes[-1])
    else:
        bad = task.bad_step(found.labels[-1], scopes[-2], scopes[-1])
    return z3.And(exists, bad)
