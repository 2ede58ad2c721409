"""`rescue` says what it takes to recover: tables, documents and exit statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interchange.test_documents import schema, violations

RULES = schema("rescue-1.json")
PIT = """
from tunnelproof.model.language.component import WEAK, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.properties.claims import Recoverable

configuration = Configuration()
ladder = configuration.setting("ladder", bool, "There is a ladder.")
part = Component("pit", actor="os")
deep = part.variable("deep", Range(0, 2), start=0)
part.action("fall", when=deep == 0, then={deep: 1}, doc="Somebody falls.", fair=WEAK)
part.action("slide", when=(deep == 1) & ~ladder, then={deep: 2})
part.action("climb", when=(deep == 1) & ladder, then={deep: 0}, actor="user", doc="Climb up the ladder.")
part.action("call", when=deep == 2, then={deep: 1}, actor="user", doc="Call \\x1b[2J for help.")
part.action("crane", when=deep > 0, then={deep: 0}, actor="user", price=3)
system = compose("pit", configuration=configuration, components=[part])
claims = [
    Recoverable(id="out.somehow", sentence="It gets out.", goal=deep == 0),
    Recoverable(id="out.by-hand", sentence="It gets out.", goal=deep == 0, barring=("crane",)),
]
"""


@pytest.fixture
def pit(tmp_path: Path) -> Path:
    path = tmp_path / "pit.py"
    path.write_text(PIT, encoding="utf-8")
    return path


def test_a_table_and_a_numbered_procedure(pit: Path, run: Any) -> None:
    ran = run("rescue", pit, "out.somehow")
    assert (ran.status, ran.err) == (0, "")
    assert "automatic actors: os" in " ".join(ran.out.split())
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert "recovers price comes back in" in lines
    assert "✓ with user 1 forced 1" in lines and "✓ with crane 3 forced 1" in lines
    assert "when ladder" in lines and "when not ladder" in lines
    assert "1. user: climb (price 1). Climb up the ladder." in lines
    assert "1. user: crane (price 3)." in lines
    assert "and back, if left alone: fall" in lines
    assert "\x1b" not in ran.out


def test_where_narrows_and_barring_is_chosen(pit: Path, run: Any) -> None:
    ran = run("rescue", pit, "out.somehow", "--where", "ladder", "--barring", "climb")
    assert ran.status == 0
    assert "pit.py · 1 configuration ·" in ran.out
    assert "✓ with user 1 forced 1" in " ".join(ran.out.split())  # the price is that of the cheapest way of all


def test_all_claims_about_recovery_are_asked_for(pit: Path, run: Any) -> None:
    ran = run("rescue", pit)
    assert ran.status == 0
    assert "out.somehow" in ran.out and "out.by-hand" in ran.out and "✗ never" in ran.out
    assert "to a place without a way out: fall" in ran.out


def test_documents_have_the_form_of_their_schema(pit: Path, run: Any) -> None:
    found = json.loads(run("rescue", pit, "--output-format", "json").out)
    assert violations(found, RULES, RULES) == []
    first = found["rescues"][0]
    assert [cell["price"] for cell in first["cells"]] == [{"least": 1, "exact": True}, {"least": 3, "exact": True}]
    assert [cell["relapse"] for cell in first["cells"]] == ["forced", "forced"]
    assert [move["action"] for move in first["cells"][0]["worst"]["out"]] == ["climb"]
    assert first["dear"] == ["crane"]


def test_what_is_not_known_ends_with_20(pit: Path, run: Any) -> None:
    ran = run("rescue", pit, "out.somehow", "--prices", "1")
    assert ran.status == 20
    assert "over 0" in ran.out
    ran = run("rescue", pit, "out.somehow", "--max-states", "1")
    assert ran.status == 20
    assert "? unknown" in ran.out and "not everything is known" in ran.out


def test_wrong_questions_are_refused(pit: Path, door: str, run: Any) -> None:
    ran = run("rescue", pit, "--barring", "clamb")
    assert (ran.status, ran.out) == (2, "") and "did you mean 'climb'" in ran.err
    ran = run("rescue", door, "safety")
    assert (ran.status, ran.out) == (4, "") and "none of the claims is about recovery" in ran.err
