"""The network, in the model's words."""

from collections.abc import Mapping

from network import Network, Seen

from tunnelproof.model.language.domains import Value


class TunnelAdapter:
    """Carries out what the model says in the namespaces, and sends a probe to see what comes of it.

    ``seen`` has what became of the probe after each step of the run. ``rules_go_with_process`` is a fault: the kill
    switch is a matter of the tunnel's process, which takes its rules along when it ends.
    """

    def __init__(self, network: Network, *, rules_go_with_process: bool = False) -> None:
        self.network, self.rules_go_with_process = network, rules_go_with_process
        self.seen: list[Seen] = []

    def reset(self, configuration: Mapping[str, Value], state: Mapping[str, Value]) -> None:  # noqa: ARG002
        """Begin without a tunnel, firewall open."""
        self.kill_switch = bool(configuration["kill_switch"])
        self.network.stop_tunnel()
        self.network.block(False)
        self.seen = []

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> None:  # noqa: ARG002
        """Do it. A tunnel that starts is up when this returns."""
        match action:
            case "connect":
                self.network.block(self.kill_switch)
                self.network.start_tunnel()
            case "disconnect":
                self.network.stop_tunnel()
                self.network.block(False)
            case "stop" | "crash":
                self.network.stop_tunnel(kill=action == "crash")
                if self.rules_go_with_process:
                    self.network.block(False)
            case "start":
                self.network.block(self.kill_switch)
                self.network.start_tunnel()

    def observe(self) -> Mapping[str, Value]:
        """Send a probe, and tell what was seen of it."""
        seen = self.network.probe()
        self.seen.append(seen)
        return {
            "tunnel_up": self.network.tunnel_is_up(),
            "in_clear": bool(seen.outside),
            "answered": seen.answered,
        }
