"""The update monitors and their notification: domain 1.6. Without time, a check happens or it does not."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.vocabulary import (
    MONITOR,
    USER,
    Update,
    app_runs,
    force_all_apps,
    provider_saw_force_all_apps,
    seen,
    up,
    update,
    warned,
)
from tunnelproof.model.language.component import Component, outcome, seconds

DAY = 86_400  # seconds
_VISIBLE = update.is_in(Update.LISTED, Update.ELIGIBLE, Update.SCHEDULED)


def monitor() -> Component:
    """Return both monitors: the provider's, which notifies, and the app's, which shows a banner."""
    part = Component("monitor", actor=MONITOR)
    part.variable(
        "provider_saw_force_all_apps",
        bool,
        start=configuration.start_force_all_apps,
        visible_to=[MONITOR],
        doc="Force all apps in the settings that the provider read when it started.",
    )
    part.variable("warned", bool, start=False, doc="A warning that a new version is out has been delivered.")
    part.variable("seen", bool, start=False, visible_to=[USER], doc="The user has read the warning.")
    part.action(
        "poll",
        when=up & _VISIBLE & provider_saw_force_all_apps,
        outcomes=[
            outcome("warns", {warned: True}, when=configuration.notifications),
            outcome("fails"),
        ],
        takes=seconds(0, DAY, source=sources.VERSION_LOOKUP.at("24 hours after the last check, or at once if later")),
        source=sources.VERSION_LOOKUP.at("every 24 hours; a failed lookup counts as done"),
        doc="The provider looks the version up, and notifies if Force all apps was on when it started.",
    )
    _user(part)
    return part


def _user(part: Component) -> None:
    part.action(
        "see",
        actor=USER,
        when=warned & ~seen,
        then={seen: True},
        source=sources.SEED.at("a user may see or miss the notification"),
        doc="X1: the user reads the warning.",
    )
    part.action(
        "see_banner",
        actor=USER,
        when=app_runs & up & _VISIBLE & force_all_apps,
        then={warned: True, seen: True},
        source=sources.BANNER.at("shown in the app while secured, if a new version is known"),
        doc="The user opens the app, which looks the version up and shows its banner.",
    )
