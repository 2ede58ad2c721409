"""The JSON document of a suite of tests, ``tunnelproof.tests/1``. Keys may be added, never renamed.

Each test stands on a line of its own. Equal suites give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from tunnelproof.interchange.outcome_json import Document
from tunnelproof.model.language.document import sha256
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import System
from tunnelproof.verification.suites import Suite, Test

SCHEMA = "tunnelproof.tests/1"


def suite_text(suite: Suite, mutants: Document | None = None) -> str:
    """Return the suite as ASCII text; ``mutants`` says what it is worth (`worth_document`), if that was asked."""
    text = json.dumps({**_head(suite), "mutants": mutants}, indent=1).removesuffix("\n}")
    names = _lines(_names(suite.system))
    tests = _lines(test_document(test) for test in suite.tests)
    return f'{text},\n "names": {names},\n "tests": {tests},\n "error": null\n}}\n'.replace("\x7f", "\\u007f")


def suite_document(suite: Suite) -> Document:
    """Return the suite as JSON values."""
    tests = [test_document(test) for test in suite.tests]
    return {**_head(suite), "mutants": None, "names": _names(suite.system), "tests": tests, "error": None}


def _lines(documents: Iterable[Document]) -> str:
    """Write a list with an entry on each line."""
    return "[\n  " + ",\n  ".join(map(json.dumps, documents)) + "\n ]"


def _head(suite: Suite) -> Document:
    coverage = suite.coverage
    return {
        "schema": SCHEMA,
        "model": {
            "id": suite.system.name,
            "sha256": sha256(suite.system),
            "configurations": coverage.configurations,
            "where": suite.where or None,
        },
        "criterion": coverage.criterion,
        "coverage": {
            "counted": coverage.counted,
            "reachable": coverage.reachable,
            "covered": coverage.covered,
            "configurations": coverage.used,
            "tests": len(suite.tests),
            "steps": suite.steps,
            "least_steps": coverage.least_steps,
            "longest": suite.longest,
            "unreachable": list(coverage.unreachable),
            "limits": list(coverage.limits),
        },
    }


def _names(system: System) -> list[Document]:
    """Return what is expected of, and who can see it. What is derived from something hidden is hidden too."""
    hidden = {v.name for v in system.variables if v.visible_to is not None}
    found: list[Document] = [
        {
            "name": v.name,
            "kind": "variable",
            "hidden": v.name in hidden,
            "visible_to": None if v.visible_to is None else list(v.visible_to),
        }
        for v in system.variables
    ]
    for derived in system.derived:
        secret = bool(system.reads(derived.definition) & hidden)
        found.append({"name": derived.name, "kind": "derived", "hidden": secret, "visible_to": None})
    return found


def test_document(test: Test) -> Document:
    """Return a test as JSON values: of what is expected after a step, only what changes."""
    system, points = test.system, test.expectations
    steps: list[Document] = []
    for number, step in enumerate(test.steps):
        before = points[number]
        steps.append(
            {
                "action": step.action,
                "actor": system.action_named[step.action].actor,
                "parameters": dict(step.parameters),
                "outcome": step.outcome,
                "changes": _changes(before, points[number + 1]),
                "alternatives": [
                    {"outcome": other.outcome, "changes": _changes(before, other.expectation)}
                    for other in test.alternatives(number)
                ],
            }
        )
    return {
        "name": test.name,
        "about": test.about,
        "configuration": dict(test.configuration),
        "start": dict(test.start),
        "derived": {name: points[0][name] for name in system.definitions},
        "steps": steps,
    }


def _changes(before: Mapping[str, Value], after: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in after.items() if value != before[name]}
