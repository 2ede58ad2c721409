"""Claims about the warning that an update is coming: N1 to N5 of the domain."""

from __future__ import annotations

from tunnelproof.model.ios import sources
from tunnelproof.model.ios.vocabulary import APP_STORE, MONITOR, VENDOR
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Claim, Invariant, Lasts, Precedence

DAY = 86_400  # seconds

_listed = name("update") == "listed"

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


warned_within_a_day = Lasts(
    id="notification.warned-within-a-day",
    sentence="If lookups succeed and may notify, the warning comes within a day of the release, the tunnel being up.",
    point=_listed & ~name("warned"),
    since=taken("poll", "fails"),
    at_most=DAY,
    given=(VENDOR, APP_STORE, MONITOR),
    source=sources.VERSION_LOOKUP.at("N2: a check every 24 hours, so a roll-out on a later day is warned of"),
)

lookups_keep_their_pace = Lasts(
    id="notification.a-lookup-is-soon-repeated",
    sentence="While the tunnel is up and a new version is out, half a day never goes by without a lookup.",
    point=_listed & name("up") & name("provider_saw_force_all_apps"),
    since=taken("poll"),
    at_most=DAY // 2,
    given=(VENDOR, MONITOR),
    source=sources.VERSION_LOOKUP.at("N5: a failed lookup counts as done, and costs up to a full period"),
)


def pack() -> tuple[Claim, ...]:
    """Return the claims about the warning."""
    return (
        warned_before_update,
        missed_is_harmless,
        warns_only_if_it_matters,
        warned_within_a_day,
        lookups_keep_their_pace,
    )
