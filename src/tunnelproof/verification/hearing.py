"""How one claim is heard: slice, ask, have the evidence checked, and put the cells together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tunnelproof.engines.contract import LimitReached, Limits, Progress, Question
from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Certificate, Values, Witness
from tunnelproof.evidence.checking.judge import CheckedProof, CheckedWitness, Judge
from tunnelproof.evidence.verdict import Reason, Undecided, Verdict
from tunnelproof.family.factors import LARGEST_TABLE
from tunnelproof.family.partition import Partition
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Ctl, Reachable, StepInvariant, violation_of
from tunnelproof.semantics.cone import restrict, slice_for, unsliced
from tunnelproof.solving.reply import Effort
from tunnelproof.verification.about_runs import about_runs
from tunnelproof.verification.cells import CellMaker
from tunnelproof.verification.families import FamilyHearing
from tunnelproof.verification.outcome import ClaimOutcome, Label
from tunnelproof.verification.portfolio import Answer, Portfolio

MUCH_TO_KEEP = 10_000  # pairs, counted once for each claim

MOST_LISTED = 10_000  # configurations; more of them are listed only if that settles more, and if they can be


@dataclass(eq=False)
class Judged:
    """What the judge has made of an answer: a label per configuration, the checked evidence, and complaints.

    ``undecided`` is why a proof could neither be confirmed nor rejected, or a witness not be found in time.
    """

    labels: list[Label]
    proof: CheckedProof | None = None
    undecided: Undecided | LimitReached | None = None
    witnesses: list[CheckedWitness] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Hearing:
    """Hears claims about one system, keeping engines and checked graphs from one claim to the next until `forget`."""

    def __init__(
        self,
        system: System,
        space: ConfigurationSpace,
        engines: Callable[[], Portfolio],
        limits: Limits,
        progress: Progress,
    ) -> None:
        self.system, self.space = system, space
        self.states = 0
        self.evidence: tuple[Certificate, tuple[Witness, ...]] = Certificate(), ()  # of the claim heard last
        self._engines, self._limits, self._progress = engines, limits, progress
        self._cones: dict[Claim, System] = {}
        self._first: dict[System, System] = {}  # of equal cones the one that came first
        self._portfolio, self._judge, self._kept_since = engines(), Judge(), 0

    def forget(self) -> None:
        """Let go of what engines and judge keep, if it is much: claims with other cones have no use for it."""
        if self.states - self._kept_since > MUCH_TO_KEEP:
            self._portfolio, self._judge, self._kept_since = self._engines(), Judge(), self.states
            self.evidence = Certificate(), ()

    def beside(self, system: System) -> Hearing:
        """Return what hears claims about another system with the same configurations, under the same limits."""
        return Hearing(system, self.space, self._engines, self._limits, self._progress)

    def cone(self, claim: Claim) -> System:
        """Return the claim's cone of influence: the same object for equal cones."""
        if claim not in self._cones:
            cone = slice_for(self.system, claim)
            self._cones[claim] = self._first.setdefault(cone, cone)
        return self._cones[claim]

    def hear(self, claim: Claim) -> ClaimOutcome:
        """Return the claim's cells over the configurations asked about."""
        cone = self.cone(claim)
        listable = self._configurations(cone) <= LARGEST_TABLE
        if not listable or (self._configurations(cone) > MOST_LISTED and not self._portfolio.compares):
            outcome = self._heard_as_family(claim)
            if not listable or _is_settled(outcome):
                return outcome
        question = self._question(claim, cone)
        outcome = self._heard(question)
        if not isinstance(claim, StepInvariant) or self._stands(question, outcome):
            return outcome
        whole = unsliced(restrict(self.system, claim), claim)
        if self._configurations(whole) > LARGEST_TABLE:
            return self._heard_as_family(claim)
        return self._heard(self._question(claim, whole))

    def guess(self, claim: Claim) -> frozenset[Verdict]:
        """Return the verdicts that an engine gives, unjudged: enough to tell whether a claim is worth hearing."""
        cone = self.cone(claim)
        if self._configurations(cone) > LARGEST_TABLE:
            return frozenset({Verdict.UNKNOWN})
        return frozenset(self._ask(self._question(claim, cone)).finding.verdicts)

    def _heard(self, question: Question) -> ClaimOutcome:
        answer = self._ask(question)
        return self._outcome(question, answer, self._judged(question, answer))

    def _ask(self, question: Question) -> Answer:
        claim = question.claim.id
        answer = self._portfolio.ask(question, lambda text: self._progress(f"{claim}: {text}"))
        self.states += answer.finding.states
        return answer

    def _question(self, claim: Claim, cone: System) -> Question:
        rows = self.space.project(v.name for v in cone.configuration)
        return Question(cone, claim, rows, self._limits)

    def _configurations(self, cone: System) -> int:
        """Return how many configurations the cone has."""
        return self.space.combinations(v.name for v in cone.configuration)

    def _stands(self, question: Question, outcome: ClaimOutcome) -> bool:
        """Say whether what was proved of a sliced step invariant holds of the steps outside the cone as well.

        They change nothing in the cone, but they are steps, and must satisfy the claim.
        """
        if not self._is_cut(question) or outcome.cell(Verdict.PROVED) is None:
            return True
        claim = question.claim
        assert isinstance(claim, StepInvariant)
        broken = violation_of(claim)
        return not any(self._judge.met_at_rest(question.system, broken, question.configurations))

    def _triggers_unseen(self, question: Question) -> tuple[bool, ...]:
        """Say in which configurations a step outside the cone might meet a step invariant's trigger."""
        claim = question.claim
        if not isinstance(claim, StepInvariant) or not self._is_cut(question):
            return (False,) * len(question.configurations)
        return self._judge.met_at_rest(question.system, claim.when or TRUE, question.configurations)

    def _is_cut(self, question: Question) -> bool:
        """Say whether some action of the system that the claim is about is not in the cone."""
        return len(question.system.actions) < len(restrict(self.system, question.claim).actions)

    # --- judging -----------------------------------------------------------------------------------------------------

    def _judged(self, question: Question, answer: Answer) -> Judged:
        """Turn an engine's verdicts into the judge's."""
        finding = answer.finding
        judged = Judged([Label(verdict, None) for verdict in finding.verdicts])
        certified = Verdict.REFUTED if isinstance(question.claim, Reachable) else Verdict.PROVED
        witnessed = Verdict.PROVED if isinstance(question.claim, Reachable) else Verdict.REFUTED
        if isinstance(question.claim, Ctl):
            self._check_proof(question, answer, judged, (certified, witnessed))
            self._show(question, judged)
        else:
            self._check_proof(question, answer, judged, (certified,))
            self._check_witnesses(question, answer, judged, witnessed)
        for position in sorted(answer.conflicts):
            judged.labels[position] = Label(Verdict.WITHHELD, None)
            judged.complaints.append(f"engines contradict each other in {question.configurations[position]}")
        return judged

    def _check_proof(self, question: Question, answer: Answer, judged: Judged, certified: tuple[Verdict, ...]) -> None:
        claimed = [i for i, verdict in enumerate(answer.finding.verdicts) if verdict in certified]
        if not claimed:
            return
        system, claim, configurations = question.system, question.claim, question.configurations
        try:
            effort = Effort(seconds=self._limits.seconds)
            proof = self._judge.check_proof(system, claim, configurations, answer.finding.certificate, effort)
        except EvidenceRejected as fault:
            judged.complaints.append(str(fault))
            for position in claimed:
                judged.labels[position] = Label(Verdict.WITHHELD, None)
            return
        except Undecided as undecided:
            judged.undecided = undecided
            for position in claimed:
                judged.labels[position] = Label(Verdict.UNKNOWN, None)
            return
        except (MemoryError, ImportError):  # an import fails too where a library finds no room
            judged.undecided = LimitReached(Reason.LIMIT, "no memory is left to check the proof")
            for position in claimed:
                judged.labels[position] = Label(Verdict.UNKNOWN, None)
            return
        judged.proof = proof
        unseen = self._triggers_unseen(question)
        for position in claimed:
            verdict = answer.finding.verdicts[position]
            if proof.shows(verdict, position):
                vacuous = proof.vacuous[position] if verdict is Verdict.PROVED else False
                judged.labels[position] = Label(verdict, None if vacuous and unseen[position] else vacuous)
            else:
                judged.labels[position] = Label(Verdict.WITHHELD, None)
                judged.complaints.append(f"the certificate does not cover {configurations[position]}")

    def _check_witnesses(self, question: Question, answer: Answer, judged: Judged, witnessed: Verdict) -> None:
        """Collect witnesses until each configuration has one that settles it."""
        finding = answer.finding
        claimed = [i for i, verdict in enumerate(finding.verdicts) if verdict is witnessed]
        waiting = dict.fromkeys(claimed)
        first = finding.nearest
        asked = [question.configurations[i] for i in claimed]
        while waiting:
            position = first if first in waiting else next(iter(waiting))
            assert position is not None
            first = None
            try:
                checked = self._witness(question, answer, position, asked)
            except (LimitReached, MemoryError, ImportError) as fault:
                no_room = LimitReached(Reason.LIMIT, "no memory is left for witnesses")
                judged.undecided = fault if isinstance(fault, LimitReached) else no_room
                for i in waiting:
                    judged.labels[i] = Label(Verdict.UNKNOWN, None)
                return
            settled = {claimed[i] for i in checked.configurations} if checked else set()
            if checked is None or position not in settled:
                judged.labels[position] = Label(Verdict.WITHHELD, None)
                judged.complaints.append(f"no witness checks in {question.configurations[position]}")
                del waiting[position]
                continue
            judged.witnesses.append(checked)
            for i in settled:
                if waiting.pop(i, False) is None:
                    judged.labels[i] = Label(witnessed, False)

    def _show(self, question: Question, judged: Judged) -> None:
        """Find runs that show what is refuted in branching time, where there are any; verdicts do not rest on them."""
        told = about_runs(question.claim)
        if isinstance(told, Ctl) or not any(label.verdict is Verdict.REFUTED for label in judged.labels):
            return
        asked = replace(question, claim=told)
        answer = self._portfolio.ask(asked, lambda text: self._progress(f"{told.id}: {text}"))
        shown = Judged([Label(verdict, None) for verdict in answer.finding.verdicts])
        self._check_witnesses(asked, answer, shown, Verdict.REFUTED)
        judged.witnesses = shown.witnesses
        for position, label in enumerate(shown.labels):
            if label == Label(Verdict.REFUTED) and judged.labels[position].verdict is Verdict.PROVED:
                judged.labels[position] = Label(Verdict.WITHHELD, None)
                judged.complaints.append(f"a run refutes what is proved in {question.configurations[position]}")

    def _witness(
        self, question: Question, answer: Answer, position: int, asked: Sequence[Values]
    ) -> CheckedWitness | None:
        witness = answer.witness(position)
        if witness is None:
            return None
        witness = replace(witness, configuration=question.configurations[position])
        return self._judge.check_witness(question.system, question.claim, asked, witness)

    # --- outcomes ----------------------------------------------------------------------------------------------------

    def _outcome(self, question: Question, answer: Answer, judged: Judged) -> ClaimOutcome:
        self.evidence = answer.finding.certificate, tuple(checked.witness for checked in judged.witnesses)
        names = tuple(v.name for v in question.system.configuration)
        labels = dict(zip(question.configurations, judged.labels, strict=True))
        partition = Partition(self.space, names, labels)
        maker = CellMaker(self.system, self.space, self._judge, question, partition, judged.proof, judged.witnesses)
        unsettled = judged.undecided or answer.finding
        reason = unsettled.reason if any(label.verdict is Verdict.UNKNOWN for label in judged.labels) else None
        detail = "; ".join(judged.complaints[:3]) or (unsettled.detail if reason else "")
        if all(label.vacuous for label in judged.labels) and not question.claim.may_be_vacuous:
            reason, detail = Reason.VACUOUS, "the claim's trigger is never met in any configuration"
        return ClaimOutcome(
            claim=question.claim,
            cells=maker.cells(),
            partition=partition,
            cone=question.system,
            engine="+".join(answer.asked) or answer.finding.engine,
            why=answer.why,
            reason=reason,
            detail=detail,
            alone=answer.alone,
        )

    def _heard_as_family(self, claim: Claim) -> ClaimOutcome:
        """Hear a claim without a list of its configurations.

        Steps outside the cone of a step invariant cannot be looked at then, so it is asked of the whole system.
        """
        cone = self.cone(claim)
        if isinstance(claim, StepInvariant):
            cone = unsliced(restrict(self.system, claim), claim)
        engine = self._portfolio.for_families(claim)
        if engine is None:
            return self._too_many(claim, cone)
        hearing = FamilyHearing(self.system, self.space, engine, self._judge, self._limits, self._progress)
        outcome = hearing.hear(claim, cone)
        self.states += hearing.states
        self.evidence = hearing.evidence
        return outcome

    def _too_many(self, claim: Claim, cone: System) -> ClaimOutcome:
        self.evidence = Certificate(), ()
        partition = Partition(self.space, (), {(): Label(Verdict.UNKNOWN, None)})
        question = Question(cone, claim, ((),), self._limits)
        cells = CellMaker(self.system, self.space, self._judge, question, partition, None, []).cells()
        detail = "the claim depends on more configurations than can be listed"
        return ClaimOutcome(claim, cells, partition, cone, reason=Reason.TOO_MANY_CONFIGURATIONS, detail=detail)


def _is_settled(outcome: ClaimOutcome) -> bool:
    """Say whether a list of the configurations could not say more."""
    return all(cell.verdict in (Verdict.PROVED, Verdict.REFUTED) and cell.vacuous is not None for cell in outcome.cells)
