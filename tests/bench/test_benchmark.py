"""The benchmark works: whoever is installed finds the known numbers, and a wrong one is no result."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from bench.cases import CASES
from bench.checkers.contract import Attempt, Reading, Task, judged
from bench.checkers.limit import Limit
from bench.checkers.plain_python import PlainPython
from bench.document import SCHEMA, to_json
from bench.measuring import measure
from bench.running import Run, all_checkers, run_cases
from bench.tables import markdown

CASE = CASES["vpn1"]
needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")


@pytest.fixture(scope="module")
def run() -> Run:
    """One round on one device, with everybody who is there."""
    found = Run("a test", rounds=1, seconds=120, cases=[CASE])
    run_cases(found, all_checkers(), None, lambda _: None)
    return found


def test_everybody_finds_the_known_number_of_states(run: Run) -> None:
    assert {result.checker: result.fault for result in run.results.values() if result.fault} == {}
    assert set(run.checkers) | set(run.missing) == {checker.name for checker in all_checkers()}


def test_the_page_names_every_checker_and_who_is_missing(run: Run) -> None:
    run.missing["tlc"] = "no java"
    page = markdown(run)
    assert all(f"* {name}: " in page for name in run.checkers)
    assert "**tlc is missing**: no java" in page
    assert "deciding: at most NuSMV's time" in page


def test_the_document_has_every_attempt(run: Run) -> None:
    document = json.loads(to_json(run))
    assert document["schema"] == SCHEMA
    assert {result["checker"] for result in document["results"]} == set(run.checkers) - {"spin-bfs"}
    assert all(len(result["attempts"]) == 1 for result in document["results"])
    assert all(stage["peak"] > 0 for r in document["results"] for a in r["attempts"] for stage in a["stages"].values())


@pytest.mark.parametrize("name", ["vpn1", "pet5", "phil10d"])
@needs_gcc
def test_the_c_search_counts_what_independent_checkers_count(name: str, tmp_path: Path) -> None:
    checker, task = Limit(), Task(CASES[name], tmp_path, 120)
    checker.prepare(task)
    attempt = checker.attempt(task)
    assert judged(attempt, task.case).fault == ""
    if task.case.states:
        assert f"trans={task.case.steps} depth={task.case.depth}" in attempt.stages["run"].out


def test_the_plain_search_counts_steps_and_depth_too(tmp_path: Path) -> None:
    checker, task = PlainPython(), Task(CASE, tmp_path, 120)
    checker.prepare(task)
    said = checker.attempt(task).stages["run"].out
    assert said.startswith(f"states={CASE.states} steps={CASE.steps} depth={CASE.depth} ")


@pytest.mark.parametrize(
    ("reading", "fault"),
    [
        (Reading(27_760, holds=True), ""),
        (Reading(27_761, holds=True, slack=1), ""),
        (Reading(27_761, holds=True), "wrong count: 27,761 states, not 27,760"),
        (Reading(27_760, holds=False), "wrong verdict: the claims hold"),
        (Reading(27_760), "no verdict was found in what it printed"),
    ],
)
def test_a_wrong_answer_is_no_time(reading: Reading, fault: str) -> None:
    attempt = judged(Attempt("somebody", reading=reading), CASE)
    assert (attempt.fault, attempt.deciding) == (fault, None)


def test_a_trace_shorter_than_the_shortest_is_wrong() -> None:
    attempt = judged(Attempt("somebody", reading=Reading(holds=False, trace=19)), CASES["phil10d"])
    assert attempt.fault == "wrong trace: 19 steps, the shortest has 20"


def test_a_program_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    found = measure(["sleep", "60"], tmp_path, 0.2)
    assert found.timed_out
    assert found.wall < 30


def test_scrambled_cases_are_the_same_system_in_another_order() -> None:
    plain, other = CASES["ring14"].make(), CASES["ring14-scrambled"].make()
    assert plain != other
    assert replace(plain, configuration=(), variables=(), actions=()) == replace(
        other, configuration=(), variables=(), actions=()
    )
    assert [set(plain.configuration), set(plain.variables), set(plain.actions)] == [
        set(other.configuration),
        set(other.variables),
        set(other.actions),
    ]
