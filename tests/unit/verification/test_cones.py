"""Claims with the same cone share an exploration and a closed set, wherever they stand among the others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tunnelproof.evidence.checking import judge
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.rows import Codes
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range, Value
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Claim, Invariant, Reachable
from tunnelproof.verification.prove import prove


def two_counters() -> System:
    parts = [Component(f"part_{n}", actor="os") for n in "xy"]
    for part, letter in zip(parts, "xy", strict=True):
        count = part.variable(letter, Range(0, 2), start=0)
        part.action(f"{letter}_up", when=name(letter) < 2, then={count: name(letter) + 1})
        part.derived(f"{letter}_full", name(letter) == 2)
    return compose("two counters", configuration=Configuration(), components=parts)


def test_claims_with_the_same_cone_share_a_closed_set(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[list[str]] = []
    check = judge.check_closed_set

    def counted(system: System, configurations: Sequence[tuple[Value, ...]], rows: Codes) -> StateGraph:
        checked.append([v.name for v in system.variables])
        return check(system, configurations, rows)

    monkeypatch.setattr(judge, "check_closed_set", counted)
    claims: list[Claim] = [
        Invariant(id="low.x", sentence="", holds=name("x") <= 2),
        Invariant(id="low.y", sentence="", holds=name("y") <= 2),
        Reachable(id="never.both", sentence="", point=name("x_full") & (name("x") == 1)),
        Invariant(id="low.y-again", sentence="", holds=name("y") < 3),
    ]
    outcome = prove(two_counters(), claims)
    assert checked == [["x"], ["y"]]
    assert [found.claim.id for found in outcome.claims] == [claim.id for claim in claims]
    assert [found.verdict for found in outcome.claims] == ["proved", "proved", "refuted", "proved"]
    assert list(outcome.figures.per_claim) == [claim.id for claim in claims]
