"""What commands print and write about the models of a folder, as one hash for each: to be compared between processes.

``python -m tests.long.outputs`` runs all commands about each ``*.json`` in the folder that it is started in, and about
the shipped models named, and prints a line for each: the model, the command, its status, the hash.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tunnelproof.cli import main

FOLDER, PINNED = "certificates", "pinned.txt"
ENGINES = ("explicit", "diagram", "reference")
LANGUAGES = ("promela", "murphi", "smv")


def commands(model: str, claims: Sequence[str], asked: Sequence[str]) -> Iterator[list[str]]:
    """List the commands about a model with these claims; of ``asked`` alone, if that is not empty."""
    prove = ["prove", model, *asked]
    yield [*prove, "--output-format", "json"]
    yield [*prove, "--verbose"]
    yield [*prove, "--color", "always", "-q"]
    yield [*prove, "--certificates", FOLDER, "--write-expect", PINNED]
    for engine in ENGINES:
        yield [*prove, "--engine", engine, "--output-format", "json"]
        yield [*prove, "--engine", engine, "--certificates", FOLDER, "-qq"]
    for language in LANGUAGES:
        yield ["export", model, *(asked or ("*",)), "--to", language]
    for claim in asked or claims:
        yield ["graph", model, claim]
        yield ["explain", model, claim]
    yield ["show", model]
    yield ["show", model, "--output-format", "json"]
    if not asked:
        yield ["lint", model]


def outcome(words: Sequence[str]) -> tuple[int, bytes]:
    """Run a command in this process; return its status and all that it prints and writes."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        status = main(list(words))
    said = [stream.buffer.getvalue() for stream in streams]  # type: ignore[attr-defined]
    if b" after " in said[1]:  # progress, which is shown to those who wait
        said[1] = b"".join(line for line in said[1].splitlines(True) if b" done after " not in line)
    for path in (Path(PINNED), *sorted(Path(FOLDER).glob("*"))):
        if path.is_file():
            said += [path.name.encode(), path.read_bytes()]
    shutil.rmtree(FOLDER, ignore_errors=True)
    Path(PINNED).unlink(missing_ok=True)
    return status, b"\0".join(said)


def tell(shipped: Sequence[Sequence[str]]) -> None:
    """Print a line for each command about the models of this folder, and the shipped ones with their claims."""
    models = [(path.name, _claims(path), ()) for path in sorted(Path().glob("*.json"))]
    for model, claims, asked in [*models, *((name, (), tuple(of)) for name, *of in shipped)]:
        for words in commands(model, claims, asked):
            status, said = outcome(words)
            print("\t".join([model, " ".join(words), str(status), hashlib.sha256(said).hexdigest()]))


def _claims(path: Path) -> list[str]:
    return [claim["id"] for claim in json.loads(path.read_text("utf-8"))["claims"]]


if __name__ == "__main__":
    tell(json.loads(sys.argv[1]))
