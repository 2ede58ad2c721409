"""What a suite of tests covers, as text."""

from __future__ import annotations

from collections.abc import Iterator

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.rendering import wording
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import Style, wrapped
from tunnelproof.verification.suites import Suite

_NAMED = 40  # goals that cannot be met


def suite_summary(suite: Suite, model: str, style: Style) -> str:
    """Return how much the suite covers; ``model`` is how the command called it."""
    return style.drawn("\n".join(_lines(suite, model, style))) + "\n"


def _lines(suite: Suite, model: str, style: Style) -> Iterator[str]:
    coverage = suite.coverage
    asked = wording.number(coverage.configurations, "configuration")
    where = f" where {safe_text(suite.where)}" if suite.where else ""
    yield from wrapped(f"{safe_text(model)} · {asked}{where} · {coverage.criterion}", 2, first="")
    yield ""
    mark = style.mark(Verdict.PROVED if coverage.complete else Verdict.UNKNOWN)
    yield f"{mark} {coverage.covered:,} covered of {coverage.reachable:,} reachable"
    yield from wrapped(f"counted: {coverage.counted}", 4, first="  ")
    least = f", of which at least {coverage.least_steps:,} are needed" if coverage.least_steps else ""
    used = wording.number(coverage.used, "configuration")
    yield f"  {wording.number(len(suite.tests), 'test')} in {used}"
    yield f"  {wording.number(suite.steps, 'step')}{least}; the longest test has {suite.longest:,}"
    for limit in coverage.limits:
        yield from wrapped(f"limit: {safe_text(limit)}", 4, first="  ")
    if coverage.unreachable:
        yield ""
        yield f"  not reachable in any run ({len(coverage.unreachable):,}):"
        for named in coverage.unreachable[:_NAMED]:
            yield from wrapped(safe_text(named), 6, first="    ")
        if len(coverage.unreachable) > _NAMED:
            yield "    …"
