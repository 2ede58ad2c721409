"""`strategy` says who wins, `follow` what a procedure achieves: answers, documents and exit statuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.interchange.test_documents import schema, violations

RULES = schema("strategy-1.json")


def document(ran: Any) -> Any:
    found = json.loads(ran.out)
    assert violations(found, RULES, RULES) == []
    return found


def test_table_its_price_and_its_proof_are_shown(run: Any) -> None:
    ran = run("strategy", "smallest", "update.protected-again", "--where", "start_force_all_apps")
    assert ran.status == 0
    assert "✓ user wins in 4" in ran.out and "guaranteed price: 4" in ran.out
    assert "when stack = 'frozen': turn_off_auto_update" in ran.out
    assert "proved: the point is reached; at most 4 is spent" in ran.out


def test_who_is_never_asked_loses_by_a_trace(run: Any) -> None:
    ran = run("strategy", "smallest", "leak.never-silent")
    assert ran.status == 10
    assert (
        "✗ user loses in 4" in ran.out and "others need not wait for anybody, for example: publish → begin" in ran.out
    )
    assert "✓ user wins in 4" in ran.out and "\n    wait\n" in ran.out


def test_quick_player_wins_cheaper(run: Any) -> None:
    where = "start_force_all_apps and order = stop_then_fetch"
    ran = run("strategy", "smallest", "update.protected-again", "--quick", "--where", where)
    assert ran.status == 0
    assert "user acts first in every new state" in ran.out and "guaranteed price: 1" in ran.out


def test_other_players_can_be_asked_about(door: str, run: Any) -> None:
    ran = run("strategy", door, "--for", "owner", "--again", "not is_open", "--output-format", "json")
    found = document(ran)
    assert ran.status == 10 and found["winner"] == "loses"
    said = {cell["when"]: cell for cell in found["cells"]}
    assert said["not fitted or quality = breaks"]["winner"] == "loses", "nobody shuts a door without a spring"
    assert said["not fitted or quality = breaks"]["environment_keeps_to"]
    assert said["fitted and quality = lasts"]["table"] == [], "a spring that lasts needs no owner"
    mended = document(run("strategy", door, "--for", "owner", "--again", "not broken", "--output-format", "json"))
    assert [cell["table"] for cell in mended["cells"] if cell["table"]] == [[{"when": "true", "do": "mend"}]]


def test_documents_have_the_form_of_their_schema(run: Any) -> None:
    ran = run("strategy", "smallest", "--reach", "updated", "--while-keeping", "not exposed", "--output-format", "json")
    found = document(ran)
    assert found["objective"] == {
        "id": "written",
        "aim": "reach",
        "point": "updated",
        "keep": "not exposed",
        "assuming": [],
    }
    lost = [cell for cell in found["cells"] if cell["winner"] == "loses"]
    assert any(cell["trace"] == ["publish", "begin"] for cell in lost)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "TP093"),
        (("--reach", "up", "--again", "up"), "TP093"),
        (("nonsense",), "TP320"),
        (("--reach", "nonsense"), "nonsense"),
        (("--reach", "session"), "truth value"),
        (("--reach", "up", "--for", "nobody"), "TP090"),
        (("--again", "up", "--quick"), "TP091"),
        (("--reach", "up", "--hiding", "nonsense"), "TP092"),
        (("--reach", "up", "--assuming", "nonsense"), "TP240"),
        (("--reach", "up", "--assuming", "connect"), "TP094"),
    ],
)
def test_questions_without_sense_are_refused(words: tuple[str, ...], said: str, run: Any) -> None:
    ran = run("strategy", "smallest", *words)
    assert ran.status in (2, 3, 4) and ran.out == "" and said in ran.err and "Traceback" not in ran.err


def test_limit_gives_unknown(run: Any) -> None:
    ran = run("strategy", "smallest", "--reach", "updated", "--max-states", "5")
    assert ran.status == 20 and "more than 5 pairs" in ran.out


def test_procedure_can_be_followed(run: Any) -> None:
    ran = run("follow", "smallest", "w1", "download.update-completes", "leak.no-silent-exposure", "--quick")
    assert ran.status == 0 and ran.out.count("✓ proved in 8") == 2
    slow = run("follow", "smallest", "w1", "download.update-completes", "--where", "start_force_all_apps")
    assert slow.status == 10 and "follow_the_procedure / reboot" in slow.out
    assert "TP321" in run("follow", "smallest", "w9").err
    assert run("follow", "smallest", "w1", "leak", "--output-format", "json").status == 10
