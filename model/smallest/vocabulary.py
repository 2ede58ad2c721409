"""The words of the smallest model: the values its variables take, and the names that its rules read."""

from __future__ import annotations

import enum

from tunnelproof.model.language.terms import name


class Session(enum.StrEnum):
    """The VPN session of the operating system."""

    UP = "up"
    DOWN = "down"


class ReconnectingSession(enum.StrEnum):
    """The session where the moment of a hard reconnect is a state of its own."""

    UP = "up"
    DOWN = "down"
    RECONNECTING = "reconnecting"


class Update(enum.StrEnum):
    """The replacement of the VPN app by its new version."""

    NONE = "none"
    PENDING = "pending"
    ACTIVE = "active"
    DONE = "done"


class Download(enum.StrEnum):
    """The system downloader's transfer of the new version."""

    IDLE = "idle"
    RUNNING = "running"
    BLOCKED = "blocked"
    DONE = "done"


class Stack(enum.StrEnum):
    """The health of the network stack."""

    OK = "ok"
    FROZEN = "frozen"


class Version(enum.StrEnum):
    """The installed version of the VPN app."""

    OLD = "old"
    NEW = "new"


class Notification(enum.StrEnum):
    """The warning that a new version is out."""

    NONE = "none"
    DELIVERED = "delivered"
    SEEN = "seen"


class Order(enum.StrEnum):
    """What the platform does first when it replaces an app."""

    STOP_THEN_FETCH = "stop_then_fetch"
    FETCH_THEN_STOP = "fetch_then_stop"


class Freeze(enum.StrEnum):
    """Whether replacing the app freezes the stack even though the download is not blocked."""

    NEVER = "never"
    MAY = "may"


start_force_all_apps = name("start_force_all_apps")
order = name("order")
freeze_on_replace = name("freeze_on_replace")

force_all_apps = name("force_all_apps")
on_demand = name("on_demand")
auto_update = name("auto_update")
session = name("session")
update = name("update")
download = name("download")
stack = name("stack")
version = name("version")
notification = name("notification")
consent = name("consent")

drops_while_down = name("drops_while_down")
policy_open = name("policy_open")
up = name("up")
exposed = name("exposed")
