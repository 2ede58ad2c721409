"""Claims about settings, the saved profile and connect on demand: Q1, Q4, Q5 and Q17 of the domain."""

from __future__ import annotations

from tunnelproof.model.ios import sources
from tunnelproof.model.language.terms import after, either, name, taken
from tunnelproof.properties.claims import Claim, StepInvariant

_force, _saved, _profile = name("force_all_apps"), name("profile_force_all_apps"), name("profile")
_BY_HAND = (
    "connect",
    "connect_in_settings",
    "disconnect",
    "switch_profile_off",
    "disable_force_all_apps",
    "enable_force_all_apps",
)

profile_is_the_setting = StepInvariant(
    id="settings.profile-is-the-setting-at-start",
    sentence="Whenever a session starts, the saved profile has what the app's settings say.",
    when=~name("routes_in_force") & after(name("routes_in_force")),
    holds=after(_saved == _force),
    source=sources.TUNNEL_MANAGER.at("Q1: the profile is not rewritten unless the tunnel is secured"),
)

on_demand_is_the_users = StepInvariant(
    id="settings.on-demand-is-the-users",
    sentence="Connect on demand is switched on or off only by what the user does.",
    when=(_profile == "on_demand") != (after(_profile) == "on_demand"),
    holds=either(*(taken(act) for act in _BY_HAND)),
    source=sources.RADAR_ON_DEMAND.at("Q4: the provider cannot change its own profile"),
)

disconnect_stays = StepInvariant(
    id="settings.disconnect-is-never-undone",
    sentence="After a deliberate disconnect no session starts unless the user starts it.",
    when=~name("wants") & ~name("routes_in_force"),
    holds=~after(name("routes_in_force")) | either(taken("connect"), taken("connect_in_settings")),
    source=sources.TUNNEL_MANAGER.at("Q5: a disconnect turns on demand off first"),
)

update_keeps_the_setting = StepInvariant(
    id="settings.update-keeps-force-all-apps",
    sentence="An update never switches Force all apps off.",
    when=taken("migrate") & _force,
    holds=after(_force),
    source=sources.FAULTY_MIGRATION.at("Q17: a migration that filled the setting with its default"),
)


def pack() -> tuple[Claim, ...]:
    """Return the claims about settings."""
    return (profile_is_the_setting, on_demand_is_the_users, disconnect_stays, update_keeps_the_setting)
