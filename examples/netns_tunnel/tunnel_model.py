"""What the tunnel should do while its process is replaced: ``tunnelproof prove tunnel_model.py``."""

import enum

from tunnelproof.model.language.component import WEAK, Component, Configuration, compose
from tunnelproof.properties.claims import Invariant, Response


class Tunnel(enum.StrEnum):
    """The tunnel."""

    OFF = "off"
    UP = "up"
    GONE = "gone"  # the user wants it, but there is no process


configuration = Configuration()
kill_switch = configuration.setting(
    "kill_switch", bool, "From connect to disconnect, only the tunnel leaves the device."
)

device = Component("device", actor="system")
tunnel = device.variable("tunnel", Tunnel, start=Tunnel.OFF)
device.derived("tunnel_up", tunnel == Tunnel.UP)
in_clear = device.derived(
    "in_clear",
    (tunnel == Tunnel.OFF) | ((tunnel == Tunnel.GONE) & ~kill_switch),
    "A packet that some app sends leaves outside the tunnel.",
)
answered = device.derived("answered", in_clear | (tunnel == Tunnel.UP), "It is answered, whichever way it goes.")

user = Component("user", actor="user")
user.action("connect", when=tunnel == Tunnel.OFF, then={tunnel: Tunnel.UP})
user.action("disconnect", when=tunnel != Tunnel.OFF, then={tunnel: Tunnel.OFF})

installer = Component("installer", actor="installer")
installer.action("stop", when=tunnel == Tunnel.UP, then={tunnel: Tunnel.GONE})
installer.action("start", when=tunnel == Tunnel.GONE, then={tunnel: Tunnel.UP}, fair=WEAK)

chance = Component("chance", actor="chance")
chance.action("crash", when=tunnel == Tunnel.UP, then={tunnel: Tunnel.GONE})

system = compose("netns-tunnel", configuration=configuration, components=[device, user, installer, chance])

NO_LEAK = Invariant(
    id="no-leak",  # refuted where not kill_switch
    sentence="While the user wants the tunnel, nothing leaves outside of it.",
    when=tunnel != Tunnel.OFF,
    holds=~in_clear,
)
claims = [
    NO_LEAK,
    Response(
        id="flows-again",  # proved
        sentence="A tunnel that is gone comes back, unless the user gives it up.",
        trigger=tunnel == Tunnel.GONE,
        response=tunnel != Tunnel.GONE,
    ),
]
