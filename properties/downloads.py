"""Claims about the update's download: D1 to D4 of the domain."""

from __future__ import annotations

from typing import Any

from tunnelproof.model.ios import sources
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Claim, Invariant, Response


def update_completes(started: Any) -> Response:
    """Return the claim that an update that has ``started`` is installed in the end (D1)."""
    return Response(
        id="download.update-completes",
        sentence="An update that starts eventually finishes.",
        trigger=started,
        response=name("updated"),
        source=sources.SEED.at("D1: with Force all apps on the update cannot complete"),
    )


not_blocked_for_good = Response(
    id="download.not-blocked-for-good",
    sentence="A downloader that is denied the network gets it again.",
    trigger=name("blocked"),
    response=~name("blocked"),
    source=sources.SEED.at("D2: the downloader is denied the network while the tunnel is down"),
)

no_circular_wait = Invariant(
    id="download.no-circular-wait",
    sentence="Downloader, tunnel and app never wait for each other in a circle.",
    holds=~name("circular_wait"),
    source=sources.SEED.at("D3: the tunnel waits for the app, the app for the download, the download for the tunnel"),
)

exempt_downloader_completes = Response(
    id="download.exempt-downloader-completes",
    sentence="If the downloader were exempt, an update that starts would eventually finish.",
    trigger=(name("update") == "scheduled") & name("downloader_exempt"),
    response=name("updated"),
    source=sources.INFERENCE.at("D4: a fix to propose to the system's vendor"),
)


def everywhere(started: Any) -> tuple[Claim, ...]:
    """Return the claims that any model with a blocked downloader can be asked."""
    return (update_completes(started), not_blocked_for_good)


def waits() -> tuple[Claim, ...]:
    """Return the claims that need the circle of waits and the question of an exempt downloader."""
    return (no_circular_wait, exempt_downloader_completes)
