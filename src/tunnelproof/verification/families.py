"""How a claim is heard in a family of configurations too large to list.

An engine says by which few configuration variables the verdict is told apart. Proofs are inductive invariants, about
all configurations at once. A trace settles all configurations that agree with its own on what it reads: so the
combinations of values are told apart by that as well, as long as these can be listed. What no trace settles then is
unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tunnelproof.engines.contract import (
    FamilyEngine,
    FamilyFinding,
    FamilyQuestion,
    LimitReached,
    Limits,
    Progress,
    Question,
)
from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Certificate, Values, Witness
from tunnelproof.evidence.checking.guard import read_by_trace
from tunnelproof.evidence.checking.judge import CheckedProof, CheckedWitness, Family, Judge
from tunnelproof.evidence.verdict import Reason, Undecided, Verdict
from tunnelproof.family.partition import Partition
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read, conjoin, disjoin
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Reachable
from tunnelproof.solving.reply import Effort
from tunnelproof.verification.cells import CellMaker
from tunnelproof.verification.outcome import ClaimOutcome, Label

MOST_WITNESSES = 100
MOST_COMBINATIONS = 10_000  # by which witnesses may be told apart

UNKNOWN, WITHHELD = Label(Verdict.UNKNOWN, None), Label(Verdict.WITHHELD, None)


@dataclass(eq=False)
class Judged:
    """A label for each combination of the values of ``names``, with the evidence, and why some are unknown."""

    names: tuple[str, ...]
    labels: dict[Values, Label]
    reason: Reason | None = None
    detail: str = ""
    proof: CheckedProof | None = None
    witnesses: list[CheckedWitness] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def leave(self, rows: Sequence[Values], reason: Reason, detail: str) -> None:
        """Leave these combinations unknown."""
        self.labels.update(dict.fromkeys(rows, UNKNOWN))
        if self.reason is None:
            self.reason, self.detail = reason, detail

    def withhold(self, rows: Sequence[Values], complaint: str) -> None:
        """Withhold the verdict on these combinations."""
        self.labels.update(dict.fromkeys(rows, WITHHELD))
        self.complaints.append(complaint)


class FamilyHearing:
    """Hears claims about one system without a list of the configurations."""

    def __init__(
        self,
        system: System,
        space: ConfigurationSpace,
        engine: FamilyEngine,
        judge: Judge,
        limits: Limits,
        progress: Progress,
    ) -> None:
        self.states = 0
        self.evidence: tuple[Certificate, tuple[Witness, ...]] = Certificate(), ()  # of the claim heard last
        self._system, self._space = system, space
        self._engine, self._judge, self._limits, self._progress = engine, judge, limits, progress

    def hear(self, claim: Claim, cone: System) -> ClaimOutcome:
        """Return the claim's cells over the configurations asked about."""
        asked, tied = self._space.description(v.name for v in cone.configuration)
        question = FamilyQuestion(cone, claim, asked, tied, self._limits)
        finding = self._decided(question)
        self.states += finding.states
        judged = Judged(finding.names, {row: Label(verdict, None) for row, verdict in finding.verdicts.items()})
        judged.reason, judged.detail = finding.reason, finding.detail
        if set(judged.labels) != set(self._space.project(judged.names)):
            judged.names, judged.labels = (), {}
            judged.withhold([()], "the engine's verdicts are not about the configurations asked about")
            return self._outcome(question, judged)
        shown, certified = Verdict.REFUTED, Verdict.PROVED
        if isinstance(claim, Reachable):
            shown, certified = certified, shown
        self._check_proof(question, finding, judged, certified)
        self._check_witnesses(question, finding, judged, shown)
        self.evidence = finding.certificate, tuple(checked.witness for checked in judged.witnesses)
        return self._outcome(question, judged)

    def _decided(self, question: FamilyQuestion) -> FamilyFinding:
        claim = question.claim.id
        try:
            return self._engine.decide_family(question, lambda text: self._progress(f"{claim}: {text}"))
        except LimitReached as limit:
            reason, detail = limit.reason, limit.detail
        except MemoryError:
            reason, detail = Reason.LIMIT, "out of memory"
        except RecursionError:
            reason, detail = Reason.LIMIT, "formulas are nested too deeply for this engine"
        return FamilyFinding(self._engine.name, (), {(): Verdict.UNKNOWN}, reason=reason, detail=detail)

    # --- judging -----------------------------------------------------------------------------------------------------

    def _check_proof(
        self, question: FamilyQuestion, finding: FamilyFinding, judged: Judged, certified: Verdict
    ) -> None:
        rows = _with(finding.verdicts, certified)
        if not rows:
            return
        family = Family(question.system, question.asked, question.tied)
        certificate, effort = finding.certificate, Effort(seconds=self._limits.seconds)
        try:
            proof = self._judge.check_family_proof(family, question.claim, certificate, judged.names, rows, effort)
        except EvidenceRejected as fault:
            judged.withhold(rows, str(fault))
            return
        except Undecided as undecided:
            judged.leave(rows, undecided.reason, undecided.detail)
            return
        judged.proof = proof
        for row, covered, vacuous in zip(rows, proof.covered.tolist(), proof.vacuous, strict=True):
            if covered:
                judged.labels[row] = Label(certified, vacuous if certified is Verdict.PROVED else False)
            else:
                judged.withhold([row], f"the certificate does not cover {row}")

    def _check_witnesses(
        self, question: FamilyQuestion, finding: FamilyFinding, judged: Judged, shown: Verdict
    ) -> None:
        """Collect witnesses until each combination has one that settles it, or none can be found."""
        waiting = _with(finding.verdicts, shown)
        while waiting:
            wanted = waiting[:1] if judged.witnesses else waiting  # the first witness is the shortest of all
            try:
                checked = self._witness(question, judged.names, wanted)
            except LimitReached as limit:
                judged.leave(waiting, limit.reason, limit.detail)
                return
            if checked is None:
                judged.withhold(wanted, f"no witness checks where {format_formula(_one_of(judged.names, wanted[:1]))}")
                waiting = waiting[len(wanted) :]
                continue
            read = read_by_trace(question.system, question.claim, checked.witness)
            columns = self._space.columns({*judged.names, *read})
            listed = self._space.combinations(columns) <= MOST_COMBINATIONS
            if not listed or len(judged.witnesses) == MOST_WITNESSES:
                left = waiting if listed else [row for row in waiting if _agrees(judged.names, row, question, checked)]
                judged.leave(left, Reason.TOO_MANY_CONFIGURATIONS, _unsettled(question, checked))
                waiting = [row for row in waiting if row not in set(left)]
                continue
            waiting = self._told_apart(judged, columns, waiting)
            settled = [row for row in waiting if _agrees(columns, row, question, checked, read)]
            judged.witnesses.append(replace(checked, combinations=tuple(settled)))
            judged.labels.update(dict.fromkeys(settled, Label(shown, False)))
            waiting = [row for row in waiting if row not in set(settled)]

    def _witness(
        self, question: FamilyQuestion, names: Sequence[str], wanted: Sequence[Values]
    ) -> CheckedWitness | None:
        """Return a witness for one configuration that has one of the wanted combinations, checked there."""
        witness = self._engine.family_witness(question, _one_of(names, wanted))
        if witness is None:
            return None
        columns = [v.name for v in question.system.configuration]
        values = dict(zip(columns, witness.configuration, strict=True))
        if tuple(values[name] for name in names) not in wanted or not self._space.weight(
            columns, witness.configuration
        ):
            return None
        checked = self._judge.check_witness(question.system, question.claim, [witness.configuration], witness)
        return checked if checked.configurations else None

    def _told_apart(self, judged: Judged, columns: tuple[str, ...], waiting: Sequence[Values]) -> list[Values]:
        """Tell the combinations apart by more variables; return those that are made of the ones in ``waiting``."""
        if columns == judged.names:
            return list(waiting)
        places = [columns.index(name) for name in judged.names]
        coarse = {row: tuple(row[place] for place in places) for row in self._space.project(columns)}
        finer: dict[Values, list[Values]] = {}
        for row, seen in coarse.items():
            finer.setdefault(seen, []).append(row)
        judged.witnesses = [
            replace(known, combinations=tuple(row for seen in known.rows for row in finer[seen]))
            for known in judged.witnesses
        ]
        judged.labels = {row: judged.labels[seen] for row, seen in coarse.items()}
        judged.names = columns
        return [row for seen in waiting for row in finer[seen]]

    # --- outcomes ----------------------------------------------------------------------------------------------------

    def _outcome(self, question: FamilyQuestion, judged: Judged) -> ClaimOutcome:
        partition = Partition(self._space, judged.names, judged.labels)
        shown = Question(question.system, question.claim, (), self._limits)
        maker = CellMaker(self._system, self._space, self._judge, shown, partition, judged.proof, judged.witnesses)
        reason = judged.reason if UNKNOWN in judged.labels.values() else None
        detail = "; ".join(judged.complaints[:3]) or (judged.detail if reason else "")
        if all(label.vacuous for label in judged.labels.values()) and not question.claim.may_be_vacuous:
            reason, detail = Reason.VACUOUS, "the claim's trigger is never met in any configuration"
        cells, engine = maker.cells(), self._engine.name
        return ClaimOutcome(question.claim, cells, partition, question.system, engine, reason, detail)


def _with(verdicts: Mapping[Values, Verdict], wanted: Verdict) -> list[Values]:
    return [row for row, verdict in verdicts.items() if verdict is wanted]


def _one_of(names: Sequence[str], rows: Sequence[Values]) -> Expr:
    """Return the formula that the names have one of the combinations of values."""
    return disjoin(
        conjoin(Apply("=", (Read(name), Literal(value))) for name, value in zip(names, row, strict=True))
        for row in rows
    )


def _agrees(
    names: Sequence[str],
    row: Values,
    question: FamilyQuestion,
    checked: CheckedWitness,
    on: frozenset[str] | None = None,
) -> bool:
    """Say whether the combination has the values of the witness's configuration, of all its names or of some."""
    values = zip((v.name for v in question.system.configuration), checked.witness.configuration, strict=True)
    mine = dict(zip(names, row, strict=True))
    return all(mine[name] == value for name, value in values if name in (mine if on is None else on))


def _unsettled(question: FamilyQuestion, checked: CheckedWitness) -> str:
    """Say where a witness was found that settles too few configurations."""
    names = [v.name for v in question.system.configuration]
    where = format_formula(_one_of(names, [checked.witness.configuration]))
    return f"a trace settles it where {where}, but too few other configurations: ask about them with --where"
