"""What `prove` returns: for each claim a partition of the configurations into cells, each with checked evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tunnelproof.errors import ClaimError
from tunnelproof.evidence.certificate import Certificate, Witness
from tunnelproof.evidence.verdict import Reason, Verdict, worst
from tunnelproof.family.deciders import Group
from tunnelproof.family.nearest import Change
from tunnelproof.family.partition import Partition
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim
from tunnelproof.verification.about_runs import about_runs
from tunnelproof.verification.runs import Run

if TYPE_CHECKING:
    from networkx import MultiDiGraph


@dataclass(frozen=True)
class Label:
    """What makes a cell: all its configurations have this verdict, vacuous or not."""

    verdict: Verdict
    vacuous: bool | None = False


@dataclass(frozen=True)
class Evidence:
    """What a cell's verdict rests on and whether the judge has checked it.

    ``kind`` is the certificate's (``closed-set``, ``invariant``, ``ranks``, ``scc-tree``, ``labelling``, ``parts``) or
    ``trace``, ``lasso``, ``trap``; ``pairs`` and ``steps`` count what the judge looked at (of an invariant: its
    obligations).
    """

    kind: str
    checked: bool
    pairs: int = 0
    steps: int = 0
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Cell:
    """The configurations with one verdict: a formula that describes them exactly, their number, their evidence.

    ``groups`` says the same by who decides. ``rests_on`` names the weakest sources and the platform assumptions;
    ``flips`` the single changes that lead from the first witness's configuration to the other verdict, or else the
    least change that does.
    """

    verdict: Verdict
    vacuous: bool | None
    configurations: int
    when: Expr
    groups: tuple[Group, ...]
    evidence: Evidence
    rests_on: tuple[str, ...] = ()
    flips: tuple[tuple[Change, ...], ...] = ()


@dataclass(frozen=True)
class ClaimOutcome:
    """A claim with its cells. ``engine`` names who found the verdicts, ``why`` says why they were asked; ``alone`` is
    true if nobody but the judge's own interpreter did. ``system`` is what the claim was asked of, if not of the system
    that it is about: of a claim about time the timed system, whose steps and states the runs have.
    """

    claim: Claim
    cells: tuple[Cell, ...]
    partition: Partition[Label]
    cone: System
    engine: str = ""
    reason: Reason | None = None
    detail: str = ""
    alone: bool = False
    why: str = ""
    system: System | None = None

    @property
    def shown(self) -> Claim:
        """The claim that the cells' runs settle: of branching time one about runs that follows from it."""
        return about_runs(self.claim)

    @property
    def verdict(self) -> Verdict:
        """The verdict that outweighs the other cells'; a claim that is vacuous everywhere is unknown."""
        if self.reason is Reason.VACUOUS:
            return Verdict.UNKNOWN
        return worst([cell.verdict for cell in self.cells])

    def cell(self, verdict: Verdict) -> Cell | None:
        """Return the first cell with the verdict."""
        return next((cell for cell in self.cells if cell.verdict is verdict), None)


@dataclass(frozen=True, eq=False)
class Dossier:
    """A claim's outcome with the evidence that the judge has accepted for its cells, as it was handed over.

    ``witnesses`` are of the cone; the runs of the cells, in the same order, have their guards. ``assignments`` are
    those (action, outcome, variable) that the implicit claim about domains speaks of. ``system`` is what the claim was
    asked of, if not the system that was given.
    """

    outcome: ClaimOutcome
    certificate: Certificate = Certificate()
    witnesses: tuple[Witness, ...] = ()
    assignments: tuple[tuple[str, str, str], ...] = ()
    system: System | None = None


Sink = Callable[[Dossier], None]


@dataclass(frozen=True)
class RunFigures:
    """What a run took; shown only when asked for, so that output stays the same from run to run."""

    seconds: float = 0.0
    states: int = 0
    engines: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    per_claim: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The answer to all claims asked of a system."""

    system: System
    space: ConfigurationSpace
    claims: tuple[ClaimOutcome, ...]
    figures: RunFigures = RunFigures()

    def __getitem__(self, claim_id: str) -> ClaimOutcome:
        for outcome in self.claims:
            if outcome.claim.id == claim_id:
                return outcome
        raise KeyError(claim_id)

    def about(self, claim_id: str) -> Outcome:
        """Return the outcome as one about the system that the claim was asked of. Raises `KeyError` likewise."""
        system = self[claim_id].system
        return self if system is None else replace(self, system=system)

    @property
    def verdict(self) -> Verdict:
        """The verdict that outweighs all others."""
        return worst([outcome.verdict for outcome in self.claims])

    def graph(self, claim_id: str) -> MultiDiGraph:
        """Return the first witness of a claim as a graph: states are nodes, steps are edges.

        Raises `KeyError` if the claim was not asked, `ClaimError` if no configuration has a witness for it.
        """
        from tunnelproof.verification.witness_graph import witness_graph  # networkx takes its time to load

        found, system = self[claim_id], self.about(claim_id).system
        runs = [run for cell in found.cells for run in cell.evidence.runs]
        if not runs:
            raise ClaimError("TP221", f"claim '{claim_id}' has no witness to draw", hint="only what goes wrong has one")
        return witness_graph(runs[0], system, found.shown)
