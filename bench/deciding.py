"""One question, decided in a process of its own: `python -m bench.deciding MODEL.json ENGINE`, which prints JSON.

It asks through the same doors as `prove`, but of the whole system (never a slice, so that everybody searches the same
states), and keeps apart what `prove` does in one go: deciding, the evidence, and with ``--judge`` the judge's check.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from tunnelproof.engines.contract import FamilyEngine, FamilyFinding, FamilyQuestion, Finding, Limits, Question
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.family.factors import LARGEST_TABLE
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.interchange.model_source import ModelSource, load_model
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim
from tunnelproof.semantics.cone import restrict, unsliced
from tunnelproof.verification.hearing import MOST_LISTED
from tunnelproof.verification.portfolio import Answer, Portfolio

# Without room for a closed set an engine decides and no more. The portfolio is asked as `prove` asks it.
NO_ROOM = Limits(states=1, memory=8 << 30)
ROOM = {"auto": Limits(), "reference": Limits()}

Figures = dict[str, object]


def main(words: list[str]) -> int:
    """Decide, and print what was found and how long each part took."""
    parser = argparse.ArgumentParser(prog="python -m bench.deciding", description=__doc__)
    parser.add_argument("model", help="a JSON model with its claims")
    parser.add_argument("engine", help="the name of an engine, or auto")
    parser.add_argument("--judge", action="store_true", help="have the evidence checked as well")
    asked = parser.parse_args(words)
    started = time.perf_counter()
    source = load_model(asked.model)
    portfolio, limits = Portfolio(asked.engine), ROOM.get(asked.engine, NO_ROOM)
    decide = _prepared(portfolio, source, limits, asked.judge)
    reading = time.perf_counter() - started
    print(json.dumps({"reading": reading, **decide()}))
    return 0


def _prepared(portfolio: Portfolio, source: ModelSource, limits: Limits, judge: bool) -> Callable[[], Figures]:
    """Return what decides: of listed configurations or, as `prove` does it, of a family where they are many."""
    space, claim = _space(source), source.claims[0]
    configurations = space.combinations(v.name for v in _system(source, claim).configuration)
    engine = portfolio.for_families(claim)
    if engine is not None and configurations > MOST_LISTED:
        return _families(engine, source, limits)
    if configurations > LARGEST_TABLE:
        return lambda: {"fault": "it cannot decide what has more configurations than can be listed"}
    return _lists(portfolio, [_question(source, claim, limits) for claim in source.claims], judge)


def _system(source: ModelSource, claim: Claim) -> System:
    return unsliced(restrict(source.system, claim), claim)


def _space(source: ModelSource) -> ConfigurationSpace:
    return ConfigurationSpace(source.system.configuration, source.system.constraints)


# --- configurations listed --------------------------------------------------------------------------------------------


def _question(source: ModelSource, claim: Claim, limits: Limits) -> Question:
    system = _system(source, claim)
    return Question(system, claim, _space(source).project(v.name for v in system.configuration), limits)


def _lists(portfolio: Portfolio, questions: list[Question], judge: bool) -> Callable[[], Figures]:
    def decide() -> Figures:
        started = time.perf_counter()
        answers = [portfolio.ask(question, lambda _: None) for question in questions]
        traces = [_trace(answer) for answer in answers]
        seconds = time.perf_counter() - started
        figures = _figures(seconds, [answer.finding for answer in answers], traces)
        states = max(answer.finding.states for answer in answers)
        if questions[0].limits is NO_ROOM and states <= Limits().states:
            figures |= _evidence(portfolio, questions, judge)
        return figures

    return decide


def _trace(answer: Answer) -> int | None:
    """Return the length of the trace of a refutation."""
    verdicts = answer.finding.verdicts
    if Verdict.REFUTED not in verdicts:
        return None
    nearest = answer.finding.nearest
    witness = answer.witness(verdicts.index(Verdict.REFUTED) if nearest is None else nearest)
    return None if witness is None else len(witness.steps)


def _evidence(portfolio: Portfolio, questions: list[Question], judge: bool) -> Figures:
    """Return how long evidence takes beyond deciding, with the limits that `prove` has, and the check of proofs."""
    started = time.perf_counter()
    questions = [replace(question, limits=Limits()) for question in questions]
    answers = [portfolio.ask(question, lambda _: None) for question in questions]
    listed = time.perf_counter()
    figures: Figures = {"evidence": listed - started}
    if not judge:
        return figures
    from tunnelproof.evidence.checking.judge import Judge

    checking, pairs = Judge(), 0
    for answer, question in zip(answers, questions, strict=True):
        if set(answer.finding.verdicts) == {Verdict.PROVED}:
            checking.check_proof(question.system, question.claim, question.configurations, answer.finding.certificate)
            pairs = max(pairs, answer.finding.states)
    return figures | {"judging": time.perf_counter() - listed, "pairs": pairs}


# --- more configurations than are listed -----------------------------------------------------------------------------


def _families(engine: FamilyEngine, source: ModelSource, limits: Limits) -> Callable[[], Figures]:
    questions = [_family_question(source, claim, limits) for claim in source.claims]

    def decide() -> Figures:
        started = time.perf_counter()
        findings = [engine.decide_family(question, lambda _: None) for question in questions]
        return _figures(time.perf_counter() - started, findings, [])

    return decide


def _family_question(source: ModelSource, claim: Claim, limits: Limits) -> FamilyQuestion:
    system = _system(source, claim)
    asked, tied = _space(source).description(v.name for v in system.configuration)
    return FamilyQuestion(system, claim, asked, tied, limits)


# --- what was found ---------------------------------------------------------------------------------------------------


def _figures(seconds: float, findings: Sequence[Finding | FamilyFinding], traces: Sequence[int | None]) -> Figures:
    return {
        "deciding": seconds,
        "engine": findings[0].engine,
        "states": max(finding.states for finding in findings),
        "holds": _all_hold(findings),
        "trace": max((trace for trace in traces if trace is not None), default=None),
        "reasons": sorted({str(finding.reason) for finding in findings if finding.reason}),
        "details": sorted({finding.detail for finding in findings if finding.detail}),
    }


def _all_hold(findings: Sequence[Finding | FamilyFinding]) -> bool | None:
    """Say whether the engine has decided that all claims hold, be it without a certificate."""
    if any(Verdict.REFUTED in _verdicts(finding) for finding in findings):
        return False
    unsettled = [finding for finding in findings if Verdict.UNKNOWN in _verdicts(finding)]
    return True if all(f.reason is Reason.CERTIFICATE_TOO_LARGE for f in unsettled) else None


def _verdicts(finding: Finding | FamilyFinding) -> set[Verdict]:
    return set(finding.verdicts if isinstance(finding, Finding) else finding.verdicts.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
