"""Verdicts weigh: a fault of the tool most, a proof least."""

from __future__ import annotations

from itertools import permutations

from tunnelproof.evidence.verdict import Verdict, worst


def test_the_worst_verdict_is_the_one_to_look_at() -> None:
    order = [Verdict.PROVED, Verdict.UNKNOWN, Verdict.REFUTED, Verdict.WITHHELD]
    for count in range(1, 5):
        for verdicts in permutations(order, count):
            assert worst(list(verdicts)) is max(verdicts, key=order.index)
