"""Documents have the form that their schemas give."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tunnelproof.errors import Location, ModelError, NothingToCheck, OutputError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.interchange.exit_status import ExitCode, exit_code_of
from tunnelproof.interchange.expectations import (
    differences,
    expectations_document,
    expectations_of,
    read_expectations,
)
from tunnelproof.interchange.files import write_file
from tunnelproof.interchange.outcome_json import error_document, escaped, outcome_document, to_text
from tunnelproof.model import catalogue
from tunnelproof.model.language.document import sha256
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Invariant
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.prove import prove
from tunnelproof.verification.selection import select, select_one

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def schema(name: str) -> Any:
    return json.loads(resources.files("tunnelproof.interchange").joinpath("schema", name).read_text("utf-8"))


def violations(value: Any, rules: Any, root: Any, at: str = "$") -> list[str]:
    """The few rules of JSON Schema that ours use."""
    if "$ref" in rules:
        part = root
        for key in rules["$ref"].removeprefix("#/").split("/"):
            part = part[key]
        return violations(value, part, root, at)
    found = []
    if "enum" in rules and value not in rules["enum"]:
        found.append(f"{at}: {value!r}")
    kinds = rules.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    fits = any(isinstance(value, TYPES[k]) and (k == "boolean" or not isinstance(value, bool)) for k in kinds)
    if kinds and not fits:
        found.append(f"{at}: {type(value).__name__}")
    if isinstance(value, dict):
        found += [f"{at}: lacks {key}" for key in rules.get("required", ()) if key not in value]
        known = rules.get("properties", {})
        for key, inner in value.items():
            if key in known:
                found += violations(inner, known[key], root, f"{at}.{key}")
            elif "additionalProperties" in rules:
                found += violations(inner, rules["additionalProperties"], root, f"{at}.{key}")
            elif known:
                found.append(f"{at}: unknown key {key}")
    if isinstance(value, list):
        for number, inner in enumerate(value):
            found += violations(inner, rules.get("items", {}), root, f"{at}[{number}]")
    if isinstance(value, int) and value < rules.get("minimum", value):
        found.append(f"{at}: {value}")
    return found


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    system = catalogue.load("smallest-submodel")
    return prove(system, claims_for("smallest-submodel"))


def test_outcome_has_the_form_of_its_schema(outcome: Outcome) -> None:
    rules = schema("outcome-1.json")
    for timings, differing in ((False, None), (True, ["x"])):
        document = json.loads(to_text(outcome_document(outcome, timings=timings, differences=differing)))
        assert violations(document, rules, rules) == []


def test_model_is_named_by_its_hash(outcome: Outcome) -> None:
    document = outcome_document(outcome)
    assert document["model"]["id"] == "smallest-submodel"
    assert document["model"]["sha256"] == sha256(outcome.system)


def test_every_definite_cell_has_checked_evidence_and_counts_add_up(outcome: Outcome) -> None:
    for claim in outcome_document(outcome)["claims"]:
        assert sum(cell["configurations"] for cell in claim["cells"]) == 8
        for cell in claim["cells"]:
            assert cell["verdict"] in ("proved", "refuted") and cell["evidence"]["checked"] is True


def test_states_of_a_witness_follow_its_steps(outcome: Outcome) -> None:
    document = outcome_document(outcome)
    names = {v.name for v in outcome.system.variables}
    shown = [
        w for claim in document["claims"] for cell in claim["cells"] for w in cell["evidence"].get("witnesses", ())
    ]
    assert shown
    for witness in shown:
        assert set(witness["start"]) == names
        assert all(set(step["state"]) == names for step in witness["steps"])


@pytest.mark.parametrize("where", [None, Location("m.json", 3, 4)])
def test_error_has_the_form_of_its_schema(where: Location | None) -> None:
    rules = schema("outcome-1.json")
    document = json.loads(to_text(error_document(ModelError("TP100", "no", where=where, hint="do"), 3)))
    assert violations(document, rules, rules) == []


def test_text_is_ascii_without_controls_and_means_the_same() -> None:
    value = {"text": "\x00\x1b\x7f\x9b\u202e✓\U0001f600\ud800"}
    text = to_text(value)
    assert text.isascii() and text.replace("\n", "").isprintable()
    assert json.loads(text) == value


def test_escaped_json_means_the_same() -> None:
    text = json.dumps({"a": "\x7f\x9b\u202e ✓ \U000e0041"}, ensure_ascii=False)
    assert escaped(text).isprintable() and "✓" in escaped(text)
    assert json.loads(escaped(text)) == json.loads(text)


def test_expectations_survive_the_file(outcome: Outcome, tmp_path: Path) -> None:
    rules = schema("expectations-1.json")
    expected = expectations_of(outcome)
    document = expectations_document(expected)
    assert violations(document, rules, rules) == []
    path = tmp_path / "pinned.json"
    write_file(path, to_text(document).encode())
    assert read_expectations(path) == expected
    assert differences(read_expectations(path), outcome) == []


def test_verdicts_have_the_statuses_that_are_promised() -> None:
    assert {v.value: int(exit_code_of(v)) for v in Verdict} == {
        "proved": 0,
        "unknown": 20,
        "refuted": 10,
        "withheld": 30,
    }
    assert ExitCode.INTERNAL_ERROR == 70


# --- files ------------------------------------------------------------------------------------------------------------


def test_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(OutputError):
        write_file(tmp_path / "absent" / "x", b"new")
    with pytest.raises(OutputError):
        write_file(tmp_path, b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x"]


def test_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    (tmp_path / "link").symlink_to("x")
    write_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "x").read_bytes() == b"new"


# --- selection --------------------------------------------------------------------------------------------------------

IDS = ("leak.a", "leak.b", "leaks.c", "other.a", "plain")
CLAIMS = tuple(Invariant(id=name, sentence="S.", holds=True) for name in IDS)


@pytest.mark.parametrize(
    ("patterns", "chosen"),
    [
        ((), IDS),
        (("leak",), ("leak.a", "leak.b")),
        (("leak.b", "leak.a"), ("leak.a", "leak.b")),
        (("leak*",), ("leak.a", "leak.b", "leaks.c")),
        (("a",), ("leak.a", "other.a")),
        (("plain",), ("plain",)),
        (("?ther.[ab]",), ("other.a",)),
    ],
)
def test_patterns(patterns: tuple[str, ...], chosen: tuple[str, ...]) -> None:
    assert tuple(claim.id for claim in select(CLAIMS, patterns)) == chosen


def test_pattern_without_a_claim_names_near_ones() -> None:
    with pytest.raises(NothingToCheck, match="'leak.x'") as fault:
        select(CLAIMS, ["leak.a", "leak.x"])
    assert "leak.a" in fault.value.hint
    with pytest.raises(NothingToCheck, match="means 2 claims"):
        select_one(catalogue.load("smallest-submodel"), CLAIMS, "leak")
