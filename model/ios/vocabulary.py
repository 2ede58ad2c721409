"""The words of the iOS model: the values its variables take, and the names that its rules read."""

from __future__ import annotations

import enum

from tunnelproof.model.language.terms import name

APP, APP_STORE, DEVICE, MONITOR = "app", "app_store", "device", "monitor"
NETWORK, OS, PROVIDER, USER, VENDOR = "network", "os", "provider", "user", "vendor"
APPS = "apps"

AUTOMATIC = (VENDOR, APP_STORE, OS, DEVICE, PROVIDER, APP, MONITOR, NETWORK, APPS)
"""Every actor but the user."""


class Profile(enum.StrEnum):
    """The saved VPN profile: connect on demand, enabled without it, or switched off (or deleted)."""

    ON_DEMAND = "on_demand"
    PLAIN = "plain"
    OFF = "off"


class Session(enum.StrEnum):
    """The provider process with its session, as far as routes go: in force in `starting` and `up`."""

    DOWN = "down"
    STARTING = "starting"
    UP = "up"
    RECONNECTING = "reconnecting"


class Fault(enum.StrEnum):
    """The tunnel actor's error state: it blocks as it says, or its block could not be put in place."""

    NONE = "none"
    BLOCKING = "blocking"
    UNBLOCKED = "unblocked"


class StopCall(enum.StrEnum):
    """The system's call to stop the provider: none under way, being answered, never answered."""

    IDLE = "idle"
    PENDING = "pending"
    HUNG = "hung"


class Update(enum.StrEnum):
    """The update of the VPN app, from its publication to the first start of the new version."""

    NONE = "none"
    LISTED = "listed"
    ELIGIBLE = "eligible"
    SCHEDULED = "scheduled"
    REPLACING = "replacing"
    FAILED = "failed"
    INSTALLED = "installed"
    STARTED = "started"


class Download(enum.StrEnum):
    """The system downloader's transfer of the new version."""

    IDLE = "idle"
    RUNNING = "running"
    BLOCKED = "blocked"
    DONE = "done"


class Stack(enum.StrEnum):
    """The health of the network stack; frozen, it carries nothing at all."""

    OK = "ok"
    FROZEN = "frozen"


class Network(enum.StrEnum):
    """The network under the tunnel."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"


class Order(enum.StrEnum):
    """What the platform does first when it replaces an app."""

    STOP_THEN_FETCH = "stop_then_fetch"
    FETCH_THEN_STOP = "fetch_then_stop"


class Freeze(enum.StrEnum):
    """Whether replacing the app freezes the network stack although nothing is blocked."""

    NEVER = "never"
    WHEN_IAN_AND_UP = "when_ian_and_up"
    MAY = "may"


class Workaround(enum.StrEnum):
    """What the user does about updates, if anything."""

    NONE = "none"
    DISCONNECT = "disconnect"
    PROFILE_OFF = "profile_off"
    DISABLE_FORCE_ALL_APPS = "disable_ian"
    DISABLE_AUTO_UPDATE = "disable_auto_update"


class Exempt(enum.StrEnum):
    """What the platform lets pass whatever the policy: Apple's list, or nothing."""

    APPLE_LIST = "apple_list"
    NONE = "none"


class Migration(enum.StrEnum):
    """What the settings migration of a build does to Force all apps."""

    KEEPS = "keeps"
    DROPS_FORCE_ALL_APPS = "drops_force_all_apps"
    RESETS_ON_FAILURE = "resets_on_failure"


profile = name("profile")
force_all_apps = name("force_all_apps")
profile_force_all_apps = name("profile_force_all_apps")
auto_update = name("auto_update")
session = name("session")
fault = name("fault")
stop_call = name("stop_call")
early_launch = name("early_launch")
update = name("update")
download = name("download")
stack = name("stack")
locked = name("locked")
wants = name("wants")
consent = name("consent")
warned = name("warned")
seen = name("seen")
provider_saw_force_all_apps = name("provider_saw_force_all_apps")
network = name("network")
old_flow = name("old_flow")

# Derived names.
up = name("up")
down = name("down")
routes_in_force = name("routes_in_force")
reconnecting = name("reconnecting")
secured = name("secured")
app_runs = name("app_runs")
provider_may_start = name("provider_may_start")
frozen = name("frozen")
policy_all_networks = name("policy_all_networks")
policy_open = name("policy_open")
drops_without_session = name("drops_without_session")
downloader_gets_through = name("downloader_gets_through")
