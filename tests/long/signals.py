"""A command that is stopped by a signal at a random moment: how it ends, how soon, and what it leaves behind."""

from __future__ import annotations

import functools
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import models
from tests.long import larger
from tests.long.campaign import Campaign, Tally, examples
from tests.long.processes import Ended, Running, Surroundings, run, write_model

from tunnelproof.engines.registry import ENGINES
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHARD = 15
LONGEST = 180.0  # seconds for an undisturbed run
SOON = 2.0  # seconds in which it has to stop
BOUNDS = (0.1, 0.5, 1.0, SOON, 5.0, 10.0)
PATIENCE = 20.0  # seconds until it is said not to stop at all


@dataclass(frozen=True)
class Subject:
    """A command that takes a while, and the files that it makes."""

    words: tuple[str, ...]
    outputs: tuple[str, ...] = ()


Make = Callable[[int, Path], Subject]

# --- commands ---------------------------------------------------------------------------------------------------------


def _words(*words: str, outputs: tuple[str, ...] = ()) -> Make:
    return lambda _, __: Subject(words, outputs)


def _bench(make: Callable[[], System], claims: tuple[Claim, ...], *options: str) -> Make:
    def subject(_: int, folder: Path) -> Subject:
        write_model(folder, make(), claims)
        return Subject(("prove", "model.json", *options))

    return subject


def _random(*options: str) -> Make:
    def subject(seed: int, folder: Path) -> Subject:
        drawn: list[tuple[System, list[Claim]]] = []
        examples(larger.subjects(), 3, seed, drawn.append)
        write_model(folder, *drawn[-1])
        return Subject(("prove", "model.json", *options), tuple(_files(options)))

    return subject


def _files(options: tuple[str, ...]) -> list[str]:
    return [after for before, after in zip(options, options[1:], strict=False) if before in _MAKING]


_MAKING = ("--certificates", "--write-expect", "-o")
_CERTIFIED = ("--certificates", "certificates")
_DEVICE = functools.partial(models.devices, 1)
_STATIONS = functools.partial(models.ring, 6)

COMMANDS: tuple[Make, ...] = (
    _words("prove", "smallest", *_CERTIFIED, outputs=_CERTIFIED[1:]),
    _words("prove", "smallest", "--output-format", "json", "--write-expect", "pinned.json", outputs=("pinned.json",)),
    _words("prove", "ios", "leak.none-while-updating", *_CERTIFIED, outputs=_CERTIFIED[1:]),
    _words("graph", "smallest", "leak.none-while-protected", "-o", "graph.svg", outputs=("graph.svg",)),
    _words("export", "ios", "leak", "--to", "promela", "-o", "model.pml", outputs=("model.pml",)),
    _words("lint", "smallest"),
    *(_bench(_DEVICE, models.devices_claims(1), "--engine", engine) for engine in ENGINES),
    *(_bench(_STATIONS, models.ring_claims(6), "--engine", engine) for engine in ("all", *ENGINES)),
    *(_random(*_CERTIFIED, "--engine", engine) for engine in ("auto", "explicit", "diagram", "reference")),
)


# --- trials -----------------------------------------------------------------------------------------------------------


def run_trials(trials: int, seed: int, tally: Tally) -> None:
    """Run one command undisturbed, and so many times until a signal stops it."""
    generator = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="signals-") as place:
        folder = Path(place) / "undisturbed"
        folder.mkdir()
        subject = COMMANDS[seed % len(COMMANDS)](seed, folder)
        what = f"{' '.join(subject.words)}, seed {seed}"
        whole = run(subject.words, Surroundings(folder), LONGEST)
        tally.counts["commands"] += 1
        with tally.trial(lambda: f"{what}, undisturbed"):
            assert whole.status in (0, 10, 20) and not whole.traceback, whole
            written = _snapshot(folder, subject)
            for number in range(trials):
                sent, after = SIGNALS[number % len(SIGNALS)], generator.random() * whole.seconds
                scene = Path(place) / str(number)
                scene.mkdir()
                if (folder / "model.json").exists():
                    (scene / "model.json").write_bytes((folder / "model.json").read_bytes())
                with tally.trial(lambda: f"{what}, {sent.name} after {after:.3f} s of {whole.seconds:.3f}"):  # noqa: B023
                    _stop(subject, scene, sent, after, whole, tally.counts)
                    _complete(subject, scene, written, tally.counts)


def _stop(
    subject: Subject, scene: Path, sent: signal.Signals, after: float, whole: Ended, counts: Counter[str]
) -> None:
    """Run the command and send the signal after so many seconds; assert that it ends soon and as documented."""
    counts[f"{sent.name}: sent"] += 1
    running = Running(subject.words, Surroundings(scene))
    time.sleep(after)
    was_over = running.is_over
    began = time.monotonic()
    running.send(sent)
    ended = running.ended(PATIENCE)
    took = time.monotonic() - began
    assert ended.status is not None, f"does not stop; {ended}"
    assert not running.orphans(), "something that it started goes on"
    assert not ended.traceback or _in_start(ended), ended
    counts[_how_long(took)] += 1
    if ended.status == whole.status:
        counts[f"{sent.name}: the run was over" if was_over else f"{sent.name}: the run ended before it was heard"] += 1
        assert ended.out == whole.out, ended
    elif ended.status == -sent or _in_start(ended):
        # Python has not begun the command yet, or has ended it: for a shell this is the same status.
        counts[f"{sent.name}: stopped before the command began, or after it"] += 1
        if ended.traceback:
            counts["complaints of Python's own start"] += 1
        assert ended.out in ("", whole.out), ended
    else:
        counts[f"{sent.name}: stopped"] += 1
        assert ended.status == 128 + sent, ended
        assert ended.err.count("\n") >= 1 and whole.out.startswith(ended.out), ended


def _in_start(ended: Ended) -> bool:
    """Say whether Python was interrupted before it had read anything of ours: it then complains in its own way."""
    return ended.status in (1, -signal.SIGINT) and "KeyboardInterrupt" in ended.err and "tunnelproof" not in ended.err


def _how_long(took: float) -> str:
    bound = next((bound for bound in BOUNDS if took <= bound), PATIENCE)
    return f"ended within {bound:g} s of the signal"


_TOO_LATE = [_how_long(bound) for bound in (*BOUNDS, PATIENCE) if bound > SOON]


def _complete(subject: Subject, scene: Path, written: dict[str, bytes], counts: Counter[str]) -> None:
    """Assert that each file has all that an undisturbed run writes to it, or is not there, and that no other is."""
    found = _snapshot(scene, subject)
    for name, content in found.items():
        assert name in written, f"{name} is left behind"
        assert content == written[name], f"{name} is not complete"
        counts["files complete"] += 1
    counts["files absent"] += len(written.keys() - found.keys())
    others = [path.name for path in scene.iterdir() if path.name not in ("model.json", *subject.outputs)]
    assert not others, f"left behind: {others}"


def _snapshot(folder: Path, subject: Subject) -> dict[str, bytes]:
    """Return the files that the command makes, by their path in the folder."""
    made = [path for name in subject.outputs for path in (folder / name, *sorted((folder / name).glob("**/*")))]
    return {str(path.relative_to(folder)): path.read_bytes() for path in made if path.is_file()}


def unmet(counts: Counter[str]) -> list[str]:
    """Name what was too slow, and signals that stopped too few runs."""
    missing = [
        f"{counts[f'{n.name}: stopped']} stopped by {n.name}" for n in SIGNALS if counts[f"{n.name}: stopped"] < 60
    ]
    late = sum(number for what, number in counts.items() if what in _TOO_LATE)
    return missing + ([f"{late} ended later than {SOON:g} s"] if late else [])


CAMPAIGN = Campaign(
    name="signals",
    sentence="a command that gets SIGINT, SIGTERM or SIGHUP at a random moment of its run",
    run=run_trials,
    trials=600,
    slice=6,
    shard=SHARD,
    target="ends within 2 s with status 130, 143 or 129, no traceback, no process and no half-written file left behind",
    unmet=unmet,
)
