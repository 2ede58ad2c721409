"""`testgen` writes tests that run: pytest files, documents, summaries and exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interchange.test_documents import schema, violations

RULES = schema("tests-1.json")
CLIENT = Path(__file__).parents[2] / "examples" / "vpn_client"
MODEL = CLIENT / "vpn_model.py"

# An adapter with a fault, as somebody would write one.
FAULTY = """
from adapter import ClientAdapter
from vpn_client import Fault

def made():
    return ClientAdapter(Fault.{fault})
"""

# A network that answers when it should not: the environment picks another outcome.
ANSWERING = """
from adapter import ClientAdapter

class Answering(ClientAdapter):
    def do(self, action, parameters, outcome):
        if action == "handshake":
            super().do(action, parameters, "answered")
            return "answered"
        return super().do(action, parameters, outcome)
"""


def pytest_in(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the tests in the folder, without any settings of this project and without Hypothesis."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={folder}"]
    path = f"import sys; sys.path[:0] = [{str(CLIENT)!r}, {str(folder)!r}]; sys.modules['hypothesis'] = None\n"
    (folder / "conftest.py").write_text(path, encoding="utf-8")
    words += ["-p", "no:hypothesispytest", "-p", "no:tunnelproof", "-p", "no:xdist"]
    return subprocess.run([*words, *options, str(folder)], capture_output=True, text=True, check=False)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("criterion", ["actions", "transitions", "claims", "counterexamples"])
def test_written_tests_pass_on_the_client_without_faults(criterion: str, tmp_path: Path, run: Any) -> None:
    ran = run("testgen", MODEL, "--criterion", criterion, "-o", tmp_path, "--adapter", "adapter:ClientAdapter")
    assert ran.status == 0, ran.err
    made = json.loads((tmp_path / f"vpn_client_{criterion}.json").read_text(encoding="ascii"))
    assert violations(made, RULES, RULES) == []
    assert made["coverage"]["covered"] == made["coverage"]["reachable"] > 0
    done = pytest_in(tmp_path)
    assert done.returncode == 0, done.stdout
    assert last_line(done).startswith(f"{len(made['tests'])} passed")


@pytest.mark.parametrize("fault", ["RETRY_LOOP", "LEAK_ON_REPLACEMENT", "COUNT_NOT_RESET", "UPDATE_OFFERED_AGAIN"])
def test_written_tests_of_transitions_fail_on_a_client_with_a_fault(fault: str, tmp_path: Path, run: Any) -> None:
    (tmp_path / "faulty.py").write_text(FAULTY.format(fault=fault), encoding="utf-8")
    assert run("testgen", MODEL, "--criterion", "transitions", "-o", tmp_path, "--adapter", "faulty:made").status == 0
    done = pytest_in(tmp_path, "-x")
    assert done.returncode == 1 and "1 failed" in last_line(done), done.stdout


def test_outcome_that_the_environment_picks_makes_a_test_inconclusive_not_failed(tmp_path: Path, run: Any) -> None:
    (tmp_path / "answering.py").write_text(ANSWERING, encoding="utf-8")
    run("testgen", MODEL, "--criterion", "transitions", "-o", tmp_path, "--adapter", "answering:Answering")
    done = pytest_in(tmp_path, "-rs")
    assert done.returncode == 0 and "skipped" in last_line(done) and "failed" not in last_line(done)
    assert "inconclusive: step" in done.stdout


def test_without_an_adapter_the_tests_ask_for_a_fixture(tmp_path: Path, run: Any) -> None:
    run("testgen", MODEL, "--criterion", "actions", "-o", tmp_path)
    text = (tmp_path / "test_vpn_client_actions.py").read_text(encoding="ascii")
    assert "@pytest.fixture" not in text and "def test_client_follows_the_model(test, adapter):" in text
    assert "fixture 'adapter' not found" in pytest_in(tmp_path).stdout


def test_document_says_enough_to_follow_it_in_any_language(run: Any) -> None:
    """What a harness does with a document, written down once more, against the model's own simulator."""
    from tests.unit.conformance.adapters import Simulator

    from tunnelproof.interchange.model_source import load_model

    ran = run("testgen", MODEL, "--criterion", "transitions", "--format", "json")
    made = json.loads(ran.out)
    assert violations(made, RULES, RULES) == []
    steps = 0
    for test in made["tests"]:
        client = Simulator(load_model(str(MODEL)).system)
        client.reset(test["configuration"], test["start"])
        expected = {**test["start"], **test["derived"]}
        for step in test["steps"]:
            client.do(step["action"], step["parameters"], step["outcome"])
            expected.update(step["changes"])
            assert client.observe() == {name: expected[name] for name in test["start"]}
            steps += 1
    assert steps == made["coverage"]["steps"] == 652


def test_bytes_are_the_same_whatever_the_hash_seed(spawn: Any) -> None:
    asked = ("testgen", MODEL, "--criterion", "claims", "--format", "json")
    one, other = (spawn(*asked, PYTHONHASHSEED=seed).out for seed in ("1", "2"))
    assert one == other and len(one) > 1000


def test_summary_gives_the_figures_and_names_what_cannot_be_reached(door: str, run: Any) -> None:
    ran = run("testgen", door, "--criterion", "actions", "--where", "not fitted")
    assert ran.status == 0
    shown = lines(ran.out)
    assert " ".join(shown[: shown.index("")]) == f"{door} · 4 configurations where not fitted · actions"
    assert shown[shown.index("") + 1 :][:2] == [
        "✓ 1 covered of 1 reachable",
        "counted: a step (action, parameters, outcome) and what its rule reads of the configuration",
    ]
    assert "not reachable in any run (3):" in ran.out and "action 'mend' is never enabled" in ran.out


def lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines()]


def test_limit_that_is_hit_is_said_and_ends_with_20(run: Any) -> None:
    ran = run("testgen", MODEL, "--criterion", "transitions", "--max-steps", 3)
    assert ran.status == 20
    assert "goals take more than 3 steps from the start" in ran.out and "✓" not in ran.out
    ran = run("testgen", MODEL, "--criterion", "actions", "--max-states", 5)
    assert ran.status == 20 and "more than 5 states each, and were left out" in ran.out


@pytest.mark.parametrize("criterion", ["actions", "transitions", "claims"])
@pytest.mark.parametrize("each", [(), ("--each",)])
def test_of_what_was_left_out_nothing_is_called_unreachable(run: Any, criterion: str, each: Sequence[str]) -> None:
    ran = run("testgen", "smallest", "--criterion", criterion, "--max-states", 1, *each)
    assert ran.status == 20 and "were left out" in ran.out
    assert "not reachable in any run" not in ran.out


def test_claims_that_speak_of_nothing_that_happens_are_named(door: str, run: Any) -> None:
    ran = run("testgen", door, "--criterion", "claims", "--where", "not fitted")
    assert "claim 'steps.quiet': what it speaks of never happens" in ran.out


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--criterion", "counterexamples", "--where", "kill_switch"], 4, "TP308"),
        (["--criterion", "actions", "--where", "false"], 4, "TP301"),
        (["--criterion", "actions", "--where", "hops = 1"], 2, "changes during a run"),
        (["--criterion", "actions", "-o", "OUT", "--adapter", "adapter.ClientAdapter"], 2, "TP078"),
        (["--criterion", "actions", "-o", "OUT", "--adapter", "adapter:x()"], 2, "TP078"),
        (["--criterion", "actions", "-o", "/dev/null/x"], 74, "TP502"),
        (["--criterion", "nothing"], 2, "TP002"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    options: list[str], status: int, said: str, tmp_path: Path, run: Any
) -> None:
    ran = run("testgen", MODEL, *(str(tmp_path / "out") if word == "OUT" else word for word in options))
    assert ran.status == status and said in ran.err and ran.err.count("\n") == 1
