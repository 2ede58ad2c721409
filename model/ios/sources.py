"""The documents behind the iOS model, each with the confidence that its facts have unless one says otherwise.

What a VPN vendor says of somebody else's operating system is the vendor's word; reports and articles are press; what
was read in source code or in the operating system vendor's reference is confirmed.
"""

from __future__ import annotations

from tunnelproof.model.language.component import Reference
from tunnelproof.model.language.system import Confidence

CONFIRMED, VENDOR, PRESS, INFERRED, UNKNOWN = (
    Confidence.CONFIRMED,
    Confidence.VENDOR,
    Confidence.PRESS,
    Confidence.INFERRED,
    Confidence.UNKNOWN,
)

_COMMIT = "9380a8076b"
_APP = f"https://github.com/mullvad/mullvadvpn-app/blob/{_COMMIT}"
_APPLE = "https://developer.apple.com/documentation"


def _code(path: str) -> Reference:
    return Reference(f"{_APP}/{path}", version=_COMMIT, date="2026-08-21")


# Articles and forum reports.
SEED = Reference("Mullvad closes an iOS loophole that exposed VPN users during updates (article)", confidence=VENDOR)
WHY_NOT = Reference(
    "https://mullvad.net/en/blog/why-we-still-dont-use-includeallnetworks",
    date="2025-03-26",
    confidence=VENDOR,
)
YOOTA = Reference(
    "https://yoota.it/en/mullvad-forces-all-traffic-through-its-tunnel-on-ios-working-around-an-apple-limitation/",
    confidence=VENDOR,
)
TECHRADAR = Reference(
    "https://www.techradar.com/vpn/vpn-services/mullvad-pushes-an-update-in-a-bid-to-make-your-ios-vpn-app-even-more-"
    "secure-but-theres-a-catch",
    confidence=VENDOR,
)
OLD_FLOWS = Reference(
    "https://macworld.idg.se/2.1038/1.769459/utvecklare-vpn-appar-pa-ios-skyddar-inte-all-trafik",
    confidence=PRESS,
)
IVPN = Reference("https://github.com/ivpn/ios-app/issues/360", confidence=PRESS)
RADAR_UPDATE = Reference("https://github.com/lionheart/openradar-mirror/issues/16419", confidence=PRESS)
RADAR_ON_DEMAND = Reference("https://github.com/lionheart/openradar-mirror/issues/21255", confidence=PRESS)
UPDATE_MOMENT = Reference(
    "https://newbetuts.com/264288-when-does-an-automatic-app-update-happen-on-ios", confidence=PRESS
)
BLOCKED_LEAKED = Reference("https://github.com/mullvad/mullvadvpn-app/pull/5477", date="2023")
PROVIDER_IS_DESTROYED = Reference("https://forums.developer.apple.com/forums/thread/701976")

# The operating system vendor's reference.
INCLUDE_ALL_NETWORKS = Reference(f"{_APPLE}/networkextension/nevpnprotocol/includeallnetworks")
ENFORCE_ROUTES = Reference(f"{_APPLE}/networkextension/nevpnprotocol/enforceroutes")
EXCLUDE_LOCAL = Reference(f"{_APPLE}/networkextension/nevpnprotocol/excludelocalnetworks")
EXCLUDE_APNS = Reference(f"{_APPLE}/networkextension/nevpnprotocol/excludeapns")
STOP_REASON = Reference(f"{_APPLE}/networkextension/neproviderstopreason")
ON_DEMAND = Reference(f"{_APPLE}/networkextension/neondemandrule")
PHASED_RELEASE = Reference(f"{_APPLE}/appstoreconnectapi/app-store-version-phased-releases", confidence=PRESS)
ALWAYS_ON = Reference("https://libble.de/apple-ios-implementierung/p/697620/?page=0041")

# Source code and documents of the VPN app.
ACTOR = _code("ios/PacketTunnelCore/Actor/PacketTunnelActor.swift")
REDUCER = _code("ios/PacketTunnelCore/Actor/PacketTunnelActorReducer.swift")
# Read at commits of their own: events before a stop are dropped, and stopTunnel waits for "disconnected" alone.
EVENT_CHANNEL = Reference(
    "https://github.com/mullvad/mullvadvpn-app/blob/322bff609986/ios/PacketTunnelCore/Actor/EventChannel.swift",
    version="322bff609986",
)
WAITS_FOR_DISCONNECTED = _code("ios/PacketTunnelCore/Actor/PacketTunnelActor+Extensions.swift")
ACTOR_STATE = _code("ios/PacketTunnelCore/Actor/State.swift")
ERROR_STATE = _code("ios/PacketTunnelCore/Actor/PacketTunnelActor+ErrorState.swift")
POST_QUANTUM = _code("ios/PacketTunnelCore/Actor/PacketTunnelActor+PostQuantum.swift")
TIMINGS = _code("ios/PacketTunnelCore/Actor/Timings.swift")
TUNNEL_MONITOR = _code("ios/PacketTunnelCore/TunnelMonitor/TunnelMonitor.swift")
PROVIDER = _code("ios/PacketTunnel/PacketTunnelProvider/PacketTunnelProvider.swift")
WARNING = _code("ios/PacketTunnel/Notifications/NewAppVersionSystemNotificationHandler.swift")
BANNER = _code("ios/MullvadVPN/Notifications/Notification Providers/NewAppVersionInAppNotificationProvider.swift")
VERSION_LOOKUP = _code("ios/MullvadREST/ApiHandlers/AppVersionService.swift")
SETTINGS_SCREEN = _code("ios/MullvadVPN/Coordinators/Settings/IncludeAllNetworks")
COORDINATOR = _code("ios/MullvadVPN/Coordinators/ApplicationCoordinator.swift")
TUNNEL_MANAGER = _code("ios/MullvadVPN/TunnelManager/TunnelManager.swift")
TUNNEL_STATE = _code("ios/MullvadVPN/TunnelManager/TunnelState.swift")
SETTINGS_STRATEGY = _code("ios/MullvadSettings/TunnelSettingsStrategy.swift")
KNOWN_ISSUES = _code("docs/known-issues.md")
MIGRATION = Reference(
    "https://github.com/mullvad/mullvadvpn-app/blob/64288a6ee2/ios/MullvadSettings/MigrationManager.swift",
    version="64288a6ee2",
)
FAULTY_MIGRATION = Reference(
    "https://github.com/mullvad/mullvadvpn-app/blob/ios/2026.4-build4/ios/MullvadSettings/TunnelSettingsV7.swift",
    version="ios/2026.4-build1 to build4",
    date="2026-06-29",
)

# How long the replacement exposes a device was measured nowhere: "about thirty seconds" is a nominal figure, and to be
# swept from 5 to 120 s (domain O5). How it is shared out among the steps is ours; only the sum is the article's.
WINDOW = Reference(SEED.address, confidence=UNKNOWN)

# What nobody wrote down: read off the facts above.
INFERENCE = Reference("docs/models/ios.md", confidence=INFERRED)
