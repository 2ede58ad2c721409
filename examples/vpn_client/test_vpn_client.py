"""Tests of the client, made from the model. Run in this folder: ``python -m pytest test_vpn_client.py``."""

from collections.abc import Mapping

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from vpn_client import Client
from vpn_model import NO_LEAK, SYSTEM

from tunnelproof.conformance import ConformanceFailure, replay, state_machine
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step


class ClientAdapter:
    """Speaks to the client in the model's words."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def reset(self, configuration: Mapping[str, Value], state: Mapping[str, Value]) -> None:
        """Install the client anew. The model starts with the tunnel off; all else is in the settings."""
        self.client.install(kill_switch=bool(configuration["kill_switch"]), hops=int(state["hops"]))

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:
        """Do it. Whether a handshake is answered, the test decides; when to give up, the client does."""
        match action:
            case "connect":
                self.client.connect(hops=int(parameters["through"]))
            case "handshake":
                return self.client.handshake(answered=outcome == "answered")
            case "change":
                self.client.network_changed()
            case "disconnect":
                self.client.disconnect()
        return None

    def observe(self) -> Mapping[str, Value]:
        """Look at the client from outside: its status, and what a packet capture shows."""
        return {"tunnel": self.client.status, "hops": self.client.hops, "leaks": self.client.lets_out()}


TestClient = state_machine(SYSTEM, ClientAdapter(Client()), claims=[NO_LEAK]).TestCase
TestClient.settings = settings(
    TestClient.settings,
    max_examples=40,
    stateful_step_count=15,
    derandomize=True,
    phases=[
        Phase.generate,
        Phase.shrink,
    ],  # Hypothesis would also vary what fails, which takes longer than all the rest
)


def test_fault_is_found_by_a_shortest_run() -> None:
    """The firewall opens when the network changes: connect, get an answer, change the network."""
    machine = state_machine(SYSTEM, ClientAdapter(Client(opens_on_network_change=True)))
    with pytest.raises(ConformanceFailure, match="'leaks' should be False, but True was observed") as failure:
        run_state_machine_as_test(machine, settings=TestClient.settings)
    assert [str(step) for step in failure.value.steps] == ["connect(through=1)", "handshake / answered", "change"]


def test_client_gives_up_after_the_third_lost_handshake() -> None:
    """One trace, without Hypothesis."""
    lost = Step("handshake", outcome="lost")
    steps = [Step("connect", (("through", 2),)), lost, lost, Step("handshake", outcome="gives up")]
    replay(steps, SYSTEM, {"kill_switch": True}, ClientAdapter(Client()))
