"""Claims about the provider process itself: Q2 and Q3 of the domain."""

from __future__ import annotations

from typing import Any

from tunnelproof.model.ios import sources
from tunnelproof.model.language.system import Fairness
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Claim, Response

stop_is_answered = Response(
    id="provider.stop-is-answered",
    sentence="A call to stop is answered even if it reaches the provider before its actor has begun.",
    trigger=name("stop_call") == "hung",
    response=name("stop_call") == "idle",
    source=sources.EVENT_CHANNEL.at("Q2: a stop drops a start that waits, and has no effect in initial"),
)

_killed_ends: dict[str, Any] = {
    "trigger": taken("watchdog_kills_provider"),
    "response": ~name("locked"),
}

not_killed_forever = Response(
    id="provider.not-launched-and-killed-forever",
    sentence="A provider is not launched and killed again and again before the first unlock, come that or not.",
    **_killed_ends,
    assuming=(("unlock", Fairness.NONE),),
    source=sources.PROVIDER.at("Q3: init retries without limit, the watchdog ends it", sources.INFERRED),
)

unlocking_ends_it = Response(
    id="provider.unlocking-ends-the-launches",
    sentence="Where the device is unlocked at some time, the launches and kills before it end.",
    **_killed_ends,
    source=sources.PROVIDER.at("Q3: the keychain opens with the first unlock"),
)


def pack() -> tuple[Claim, ...]:
    """Return the claims about the provider process."""
    return (stop_is_answered, not_killed_forever, unlocking_ends_it)
