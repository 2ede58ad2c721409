"""Ask one engine of random systems until what it says is wrong, in the product that is found on the path.

``python -m tests.long.planted.hunt ENGINE MODELS SEED`` writes what it found as JSON.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from tests import oracle
from tests.long import agreement
from tests.long.agreement import Said, compare, subjects
from tests.long.campaign import examples

import tunnelproof
from tunnelproof.engines.contract import Finding, Progress, Question
from tunnelproof.engines.registry import engine_named
from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

PRINTED = "a wrong verdict was printed"
VACUITY = "a wrong word about vacuity was printed"
WITHHELD = "the judge withheld the verdict"
UNKNOWN = "the verdict became unknown"
REJECTED = "evidence was rejected"  # of a slice, by the replay on the whole model
ASSERTED = "an assertion in the engine failed"
CRASHED = "the engine crashed"

Heard = dict[str, tuple[Question, Finding]]


class Caught(BaseException):
    """Something was wrong; no exception that a campaign goes on after."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__()
        self.found = found


def hunt(engine: str, models: int, seed: int, only: int | None = None) -> dict[str, Any] | None:
    """Return what was wrong first, and with which system; ``None`` if nothing was.

    With ``only``, no other system than the one with this number is asked about.
    """
    number, counts = count(1), Counter[str]()
    with _listening(engine) as heard:

        def ask(subject: tuple[System, list[Claim]]) -> None:
            here = next(number)
            if only not in (None, here):
                return
            heard.clear()
            try:
                compare(*subject, [engine], counts)
            except Exception as fault:
                wrongly = said_wrongly(*subject, heard)
                text = traceback.format_exception_only(fault)[-1].strip()
                found = {"models": here, "how": _how(fault), "wrongly": wrongly, "text": text}
                raise Caught(found) from None

        try:
            examples(subjects(), models, seed, ask)
        except Caught as caught:
            return caught.found
    return None


@contextmanager
def _listening(engine: str) -> Iterator[Heard]:
    """Keep what the engine answers to the last question about each claim, before anybody judges it."""
    heard: Heard = {}
    kind: Any = type(engine_named(engine))
    original = kind.decide

    def decide(self: Any, question: Question, progress: Progress) -> Finding:
        finding: Finding = original(self, question, progress)
        heard[question.claim.id] = question, finding
        return finding

    kind.decide = decide
    try:
        yield heard
    finally:
        kind.decide = original


def said_wrongly(system: System, claims: Sequence[Claim], heard: Mapping[str, tuple[Question, Finding]]) -> list[str]:
    """Return the kinds of claim of which a verdict was wrong before it was judged."""
    names = [v.name for v in system.configuration]
    wrong = []
    for claim in claims:
        if claim.id not in heard:
            continue
        question, finding = heard[claim.id]
        kept = [names.index(v.name) for v in question.system.configuration]
        place = {values: i for i, values in enumerate(question.configurations)}
        for configuration, answer in oracle.decide(system, claim).items():
            said = finding.verdicts[place[tuple(configuration[i] for i in kept)]]
            if said is not Verdict.UNKNOWN and said != answer.verdict:
                wrong.append(claim.kind)
                break
    return wrong


def _how(fault: Exception) -> str:
    """Say how the bug showed itself."""
    said = fault.args[0] if fault.args else None
    if isinstance(said, Said):
        if said.label.verdict is Verdict.WITHHELD:
            return WITHHELD
        if said.label.verdict is Verdict.UNKNOWN:
            return UNKNOWN
        return VACUITY if said.label.verdict == said.answer.verdict else PRINTED
    if not isinstance(fault, AssertionError):
        return REJECTED if isinstance(fault, EvidenceRejected) else CRASHED
    last = traceback.extract_tb(fault.__traceback__)[-1].filename
    return PRINTED if last == agreement.__file__ else ASSERTED


def main(arguments: Sequence[str]) -> None:
    """Hunt as the command line says."""
    home = Path(tunnelproof.__file__).resolve()
    assert home.is_relative_to(Path.cwd()), f"the product is not that of this folder: {home}"
    engine, models, seed = arguments
    print(json.dumps(hunt(engine, int(models), int(seed))))


if __name__ == "__main__":
    main(sys.argv[1:])
