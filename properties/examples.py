"""For each claim a configuration of a shipped model that satisfies it and one that does not.

They show what a claim can tell apart. Where the shipped models all agree on a claim, only one is listed here; a system
made for the purpose, in the tests, is the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from tunnelproof.model.language.domains import Value

# Force all apps on, updated automatically, on the platform that the sources describe.
_NOMINAL: dict[str, Value] = {
    "start_force_all_apps": True,
    "enforce_routes": False,
    "always_on": False,
    "on_demand": True,
    "local_network_sharing": False,
    "start_auto_update": True,
    "notifications": True,
    "workaround": "none",
    "order": "stop_then_fetch",
    "freeze_on_replace": "never",
    "reboot_clears_update": False,
    "profile_off_thaws": False,
    "kept_without_on_demand": False,
    "enforced_when_down": False,
    "downloader_exempt": False,
    "exempt": "apple_list",
    "own_lookup_exempt": False,
    "starts_before_unlock": False,
    "settings_migration": "keeps",
    "error_state_has_routes": True,
}


@dataclass(frozen=True, slots=True)
class Example:
    """One configuration of a shipped model, given as a formula, and whether the claim holds in it."""

    where: str
    holds: bool
    model: str = "ios"


def configuration(**changes: Value) -> str:
    """Return the formula of the nominal `ios` configuration with these changes."""
    return " and ".join(_said(name, value) for name, value in {**_NOMINAL, **changes}.items())


def _said(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"{name} = {value}"


def _holds(**changes: Value) -> Example:
    return Example(configuration(**changes), holds=True)


def _fails(**changes: Value) -> Example:
    return Example(configuration(**changes), holds=False)


_OFF: dict[str, Value] = {"start_force_all_apps": False}

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "leak.none-while-protected": (_holds(), _fails(**_OFF)),
    "leak.none-while-updating": (_holds(), _fails(**_OFF)),
    "leak.no-silent-exposure": (_holds(workaround="disconnect"), _fails(**_OFF)),
    "leak.exposure-begins-by-the-user": (_holds(workaround="disconnect"), _fails(workaround="disable_ian")),
    "leak.nothing-at-all": (_holds(exempt="none"), _fails()),
    "leak.bound-apps-stay-inside": (_holds(), _fails(**_OFF)),
    "leak.changing-force-all-apps-exposes-nothing": (_fails(workaround="disable_ian"),),
    "leak.airplane-mode-covers-the-change": (_fails(workaround="disable_ian"),),
    "leak.error-state-blocks": (_holds(), _fails(**_OFF)),
    "leak.local-network-stays-narrow": (_holds(), _fails(local_network_sharing=True)),
    "leak.old-flows-do-not-go-on": (_holds(), _fails(**_OFF)),
    "leak.exempt-downloader-exposes-nothing-else": (
        _holds(downloader_exempt=True),
        _fails(downloader_exempt=True, on_demand=False),
    ),
    "download.update-completes": (_holds(**_OFF), _fails()),
    "download.not-blocked-for-good": (_holds(**_OFF, enforce_routes=True, enforced_when_down=True), _fails()),
    "download.no-circular-wait": (_holds(**_OFF), _fails()),
    "download.exempt-downloader-completes": (
        _holds(downloader_exempt=True),
        _fails(downloader_exempt=True, freeze_on_replace="when_ian_and_up"),
    ),
    "recovery.by-anyone": (_holds(workaround="disconnect"), _fails()),
    "recovery.automatic-from-anywhere": (_holds(**_OFF), _fails()),
    "recovery.automatic-if-left-alone": (_holds(**_OFF), _fails()),
    "recovery.update-completes-after-reboot": (_holds(**_OFF), _fails()),
    "recovery.reboot-restores-connectivity": (_holds(),),
    "recovery.no-endless-reboots": (_holds(order="fetch_then_stop"), _fails(workaround="disconnect")),
    "recovery.protection-returns-after-update": (_holds(**_OFF), _fails(workaround="disconnect")),
    "tradeoff.no-configuration-has-all": (_holds(), _fails(order="fetch_then_stop")),
    "recovery.online-without-a-reboot": (
        _holds(workaround="profile_off", profile_off_thaws=True),
        _fails(workaround="profile_off"),
    ),
    "recovery.network-within-two-taps": (_holds(workaround="disconnect", kept_without_on_demand=True),),
    "recovery.protected-within-three-taps": (
        _holds(workaround="disconnect"),
        _fails(workaround="disconnect", start_auto_update=False),
    ),
    "recovery.only-forced-automatic-devices-freeze": (_holds(), _fails(start_auto_update=False)),
    "notification.before-every-automatic-update": (_fails(),),
    "notification.missed-is-harmless": (_holds(order="fetch_then_stop"), _fails()),
    "notification.only-when-it-matters": (_holds(), _fails(workaround="disable_ian")),
    "notification.warned-within-a-day": (_holds(), _fails(**_OFF)),
    "notification.a-lookup-is-soon-repeated": (_fails(),),
    "exposure.of-an-update-is-short": (_holds(**_OFF), _fails(**_OFF, on_demand=False)),
    "exposure.is-short": (_holds(**_OFF, start_auto_update=False), _fails(**_OFF)),
    "exposure.of-an-update-cycle-is-short": (_fails(**_OFF),),
    "settings.profile-is-the-setting-at-start": (_holds(), _fails(workaround="disable_ian")),
    "settings.on-demand-is-the-users": (_holds(workaround="disconnect"),),
    "settings.disconnect-is-never-undone": (_holds(workaround="disconnect"),),
    "settings.update-keeps-force-all-apps": (
        _holds(workaround="disconnect"),
        _fails(workaround="disconnect", settings_migration="drops_force_all_apps"),
    ),
    "provider.stop-is-answered": (_fails(),),
    "provider.not-launched-and-killed-forever": (_fails(starts_before_unlock=True),),
    "provider.unlocking-ends-the-launches": (_holds(starts_before_unlock=True),),
}
