"""One question, decided in a process of its own: `python -m bench.deciding MODEL.json ENGINE`, which prints JSON.

It asks through the same doors as `prove`, but of the whole system (never a slice, so that everybody searches the same
states), and keeps apart what `prove` does in one go: deciding, the evidence, and with ``--judge`` the judge's check.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace

from tunnelproof.engines.contract import Finding, Limits, Question
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.family.factors import TooManyCombinations
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.interchange.model_source import ModelSource, load_model
from tunnelproof.properties.claims import Claim
from tunnelproof.semantics.cone import restrict, unsliced
from tunnelproof.verification.portfolio import Answer, Portfolio

# Without room for a certificate an engine decides and no more. The portfolio is asked as `prove` asks it.
NO_ROOM = Limits(states=1)
ROOM = {"auto": Limits(), "reference": Limits()}


def main(words: list[str]) -> int:
    """Decide, and print what was found and how long each part took."""
    parser = argparse.ArgumentParser(prog="python -m bench.deciding", description=__doc__)
    parser.add_argument("model", help="a JSON model with its claims")
    parser.add_argument("engine", help="the name of an engine, or auto")
    parser.add_argument("--judge", action="store_true", help="have the evidence checked as well")
    asked = parser.parse_args(words)
    try:
        figures = _decided(asked.model, asked.engine, asked.judge)
    except TooManyCombinations:
        figures = {"fault": "its configurations are too many to be listed, as a question does"}
    print(json.dumps(figures))
    return 0


def _decided(model: str, engine: str, judge: bool) -> dict[str, object]:
    started = time.perf_counter()
    source = load_model(model)
    space = ConfigurationSpace(source.system.configuration, source.system.constraints)
    limits = ROOM.get(engine, NO_ROOM)
    questions = [_question(source, space, claim, limits) for claim in source.claims]
    portfolio = Portfolio(engine)
    read = time.perf_counter()
    answers = [_ask(portfolio, question) for question in questions]
    traces = [_trace(answer, question) for answer, question in zip(answers, questions, strict=True)]
    decided = time.perf_counter()
    figures: dict[str, object] = {
        "reading": read - started,
        "deciding": decided - read,
        "engine": answers[0].engine.name,
        "states": max(answer.finding.states for answer in answers),
        "holds": _all_hold([answer.finding for answer in answers]),
        "trace": max((trace for trace in traces if trace is not None), default=None),
        "reasons": sorted({str(answer.finding.reason) for answer in answers if answer.finding.reason}),
        "details": sorted({answer.finding.detail for answer in answers if answer.finding.detail}),
    }
    if limits is NO_ROOM and figures["states"] <= Limits().states:  # type: ignore[operator]
        figures |= _evidence(portfolio, questions, judge)
    return figures


def _question(source: ModelSource, space: ConfigurationSpace, claim: Claim, limits: Limits) -> Question:
    system = unsliced(restrict(source.system, claim), claim)
    return Question(system, claim, space.project(v.name for v in system.configuration), limits)


def _ask(portfolio: Portfolio, question: Question) -> Answer:
    return portfolio.ask(question, lambda _: None)


def _trace(answer: Answer, question: Question) -> int | None:
    """Return the length of the trace of a refutation."""
    verdicts = answer.finding.verdicts
    if Verdict.REFUTED not in verdicts:
        return None
    nearest = answer.finding.nearest
    witness = answer.engine.witness(question, verdicts.index(Verdict.REFUTED) if nearest is None else nearest)
    return None if witness is None else len(witness.steps)


def _all_hold(findings: list[Finding]) -> bool | None:
    """Say whether the engine has decided that all claims hold, be it without a certificate."""
    verdicts = {verdict for finding in findings for verdict in finding.verdicts}
    if Verdict.REFUTED in verdicts:
        return False
    unsettled = [finding for finding in findings if Verdict.UNKNOWN in finding.verdicts]
    return True if all(f.reason is Reason.CERTIFICATE_TOO_LARGE for f in unsettled) else None


def _evidence(portfolio: Portfolio, questions: list[Question], judge: bool) -> dict[str, object]:
    """Return how long evidence takes beyond deciding, with the limits that `prove` has, and the check of proofs."""
    started = time.perf_counter()
    questions = [replace(question, limits=Limits()) for question in questions]
    answers = [_ask(portfolio, question) for question in questions]
    listed = time.perf_counter()
    figures: dict[str, object] = {"evidence": listed - started}
    if not judge:
        return figures
    from tunnelproof.evidence.checking.judge import Judge

    checking, pairs = Judge(), 0
    for answer, question in zip(answers, questions, strict=True):
        if set(answer.finding.verdicts) == {Verdict.PROVED}:
            checking.check_proof(question.system, question.claim, question.configurations, answer.finding.certificate)
            pairs = max(pairs, answer.finding.states)
    return figures | {"judging": time.perf_counter() - listed, "pairs": pairs}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
