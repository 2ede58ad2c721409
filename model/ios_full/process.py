"""The provider's process around the full tunnel actor: domain rows P1 to P7, with launch and stop as states."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.seam import Effects, Tunnel
from tunnelproof.model.ios.vocabulary import (
    OS,
    PROVIDER,
    Profile,
    StopCall,
    Update,
    early_launch,
    locked,
    profile,
    provider_may_start,
    stop_call,
    update,
)
from tunnelproof.model.ios_full.actor import actor
from tunnelproof.model.ios_full.vocabulary import (
    ActorState,
    Process,
    Reason,
    actor_state,
    app_restarts,
    block_failed,
    prior_key,
    process,
    reason,
    was_connected,
)
from tunnelproof.model.language.component import STRONG, WEAK, Component
from tunnelproof.model.language.terms import choose

_ALIVE = (process == Process.RUNNING) & (stop_call == StopCall.IDLE)
_GONE: Effects = {
    process: Process.ABSENT,
    actor_state: ActorState.DISCONNECTED,
    reason: Reason.NONE,
    block_failed: False,
    was_connected: False,
    prior_key: False,
    stop_call: StopCall.IDLE,
}
_STARTED: Effects = {
    **_GONE,
    process: Process.RUNNING,
    actor_state: ActorState.INITIAL,
    app_restarts: False,
    early_launch: False,
}
# A call to stop: A14 and A15; in the initial state it has no effect (A16). A further call finds the process gone.
_STOPPED: Effects = {
    **_GONE,
    process: choose(_ALIVE, process, Process.ABSENT),
    actor_state: choose(
        _ALIVE,
        choose(
            actor_state == ActorState.INITIAL,
            actor_state,
            choose(actor_state == ActorState.ERROR, ActorState.DISCONNECTED, ActorState.DISCONNECTING),
        ),
        ActorState.DISCONNECTED,
    ),
    stop_call: choose(
        _ALIVE, choose(actor_state == ActorState.INITIAL, StopCall.HUNG, StopCall.PENDING), StopCall.IDLE
    ),
    app_restarts: False,
}
_ENDED: Effects = {**_GONE, app_restarts: False, early_launch: False}


def full_tunnel() -> Tunnel:
    """Return the tunnel of the `ios-full` model."""
    part = Component("session", actor=OS)
    tunnel = Tunnel(
        components=(part, actor()),
        may_start=process != Process.RUNNING,
        started=_STARTED,
        stopped=_STOPPED,
        ended=_ENDED,
        hard_reconnect={**_STOPPED, app_restarts: True},
    )
    _session(part)
    _launch(part, tunnel)
    _stop(part)
    return tunnel


def _session(part: Component) -> None:
    part.variable("process", Process, start=Process.RUNNING, doc="The provider's process.")
    part.variable("stop_call", StopCall, start=StopCall.IDLE, doc="The system's call to stop the provider.")
    part.variable("early_launch", bool, start=False, doc="The launch was before the first unlock.")
    part.variable("app_restarts", bool, start=False, doc="The app will start the session it has stopped.")
    part.derived("routes_in_force", _ALIVE, "The provider's routes are in force, from its first call on.")
    part.derived("up", _ALIVE & (actor_state == ActorState.CONNECTED), "The tunnel is connected to a relay.")
    part.derived("down", ~_ALIVE & ~app_restarts, "There is no session, or it is being stopped for good.")
    part.derived("reconnecting", ~_ALIVE & app_restarts, "The app ends the session to start it anew.")
    part.derived(
        "secured",
        _ALIVE & ((actor_state != ActorState.ERROR) | reason.is_in(Reason.OFFLINE, Reason.ACCOUNT)),
        "The app takes the tunnel for secured.",
        source=sources.TUNNEL_STATE.at("isSecured: the connection's states and three of the errors"),
    )


def _launch(part: Component, tunnel: Tunnel) -> None:
    wanted = (profile == Profile.ON_DEMAND) & (process == Process.ABSENT)
    part.action(
        "launch",
        when=wanted & provider_may_start,
        then={process: Process.LAUNCHING},
        # Every connection attempt asks again, so a chance that keeps coming back is taken.
        fair=STRONG,
        source=sources.ON_DEMAND.at("a matching rule starts the VPN"),
        doc="P1, P7, S10: connect on demand starts the process.",
    )
    part.action(
        "launch_before_unlock",
        when=wanted & locked & configuration.starts_before_unlock & (update != Update.REPLACING),
        then={process: Process.LAUNCHING, early_launch: True},
        fair=WEAK,
        source=sources.PROVIDER.at("the system may start the provider at boot", sources.UNKNOWN),
        doc="P1, P2: the process starts and retries its settings migration without limit.",
    )
    part.action(
        "watchdog_kills_provider",
        when=(process == Process.LAUNCHING) & early_launch,
        then={process: Process.ABSENT, early_launch: False},
        fair=WEAK,
        source=sources.PROVIDER.at("init that does not return is killed after 60 s", sources.INFERRED),
        doc="P2: the watchdog ends the process.",
    )
    part.action(
        "relaunch",
        when=(process == Process.LAUNCHING) & (profile == Profile.ON_DEMAND) & provider_may_start,
        then=tunnel.start,
        fair=STRONG,
        source=sources.PROVIDER.at("the first routes lead to loopback; then the actor is started"),
        doc="P3: init is done, startTunnel sets the first routes.",
    )


def _stop(part: Component) -> None:
    part.action(
        "provider_stops",
        actor=PROVIDER,
        when=stop_call == StopCall.PENDING,
        then=_GONE,
        fair=WEAK,
        source=sources.REDUCER.at("the adapter is stopped; the actor is disconnected, for which stopTunnel waits"),
        doc="P5, A14, A15: the provider answers the call to stop, and its process ends.",
    )
    part.action(
        "system_kills_provider",
        when=stop_call == StopCall.HUNG,
        then=_GONE,
        source=sources.PROVIDER_IS_DESTROYED.at("stopTunnel is part of destroying the provider", sources.UNKNOWN),
        doc="Whether and when the system gives up on a provider that does not answer is not documented.",
    )
    part.action(
        "provider_crashes",
        when=_ALIVE & (actor_state != ActorState.INITIAL),
        then=_ENDED,
        source=sources.INFERENCE.at("a crash, the memory limit or a watchdog ends the process"),
        doc="P6: the provider dies.",
    )
