"""The vendor who publishes, the app's monitor that warns, and the user with all that may be done by hand."""

from __future__ import annotations

from tunnelproof.model.language.component import Component
from tunnelproof.model.language.system import Confidence
from tunnelproof.model.language.terms import Name, choose
from tunnelproof.model.smallest import sources
from tunnelproof.model.smallest.vocabulary import (
    Download,
    Notification,
    ReconnectingSession,
    Session,
    Stack,
    Update,
    Version,
    auto_update,
    consent,
    download,
    exposed,
    force_all_apps,
    notification,
    on_demand,
    session,
    stack,
    start_force_all_apps,
    up,
    update,
    version,
)

VENDOR, MONITOR, USER = "vendor", "monitor", "user"


def vendor() -> Component:
    """Return the vendor, who publishes the new version at some time or never."""
    part = Component("vendor", actor=VENDOR)
    part.action(
        "publish",
        when=(update == Update.NONE) & (version == Version.OLD),
        then={update: Update.PENDING},
        source=sources.PHASED_RELEASE.at("a published release becomes eligible for automatic updates"),
        doc="A new version of the VPN app is out.",
    )
    return part


def monitor() -> Component:
    """Return the update monitor in the tunnel's process. Untimed, so its daily check is not fair."""
    part = Component("monitor", actor=MONITOR)
    part.variable(
        "notification",
        Notification,
        start=Notification.NONE,
        visible_to=[MONITOR, USER],
        doc="The warning that a new version is out.",
    )
    part.action(
        "poll",
        when=(update == Update.PENDING) & up,
        then={notification: Notification.DELIVERED},
        source=sources.UPDATE_NOTIFICATION.at("the tunnel's process checks every 24 hours and notifies"),
        doc="The monitor finds the new version and warns; again at each check.",
    )
    return part


def profile() -> Component:
    """Return the settings that the user's actions change, and the user's consent to be exposed."""
    part = Component("profile", actor=USER)
    part.variable("force_all_apps", bool, start=start_force_all_apps, doc="Force all apps is on in the VPN profile.")
    part.variable("on_demand", bool, start=True, doc="Connect on demand: the user wants the tunnel.")
    part.variable("auto_update", bool, start=True, doc="Apps are updated automatically.")
    part.variable("consent", bool, start=False, doc="The user chose to be exposed and has not taken it back.")
    part.derived("wants", on_demand, "The user has asked for protection and not disconnected since.")
    part.derived("silent", exposed & ~consent, "Exposed, and the user has not chosen it.")
    return part


def _hard_reconnect(reconnecting: bool) -> dict[Name, object]:
    # Changing Force all apps takes the session down and up again: a moment that only one variant keeps.
    return {session: ReconnectingSession.RECONNECTING} if reconnecting else {}


def workarounds(part: Component, reconnecting: bool) -> None:
    """Add what the user does with the VPN: disconnect, connect, turn Force all apps off."""
    part.action(
        "disconnect",
        when=session != Session.DOWN if reconnecting else up,
        then={on_demand: False, session: Session.DOWN, consent: True},
        source=sources.TUNNEL_MANAGER.at("a disconnect turns connect on demand off, then stops the tunnel"),
        doc="First workaround: disconnect, so that the download is let out.",
    )
    part.action(
        "disable_force_all_apps",
        when=up & force_all_apps,
        then={force_all_apps: False, consent: True, **_hard_reconnect(reconnecting)},
        source=sources.COORDINATOR.at("disabling it exposes traffic briefly; turning it on again is up to the user"),
        doc="Second workaround: turn Force all apps off.",
    )
    part.action(
        "connect",
        when=(session == Session.DOWN) & (update != Update.ACTIVE),
        then={on_demand: True, session: Session.UP, consent: False},
        source=sources.TUNNEL_MANAGER.at(
            "connecting saves the profile with connect on demand, then starts; not during a replacement",
            Confidence.INFERRED,
        ),
        doc="Connect by hand. Consent to exposure ends here.",
    )


def reboot(part: Component, only_when_frozen: bool) -> None:
    """Add the reboot. The App Store tries an update again that the reboot broke off."""
    part.action(
        "reboot",
        when=stack == Stack.FROZEN if only_when_frozen else True,
        then={
            stack: Stack.OK,
            session: Session.DOWN,
            download: Download.IDLE,
            update: choose(update == Update.ACTIVE, Update.PENDING, update),
        },
        source=sources.YOOTA.at("a reboot restores connectivity; the App Store tries the update again"),
        doc="The device restarts: the stack works again, the update is still due.",
    )


def see(part: Component) -> None:
    """Add that the user reads the warning."""
    part.action(
        "see",
        when=notification == Notification.DELIVERED,
        then={notification: Notification.SEEN},
        source=sources.SEED.at("a user may see or miss the notification"),
        doc="The user reads the warning.",
    )


def enable(part: Component, reconnecting: bool) -> None:
    """Add turning Force all apps on again, which reconnects an open session the hard way."""
    then = {force_all_apps: True, **_hard_reconnect(reconnecting)}
    if reconnecting:
        # This exposure is chosen: the switch asks for it. A session that is down has nothing to lose.
        then |= {
            session: choose(up, ReconnectingSession.RECONNECTING, session),
            consent: up | consent,
        }
    part.action(
        "enable_force_all_apps",
        when=(version == Version.NEW) & ~force_all_apps,
        then=then,
        source=sources.SETTINGS_STRATEGY.at("a change is a hard reconnect, which can leak by the code's own word"),
        doc="Turn Force all apps on again after the update.",
    )


def turn_off_updates(part: Component) -> None:
    """Add turning automatic updates off."""
    part.action(
        "turn_off_auto_update",
        when=auto_update,
        then={auto_update: False},
        source=sources.COMMON_KNOWLEDGE.at("automatic app updates can be switched off"),
        doc="Turn automatic updates off.",
    )


def turn_on_updates(part: Component) -> None:
    """Add turning automatic updates on, without which turning them off is for ever."""
    part.action(
        "turn_on_auto_update",
        when=~auto_update,
        then={auto_update: True},
        source=sources.COMMON_KNOWLEDGE.at("automatic app updates can be switched on"),
        doc="Turn automatic updates on.",
    )
