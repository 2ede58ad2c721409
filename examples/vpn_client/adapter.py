"""The client, in the model's words."""

from collections.abc import Mapping

from vpn_client import Client, Device, Fault

from tunnelproof.model.language.domains import Value


class ClientAdapter:
    """A device with the client on it, made anew for every run."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.fault = fault

    def reset(self, configuration: Mapping[str, Value], state: Mapping[str, Value]) -> None:
        """Install version 1. What the model calls configuration is in the settings."""
        word = "on" if configuration["kill_switch"] else "off"
        self.device = Device({"version": 1, "killswitch": word, "hops": state["hops"], "connected": False})
        self.client: Client | None = Client(self.device, fault=self.fault)

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:
        """Do it. Whether a handshake is answered, the test decides; when to give up, the client does."""
        device, client = self.device, self.client
        match action:
            case "publish":
                device.published = 2
            case "start":
                self.client = Client(device, version=2, fault=self.fault)
                self.client.start_after_update()
            case _ if client is None:
                raise RuntimeError(f"{action}: no client is running")
            case "connect":
                client.connect(hops=int(parameters["through"]))
            case "disconnect":
                client.disconnect()
            case "handshake":
                return client.handshake(answered=outcome == "answered")
            case "change":
                client.network_changed()
            case "check":
                client.check_for_update()
            case "stop":
                client.stop_for_update()
                self.client = None
        return None

    def observe(self) -> Mapping[str, Value]:
        """Look at the device from outside, and at the client's own pages while it is running."""
        device, route = self.device, self.device.route()
        seen: dict[str, Value] = {
            "in_clear": route == "clear",
            "cut_off": route == "blocked",
            "alert": device.alert_shown,
        }
        if self.client:
            seen |= {"tunnel": self.client.status, "shown_kill_switch": self.client.kill_switch}
            seen |= {"hops": device.settings["hops"]}
        return seen
