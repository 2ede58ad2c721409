"""The vendor's publication and the App Store's roll-out: domain rows S1 to S4 and S9."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.vocabulary import (
    APP_STORE,
    USER,
    VENDOR,
    Update,
    Workaround,
    auto_update,
    frozen,
    policy_all_networks,
    update,
)
from tunnelproof.model.language.component import WEAK, Component, seconds

DAY = 86_400  # seconds
IN_PROGRESS = update.is_in(Update.SCHEDULED, Update.REPLACING, Update.FAILED)


def app_store() -> Component:
    """Return the update, and how it gets as far as the installer."""
    part = Component("app_store", actor=APP_STORE)
    part.variable("update", Update, start=Update.NONE, doc="The update of the VPN app.")
    part.variable("auto_update", bool, start=configuration.start_auto_update, doc="Apps are updated automatically.")
    part.derived("updated", update.is_in(Update.INSTALLED, Update.STARTED), "The new version is installed.")
    part.derived("replacing", update == Update.REPLACING, "The replacement has begun and not ended.")
    _release(part)
    _schedule(part)
    return part


def _release(part: Component) -> None:
    part.action(
        "publish",
        actor=VENDOR,
        when=update == Update.NONE,
        then={update: Update.LISTED},
        source=sources.PHASED_RELEASE.at("a release is in the store for everybody at once"),
        doc="S1: a new version is in the store.",
    )
    part.action(
        "roll_out",
        when=update == Update.LISTED,
        then={update: Update.ELIGIBLE},
        fair=WEAK,
        takes=seconds(0, 37 * DAY, source=sources.PHASED_RELEASE.at("seven days, and a pause of about 30 at most")),
        source=sources.PHASED_RELEASE.at("within seven days each device's turn comes"),
        doc="S2: the phased release reaches this device.",
    )


def _schedule(part: Component) -> None:
    part.action(
        "schedule",
        when=(update == Update.ELIGIBLE) & auto_update & ~frozen,
        then={update: Update.SCHEDULED},
        fair=WEAK,
        source=sources.UPDATE_MOMENT.at("the system picks a moment, with power and network"),
        doc="S3: the system schedules the update, without telling anyone.",
    )
    part.action(
        "retry",
        when=(update == Update.FAILED) & auto_update & ~frozen,
        then={update: Update.SCHEDULED},
        fair=WEAK,
        source=sources.YOOTA.at("the App Store tries again, also after a reboot"),
        doc="S9: the App Store tries again.",
    )
    heeds = (configuration.workaround == Workaround.NONE) | ~policy_all_networks
    part.action(
        "update_by_hand",
        actor=USER,
        when=update.is_in(Update.LISTED, Update.ELIGIBLE, Update.FAILED) & ~frozen & heeds,
        then={update: Update.SCHEDULED},
        source=sources.COORDINATOR.at("the banner opens the store; with Force all apps on it says to disable first"),
        doc="S4: the user updates in the store. Whoever knows a workaround waits until it has been applied.",
    )
    part.action(
        "turn_off_auto_update",
        actor=USER,
        when=auto_update & (configuration.workaround == Workaround.DISABLE_AUTO_UPDATE),
        then={auto_update: False},
        source=sources.UPDATE_MOMENT.at("automatic updates can be switched off", sources.INFERRED),
        doc="X6: turn automatic updates off, for good.",
    )
