"""How the same steps go in the nearest configuration with another verdict."""

from __future__ import annotations

from collections.abc import Iterator

from tunnelproof.model.language.expressions import conjoin
from tunnelproof.properties.claims import Recoverable
from tunnelproof.rendering import wording
from tunnelproof.rendering.explanation import Explanation
from tunnelproof.rendering.fair_loop import promises
from tunnelproof.rendering.parting import Parting, first_blocked, recovery
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.story import judgements
from tunnelproof.rendering.terminal import wrapped
from tunnelproof.verification.runs import Run

_MOST_DIFFERENCES = 5


def about_the_nearest(asked: Explanation, there: Parting | None, run: Run) -> Iterator[str]:
    """Say how the same steps go in the nearest configuration with another verdict."""
    if there is None:
        return
    system = asked.outcome.system
    changed = " and ".join(wording.change(change) for change in there.changes)
    yield from wrapped(f"The nearest configuration with another verdict has {changed}. There:", 4, first="")
    for number, differing in there.differences[:_MOST_DIFFERENCES]:
        place = f"after step {number}" if number else "at the start"
        said = ", ".join(f"{wording.assigned(c.name, c.new)}" for c in differing[:_MOST_DIFFERENCES])
        here = ", ".join(f"{wording.assigned(c.name, c.old)}" for c in differing[:_MOST_DIFFERENCES])
        yield from wrapped(f"{place}: {said} (above: {here})", 8, first="    ")
    if there.blocked is not None:
        guard = wording.formula(conjoin(there.guard), system) if there.guard else "that values stay in their domains"
        step = wording.step(run.steps[there.blocked - 1])
        yield from wrapped(f"step {there.blocked} ({step}) cannot be taken: it needs {guard}", 8, first="    ")
    else:
        yield from _same_steps(asked, run, there.run)


def _same_steps(asked: Explanation, run: Run, there: Run) -> Iterator[str]:
    """Say why the same steps do not settle the claim in the other configuration."""
    claim, cone, system = asked.found.shown, asked.found.cone, asked.outcome.system
    if isinstance(claim, Recoverable):
        yield from _recovers(asked, run, there)
        return
    if there.loop is not None and there.states[there.loop] != there.states[-1]:
        yield "    the same steps can be taken, but they do not lead back"
        return
    broken = [one.name for one in promises(cone, claim, there) if one.broken]
    if broken:
        yield from wrapped(
            f"going on like this would not be fair to {', '.join(map(safe_text, broken))}", 8, first="    "
        )
        return
    yield "    the same steps can be taken, but do not settle the claim"
    before = {(j.after, j.role, j.formula): j.holds for j in judgements(system, claim, run)}
    after = judgements(system, claim, there)
    for _, role, formula in before:
        if role == "recurs" and all(formula != other.formula for other in after):
            yield from wrapped(f"{wording.formula(formula, system)} does not recur", 8, first="    ")
    for judgement in after:
        if before.get((judgement.after, judgement.role, judgement.formula)) == (not judgement.holds):
            truth = "true" if judgement.holds else "false"
            yield from wrapped(f"{wording.formula(judgement.formula, system)} is {truth}", 8, first="    ")


def _recovers(asked: Explanation, run: Run, there: Run) -> Iterator[str]:
    claim, cone = asked.found.shown, asked.found.cone
    assert isinstance(claim, Recoverable)
    way = recovery(cone, claim, there) if claim.within is None else None  # a short way need not be a cheap one
    if way is None:
        return
    path = " → ".join(wording.step(step) for step in way) or "it is reached already"
    yield from wrapped(f"the goal can still be reached: {path}", 8, first="    ")
    stopped = first_blocked(cone, run, way)
    if stopped is not None:
        number, guard = stopped
        needs = wording.formula(conjoin(guard), asked.outcome.system)
        yield from wrapped(
            f"above, {wording.step(way[number - 1])} cannot be taken then: it needs {needs}", 8, first="    "
        )
