"""What the client should do: one setting, five variables, eight actions, seven claims.

``tunnelproof prove vpn_model.py`` decides the claims; each says what comes out.
"""

import enum

from tunnelproof.model.language.component import WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.terms import after, choose, name, taken
from tunnelproof.properties.claims import Invariant, Precedence, Recoverable, Response, StepInvariant


class Tunnel(enum.StrEnum):
    """The tunnel, as the user sees it."""

    OFF = "off"
    CONNECTING = "connecting"
    ON = "on"
    FAILED = "failed"


class Update(enum.StrEnum):
    """How far the update is."""

    NONE = "none"
    PUBLISHED = "published"
    ANNOUNCED = "announced"
    REPLACING = "replacing"  # the old process has ended, the new one has not begun
    INSTALLED = "installed"


# What a run begins with, and what can change

configuration = Configuration()
kill_switch = configuration.setting("kill_switch", bool, "Nothing leaves outside a tunnel that the user wants.")

client = Component("client", actor="client")
tunnel = client.variable("tunnel", Tunnel, start=Tunnel.OFF)
wanted = client.variable("wanted", bool, start=False, doc="The user connected, and did not disconnect.")
hops = client.variable("hops", Range(1, 2), start=1)
lost = client.variable("lost", Range(0, 2), start=0, doc="Handshakes lost in a row.")
update = client.variable("update", Update, start=Update.NONE)

running = client.derived("running", update != Update.REPLACING)
alert = client.derived("alert", update.is_in(Update.ANNOUNCED, Update.REPLACING), "The user is told of the update.")
in_clear = client.derived(
    "in_clear", (tunnel != Tunnel.ON) & ~(kill_switch & wanted), "A packet leaves outside the tunnel."
)
client.derived("cut_off", (tunnel != Tunnel.ON) & kill_switch & wanted, "No packet leaves at all.")
client.derived("shown_kill_switch", kill_switch, "The settings page shows what the user chose, in every version.")

# What the client does

client.action(
    "handshake",
    when=tunnel == Tunnel.CONNECTING,
    outcomes=[
        outcome("answered", {tunnel: Tunnel.ON, lost: 0}),
        outcome("lost", {lost: lost + 1}, when=lost < 2),
        outcome("gives up", {tunnel: Tunnel.FAILED, lost: 0}, when=lost == 2),
    ],
    fair=WEAK,
)
client.action(
    "check",
    when=update.is_in(Update.PUBLISHED, Update.INSTALLED),
    then={update: choose(update == Update.PUBLISHED, Update.ANNOUNCED, update)},
)

# What the others do

user = Component("user", actor="user")
user.action(
    "connect",
    when=running & tunnel.is_in(Tunnel.OFF, Tunnel.FAILED),
    choose={"through": Range(1, 2)},
    then={tunnel: Tunnel.CONNECTING, wanted: True, hops: name("through")},
)
user.action("disconnect", when=running & wanted, then={tunnel: Tunnel.OFF, wanted: False, lost: 0})

network = Component("network", actor="network")
network.action("change", when=tunnel == Tunnel.ON, then={tunnel: Tunnel.CONNECTING})

vendor = Component("vendor", actor="vendor")
vendor.action("publish", when=update == Update.NONE, then={update: Update.PUBLISHED})

installer = Component("installer", actor="installer")
installer.action("stop", when=update == Update.ANNOUNCED, then={update: Update.REPLACING, tunnel: Tunnel.OFF, lost: 0})
installer.action(
    "start",
    when=update == Update.REPLACING,
    then={update: Update.INSTALLED, tunnel: choose(wanted, Tunnel.CONNECTING, Tunnel.OFF)},
    fair=WEAK,
)

system = compose("vpn-client", configuration=configuration, components=[client, user, network, vendor, installer])

# What follows from that, in each configuration

NO_LEAK = Invariant(
    id="leak.none-with-kill-switch",
    sentence="With the kill switch, nothing leaves the device outside a tunnel that the user wants.",
    when=kill_switch & wanted,
    holds=~in_clear,
)
claims = [
    NO_LEAK,  # proved
    Invariant(
        id="leak.none",  # refuted where not kill_switch
        sentence="Nothing leaves the device outside a tunnel that the user wants.",
        when=wanted,
        holds=~in_clear,
    ),
    Precedence(
        id="update.alert-first",  # proved
        sentence="The tunnel is not stopped for an update before the user was told of it.",
        first=alert,
        then=taken("stop"),
    ),
    StepInvariant(
        id="update.keeps-settings",  # proved
        sentence="An update changes no setting.",
        when=taken("stop") | taken("start"),
        holds=after(hops) == hops,
    ),
    Response(
        id="retry.ends",  # proved
        sentence="Connecting does not go on for ever.",
        trigger=tunnel == Tunnel.CONNECTING,
        response=tunnel != Tunnel.CONNECTING,
    ),
    Response(
        id="update.restores-tunnel",  # proved
        sentence="After a replacement the client connects again, if the user wants the tunnel.",
        trigger=(update == Update.REPLACING) & wanted,
        response=running & (tunnel != Tunnel.OFF),
    ),
    Recoverable(
        id="update.leaves-a-way",  # proved
        sentence="Whatever happened, the user can be connected again.",
        goal=tunnel == Tunnel.ON,
    ),
]
