"""Exported models and claims in Spin, Rumur and NuSMV, against brute force. A checker that is missing is said to be."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st
from tests.long.agreement import described
from tests.long.campaign import Campaign, Tally, examples
from tests.oracle import stays_in_domains
from tests.peers import tools
from tests.peers.comparing import (
    NUSMV_KINDS,
    RUMUR_KINDS,
    SPIN_KINDS,
    Counts,
    Says,
    by_nusmv,
    by_rumur,
    by_spin,
    compare,
    compare_states,
)
from tests.systems import KINDS, claims, systems

from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

STATES = "number of states"  # asked in turn with the kinds of claim


class Peer(NamedTuple):
    """Another checker: its language, what it can be asked, and its share of ``ROUND`` trials."""

    to: str
    count: Counts
    says: Says
    kinds: Sequence[str]
    here: bool
    share: int
    enough: int  # answers of a published run


_GCC = shutil.which("gcc") is not None
PEERS = {
    "Spin": Peer("promela", tools.spin_states, by_spin, SPIN_KINDS, bool(shutil.which("spin")) and _GCC, 3, 250),
    "Rumur": Peer("murphi", tools.rumur_states, by_rumur, RUMUR_KINDS, bool(shutil.which("rumur")) and _GCC, 3, 250),
    "NuSMV": Peer("smv", tools.nusmv_states, by_nusmv, NUSMV_KINDS, bool(tools.NUSMV), 20, 1_500),
}
ROUND = [name for name, peer in PEERS.items() for _ in range(peer.share)]  # Spin and Rumur need a compiler each time


@st.composite
def subjects(draw: st.DrawFn) -> tuple[System, list[Claim]]:
    """Draw a system without an assignment that leaves its domain, and a claim of every kind about it."""
    system = draw(systems().filter(lambda drawn: all(stays_in_domains(drawn).values())))
    return system, [draw(claims(system, kind)) for kind in KINDS]


def run(trials: int, seed: int, tally: Tally) -> None:
    """Ask the checkers so many questions."""
    turns = itertools.count(seed)  # shards begin in different places
    asked: Counter[str] = Counter(dict.fromkeys(PEERS, seed))

    def ask(subject: tuple[System, list[Claim]]) -> None:
        system, drawn = subject
        name = ROUND[next(turns) % len(ROUND)]
        peer = PEERS[name]
        asked[name] += 1
        if not peer.here:
            tally.counts[f"{name}: absent"] += 1
            return
        what = [STATES, *peer.kinds][asked[name] % (1 + len(peer.kinds))]
        claim = next((c for c in drawn if c.kind == what), None)
        with tally.trial(lambda: f"{name}, {what}, of\n{described(system, [claim] if claim else [])}"):
            if claim is None:
                tally.counts[f"{name}: states"] += compare_states(system, peer.to, peer.count)
                found = "numbers of states"
            else:
                verdict = compare(system, claim, peer.says)
                found = "cannot be asked" if verdict is None else f"{what} {'holds' if verdict else 'fails'}"
            tally.counts[f"{name}: {found}"] += 1
            tally.counts[f"{name}: answers"] += found != "cannot be asked"

    examples(subjects(), trials, seed, ask)


def unmet(counts: Counter[str]) -> list[str]:
    """Name what was missing, or was asked too seldom."""
    missing = []
    for name, peer in PEERS.items():
        if counts[f"{name}: absent"]:
            missing.append(f"{name} is absent")
        elif counts[f"{name}: answers"] < peer.enough:
            missing.append(f"{counts[f'{name}: answers']} answers of {name}")
        else:
            wanted = [f"{kind} {end}" for kind in peer.kinds for end in ("holds", "fails")]
            missing += [
                f"{name}: no {found}" for found in ["numbers of states", *wanted] if not counts[f"{name}: {found}"]
            ]
    return missing


CAMPAIGN = Campaign(
    name="peers",
    sentence="a random system in another checker's language: its number of states, or its verdict, against brute force",
    run=run,
    trials=2_600,
    slice=26,
    shard=65,
    target="250 answers each of Spin and Rumur, 1,500 of NuSMV, of every kind both ways, no disagreement",
    unmet=unmet,
)
