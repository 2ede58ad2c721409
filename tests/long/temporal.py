"""Random systems, formulas of linear and branching time about each: all engines that know them, against brute force.

Formulas have two to twelve connectives, temporal operators and parts about one moment; fairness is the system's, of up
to four actions and outcomes, and what a claim assumes besides.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st
from tests.long.agreement import compare, described
from tests.long.campaign import Campaign, Tally, examples
from tests.systems import claims, systems

from tunnelproof.model.language.expressions import LINEAR, TEMPORAL, Apply, walk
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Ctl, Ltl
from tunnelproof.properties.fairness import constraints_of

EACH = 2  # formulas of each kind about a system
ONE_IN = {"reference": 1, "diagram": 1, "explicit": 4}  # of so many systems one is given to the engine
MANY = 4  # promises of fairness
KINDS = (Ltl.kind, Ctl.kind)


@st.composite
def subjects(draw: st.DrawFn) -> tuple[System, list[Claim]]:
    """Draw a system and formulas about it."""
    system = draw(systems())
    return system, [replace(draw(claims(system, kind)), id=f"{kind}-{i}") for kind in KINDS for i in range(EACH)]


def run(trials: int, seed: int, tally: Tally) -> None:
    """Compare engines and oracle on so many pairs of a system and a formula."""
    turn = itertools.count()

    def ask(subject: tuple[System, list[Claim]]) -> None:
        system, asked = subject
        number = next(turn)
        engines = [engine for engine, one_in in ONE_IN.items() if number % one_in == 0]
        with tally.trial(lambda: described(system, asked)):
            compare(system, asked, engines, tally.counts)
            _count(system, asked, tally.counts)

    examples(subjects(), -(-trials // (EACH * len(KINDS))), seed, ask)


def _count(system: System, asked: list[Claim], counts: Counter[str]) -> None:
    """Count what the formulas are made of, and how many promises they are asked under."""
    for claim in asked:
        assert isinstance(claim, (Ltl, Ctl))
        promises = len(constraints_of(system, claim))
        counts[f"{claim.kind} under {promises if promises < MANY else f'{MANY} or more'} promises of fairness"] += 1
        operators = {part.op for part in walk(claim.formula) if isinstance(part, Apply) and part.op in TEMPORAL}
        counts.update(f"{claim.kind} with {op}" for op in operators)


def unmet(counts: Counter[str]) -> list[str]:
    """Name what was tried too seldom."""
    missing = [] if counts["pairs"] >= 15_000 else [f"{counts['pairs']:,} pairs"]
    for kind in KINDS:
        verdicts = {v: counts[f"{kind}: {v}"] for v in ("proved", "refuted")}
        missing += [f"fewer than 15% {v} of {kind}" for v, n in verdicts.items() if n < 0.15 * sum(verdicts.values())]
    missing += [f"no {op}" for op in TEMPORAL if not counts[f"{'ltl' if op in LINEAR else 'ctl'} with {op}"]]
    return missing


CAMPAIGN = Campaign(
    name="temporal",
    sentence="a random system and a formula of linear or branching time: engines, judged, against brute force",
    run=run,
    trials=16_000,
    slice=120,
    shard=400,
    target="15,000 pairs, at least 15 % proved and refuted of each kind, every operator, no disagreement",
    unmet=unmet,
)
