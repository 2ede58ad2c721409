"""Which engines are asked a question, and what they say together.

Nobody has to choose one: diagrams are fastest where components are loosely coupled, an explicit search where they are
tightly coupled, and no estimate tells which it will be. So diagrams begin, and if they are not nearly done after a
short time, the search begins beside them; whoever settles the question first ends the other. Both find the same
verdicts and the same, least witnesses. Where limits of their own stop both, solvers have the last word.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from tunnelproof.engines.contract import (
    Engine,
    FamilyEngine,
    Finding,
    LimitReached,
    Progress,
    Question,
    Rivalry,
    unknown,
)
from tunnelproof.engines.registry import ENGINES, engine_named
from tunnelproof.evidence.certificate import Witness
from tunnelproof.evidence.verdict import Reason, Undecided, Verdict
from tunnelproof.properties.claims import Claim, Fair
from tunnelproof.verification.race import Race

T = TypeVar("T")

RIVALS = ("diagram", "explicit")
LAST_RESORT = "smt"
JUDGES_OWN = "reference"  # rests on the same interpreter as the judge
HEAD_START = 0.2  # seconds


@dataclass(frozen=True, eq=False)
class Answer:
    """The finding to be judged, who found it and why they were asked, the engines with something to say, and where two
    of them contradict each other. ``witness`` returns a shortest witness for one configuration.
    """

    finding: Finding
    asked: tuple[str, ...]
    why: str
    conflicts: frozenset[int]
    witness: Callable[[int], Witness | None]

    @property
    def alone(self) -> bool:
        """Whether nobody but the judge's own interpreter found the verdicts."""
        return self.asked == (JUDGES_OWN,)


class Unavailable:
    """Stands in for an engine that cannot be loaded: what it needs is not installed, or there is no room for it."""

    def __init__(self, name: str, fault: Exception) -> None:
        self.name = name
        self._reason = Reason.UNSUPPORTED if isinstance(fault, ModuleNotFoundError) else Reason.LIMIT
        said = " ".join(str(fault).split())[:200] or type(fault).__name__
        self._detail = f"engine {name} cannot be loaded: {said}"

    def supports(self, _: Claim) -> bool:
        """Say yes, to be asked and say why not."""
        return True

    def decide(self, question: Question, _: Progress) -> Finding:
        """Say why there is no answer."""
        return self.finding(question)

    def finding(self, question: Question) -> Finding:
        """Return the finding that nothing is known, and why."""
        return unknown(self.name, question, self._reason, self._detail)

    def witness(self, _: Question, __: int) -> Witness | None:
        """Say why there is no witness."""
        raise LimitReached(self._reason, self._detail)


class Portfolio:
    """Asks the engine that was chosen, all of them, or whoever is fastest."""

    def __init__(self, choice: str) -> None:
        self._made: dict[str, Engine] = {}
        self._making = threading.Lock()
        self._choice = choice
        self._named = {"auto": RIVALS[:1], "all": tuple(sorted(ENGINES, key=lambda name: name != RIVALS[0]))}.get(
            choice, (choice,)
        )
        for name in self._named:
            self._engine(name)

    def ask(self, question: Question, progress: Progress) -> Answer:
        """Return what is to be judged: the first finding that is definite everywhere, or the most definite one."""
        willing = [name for name in self._named if self._engine(name).supports(question.claim)]
        if not willing:
            detail = f"engine {self._named[0]} cannot decide claims of kind {question.claim.kind}"
            nothing = unknown(self._named[0], question, Reason.UNSUPPORTED, detail)
            return Answer(nothing, (), "it was asked for", frozenset(), lambda _: None)
        if self._choice == "auto":
            return self._fastest(question, progress)
        findings = {name: _decide(self._engine(name), question, progress) for name in willing}
        return self._answer(
            question, findings, "every engine was asked" if self._choice == "all" else "it was asked for"
        )

    @property
    def compares(self) -> bool:
        """Whether engines are asked in order to be compared, configuration by configuration."""
        return self._choice == "all"

    def for_families(self, claim: Claim) -> FamilyEngine | None:
        """Return the first engine that can decide the claim without a list of the configurations."""
        engines = (engine for engine in self._made.values() if isinstance(engine, FamilyEngine))
        return next((engine for engine in engines if engine.supports_family(claim)), None)

    # --- whoever is fastest ------------------------------------------------------------------------------------------

    def _fastest(self, question: Question, progress: Progress) -> Answer:
        tell = _one_at_a_time(progress)

        def decide(name: str, contested: Question) -> Finding:
            return _decide(self._engine(name), contested, lambda text: tell(f"{name}: {text}"))

        first, race = self._race(RIVALS, question, decide, _settles)
        findings, why = dict(race.results), _why(race)
        if not _settles(findings[first]) and self._may_go_on(question, findings.values()):
            findings[LAST_RESORT] = _decide(self._engine(LAST_RESORT), question, progress)
            why = f"neither {' nor '.join(RIVALS)} could decide within their limits"
        return self._answer(question, findings, why)

    def _witnesses(self, question: Question, finder: str) -> Callable[[int], Witness | None]:
        """Return what finds witnesses. Diagrams may be slow in finding what they know to exist: the others help."""
        asked = RIVALS if finder == RIVALS[0] else (finder,)

        def witness(configuration: int) -> Witness | None:
            nonlocal asked

            def find(name: str, contested: Question) -> Witness | LimitReached | None:
                try:
                    return self._engine(name).witness(contested, configuration)
                except LimitReached as limit:
                    return limit

            first, race = self._race(asked, question, find, lambda found: isinstance(found, Witness))
            found = race.results[first]
            if isinstance(found, LimitReached):
                raise found
            if first != asked[0]:
                asked = (first,)
            return found

        return witness

    def _race(
        self,
        names: Sequence[str],
        question: Question,
        work: Callable[[str, Question], T],
        settles: Callable[[T], bool],
    ) -> tuple[str, Race[T]]:
        """Let the engines work on the question side by side; return who came first."""

        def entrant(name: str, rivalry: Rivalry) -> T:
            return work(name, replace(question, limits=replace(question.limits, rivalry=rivalry)))

        race = Race({name: partial(entrant, name) for name in names}, HEAD_START)
        first = race.run(settles)
        for name in race.left_behind:  # must not be asked again while they are still at work
            self._made.pop(name, None)
        return first, race

    def _may_go_on(self, question: Question, findings: Iterable[Finding]) -> bool:
        """Say whether solvers are worth a try: the others met limits of their own, not those that were set.

        Where only a certificate was missing they can still refute a claim about fair runs; other proofs would take
        them longer than anybody waits.
        """
        own = {Reason.LIMIT} if question.limits.seconds is None and question.limits.memory is None else set()
        if isinstance(question.claim, Fair):
            own.add(Reason.CERTIFICATE_TOO_LARGE)
        stopped = all(finding.reason in own for finding in findings)
        return stopped and self._engine(LAST_RESORT).supports(question.claim)

    # --- what they say together --------------------------------------------------------------------------------------

    def _answer(self, question: Question, findings: Mapping[str, Finding], why: str) -> Answer:
        """Choose the most definite finding; of equals the first."""
        best = max(findings, key=lambda name: _definite(findings[name]))
        asked = tuple(name for name, finding in findings.items() if _definite(finding))
        witness: Callable[[int], Witness | None] = partial(self._engine(best).witness, question)
        if self._choice == "auto" and best in RIVALS:
            witness = self._witnesses(question, best)
        return Answer(findings[best], asked, why, _conflicts(findings.values()), witness)

    def _engine(self, name: str) -> Engine:
        with self._making:
            if name not in self._made:
                try:
                    self._made[name] = engine_named(name)
                except (ImportError, OSError, MemoryError) as fault:
                    self._made[name] = Unavailable(name, fault)
            return self._made[name]


def _why(race: Race[Finding]) -> str:
    if race.begun == 1:
        return "nobody else was asked: it was done, or nearly done, at once"
    return f"first of {race.begun} that were asked"


def _one_at_a_time(progress: Progress) -> Progress:
    lock = threading.Lock()

    def tell(text: str) -> None:
        with lock:
            progress(text)

    return tell


def _decide(engine: Engine, question: Question, progress: Progress) -> Finding:
    try:
        if not engine.supports(question.claim):
            detail = f"engine {engine.name} cannot decide claims of kind {question.claim.kind}"
            return unknown(engine.name, question, Reason.UNSUPPORTED, detail)
        return engine.decide(question, progress)
    except (LimitReached, Undecided) as limit:
        return unknown(engine.name, question, limit.reason, limit.detail)
    except MemoryError:
        return unknown(engine.name, question, Reason.LIMIT, "out of memory")
    except (ImportError, OSError) as fault:  # a library that is loaded late
        return Unavailable(engine.name, fault).finding(question)
    except RecursionError:
        return unknown(engine.name, question, Reason.LIMIT, "formulas are nested too deeply for this engine")


def _settles(finding: Finding) -> bool:
    return Verdict.UNKNOWN not in finding.verdicts


def _definite(finding: Finding) -> int:
    return sum(verdict is not Verdict.UNKNOWN for verdict in finding.verdicts)


def _conflicts(findings: Iterable[Finding]) -> frozenset[int]:
    """Return the configurations on which two definite verdicts differ."""
    columns = zip(*(finding.verdicts for finding in findings), strict=True)
    return frozenset(i for i, column in enumerate(columns) if len(set(column) - {Verdict.UNKNOWN}) > 1)
