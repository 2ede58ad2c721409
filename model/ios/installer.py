"""The system's installer, which replaces the app and with it the provider: domain rows S5 and S7."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.seam import Tunnel
from tunnelproof.model.ios.vocabulary import (
    OS,
    Download,
    Freeze,
    Order,
    Profile,
    Stack,
    Update,
    download,
    drops_without_session,
    frozen,
    profile,
    profile_force_all_apps,
    seen,
    stack,
    update,
    warned,
)
from tunnelproof.model.language.component import WEAK, Component, seconds
from tunnelproof.model.language.terms import choose

_AHEAD = configuration.order == Order.FETCH_THEN_STOP
_FORCED = profile_force_all_apps & (profile == Profile.ON_DEMAND)


def installer(tunnel: Tunnel) -> Component:
    """Return the replacement of the app."""
    part = Component("installer", actor=OS)
    # An exempt downloader, or a tunnel that is not the app's, is never held up.
    held_up = drops_without_session & ~configuration.downloader_exempt & ~configuration.always_on
    part.action(
        "begin",
        when=(update == Update.SCHEDULED) & ~frozen & (~_AHEAD | (download == Download.DONE)),
        then={
            **tunnel.stopped,
            update: Update.REPLACING,
            download: choose(_AHEAD, Download.DONE, choose(held_up, Download.BLOCKED, Download.RUNNING)),
        },
        fair=WEAK,
        source=sources.STOP_REASON.at("the provider is stopped for an app update"),
        doc="S5: the tunnel is stopped and the app ended; the downloader runs if the policy will let it out.",
    )
    _replace(part)
    return part


def _replace(part: Component) -> None:
    ready = (update == Update.REPLACING) & (download == Download.DONE) & ~frozen
    always = configuration.freeze_on_replace == Freeze.WHEN_IAN_AND_UP
    part.action(
        "install",
        when=ready & ~(_FORCED & always),
        # A warning that is still on the screen has nothing to say any more.
        then={update: Update.INSTALLED, download: Download.IDLE, warned: False, seen: False},
        fair=WEAK,
        takes=seconds(
            5, 10, source=sources.WINDOW.at("a share of the nominal 30 s of a replacement; at least 5 s in all")
        ),
        source=sources.RADAR_UPDATE.at("the new bundle replaces the old one; the profile normally survives"),
        doc="S7: the new version replaces the old one.",
    )
    part.action(
        "freeze",
        when=ready & _FORCED & (configuration.freeze_on_replace != Freeze.NEVER),
        then={stack: Stack.FROZEN},
        # Weak fairness forces it where the platform always freezes; where it may, installing disables it.
        fair=WEAK,
        source=sources.WHY_NOT.at("the networking stack breaks when the app is replaced"),
        doc="A defect: the network stack freezes while the app is replaced.",
    )
