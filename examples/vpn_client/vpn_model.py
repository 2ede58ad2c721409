"""What the client should do, as a model: four actions, one setting, one claim."""

import enum

from tunnelproof.model.language.component import Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant


class Tunnel(enum.StrEnum):
    """The tunnel, as the user sees it."""

    OFF = "off"
    CONNECTING = "connecting"
    ON = "on"
    FAILED = "failed"


configuration = Configuration()
kill_switch = configuration.setting("kill_switch", bool, "Nothing leaves the device outside a wanted tunnel.")

client = Component("client", actor="client")
tunnel = client.variable("tunnel", Tunnel, start=Tunnel.OFF)
hops = client.variable("hops", Range(1, 2), start=1)
tries = client.variable("tries", Range(0, 2), start=0)
client.derived("leaks", (tunnel != Tunnel.ON) & ~(kill_switch & (tunnel != Tunnel.OFF)))
client.action(
    "handshake",
    when=tunnel == Tunnel.CONNECTING,
    outcomes=[
        outcome("answered", {tunnel: Tunnel.ON, tries: 0}),
        outcome("lost", {tries: tries + 1}, when=tries < 2),
        outcome("gives up", {tunnel: Tunnel.FAILED, tries: 0}, when=tries == 2),
    ],
)

user = Component("user", actor="user")
user.action(
    "connect",
    when=(tunnel == Tunnel.OFF) | (tunnel == Tunnel.FAILED),
    choose={"through": Range(1, 2)},
    then={tunnel: Tunnel.CONNECTING, hops: name("through")},
)
user.action("disconnect", when=tunnel != Tunnel.OFF, then={tunnel: Tunnel.OFF, tries: 0})

network = Component("network", actor="network")
network.action("change", when=tunnel == Tunnel.ON, then={tunnel: Tunnel.CONNECTING})

SYSTEM = compose("vpn-client", configuration=configuration, components=[client, user, network])
NO_LEAK = Invariant(
    id="leak.none-with-kill-switch",
    sentence="With the kill switch, nothing leaves the device outside the tunnel that the user wants.",
    when=kill_switch & (tunnel != Tunnel.OFF),
    holds=~name("leaks"),
)
