"""Which files are changed, which tests pin them, and how the work is dealt out."""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.long.mutants.run import ROOT, Room, Verdict, ask

SOURCE = "src/tunnelproof"
RANDOM = ("test_random", "test_mutants")
UNTRUSTED = ("conformity",)  # says what came of holding a log against a model: no verdict rests on it


def files(folder: str) -> tuple[str, ...]:
    """Return the modules of a folder, by their paths from the root."""
    found = [path for path in sorted((ROOT / SOURCE / folder).glob("*.py")) if path.stem not in UNTRUSTED]
    return tuple(str(path.relative_to(ROOT)) for path in found)


def tests(*rooms: str) -> tuple[str, ...]:
    """Return the test modules of these rooms, less those that draw random systems: what is pinned should be written."""
    found = [path for room in rooms for path in sorted((ROOT / "tests/unit" / room).glob("test_*.py"))]
    return tuple(str(path.relative_to(ROOT)) for path in found if path.stem not in RANDOM)


# The certifier is asked by the tests of the judge too, where these ask both (tests/unit/evidence/small.py).
BOTH = tuple(
    f"tests/unit/evidence/test_{name}.py" for name in ("closed_sets", "supersets", "ranks", "fair_proofs", "replay")
)
SLOW = ("tests/unit/certify/test_invariants.py",)  # asks solvers what test_questions.py asks in the process

ROOMS = (
    Room(
        ("src/tunnelproof_certify.py",),
        tuple(test for test in (*tests("certify"), *BOTH) if test not in SLOW),
        prepared=True,
    ),
    Room(files("evidence/checking"), tests("evidence", "solving")),
    Room(files("evidence"), tests("evidence")),
    Room(files("semantics"), tests("semantics", "evidence")),
)


def in_jobs(chosen: list[tuple[int, str, int]], jobs: int, budget: float) -> dict[tuple[int, str, int], Verdict]:
    """Ask about the mutants, dealt out to so many processes."""
    found: dict[tuple[int, str, int], Verdict] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        waiting = []
        for number in range(len(ROOMS)):
            mine = [(file, place) for room, file, place in chosen if room == number]
            for job in range(jobs):
                if part := mine[job::jobs]:
                    waiting.append((number, part, pool.submit(asked, number, part, budget)))
        for number, part, future in waiting:
            found |= {(number, *place): verdict for place, verdict in zip(part, future.result(), strict=True)}
    return dict(sorted(found.items()))


def asked(room: int, part: list[tuple[str, int]], budget: float) -> list[Verdict]:
    """Ask about some mutants of a room, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        return ask(ROOMS[room], part, budget, Path(folder, "tests"))
