"""Rounds in which every checker has its turn at a case, and the medians of what they took."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Case
from bench.checkers.contract import Attempt, Checker, Task, judged

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What came of a checker's attempts at a case. Times are medians, in seconds; ``None`` without a result."""

    case: Case
    checker: str
    attempts: tuple[Attempt, ...]

    @property
    def fault(self) -> str:
        """Why there is no result: the first fault of any attempt. One wrong count spoils the row."""
        return next((attempt.fault for attempt in self.attempts if attempt.fault), "")

    @property
    def deciding(self) -> float | None:
        """Seconds to decide, without compilers."""
        return None if self.fault else statistics.median(a.deciding or 0.0 for a in self.attempts)

    @property
    def whole(self) -> float:
        """Seconds from model to answer, with compilers; also of attempts without a result."""
        return statistics.median(attempt.whole for attempt in self.attempts)

    @property
    def user(self) -> float:
        """Processor seconds of the whole."""
        return statistics.median(attempt.user for attempt in self.attempts)

    @property
    def peak(self) -> int:
        """Bytes that the deciding program held at most, the greatest of all rounds."""
        return max(attempt.peak for attempt in self.attempts)

    def figure(self, name: str) -> float | None:
        """Return the median of a further number, if each attempt has it."""
        found = [attempt.figures.get(name) for attempt in self.attempts]
        numbers = [number for number in found if isinstance(number, int | float)]
        return statistics.median(numbers) if numbers and len(numbers) == len(found) else None


def compare(
    case: Case, checkers: Sequence[Checker], rounds: int, seconds: float, inputs: Path | None, progress: Progress
) -> list[Result]:
    """Let the checkers take turns at the case. Who has no result in a round is not asked again."""
    attempts: dict[str, list[Attempt]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        tasks = {checker.name: _task(case, Path(folder) / checker.name, seconds, inputs) for checker in checkers}
        for checker in checkers:
            progress(f"{case.name}: {checker.name} prepares")
            checker.prepare(tasks[checker.name])
        for round_ in range(rounds):
            for checker in checkers:
                done = attempts.setdefault(checker.name, [])
                if not any(attempt.fault for attempt in done):
                    progress(f"{case.name}: round {round_ + 1} of {rounds}, {checker.name}")
                    done.append(judged(checker.attempt(tasks[checker.name]), case))
    return [Result(case, checker.name, tuple(attempts[checker.name])) for checker in checkers]


def _task(case: Case, folder: Path, seconds: float, inputs: Path | None) -> Task:
    folder.mkdir()
    return Task(case, folder, seconds, inputs)
