"""The shipped model `ios`, whole and cold: all claims of ours, and those that Spin and NuSMV can express.

Both peers decide for a family at once whether *some* configuration violates a claim; which ones they do not say. What
is compared are those answers, one by one, before any time counts.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.checkers.contract import absent
from bench.checkers.nusmv import PROGRAM
from bench.checkers.spin import COMPILED_WITH
from bench.measuring import Measurement, measure
from bench.tables import MIB, number, table
from tunnelproof.interchange.export import export
from tunnelproof.interchange.model_source import ModelSource, load_model
from tunnelproof.properties.claims import Claim, Fair

SETTLED = ("proved", "refuted")
PROVE = ("-m", "tunnelproof", "prove", "ios", "--output-format", "json")


@dataclass
class Decided:
    """What somebody made of the claims: whether each is violated somewhere, in how many seconds, holding how much."""

    who: str
    asked: int = 0
    violated: dict[str, bool] = field(default_factory=dict)
    seconds: float = 0.0
    peak: int = 0
    wrong: list[str] = field(default_factory=list)
    note: str = ""


def ios(
    rounds: int, seconds: float, before: Path | None, progress: Callable[[str], None]
) -> tuple[str, dict[str, object]]:
    """Return the table and its figures. ``before`` is a checkout of an earlier version, to be measured as well."""
    rows = [_own("tunnelproof prove ios", rounds, None, progress)]
    if before is not None:
        rows.append(_own(f"the same, version in {before.name}", rounds, before, progress))
    source = load_model("ios")
    for peer in (_nusmv, _spin):
        row = peer(source, seconds, progress)
        row.wrong = sorted(i for i, bad in row.violated.items() if rows[0].violated.get(i, bad) != bad)
        rows.append(row)
    text = table(
        ("who", "claims asked", "decided", "seconds", "MiB", "note"),
        [(r.who, str(r.asked), str(len(r.violated)), number(r.seconds), f"{r.peak / MIB:.0f}", _note(r)) for r in rows],
    )
    return text, {"ios": [vars(row) for row in rows]}


def _note(row: Decided) -> str:
    return f"**wrong about {', '.join(row.wrong)}**" if row.wrong else row.note


def _own(who: str, rounds: int, checkout: Path | None, progress: Callable[[str], None]) -> Decided:
    environment = None if checkout is None else {"PYTHONPATH": str(checkout.resolve() / "src")}
    runs: list[Measurement] = []
    for round_ in range(rounds):
        progress(f"ios: {who}, round {round_ + 1} of {rounds}")
        runs.append(measure([sys.executable, *PROVE], Path(tempfile.gettempdir()), 300, environment))
    claims = json.loads(runs[0].out)["claims"] if runs[0].status in (0, 10, 20) else []
    settled = {claim["id"]: claim["verdict"] == "refuted" for claim in claims if claim["verdict"] in SETTLED}
    seconds = statistics.median(run.wall for run in runs)
    return Decided(who, len(claims), settled, seconds, max(run.peak for run in runs), note="judged, by configuration")


def _names(claims: Mapping[str, Claim]) -> dict[str, str]:
    """Return claims' ids by how they are written in exported models."""
    return {re.sub(r"\W", "_", claim): claim for claim in claims}


def _expressible(source: ModelSource, to: str) -> dict[str, Claim]:
    """Return the claims that the language can say, by id; reachability is left out: its verdicts are the other way."""
    found = {}
    for claim in source.claims:
        if claim.kind != "reachable" and not export(source.system, [claim], to=to).notes:
            found[claim.id] = claim
    return found


def _nusmv(source: ModelSource, seconds: float, progress: Callable[[str], None]) -> Decided:
    """Ask for all claims at once, as one does: the states are computed once for all of them."""
    row = Decided("NuSMV, all claims in one run")
    if lack := absent(PROGRAM):
        row.note = f"missing: {lack}"
        return row
    progress(f"ios: {row.who}")
    claims = _expressible(source, "smv")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        model = Path(folder) / "ios.smv"
        text = export(source.system, list(claims.values()), to="smv").text
        model.write_text(text, encoding="utf-8")
        run = measure([PROGRAM, "-dcx", model], Path(folder), seconds)
    verdicts = re.findall(r"^-- (?:invariant|specification) .* is (true|false)$", run.out, re.MULTILINE)
    row.asked, row.seconds, row.peak = len(claims), run.wall, run.peak
    row.violated = dict(zip(_in_order(text, _names(claims)), (v == "false" for v in verdicts), strict=False))
    row.note = f"stopped after {seconds:g} s" if run.timed_out else ""
    return row


def _in_order(text: str, names: Mapping[str, str]) -> list[str]:
    """Return the claims' ids in the order in which NuSMV answers: CTL first, then LTL, then invariants."""
    found = re.findall(r"^(CTLSPEC|LTLSPEC|INVARSPEC) NAME (\w+)", text, re.MULTILINE)
    return [names[name] for kind in ("CTLSPEC", "LTLSPEC", "INVARSPEC") for of, name in found if of == kind]


def _spin(source: ModelSource, seconds: float, progress: Callable[[str], None]) -> Decided:
    """Ask for one claim after the other, a quarter of the time for each program, until the time is used up."""
    row = Decided("Spin with gcc, claim after claim")
    if lack := absent("spin", "gcc"):
        row.note = f"missing: {lack}"
        return row
    claims = [c for c in _expressible(source, "promela").values() if not isinstance(c, Fair)]
    row.asked, started = len(claims), time.perf_counter()
    for tried, claim in enumerate(claims):
        left = seconds - (time.perf_counter() - started)
        if left < 1:
            row.note = f"stopped after {seconds:g} s, {tried} claims tried"
            break
        progress(f"ios: Spin, {claim.id}")
        violated, run = _spin_one(source, claim, min(left, seconds / 4))
        if violated is not None:
            row.violated[claim.id] = violated
        row.peak = max(row.peak, run.peak)
    row.seconds = time.perf_counter() - started
    return row


def _spin_one(source: ModelSource, claim: Claim, seconds: float) -> tuple[bool | None, Measurement]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "ios.pml").write_text(export(source.system, [claim], to="promela").text, encoding="utf-8")
        for command in (
            ["spin", "-o2", "-a", "ios.pml"],
            ["gcc", *COMPILED_WITH, "-o", "pan", "pan.c"],
            ["./pan", "-E", "-n", "-m5000000", "-w26"],
        ):
            run = measure(command, folder, seconds)
            if run.timed_out or (run.status != 0 and command[0] != "./pan"):
                return None, run
    errors = re.search(r"errors: (\d+)", run.out)
    if errors and errors[1] != "0":
        return True, run
    complete = errors and "max search depth too small" not in run.out and "Search not completed" not in run.out
    return (False if complete else None), run
