"""A system and claims against the same written otherwise, and claims against others that have to agree with them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from tests import oracle
from tests.long.agreement import described, subjects
from tests.long.campaign import Campaign, Tally, examples
from tests.long.laws import LAWS, Instance
from tests.long.rewrites import REWRITES, Rewritten
from tests.systems import KINDS

from tunnelproof.errors import ModelError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import TRUE, Apply, Expr, Read, conjoin
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, DeadlockFree
from tunnelproof.verification.outcome import Label, Outcome
from tunnelproof.verification.prove import prove

Values = Mapping[str, Value]
NAMES = (*REWRITES, *LAWS)
EXPLICIT_EVERY, SMT_EVERY = (
    11,
    47,
)  # subjects, prime to the number of rewrites and laws: compiling and solving take long
ENOUGH = 20_000  # pairs
COUNT = "count"


def run(trials: int, seed: int, tally: Tally) -> None:
    """Rewrite so many pairs of a system and a claim, and compare."""
    turns = itertools.count(seed)

    def ask(subject: tuple[System, list[Claim]]) -> None:
        system, claims = subject
        turn = next(turns)
        salt = f"{seed}/{turn}"
        engines = ["reference", "diagram"]
        engines += ["explicit"] * (turn % EXPLICIT_EVERY == 0) + ["smt"] * (turn % SMT_EVERY == 0)
        name = NAMES[turn % len(NAMES)]
        with tally.trial(lambda: f"{name}, Random({salt!r}), of\n{described(system, claims)}"):
            _try(name, Random(salt), system, claims, engines, tally.counts)

    examples(subjects(), -(-trials // len(KINDS)), seed, ask)


def _try(
    name: str, random: Random, system: System, claims: Sequence[Claim], engines: Sequence[str], counts: Counter[str]
) -> None:
    """Compare one subject with a rewriting of it, or ask whether a law is kept."""
    if not all(world.initial() for world in oracle.worlds(system)):
        counts["systems without a start"] += 1
        return
    if name in LAWS:
        instance = LAWS[name](random, system, claims)
        if instance is not None:
            for engine in engines:
                _kept(name, system, instance, engine, counts)
        counts[f"{name}: instances" if instance else f"{name}: does not fit"] += 1
        return
    found = REWRITES[name](random, system, claims)
    if found is None:
        counts[f"{name}: does not fit"] += 1
        return
    counts["pairs"] += sum(claim is not None for claim in found.claims)
    for engine in engines:
        _agree(name, system, claims, found, engine, counts)


# --- rewrites ---------------------------------------------------------------------------------------------------------


def _agree(
    name: str, system: System, claims: Sequence[Claim], found: Rewritten, engine: str, counts: Counter[str]
) -> None:
    """Assert that verdicts, vacuity and the number of states are as predicted."""
    predicted = [(old, new) for old, new in zip(claims, found.claims, strict=True) if new is not None]
    first = _proved(system, [old for old, _ in predicted], found.where, engine)
    other = _proved(found.system, [new for _, new in predicted], found.where_now, engine)
    if isinstance(first, str) or isinstance(other, str):
        assert first == other, (engine, first, other)
        counts[f"{name}: both refused"] += 1
        return
    if engine != "smt":  # a proof by induction counts nothing
        before, after = _states(first), _states(other)
        assert after == found.states * before, f"{engine}: {before} states, then {after}"
        counts["numbers of states compared"] += 1
    asked = conjoin([*system.constraints, *([found.where] if found.where else [])])
    for values in _configurations(system, asked):
        for place, (old, new) in enumerate(zip(claims, found.claims, strict=True)):
            if new is None:
                continue
            for counterpart in found.to(values):
                one = first[old.id].partition.label_of(values)
                two = other[new.id].partition.label_of(counterpart)
                said = (engine, old.id, values, one, counterpart, two)
                if not (_known(one, engine) and _known(two, engine)):
                    counts[f"{engine}: unknown"] += 1
                    continue
                counts[f"{name}: {two.verdict}"] += 1
                if place in found.proved:
                    assert two.verdict is Verdict.PROVED, said
                    continue
                assert one.verdict is two.verdict, said
                if one.verdict is Verdict.PROVED and None not in (one.vacuous, two.vacuous):
                    assert one.vacuous == two.vacuous, said


def _proved(system: System, claims: Sequence[Claim], where: Expr | None, engine: str) -> Outcome | str:
    """Return the verdicts about the claims and one that counts the states, or the code with which all is refused."""
    # Every state counts, of every configuration: the claim is never cut to a cone, and reads the configuration.
    every = conjoin([TRUE, *(Apply("=", (Read(v.name), Read(v.name))) for v in system.configuration)])
    counting = DeadlockFree(id=COUNT, sentence="", except_=every)
    try:
        return prove(system, [*claims, counting], where=where, engine=engine)
    except ModelError as fault:
        return fault.code


def _states(outcome: Outcome) -> int:
    return sum(cell.evidence.pairs for cell in outcome[COUNT].cells)


def _known(label: Label, engine: str) -> bool:
    """Say whether a verdict is known; of the engines that look at everything it has to be."""
    assert label.verdict is not Verdict.UNKNOWN or engine == "smt", (engine, label)
    return label.verdict is not Verdict.UNKNOWN


def _configurations(system: System, asked: Expr) -> list[Values]:
    """List the configurations asked about."""
    names = [v.name for v in system.configuration]
    found = oracle.configurations(System("", system.configuration, (), (), (asked,)))
    return [dict(zip(names, values, strict=True)) for values in found]


# --- laws -------------------------------------------------------------------------------------------------------------


def _kept(name: str, system: System, instance: Instance, engine: str, counts: Counter[str]) -> None:
    """Assert that a law is kept in every configuration."""
    try:
        outcome = prove(system, instance.claims, engine=engine)
    except ModelError as fault:
        assert fault.code == "TP141", fault
        counts[f"{name}: refused"] += 1
        return
    counts["laws asked"] += 1
    for values in _configurations(system, conjoin(system.constraints)):
        labels = [outcome[claim.id].partition.label_of(values) for claim in instance.claims]
        if not all(_known(label, engine) for label in labels):
            counts[f"{engine}: unknown"] += 1
            continue
        proved = [label.verdict is Verdict.PROVED for label in labels]
        assert instance.kept(*proved), (engine, values, proved, instance.claims)
        counts[f"{name}: {labels[0].verdict}"] += 1


def unmet(counts: Counter[str]) -> list[str]:
    """Name the rewrites and laws under which too few were proved, or refuted, and what was tried too seldom."""
    missing = [] if counts["pairs"] >= ENOUGH else [f"{counts['pairs']:,} pairs"]
    for name in NAMES:
        for verdict in ("proved", "refuted"):
            if not counts[f"{name}: {verdict}"]:
                missing.append(f"{name}: nothing was {verdict}")
    return missing


CAMPAIGN = Campaign(
    name="metamorphic",
    sentence="a random system and a claim, and the same in other words; or claims whose verdicts tie each other",
    run=run,
    trials=40_000,
    slice=342,
    shard=900,
    target="20,000 pairs of a claim and itself in other words, each way proved and refuted, verdicts as predicted",
    unmet=unmet,
)
