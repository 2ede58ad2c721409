"""Random systems, a claim of every kind about each: all engines, with the judge behind them, against brute force."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from hypothesis import strategies as st
from tests import oracle
from tests.long.campaign import Campaign, Tally, examples
from tests.oracle.runs import TooLargeError
from tests.systems import KINDS, claims, systems
from tests.systems.clocks import MIXED, claims_about_steps, with_clock
from tests.systems.formulas import chance

from tunnelproof.engines.registry import ENGINES
from tunnelproof.errors import ModelError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.document import to_json
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.properties.claims import Claim
from tunnelproof.properties.document import to_document
from tunnelproof.verification.outcome import ClaimOutcome, Label
from tunnelproof.verification.prove import prove

Answers = Mapping[oracle.Configuration, oracle.Answer]
# Of so many systems one is given to the engine: compiling takes three times as long as all that the first two engines
# do, the solver ten times.
ONE_IN = {"reference": 1, "diagram": 1, "explicit": 2, "smt": 10}
SHARE = 0.15  # of each kind's verdicts that should be proved, and refuted


class Said(NamedTuple):
    """What an engine, judged, said of a claim in a configuration, and what brute force says."""

    engine: str
    claim: str
    configuration: oracle.Configuration
    label: Label
    answer: oracle.Answer
    detail: str


@st.composite
def subjects(draw: st.DrawFn) -> tuple[System, list[Claim]]:
    """Draw a system and a claim of every kind about it; some of them where steps of others matter."""
    system = draw(systems())
    if not chance(draw, 5):
        return system, [draw(claims(system, kind)) for kind in KINDS]
    wider = with_clock(system, draw(st.sampled_from(Fairness)))
    return wider, [draw((claims_about_steps if kind in MIXED else claims)(system, kind)) for kind in KINDS]


def run(trials: int, seed: int, tally: Tally) -> None:
    """Compare engines and oracle on so many pairs of a system and a claim."""
    turn = itertools.count()

    def ask(subject: tuple[System, list[Claim]]) -> None:
        system, asked = subject
        number = next(turn)
        engines = [engine for engine in ENGINES if number % ONE_IN.get(engine, 1) == 0]
        with tally.trial(lambda: described(system, asked)):
            compare(system, asked, engines, tally.counts)

    examples(subjects(), -(-trials // len(KINDS)), seed, ask)


def described(system: System, claims: Sequence[Claim]) -> str:
    """Return what was asked, to be asked again."""
    return "\n".join([to_json(system), *(str(to_document(claim)) for claim in claims)])


def compare(system: System, claims: Sequence[Claim], engines: Sequence[str], counts: Counter[str]) -> None:
    """Assert that each engine's checked verdicts are the oracle's in every configuration; count them."""
    counts["systems"] += 1
    try:
        inside = oracle.stays_in_domains(system)
        wanted = _decided(system, claims)
    except oracle.NoInitialStateError:
        counts["systems without a start"] += 1
        return
    if all(inside.values()):
        _count(claims, wanted, counts)
    for engine in engines if wanted else ():
        try:
            outcome = prove(system, [claim for claim in claims if claim.id in wanted], engine=engine)
        except ModelError as fault:
            assert fault.code == "TP141", fault
            assert not all(inside.values()), f"{engine}: no assignment leaves its domain, but one was said to"
            counts[f"{engine}: refused, an assignment leaves its domain"] += 1
            continue
        assert all(inside.values()), f"{engine}: an assignment leaves its domain unseen"
        for claim_id, answers in wanted.items():
            _agree(system, outcome[claim_id], answers, engine, counts)


def _decided(system: System, claims: Sequence[Claim]) -> dict[str, Answers]:
    """Return the oracle's answers by claim, without those that it cannot give."""
    found = {}
    for claim in claims:
        with suppress(TooLargeError):
            found[claim.id] = oracle.decide(system, claim)
    return found


def _count(claims: Sequence[Claim], wanted: Mapping[str, Answers], counts: Counter[str]) -> None:
    """Count what the pairs are like."""
    counts["pairs"] += len(wanted)
    counts["pairs too large for brute force"] += len(claims) - len(wanted)
    for claim in claims:
        counts.update(f"{claim.kind}: {answer.verdict}" for answer in wanted.get(claim.id, {}).values())


def _agree(system: System, outcome: ClaimOutcome, answers: Answers, engine: str, counts: Counter[str]) -> None:
    names = [v.name for v in system.configuration]
    for configuration, answer in answers.items():
        label = outcome.partition.label_of(dict(zip(names, configuration, strict=True)))
        said = Said(engine, outcome.claim.id, configuration, label, answer, outcome.detail)
        counts[f"{engine}: {label.verdict}"] += 1
        if label.verdict is Verdict.UNKNOWN:
            assert engine == "smt", said
            continue
        assert label.verdict == answer.verdict, said
        if label.verdict is Verdict.PROVED and label.vacuous is not None:
            assert bool(label.vacuous) == answer.vacuous, said
    assert sum(cell.configurations for cell in outcome.cells) == len(answers), outcome
    for cell in outcome.cells:
        assert cell.evidence.checked == (cell.verdict is not Verdict.UNKNOWN), (engine, cell)


def unmet(counts: Counter[str]) -> list[str]:
    """Name the kinds of claim of which too few were proved, or refuted, and what was tried too seldom."""
    missing = [] if counts["pairs"] >= 100_000 else [f"{counts['pairs']:,} pairs"]
    for kind in KINDS:
        verdicts = {v: counts[f"{kind}: {v}"] for v in ("proved", "refuted")}
        rare = [v for v, number in verdicts.items() if number < SHARE * sum(verdicts.values())]
        missing += [f"fewer than {SHARE:.0%} {verdict} of {kind}" for verdict in rare]
    return missing


CAMPAIGN = Campaign(
    name="agreement",
    sentence="a random system and a claim: engines, judged, against brute force in every configuration",
    run=run,
    trials=105_000,
    slice=540,
    shard=450,
    target="100,000 pairs, at least 15 % proved and refuted of each kind, no disagreement",
    unmet=unmet,
)
