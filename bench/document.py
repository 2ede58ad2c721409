"""A run as JSON, schema `tunnelproof.benchmark/1`: every attempt, every program, nothing rounded."""

from __future__ import annotations

import json
from dataclasses import asdict

from bench.checkers.contract import Attempt
from bench.comparing import Result
from bench.goals import Reached
from bench.running import Run

SCHEMA = "tunnelproof.benchmark/1"


def to_json(run: Run) -> str:
    """Return the text. Seconds and bytes throughout."""
    document = {
        "schema": SCHEMA,
        "command": run.command,
        "machine": run.machine,
        "rounds": run.rounds,
        "seconds": run.seconds,
        "versions": run.versions,
        "missing": run.missing,
        "cases": [
            {
                "name": case.name,
                "about": case.about,
                "states": case.states,
                "steps": case.steps,
                "depth": case.depth,
                "deadlock": case.deadlock,
            }
            for case in run.cases
        ],
        "results": [result_document(result) for result in run.results.values()],
        "goals": [_goal(found) for found in run.goals],
        **run.figures,
    }
    return json.dumps(document, indent=1) + "\n"


def result_document(result: Result) -> dict[str, object]:
    """Return a result with all its attempts."""
    return {
        "case": result.case.name,
        "checker": result.checker,
        "fault": result.fault,
        "deciding": result.deciding,
        "whole": result.whole,
        "user": result.user,
        "peak": result.peak,
        "attempts": [_attempt(attempt) for attempt in result.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, object]:
    stages = {}
    for name, measurement in attempt.stages.items():
        stages[name] = {key: value for key, value in asdict(measurement).items() if key not in ("out", "err")}
    return {
        "stages": stages,
        "deciding": attempt.deciding,
        "reading": asdict(attempt.reading),
        "fault": attempt.fault,
        "figures": attempt.figures,
    }


def _goal(found: Reached) -> dict[str, object]:
    return {
        "class": found.goal.about,
        "goal": found.goal.says,
        "case": found.case,
        "at_most": found.goal.most,
        "ratio": found.ratio,
        "met": found.met,
        "why": found.why,
    }
