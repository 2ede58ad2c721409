"""Claims about the warning that an update is coming: N1, N3 and N4 of the domain."""

from __future__ import annotations

from tunnelproof.model.ios import sources
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Claim, Invariant, Precedence

warned_before_update = Precedence(
    id="notification.before-every-automatic-update",
    sentence="A warning is delivered before every automatic update.",
    first=name("warned"),
    then=taken("schedule"),
    source=sources.VERSION_LOOKUP.at("N1: one lookup a day, and nothing that the App Store waits for"),
)

missed_is_harmless = Invariant(
    id="notification.missed-is-harmless",
    sentence="A user who has not read the warning never ends with a frozen device.",
    when=~name("seen"),
    holds=~name("frozen"),
    source=sources.SEED.at("N3: whoever misses the notification may end in the loop"),
)

warns_only_if_it_matters = Invariant(
    id="notification.only-when-it-matters",
    sentence="The system notification comes only while the profile has Force all apps on.",
    when=taken("poll", "warns"),
    holds=name("profile_force_all_apps"),
    source=sources.WARNING.at("N4: the setting is the one that the provider read when it started"),
)


def pack() -> tuple[Claim, ...]:
    """Return the claims about the warning."""
    return (warned_before_update, missed_is_harmless, warns_only_if_it_matters)
