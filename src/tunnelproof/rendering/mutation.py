"""What a suite of tests is worth, as text."""

from __future__ import annotations

from collections.abc import Iterator

from tunnelproof.rendering import wording
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import Style, wrapped
from tunnelproof.verification.mutation import Difference, Score, Tried, Worth

_NAMED = 20  # survivors
_DIFFERENCES = {
    Difference.BY_REFUSAL: "{} only by asking for what the model does not have there, which no test does",
    Difference.NONE: "{} by nothing: equivalent to who looks on",
    Difference.UNDECIDED: "{} undecided: too many pairs of states",
}


def worth_text(worth: Worth, style: Style) -> str:
    """Return how many mutants the suite catches, and what would catch the others."""
    return style.drawn("\n".join(_lines(worth))) + "\n"


def _lines(worth: Worth) -> Iterator[str]:
    score = worth.score
    yield f"mutants: {_caught(score)}"
    if worth.after is not None:
        steps = sum(len(test.steps) for test in worth.added)
        added = f"{wording.number(len(worth.added), 'test')} with {wording.number(steps, 'step')} were added"
        yield from wrapped(f"{added} for what the others let through: before, {_caught(worth.before)}", 4, first="  ")
    observed = "everything is observed"
    system = worth.suite.system
    if len(score.observed) < len(system.variables) + len(system.derived):
        observed = "observed: " + ", ".join(map(safe_text, score.observed))
    yield from wrapped(observed, 4, first="  ")
    made, asked = wording.number(len(score.tried), "mutant"), worth.suite.coverage.configurations
    used = wording.number(score.configurations, "configuration")
    among = "" if score.configurations == asked else f" of {asked:,}, those that the tests use"
    yield from wrapped(f"{made}, in {used}{among}; all are told from the model by a run, but for", 4, first="  ")
    for difference, words in _DIFFERENCES.items():
        if many := score.number(difference):
            yield from wrapped(words.format(f"{many:,}"), 6, first="    ")
    if left_out := sum(score.left_out.values()):
        yield from wrapped(f"{left_out:,} more are no systems (an assignment leaves its domain)", 4, first="  ")
    if score.survivors:
        yield ""
        yield f"  not caught ({len(score.survivors):,}), and what would catch it:"
        for one in score.survivors[:_NAMED]:
            yield from _survivor(one)
        if len(score.survivors) > _NAMED:
            yield "    …"


def _caught(score: Score) -> str:
    share = "" if score.share is None else f", {score.share:.1%}"
    return f"{score.caught:,} caught of {score.counted:,} that a run can show{share}"


def _survivor(one: Tried) -> Iterator[str]:
    place = "" if one.mutant.where is None else f" ({one.mutant.where})"
    yield from wrapped(safe_text(one.mutant.name + place), 6, first="    ")
    steps = ", ".join(map(str, one.distinction.steps)) or "the start"
    yield from wrapped(safe_text(steps), 8, first="      ")
