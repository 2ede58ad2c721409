"""The device's power and its first unlock: domain rows X5 and X9."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.seam import Tunnel
from tunnelproof.model.ios.vocabulary import (
    DEVICE,
    USER,
    Download,
    Stack,
    Update,
    download,
    frozen,
    locked,
    stack,
    update,
)
from tunnelproof.model.language.component import WEAK, Component
from tunnelproof.model.language.terms import choose


def power(tunnel: Tunnel) -> Component:
    """Return the reboot and the first unlock after it, which counts as a part of the reboot."""
    part = Component("power", actor=DEVICE)
    part.variable("locked", bool, start=False, doc="The device has not been unlocked since it started.")
    again = choose(configuration.reboot_clears_update, Update.LISTED, Update.FAILED)
    part.action(
        "reboot",
        actor=USER,
        # A replacement that gets on is not broken off.
        when=(update != Update.REPLACING) | frozen | (download == Download.BLOCKED),
        then={
            **tunnel.ended,
            stack: Stack.OK,
            # A download that was finished ahead is kept; one that belongs to the replacement is lost with it.
            download: choose(update == Update.REPLACING, Download.IDLE, download),
            update: choose(update == Update.REPLACING, again, update),
            locked: True,
        },
        source=sources.SETTINGS_SCREEN.at("rebooting is the only way to restore connectivity"),
        doc="X5, X9: the device restarts, with the old version; the stack works again.",
    )
    part.action(
        "unlock",
        when=locked,
        then={locked: False},
        fair=WEAK,
        source=sources.ACTOR_STATE.at("the keychain is locked until the first unlock"),
        doc="X9: the first unlock.",
    )
    return part
