"""Certificates with one planted error each: every one is rejected, and for the right reason."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.unit.certify.written import findings, read, rewrite, write

import tunnelproof_certify
from tunnelproof.model import catalogue
from tunnelproof.properties.catalogue import claims_for

UPDATING = "leak.none-while-updating"  # an invariant: proved by a closed set in 4, a trace in 4
LEFT_ALONE = "recovery.automatic-if-left-alone"  # recoverable: ranks in 5, traps in 3
ANYONE = "recovery.by-anyone"  # recoverable: ranks in all 8
REBOOTS = "recovery.no-endless-reboots"  # never-forever: levels in 5, loops in 3
BLOCKED = "download.not-blocked-for-good"  # response: levels in 6 (vacuous), a loop that idles in 2
COMPLETES = "download.update-completes"  # response: a loop in 8
TRADEOFF = "tradeoff.no-configuration-has-all"

FORCED = "start_force_all_apps"


@pytest.fixture(scope="module")
def smallest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    write(folder, catalogue.load("smallest"), claims_for("smallest"))
    return folder


def named(folder: Path, claim: str) -> Path:
    return folder / f"{claim}.certificate.json"


def step(action: str) -> dict[str, Any]:
    return {"action": action, "parameters": {}, "outcome": ""}


def set_at(*path: Any) -> Callable[[Any], None]:
    """Set what stands at the path, its last element being the new value."""

    def change(document: Any) -> None:
        *way, last, value = path
        for key in way:
            document = document[key]
        document[last] = value(document[last]) if callable(value) else value

    return change


def without_row(document: Any) -> None:
    rows = document["proof"]["rows"]
    rows[20:22] = [rows[20] + rows[21]]


def without_start(document: Any) -> None:
    """Leave out the least initial state of the greatest configuration."""
    model, names = tunnelproof_certify.Model(document["model"]["document"]), document["slice"]
    layout = tunnelproof_certify.Layout(model, [*names["configuration"], *names["variables"]])
    last = tunnelproof_certify.Layout(model, names["configuration"]).total - 1
    start = tunnelproof_certify.initial_rows(layout, names["configuration"], [last])[0][0]
    rows = [row for row in accumulate(document["proof"]["rows"]) if row != start]
    document["proof"]["rows"] = [rows[0], *(after - before for before, after in pairwise(rows))]


def as_tampered(document: Any) -> None:
    """Give the relaunch another guard, and leave the hash."""
    relaunch = next(a for a in document["model"]["document"]["actions"] if a["name"] == "relaunch")
    relaunch["guard"] = False


def one_reason(kind: str, index: int) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for level in document["proof"]["levels"]:
            level["reasons"] = [[kind, index] for _ in level["reasons"]]

    return change


def turned_round(document: Any) -> None:
    """Number the components the other way round."""
    for level in document["proof"]["levels"]:
        last = len(level["reason_of"]) - 1
        level["component"] = [last - c if c >= 0 else c for c in level["component"]]
        level["reason_of"].reverse()


def one_component(document: Any) -> None:
    for level in document["proof"]["levels"]:
        level["component"] = [0 for _ in level["component"]]
    one_reason("trivial", -1)(document)


def flipped(document: Any) -> None:
    document["cells"][0]["verdict"], document["cells"][1]["verdict"] = "refuted", "proved"


ERRORS: dict[str, tuple[str, Callable[[Any], None], str]] = {
    "model tampered": (UPDATING, as_tampered, "not the one that the hash names"),
    "another hash": (UPDATING, set_at("model", "sha256", "0" * 64), "not the one that the hash names"),
    "wrong formula": (
        UPDATING,
        set_at("cells", 0, "when", ["=", "order", {"value": "stop_then_fetch"}]),
        "in two cells",
    ),
    "cells overlap": (UPDATING, set_at("cells", 0, "when", True), "in two cells"),
    "cell left out": (UPDATING, lambda d: d["cells"].pop(), "in no cell"),
    "unasked": (UPDATING, set_at("where", ["start_force_all_apps"]), "in a cell unasked"),
    "wrong count": (UPDATING, set_at("cells", 1, "configurations", 3), "has 4 configurations, not 3"),
    "verdicts exchanged": (UPDATING, flipped, "the proof does not hold in"),
    "verdict of the claim": (UPDATING, set_at("verdict", "proved"), "the verdict of the claim is refuted"),
    "verdict of all": (ANYONE, set_at("cells", 0, "verdict", "refuted"), "the verdict of the claim is refuted"),
    "pair missing": (UPDATING, without_row, "the set is not closed"),
    "initial state missing": (UPDATING, without_start, "lacks initial state"),
    "no pair": (UPDATING, set_at("proof", "rows", []), "lacks initial state"),
    "row twice": (UPDATING, set_at("proof", "rows", lambda rows: [*rows, 0]), "do not ascend"),
    "row out of range": (UPDATING, set_at("proof", "rows", lambda rows: [*rows, 10**12]), "a row that is none"),
    "trigger said to be never met": (UPDATING, set_at("cells", 0, "vacuous", True), "the trigger is met in"),
    "trigger said to be met": (BLOCKED, set_at("cells", 0, "vacuous", False), "the trigger is never met in"),
    "rank too low": (ANYONE, set_at("proof", "ranks", lambda ranks: [0 for _ in ranks]), "the proof does not hold in"),
    "no rank": (ANYONE, set_at("proof", "ranks", 7, -1), "the proof does not hold in"),
    "ranks do not fall": (
        ANYONE,
        set_at("proof", "ranks", lambda ranks: [min(1, rank) for rank in ranks]),
        "the proof does not hold in",
    ),
    "ranks missing": (ANYONE, set_at("proof", "ranks", lambda ranks: ranks[1:]), "no list of 516 whole numbers"),
    "component number": (REBOOTS, turned_round, "the proof does not hold in"),
    "component out of range": (REBOOTS, set_at("proof", "levels", 0, "component", 0, 10**6), "out of range"),
    "states without a component": (
        REBOOTS,
        set_at("proof", "levels", 0, "component", lambda c: [-1 for _ in c]),
        "the proof does not hold in",
    ),
    "one component of all": (REBOOTS, one_component, "the proof does not hold in"),
    "weak for another action": (REBOOTS, one_reason("weak", 1), "the proof does not hold in"),
    "strong for a weak action": (REBOOTS, one_reason("strong", 1), "is no reason"),
    "an outcome that is none": (REBOOTS, one_reason("outcome", 0), "is no reason"),
    "absent for another point": (REBOOTS, one_reason("absent", 0), "the proof does not hold in"),
    "trivial for all": (REBOOTS, one_reason("trivial", -1), "the proof does not hold in"),
    "a level left out": (REBOOTS, set_at("proof", "levels", []), "the proof does not hold in"),
    "loop does not close": (REBOOTS, lambda d: d["witnesses"][0]["steps"].pop(), "do not settle the claim"),
    "loop from elsewhere": (REBOOTS, set_at("witnesses", 0, "loop", 0), "do not settle the claim"),
    "loop without end": (REBOOTS, set_at("witnesses", 0, "loop", 9), "without a loop"),
    "loop that meets the claim": (REBOOTS, set_at("witnesses", 0, "loop", 4), "do not settle the claim"),
    "idles although something fair is enabled": (
        BLOCKED,
        lambda d: (d["witnesses"][0]["steps"].pop(), set_at("witnesses", 0, "loop", 2)(d)),
        "do not settle the claim",
    ),
    "loop is unfair": (
        COMPLETES,
        set_at(
            "witnesses",
            0,
            "steps",
            list(map(step, ["publish", "begin", "turn_off_auto_update", "turn_on_auto_update"])),
        ),
        "do not settle the claim",
    ),
    "guard too wide": (LEFT_ALONE, set_at("witnesses", 0, "guard", FORCED), "the guard of a witness is too wide"),
    "guard of the other side": (UPDATING, set_at("witnesses", 0, "guard", FORCED), "its guard does not hold there"),
    "guard too narrow": (
        UPDATING,
        set_at("witnesses", 0, "guard", ["and", ["not", FORCED], ["=", "order", {"value": "stop_then_fetch"}]]),
        "has no witness",
    ),
    "witness of another configuration": (
        UPDATING,
        set_at("witnesses", 0, "configuration", FORCED, True),
        "its guard does not hold there",
    ),
    "no such configuration": (UPDATING, set_at("witnesses", 0, "configuration", "order", "never"), "not asked about"),
    "witness left out": (UPDATING, set_at("witnesses", []), "has no witness"),
    "step left out": (UPDATING, lambda d: d["witnesses"][0]["steps"].pop(0), "its steps cannot be taken"),
    "trace too short": (UPDATING, lambda d: d["witnesses"][0]["steps"].pop(), "do not settle the claim"),
    "no such step": (UPDATING, set_at("witnesses", 0, "steps", 0, "action", "disconnect"), "which the slice has not"),
    "trace for a loop": (COMPLETES, set_at("witnesses", 0, "kind", "trace"), "do not settle the claim"),
    "trap with a way out": (LEFT_ALONE, set_at("witnesses", 0, "guard", True), "do not settle the claim"),
    "slice lacks a variable": (UPDATING, lambda d: d["slice"]["variables"].remove("stack"), "the slice is too small"),
    "slice lacks a setting": (
        UPDATING,
        lambda d: d["slice"]["configuration"].remove("order"),
        "the slice is too small",
    ),
    "slice lacks an action": (UPDATING, lambda d: d["slice"]["actions"].remove("begin"), "it lacks action 'begin'"),
    "slice has somebody else's action": (
        UPDATING,
        lambda d: d["slice"]["actions"].append("reboot"),
        "which the claim is not about",
    ),
    "part of another claim": (TRADEOFF, set_at("parts", 0, "claim", "sentence", "Another."), "is about another claim"),
    "part left out": (TRADEOFF, lambda d: d["parts"].pop(), "not those of the claim"),
    "part somewhere else": (TRADEOFF, set_at("parts", 0, "file", "../x"), "is no file beside this one"),
    "trade-off turned round": (
        TRADEOFF,
        lambda d: (set_at("cells", 0, "verdict", "refuted")(d), set_at("verdict", "refuted")(d)),
        "the parts do not show it",
    ),
}


@pytest.mark.parametrize("error", ERRORS)
def test_planted_error_is_rejected_for_the_right_reason(error: str, smallest: Path, tmp_path: Path) -> None:
    claim, plant, reason = ERRORS[error]
    for path in smallest.iterdir():
        rewrite(tmp_path / path.name, read(path))
    path = named(tmp_path, claim)
    document = read(path)
    before = copy.deepcopy(document)
    plant(document)
    assert document != before
    found = findings(rewrite(path, document))
    assert 10 in [status for status, _, _ in found], found
    assert any(reason in why for status, _, why in found if status == 10), found


def test_a_part_that_is_rejected_takes_the_trade_off_with_it(smallest: Path, tmp_path: Path) -> None:
    for path in smallest.iterdir():
        rewrite(tmp_path / path.name, read(path))
    part = named(tmp_path, "leak.none-while-protected")
    document = read(part)
    document["witnesses"] = []
    rewrite(part, document)
    (found,) = findings(named(tmp_path, TRADEOFF))
    assert found[0] == 10
    assert "is not accepted" in found[2]


def test_a_part_that_is_missing_leaves_the_trade_off_unchecked(smallest: Path, tmp_path: Path) -> None:
    (found,) = findings(rewrite(named(tmp_path, TRADEOFF), read(named(smallest, TRADEOFF))))
    assert found[0] == 20


# --- the program ------------------------------------------------------------------------------------------------------


def certify(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the one file alone: without the site's packages, and without anything from where it lies."""
    command = [sys.executable, "-I", "-S", str(tunnelproof_certify.__file__), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_every_certificate_of_the_smallest_model_is_accepted_by_the_file_alone(smallest: Path) -> None:
    done = certify(*sorted(smallest.iterdir()))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("  accepted") == sum(len(read(path)["cells"]) for path in smallest.iterdir())
    assert "rejected" not in done.stdout
    assert done.stderr == ""


def test_status_tells_rejected_from_unchecked_and_unreadable(smallest: Path, tmp_path: Path) -> None:
    document = read(named(smallest, UPDATING))
    good = rewrite(tmp_path / "good", document)
    unknown = rewrite(tmp_path / "unknown", {**document, "verdict": "unknown", "cells": [UNKNOWN]})
    bad = rewrite(tmp_path / "bad", {**document, "verdict": "proved"})
    (tmp_path / "text").write_text("no certificate", "utf-8")
    assert certify(good).returncode == 0
    assert certify(good, unknown).returncode == 20
    assert certify(unknown, tmp_path / "text").returncode == 3
    assert certify(bad, unknown, tmp_path / "text").returncode == 10
    assert certify().returncode == 2


UNKNOWN = {"verdict": "unknown", "vacuous": None, "configurations": 8, "when": True}

HOSTILE = {
    "nothing": b"",
    "no object": b"[]",
    "duplicate keys": b'{"schema": "tunnelproof.certificate/1", "schema": "x"}',
    "a fraction": b'{"schema": 1.5}',
    "not a number": b'{"schema": NaN}',
    "a long number": b'{"schema": ' + b"9" * 5000 + b"}",
    "deep": b"[" * 100_000,
    "deep and whole": b"[" * 5_000 + b"]" * 5_000,
    "no text": b"\xff\xfe\x00",
    "other keys": b'{"schema": "tunnelproof.certificate/1", "more": 1}',
    "a model of nothing": b'{"schema": "tunnelproof.certificate/1", "model": {"sha256": "", "document": {}}}',
    "surrogate": b'{"schema": "\\ud800"}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_certificate_gives_one_line_and_no_traceback(what: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(HOSTILE[what])
    done = certify(path)
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.startswith("unreadable")
    assert done.stdout.count("\n") == 1


def test_names_cannot_command_a_terminal(smallest: Path, tmp_path: Path) -> None:
    document = read(named(smallest, UPDATING))
    document["claim"]["id"] = "leak\x1b[2J\u202e"
    done = certify(rewrite(tmp_path / "file", document))
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_missing_file_is_unreadable(tmp_path: Path) -> None:
    assert certify(tmp_path / "none").returncode == 3
    assert certify(tmp_path).returncode == 3


def test_certificates_are_the_same_bytes_each_time(smallest: Path, tmp_path: Path) -> None:
    write(tmp_path, catalogue.load("smallest"), claims_for("smallest"))
    for path in smallest.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
        assert json.loads(path.read_bytes())["schema"] == "tunnelproof.certificate/1"
