"""Questions about time, as questions about an ordinary system with a counter.

A **stay** is a stretch of a run in which a state predicate holds throughout; how long it lasts is the time that passes
in it. A **total** is the time that passes in such states since the start or the last reset, over several stays. A
**wait** is the time from a trigger that has not been answered yet. Each has a counter that stops at ``top``: beyond it,
more makes no difference to the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tunnelproof.model.language.expressions import Apply, By, Expr, Literal, Read, Taken, conjoin, disjoin, negate
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Reachable
from tunnelproof.semantics.cone import can_be_sliced, restrict, slice_for, unsliced
from tunnelproof.timing.clocks import ZERO, Counter, may_stand_still, one_more
from tunnelproof.timing.steps import after_step, at_rest

ONE = Literal(1)


def stay(name: str, point: Expr, top: int) -> Counter:
    """Count how long the state predicate has held without a break."""
    return Counter(
        name,
        top,
        step=Apply("if", (after_step(point), Read(name), ZERO)),
        tick=Apply("if", (point, one_more(name, top), ZERO)),
        doc="How long this stay has lasted.",
    )


def total(name: str, point: Expr, since: Expr, top: int) -> Counter:
    """Count how long the state predicate has held since the start or the last reset (a point predicate)."""
    return Counter(
        name,
        top,
        step=Apply("if", (after_step(since), ZERO, Read(name))),
        tick=Apply("if", (conjoin((point, negate(at_rest(since)))), one_more(name, top), Read(name))),
        still=can_be_sliced(_asked(since, None)),
        doc="How long it has been so in all, since the last reset.",
    )


def stays(name: str, point: Expr, since: Expr, top: int) -> Counter:
    """Count the stays that have begun since the start or the last reset; one that goes on over a reset counts."""
    begins = conjoin((negate(point), after_step(point)))
    again = Apply("if", (after_step(point), ONE, ZERO))
    return Counter(
        name,
        top,
        step=Apply("if", (after_step(since), again, Apply("if", (begins, one_more(name, top), Read(name))))),
        tick=Read(name),
        start=Apply("if", (point, ONE, ZERO)),
        still=can_be_sliced(_asked(since, None)),
        doc="How many stays there have been since the last reset.",
    )


def wait(name: str, trigger: Expr, response: Expr, most: int) -> Counter:
    """Count from the first trigger not answered: 0 is none, n + 1 says that n units have passed, up to ``most`` + 1."""
    top = most + 2

    def value(trigger: Expr, response: Expr, grown: Expr) -> Expr:
        waiting = disjoin((trigger, Apply(">", (Read(name), ZERO))))
        return fold(Apply("if", (response, ZERO, Apply("if", (waiting, grown, ZERO)))))

    begun = Apply("max", (Read(name), ONE))
    return Counter(
        name,
        top,
        step=value(after_step(trigger), after_step(response), begun),
        # A trigger that lasts while time passes is a trigger at every moment, the first of them included.
        tick=value(at_rest(trigger), at_rest(response), Apply("min", (Apply("+", (begun, ONE)), Literal(top)))),
        start=fold(Apply("if", (conjoin((at_rest(trigger), negate(at_rest(response)))), ONE, ZERO))),
        still=_quiet(trigger, response),
        doc="How long the answer has been missing.",
    )


def slice_in_time(
    system: System, points: Sequence[Expr], given: tuple[str, ...] | None, *, stutters: bool = True
) -> System:
    """Return the cone of influence of the formulas in the system with the given actors' actions, durations kept.

    Configuration variables and constraints stay as they are. The whole system is returned if something outside the
    cone could matter: a step by itself (not ``stutters``), or an action whose upper bound is 0.
    """
    claim = _asked(conjoin(points), given)
    whole = restrict(system, claim)
    cut = slice_for(system, claim) if stutters else unsliced(whole, claim)
    kept = cut.action_named
    if may_stand_still(replace(whole, actions=tuple(a for a in whole.actions if a.name not in kept))):
        cut = unsliced(whole, claim)
    return _in_family(cut, system)


def slice_of_total(system: System, point: Expr, since: Expr, given: tuple[str, ...] | None) -> System:
    """Return the cone of influence of a total, or the whole system if a step that nobody names could matter."""
    return slice_in_time(system, (point, since), given, stutters=can_be_sliced(_asked(since, None)))


def slice_of_wait(system: System, trigger: Expr, response: Expr, given: tuple[str, ...] | None) -> System:
    """Return the cone of influence of a wait, or the whole system if a step that nobody names could matter."""
    return slice_in_time(system, (trigger, response), given, stutters=_quiet(trigger, response))


def _in_family(cut: System, system: System) -> System:
    return replace(cut, configuration=system.configuration, constraints=system.constraints)


def _asked(point: Expr, given: tuple[str, ...] | None) -> Reachable:
    return Reachable(id="time", sentence="", point=point, given=given)


def _quiet(trigger: Expr, response: Expr) -> bool:
    """Say whether a step that nobody names, and that changes nothing, cannot matter to a wait.

    It is no trigger if the trigger names steps; else it repeats one, unless the response did answer it by naming a
    step. It is no answer that was not given before, as long as the response does not deny a step.
    """
    if not can_be_sliced(_asked(trigger, None)):
        return False
    by_steps = _speaks(trigger)
    return _positive(response, True) if by_steps else not _speaks(response)


def _speaks(point: Expr) -> bool:
    return at_rest(point) != fold(point)


def _positive(point: Expr, sign: bool) -> bool:
    """Say whether the steps that the formula names make it true, never false."""
    match point:
        case Taken() | By():
            return sign
        case Apply("not", (arg,)):
            return _positive(arg, not sign)
        case Apply("implies", (left, right)):
            return _positive(left, not sign) and _positive(right, sign)
        case Apply("and" | "or"):
            return all(_positive(arg, sign) for arg in point.args)
        case Apply():
            return not any(_speaks(arg) for arg in point.args)
        case _:
            return True
