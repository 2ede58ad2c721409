"""The iOS model: a VPN app with its packet-tunnel provider, while the App Store replaces both. One file per actor.

`ios` has the tunnel actor reduced to what claims need; `tunnelproof.model.ios_full` has all of it. Both compose the
same other actors around it. docs/models/ios.md explains the choices.
"""

from __future__ import annotations

from tunnelproof.model.ios.app_store import app_store
from tunnelproof.model.ios.configuration import configurations
from tunnelproof.model.ios.container_app import container_app
from tunnelproof.model.ios.downloader import downloader
from tunnelproof.model.ios.egress import egress, flows
from tunnelproof.model.ios.installer import installer
from tunnelproof.model.ios.monitor import monitor
from tunnelproof.model.ios.network import underlay
from tunnelproof.model.ios.power import power
from tunnelproof.model.ios.seam import Tunnel
from tunnelproof.model.ios.session import reduced_tunnel
from tunnelproof.model.ios.settings import settings
from tunnelproof.model.ios.vocabulary import AUTOMATIC
from tunnelproof.model.language.component import Component, compose
from tunnelproof.model.language.system import System


def ios() -> System:
    """Return the iOS model with the reduced tunnel actor."""
    return compose(
        "ios",
        title="A VPN app for iOS and the update that replaces it",
        configuration=configurations(),
        components=around(reduced_tunnel()),
    )


def around(tunnel: Tunnel) -> list[Component]:
    """Return all components of the model, with the given tunnel among them."""
    return [
        app_store(),
        downloader(),
        installer(tunnel),
        *tunnel.components,
        container_app(tunnel),
        egress(),
        settings(),
        power(tunnel),
        underlay(),
        flows(),
        monitor(),
    ]


__all__ = ["AUTOMATIC", "around", "ios"]
