"""Claims about getting out of trouble: R1 to R7, Q6, B1 and the trade-off T1 of the domain."""

from __future__ import annotations

from tunnelproof.model.ios import sources
from tunnelproof.model.language.terms import after, name, taken
from tunnelproof.properties.claims import (
    Claim,
    Invariant,
    NeverForever,
    Recoverable,
    Response,
    StepInvariant,
    Tradeoff,
)

_well = name("up") & name("updated")

by_anyone = Recoverable(
    id="recovery.by-anyone",
    sentence="From wherever the device gets, somebody's actions can lead to a tunnel that is up and an updated app.",
    goal=_well,
    source=sources.YOOTA.at("R1: the loop is left by hand after the reboot"),
)


def automatic(actors: tuple[str, ...]) -> tuple[Claim, ...]:
    """Return both readings of automatic recovery; ``actors`` are all but the user (R2a, R2b)."""
    return (
        Recoverable(
            id="recovery.automatic-from-anywhere",
            sentence="From wherever anybody's actions lead, automatic actions alone can protect and update the device.",
            goal=_well,
            by=actors,
            source=sources.SEED.at("R2a: no apparent exit, given everyone's actions"),
        ),
        Recoverable(
            id="recovery.automatic-if-left-alone",
            sentence="A device that is left alone can come to be protected and updated, whatever happens first.",
            goal=_well,
            given=actors,
            by=actors,
            source=sources.SEED.at("R2b: no apparent exit, given automatic actions only"),
        ),
    )


update_completes_after_reboot = Response(
    id="recovery.update-completes-after-reboot",
    sentence="After a reboot with an update due, the update eventually completes.",
    trigger=taken("reboot") & (name("update") != "none") & ~name("updated"),
    response=name("updated"),
    source=sources.YOOTA.at("R3: the App Store tries again, and the loop begins anew"),
)

reboot_thaws = StepInvariant(
    id="recovery.reboot-restores-connectivity",
    sentence="A reboot restores the network stack.",
    when=taken("reboot"),
    holds=~after(name("frozen")),
    source=sources.SETTINGS_SCREEN.at("R4: rebooting is the only way to restore connectivity"),
)

no_endless_reboots = NeverForever(
    id="recovery.no-endless-reboots",
    sentence="No device is stuck and rebooted again and again for ever.",
    points=(taken("reboot"), name("blocked") | name("frozen")),
    source=sources.YOOTA.at("R5: reboot, retry, blocked, reboot"),
)

online_without_reboot = Recoverable(
    id="recovery.online-without-a-reboot",
    sentence="A device that has lost its network can always get it back without a reboot.",
    goal=name("online"),
    barring=("reboot",),
    source=sources.WHY_NOT.at("R6: the networking stack is broken until the reboot"),
)

protection_returns = Response(
    id="recovery.protection-returns-after-update",
    sentence="After an update the tunnel comes up again, without the user.",
    trigger=taken("install"),
    response=name("up"),
    source=sources.ACTOR_STATE.at("Q6: the tunnel is restarted automatically after an update"),
)

network_within_two_taps = Recoverable(
    id="recovery.network-within-two-taps",
    sentence="A device that has lost its network can always get it back with two actions of the user.",
    goal=name("online"),
    within=2,
    source=sources.YOOTA.at("R7: reboot, then disconnect before the App Store tries again"),
)

protected_within_three_taps = Recoverable(
    id="recovery.protected-within-three-taps",
    sentence="Three actions of the user can always lead to a tunnel that is up and an updated app.",
    goal=_well,
    within=3,
    source=sources.YOOTA.at("R7: reboot, disconnect until the update is done, connect"),
)

only_forced_and_automatic_freeze = Invariant(
    id="recovery.only-forced-automatic-devices-freeze",
    sentence="Only devices with Force all apps and automatic updates on can end with a frozen network stack.",
    when=name("frozen"),
    holds=name("start_force_all_apps") & name("start_auto_update"),
    source=sources.INFERENCE.at("B1: the blast radius of the defect"),
)

no_configuration_has_all = Tradeoff(
    id="tradeoff.no-configuration-has-all",
    sentence="No configuration is free of leaks, completes its updates and gets its protection back by itself.",
    claims=("leak.none-while-protected", "download.update-completes", protection_returns.id),
    source=sources.SEED.at("T1: a leak, or a loop without exit"),
)


def everywhere(actors: tuple[str, ...]) -> tuple[Claim, ...]:
    """Return the claims that any model with an update and a reboot can be asked; ``actors`` are all but the user."""
    return (
        by_anyone,
        *automatic(actors),
        update_completes_after_reboot,
        reboot_thaws,
        no_endless_reboots,
        protection_returns,
    )


def of_the_device() -> tuple[Claim, ...]:
    """Return the claims that need to know whether the device is online, and how it was set up."""
    return (
        online_without_reboot,
        network_within_two_taps,
        protected_within_three_taps,
        only_forced_and_automatic_freeze,
    )
