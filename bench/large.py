"""One search of more than 10⁸ states within 8 GiB: how far the explicit engine gets, and what a state costs there."""

from __future__ import annotations

from collections.abc import Callable

from bench.cases import LARGE
from bench.checkers.own import Engine
from bench.comparing import compare
from bench.document import result_document
from bench.tables import MIB, number, table

LONGEST = 300.0  # seconds


def large(progress: Callable[[str], None]) -> tuple[str, dict[str, object]]:
    """Return the table of the one run and its figures. It is not repeated."""
    result = compare(LARGE, [Engine("explicit")], 1, LONGEST, None, progress)[0]
    states = LARGE.states or 0
    seconds = result.deciding
    rate = "—" if seconds is None else f"{states / seconds / 1e6:.3g}"
    each = "—" if seconds is None else f"{result.peak / states:.1f}"
    head = ("model", "states", "seconds", "million states/s", "MiB", "bytes/state", "")
    row = (LARGE.about, f"{states:,}", number(seconds), rate, f"{result.peak / MIB:.0f}", each, result.fault)
    return table(head, [row]), {"large": result_document(result)}
