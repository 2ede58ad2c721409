"""What `prove` says, and what it pins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tunnelproof.model.language.document import to_json
from tunnelproof.properties.document import to_document


def test_the_answer_says_when_and_how_and_leads_on(door: str, run: Any) -> None:
    text = run("prove", door, "--verbose").out
    assert text.startswith("door · 8 configurations")
    assert "✗ possible" in text and "refuted in 6 of 8, depending on the platform" in text
    assert "if the platform has quality = breaks: always refuted" in text
    assert "if the platform has quality = lasts: refuted exactly when not fitted" in text
    assert "1 step (in 4 of them): push, into a trap of 1 state · 2 traps replayed" in text
    assert "11 claims: " in text
    assert f"next: tunnelproof explain {door} safety.never-open" in text


def test_cells_of_a_claim_that_depends_on_two_of_three_variables(door: str, run: Any) -> None:
    (found,) = json.loads(run("prove", door, "closing.possible", "--output-format", "json").out)["claims"]
    assert [(c["verdict"], c["configurations"], c["when"]) for c in found["cells"]] == [
        ("proved", 2, "fitted and quality = lasts"),
        ("refuted", 6, "not fitted or quality = breaks"),
    ]
    assert found["verdict"] == "refuted"
    assert all(cell["evidence"]["checked"] for cell in found["cells"])


def test_counts_of_every_claim_add_up(door: str, run: Any) -> None:
    document = json.loads(run("prove", door, "--output-format", "json").out)
    for claim in document["claims"]:
        assert sum(cell["configurations"] for cell in claim["cells"]) == 8, claim["id"]
    kinds = {claim["kind"] for claim in document["claims"]}
    assert len(kinds) == 10


def test_where_narrows_and_is_recorded(door: str, run: Any) -> None:
    ran = run("prove", door, "closing.possible", "--where", "fitted and quality = lasts", "--output-format", "json")
    document = json.loads(ran.out)
    assert ran.status == 0
    assert document["model"]["configurations"] == 2
    assert document["model"]["where"] == "(fitted and quality = lasts)"


def test_the_command_that_is_shown_gives_the_same_refutation(door: str, run: Any) -> None:
    line = next(x for x in run("prove", door, "closing.possible").out.splitlines() if "again: " in x)
    import shlex

    words = shlex.split(line.partition("again: ")[2])
    assert words[0] == "tunnelproof"
    ran = run(*words[1:])
    assert ran.status == 10 and "refuted in all 6 configurations" in ran.out


def test_quiet_is_a_line_per_claim_and_the_totals(door: str, run: Any) -> None:
    lines = run("prove", door, "-q").out.splitlines()
    assert len(lines) == 12
    assert all(any(word in line for word in ("proved", "refuted", "claims")) for line in lines)
    assert run("prove", door, "-qq").out == ""


@pytest.mark.parametrize("form", ["text", "json"])
def test_same_bytes_under_another_hash_seed(form: str, door: str, spawn: Any) -> None:
    command = ("prove", door, "--output-format", form)
    first, second = (spawn(*command, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first.out == second.out != ""


def test_run_is_there_only_with_timings(door: str, run: Any) -> None:
    plain = json.loads(run("prove", door, "--output-format", "json").out)
    timed = json.loads(run("prove", door, "--output-format", "json", "--timings").out)
    assert "run" not in plain
    assert timed.pop("run")["seconds"] >= 0
    assert timed == plain


@pytest.mark.parametrize(
    ("command", "status"),
    [(("prove", "dor"), 3), (("prove", "{door}", "--where", "x"), 2), (("prove", "{door}", "x"), 4), (("prove",), 2)],
)
def test_failure_gives_one_document_too(command: tuple[str, ...], status: int, door: str, run: Any) -> None:
    ran = run(*(word.format(door=door) for word in command), "--output-format", "json")
    document = json.loads(ran.out)
    assert ran.status == status == document["error"]["status"]
    assert (document["model"], document["claims"]) == (None, [])


def test_json_model_gives_the_same_answer_as_the_python_model(door: str, tmp_path: Path, run: Any) -> None:
    from tunnelproof.interchange.model_source import load_model

    source = load_model(door)
    document = json.loads(to_json(source.system))
    document["claims"] = [to_document(claim) for claim in source.claims]
    path = tmp_path / "door.json"
    path.write_text(json.dumps(document))
    assert json.loads(run("show", door, "--output-format", "json").out) == document
    python, data = (run("prove", p, "--output-format", "json") for p in (door, path))
    assert (python.status, python.out) == (data.status, data.out)


# --- expectations -----------------------------------------------------------------------------------------------------


def test_what_was_pinned_is_met_until_a_guard_changes(door: str, tmp_path: Path, run: Any) -> None:
    pinned = tmp_path / "pinned.json"
    assert run("prove", door, "--write-expect", pinned).status == 10
    assert run("prove", door, "--expect", pinned).status == 0
    Path(door).write_text(Path(door).read_text().replace('when=is_open & name("works"), then', "when=is_open, then"))
    changed = run("prove", door, "--expect", pinned)
    assert changed.status == 10
    assert "not as expected: closing.possible: found proved in 8 when true" in changed.err


def test_expectations_of_claims_that_were_not_asked_do_not_count(door: str, tmp_path: Path, run: Any) -> None:
    pinned = tmp_path / "pinned.json"
    run("prove", door, "--write-expect", pinned)
    assert run("prove", door, "closing.possible", "--expect", pinned).status == 0
    kept = json.loads(pinned.read_text())
    del kept["claims"]["closing.possible"]
    pinned.write_text(json.dumps(kept))
    ran = run("prove", door, "--expect", pinned, "--output-format", "json")
    assert ran.status == 10
    assert json.loads(ran.out)["expected"] == {
        "met": False,
        "differences": ["closing.possible: nothing is expected of it"],
    }


def test_expectations_of_another_question_are_not_met(door: str, tmp_path: Path, run: Any) -> None:
    pinned = tmp_path / "pinned.json"
    run("prove", door, "safety.opens-whole", "--write-expect", pinned, "--where", "painted")
    assert run("prove", door, "safety.opens-whole", "--expect", pinned).status == 10
    assert run("prove", door, "safety.opens-whole", "--expect", pinned, "--where", "painted").status == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "TP153"),
        ("{", "TP153"),
        ("[]", "TP171"),
        ('{"schema": 1, "model": "", "where": null, "claims": {}}', "TP171"),
        ('{"schema": "x", "model": "", "where": null, "claims": {}}', "TP170"),
        ('{"schema": "tunnelproof.expectations/1", "model": "", "where": null, "claims": []}', "TP171"),
        ('{"schema": "tunnelproof.expectations/1", "model": "", "claims": {}}', "TP173"),
        ('{"schema": "s", "schema": "s"}', "TP155"),
        ("[" * 100_000, "TP1"),
    ],
)
def test_malformed_expectations_are_one_located_line(
    content: str, code: str, door: str, tmp_path: Path, run: Any
) -> None:
    path = tmp_path / "pinned.json"
    path.write_text(content)
    ran = run("prove", door, "--expect", path)
    assert ran.status == 3
    assert ran.err.count("\n") == 1 and str(path) in ran.err and code in ran.err


def test_hostile_names_in_expectations_come_back_harmless(door: str, tmp_path: Path, run: Any) -> None:
    path = tmp_path / "pinned.json"
    cell = {"verdict": "\x1b[2J", "vacuous": None, "configurations": 8, "when": "\u202e"}
    claims = {"safety.opens-whole": [cell], "\x1b]0;owned\x07\nnot as expected": [cell]}
    path.write_text(
        json.dumps({"schema": "tunnelproof.expectations/1", "model": "\x9b", "where": "\x00", "claims": claims})
    )
    ran = run("prove", door, "--expect", path)
    assert ran.status == 10
    assert ran.err.replace("\n", "").isprintable() and ran.err.count("\n") == len(ran.err.splitlines())


# --- colours and characters -------------------------------------------------------------------------------------------


def test_without_colour_and_beyond_ascii_nothing_is_lost(door: str, spawn: Any) -> None:
    plain = spawn("prove", door, PYTHONIOENCODING="ascii")
    assert plain.out.isascii() and "x never-open" in plain.out and "refuted" in plain.out
    assert "\\u" not in plain.out
    explained = spawn("explain", door, "closing.happens", PYTHONIOENCODING="ascii")
    assert explained.out.isascii() and "\\u" not in explained.out and "->" in explained.out


@pytest.mark.parametrize(
    ("options", "environment", "coloured"),
    [
        ((), {}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours(options: tuple[str, ...], environment: dict[str, str], coloured: bool, door: str, spawn: Any) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        environment = {name: "", **environment}
    assert ("\x1b[" in spawn("prove", door, *options, **environment).out) is coloured
