"""The implementation under test: a VPN client on a simulated device. `Fault` names what can be wrong with it.

The device outlives the client: an update replaces the client's process, not the firewall, nor the settings file.
"""

import enum
from dataclasses import dataclass, field

TRIES = 3  # handshakes that may be lost in a row before the client gives up


class Fault(enum.StrEnum):
    """What can be wrong with the client, one at a time."""

    LEAK_ON_REPLACEMENT = "the firewall's rules go with the process that set them"
    LEAK_ON_NETWORK_CHANGE = "the firewall opens while the tunnel moves to another network"
    LEAK_ON_GIVING_UP = "the firewall opens when the client gives up"
    BLOCKED_AFTER_DISCONNECT = "the firewall stays closed after the user disconnected"
    RETRY_LOOP = "lost handshakes are not counted, so the client never gives up"
    COUNT_NOT_RESET = "lost handshakes still count after one was answered, so the client gives up too early"
    SETTING_LOST_ON_MIGRATION = "the new version does not read the kill switch from the old settings file"
    TUNNEL_NOT_RESTORED = "the new version does not connect again"
    ALERT_TOO_LATE = "the user hears of the update when it begins"
    UPDATE_OFFERED_AGAIN = "the new version does not note that it is installed, and offers itself"


@dataclass
class Device:
    """What outlives the client's process."""

    settings: dict[str, int | str | bool]
    firewall_closed: bool = False
    tunnel_up: bool = False
    alert_shown: bool = False
    published: int = 1

    def route(self) -> str:
        """Say where a packet that some app sends now would go."""
        if self.tunnel_up:
            return "tunnel"
        return "blocked" if self.firewall_closed else "clear"


@dataclass
class Client:
    """The client's process: connects, tries again, and replaces itself by a newer version."""

    device: Device
    version: int = 1
    fault: Fault | None = None
    status: str = "off"
    lost: int = field(default=0, init=False)

    # What the user does

    def connect(self, hops: int) -> None:
        """Begin to connect through so many servers."""
        self.device.settings |= {"hops": hops, "connected": True}
        self._begin()

    def disconnect(self) -> None:
        """Take the tunnel down and let everything out."""
        self.device.settings["connected"] = False
        self.status, self.device.tunnel_up = "off", False
        if self.fault is not Fault.BLOCKED_AFTER_DISCONNECT:
            self.device.firewall_closed = False

    # What the network does

    def handshake(self, *, answered: bool) -> str:
        """Try to reach the server; return what came of it."""
        if answered:
            self.status, self.device.tunnel_up = "on", True
            if self.fault is not Fault.COUNT_NOT_RESET:
                self.lost = 0
            return "answered"
        if self.fault is not Fault.RETRY_LOOP:
            self.lost += 1
        if self.lost < TRIES:
            return "lost"
        self.status = "failed"
        if self.fault is Fault.LEAK_ON_GIVING_UP:
            self.device.firewall_closed = False
        return "gives up"

    def network_changed(self) -> None:
        """Connect again, because the network of the tunnel is gone."""
        self.status, self.device.tunnel_up = "connecting", False
        if self.fault is Fault.LEAK_ON_NETWORK_CHANGE:
            self.device.firewall_closed = False

    # The update

    def check_for_update(self) -> None:
        """Tell the user if there is a newer version."""
        newer = self.device.published > int(self.device.settings["version"])
        if newer and self.fault is not Fault.ALERT_TOO_LATE:
            self.device.alert_shown = True

    def stop_for_update(self) -> None:
        """End, because the installer says so. The firewall stays as it is."""
        self.device.alert_shown = True
        self.device.tunnel_up = False
        if self.fault is Fault.LEAK_ON_REPLACEMENT:
            self.device.firewall_closed = False

    def start_after_update(self) -> None:
        """Begin as the new version: read the old one's settings and go on where it stopped."""
        self.device.alert_shown = False
        self._migrate()
        if self.device.settings["connected"] and self.fault is not Fault.TUNNEL_NOT_RESTORED:
            self._begin()

    # Inside

    @property
    def kill_switch(self) -> bool:
        """Whether the settings page shows the kill switch as on."""
        if self.version == 1:
            return self.device.settings["killswitch"] == "on"
        return bool(self.device.settings["kill_switch"])

    def _begin(self) -> None:
        self.status, self.lost = "connecting", 0
        self.device.firewall_closed = self.kill_switch

    def _migrate(self) -> None:
        """Write the settings anew: version 2 has a truth value where version 1 had a word, and another name for it."""
        old = self.device.settings
        kept = old["killswitch"] == "on" and self.fault is not Fault.SETTING_LOST_ON_MIGRATION
        new = {"version": self.version, "kill_switch": kept, "hops": old["hops"], "connected": old["connected"]}
        if self.fault is Fault.UPDATE_OFFERED_AGAIN:
            new["version"] = old["version"]
        self.device.settings = new
