"""A run that an implementation fails, without the steps that its failure does not need.

Hypothesis leaves out draws, not steps: what it arrives at may still have steps that do nothing for the failure, because
the rules that it draws next depend on them. Here the model says which of the steps make a run without the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tunnelproof.conformance.adapter import Adapter
from tunnelproof.conformance.lockstep import ConformanceFailure, Lockstep
from tunnelproof.conformance.tracing import Start
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Values, successor

MOST_REPLAYS = 300  # of one failure; implementations may be slow

Steps = tuple[Step, ...]


def shortened(
    system: System, adapter: Adapter, start: Start, script: Sequence[Step], failure: Exception
) -> tuple[Steps, Exception]:
    """Return a shortest run that takes some of the steps, in order, and fails alike; and how it fails.

    Alike is the same kind of exception at the same step; differences are observed in some of the same names, and no
    others. If there are very many runs to try, it is merely one from which no neighbouring steps can be left out.
    """
    return _Shortening(system, adapter, start, tuple(script), failure).result()


class _Shortening:
    """The shortest failing run so far, and what it takes to try another."""

    def __init__(self, system: System, adapter: Adapter, start: Start, script: Steps, failure: Exception) -> None:
        self.system, self.adapter, self.start = system, adapter, start
        self.steps, self.failure = script, failure
        self.left, self.tried = MOST_REPLAYS, {script}
        self.row: Values = tuple(start.configuration[v.name] for v in system.configuration)
        self.state: Values = tuple(start.state[v.name] for v in system.variables)

    def result(self) -> tuple[Steps, Exception]:
        """Leave out neighbours while that is possible, then try all shorter runs, shortest first."""
        while any(map(self._fails_alike, self._without_neighbours())):
            pass
        for length in range(1, len(self.steps)):
            if any(map(self._fails_alike, self._runs(self.state, self.steps, length))):
                break
        return self.steps, self.failure

    def _without_neighbours(self) -> Iterator[Steps]:
        """Yield the runs without some neighbouring steps before the last, shortest first."""
        steps = self.steps
        for size in range(len(steps) - 1, 0, -1):
            for first in range(len(steps) - size):
                kept = steps[:first] + steps[first + size :]
                yield from self._runs(self.state, kept, len(kept))

    def _runs(self, state: Values, steps: Steps, length: int) -> Iterator[Steps]:
        """Yield what the model can do from the state with so many of the steps, in order, the last one last."""
        for first in range(len(steps) - length + 1) if length > 1 else [len(steps) - 1]:
            after = successor(self.system, self.row, state, steps[first])
            if after is not None and length == 1:
                yield (steps[first],)
            elif after is not None:
                for rest in self._runs(after, steps[first + 1 :], length - 1):
                    yield (steps[first], *rest)

    def _fails_alike(self, steps: Steps) -> bool:
        """Try the steps; if they fail alike, they are the run that is sought from now on."""
        if steps in self.tried or not self.left:
            return False
        self.tried.add(steps)
        self.left -= 1
        lockstep: Lockstep | None = None
        try:
            lockstep = Lockstep(self.system, self.adapter, self.start)
            for step in steps:
                lockstep.take(step)
        except Exception as failure:
            if lockstep and tuple(lockstep.script) == steps and _alike(failure, self.failure):
                self.steps, self.failure = steps, failure
                return True
        return False


def _alike(failure: Exception, former: Exception) -> bool:
    """Say whether a failure of the same step is the former one, or what remains of it."""
    names, before = _differing(failure), _differing(former)
    return type(failure) is type(former) and names <= before and bool(names) == bool(before)


def _differing(failure: Exception) -> set[str]:
    return {d.name for d in failure.differences} if isinstance(failure, ConformanceFailure) else set()
