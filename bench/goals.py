"""The goals of speed, as ratios of times inside one run, and what a run has reached of them.

A ratio is ours by theirs. Deciding is compared with a peer's run, without its compiler; the whole command with
everything that the peer needs, its compiler included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bench.comparing import Result

Results = Mapping[tuple[str, str], Result]
Seconds = Callable[[Results, str], float | None]


@dataclass(frozen=True)
class Goal:
    """``ours`` takes at most ``most`` times the time of ``theirs``, on each of the ``cases``."""

    about: str
    says: str
    cases: tuple[str, ...]
    ours: Seconds
    theirs: Seconds
    most: float
    from_seconds: float = 0.0


@dataclass(frozen=True)
class Reached:
    """What came of a goal on one case. Without a ratio, ``why`` says so."""

    goal: Goal
    case: str
    ratio: float | None
    why: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; ``None`` if that was not measured."""
        return None if self.ratio is None else self.ratio <= self.goal.most


def reached(results: Results) -> list[Reached]:
    """Return what came of each goal on each of its cases that was run."""
    run = {case for case, _ in results}
    return [_reached(goal, case, results) for goal in GOALS for case in goal.cases if case in run]


def _reached(goal: Goal, case: str, results: Results) -> Reached:
    ours, theirs = goal.ours(results, case), goal.theirs(results, case)
    if ours is None:
        return Reached(goal, case, None, "no result of ours")
    if theirs is None:
        return Reached(goal, case, None, "no result to compare with")
    if theirs < goal.from_seconds:
        return Reached(goal, case, None, f"takes less than {goal.from_seconds:g} s")
    return Reached(goal, case, ours / theirs)


def deciding(*checkers: str) -> Seconds:
    """Return the least time in which one of the checkers decides."""
    return lambda results, case: _least(_get(results, case, name) for name in checkers)


def whole(checker: str) -> Seconds:
    """Return the time of everything from the model to the answer."""

    def found(results: Results, case: str) -> float | None:
        result = results.get((case, checker))
        return None if result is None or result.fault else result.whole

    return found


def chosen(results: Results, case: str) -> float | None:
    """Return the time in which the portfolio decides, less that of the evidence, which no peer has.

    The evidence's share is that of the engine whose answer was taken, measured alone; what remains is never less than
    this engine takes alone.
    """
    auto = results.get((case, "auto"))
    if auto is None or auto.deciding is None:
        return None
    engine = str(auto.attempts[-1].figures["engine"])
    alone = _get(results, case, engine)
    if alone is None:
        return auto.deciding
    return max(alone, auto.deciding - (results[case, engine].figure("evidence") or 0.0))


def with_evidence(*engines: str) -> Seconds:
    """Return the least time in which one of the engines decides and has its evidence, as the portfolio has to."""

    def one(results: Results, case: str, engine: str) -> float | None:
        seconds = _get(results, case, engine)
        return None if seconds is None else seconds + (results[case, engine].figure("evidence") or 0.0)

    return lambda results, case: _least(one(results, case, engine) for engine in engines)


def _get(results: Results, case: str, checker: str) -> float | None:
    result = results.get((case, checker))
    return None if result is None else result.deciding


def _least(found: Iterable[float | None]) -> float | None:
    return min((seconds for seconds in found if seconds is not None), default=None)


SMALL, DEVICES, RINGS = ("vpn1", "pet5"), ("vpn2c", "vpn2", "vpn3s"), ("ring30", "ring30-scrambled")
SEARCHED = ("vpn2", "phil10", "pet6")
EVERY = (*SMALL, "pet6", *DEVICES, "phil10", "phil10d", "ring14", "ring14-scrambled", "ring20", *RINGS)

_spin, _nusmv, _limit = deciding("spin"), whole("nusmv"), deciding("limit")
_explicit = deciding("explicit")

GOALS = (
    Goal("small model, cold", "deciding: at most NuSMV's time", SMALL, chosen, _nusmv, 1),
    Goal("small model, cold", "judged: at most 1/3 of Spin with gcc", SMALL, whole("prove"), whole("spin"), 1 / 3),
    Goal("explicit, one core", "at least 5 times Spin's states/s", SEARCHED, _explicit, _spin, 1 / 5),
    Goal("explicit, one core", "at most twice the C limit's time", SEARCHED, _explicit, _limit, 2),
    Goal("composed devices", "at most 1/10 of NuSMV's time", DEVICES, chosen, _nusmv, 1 / 10),
    Goal("composed devices", "at most 1/40 of Spin's time", DEVICES, chosen, _spin, 1 / 40),
    Goal("2^30 configurations", "at most 1/3 of NuSMV's time", RINGS, chosen, _nusmv, 1 / 3),
    Goal(
        "portfolio",
        "at most 1.2 times its better engine",
        EVERY,
        deciding("auto"),
        with_evidence("diagram", "explicit"),
        1.2,
        from_seconds=1.0,
    ),
    Goal("shortest trace", "at most 1/10 of Spin's, breadth first", ("phil10d",), chosen, deciding("spin-bfs"), 1 / 10),
)
