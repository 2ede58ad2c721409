"""The same question gives the same bytes: whatever hashes, locale, time zone, folder and home a process has."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import strategies as st
from tests.long import larger
from tests.long.campaign import Campaign, Tally, examples
from tests.long.processes import Surroundings, run, write_model
from tests.systems import KINDS, claims, systems
from tests.systems.formulas import Draw

from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Tradeoff

ROOT = Path(__file__).parents[2]
SHARD = 10
FEW = 5  # models for which two processes are enough
SHIPPED: tuple[list[str], ...] = (
    ["smallest"],
    ["ios", "leak.none-while-updating", "recovery.by-anyone"],
    ["smallest-table"],
    ["smallest-submodel"],
)
LOCALES = ("C", "C.UTF-8", "POSIX", "tr_TR.UTF-8")
ZONES = ("UTC", "Asia/Kolkata", "America/St_Johns", "XXX-14")


@st.composite
def subjects(draw: Draw) -> tuple[System, list[Claim]]:
    """Draw a system, a claim of every kind about it, and a trade-off of two of them."""
    system = draw(systems())
    asked = [draw(claims(system, kind)) for kind in KINDS]
    return system, [*asked, Tradeoff(id="tradeoff", sentence="", claims=(asked[0].id, asked[2].id))]


def surroundings(count: int, place: Path, generator: random.Random) -> list[dict[str, str]]:
    """Return environments of which no two are the same in anything."""
    return [
        {
            "PYTHONHASHSEED": str(generator.randrange(1 << 32)),
            "LC_ALL": LOCALES[number % len(LOCALES)],
            "TZ": ZONES[number % len(ZONES)],
            "HOME": str(place / f"home{number}"),
            "COLUMNS": str(60 + 30 * number),
            "PYTHONPATH": str(ROOT),
        }
        for number in range(count)
    ]


def run_trials(trials: int, seed: int, tally: Tally) -> None:
    """Ask about so many models, each in eight processes; of a few models, in two."""
    generator = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="determinism-") as name:
        place = Path(name)
        drawn: list[tuple[System, list[Claim]]] = []
        examples(subjects(), trials - 1, seed, drawn.append)
        if trials > FEW:
            examples(larger.subjects(), 2, seed, drawn.append)  # the first is always the simplest
            del drawn[-2]
        environments = surroundings(2 if trials <= FEW else 8, place, generator)
        shipped = SHIPPED[seed % len(SHIPPED)]
        told = [_tell(place / f"folder{n}", drawn, shipped, e) for n, e in enumerate(environments)]
        _compare(told, tally, f"trials {trials}, seed {seed}")
        _compare_processes(place, shipped, environments, tally)
        tally.counts["models"] += len(drawn) + 1


def _tell(
    folder: Path, drawn: list[tuple[System, list[Claim]]], shipped: list[str], environment: dict[str, str]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the status and the hash of each command in a process of its own."""
    folder.mkdir()
    for number, (system, asked) in enumerate(drawn):
        write_model(folder, system, asked, f"model{number:03}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.long.outputs", json.dumps([shipped])],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    return {(model, words): (status, digest) for model, words, status, digest in lines}


def _compare(told: list[dict[tuple[str, str], tuple[str, str]]], tally: Tally, shard: str) -> None:
    first, *others = told
    for (model, words), ended in first.items():
        kind = words.split()[0]
        tally.counts[f"outputs of {kind}"] += 1
        tally.counts[f"{kind}: status {ended[0]}"] += 1
        with tally.trial(lambda: f"{shard}, {model}: {words}"):  # noqa: B023
            for other in others:
                tally.counts["comparisons"] += 1
                assert other[model, words] == ended, f"{ended} and {other[model, words]}"


def _compare_processes(place: Path, shipped: list[str], environments: list[dict[str, str]], tally: Tally) -> None:
    """Compare what a command prints as a process, with streams of its own."""
    words = ["prove", *shipped]
    with tally.trial(lambda: " ".join(words)):
        ended = [
            run(words, Surroundings(place / f"folder{n}", {**e, "PYTHONPATH": None}), 600)
            for n, e in enumerate(environments)
        ]
        assert ended[0].status in (0, 10, 20) and ended[0].out, ended[0]
        for other in ended[1:]:
            tally.counts["comparisons"] += 1
            assert (other.status, other.out) == (ended[0].status, ended[0].out), f"{ended[0]}\n{other}"


def unmet(counts: Counter[str]) -> list[str]:
    """Name what was compared too seldom."""
    missing = [] if counts["models"] >= 200 else [f"{counts['models']} models"]
    kinds = ("prove", "export", "graph", "explain", "show", "lint")
    return missing + [f"no outputs of {kind}" for kind in kinds if not counts[f"outputs of {kind}"]]


CAMPAIGN = Campaign(
    name="determinism",
    sentence="a model and all that commands print and write of it, in eight processes with other surroundings",
    run=run_trials,
    trials=220,
    slice=FEW,
    shard=SHARD,
    target="200 models, byte-identical text, JSON, certificates, exports and graphs with 8 hash seeds",
    unmet=unmet,
)
