"""Whatever cannot be written, read or loaded: a documented status, a word about it, and no half-written file.

Every combination of a command, a place where it writes, and what is wrong with that place is one trial.
"""

from __future__ import annotations

import functools
import itertools
import os
import random
import resource
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.long.campaign import Campaign, Tally
from tests.long.processes import Ended, Surroundings, run

from tunnelproof.interchange.exit_status import ExitCode

LONGEST = 180.0  # seconds
SMALL = 100  # bytes that a file may have at most
NOT_WRITTEN = int(ExitCode.NOT_WRITTEN)
OWN = -1  # stands for the status of the same command undisturbed

CLAIM = "leak.none-while-updating"
_PROVE = ("prove", "smallest", CLAIM)

# Commands by what they print on stdout; the last two have something to say on stderr only.
PRINTING: dict[str, tuple[str, ...]] = {
    "prove": _PROVE,
    "prove as JSON": (*_PROVE, "--output-format", "json"),
    "refusal as JSON": ("prove", "absent", "--output-format", "json"),
    "explain": ("explain", "smallest", CLAIM),
    "graph": ("graph", "smallest", CLAIM),
    "export": ("export", "smallest", "--to", "promela"),
    "show": ("show", "smallest"),
    "show as JSON": ("show", "smallest", "--output-format", "json"),
    "lint": ("lint", "smallest"),
    "help": ("prove", "--help"),
    "version": ("--version",),
    "usage": ("prove",),
    "refusal": ("prove", "absent"),
}
SILENT = ("usage", "refusal")

# Commands that write a file, which comes last.
WRITING: dict[str, tuple[str, ...]] = {
    "prove --write-expect": (*_PROVE, "-qq", "--write-expect", "out.json"),
    "graph -o .dot": ("graph", "smallest", CLAIM, "-o", "out.dot"),
    "graph -o .svg": ("graph", "smallest", CLAIM, "-o", "out.svg"),
    "export -o": ("export", "smallest", "--to", "murphi", "-o", "out.m"),
}
FILING = (*_PROVE, "-qq", "--certificates", "out")


@dataclass(frozen=True)
class Fault:
    """What is wrong; the statuses that are documented for it; whether something has to be said about it."""

    name: str
    prepare: Callable[[Path, Path], Surroundings]  # the folder, the path to be written
    statuses: tuple[int, ...] = (NOT_WRITTEN,)
    said: bool = True
    kept: bytes | None = None  # what the file had before, and has to have after a failure


@dataclass(frozen=True)
class Trial:
    """A command with one fault. ``writes`` is the file or folder that it is to write, relative to its folder; ``usual``
    the command that it is compared with, if that is another.
    """

    sink: str
    command: str
    words: tuple[str, ...]
    fault: Fault
    writes: str | None = None
    usual: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.command}: {self.fault.name}"


# --- streams ----------------------------------------------------------------------------------------------------------


def _closed(*streams: int) -> Callable[[Path, Path], Surroundings]:
    return lambda folder, _: Surroundings(folder, closed=streams)


def _stream(name: str, make: Callable[[Path], int], **limits: int) -> Callable[[Path, Path], Surroundings]:
    def prepare(folder: Path, _: Path) -> Surroundings:
        kinds = {getattr(resource, kind): value for kind, value in limits.items()}
        return Surroundings(folder, limits=kinds, **{name: make(folder)})  # type: ignore[arg-type]

    return prepare


def _full(_: Path) -> int:
    return os.open("/dev/full", os.O_WRONLY)


def _unread(_: Path) -> int:
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def _for_reading(_: Path) -> int:
    return os.open(os.devnull, os.O_RDONLY)


def _file(folder: Path) -> int:
    return os.open(folder / "printed", os.O_WRONLY | os.O_CREAT)


STDOUT = (
    Fault("stdout is closed", _closed(1)),
    Fault("stdout is full", _stream("stdout", _full)),
    Fault("nobody reads stdout", _stream("stdout", _unread), said=False),
    Fault("stdout is open for reading only", _stream("stdout", _for_reading)),
    Fault("stdout is a file that may not be so large", _stream("stdout", _file, RLIMIT_FSIZE=SMALL)),
    Fault("all streams are closed", _closed(0, 1, 2), said=False),
    Fault("stdout and stderr are closed", _closed(1, 2), said=False),
)
OTHERS = (
    Fault("stdin is closed", _closed(0), (OWN,), said=False),
    Fault("stderr is closed", _closed(2), (OWN,), said=False),
    Fault("stderr is full", _stream("stderr", _full), (OWN,), said=False),
    Fault("nobody reads stderr", _stream("stderr", _unread), (OWN,), said=False),
    Fault("stderr is open for reading only", _stream("stderr", _for_reading), (OWN,), said=False),
)

# --- files ------------------------------------------------------------------------------------------------------------


def _limited(folder: Path, _: Path) -> Surroundings:
    return Surroundings(folder, limits={resource.RLIMIT_FSIZE: SMALL})


def _link(to: str) -> Callable[[Path, Path], Surroundings]:
    def prepare(folder: Path, target: Path) -> Surroundings:
        target.symlink_to(to)
        return Surroundings(folder)

    return prepare


def _there(folder: Path, target: Path) -> Surroundings:
    target.write_bytes(b"old")
    return Surroundings(folder)


def _there_and_limited(folder: Path, target: Path) -> Surroundings:
    target.write_bytes(b"old")
    return _limited(folder, target)


def _linked_and_limited(folder: Path, target: Path) -> Surroundings:
    (folder / "other").write_bytes(b"old")
    target.symlink_to("other")
    return _limited(folder, target)


def _linked(folder: Path, target: Path) -> Surroundings:
    (folder / "other").write_bytes(b"old")
    target.symlink_to("other")
    return Surroundings(folder)


def _folder(folder: Path, target: Path) -> Surroundings:
    target.mkdir()
    return Surroundings(folder)


FILE = (
    Fault("files may not be so large", _limited),
    Fault("the file is there", _there, (OWN,), said=False),
    Fault("the file is there, and files may not be so large", _there_and_limited, kept=b"old"),
    Fault("a link to a file", _linked, (OWN,), said=False),
    Fault("a link to a file, and files may not be so large", _linked_and_limited, kept=b"old"),
    Fault("a folder has the name", _folder),
    Fault("a link to a full device", _link("/dev/full")),
    Fault("a link to nowhere", _link("absent/absent")),
    Fault("a link to itself", lambda folder, target: _link(target.name)(folder, target)),
    Fault("a link to where nobody may write", _link("/sys/absent")),
)
ELSEWHERE = {  # faults of the path itself, which then takes the place of the usual one
    "a folder that is not there": "absent/out",
    "a file where a folder should be": "file/out",
    "a name that is too long": "x" * 300,
    "a folder in which nobody may write": "/sys/out",
}

# --- folders ----------------------------------------------------------------------------------------------------------


def _with_stranger(folder: Path, target: Path) -> Surroundings:
    target.mkdir()
    (target / "notes.txt").write_bytes(b"old")
    return Surroundings(folder)


def _with_certificate(folder: Path, target: Path) -> Surroundings:
    target.mkdir()
    (target / f"{CLAIM}.certificate.json").write_bytes(b"old")
    return Surroundings(folder)


def _with_certificate_and_limited(folder: Path, target: Path) -> Surroundings:
    _with_certificate(folder, target)
    return _limited(folder, target)


def _with_folder(folder: Path, target: Path) -> Surroundings:
    (target / f"{CLAIM}.certificate.json").mkdir(parents=True)
    return Surroundings(folder)


def _linked_folder(folder: Path, target: Path) -> Surroundings:
    (folder / "other").mkdir()
    target.symlink_to("other")
    return Surroundings(folder)


DIRECTORY = (
    Fault("files may not be so large", _limited),
    Fault("a file has the name", _there),
    Fault("there is something else in it", _with_stranger, (int(ExitCode.USAGE),)),
    Fault("there are older certificates in it", _with_certificate, (OWN,), said=False),
    Fault("older certificates, and files may not be so large", _with_certificate_and_limited, kept=b"old"),
    Fault("a folder has the name of a certificate", _with_folder),
    Fault("a link to a folder", _linked_folder, (OWN,), said=False),
    Fault("a link to a file", _linked),
    Fault("a link to nowhere", _link("absent/absent")),
    Fault("a link to itself", lambda folder, target: _link(target.name)(folder, target)),
)

# --- what is not there ------------------------------------------------------------------------------------------------


def _unset(**environment: str | None) -> Callable[[Path, Path], Surroundings]:
    return lambda folder, _: Surroundings(folder, environment)


def _without(*packages: str, fault: str = "ModuleNotFoundError") -> Callable[[Path, Path], Surroundings]:
    """Put modules in the way that raise when they are imported, as if the packages could not be."""

    def prepare(folder: Path, _: Path) -> Surroundings:
        stubs = folder / "stubs"
        stubs.mkdir()
        for package in packages:
            (stubs / f"{package}.py").write_text(f"raise {fault}('{package} is not there')\n")
        return Surroundings(folder, {"PYTHONPATH": str(stubs)})

    return prepare


_UNKNOWN = int(ExitCode.UNKNOWN)
MISSING = (
    Fault("HOME is not set", _unset(HOME=None), (OWN,), said=False),
    Fault("HOME is not there", _unset(HOME="/absent"), (OWN,), said=False),
    Fault("TMPDIR is not there", _unset(TMPDIR="/absent"), (OWN,), said=False),
    Fault("nothing is set", _unset(**dict.fromkeys(os.environ)), (OWN,), said=False),
    *(
        Fault(f"{package} cannot be loaded ({fault})", _without(package, fault=fault), (OWN, _UNKNOWN), said=False)
        for package in ("z3", "cvc5", "llvmlite", "oxidd", "graphviz")
        for fault in ("ModuleNotFoundError", "ImportError", "OSError")
    ),
    Fault("no solver can be loaded", _without("z3", "cvc5"), (OWN, _UNKNOWN), said=False),
)
NO_DOT = Fault("dot is not there", _unset(PATH="/absent"), (OWN,))  # the graph is written as what dot would read
ENGINES = ("auto", "all", "diagram", "explicit", "reference", "smt")


def combinations() -> Iterator[Trial]:
    """List all trials, always in the same order."""
    for (command, words), fault in itertools.product(PRINTING.items(), (*STDOUT, *OTHERS)):
        sink = "stdout" if fault in STDOUT else "other streams"
        yield Trial(sink, command, words, _of_silent(fault) if command in SILENT else fault)
    for (command, words), fault in itertools.product(WRITING.items(), FILE):
        yield Trial("file", command, words, fault, words[-1])
    for (command, words), (name, path) in itertools.product(WRITING.items(), ELSEWHERE.items()):
        there = path + Path(words[-1]).suffix
        yield Trial("file", command, (*words[:-1], there), Fault(name, _strange), there, words)
    for fault in DIRECTORY:
        yield Trial("folder", "prove --certificates", FILING, fault, FILING[-1])
    for name, path in ELSEWHERE.items():
        if not path.startswith("absent"):  # folders on the way are made
            yield Trial("folder", "prove --certificates", (*FILING[:-1], path), Fault(name, _strange), path, FILING)
    for engine, fault in itertools.product(ENGINES, MISSING):
        yield Trial("what is missing", f"prove --engine {engine}", (*_PROVE, "--engine", engine), fault)
    drawing, instead = WRITING["graph -o .svg"], WRITING["graph -o .dot"]
    yield Trial("what is missing", "graph -o .svg", drawing, NO_DOT, "out.dot", instead)


def _of_silent(fault: Fault) -> Fault:
    """Return the fault for a command that prints nothing on stdout: it ends as it always does."""
    return Fault(fault.name, fault.prepare, (OWN,), said=False)


def _strange(folder: Path, _: Path) -> Surroundings:
    (folder / "file").write_bytes(b"old")
    return Surroundings(folder)


# --- trials -----------------------------------------------------------------------------------------------------------


@functools.cache
def undisturbed(words: tuple[str, ...]) -> tuple[Ended, frozenset[bytes]]:
    """Return how the command ends with nothing in its way, and what it then has in its files."""
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        ended = run(words, Surroundings(Path(name)), LONGEST)
        return ended, frozenset(path.read_bytes() for path in Path(name).rglob("*") if path.is_file())


def run_trials(trials: int, seed: int, tally: Tally) -> None:
    """Try so many of all combinations, in an order that the seed gives; all of them, if so many are wanted."""
    every = list(combinations())
    for trial in random.Random(seed).sample(every, min(trials, len(every))):
        with tally.trial(lambda: str(trial)):  # noqa: B023
            _try(trial, tally.counts)


def _try(trial: Trial, counts: Counter[str]) -> None:
    whole, contents = undisturbed(trial.usual or trial.words)
    statuses = {whole.status if status == OWN else status for status in trial.fault.statuses}
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        target = folder / (trial.writes or "nothing")
        around = trial.fault.prepare(folder, target)
        before = _files(folder)
        try:
            ended = run(trial.words, around, LONGEST)
        finally:
            for stream in (around.stdout, around.stderr):
                if isinstance(stream, int):
                    os.close(stream)
        counts[f"{trial.sink}: tried"] += 1
        counts[f"{trial.sink}: status {ended.status}"] += 1
        assert ended.status in statuses, (sorted(map(str, statuses)), ended)
        assert not ended.traceback, ended
        assert "TP9" not in ended.err, ended
        if trial.fault.said:
            counts["said what is wrong"] += 1
            assert ended.err.strip(), ended
        failed = ended.status != whole.status
        for path, content in _files(folder).items():
            if path.name == "printed":
                continue  # stdout, which may be cut anywhere
            assert ".tunnelproof-" not in path.name, f"{path.name} is left behind"
            assert content == before.get(path) or content in contents, f"{path.name} is not complete"
            if failed:
                assert content == before.get(path), f"{path.name} was written although the command failed"
        if trial.fault.kept is not None:
            counts["what was there is kept"] += 1
        if not failed and trial.writes:
            counts["written in full"] += 1
            assert contents & set(_files(folder).values()), "nothing was written"


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "stubs" not in path.parts}


def unmet(counts: Counter[str]) -> list[str]:
    """Name the places where not everything was tried."""
    wanted = Counter(trial.sink for trial in combinations())
    tried = {sink: counts[f"{sink}: tried"] for sink in wanted}
    return [f"{tried[sink]} of {number} at {sink}" for sink, number in wanted.items() if tried[sink] < number]


ALL = len(list(combinations()))

CAMPAIGN = Campaign(
    name="faults",
    sentence="a command, a place where it writes or what it needs, and what is wrong with that",
    run=run_trials,
    trials=ALL,
    slice=14,
    shard=ALL,
    target="every combination: a documented status, a word about it, no traceback, no half-written file",
    unmet=unmet,
)
