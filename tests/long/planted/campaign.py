"""Bugs that others shipped, planted in our engines, and checks taken out of judge and certifier: each is caught.

A bug in an engine has to be caught by `agreement` within `MODELS` random systems; where the judge had its say, no wrong
verdict may have been printed. A bug in what is trusted has to be caught by the unit tests. To see that it was the bug
that was caught, the same is asked again without it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.long.campaign import Campaign, Tally
from tests.long.planted.hunt import PRINTED, VACUITY, hunt
from tests.long.planted.patches import Patch, apply, copied, patches

MODELS = 2_000
STRIDE = 1_000_003  # between the seeds of two campaigns; what is left is a shard's place
SECONDS = 1_800  # for one bug
TESTS = {  # by where the bug is, those that are nearest first
    "src/tunnelproof/evidence": ("tests/unit/evidence",),
    "src/tunnelproof/semantics": ("tests/unit/semantics", "tests/unit/evidence"),
    "src/tunnelproof_certify.py": ("tests/unit/certify",),
}
SLOW = ("test_invariants.py", "test_random.py", "test_mutants.py")  # come last, in this order


def run(trials: int, seed: int, tally: Tally) -> None:
    """Try the first bugs; a shard of one trial, the bug that has the shard's place."""
    chosen = patches()[:trials] if trials > 1 else patches()[seed % STRIDE :][:1]
    for patch in chosen:
        with tally.trial(lambda patch=patch: "\n".join([patch.name, *patch.header])), copied() as tree:
            apply(patch, tree)
            (_try_engine if patch.kind == "engines" else _try_trusted)(patch, tree, seed, tally.counts)


# --- engines ----------------------------------------------------------------------------------------------------------


def _try_engine(patch: Patch, tree: Path, seed: int, counts: Counter[str]) -> None:
    counts["planted in engines"] += 1
    found = _hunted(tree, patch.engine, seed)
    assert found is not None, f"not caught within {MODELS} models"
    counts[f"{patch.name}: models"] = found["models"]
    counts[f"{patch.name}: {found['how']}"] = 1
    counts["caught within 2,000 models"] += 1
    counts[f"engines: {found['how']}"] += 1
    if found["wrongly"]:
        counts["engines: wrong before it was judged"] += 1
        counts[f"{patch.name}: wrong before it was judged"] = 1
    if not patch.is_trusted_code:
        assert found["how"] not in (PRINTED, VACUITY), f"it passed the judge: {found['text']}"
    without = hunt(patch.engine, found["models"], seed, only=found["models"])
    assert without is None, f"wrong without the planted bug as well: {without}"


def _hunted(tree: Path, engine: str, seed: int) -> dict[str, Any] | None:
    done = _python(["-m", "tests.long.planted.hunt", engine, str(MODELS), str(seed)], tree)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] | None = json.loads(done.stdout.splitlines()[-1])
    return found


# --- what is trusted --------------------------------------------------------------------------------------------------


def _try_trusted(patch: Patch, tree: Path, _: int, counts: Counter[str]) -> None:
    counts[f"planted in the {patch.kind}"] += 1
    files = _files(tree, patch.touched[0])
    done = _tested(tree, files)
    failed = re.findall(r"^FAILED tests/unit/(.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    assert done.returncode == 1 and failed, f"no unit test fails\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    counts[f"{patch.name}: {failed[0]}"] = 1
    counts["caught by a unit test"] += 1
    apply(patch, tree, back=True)
    again = _tested(tree, [*files, "--last-failed"])
    assert again.returncode == 0, f"fails without the planted bug as well\n{again.stdout[-2000:]}"


def _files(tree: Path, touched: str) -> list[str]:
    folders = next(folders for place, folders in TESTS.items() if touched.startswith(place))
    found = [path for folder in folders for path in sorted((tree / folder).glob("test_*.py"))]
    found.sort(key=lambda path: SLOW.index(path.name) if path.name in SLOW else -1)
    return [str(path.relative_to(tree)) for path in found]


def _tested(tree: Path, what: list[str]) -> subprocess.CompletedProcess[str]:
    options = ["-x", "-q", "--tb=no", "--hypothesis-seed=0"]
    return _python(["-m", "pytest", *options, *what], tree)


def _python(arguments: list[str], tree: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, on the copy's sources."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def unmet(counts: Counter[str]) -> list[str]:
    """Say if not every bug there is was planted and caught."""
    caught = counts["caught within 2,000 models"] + counts["caught by a unit test"]
    return [] if caught >= len(patches()) else [f"{caught} of {len(patches())} caught"]


CAMPAIGN = Campaign(
    name="planted",
    sentence="a bug that another checker shipped, or a check less, planted in the product: something notices",
    run=run,
    trials=len(patches()),
    slice=2,
    shard=1,
    target="every one caught; those in engines within 2,000 models and without a wrong verdict",
    unmet=unmet,
)
