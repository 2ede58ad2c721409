"""Limits can only take verdicts away: sweeps in which every definite verdict has to be that of the unlimited run."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.cases import CASES
from bench.checkers.contract import Task
from bench.checkers.own import write_model
from bench.measuring import measure
from bench.tables import table

Sweeps = dict[str, tuple[str, ...]]

SWEEPS: Sweeps = {
    "--timeout": ("0.01", "0.03", "0.1", "0.3", "1"),
    "--max-memory": ("40", "60", "80", "120", "200"),
    "--max-states": ("10", "1000", "30000", "300000", "1000000"),
}
MODELS = ("vpn1", "pet5", "phil10d", "vpn2")
SHIPPED: dict[str, Sweeps] = {
    "ios": {"--timeout": ("0.01", "0.1"), "--max-memory": ("150", "300"), "--max-states": ("1000", "100000")}
}
LONGEST = 120.0  # seconds

Verdicts = dict[str, Counter[str]]  # by claim: how many configurations have which verdict


def limits(progress: Callable[[str], None]) -> tuple[str, dict[str, object]]:
    """Return a table of the sweeps and the runs that say more than the unlimited one: there must be none."""
    rows: list[Sequence[str]] = []
    unconfirmed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        models = dict.fromkeys(MODELS, SWEEPS) | SHIPPED
        for model, sweeps in models.items():
            written = model
            if model in CASES:
                write_model(Task(CASES[model], folder, LONGEST))
                written = f"{model}.json"
            progress(f"limits: {model}")
            whole = _verdicts(written, [], folder)
            for option, values in sweeps.items():
                found = [_verdicts(written, [option, value], folder) for value in values]
                for value, limited in zip(values, found, strict=True):
                    unconfirmed += [f"{model} {option} {value}: {c}" for c in _unconfirmed(limited, whole)]
                cells = [f"{value}: {_shown(limited)}" for value, limited in zip(values, found, strict=True)]
                rows.append((model, option, " · ".join(cells), _shown(whole)))
    said = "No verdict is given in more configurations than without the limit."
    if unconfirmed:
        said = "**Not confirmed by the unlimited run: " + "; ".join(unconfirmed) + "**"
    meaning = "Claims settled in all configurations ●, in some ◐, in none ○, at each value of the limit and without it."
    text = table(("model", "limit", "verdicts by its value", "without"), rows, words=4)
    return f"{said} {meaning}\n\n{text}", {"limits": {"unconfirmed": unconfirmed, "rows": rows}}


def _verdicts(model: str, limit: list[str], folder: Path) -> Verdicts:
    """Return what came of every claim; nothing if the command did not answer."""
    words = [sys.executable, "-m", "tunnelproof", "prove", model, *limit, "--output-format", "json"]
    run = measure(words, folder, LONGEST)
    if run.timed_out or run.status not in (0, 10, 20, 30):
        return {}
    found: Verdicts = {}
    for claim in json.loads(run.out)["claims"]:
        found[claim["id"]] = Counter()
        for cell in claim["cells"]:
            found[claim["id"]][cell["verdict"]] += cell["configurations"]
    return found


def _unconfirmed(limited: Verdicts, whole: Verdicts) -> list[str]:
    """Return the claims with a verdict in more configurations than without the limit, or with a withheld one."""
    return [
        claim
        for claim, counts in limited.items()
        if counts["withheld"] or any(counts[v] > whole.get(claim, Counter())[v] for v in ("proved", "refuted"))
    ]


def _shown(verdicts: Verdicts) -> str:
    """Return how many claims are settled everywhere, settled in part, and not at all."""
    if not verdicts:
        return "no answer"
    open_ = [counts["unknown"] + counts["withheld"] for counts in verdicts.values()]
    part = sum(0 < left < counts.total() for left, counts in zip(open_, verdicts.values(), strict=True))
    settled = open_.count(0)
    return " ".join(f"{n}{mark}" for n, mark in ((settled, "●"), (part, "◐"), (len(open_) - settled - part, "○")) if n)
