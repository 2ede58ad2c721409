"""The smallest model of the trade-off: an update of the VPN app leaks or, with Force all apps, may get stuck.

Three systems, from the same rules:

* `submodel`: ten actions; automatic updates stay on, nobody warns, and only a frozen device is rebooted.
* `table`: all fourteen actions, reboots at any time. A hard reconnect is a single step and exposes nothing.
* `whole`: the table where a hard reconnect is a state of its own, exposed, and where automatic updates can be
  turned on again: without that, turning them off would be for ever.

`AUTOMATIC` names the actors other than the user. All runs start on the old version, with the tunnel up.
"""

from __future__ import annotations

from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.system import Confidence, System
from tunnelproof.model.smallest import people, platform, sources
from tunnelproof.model.smallest.vocabulary import Freeze, Order

AUTOMATIC = (people.VENDOR, people.MONITOR, platform.OS)


def submodel() -> System:
    """Return the ten actions without warnings and without settings that are changed back."""
    user = people.profile()
    people.workarounds(user, reconnecting=False)
    people.reboot(user, only_when_frozen=True)
    components = [people.vendor(), *_platform(reconnecting=False), user]
    return _system("smallest-submodel", "An update against the tunnel, without warnings", components)


def table() -> System:
    """Return all fourteen actions, a hard reconnect being one step."""
    user = _user(reconnecting=False)
    components = [people.vendor(), people.monitor(), *_platform(reconnecting=False), user]
    return _system("smallest-table", "An update against the tunnel, reconnecting in one step", components)


def whole() -> System:
    """Return all actions, with a state for reconnecting."""
    user = _user(reconnecting=True)
    people.turn_on_updates(user)
    components = [people.vendor(), people.monitor(), *_platform(reconnecting=True), user]
    return _system("smallest", "An update of the VPN app against its tunnel", components)


def _platform(reconnecting: bool) -> list[Component]:
    return [platform.tunnel_session(reconnecting), platform.egress(reconnecting), platform.installer()]


def _user(reconnecting: bool) -> Component:
    user = people.profile()
    people.see(user)
    people.workarounds(user, reconnecting)
    people.reboot(user, only_when_frozen=False)
    people.enable(user, reconnecting)
    people.turn_off_updates(user)
    return user


def _system(name: str, title: str, components: list[Component]) -> System:
    return compose(name, configuration=_configuration(), components=components, title=title)


def _configuration() -> Configuration:
    configuration = Configuration()
    configuration.setting(
        "start_force_all_apps",
        bool,
        "Force all apps (includeAllNetworks) is on at the start.",
        source=sources.SETTINGS_SCREEN.at("the user turns it on after a warning"),
    )
    configuration.platform(
        "order",
        Order,
        "Whether the platform stops the tunnel before it fetches the update, or fetches first.",
        source=sources.SEED.at("the download is blocked, so it follows the stop", Confidence.UNKNOWN),
    )
    configuration.platform(
        "freeze_on_replace",
        Freeze,
        "Whether replacing the app may freeze the network stack even if the download is not blocked.",
        source=sources.WHY_NOT.at("the stack is said to break when the app is replaced", Confidence.UNKNOWN),
    )
    return configuration


__all__ = ["AUTOMATIC", "submodel", "table", "whole"]
