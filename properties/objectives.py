"""What users of the shipped models want, and the written procedures for getting it: W1 to W4 of the domain."""

from __future__ import annotations

from tunnelproof.errors import NothingToCheck, near
from tunnelproof.model.ios import sources
from tunnelproof.model.language.terms import name
from tunnelproof.properties.procedures import Aim, Objective, Procedure, objective, rule

_frozen, _up, _updated = name("frozen"), name("up"), name("updated")
_published = ("publish",)

protected_again = objective(
    "update.protected-again",
    "The app is updated and the tunnel up, once a version has been published.",
    Aim.REACH,
    _up & _updated,
    assuming=_published,
    source=sources.YOOTA.at("R1: the loop is left by hand"),
)
protected_again_unexposed = objective(
    "update.protected-again-without-a-leak",
    "The same, and until then no exposure that the user has not chosen.",
    Aim.REACH,
    _up & _updated,
    ~name("silent"),
    assuming=_published,
    source=sources.YOOTA.at("the user must stay alert"),
)
never_silent = objective(
    "leak.never-silent",
    "There is never an exposure that the user has not chosen.",
    Aim.AVOID,
    name("silent"),
    source=sources.SEED.at("L3: the exposure is silent"),
)
up_again = objective(
    "protection.again-and-again",
    "The tunnel is up again and again.",
    Aim.AGAIN,
    _up & ~_frozen,
    source=sources.SEED.at("a network that is lost comes back"),
)

_due = name("update").is_in("listed", "eligible", "failed")
_started = name("update") == "started"
_open = ~name("policy_all_networks")
_forced, _reachable = name("force_all_apps"), name("network") == "reachable"
_off = _due & _forced
_on = _started & ~_forced & _up

_IOS = (
    Procedure(
        "w1",
        "Disconnect in the app before an update that is out, update, connect when it is done.",
        "user",
        (
            rule(_frozen, "reboot"),
            rule(_due & (name("profile") == "on_demand"), "disconnect"),
            rule(_due & _open, "update_by_hand"),
            rule(_started & name("down"), "connect"),
        ),
        where=(name("workaround") == "disconnect").expr,
        source=sources.YOOTA.at("disconnect, update, connect"),
    ),
    Procedure(
        "w1-in-settings",
        "Switch the profile off in Settings once an update is under way; connect in the app when it is done.",
        "user",
        (
            rule(_frozen & (name("profile") == "off"), "reboot"),
            rule(name("update").is_in("scheduled", "replacing", "failed"), "switch_profile_off"),
            rule(_started & name("down"), "connect"),
        ),
        where=(name("workaround") == "profile_off").expr,
        source=sources.RADAR_UPDATE.at("switching it off in Settings released a stuck update", sources.INFERRED),
    ),
    Procedure(
        "w2",
        "Turn Force all apps off, update, turn it on again.",
        "user",
        (
            rule(_frozen, "reboot"),
            rule(_off, "disable_force_all_apps"),
            rule(_due & _open & _up, "update_by_hand"),
            rule(_on, "enable_force_all_apps"),
        ),
        where=(name("workaround") == "disable_ian").expr,
        source=sources.COORDINATOR.at("disable, wait until the tunnel is up, update"),
    ),
    Procedure(
        "w3",
        "As w2, with airplane mode on before each change of Force all apps.",
        "user",
        (
            rule(_frozen, "reboot"),
            rule((_off | _on) & _reachable, "airplane_mode"),
            rule(_off, "disable_force_all_apps"),
            rule(_due & _open & _up, "update_by_hand"),
            rule(_on, "enable_force_all_apps"),
        ),
        where=(name("workaround") == "disable_ian").expr,
        source=sources.SETTINGS_SCREEN.at("airplane mode before the setting is changed"),
    ),
    Procedure(
        "w4",
        "Turn automatic updates off; update by hand where nothing speaks against it.",
        "user",
        (
            rule(_frozen, "reboot"),
            rule(name("auto_update"), "turn_off_auto_update"),
            rule(_due, "update_by_hand"),
        ),
        where=(name("workaround") == "disable_auto_update").expr,
        source=sources.UPDATE_MOMENT.at("automatic updates can be switched off", sources.INFERRED),
    ),
)

_pending = name("update") == "pending"
_old = name("version") == "old"
_new = name("version") == "new"

_SMALLEST = (
    Procedure(
        "w1",
        "Disconnect before an update that is out, connect when it is done.",
        "user",
        (
            rule(_frozen, "reboot"),
            rule(_pending & name("on_demand"), "disconnect"),
            rule(_new & ~_up, "connect"),
        ),
    ),
    Procedure(
        "w2",
        "Turn Force all apps off, let the update come, turn it on again.",
        "user",
        (
            rule(_frozen, "reboot"),
            rule(_pending & _forced, "disable_force_all_apps"),
            rule(_new & ~_forced & _up, "enable_force_all_apps"),
        ),
    ),
    Procedure(
        "w4",
        "Turn automatic updates off before anything is out; to update, disconnect first and let it come.",
        "user",
        (
            rule(_frozen & name("auto_update"), "turn_off_auto_update"),
            rule(_frozen, "reboot"),
            rule(_old & name("on_demand") & name("auto_update"), "turn_off_auto_update"),
            rule(_pending & ~name("auto_update") & name("on_demand"), "disconnect"),
            rule(_pending & ~name("auto_update"), "turn_on_auto_update"),
            rule(_new & ~_up, "connect"),
        ),
    ),
)

_EVERYWHERE = (protected_again, protected_again_unexposed, never_silent, up_again)
_OBJECTIVES = {"ios": _EVERYWHERE, "ios-full": _EVERYWHERE, "smallest": _EVERYWHERE, "smallest-table": _EVERYWHERE}
_PROCEDURES = {"ios": _IOS, "ios-full": _IOS, "smallest": _SMALLEST}


def objectives_for(model_name: str) -> tuple[Objective, ...]:
    """Return the objectives that users of the model have; none for a model that is not shipped."""
    return _OBJECTIVES.get(model_name, ())


def procedures_for(model_name: str) -> tuple[Procedure, ...]:
    """Return the written procedures for the model; none for a model that is not shipped."""
    return _PROCEDURES.get(model_name, ())


def named_objective(model_name: str, wanted: str) -> Objective:
    """Return the objective of that name, or raise `NothingToCheck`."""
    known = {o.id: o for o in objectives_for(model_name)}
    if wanted not in known:
        raise NothingToCheck("TP320", f"no objective is called {ascii(wanted[:100])}", hint=near(wanted[:100], known))
    return known[wanted]


def named_procedure(model_name: str, wanted: str) -> Procedure:
    """Return the procedure of that name, or raise `NothingToCheck`."""
    known = {p.id: p for p in procedures_for(model_name)}
    if wanted not in known:
        raise NothingToCheck("TP321", f"no procedure is called {ascii(wanted[:100])}", hint=near(wanted[:100], known))
    return known[wanted]
