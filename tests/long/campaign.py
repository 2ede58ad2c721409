"""What a campaign is, how it is cut into shards that give the same whatever runs them, and what it leaves behind."""

from __future__ import annotations

import json
import platform
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

SCHEMA = "tunnelproof.campaign/1"
PACKAGES = ("cvc5", "hypothesis", "llvmlite", "numpy", "oxidd", "scipy", "z3-solver")
KEPT = 20  # failures whose text is kept
SHARDS_EACH = 8  # that a process does before it is replaced, so that what libraries keep does not add up


@dataclass
class Tally:
    """What came out: how often each thing happened, and what should not have happened."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def trial(self, what: Callable[[], str]) -> Iterator[None]:
        """Count an assertion or any other exception inside as a failure of what was tried, and go on."""
        try:
            yield
        except Exception as fault:
            self.fail(f"{type(fault).__name__}: {fault}\n{what()}")

    def fail(self, text: str) -> None:
        """Note something that should not have happened."""
        self.counts["failures"] += 1
        if len(self.failures) < KEPT:
            self.failures.append(text)

    def add(self, other: Tally) -> None:
        """Take over another shard's counts and failures."""
        self.counts.update(other.counts)
        self.failures = (self.failures + other.failures)[:KEPT]


@dataclass(frozen=True)
class Campaign:
    """A kind of trial that is made many times. Nothing in it may depend on anything but trials and seed.

    ``run(trials, seed, tally)`` makes so many trials; ``unmet`` says what the counts should show and do not, besides
    that nothing failed. ``trials`` are made for the published figures, ``slice`` with the other tests, and ``shard``
    by one process in a row.
    """

    name: str
    sentence: str
    run: Callable[[int, int, Tally], None]
    trials: int
    slice: int
    shard: int = 500
    target: str = ""
    unmet: Callable[[Counter[str]], list[str]] = lambda _: []

    def shards(self, trials: int, seed: int) -> list[tuple[int, int]]:
        """Cut into pieces of trials, each with a seed of its own."""
        cuts = range(0, trials, self.shard)
        return [(min(self.shard, trials - cut), seed * 1_000_003 + place) for place, cut in enumerate(cuts)]


def examples(strategy: st.SearchStrategy[Any], trials: int, seed: int, use: Callable[[Any], None]) -> None:
    """Draw so many examples of a strategy and use each."""

    @seeded(seed)
    @settings(
        max_examples=trials,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(example: Any) -> None:
        use(example)

    each()


def run_shard(name: str, trials: int, seed: int) -> Tally:
    """Make the trials of one shard, in this process."""
    from tests.long.catalogue import campaign_named

    tally = Tally()
    campaign_named(name).run(trials, seed, tally)
    return tally


def run_all(
    campaign: Campaign, trials: int, seed: int, jobs: int = 1, heard: Callable[[int, int], None] = lambda *_: None
) -> Tally:
    """Make all trials in so many processes; a process that dies ends the campaign with its exception."""
    shards = campaign.shards(trials, seed)
    total = Tally()
    batch = jobs * SHARDS_EACH
    for cut in range(0, len(shards), batch):
        # Not forked: solvers and the diagrams' library hold threads and locks.
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            waiting = [pool.submit(run_shard, campaign.name, *shard) for shard in shards[cut : cut + batch]]
            for done, future in enumerate(waiting, cut + 1):
                total.add(future.result())
                heard(done, len(shards))
    return total


def summary(campaign: Campaign, trials: int, seed: int, tally: Tally, seconds: float) -> dict[str, Any]:
    """Return the campaign's summary as a document, equal for equal seeds but for ``run``."""
    return {
        "schema": SCHEMA,
        "campaign": campaign.name,
        "sentence": campaign.sentence,
        "target": campaign.target,
        "command": f"python -m tests.long {campaign.name} --trials {trials} --seed {seed}",
        "trials": trials,
        "seed": seed,
        "counts": dict(sorted(tally.counts.items())),
        "failures": tally.failures,
        "unmet": campaign.unmet(tally.counts),
        "run": {
            "seconds": round(seconds, 1),
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "commit": commit_name(),
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
    }


def commit_name() -> str:
    """Name the commit whose code ran; a ``+`` says that files were changed since."""
    here = Path(__file__).parent

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=here, capture_output=True, text=True, check=False).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + (
        "+" if git("status", "--porcelain", ":/src", ":/model", ":/properties", ":/tests") else ""
    )


def write(document: dict[str, Any], folder: Path) -> Path:
    """Write a summary where the published ones are."""
    path = folder / f"{document['campaign']}.json"
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
