"""The system's downloader: domain rows S6a, S6b and S8."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.vocabulary import (
    OS,
    Download,
    Order,
    Stack,
    Update,
    download,
    downloader_gets_through,
    drops_without_session,
    frozen,
    policy_open,
    profile_force_all_apps,
    stack,
    up,
    update,
)
from tunnelproof.model.language.component import STRONG, WEAK, Component, outcome, seconds


def downloader() -> Component:
    """Return the transfer of the new version."""
    part = Component("downloader", actor=OS)
    part.variable("download", Download, start=Download.IDLE, visible_to=[OS], doc="The transfer of the new version.")
    part.derived("blocked", download == Download.BLOCKED, "The downloader is denied the network.")
    part.derived(
        "circular_wait",
        (update == Update.REPLACING) & (download == Download.BLOCKED) & ~up & ~policy_open,
        "The downloader waits for the tunnel, the tunnel for the new app, the new app for the downloader.",
        source=sources.SEED.at("the update waits for a network that needs the tunnel that needs the update"),
    )
    _transfer(part)
    _give_up(part)
    return part


def _transfer(part: Component) -> None:
    part.action(
        "fetch_ahead",
        when=(configuration.order == Order.FETCH_THEN_STOP)
        & (update == Update.SCHEDULED)
        & (download == Download.IDLE)
        & downloader_gets_through,
        then={download: Download.DONE},
        # A transfer is resumed, so it ends if there is a network again and again.
        fair=STRONG,
        source=sources.INFERENCE.at("installers usually fetch before they stop what they replace"),
        doc="S6b: the download ends before the tunnel is stopped.",
    )
    part.action(
        "fetch",
        when=(download == Download.RUNNING) & ~frozen,
        then={download: Download.DONE},
        fair=WEAK,
        takes=seconds(0, 10, source=sources.WINDOW.at("a share of the nominal 30 s of a replacement")),
        source=sources.SEED.at("the update is fetched while the tunnel is interrupted"),
        doc="S6a: the download ends.",
    )
    part.action(
        "unblock",
        when=(download == Download.BLOCKED) & downloader_gets_through,
        then={download: Download.RUNNING},
        fair=WEAK,
        source=sources.RADAR_UPDATE.at("a stuck update went on once the VPN was switched off"),
        doc="The policy lets the downloader out after all.",
    )


def _give_up(part: Component) -> None:
    part.action(
        "give_up",
        when=(download == Download.BLOCKED) & ~frozen & drops_without_session,
        outcomes=[
            outcome("freezes", {stack: Stack.FROZEN}, when=profile_force_all_apps),
            outcome("fails", {update: Update.FAILED, download: Download.IDLE}),
        ],
        fair=WEAK,
        source=sources.WHY_NOT.at("the download times out; the networking stack may break"),
        doc="S8: the blocked download ends: in a frozen stack, or in a failed update.",
    )
