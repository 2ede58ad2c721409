"""The documents behind the smallest model."""

from __future__ import annotations

from tunnelproof.model.language.component import Reference
from tunnelproof.model.language.system import Confidence

_COMMIT = "9380a8076b"
_REPOSITORY = f"https://github.com/mullvad/mullvadvpn-app/blob/{_COMMIT}"


def _code(path: str) -> Reference:
    return Reference(f"{_REPOSITORY}/{path}", version=_COMMIT, date="2026-08-21")


# Articles. What a VPN vendor says of somebody else's operating system is the vendor's word, no more.
SEED = Reference(
    "Mullvad closes an iOS loophole that exposed VPN users during updates (article)",
    confidence=Confidence.VENDOR,
)
WHY_NOT = Reference(
    "https://mullvad.net/en/blog/why-we-still-dont-use-includeallnetworks",
    date="2025-03-26",
    confidence=Confidence.VENDOR,
)
YOOTA = Reference(
    "https://yoota.it/en/mullvad-forces-all-traffic-through-its-tunnel-on-ios-working-around-an-apple-limitation/",
    confidence=Confidence.VENDOR,
)
OPEN_RADAR = Reference(
    "https://github.com/lionheart/openradar-mirror/issues/16419",
    confidence=Confidence.PRESS,
)

# The operating system vendor's reference.
INCLUDE_ALL_NETWORKS = Reference(
    "https://developer.apple.com/documentation/networkextension/nevpnprotocol/includeallnetworks"
)
ON_DEMAND = Reference("https://developer.apple.com/documentation/networkextension/neondemandrule")
PHASED_RELEASE = Reference(
    "https://developer.apple.com/documentation/appstoreconnectapi/app-store-version-phased-releases",
    confidence=Confidence.PRESS,
)

# Source code of the VPN app.
TUNNEL_MANAGER = _code("ios/MullvadVPN/TunnelManager/TunnelManager.swift")
SETTINGS_STRATEGY = _code("ios/MullvadSettings/TunnelSettingsStrategy.swift")
SETTINGS_SCREEN = _code("ios/MullvadVPN/Coordinators/Settings/IncludeAllNetworks")
COORDINATOR = _code("ios/MullvadVPN/Coordinators/ApplicationCoordinator.swift")
UPDATE_NOTIFICATION = _code("ios/PacketTunnel/Notifications/NewAppVersionSystemNotificationHandler.swift")

# How long the replacement exposes a device was measured nowhere: "about thirty seconds" is a nominal figure, and how it
# is shared out among the steps is ours.
WINDOW = Reference(SEED.address, confidence=Confidence.UNKNOWN)

# What nobody wrote down: read off the facts above.
COMMON_KNOWLEDGE = Reference("documented settings of the operating system", confidence=Confidence.INFERRED)
