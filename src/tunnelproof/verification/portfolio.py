"""Which engines are asked a question, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass

from tunnelproof.engines.contract import Engine, FamilyEngine, Finding, LimitReached, Progress, Question, unknown
from tunnelproof.engines.registry import ENGINES, engine_named
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.properties.claims import Claim

DEFAULT = "diagram"
JUDGES_OWN = "reference"  # rests on the same interpreter as the judge


@dataclass(frozen=True, eq=False)
class Answer:
    """The finding to be judged, its engine, the engines that were asked, and where two of them contradict each
    other.
    """

    finding: Finding
    engine: Engine
    asked: tuple[str, ...]
    conflicts: frozenset[int]

    @property
    def alone(self) -> bool:
        """Whether nobody but the judge's own interpreter found the verdicts."""
        return self.asked == (JUDGES_OWN,)


class Portfolio:
    """Asks one engine, or all of them."""

    def __init__(self, choice: str) -> None:
        names = {"auto": [DEFAULT], "all": [DEFAULT, *(n for n in ENGINES if n != DEFAULT)]}.get(choice, [choice])
        self._engines = [engine_named(name) for name in names]

    def ask(self, question: Question, progress: Progress) -> Answer:
        """Ask every engine that supports the claim; the first with a definite answer everywhere is the one to judge."""
        willing = [engine for engine in self._engines if engine.supports(question.claim)]
        if not willing:
            detail = f"engine {self._engines[0].name} cannot decide claims of kind {question.claim.kind}"
            first = self._engines[0]
            return Answer(unknown(first.name, question, Reason.UNSUPPORTED, detail), first, (), frozenset())
        findings = [_decide(engine, question, progress) for engine in willing]
        best = max(range(len(findings)), key=lambda i: (_definite(findings[i]), -i))
        asked = tuple(engine.name for engine, finding in zip(willing, findings, strict=True) if _definite(finding))
        return Answer(findings[best], willing[best], asked, _conflicts(findings))

    def for_families(self, claim: Claim) -> FamilyEngine | None:
        """Return the first engine that can decide the claim without a list of the configurations."""
        engines = (engine for engine in self._engines if isinstance(engine, FamilyEngine))
        return next((engine for engine in engines if engine.supports_family(claim)), None)


def _decide(engine: Engine, question: Question, progress: Progress) -> Finding:
    try:
        return engine.decide(question, progress)
    except LimitReached as limit:
        return unknown(engine.name, question, limit.reason, limit.detail)
    except MemoryError:
        return unknown(engine.name, question, Reason.LIMIT, "out of memory")
    except RecursionError:
        return unknown(engine.name, question, Reason.LIMIT, "formulas are nested too deeply for this engine")


def _definite(finding: Finding) -> int:
    return sum(verdict is not Verdict.UNKNOWN for verdict in finding.verdicts)


def _conflicts(findings: list[Finding]) -> frozenset[int]:
    """Return the configurations on which two definite verdicts differ."""
    columns = zip(*(finding.verdicts for finding in findings), strict=True)
    return frozenset(i for i, column in enumerate(columns) if len(set(column) - {Verdict.UNKNOWN}) > 1)
