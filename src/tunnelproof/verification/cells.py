"""Cells with their formulas, evidence and neighbours, out of what the judge has checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tunnelproof.engines.contract import Question
from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Values, WitnessKind
from tunnelproof.evidence.checking.judge import CheckedProof, CheckedWitness, Judge
from tunnelproof.evidence.checking.replay import Lanes, Replay
from tunnelproof.evidence.rows import Layout
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.family.deciders import groups
from tunnelproof.family.nearest import Change, flips, nearest
from tunnelproof.family.partition import Cell as Rows
from tunnelproof.family.partition import Partition, formula_for
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.system import Confidence, DecidedBy, Step, System
from tunnelproof.properties.claims import Ctl, Ltl, NeverForever, Reachable, Recoverable, Recurrence, Response
from tunnelproof.semantics.cone import restrict
from tunnelproof.verification.about_runs import about_runs
from tunnelproof.verification.outcome import Cell, Evidence, Label
from tunnelproof.verification.runs import Named, Run

_MOST_ROUNDS = 8  # of a loop, until the variables outside the cone have settled


class CellMaker:
    """Makes the cells of one claim."""

    def __init__(
        self,
        system: System,
        space: ConfigurationSpace,
        judge: Judge,
        question: Question,
        partition: Partition[Label],
        proof: CheckedProof | None,
        witnesses: Sequence[CheckedWitness],
    ) -> None:
        self._system, self._space, self._judge = system, space, judge
        self._question, self._claim = question, question.claim
        self._shown = about_runs(question.claim)  # what the witnesses refute
        self._partition, self._proof, self._witnesses = partition, proof, witnesses
        self._place = {row: place for place, row in enumerate(partition.labels)}
        self._verdicts = partition.relabelled(lambda label: label.verdict)

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells: proved, refuted, unknown, withheld; a vacuous one after the one that is not."""
        order = [Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN, Verdict.WITHHELD]
        found = sorted(self._partition.cells, key=lambda c: (order.index(c.label.verdict), bool(c.label.vacuous)))
        return tuple(self._cell(rows) for rows in found)

    def _cell(self, rows: Rows[Label]) -> Cell:
        sides = self._partition.sides(rows.label)
        evidence = self._evidence(rows.label.verdict)
        return Cell(
            verdict=rows.label.verdict,
            vacuous=rows.label.vacuous,
            configurations=rows.configurations,
            when=self._partition.formula(rows.label),
            groups=groups(sides.variables, sides.on, sides.off),
            evidence=evidence,
            rests_on=self._rests_on(evidence) if evidence.checked else (),
            flips=self._flips(evidence, rows),
        )

    # --- evidence ----------------------------------------------------------------------------------------------------

    def _evidence(self, verdict: Verdict) -> Evidence:
        if verdict in (Verdict.UNKNOWN, Verdict.WITHHELD):
            return Evidence("none", False)
        witnessed = Verdict.PROVED if isinstance(self._claim, Reachable) else Verdict.REFUTED
        if verdict is witnessed and not isinstance(self._claim, Ctl):
            runs = tuple(self._run(checked) for checked in self._witnesses)
            return Evidence(runs[0].kind.value, True, steps=sum(len(r.steps) for r in runs), runs=runs)
        assert self._proof is not None
        if self._proof.obligations:
            return Evidence("invariant", True, steps=self._proof.obligations)
        shown = isinstance(self._claim, Ctl) and verdict is Verdict.REFUTED
        runs = tuple(self._run(checked) for checked in self._witnesses) if shown else ()
        return Evidence(self._certificate_kind(), True, self._proof.pairs, self._proof.steps, runs)

    def _certificate_kind(self) -> str:
        match self._claim:
            case Recoverable():
                return "ranks"
            case Response() | Recurrence() | NeverForever() | Ltl():
                return "scc-tree"
            case Ctl():
                return "labelling"
            case _:
                return "closed-set"

    def _run(self, checked: CheckedWitness) -> Run:
        """Show a witness in the least configuration of the whole model that extends the one it was found for."""
        witness, names = checked.witness, tuple(v.name for v in self._question.system.configuration)
        position = next(i for i, c in enumerate(checked.lanes.configurations) if c == witness.configuration)
        lane = dict(checked.settled)[position]
        configuration = self._space.least_extension(names, witness.configuration)
        start = Layout(self._question.system).decode(checked.lanes.history[0][lane].tolist())[1]
        whole = self._replayed_whole(checked, configuration, start)
        trap: tuple[Named, ...] = ()
        if witness.kind is WitnessKind.TRAP:
            end = checked.lanes.history[-1][lane].tolist()
            trap = tuple(
                self._named_states(
                    self._judge.trap(self._question.system, self._shown, witness.configuration, end).tolist()
                )
            )
        settled = np.zeros(len(self._place), dtype=bool)
        settled[[self._place[row] for row in checked.rows]] = True
        told_by = self._partition.names
        guard, covers = formula_for(self._space, told_by, settled), self._space.listing(told_by).weight(settled)
        return Run(witness.kind, guard, covers, configuration, *whole, trap)

    def _replayed_whole(
        self, checked: CheckedWitness, configuration: Named, start: Values
    ) -> tuple[tuple[Step, ...], tuple[Named, ...], int | None]:
        """Replay a witness on the whole model: its steps and states there, and where its loop begins.

        A trace must settle the claim there too. A loop closes in the cone; other variables may need some more rounds.
        """
        whole, witness = restrict(self._system, self._shown), checked.witness
        fixed = dict(zip((v.name for v in self._question.system.variables), start, strict=True))
        replay = Replay(whole, self._shown, [tuple(configuration.values())], fixed=fixed)
        lanes, lane, steps, loop = replay.run(witness.steps), 0, witness.steps, witness.loop
        if witness.kind is WitnessKind.TRACE:
            lanes, settled = replay.settled(witness)
            if not settled:
                raise EvidenceRejected("TP406", f"a trace does not replay on the whole model: {self._claim.id}")
            lane = settled[0][1]
        elif loop is not None and loop < len(steps):
            lanes, steps, loop = _unrolled(replay, steps, loop)
        layout, names = Layout(whole), [v.name for v in whole.variables]
        rows = [history[lane].tolist() for history in lanes.history]
        return steps, tuple(dict(zip(names, layout.decode(row)[1], strict=True)) for row in rows), loop

    def _named_states(self, rows: Iterable[list[int]]) -> Iterable[Named]:
        layout = Layout(self._question.system)
        names = [v.name for v in self._question.system.variables]
        return (dict(zip(names, layout.decode(row)[1], strict=True)) for row in rows)

    # --- what it rests on, and what is near --------------------------------------------------------------------------

    def _rests_on(self, evidence: Evidence) -> tuple[str, ...]:
        """Name the actions with the weakest source and the platform assumptions."""
        cone = self._question.system
        used = {step.action for run in evidence.runs for step in run.steps} if evidence.runs else set(cone.action_named)
        order = list(Confidence)
        confidence = {
            a.name: a.source.confidence if a.source else Confidence.UNKNOWN for a in cone.actions if a.name in used
        }
        found: list[str] = []
        if confidence:
            weakest = min(confidence.values(), key=order.index)
            found.append(f"{weakest}: " + ", ".join(n for n, c in confidence.items() if c is weakest))
        platform = [v.name for v in cone.configuration if v.decided_by is DecidedBy.PLATFORM]
        return (*found, *([f"platform: {', '.join(platform)}"] if platform else []))

    def _flips(self, evidence: Evidence, rows: Rows[Label]) -> tuple[tuple[Change, ...], ...]:
        """Return the single settings that lead to another verdict, or else the least change that does."""
        if not evidence.runs or len(self._verdicts.cells) < 2:
            return ()
        configuration = evidence.runs[0].configuration
        single = flips(self._verdicts, configuration)
        if single:
            return tuple(neighbour.changes for neighbour in single)
        others = nearest(self._verdicts, configuration, lambda verdict: verdict is not rows.label.verdict)
        return tuple(neighbour.changes for neighbour in others[:1])


def _unrolled(replay: Replay, steps: tuple[Step, ...], loop: int) -> tuple[Lanes, tuple[Step, ...], int]:
    """Go round a loop until the first lane comes back to a state that it had at the end of an earlier round."""
    once = steps[loop:]
    for _ in range(_MOST_ROUNDS):
        lanes = replay.run(steps)
        ends = [history[0].tolist() for history in lanes.history[loop :: len(once)]]
        if ends[-1] in ends[:-1]:
            return lanes, steps, loop + ends.index(ends[-1]) * len(once)
        steps += once
    return lanes, steps, len(steps) - len(once)
