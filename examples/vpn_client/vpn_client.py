"""The implementation under test: a VPN client, here a simulator that can be given a fault."""


class Client:
    """Connects, tries three times, and holds the firewall closed while the kill switch says so."""

    def __init__(self, *, opens_on_network_change: bool = False) -> None:
        self.opens_on_network_change = opens_on_network_change
        self.install(kill_switch=False, hops=1)

    def install(self, *, kill_switch: bool, hops: int) -> None:
        """Start afresh."""
        self.kill_switch, self.closed = kill_switch, False
        self.status, self.hops, self.failures = "off", hops, 0

    def connect(self, hops: int) -> None:
        """Begin to connect."""
        self.status, self.hops, self.failures = "connecting", hops, 0
        self.closed = self.kill_switch

    def handshake(self, *, answered: bool) -> str:
        """Try to reach the server; return what came of it."""
        if answered:
            self.status, self.failures = "on", 0
            return "answered"
        self.failures += 1
        if self.failures == 3:
            self.status = "failed"
            return "gives up"
        return "lost"

    def network_changed(self) -> None:
        """Connect again, because the old network is gone."""
        self.status, self.failures = "connecting", 0
        if self.opens_on_network_change:
            self.closed = False

    def disconnect(self) -> None:
        """Take the tunnel down and let everything out."""
        self.status, self.closed = "off", False

    def lets_out(self) -> bool:
        """Say whether a packet outside the tunnel would leave the device."""
        return self.status != "on" and not self.closed
