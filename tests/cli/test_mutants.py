"""`testgen --mutants` says what the tests are worth, and with `--aim` makes them worth more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.unit.interchange.test_documents import schema, violations

MODEL = Path(__file__).parents[2] / "examples" / "vpn_client" / "vpn_model.py"
RULES = schema("tests-1.json")
SEEN = "in_clear,cut_off,alert,tunnel,shown_kill_switch,hops"


def test_what_the_tests_let_through_is_listed_with_the_run_that_shows_it(run: Any) -> None:
    ran = run("testgen", MODEL, "--criterion", "actions", "--mutants")
    assert ran.status == 0
    assert "mutants: 98 caught of 102 that a run can show, 96.1%\n  everything is observed\n" in ran.out
    assert "10 only by asking for what the model does not have there, which no test does" in ran.out
    assert "2 more are no systems" in ran.out
    survivor = ran.out.partition("disconnect: leaves lost alone")[2].splitlines()
    assert survivor[1].strip() == "connect(through=1), handshake / lost, disconnect"


def test_aiming_adds_tests_until_nothing_is_let_through(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "suite.json"
    ran = run("testgen", MODEL, "--criterion", "actions", "--aim", "--format", "json", "-o", path)
    assert "mutants: 102 caught of 102 that a run can show, 100.0%" in ran.out
    assert "3 tests with 11 steps were added" in ran.out
    assert "not caught" not in ran.out
    made = json.loads(path.read_text(encoding="ascii"))
    assert violations(made, RULES, RULES) == []
    assert made["mutants"]["added"] == [test["name"] for test in made["tests"][-3:]]
    assert (made["mutants"]["caught"], made["mutants"]["before"]["caught"]) == (102, 98)


def test_what_is_observed_decides_what_a_run_can_show(run: Any) -> None:
    ran = run("testgen", MODEL, "--criterion", "actions", "--observed", SEEN, "--format", "json")
    made = json.loads(ran.out)
    assert violations(made, RULES, RULES) == []
    assert made["mutants"]["observed"] == SEEN.split(",")
    assert (made["mutants"]["counted"], made["mutants"]["equivalent"]) == (84, 21)
    (hidden,) = [one for one in made["mutants"]["tried"] if one["name"] == "disconnect: leaves wanted alone"]
    assert hidden["difference"] == "seen"
    assert len(made["mutants"]["tried"]) == 115


def test_without_being_asked_nothing_is_said_of_mutants(run: Any) -> None:
    assert json.loads(run("testgen", MODEL, "--criterion", "actions", "--format", "json").out)["mutants"] is None


def test_an_unknown_name_is_refused(run: Any) -> None:
    ran = run("testgen", MODEL, "--criterion", "actions", "--observed", "tunel")
    assert ran.status == 2
    assert "'tunel' is no variable or derived name of the model" in ran.err
    assert "tunnel" in ran.err
