"""The plugin in a project of its own, run as its users run it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

MODEL = """
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.properties.claims import Invariant, Reachable, Tradeoff

configuration = Configuration()
kill_switch = configuration.setting("kill_switch", bool)
tunnel = Component("tunnel", actor="os")
up = tunnel.variable("up", bool, start=True)
count = tunnel.variable("count", Range(0, 2), start=0)
tunnel.action("replace", when=up & (count < 2), then={up: False, count: count + 1})
tunnel.action("relaunch", when=~up, then={up: True})
system = compose("client", configuration=configuration, components=[tunnel])
claims = [
    Invariant(id="leak.none", sentence="Nothing leaks.", holds=up | kill_switch),
    Invariant(id="count.small", sentence="It counts to two.", holds=count < 3),
    Reachable(id="reach.down", sentence="The tunnel can be down.", point=~up),
    Tradeoff(id="both.not", sentence="Not both.", claims=("leak.none", "count.small")),
]
"""
INI = "[pytest]\ntunnelproof_files = *_model.py\n"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini(INI)
    pytester.makepyfile(client_model=MODEL)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)


def pinned(project: pytest.Pytester) -> Path:
    project.run(
        sys.executable, "-m", "tunnelproof", "prove", "client_model.py", "--write-expect", "client_model.expected.json"
    )
    return project.path / "client_model.expected.json"


def test_each_claim_is_an_item_that_passes_if_it_is_proved(project: pytest.Pytester) -> None:
    ran = run(project)
    ran.assert_outcomes(passed=2, failed=2)
    ran.stdout.fnmatch_lines(
        ["*client_model.py: leak.none*", "refuted: Nothing leaks.", "*when not kill_switch*", "* replace *"]
    )
    ran.stdout.no_fnmatch_line("*Traceback*")


def test_claims_are_chosen_by_name_and_reported_by_name(project: pytest.Pytester) -> None:
    ran = run(project, "-k", "count", "--junitxml=report.xml", "-v")
    ran.assert_outcomes(passed=1, deselected=3)
    assert 'name="count.small"' in (project.path / "report.xml").read_text()


def test_what_failed_last_is_run_first(project: pytest.Pytester) -> None:
    project.runpytest_subprocess()
    project.runpytest_subprocess("--lf").assert_outcomes(failed=2)


def test_pinned_verdicts_pass_until_one_changes(project: pytest.Pytester) -> None:
    pinned(project)
    run(project).assert_outcomes(passed=5)
    project.makepyfile(client_model=MODEL.replace("holds=up | kill_switch", "holds=up"))
    ran = run(project)
    ran.assert_outcomes(passed=3, failed=2)
    ran.stdout.fnmatch_lines(["leak.none: found refuted in 2*", "leak.none: expected refuted in 1*"])


def test_a_model_that_shrank_fails_though_all_is_proved(project: pytest.Pytester) -> None:
    pinned(project)
    project.makepyfile(client_model=MODEL.replace("(count < 2)", "(count < 1)"))
    ran = run(project)
    ran.assert_outcomes(passed=4, failed=1)
    ran.stdout.fnmatch_lines(["*reachable pairs of configuration and state, expected *"])


def test_a_claim_that_went_fails(project: pytest.Pytester) -> None:
    path = pinned(project)
    document = json.loads(path.read_text())
    document["claims"]["leak.gone"] = document["claims"]["leak.none"]
    path.write_text(json.dumps(document))
    ran = run(project)
    ran.assert_outcomes(passed=5, failed=1)
    ran.stdout.fnmatch_lines(["leak.gone: expected, but the model has no such claim"])


def test_processes_share_the_items(project: pytest.Pytester) -> None:
    run(project, "-n", "2").assert_outcomes(passed=2, failed=2)


def test_a_broken_model_is_an_error_with_its_place(project: pytest.Pytester) -> None:
    project.makepyfile(client_model=MODEL.replace("then={up: True}", "then={upp: True}"))
    ran = run(project)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*client_model.py:*TP*"])


def test_nothing_is_collected_where_nobody_asked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(client_model=MODEL)
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


CLIENT = """
import pytest

class Client:
    def __init__(self, faulty):
        self.faulty = faulty

    def reset(self, configuration, state):
        self.kill_switch, self.up = configuration["kill_switch"], state["up"]

    def do(self, action, parameters, outcome):
        self.up = action == "relaunch" or self.faulty

    def observe(self):
        return {"up": self.up}

@pytest.mark.tunnelproof("client_model.py")
@pytest.mark.parametrize("faulty", [False, True])
def test_leak(tunnelproof, faulty):
    tunnelproof.replay("leak.none", Client(faulty))

@pytest.mark.tunnelproof("client_model.py")
def test_where(tunnelproof):
    assert tunnelproof.decide("leak.none", where="kill_switch").verdict == "proved"

@pytest.mark.tunnelproof("smallest")
def test_shipped(tunnelproof):
    assert tunnelproof.trace("leak.none-while-updating").steps

def test_unmarked(tunnelproof):
    pass
"""


def test_the_fixture_leads_a_client_along_a_counterexample(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(client_model=MODEL, test_client=CLIENT)
    ran = run(pytester)
    ran.assert_outcomes(passed=3, failed=1, errors=1)
    ran.stdout.fnmatch_lines(["*'up' should be False, but True was observed*"])
    ran.stdout.fnmatch_lines(["*test_unmarked*has to name a model*"])
