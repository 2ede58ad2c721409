"""The page about the campaigns, made from their summaries: no figure on it is written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.long.catalogue import CAMPAIGNS

MOST_COUNTS = 60  # that are shown on the page itself
HEAD = """# What was tried to make it say something wrong

Each row is a campaign that anybody can repeat with the command in its summary: the same seed tries the same things.
A *failure* is anything that should not have happened: a verdict that brute force contradicts, a wrong certificate that
is accepted, a traceback. What campaigns found was fixed before the run shown here; [found.md](found.md) lists it. This
page is made by `python -m tests.long` from the summaries beside it, which have every count. Beside it are the
[mutants of the trusted base](mutants.md) with every survivor explained, and
[proofs of more than 10⁸ states](invariants.md) that two solvers have checked from their certificates.

| campaign | a trial is | trials | failures | target | seed | seconds |
|---|---|---:|---:|---|---:|---:|
"""


def text(folder: Path) -> str:
    """Return the page of the summaries in a folder, in the catalogue's order."""
    documents = [
        json.loads(path.read_text("utf-8")) for name in CAMPAIGNS if (path := folder / f"{name}.json").exists()
    ]
    return HEAD + "".join(map(_row, documents)) + "".join(map(_counts, documents))


def write(folder: Path) -> None:
    """Write the page anew."""
    (folder / "README.md").write_text(text(folder), encoding="utf-8")


def _row(document: dict[str, Any]) -> str:
    name = document["campaign"]
    unmet = "; ".join(document["unmet"])
    target = document["target"] + (f"; **not met: {unmet}**" if unmet else "")
    failures = document["counts"].get("failures", 0)
    cells = [f"[{name}]({name}.json)", document["sentence"], f"{document['trials']:,}", f"{failures:,}", target]
    cells += [str(document["seed"]), f"{document['run']['seconds']:,.0f}"]
    return "| " + " | ".join(cells) + " |\n"


def _counts(document: dict[str, Any]) -> str:
    if len(document["counts"]) > MOST_COUNTS:
        return ""
    lines = "".join(f"| {what} | {number:,} |\n" for what, number in document["counts"].items())
    return f"\n## {document['campaign']}\n\n`{document['command']}`\n\n| what | how often |\n|---|---:|\n{lines}"
