"""What a run of the iOS model fixes beforehand, who decides it, and which combinations make sense.

Settings speak of the *start* where actors change them while the system runs. Platform variables are the open
questions about iOS, left open; vendor variables are builds of the app, faulty ones included. docs/models/ios.md
has the table with the reason for each.
"""

from __future__ import annotations

from tunnelproof.model.ios import sources
from tunnelproof.model.ios.vocabulary import Exempt, Freeze, Migration, Order, Workaround
from tunnelproof.model.language.component import Configuration
from tunnelproof.model.language.terms import name

start_force_all_apps = name("start_force_all_apps")
enforce_routes = name("enforce_routes")
always_on = name("always_on")
on_demand = name("on_demand")
local_network_sharing = name("local_network_sharing")
start_auto_update = name("start_auto_update")
notifications = name("notifications")
workaround = name("workaround")
order = name("order")
freeze_on_replace = name("freeze_on_replace")
reboot_clears_update = name("reboot_clears_update")
profile_off_thaws = name("profile_off_thaws")
kept_without_on_demand = name("kept_without_on_demand")
enforced_when_down = name("enforced_when_down")
downloader_exempt = name("downloader_exempt")
exempt = name("exempt")
own_lookup_exempt = name("own_lookup_exempt")
starts_before_unlock = name("starts_before_unlock")
settings_migration = name("settings_migration")
error_state_has_routes = name("error_state_has_routes")


def configurations() -> Configuration:
    """Return the configuration variables with their constraints."""
    variables = Configuration()
    _settings(variables)
    _habits(variables)
    _platform(variables)
    _builds(variables)
    _constraints(variables)
    return variables


def _settings(variables: Configuration) -> None:
    variables.setting(
        "start_force_all_apps",
        bool,
        "Force all apps (includeAllNetworks) is on at the start, in the app's settings and in the saved profile.",
        source=sources.SETTINGS_SCREEN.at("the user turns it on after reading four pages and ticking a box"),
    )
    variables.setting(
        "enforce_routes",
        bool,
        "The profile sets enforceRoutes.",
        source=sources.ENFORCE_ROUTES.at("the tunnel's routes take precedence over local ones and scoping"),
    )
    variables.setting(
        "always_on",
        bool,
        "A supervised device with IKEv2 Always On: the tunnel is the system's, not an app's. For comparison.",
        source=sources.ALWAYS_ON.at("traffic is dropped when the tunnel is not up, across reboots"),
    )
    variables.setting(
        "on_demand",
        bool,
        "The client saves its profile with connect on demand.",
        source=sources.TUNNEL_MANAGER.at("starting enables on demand with one rule: connect, any interface"),
    )
    variables.setting(
        "start_auto_update",
        bool,
        "Automatic app updates are on at the start.",
        source=sources.UPDATE_MOMENT.at("automatic updates are a setting of the device"),
    )
    variables.setting(
        "notifications",
        bool,
        "The app may notify.",
        source=sources.SETTINGS_SCREEN.at("the user may decline and continue anyway"),
    )
    variables.setting(
        "local_network_sharing",
        bool,
        "Local network sharing (excludeLocalNetworks) is on.",
        source=sources.EXCLUDE_LOCAL.at("only meaningful with includeAllNetworks or enforceRoutes"),
    )


def _habits(variables: Configuration) -> None:
    variables.habit(
        "workaround",
        Workaround,
        "What the user is ready to do about an update: disconnect in the app, switch the profile off in Settings, turn "
        "Force all apps off, turn automatic updates off; whoever has none keeps the VPN as it is, and reboots.",
        source=sources.YOOTA.at("disconnect, or disable Force all apps, before updating"),
    )


def _platform(variables: Configuration) -> None:
    variables.platform(
        "order",
        Order,
        "O1: does the platform stop the tunnel before it fetches the update?",
        source=sources.SEED.at("the download is blocked, so it follows the stop", sources.UNKNOWN),
    )
    variables.platform(
        "freeze_on_replace",
        Freeze,
        "O2: does replacing the app freeze the network stack although no download is blocked?",
        source=sources.WHY_NOT.at("the networking stack breaks when the app is replaced", sources.UNKNOWN),
    )
    variables.platform(
        "reboot_clears_update",
        bool,
        "Does a reboot make the App Store forget that it was replacing the app?",
        source=sources.YOOTA.at("the App Store tries again after the reboot", sources.UNKNOWN),
    )
    variables.platform(
        "profile_off_thaws",
        bool,
        "O3: does switching the profile off in Settings thaw a frozen stack?",
        source=sources.RADAR_UPDATE.at("turning on demand off released a stuck update", sources.UNKNOWN),
    )
    variables.platform(
        "kept_without_on_demand",
        bool,
        "O4: is includeAllNetworks enforced without a session while on demand is off, as after a disconnect?",
        source=sources.YOOTA.at("traffic flows after a disconnect", sources.UNKNOWN),
    )
    variables.platform(
        "enforced_when_down",
        bool,
        "Does enforceRoutes drop traffic while the session is down?",
        source=sources.ENFORCE_ROUTES.at("nothing is documented for this case", sources.UNKNOWN),
    )
    variables.platform(
        "downloader_exempt",
        bool,
        "What if the system's downloader were exempt from includeAllNetworks? A fix to propose.",
        source=sources.INFERENCE.at("no such exemption exists"),
    )
    variables.platform(
        "exempt",
        Exempt,
        "What passes whatever the policy: Apple's list, or nothing as the article says.",
        source=sources.INCLUDE_ALL_NETWORKS.at("most traffic, with designated services exempt"),
    )
    variables.platform(
        "own_lookup_exempt",
        bool,
        "O8: does the provider's own version lookup leave outside the tunnel?",
        source=sources.VERSION_LOOKUP.at("a public lookup, with no word about its route", sources.UNKNOWN),
    )
    variables.platform(
        "starts_before_unlock",
        bool,
        "O9: may the system start the provider before the first unlock?",
        source=sources.PROVIDER.at("the provider expects a locked keychain at boot", sources.UNKNOWN),
    )


def _builds(variables: Configuration) -> None:
    variables.vendor(
        "settings_migration",
        Migration,
        "The build's settings migration: sound, one that drops Force all apps, or one that fails and resets.",
        source=sources.FAULTY_MIGRATION.at("the upgrade filled includeAllNetworks with defaults"),
    )
    variables.vendor(
        "error_state_has_routes",
        bool,
        "The build's error state has a dummy peer with default routes, so that it blocks.",
        source=sources.BLOCKED_LEAKED.at("the error state without a peer had no routes"),
    )


def _constraints(variables: Configuration) -> None:
    sound = (settings_migration == Migration.KEEPS) & error_state_has_routes
    # includeAllNetworks overrides enforceRoutes, and Always On is another kind of profile altogether.
    variables.require(~(start_force_all_apps & enforce_routes))
    variables.require(always_on >> (~start_force_all_apps & ~enforce_routes & on_demand))
    # Sharing is offered only with Force all apps; workarounds are for it, and one turns off what must be on.
    variables.require(local_network_sharing >> start_force_all_apps)
    variables.require((workaround != Workaround.NONE) >> start_force_all_apps)
    variables.require((workaround == Workaround.DISABLE_AUTO_UPDATE) >> start_auto_update)
    # A question about a mechanism is asked where the mechanism is in use; elsewhere no rule reads the answer.
    disconnects = workaround.is_in(Workaround.DISCONNECT, Workaround.PROFILE_OFF)
    variables.require(profile_off_thaws >> (workaround == Workaround.PROFILE_OFF))
    variables.require(kept_without_on_demand >> (start_force_all_apps & (disconnects | ~on_demand)))
    variables.require(enforced_when_down >> enforce_routes)
    variables.require(downloader_exempt >> start_force_all_apps)
    variables.require(own_lookup_exempt >> (exempt == Exempt.APPLE_LIST))
    # A faulty build is asked alone: not together with another fault, nor on a platform other than the described one.
    described = ~reboot_clears_update & ~profile_off_thaws & ~kept_without_on_demand & ~downloader_exempt
    variables.require(sound | (described & ~always_on))
    variables.require((settings_migration == Migration.KEEPS) | error_state_has_routes)
