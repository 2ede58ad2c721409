"""Change the trusted base in one place at a time: ``python -m tests.long.mutants --sample 800 --seed 1``."""

from __future__ import annotations

import json
import platform
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click
from tests.long.campaign import commit_name
from tests.long.mutants.change import mutants_of
from tests.long.mutants.rooms import ROOMS, in_jobs
from tests.long.mutants.run import ROOT, Verdict


@click.command()
@click.option("--sample", type=click.IntRange(min=1), help="How many, drawn alike from all; without it all.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--only", default="", help="Part of the files' paths.")
@click.option("--again", type=click.Path(path_type=Path, exists=True), help="A summary: only what survived there.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Processes.")
@click.option(
    "--budget",
    type=float,
    default=20.0,
    show_default=True,
    help="Seconds of tests for a mutant; of each module, where modules are asked one by one.",
)
@click.option("--write", "path", type=click.Path(path_type=Path), help="Where the summary goes.")
def main(
    sample: int | None, seed: int, only: str, again: Path | None, jobs: int, budget: float, path: Path | None
) -> None:
    """Make mutants of the trusted base and say which of them the unit tests do not notice."""
    began = time.monotonic()
    wanted = None if again is None else {_whatever_line(m) for m in json.loads(again.read_text("utf-8"))["survived"]}
    everything = [
        (number, file, place)
        for number, room in enumerate(ROOMS)
        for file in room.files
        if only in file
        for place, mutant in enumerate(mutants_of(ROOT, file)[1])
        if wanted is None or _whatever_line(str(mutant)) in wanted
    ]
    chosen = everything
    if sample is not None and sample < len(everything):
        chosen = sorted(random.Random(seed).sample(everything, sample))
    found = in_jobs(chosen, jobs, budget)
    document = {
        "schema": "tunnelproof.mutants/1",
        "command": "python -m tests.long.mutants"
        + (f" --sample {sample} --seed {seed}" if sample else "")
        + (f" --only {only}" if only else "")
        + f" --budget {budget:g}",
        "mutants": len(everything),
        "tried": len(chosen),
        "killed": sum(verdict.killed is not None for verdict in found.values()),
        "files": by_file(chosen, found),
        "survived": [verdict.mutant for verdict in found.values() if verdict.killed is None],
        "run": {
            "seconds": round(time.monotonic() - began, 1),
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "commit": commit_name(),
            "python": platform.python_version(),
        },
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    click.echo(text)
    if path is not None:
        path.write_text(text + "\n", "utf-8")


def _whatever_line(mutant: str) -> str:
    """Name a mutant such that it is found again when lines above it have come or gone."""
    place, change = mutant.split(" ", 1)
    return place.rsplit(":", 1)[0] + " " + change


def by_file(chosen: list[tuple[int, str, int]], found: dict[tuple[int, str, int], Verdict]) -> dict[str, Any]:
    """Count by file."""
    tried, killed = Counter(file for _, file, _ in chosen), Counter[str]()
    for (_, file, _), verdict in found.items():
        killed[file] += verdict.killed is not None
    return {
        file: {"tried": tried[file], "killed": killed[file], "survived": tried[file] - killed[file]} for file in tried
    }


if __name__ == "__main__":
    main()
