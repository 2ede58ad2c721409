"""A real tunnel, replaced while it is up, against its model. Run in this folder, as root: ``python -m pytest -rs``."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping

import network as networks
import pytest
from adapter import TunnelAdapter
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from network import Network, NotPermitted
from show import counterexample
from tunnel_model import NO_LEAK, claims, system

from tunnelproof import prove
from tunnelproof.conformance import ConformanceFailure, replay, state_machine
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.system import Step

FEW = settings(  # a step takes about a tenth of a second
    max_examples=5,
    stateful_step_count=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """Make the namespaces, or skip and say what is missing."""
    try:
        made = Network()
    except NotPermitted as why:
        pytest.skip(str(why))
    with made:
        yield made


# What the model says


def test_model_leaks_exactly_without_the_kill_switch() -> None:
    """The claim has two cells, and the setting is what tells them apart."""
    outcome = prove(system, claims)
    cells = {format_formula(cell.when, system.domains): cell.verdict for cell in outcome[NO_LEAK.id].cells}
    assert cells == {"kill_switch": Verdict.PROVED, "not kill_switch": Verdict.REFUTED}
    assert outcome["flows-again"].verdict is Verdict.PROVED


# What the wire says


def test_counterexample_leaks_on_the_wire(network: Network) -> None:
    """The run that refutes the claim, in the configuration where it does: the probe leaves in the clear."""
    adapter = TunnelAdapter(network)
    replay(counterexample(), system, None, adapter)
    _, connected, gone = adapter.seen
    assert (connected.inside, connected.outside) == (1, ())
    (packet,) = gone.outside
    assert packet.source.startswith("192.0.2.1:") and packet.target == "203.0.113.7:7"
    assert packet.protocol == "UDP" and packet.data.startswith(b"probe ")
    assert gone.inside == 0


def test_same_run_with_the_kill_switch_shows_no_packet_and_traffic_flows_again(network: Network) -> None:
    """The probe is refused while the process is gone, and answered through the tunnel when there is a new one."""
    adapter = TunnelAdapter(network)
    replay([*counterexample().steps, Step("start")], system, {"kill_switch": True}, adapter)
    _, connected, gone, back = adapter.seen
    assert connected.inside == 1 and connected.answered
    assert (gone.inside, gone.outside, gone.answered) == (0, (), False)
    assert (back.inside, back.outside, back.answered) == (1, (), True)


def test_suite(network: Network) -> None:
    """Whatever the model allows, in both configurations, the wire shows what the model says."""
    done: set[tuple[bool, str]] = set()

    class Recorder(TunnelAdapter):
        def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> None:
            super().do(action, parameters, outcome)
            done.add((self.kill_switch, action))

    for where, kill_switch in (("kill_switch", True), ("not kill_switch", False)):
        run_state_machine_as_test(state_machine(system, Recorder(network), where=where), settings=FEW)
        assert done & {(kill_switch, "stop"), (kill_switch, "crash")}, "the runs are too few to try a replacement"


def test_suite_catches_a_kill_switch_that_ends_with_the_process(network: Network) -> None:
    """The fault shows only in the replacement, in two steps."""
    adapter = TunnelAdapter(network, rules_go_with_process=True)
    with pytest.raises(ConformanceFailure, match="'in_clear' should be False, but True was observed") as failure:
        run_state_machine_as_test(state_machine(system, adapter, where="kill_switch"), settings=FEW)
    assert [step.action for step in failure.value.steps] in (["connect", "stop"], ["connect", "crash"])
    assert adapter.seen[-1].outside


# What stays behind


def namespaces(of: int) -> list[str]:
    """Return the names of the namespaces that a process has made."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.startswith(f"tunnelproof-{of}-")]


@pytest.mark.usefixtures("network")
def test_nothing_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither after use, nor if it cannot be built to the end; what a killed run left is deleted by the next."""
    before, killed = namespaces(os.getpid()), 99_999_999  # no process has such a number
    subprocess.run(["ip", "netns", "add", f"tunnelproof-{killed}-1-client"], check=True)
    with Network() as other:
        other.start_tunnel()
        assert len(namespaces(os.getpid())) == len(before) + 2
    assert namespaces(os.getpid()) == before and namespaces(killed) == []
    monkeypatch.setattr(networks, "KILL_SWITCH", "no rules")
    with pytest.raises(NotPermitted, match="no nftables rules can be set .*syntax error"):
        Network()
    assert namespaces(os.getpid()) == before


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It becomes the reason why tests are skipped."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotPermitted, match="the program 'ip' is not installed"):
        Network()
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NotPermitted, match="network namespaces are Linux's, and this is darwin"):
        Network()
