"""The network under the tunnel, friendly or not: domain rows X4 and X10.

A captive portal (X11) changes nothing here: what it needs is exempt in `exposed_control` whatever the network does.
"""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.vocabulary import (
    NETWORK,
    USER,
    Network,
    Workaround,
    network,
    reconnecting,
)
from tunnelproof.model.language.component import STRONG, Component
from tunnelproof.model.language.terms import name


def underlay() -> Component:
    """Return the network, which may go, come back, or call everything local."""
    part = Component("network", actor=NETWORK)
    part.variable("network", Network, start=Network.REACHABLE, doc="The network under the tunnel.")
    part.derived(
        "exposed_while_reconnecting",
        reconnecting & name("exposed_user_app") & (network != Network.UNREACHABLE),
        "A hard reconnect exposes the apps' traffic, and there is a network to carry it.",
        source=sources.SETTINGS_STRATEGY.at("a hard reconnect can leak by its own word"),
    )
    _reachability(part)
    part.action(
        "widen_local_routes",
        source=sources.KNOWN_ISSUES.at("TunnelVision and LocalNet: routes that a network hands out"),
        doc="An attacker's network calls other destinations local. The model assumes that routes are believed.",
    )
    return part


def _reachability(part: Component) -> None:
    part.action(
        "network_drops",
        when=network != Network.UNREACHABLE,
        then={network: Network.UNREACHABLE},
        source=sources.ACTOR.at("the path becomes unreachable"),
        doc="X10: the network goes.",
    )
    part.action(
        "network_returns",
        when=network == Network.UNREACHABLE,
        then={network: Network.REACHABLE},
        fair=STRONG,
        source=sources.ACTOR.at("the path becomes reachable"),
        doc="X10: the network is back.",
    )
    part.action(
        "airplane_mode",
        actor=USER,
        when=(network != Network.UNREACHABLE) & (configuration.workaround == Workaround.DISABLE_FORCE_ALL_APPS),
        then={network: Network.UNREACHABLE},
        source=sources.SETTINGS_SCREEN.at("switch airplane mode on and Wi-Fi off before changing the setting"),
        doc="X4: airplane mode, before the setting is changed.",
    )
