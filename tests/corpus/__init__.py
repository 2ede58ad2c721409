"""Variants of the iOS model, each with one rule changed, for claims on which the shipped model has one answer only.

`VARIANTS` gives, for a claim, the variant, the configuration, and whether the claim holds in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tunnelproof.model.ios import ios
from tunnelproof.model.language.expressions import FALSE, Expr, Literal, Read, conjoin, negate
from tunnelproof.model.language.system import Action, Duration, Fairness, System
from tunnelproof.properties.examples import configuration


@dataclass(frozen=True)
class Variant:
    """A system made for the purpose, the configuration to ask about, and whether the claim holds there."""

    build: Callable[[], System]
    where: str
    holds: bool


def changed(system: System, name: str, change: Callable[[Action], Action]) -> System:
    """Return the system with one action changed."""
    assert name in system.action_named
    return replace(system, actions=tuple(change(a) if a.name == name else a for a in system.actions))


def _also(condition: Expr) -> Callable[[Action], Action]:
    return lambda action: replace(action, guard=conjoin((action.guard, condition)))


def _fair(fairness: Fairness) -> Callable[[Action], Action]:
    return lambda action: replace(action, fairness=fairness)


def _assigning(name: str, value: Expr | None) -> Callable[[Action], Action]:
    def change(action: Action) -> Action:
        added = () if value is None else ((name, value),)
        return replace(
            action,
            outcomes=tuple(
                replace(o, effects=(*(e for e in o.effects if e[0] != name), *added)) for o in action.outcomes
            ),
        )

    return change


def reconnecting_stays_closed() -> System:
    """A platform that keeps dropping traffic while the app reconnects."""
    system = ios()
    closed = tuple(
        replace(d, definition=conjoin((d.definition, negate(Read("reconnecting"))))) if d.name == "policy_open" else d
        for d in system.derived
    )
    return replace(system, derived=closed)


def reboot_that_thaws_nothing() -> System:
    """A freeze that outlasts the reboot."""
    return changed(ios(), "reboot", _assigning("stack", None))


def store_that_waits() -> System:
    """An App Store that schedules an update only when the user has been warned."""
    return changed(ios(), "schedule", _also(Read("warned")))


def crash_that_turns_on_demand_off() -> System:
    """A provider whose end changes its own profile."""
    return changed(ios(), "provider_crashes", _assigning("profile", Literal("plain")))


def on_demand_after_all() -> System:
    """A system that starts the provider whatever the profile says."""
    may = conjoin((Read("down"), Read("provider_may_start")))
    return changed(ios(), "relaunch", lambda action: replace(action, guard=may))


def system_that_kills() -> System:
    """A system that surely gives up on a provider that does not answer."""
    return changed(ios(), "system_kills_provider", _fair(Fairness.STRONG))


def patient_watchdog() -> System:
    """A watchdog that does not count the time before the first unlock."""
    return changed(ios(), "watchdog_kills_provider", _also(negate(Read("locked"))))


def device_left_locked() -> System:
    """A device that perhaps nobody unlocks."""
    return changed(ios(), "unlock", _fair(Fairness.NONE))


_TOGGLES = configuration(workaround="disable_ian")
_W1 = configuration(workaround="disconnect")
_EARLY = configuration(starts_before_unlock=True)


def impatient_monitor() -> System:
    """The provider looks the version up every twelve hours."""
    return changed(ios(), "poll", lambda action: replace(action, duration=Duration(0, 43_200)))


def provider_that_never_crashes() -> System:
    """No crash adds a window of its own to the update's."""
    return changed(ios(), "provider_crashes", lambda action: replace(action, guard=FALSE))


VARIANTS: dict[str, Variant] = {
    "notification.a-lookup-is-soon-repeated": Variant(impatient_monitor, configuration(), holds=True),
    "exposure.of-an-update-cycle-is-short": Variant(
        provider_that_never_crashes, configuration(start_force_all_apps=False), holds=True
    ),
    "leak.changing-force-all-apps-exposes-nothing": Variant(reconnecting_stays_closed, _TOGGLES, holds=True),
    "leak.airplane-mode-covers-the-change": Variant(reconnecting_stays_closed, _TOGGLES, holds=True),
    "recovery.reboot-restores-connectivity": Variant(reboot_that_thaws_nothing, configuration(), holds=False),
    "recovery.network-within-two-taps": Variant(reboot_that_thaws_nothing, configuration(), holds=False),
    "notification.before-every-automatic-update": Variant(store_that_waits, configuration(), holds=True),
    "settings.on-demand-is-the-users": Variant(crash_that_turns_on_demand_off, _W1, holds=False),
    "settings.disconnect-is-never-undone": Variant(on_demand_after_all, _W1, holds=False),
    "provider.stop-is-answered": Variant(system_that_kills, configuration(), holds=True),
    "provider.not-launched-and-killed-forever": Variant(patient_watchdog, _EARLY, holds=True),
    "provider.unlocking-ends-the-launches": Variant(device_left_locked, _EARLY, holds=False),
}
