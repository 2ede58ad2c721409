"""Which claims each shipped model is asked, in the order in which they are shown."""

from __future__ import annotations

from tunnelproof.errors import ClaimError, near
from tunnelproof.model.language.terms import name
from tunnelproof.properties import downloads, exposure, leaks, notification, provider, recovery, settings
from tunnelproof.properties.claims import Claim, Timed

_TOGGLES = ("disable_force_all_apps", "enable_force_all_apps")


def claims_for(model_name: str) -> tuple[Claim, ...]:
    """Return the claims of the shipped model. Raises `ClaimError` if there is no model of that name."""
    if model_name not in _PACKS:
        hint = near(model_name, _PACKS)
        raise ClaimError("TP220", f"there are no claims for a model called {ascii(model_name)}", hint=hint)
    return _PACKS[model_name]()


def _smallest() -> tuple[Claim, ...]:
    from tunnelproof.model import smallest  # a model is imported only when it is asked about

    return (
        *leaks.everywhere(smallest.AUTOMATIC, ("disconnect", "reboot", *_TOGGLES)),
        *downloads.everywhere(started=name("replacing")),
        *recovery.everywhere(smallest.AUTOMATIC),
        recovery.no_configuration_has_all,
    )


def _submodel() -> tuple[Claim, ...]:
    from tunnelproof.model import smallest

    # Without a monitor and without turning Force all apps on again.
    automatic = tuple(actor for actor in smallest.AUTOMATIC if actor != "monitor")
    return (
        *leaks.everywhere(automatic, ("disconnect", "reboot", "disable_force_all_apps")),
        *downloads.everywhere(started=name("replacing")),
        *recovery.everywhere(automatic),
        recovery.no_configuration_has_all,
    )


def _ios() -> tuple[Claim, ...]:
    from tunnelproof.model import ios

    return (
        *leaks.everywhere(ios.AUTOMATIC, ("disconnect", "switch_profile_off", "reboot", *_TOGGLES)),
        *leaks.by_class(),
        *downloads.everywhere(started=name("update") == "scheduled"),
        *downloads.waits(),
        *recovery.everywhere(ios.AUTOMATIC),
        *recovery.of_the_device(),
        *notification.pack(),
        *exposure.pack(ios.AUTOMATIC),
        *settings.pack(),
        *provider.pack(),
        recovery.no_configuration_has_all,
    )


def _ios_full() -> tuple[Claim, ...]:
    # Its tunnel starts in more steps than one, and nobody says how the time of a launch is shared out among them.
    return tuple(claim for claim in _ios() if not isinstance(claim, Timed))


_PACKS = {
    "ios": _ios,
    "ios-full": _ios_full,
    "smallest": _smallest,
    "smallest-table": _smallest,
    "smallest-submodel": _submodel,
}
