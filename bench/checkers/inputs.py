"""The models in the languages of other checkers, exported from the systems."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.checkers.contract import Task
from tunnelproof.interchange.export import export
from tunnelproof.properties.claims import DeadlockFree

SUFFIXES = {"promela": ".pml", "murphi": ".m", "smv": ".smv"}
SEARCH_DEADLOCKS = ("promela", "murphi")


def model_file(task: Task, language: str) -> Path:
    """Return the case's model in the language, in the task's folder. Written once.

    Freedom from deadlock is left out where the checker's own search for deadlocks is faster than an invariant.
    """
    path = task.folder / f"{task.case.name}{SUFFIXES[language]}"
    if path.exists():
        return path
    if task.inputs is not None:
        shutil.copyfile(task.inputs / path.name, path)
        return path
    claims = [c for c in task.case.claims if language not in SEARCH_DEADLOCKS or not isinstance(c, DeadlockFree)]
    path.write_text(export(task.case.make(), claims, to=language).text, encoding="utf-8")
    return path
