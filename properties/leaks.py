"""Claims about traffic that leaves the device outside the tunnel: L1 to L4 and L7 to L10 of the domain."""

from __future__ import annotations

from typing import Any

from tunnelproof.model.ios import sources
from tunnelproof.model.language.terms import after, either, name, taken
from tunnelproof.properties.claims import Claim, Invariant, StepInvariant

_protected = name("wants") & ~name("consent")

none_while_protected = Invariant(
    id="leak.none-while-protected",
    sentence="No app's traffic leaves outside the tunnel while the user wants protection and has not chosen otherwise.",
    when=_protected,
    holds=~name("exposed"),
    source=sources.SEED.at("L1: an update exposes all apps' traffic unless Force all apps is on"),
)

nothing_at_all = Invariant(
    id="leak.nothing-at-all",
    sentence="Nothing whatever leaves outside the tunnel while the user wants protection, no class being exempt.",
    when=_protected,
    holds=~name("exposed_anything"),
    source=sources.INCLUDE_ALL_NETWORKS.at("L2: most traffic, with designated services exempt"),
)

bound_apps_stay_inside = Invariant(
    id="leak.bound-apps-stay-inside",
    sentence="Apps that bind to a physical interface stay inside the tunnel while the user wants protection.",
    when=_protected,
    holds=~name("exposed_bound_app"),
    source=sources.KNOWN_ISSUES.at("L1, one class: bound sockets pass by the tunnel's routes"),
)

no_silent_exposure = Invariant(
    id="leak.no-silent-exposure",
    sentence="Whenever app traffic would leave outside the tunnel, the user has chosen that exposure.",
    when=name("exposed"),
    holds=name("consent"),
    source=sources.SEED.at("L3: the exposure is silent"),
)


def none_while_updating(actors: tuple[str, ...]) -> Invariant:
    """Return the claim about an update that nobody has a hand in; ``actors`` are all but the user (L1)."""
    return Invariant(
        id="leak.none-while-updating",
        sentence="On a device that is left alone, no app's traffic leaves outside the tunnel during an update.",
        when=name("replacing"),
        holds=~name("exposed"),
        given=actors,
        source=sources.SEED.at("L1, the update alone: silent, and without anybody's doing"),
    )


def begins_by_the_user(*acts: str) -> StepInvariant:
    """Return the claim that exposure begins with one of these acts of the user (L4)."""
    explicit: list[Any] = [taken(act) for act in acts]
    return StepInvariant(
        id="leak.exposure-begins-by-the-user",
        sentence="Exposure begins only with an explicit act of the user.",
        when=~name("exposed") & after(name("exposed")),
        holds=either(*explicit),
        source=sources.SEED.at("L4: an update that nobody asked for begins the exposure"),
    )


changing_the_setting = Invariant(
    id="leak.changing-force-all-apps-exposes-nothing",
    sentence="Changing Force all apps never exposes traffic.",
    when=name("reconnecting"),
    holds=~name("exposed_while_reconnecting"),
    source=sources.SETTINGS_STRATEGY.at("L7: a hard reconnect can leak by the code's own word"),
)

airplane_mode_covers_the_change = StepInvariant(
    id="leak.airplane-mode-covers-the-change",
    sentence="Whoever changes Force all apps without a network is not exposed when the network returns.",
    when=name("reconnecting") & (name("network") == "unreachable"),
    holds=~after(name("exposed_while_reconnecting")),
    source=sources.SETTINGS_SCREEN.at("L7, W3: the app's advice for changing the setting"),
)

error_state_blocks = Invariant(
    id="leak.error-state-blocks",
    sentence="A tunnel that reports its error state blocks the apps' traffic.",
    when=name("in_error"),
    holds=~name("exposed"),
    source=sources.ERROR_STATE.at("L8: a failure to put the block in place is only logged"),
)

local_network_stays_narrow = StepInvariant(
    id="leak.local-network-stays-narrow",
    sentence="What a network calls local never widens what may leave outside the tunnel.",
    when=taken("widen_local_routes") & _protected,
    holds=~name("exposed_local_net"),
    source=sources.KNOWN_ISSUES.at("L9: TunnelVision and LocalNet"),
)

old_flows_end = Invariant(
    id="leak.old-flows-do-not-go-on",
    sentence="Flows from before the tunnel came up do not go on outside it.",
    when=name("up"),
    holds=~name("exposed_old_flow"),
    source=sources.OLD_FLOWS.at("L10: flows from before keep using the old interface"),
)

exempt_downloader_alone = Invariant(
    id="leak.exempt-downloader-exposes-nothing-else",
    sentence="If the downloader were exempt, no app's traffic would leave for it while the user wants protection.",
    when=_protected & name("downloader_exempt"),
    holds=~name("exposed"),
    source=sources.INFERENCE.at("D4: a fix to propose to the system's vendor, its price"),
)


def everywhere(actors: tuple[str, ...], acts: tuple[str, ...]) -> tuple[Claim, ...]:
    """Return the claims that any model with a tunnel and an update can be asked.

    ``actors`` are all but the user; ``acts`` are the user's actions by which exposure may begin.
    """
    return (none_while_protected, none_while_updating(actors), no_silent_exposure, begins_by_the_user(*acts))


def by_class() -> tuple[Claim, ...]:
    """Return the claims that need traffic classes, the app's settings and the tunnel's error state."""
    return (
        nothing_at_all,
        bound_apps_stay_inside,
        changing_the_setting,
        airplane_mode_covers_the_change,
        error_state_blocks,
        local_network_stays_narrow,
        old_flows_end,
        exempt_downloader_alone,
    )
