"""Claims about how long exposure lasts: L5 and L6 of the domain. Nobody has measured it: 30 s is a nominal figure."""

from __future__ import annotations

from tunnelproof.model.ios import sources
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Claim, Lasts, Within

NOMINAL = 30  # seconds

_without_a_tunnel = name("exposed") & ~name("up")


def pack(actors: tuple[str, ...]) -> tuple[Claim, ...]:
    """Return the claims about a device that is left alone; ``actors`` are all but the user."""
    return (
        Within(
            id="exposure.of-an-update-is-short",
            sentence="Thirty seconds after an update has stopped the tunnel, the apps are not exposed any more.",
            trigger=taken("begin"),
            response=~_without_a_tunnel,
            at_most=NOMINAL,
            given=actors,
            source=sources.SEED.at("L5: brief, about thirty seconds"),
        ),
        Lasts(
            id="exposure.is-short",
            sentence="On a device that is left alone, no exposure without a tunnel lasts longer than thirty seconds.",
            point=_without_a_tunnel,
            at_most=NOMINAL,
            given=actors,
            source=sources.SEED.at("L5: brief, about thirty seconds; with no other window next to it"),
        ),
        Lasts(
            id="exposure.of-an-update-cycle-is-short",
            sentence="From a release on, a device left alone is exposed for three such windows at most, in all.",
            point=_without_a_tunnel,
            since=taken("publish"),
            at_most=3 * NOMINAL,
            given=actors,
            source=sources.COORDINATOR.at("L6: three short windows, where the user goes round the defect"),
        ),
    )
