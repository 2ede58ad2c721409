"""Where a trace that settles a claim about finite paths may end: in a state, or with a step from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tunnelproof.engines.explicit.block import FALSE, TRUE, Block
from tunnelproof.engines.explicit.code import loaded
from tunnelproof.engines.explicit.lowering import Members
from tunnelproof.engines.explicit.steps import Steps, Taken, Watch
from tunnelproof.evidence.points import at_rest, shared_actions
from tunnelproof.model.language.expressions import FALSE as NEVER
from tunnelproof.model.language.expressions import By, Expr, walk
from tunnelproof.model.language.expressions import Taken as TakenAtom
from tunnelproof.model.language.system import Step
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    StepInvariant,
    violation_of,
)

PATH_CLAIMS = (Invariant, StepInvariant, Reachable, DeadlockFree, Precedence)
SEEN = "seen since the last reset"  # no name of a model has a space

StateTest = Callable[[Block, tuple[str, ...]], str]
StepTest = Callable[[Block, tuple[str, ...], Taken, Step], str]


@dataclass(frozen=True)
class Ends:
    """Tests that end a trace: of any state, of an initial state, or of a step (where the others do not apply)."""

    state: StateTest | None = None
    start: StateTest | None = None
    step: StepTest | None = None


def watch_of(claim: Claim) -> Watch | None:
    """Return the history bit that the claim needs."""
    if not isinstance(claim, Precedence):
        return None
    return Watch(SEEN, claim.first, NEVER if claim.since is None else claim.since)


def ends_of(claim: Claim, steps: Steps) -> Ends:
    """Return where a trace may end that settles the claim."""
    match claim:
        case Invariant() | Reachable():
            point = claim.point if isinstance(claim, Reachable) else violation_of(claim)
            return _at_point(point, steps)
        case StepInvariant():
            broken = violation_of(claim)
            return Ends(step=lambda block, words, taken, step: steps.holds_after(block, words, taken, step, broken))
        case DeadlockFree():
            return Ends(state=lambda block, words: _stuck(claim, steps, block, words))
        case Precedence():
            return _unpreceded(claim, steps)
        case _:
            raise AssertionError(f"not about finite paths: {claim.kind}")


def _at_point(point: Expr, steps: Steps) -> Ends:
    def at_start(block: Block, words: tuple[str, ...]) -> str:
        return steps.state(block, words).of(at_rest(point))

    if not any(isinstance(part, (TakenAtom, By)) for part in walk(point)):
        return Ends(state=at_start)
    return Ends(start=at_start, step=lambda block, _, taken, step: steps.point_after(block, taken, step, point))


def _stuck(claim: DeadlockFree, steps: Steps, block: Block, words: tuple[str, ...]) -> str:
    """Write whether none of the actors can move and that is not excused."""
    theirs, now, moving = shared_actions(steps.system, claim.by), steps.state(block, words), FALSE
    for step in steps.system.steps:
        if step.action in theirs:
            moving = block.either(moving, steps.take(block, words, now, step).enabled)
    excused = FALSE if claim.except_ is None else now.of(claim.except_)
    return block.opposite(block.either(moving, excused))


def _unpreceded(claim: Precedence, steps: Steps) -> Ends:
    """Return the points of ``then`` at which the history bit is not set."""

    def unseen(block: Block, words: tuple[str, ...]) -> str:
        return block.value(f"icmp eq i64 {steps.field(block, words, SEEN)}, 0")

    def at_start(block: Block, words: tuple[str, ...]) -> str:
        return block.both(unseen(block, words), steps.state(block, words).of(at_rest(claim.then)))

    def after(block: Block, _: tuple[str, ...], taken: Taken, step: Step) -> str:
        return block.both(unseen(block, taken.words), steps.point_after(block, taken, step, claim.then))

    return Ends(start=at_start, step=after)


def marking_module(ends: Ends, steps: Steps, members: Members) -> str:
    """Return a module with the functions `mark` and `mark_start`.

    For each state they write zero, or one more than the label of the first step that ends a trace; for a test of states
    any other number.
    """

    def mark(block: Block, words: tuple[str, ...]) -> str:
        if ends.state is not None:
            return _number(block, ends.state(block, words))
        return _first_step(ends, steps, block, words)

    def mark_start(block: Block, words: tuple[str, ...]) -> str:
        return "0" if ends.start is None else _number(block, ends.start(block, words))

    marks = [_marking("mark", steps, mark), _marking("mark_start", steps, mark_start)]
    return "\n".join([*marks, *members.definitions(), "!0 = !{}"])


def _number(block: Block, truth: str) -> str:
    return {FALSE: "0", TRUE: "1"}.get(truth) or block.value(f"zext i1 {truth} to i32")


def _first_step(ends: Ends, steps: Steps, block: Block, words: tuple[str, ...]) -> str:
    assert ends.step is not None
    now, found = steps.state(block, words), "0"
    for label in reversed(range(len(steps.system.steps))):
        step = steps.system.steps[label]
        taken = steps.take(block, words, now, step)
        if taken.enabled == FALSE:
            continue
        here = block.both(taken.enabled, ends.step(block, words, taken, step))
        if here != FALSE:
            found = block.value(f"select i1 {here}, i32 {label + 1}, i32 {found}")
    return found


def _marking(name: str, steps: Steps, write: StateTest) -> str:
    """Return a function that goes through the states from ``from`` up to ``to`` and writes a number for each."""
    block = Block()
    number = write(block, loaded(block, steps.packing.words))
    body = "\n".join(block.lines)
    return f"""
define void @{name}(ptr noalias %states, i64 %from, i64 %to, ptr noalias %out) {{
entry:
  br label %head
head:
  %i = phi i64 [ %from, %entry ], [ %next, %body ]
  %more = icmp slt i64 %i, %to
  br i1 %more, label %body, label %end
body:
  %at = mul i64 %i, {steps.packing.words}
  %state = getelementptr i64, ptr %states, i64 %at
{body}
  %k = sub i64 %i, %from
  %place = getelementptr i32, ptr %out, i64 %k
  store i32 {number}, ptr %place
  %next = add i64 %i, 1
  br label %head
end:
  ret void
}}
"""
