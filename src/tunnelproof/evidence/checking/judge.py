"""The judge: only what it has checked is proved or refuted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tunnelproof.evidence.certificate import Certificate, Values, Witness
from tunnelproof.evidence.checking.branching import LabellingCheck
from tunnelproof.evidence.checking.closed_set import check_closed_set
from tunnelproof.evidence.checking.invariant import InvariantCheck
from tunnelproof.evidence.checking.proofs import ProofCheck
from tunnelproof.evidence.checking.replay import Lanes, Replay
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.points import Formulas, at_rest
from tunnelproof.evidence.rows import Codes
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import ConfigurationVariable, System
from tunnelproof.properties.claims import Claim, Ctl
from tunnelproof.semantics.tabulate import Interpreter
from tunnelproof.solving.reply import Effort


@dataclass(frozen=True, eq=False)
class CheckedProof:
    """Per configuration: whether the certificate proves the claim, and whether its trigger is never met.

    ``vacuous`` is ``None`` where that is not decided. What was looked at: ``pairs`` and ``steps`` of a closed set, or
    the ``obligations`` of an invariant. Of branching time the same certificate also shows where the claim is
    ``refuted``.
    """

    covered: Mask
    vacuous: tuple[bool | None, ...]
    pairs: int = 0
    steps: int = 0
    obligations: int = 0
    refuted: Mask | None = None

    def shows(self, verdict: Verdict, position: int) -> bool:
        """Say whether this gives the configuration at the position the verdict, of those that rest on certificates."""
        found = self.refuted if self.refuted is not None and verdict is Verdict.REFUTED else self.covered
        return bool(found[position])


@dataclass(frozen=True, eq=False)
class CheckedWitness:
    """A witness with its guard: the configurations it settles, and the lane that shows it in each.

    In a family too large to list ``combinations`` are the guard: the values, of the configuration variables that
    matter, with which it settles the claim.
    """

    witness: Witness
    lanes: Lanes
    settled: tuple[tuple[int, int], ...]
    combinations: tuple[Values, ...] | None = None

    @property
    def configurations(self) -> tuple[int, ...]:
        """The positions of the configurations that the witness settles."""
        return tuple(configuration for configuration, _ in self.settled)

    @property
    def rows(self) -> tuple[Values, ...]:
        """The configurations, or combinations, that the witness settles."""
        if self.combinations is not None:
            return self.combinations
        return tuple(self.lanes.configurations[i] for i in self.configurations)


@dataclass(frozen=True)
class Family:
    """A system in all configurations in which ``asked`` holds for some values of ``tied``, which it does not have."""

    system: System
    asked: Expr
    tied: tuple[ConfigurationVariable, ...] = ()


class Judge:
    """Checks evidence. Keeps the graphs that it has checked, since claims with the same cone share a closed set."""

    def __init__(self) -> None:
        self._checked: dict[tuple[System, tuple[Values, ...]], tuple[Codes, StateGraph, Formulas]] = {}
        self._invariants: dict[tuple[System, tuple[Values, ...]], InvariantCheck] = {}  # the last proof's
        self._replay: tuple[tuple[System, Claim, tuple[Values, ...]], Replay] | None = None

    def check_proof(
        self,
        system: System,
        claim: Claim,
        configurations: Sequence[Values],
        certificate: Certificate,
        effort: Effort = Effort(),  # noqa: B008 - frozen
    ) -> CheckedProof:
        """Check a certificate against the system: its closed set or else its invariant.

        Raises `EvidenceRejected` if it is none, `Undecided` if two solvers do not settle whether the invariant is.
        """
        if certificate.closed is None:
            return self._check_invariant(system, claim, tuple(configurations), certificate, effort)
        graph, formulas = self._graph(system, tuple(configurations), certificate.closed)
        proof = ProofCheck(graph, formulas, claim)
        vacuous = tuple(proof.vacuous().tolist())
        if isinstance(claim, Ctl):
            labels = LabellingCheck(proof, certificate.labellings)
            covered, refuted = labels.sound & labels.holds, labels.sound & ~labels.holds
            return CheckedProof(covered, vacuous, len(graph), len(graph.labels), refuted=refuted)
        return CheckedProof(proof.covered(certificate), vacuous, len(graph), len(graph.labels))

    def check_family_proof(
        self,
        family: Family,
        claim: Claim,
        certificate: Certificate,
        names: Sequence[str],
        rows: Sequence[Values],
        effort: Effort = Effort(),  # noqa: B008 - frozen
    ) -> CheckedProof:
        """Check a certificate by invariant for a family too large to list, of which only ``names`` matter.

        The proof is about the ``rows`` of their values. Raises `EvidenceRejected` if it is none, `Undecided` if two
        solvers do not settle it.
        """
        check = InvariantCheck(family.system, claim, certificate, family.asked, family.tied)
        covered = check.covered(rows, names)
        obligations = check.check(effort)
        return CheckedProof(covered, (check.never_triggered(effort),) * len(rows), obligations=obligations)

    def met_at_rest(self, system: System, formula: Expr, configurations: Sequence[Values]) -> tuple[bool, ...]:
        """Say in which configurations a step that changes nothing, and that the formula does not name, may satisfy it.

        Without a checked closed set or, for the configurations that it covers, a checked invariant: everywhere.
        """
        known = self._checked.get((system, tuple(configurations)))
        if known is None:
            by_invariant = self._invariants.get((system, tuple(configurations)))
            met = by_invariant is None or not by_invariant.excluded_at_rest(formula)
            return (met,) * len(configurations)
        graph = known[1]
        itself = np.arange(len(graph))
        found = Interpreter(system).pairs(at_rest(formula), graph.rows, itself, itself)
        return tuple(graph.grouping.any_row(found).tolist())

    def check_witness(
        self, system: System, claim: Claim, configurations: Sequence[Values], witness: Witness
    ) -> CheckedWitness:
        """Replay a witness in the configurations; its guard may turn out empty."""
        key = (system, claim, tuple(configurations))
        if self._replay is None or self._replay[0] != key:
            self._replay = key, Replay(system, claim, configurations)
        lanes, settled = self._replay[1].settled(witness)
        return CheckedWitness(witness, lanes, settled)

    def trap(self, system: System, claim: Claim, configuration: Values, row: Sequence[int]) -> Codes:
        """Return the rows of the trap that a row lies in."""
        return Replay(system, claim, [configuration]).trap(row)

    def _check_invariant(
        self,
        system: System,
        claim: Claim,
        configurations: tuple[Values, ...],
        certificate: Certificate,
        effort: Effort,
    ) -> CheckedProof:
        check = InvariantCheck(system, claim, certificate)
        obligations = check.check(effort)
        self._invariants[(system, configurations)] = check
        vacuous = (check.never_triggered(effort),) * len(configurations)
        return CheckedProof(check.covered(configurations), vacuous, obligations=obligations)

    def _graph(self, system: System, configurations: tuple[Values, ...], rows: Codes) -> tuple[StateGraph, Formulas]:
        known = self._checked.get((system, configurations))
        if known is None or not (known[0] is rows or np.array_equal(known[0], rows)):
            graph = check_closed_set(system, configurations, rows)
            known = rows, graph, Formulas(graph, Interpreter(system))
            self._checked[(system, configurations)] = known
        return known[1], known[2]
