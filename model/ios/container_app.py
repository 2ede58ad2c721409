"""The container app and what the user does in it: domain rows U1, U3, U6 to U9; and iOS Settings: X7, P1."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.configuration import workaround
from tunnelproof.model.ios.seam import Tunnel
from tunnelproof.model.ios.vocabulary import (
    APP,
    USER,
    Profile,
    Stack,
    Update,
    Workaround,
    app_runs,
    consent,
    down,
    force_all_apps,
    locked,
    profile,
    profile_force_all_apps,
    provider_may_start,
    reconnecting,
    secured,
    stack,
    update,
    wants,
)
from tunnelproof.model.language.component import WEAK, Component, seconds
from tunnelproof.model.language.terms import choose

_SAVED = choose(configuration.on_demand, Profile.ON_DEMAND, Profile.PLAIN)


def container_app(tunnel: Tunnel) -> Component:
    """Return the app with the saved profile, and the switches that its user has."""
    part = Component("container_app", actor=USER)
    _saved(part)
    _connect(part, tunnel)
    _toggles(part, tunnel)
    _reconnect(part, tunnel)
    return part


def _saved(part: Component) -> None:
    part.variable("profile", Profile, start=_SAVED, doc="The VPN profile as the system has it.")
    part.variable(
        "profile_force_all_apps",
        bool,
        start=configuration.start_force_all_apps,
        doc="Force all apps in the saved profile: what the system enforces.",
    )
    part.variable("wants", bool, start=True, doc="The user has asked for protection and not ended it since.")
    part.variable("consent", bool, start=False, doc="The user chose to be exposed, until the next start.")
    part.derived(
        "app_runs",
        ~update.is_in(Update.REPLACING, Update.INSTALLED) & (stack == Stack.OK) & ~locked,
        "The app can be used: it is not being replaced, its settings are migrated, the device is unlocked.",
        source=sources.STOP_REASON.at("the app is ended for the update", sources.VENDOR),
    )
    part.derived("provider_may_start", app_runs, "The system can start the provider: the same conditions hold.")


def _connect(part: Component, tunnel: Tunnel) -> None:
    part.action(
        "connect",
        when=down & app_runs & tunnel.may_start,
        then={**tunnel.start, profile: _SAVED, profile_force_all_apps: force_all_apps, wants: True},
        source=sources.TUNNEL_MANAGER.at("the profile is written from the settings and saved, then started"),
        doc="U1: connect in the app.",
    )
    part.action(
        "connect_in_settings",
        when=(workaround == Workaround.PROFILE_OFF)
        & down
        & provider_may_start
        & tunnel.may_start
        & (profile != Profile.ON_DEMAND),
        then={**tunnel.start, profile: Profile.PLAIN, wants: True},
        source=sources.INFERENCE.at("the switch in Settings starts the profile as it was saved"),
        doc="P1: connect in iOS Settings, with the profile as it is.",
    )
    part.action(
        "disconnect",
        when=(workaround == Workaround.DISCONNECT) & ((profile == Profile.ON_DEMAND) | ~down) & app_runs,
        then={**tunnel.stopped, profile: Profile.PLAIN, wants: False, consent: True},
        source=sources.TUNNEL_MANAGER.at("a disconnect turns on demand off, saves, then stops"),
        doc="U3, X2: disconnect in the app.",
    )
    part.action(
        "switch_profile_off",
        when=(workaround == Workaround.PROFILE_OFF) & (profile != Profile.OFF),
        then={
            **tunnel.stopped,
            profile: Profile.OFF,
            wants: False,
            consent: True,
            stack: choose(configuration.profile_off_thaws, Stack.OK, stack),
        },
        source=sources.RADAR_UPDATE.at("switching it off in Settings released a stuck update", sources.INFERRED),
        doc="X7: switch off or delete the profile in iOS Settings, which works without the app.",
    )


def _toggles(part: Component, tunnel: Tunnel) -> None:
    toggles = (workaround == Workaround.DISABLE_FORCE_ALL_APPS) & app_runs
    for action, before, after in (
        ("disable_force_all_apps", True, False),
        ("enable_force_all_apps", False, True),
    ):
        part.action(
            action,
            when=toggles & (force_all_apps == before) & secured,
            then={
                **tunnel.hard_reconnect,
                force_all_apps: after,
                profile_force_all_apps: after,
                profile: _SAVED,
                consent: True,
            },
            source=sources.SETTINGS_STRATEGY.at("a change is a hard reconnect, which can leak by its own word"),
            doc="U6, U7, X3: write the new profile, end the session, start it again.",
        )
        part.action(
            f"{action}_unsecured",
            when=toggles & (force_all_apps == before) & ~secured & down,
            then={force_all_apps: after},
            source=sources.TUNNEL_MANAGER.at("the profile is not rewritten unless the tunnel is secured"),
            doc="U8: the setting changes, the saved profile does not.",
        )


def _reconnect(part: Component, tunnel: Tunnel) -> None:
    """Add the app's own start after a hard reconnect."""
    part.action(
        "reconnected",
        actor=APP,
        when=reconnecting & app_runs & tunnel.may_start,
        then=tunnel.start,
        fair=WEAK,
        takes=seconds(0, 5, source=sources.WINDOW.at("a hard reconnect is brief; taken for as long as a launch")),
        source=sources.TUNNEL_MANAGER.at("the start follows once the old session is down"),
        doc="U7, U9: the hard reconnect ends; without a network not before that returns, or on demand is first.",
    )
