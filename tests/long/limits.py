"""Limits, ours and the system's, can only take verdicts away: what is proved or refuted under one is so without it."""

from __future__ import annotations

import functools
import json
import random
import resource
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import models
from bench.sweeps import jumps
from tests.long import larger
from tests.long.campaign import Campaign, Tally, examples
from tests.long.processes import Ended, Surroundings, run, write_model

from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.interchange.exit_status import ExitCode
from tunnelproof.interchange.model_source import ModelSource, load_model
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Claim, Invariant
from tunnelproof.verification.selection import read_where, select

LONGEST = 240.0  # seconds for one run, ours being the only limit that is not under test
SHARD = 25
MIB = 1 << 20
DEFINITE = ("proved", "refuted")

Labels = dict[tuple[object, ...], str]  # the verdict of one claim by configuration


@dataclass(frozen=True)
class Subject:
    """A model as a command takes it, and what is asked of it."""

    name: str
    written: str
    claims: tuple[str, ...]
    source: ModelSource


@dataclass
class Limited:
    """One way to limit a run."""

    kind: str
    value: str
    words: list[str] = field(default_factory=list)
    system: dict[int, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


# --- models -----------------------------------------------------------------------------------------------------------

Model = Callable[[int, Path], Subject]


def _shipped(model: str, *claims: str) -> Model:
    def make(_: int, __: Path) -> Subject:
        source = load_model(model)
        return Subject(f"{model} {' '.join(claims)}".strip(), model, claims, source)

    return make


def _written(make: Callable[[], System], claims: Sequence[Claim]) -> Model:
    def write(_: int, folder: Path) -> Subject:
        return _subject(folder, make(), claims)

    return write


def _random(seed: int, folder: Path) -> Subject:
    drawn: list[tuple[System, list[Claim]]] = []
    examples(larger.subjects(), 3, seed, drawn.append)
    return _subject(folder, *drawn[-1])  # the first that Hypothesis draws is always the same, and the simplest


def _subject(folder: Path, system: System, claims: Sequence[Claim]) -> Subject:
    path = write_model(folder, system, claims)
    return Subject(system.name, str(path), (), load_model(str(path)))


_ON_BOARD = Invariant(id="board.stays", sentence="The piece is on the board.", holds=name("x") < 64)
NAMED: tuple[Model, ...] = (
    _shipped("smallest"),
    _shipped("smallest-table"),
    _shipped("ios", "leak.none-while-updating", "recovery"),
    _written(functools.partial(models.devices, 1), models.devices_claims(1)),
    _written(functools.partial(models.philosophers, 7, left_handed=True), models.philosophers_claims(7)),
    _written(functools.partial(models.philosophers, 8, left_handed=False), models.philosophers_claims(8)),
    _written(functools.partial(models.filter_lock, 4), models.filter_lock_claims(4)),
    _written(functools.partial(models.ring, 10), models.ring_claims(10)),
    _written(functools.partial(jumps, 64), (_ON_BOARD,)),
)
MODELS = tuple(NAMED[i // 3] if i % 3 == 0 else _random for i in range(3 * len(NAMED)))  # one shard each


# --- limits -----------------------------------------------------------------------------------------------------------


def _between(generator: random.Random, least: float, most: float) -> float:
    """Return a number whose logarithm is uniformly distributed."""
    return float(least * (most / least) ** generator.random())


def _timeout(generator: random.Random) -> Limited:
    value = f"{_between(generator, 0.01, 60):.3f}"
    return Limited("--timeout", value, ["--timeout", value])


def _max_memory(generator: random.Random) -> Limited:
    value = str(round(_between(generator, 40, 2000)))
    return Limited("--max-memory", value, ["--max-memory", value])


def _max_states(generator: random.Random) -> Limited:
    value = str(round(_between(generator, 1, 1_000_000)))
    return Limited("--max-states", value, ["--max-states", value])


def _addresses(generator: random.Random) -> Limited:
    least, most = generator.choice([(64, 1024), (1024, 4096), (1024, 4096), (1024, 4096)])  # below 1024 it is refused
    mebibytes = round(_between(generator, least, most))
    return Limited("RLIMIT_AS", f"{mebibytes} MiB", system={resource.RLIMIT_AS: mebibytes * MIB})


def _several(generator: random.Random) -> Limited:
    parts = [make(generator) for make in (_timeout, _max_memory, _max_states)]
    words = [word for part in parts for word in part.words]
    return Limited("several", " ".join(words), words)


KINDS = (_timeout, _max_memory, _max_states, _addresses, _several)
ENGINES = ("auto", "auto", "auto", "explicit", "diagram", "reference", "smt", "all")
SLOW = ("reference", "smt", "all")  # without a limit on time they may take minutes
BRIEF = ["--timeout", "1"]


def run_trials(trials: int, seed: int, tally: Tally) -> None:
    """Ask one model without limits, and so many times with one."""
    generator = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="limits-") as place:
        folder = Path(place)
        subject = MODELS[seed % len(MODELS)](seed, folder)
        tally.counts["models"] += 1
        whole = _run(subject, "auto", Limited("none", ""), folder)
        with tally.trial(lambda: f"{subject.name}, seed {seed}, without limits"):
            assert whole.status in (ExitCode.PROVED, ExitCode.REFUTED, ExitCode.UNKNOWN), whole
            unlimited = _labels(subject, json.loads(whole.out))
            for number in range(trials):
                engine = generator.choice(ENGINES)
                limited = _limited(generator, KINDS[number % len(KINDS)], engine)
                with tally.trial(lambda: f"{subject.name}, seed {seed}, engine {engine}, {limited}"):  # noqa: B023
                    _compare(subject, engine, limited, unlimited, folder, tally.counts)


def _limited(generator: random.Random, make: Callable[[random.Random], Limited], engine: str) -> Limited:
    """Draw a limit; of engines that may take minutes without one, also limit the time."""
    limited = make(generator)
    if engine in SLOW and "--timeout" not in limited.words:
        limited.words += BRIEF
        limited.kind += f" and {' '.join(BRIEF)}"
    return limited


def _run(subject: Subject, engine: str, limited: Limited, folder: Path) -> Ended:
    words = ["prove", subject.written, *subject.claims, "--engine", engine, "--output-format", "json", *limited.words]
    return run(words, Surroundings(folder, limits=limited.system), LONGEST)


def _compare(
    subject: Subject,
    engine: str,
    limited: Limited,
    unlimited: dict[str, Labels],
    folder: Path,
    counts: Counter[str],
) -> None:
    """Run with the limit; assert a documented end, and that the run without limits confirms each verdict."""
    counts["runs"] += 1
    counts[f"{limited.kind}: runs"] += 1
    ended = _run(subject, engine, limited, folder)
    # A library that finds no memory may end the process. That is no verdict; it is counted, not hidden.
    if ended.crashed and limited.system:
        counts["RLIMIT_AS: a library ended the process"] += 1
        counts[f"RLIMIT_AS: a library ended the process, engine {engine}"] += 1
        assert not ended.out, ended
        return
    assert ended.status is not None and not ended.traceback, ended
    if limited.system and ended.status == ExitCode.USAGE:
        assert "TP065" in ended.err, ended
        counts["RLIMIT_AS: refused, too little for the libraries"] += 1
        return
    assert ended.status in (ExitCode.PROVED, ExitCode.REFUTED, ExitCode.UNKNOWN), ended
    document = json.loads(ended.out)
    found = _labels(subject, document)
    assert found.keys() == unlimited.keys()
    for claim, labels in found.items():
        for configuration, verdict in labels.items():
            if verdict in DEFINITE:
                without = unlimited[claim][configuration]
                assert verdict == without, f"{claim} is {verdict} in {configuration}, without limits {without}"
            else:
                assert verdict == "unknown", f"{claim} is {verdict} in {configuration}"
    _count(document, found, unlimited, limited.kind, counts)


def _labels(subject: Subject, document: dict[str, Any]) -> dict[str, Labels]:
    """Return each claim's verdict in every configuration, which is in exactly one of its cells."""
    system = subject.source.system
    space = ConfigurationSpace(system.configuration, system.constraints)
    names = [variable.name for variable in system.configuration]
    found: dict[str, Labels] = {}
    for claim in document["claims"]:
        labels: Labels = {}
        for cell in claim["cells"]:
            inside = space.narrow(read_where(cell["when"], system)).project(names)
            assert len(inside) == cell["configurations"] and not labels.keys() & set(inside), (claim["id"], cell)
            labels |= dict.fromkeys(inside, cell["verdict"])
        assert len(labels) == space.count(), claim["id"]
        found[claim["id"]] = labels
    assert list(found) == [claim.id for claim in select(subject.source.claims, subject.claims)]
    return found


def _count(
    document: dict[str, Any],
    found: dict[str, Labels],
    unlimited: dict[str, Labels],
    kind: str,
    counts: Counter[str],
) -> None:
    lost = 0
    for claim in document["claims"]:
        before, now = set(unlimited[claim["id"]].values()), set(found[claim["id"]].values())
        if "unknown" in now and "unknown" not in before:
            lost += 1
            assert "reason" in claim, f"{claim['id']} is unknown for no reason"
            counts[f"{kind}: claims unknown, {claim['reason']}"] += 1
            if len(now) > 1:
                counts[f"{kind}: claims unknown in some configurations only"] += 1
        else:
            counts[f"{kind}: claims settled"] += 1
    counts[f"{kind}: runs that lost verdicts" if lost else f"{kind}: runs that lost none"] += 1


def unmet(counts: Counter[str]) -> list[str]:
    """Name a crash, and the limits that never took a verdict away, or always, so that nothing was compared."""
    missing = [] if counts["models"] >= 20 else [f"{counts['models']} models"]
    for kind in ("--timeout", "--max-memory", "--max-states", "RLIMIT_AS", "several"):
        missing += [
            f"{kind}: none {what}"
            for what in ("runs that lost verdicts", "runs that lost none")
            if not counts[f"{kind}: {what}"]
        ]
    if crashes := counts["RLIMIT_AS: a library ended the process"]:
        missing.append(f"{crashes} runs ended by a library that found no addresses")
    return missing


CAMPAIGN = Campaign(
    name="limits",
    sentence="a run with --timeout, --max-memory, --max-states or RLIMIT_AS against the run without",
    run=run_trials,
    trials=SHARD * len(MODELS),
    slice=8,
    shard=SHARD,
    target="20 models, no verdict that the run without limits does not confirm, no undocumented status, no traceback",
    unmet=unmet,
)
