"""The models in the languages of other checkers, exported from the systems."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.checkers.contract import Task
from tunnelproof.interchange.export import export

SUFFIXES = {"promela": ".pml", "murphi": ".m", "smv": ".smv"}


def model_file(task: Task, language: str) -> Path:
    """Return the case's model in the language, in the task's folder. Written once."""
    path = task.folder / f"{task.case.name}{SUFFIXES[language]}"
    if path.exists():
        return path
    if task.inputs is not None:
        shutil.copyfile(task.inputs / path.name, path)
        return path
    path.write_text(export(task.case.make(), task.case.claims, to=language).text, encoding="utf-8")
    return path
