"""`conform` holds logs against a model: answers, documents and exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interchange.test_documents import schema, violations

RULES = schema("conformance-1.json")
EXAMPLES = Path(__file__).parents[2] / "examples"


def write(path: Path, *events: Any) -> Path:
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


@pytest.fixture
def fitting(tmp_path: Path) -> Path:
    return write(tmp_path / "fits.jsonl", {"t": 1, "ev": "push"}, {"t": 2, "ev": "wear"}, {"t": 3, "ev": "mend"})


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return write(
        tmp_path / "odd.jsonl", {"t": 1, "ev": "push"}, {"ev": "noise"}, {"t": 2, "ev": "push", "x": "\x1b[2J"}
    )


def document(ran: Any) -> Any:
    found = json.loads(ran.out)
    assert violations(found, RULES, RULES) == []
    return found


def test_log_that_fits_ends_with_0_and_says_what_is_known(fitting: Path, door: str, run: Any) -> None:
    ran = run("conform", door, fitting)
    assert (ran.status, ran.err) == (0, "")
    assert "✓ fits: some run of the model has all 3 events" in ran.out
    assert "in 2 configurations of 8: those where fitted and quality = breaks" in ran.out
    assert "configuration: fitted, quality = breaks" in ran.out
    assert "state: is_open, not broken" in ran.out and "derived: works" in ran.out


def test_impossible_event_ends_with_10_and_says_why(odd: Path, door: str, run: Any) -> None:
    ran = run("conform", door, odd)
    assert (ran.status, ran.err) == (10, "")
    assert f"{odd}:3, read by its name:" in ran.out
    assert "push: the guard 'not is_open' does not hold, is_open is True" in ran.out
    assert "1 event without a meaning in by name: noise (1)" in ran.out
    assert "\x1b" not in ran.out, "what a log says is shown, never obeyed"


def test_documents_have_the_form_of_their_schema(fitting: Path, odd: Path, door: str, run: Any) -> None:
    fits = document(run("conform", door, fitting, "--output-format", "json"))
    assert (fits["fit"], fits["left"]["when"], fits["refusal"]) == ("fits", "fitted and quality = breaks", None)
    assert fits["events"] == {"read": 3, "understood": 3, "ignored": {}}
    other = document(run("conform", door, odd, "--output-format", "json", "--where", "fitted"))
    assert (other["fit"], other["left"], other["model"]["where"]) == ("does-not-fit", None, "(fitted)")
    event = other["refusal"]["event"]
    assert (event["line"], event["rule"], event["fields"]["ev"]) == (3, None, "push")
    assert other["refusal"]["reasons"][0]["pairs"] == other["refusal"]["pairs"] == 4
    unknown = run("conform", door, odd, "--max-states", 1, "--output-format", "json")
    assert unknown.status == 20
    assert document(unknown)["detail"].startswith("more than 1 pairs")


def test_reading_says_what_events_mean(door: str, tmp_path: Path, run: Any) -> None:
    reading = tmp_path / "reading.json"
    rules = [
        {"match": {"ev": "door", "to": "open"}, "is": [{"action": "push"}], "then": {"is_open": True}},
        {"match": {"ev": "door", "to": "shut"}, "then": {"is_open": False}},
    ]
    reading.write_text(json.dumps({"schema": "tunnelproof.reading/1", "rules": rules, "provisional": "just a guess"}))
    opened, shut = {"ev": "door", "to": "open"}, {"ev": "door", "to": "shut"}
    log = write(tmp_path / "log", opened, shut, opened)
    ran = run("conform", door, log, "--reading", reading)
    assert ran.status == 0
    assert "those where fitted" in ran.out, "only a spring shuts it"
    assert "provisional: just a guess" in ran.out
    assert run("conform", door, log, "--reading", reading, "--where", "not fitted").status == 10
    write(log, opened, {"ev": "bell"})
    strict = run("conform", door, log, "--reading", reading, "--strict")
    assert (strict.status, strict.out) == (3, "") and f"{log}:2: TP182" in strict.err


def test_files_are_merged_by_time(door: str, tmp_path: Path, run: Any) -> None:
    pushes = write(tmp_path / "a", {"t": 1, "ev": "push"}, {"t": 3, "ev": "push"})
    closes = write(tmp_path / "b", {"t": 2, "ev": "close"})
    assert run("conform", door, pushes, closes).status == 0
    write(closes, {"t": 4, "ev": "close"})
    assert run("conform", door, pushes, closes).status == 10
    write(closes, {"t": 2, "ev": "mend"}, {"t": 3, "ev": "mend"})
    write(pushes, {"t": 3, "ev": "push"})
    ran = run("conform", door, pushes, closes)
    assert f"{closes}:1" in ran.out and "same moment" not in ran.out
    write(closes, {"t": 3, "ev": "mend"}, {"t": 3, "ev": "mend"})
    assert "nor in any other order with 2 events of the same moment" in run("conform", door, pushes, closes).out
    write(pushes, {"t": 1, "ev": "push"}, {"t": 3, "ev": "push"})
    write(closes, {"t": 3, "ev": "close"})
    assert run("conform", door, pushes, closes).status == 0, "at the same moment: in any order"


@pytest.mark.parametrize(
    ("lines", "options", "status", "said"),
    [
        ("{\n", (), 3, ":1: TP180"),
        ('{"ev": "push"}\n{"t": "x"}\n', (), 3, ":2: TP180"),
        ('{"ev": "push", "state": {"is_opne": true}}\n', (), 3, ":1: TP181"),
        ('{"ev": "noise"}\n', (), 4, "TP306"),
        ("", (), 4, "TP306"),
        ('{"ev": "push"}\n', ("--where", "is_open"), 2, "changes during a run"),
        ('{"ev": "push"}\n', ("--where", "fitted and not fitted"), 4, "TP301"),
        ('{"ev": "push"}\n', ("--format", "ios"), 2, "TP075"),
        ('{"ev": "push"}\n', ("--format", "xml"), 2, "TP002"),
        ('{"ev": "push"}\n', ("--max-states", 0), 2, "TP002"),
        ('{"ev": "push"}\n', ("--reading", "/nowhere"), 3, "TP150"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    lines: str, options: tuple[object, ...], status: int, said: str, door: str, tmp_path: Path, run: Any
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(lines)
    ran = run("conform", door, log, *options)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    refused = json.loads(run("conform", door, log, *options, "--output-format", "json").out)
    assert refused["error"]["status"] == status


def test_limit_is_said_with_what_to_do(fitting: Path, door: str, run: Any) -> None:
    ran = run("conform", door, fitting, "--max-states", 1)
    assert ran.status == 20
    assert "? unknown: more than 1 pairs" in ran.out and "next: raise --max-states" in ran.out


def test_a_log_is_needed(door: str, tmp_path: Path, run: Any) -> None:
    assert run("conform", door).status == 2
    absent = run("conform", door, tmp_path / "absent")
    assert absent.status == 3 and "TP150" in absent.err


def test_logs_written_by_the_example_fit_with_its_reading_and_not_without(tmp_path: Path, run: Any) -> None:
    def written(*options: str) -> Path:
        command = [sys.executable, EXAMPLES / "write_log.py", "smallest", "300", "--hide", "fetch,relaunch", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        path = tmp_path / "long.jsonl"
        path.write_text(done.stdout, encoding="utf-8")
        return path

    reading = ("--reading", EXAMPLES / "smallest_reading.json")
    assert run("conform", "smallest", written(), *reading).status == 0
    assert run("conform", "smallest", written()).status == 10, "what is hidden must then not be missing"
    assert run("conform", "smallest", written("--lose", "0.2"), *reading).status == 10
    lossy = ("--reading", EXAMPLES / "smallest_lossy_reading.json")
    assert run("conform", "smallest", written("--lose", "0.2"), *lossy).status == 0


def test_example_of_an_ios_log_is_answered_and_marked_provisional(run: Any) -> None:
    logs = sorted((EXAMPLES / "ios_log").glob("*.log"))
    ran = run("conform", "ios", *logs, "--format", "ios", "--strict", "--where", "workaround = none and on_demand")
    assert ran.status == 0
    assert "provisional: the form of the log is known from the app's source code only" in ran.out
