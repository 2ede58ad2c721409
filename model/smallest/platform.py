"""The operating system: session, egress policy, installer with its downloader, and the network stack."""

from __future__ import annotations

from tunnelproof.model.language.component import WEAK, Component, seconds
from tunnelproof.model.language.system import Confidence
from tunnelproof.model.language.terms import choose, either
from tunnelproof.model.smallest import sources
from tunnelproof.model.smallest.vocabulary import (
    Download,
    Freeze,
    Order,
    ReconnectingSession,
    Session,
    Stack,
    Update,
    Version,
    auto_update,
    consent,
    download,
    drops_while_down,
    force_all_apps,
    freeze_on_replace,
    on_demand,
    order,
    policy_open,
    session,
    stack,
    up,
    update,
    version,
)

OS = "os"


def tunnel_session(reconnecting: bool) -> Component:
    """Return the session; with ``reconnecting`` a hard reconnect passes through a state of its own."""
    part = Component("session", actor=OS)
    domain = ReconnectingSession if reconnecting else Session
    part.variable("session", domain, start=Session.UP, doc="The VPN session.")
    part.action(
        "relaunch",
        when=on_demand & (session == Session.DOWN) & (update != Update.ACTIVE) & (stack == Stack.OK),
        then={session: Session.UP},
        fair=WEAK,
        takes=seconds(0, 10, source=sources.WINDOW.at("a share of the nominal 30 s of a replacement")),
        source=sources.ON_DEMAND.at(
            "connect on demand starts the tunnel again, unless the app is being replaced", Confidence.INFERRED
        ),
        doc="Connect on demand brings the tunnel back.",
    )
    if reconnecting:
        part.action(
            "reconnected",
            when=session == ReconnectingSession.RECONNECTING,
            # With Force all apps on again, the exposure that the user chose by turning it off is over.
            then={session: Session.UP, consent: consent & ~force_all_apps},
            fair=WEAK,
            takes=seconds(0, 10, source=sources.WINDOW.at("a hard reconnect is brief; taken for as long as a launch")),
            source=sources.TUNNEL_MANAGER.at("a hard reconnect starts the tunnel once the old session is down"),
            doc="The hard reconnect ends: the tunnel is up with the new setting.",
        )
    return part


def egress(reconnecting: bool) -> Component:
    """Return the policy for packets that leave the device, all of it derived from setting and session."""
    part = Component("egress", actor=OS)
    part.derived("up", session == Session.UP, "The tunnel is up.")
    part.derived(
        "drops_while_down",
        force_all_apps & on_demand,
        "Force all apps holds while the session is down but wanted, not after a disconnect.",
        source=sources.YOOTA.at("after a disconnect traffic flows", Confidence.UNKNOWN),
    )
    enforced = force_all_apps & (on_demand | up)
    if reconnecting:
        enforced &= session != ReconnectingSession.RECONNECTING
    part.derived(
        "policy_all_networks",
        enforced,
        "All traffic goes into the tunnel or nowhere.",
        source=sources.INCLUDE_ALL_NETWORKS.at("all traffic is routed through the tunnel or dropped"),
    )
    part.derived("policy_tunnel_routes", ~enforced & up, "The tunnel's routes are in force, nothing more.")
    part.derived("policy_open", ~enforced & ~up, "No policy is in force: whatever is sent leaves the device.")
    part.derived(
        "exposed",
        policy_open & (stack == Stack.OK),
        "The apps' traffic would leave the device outside the tunnel.",
        source=sources.SEED.at("while an update has the tunnel down, all apps' traffic leaves outside it"),
    )
    part.derived("protected", up & (stack == Stack.OK), "The apps' traffic flows, and through the tunnel.")
    return part


def installer() -> Component:
    """Return the App Store's installer, its downloader, and what they do to the network stack."""
    part = Component("installer", actor=OS)
    part.variable("update", Update, start=Update.NONE, doc="The replacement of the VPN app.")
    part.variable("download", Download, start=Download.IDLE, visible_to=[OS], doc="The transfer of the new version.")
    part.variable("version", Version, start=Version.OLD, doc="The installed version of the VPN app.")
    part.variable("stack", Stack, start=Stack.OK, doc="The network stack; frozen, it carries nothing at all.")
    part.derived("updated", version == Version.NEW, "The new version is installed.")
    part.derived("replacing", update == Update.ACTIVE, "The replacement has begun and not ended.")
    part.derived("blocked", download == Download.BLOCKED, "The downloader is denied the network.")
    part.derived("frozen", stack == Stack.FROZEN, "The device has no connectivity.")
    _begin(part)
    _fetch_and_install(part)
    _freeze(part)
    return part


def _begin(part: Component) -> None:
    part.action(
        "begin",
        when=(update == Update.PENDING) & (stack == Stack.OK) & auto_update,
        then={
            update: Update.ACTIVE,
            session: Session.DOWN,
            download: choose(~drops_while_down | (order == Order.FETCH_THEN_STOP), Download.RUNNING, Download.BLOCKED),
        },
        fair=WEAK,
        source=sources.SEED.at("an update stops the tunnel without telling anyone, and fetches while it is down"),
        doc="The replacement begins: the tunnel is stopped; the downloader runs if the policy lets it out.",
    )


def _fetch_and_install(part: Component) -> None:
    part.action(
        "fetch",
        when=download == Download.RUNNING,
        then={download: Download.DONE},
        fair=WEAK,
        takes=seconds(0, 10, source=sources.WINDOW.at("a share of the nominal 30 s of a replacement")),
        source=sources.SEED.at("the downloader cannot fetch while Force all apps drops its traffic"),
        doc="The download ends.",
    )
    part.action(
        "install",
        when=(update == Update.ACTIVE) & (download == Download.DONE) & (stack == Stack.OK),
        then={update: Update.DONE, version: Version.NEW},
        fair=WEAK,
        takes=seconds(
            5, 10, source=sources.WINDOW.at("a share of the nominal 30 s of a replacement; at least 5 s in all")
        ),
        source=sources.OPEN_RADAR.at("the new bundle replaces the old one; the profile normally survives"),
        doc="The new version replaces the old one.",
    )


def _freeze(part: Component) -> None:
    part.action(
        "freeze",
        when=(update == Update.ACTIVE)
        & force_all_apps
        & on_demand
        & (stack == Stack.OK)
        & either(download == Download.BLOCKED, freeze_on_replace == Freeze.MAY),
        then={stack: Stack.FROZEN},
        # Weak fairness forces it where the download is blocked. Where the platform only may freeze, fetch and
        # install are fair too and disable it, so it stays a choice there.
        fair=WEAK,
        source=sources.WHY_NOT.at("replacing the app under includeAllNetworks breaks the network stack"),
        doc="A defect: the network stack freezes.",
    )
