"""A pytest file that leads a client through a suite: it needs the adapter and pytest, and nothing of tunnelproof.

The tests are in a JSON document beside it (``tunnelproof.tests/1``). What the file does with them is what a harness in
any other language has to do.
"""

from __future__ import annotations

import re

from tunnelproof.errors import UsageError
from tunnelproof.interchange.suite_json import suite_text
from tunnelproof.verification.suites import Suite

_FILE = '''\
"""Made by `tunnelproof testgen`. The tests are in {data}; make both anew when the model changes."""

import json
from pathlib import Path

import pytest
{imports}
SUITE = json.loads((Path(__file__).parent / {data!r}).read_text(encoding="utf-8"))

{fixture}
def agree(adapter, expected, place):
    """Compare what can be seen now with what the model has."""
    seen = adapter.observe()
    assert seen and seen.keys() <= expected.keys(), f"{{place}}: the adapter observes {{sorted(seen)}}"
    wrong = {{name: (expected[name], value) for name, value in seen.items() if not same(expected[name], value)}}
    assert not wrong, f"{{place}}: (expected, observed) = {{wrong}}"


def same(one, other):
    """Compare two values: True is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@pytest.mark.parametrize("test", SUITE["tests"], ids=lambda test: test["name"])
def test_client_follows_the_model(test, adapter):
    expected = {{**test["start"], **test["derived"]}}
    adapter.reset(dict(test["configuration"]), dict(test["start"]))
    agree(adapter, expected, "at the start")
    for number, step in enumerate(test["steps"], 1):
        place = f"step {{number}}, {{step['action']}}"
        happened = adapter.do(step["action"], dict(step["parameters"]), step["outcome"])
        if happened not in (None, step["outcome"]):
            allowed = {{other["outcome"]: other["changes"] for other in step["alternatives"]}}
            assert happened in allowed, f"{{place}}: {{happened!r}} happened, which cannot be here"
            agree(adapter, {{**expected, **allowed[happened]}}, f"{{place}} / {{happened}}")
            pytest.skip(f"inconclusive: {{place}}: {{happened!r}} happened instead of {{step['outcome']!r}}")
        expected.update(step["changes"])
        agree(adapter, expected, place)
'''

_FIXTURE = '''
@pytest.fixture
def adapter():
    """The client: made anew for each test, if it can be made."""
    return {name}() if callable({name}) else {name}

'''


def suite_files(suite: Suite, adapter: str | None) -> dict[str, str]:
    """Return the texts of the pytest file and of the document beside it, by the names of the files."""
    stem = re.sub(r"[^A-Za-z0-9]+", "_", f"{suite.system.name}_{suite.coverage.criterion}").strip("_")
    data = f"{stem}.json"
    return {f"test_{stem}.py": pytest_text(data, adapter), data: suite_text(suite)}


def pytest_text(data: str, adapter: str | None) -> str:
    """Return the text of the file; ``data`` is the name of the document beside it.

    ``adapter`` is ``module:object``, an adapter or what makes one; without it, the tests ask for a fixture ``adapter``.
    Raises `UsageError` if it is written otherwise.
    """
    if adapter is None:
        return _FILE.format(data=data, imports="", fixture="")
    module, _, name = adapter.partition(":")
    if not all(part.isidentifier() for part in module.split(".")) or not name.isidentifier():
        hint = "write --adapter module:object"
        raise UsageError("TP078", f"{ascii(adapter)} names no object of a module", hint=hint)
    imports = f"from {module} import {name}\n"
    return _FILE.format(data=data, imports=imports, fixture=_FIXTURE.format(name=name))
