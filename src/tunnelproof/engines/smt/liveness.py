"""Claims about fair runs: bounded search for lassos. It refutes; what it does not refute is unknown."""

from __future__ import annotations

import z3

from tunnelproof.engines.contract import Finding, Progress, Question
from tunnelproof.engines.smt.configurations import Settled, asked_about
from tunnelproof.engines.smt.effort import Effort, OutOfEffort
from tunnelproof.engines.smt.guards import Guards
from tunnelproof.engines.smt.lasso import Lasso
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Formula
from tunnelproof.engines.smt.unrolling import Unrolling
from tunnelproof.evidence.certificate import Certificate, Witness, WitnessKind
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.domains import Value

LONGEST = 14  # steps of stem and loop together: few, since every proved configuration is searched as far

Shape = tuple[tuple[int, ...], int]  # the labels of stem and loop, and where the loop begins


class Liveness:
    """One question: which configurations have a lasso, of few steps, that refutes the claim."""

    def __init__(self, question: Question, progress: Progress) -> None:
        self._question, self._progress = question, progress
        self._settled: Settled[Shape] = Settled(question)
        self._task = Task(question.system, question.claim)
        self._marks: dict[tuple[int, int], Formula] = {}

    def finding(self, engine: str) -> Finding:
        """Search for lassos, the shortest first, and say where there are some."""
        reason, detail = None, ""
        try:
            self._search()
        except OutOfEffort as spent:
            reason, detail = spent.reason, spent.detail
        found = self._settled.found
        verdicts = tuple(
            Verdict.REFUTED if i in found else Verdict.UNKNOWN for i in range(len(self._question.configurations))
        )
        nearest = min(found, key=lambda i: (len(found[i][0]), i), default=None)
        return Finding(engine, verdicts, Certificate(), nearest, reason, detail)

    def witness(self, position: int) -> Witness | None:
        """Return the least of the shortest lassos in a configuration that was found to have one."""
        if position not in self._settled.found:
            return None
        question, (labels, loop) = self._question, self._settled.found[position]
        names = [v.name for v in question.system.configuration]
        configuration = question.configurations[position]
        wanted = self._wanted(len(labels), loop)
        wanted += self._runs.configured(dict(zip(names, configuration, strict=True)))
        try:
            if self._runs.holds(wanted):
                labels = self._runs.least(wanted, len(labels))
        except OutOfEffort:
            pass  # as short, perhaps not the least
        steps = tuple(question.system.steps[label] for label in labels)
        return Witness(WitnessKind.LASSO, configuration, steps, loop)

    def _search(self) -> None:
        question, task = self._question, self._task
        effort = Effort(question.limits.seconds)
        allowed = asked_about(question.system.configuration, question.configurations)
        self._guards = Guards(task, allowed, effort)
        self._runs = Unrolling(task, effort, allowed)
        self._open = task.encoder.flag()  # assumed where settled configurations are to be left out
        lasso = Lasso(task, self._runs.states[0], self._runs.named)
        for length in range(LONGEST + 1):
            self._progress(f"lassos of {length} steps")
            if length:
                self._runs.extend_to(length)
                lasso.add(self._runs.steps[-1].chosen, self._runs.states[-1])
            for loop in range(length + 1):
                self._marks[(length, loop)] = self._runs.named(lasso.refutes(loop))
                self._settle(length, loop)
            if not self._runs.holds([self._open]):
                return
        raise OutOfEffort(Reason.LIMIT, f"lassos of more than {LONGEST} steps are not looked for, nor are proofs")

    def _wanted(self, length: int, loop: int) -> list[Formula]:
        return [*self._runs.takes(length), self._marks[(length, loop)]]

    def _settle(self, length: int, loop: int) -> None:
        """Settle every configuration with a lasso of this shape."""
        while self._runs.holds([self._open, *self._wanted(length, loop)]):
            start, labels = self._runs.run(length)
            cubes = self._guards.cubes(start, self._fails(start, labels, loop))
            self._settled.add(cubes, (labels, loop))
            for cube in cubes:
                self._runs.require(z3.Or(z3.Not(self._open), self._runs.outside(cube)))

    def _fails(self, start: dict[str, Value], labels: tuple[int, ...], loop: int) -> Formula:
        """Return the formula over the configuration that these steps exist and make a lasso that refutes the claim."""
        encoder = self._task.encoder
        exists, states = self._guards.run(start, labels)
        lasso = Lasso(self._task, states[0])
        for taken, after in zip(labels, states[1:], strict=True):
            lasso.add([encoder.true if label == taken else encoder.false for label in self._task.labels], after)
        return z3.And(exists, lasso.refutes(loop))
