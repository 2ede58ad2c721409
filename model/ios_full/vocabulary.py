"""The words of the full tunnel actor: its states, its error reasons by how they end, and the provider's process."""

from __future__ import annotations

import enum

from tunnelproof.model.language.terms import name


class Process(enum.StrEnum):
    """The provider's process. While launching it runs its init: no routes yet, the migration first."""

    ABSENT = "absent"
    LAUNCHING = "launching"
    RUNNING = "running"


class ActorState(enum.StrEnum):
    """The tunnel actor's state. Every process has a fresh actor, which starts in `initial`."""

    INITIAL = "initial"
    NEGOTIATING = "negotiating"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    ERROR = "error"
    DISCONNECTING = "disconnecting"
    DISCONNECTED = "disconnected"


class Reason(enum.StrEnum):
    """Why the actor is in its error state, grouped by what ends it.

    `offline`: nothing but the network's return. `device_locked`: that, or a timer. `settings` (no relays satisfy them,
    unreadable or outdated settings, a bad relay key, entry equals exit): the network's return or a reconnect.
    `account` (expired, device revoked): only the user, the app taking it for secured. `broken` (logged out, adapter,
    invalid account, unknown): only the user.
    """

    NONE = "none"
    OFFLINE = "offline"
    DEVICE_LOCKED = "device_locked"
    SETTINGS = "settings"
    ACCOUNT = "account"
    BROKEN = "broken"


process = name("process")
actor_state = name("actor_state")
reason = name("reason")
block_failed = name("block_failed")
was_connected = name("was_connected")
prior_key = name("prior_key")
app_restarts = name("app_restarts")
