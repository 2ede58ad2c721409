"""The provider process and the system's VPN session: domain rows P1 to P7 and S10."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.seam import Effects, Tunnel
from tunnelproof.model.ios.tunnel import tunnel_actor
from tunnelproof.model.ios.vocabulary import (
    OS,
    PROVIDER,
    Fault,
    Profile,
    Session,
    StopCall,
    early_launch,
    fault,
    locked,
    profile,
    provider_may_start,
    session,
    stop_call,
)
from tunnelproof.model.language.component import STRONG, WEAK, Component, outcome, seconds
from tunnelproof.model.language.terms import both, choose

_RUNS = session.is_in(Session.STARTING, Session.UP)
# A further call to stop finds a provider gone that has not answered the one before.
_STOPPED: Effects = {
    session: choose(configuration.always_on, session, Session.DOWN),
    fault: Fault.NONE,
    stop_call: choose(
        (session == Session.UP) & ~configuration.always_on,
        StopCall.PENDING,
        choose(session == Session.STARTING, StopCall.HUNG, StopCall.IDLE),
    ),
}
_ENDED: Effects = {
    session: choose(configuration.always_on, session, Session.DOWN),
    fault: Fault.NONE,
    stop_call: StopCall.IDLE,
    early_launch: False,
}


def reduced_tunnel() -> Tunnel:
    """Return the tunnel of the `ios` model."""
    part = _session()
    tunnel = Tunnel(
        components=(part, tunnel_actor()),
        may_start=both(),
        started={session: Session.STARTING, fault: Fault.NONE, early_launch: False},
        stopped=_STOPPED,
        ended=_ENDED,
        hard_reconnect={**_STOPPED, session: Session.RECONNECTING},
    )
    _life_of_the_provider(part)
    _relaunch(part, tunnel)
    _early_start(part)
    return tunnel


def _session() -> Component:
    part = Component("session", actor=OS)
    part.variable("session", Session, start=Session.UP, doc="The provider's session, as far as routes go.")
    part.variable("stop_call", StopCall, start=StopCall.IDLE, doc="The system's call to stop the provider.")
    part.derived("up", session == Session.UP, "A session is up, its routes in force.")
    part.derived("down", session == Session.DOWN, "There is no session.")
    part.derived("reconnecting", session == Session.RECONNECTING, "The app ends the session to start it anew.")
    part.derived(
        "routes_in_force",
        _RUNS,
        "The provider's routes are in force: from the first call on, before a relay is reached.",
        source=sources.PROVIDER.at("default routes to loopback are set before the actor starts"),
    )
    part.derived(
        "secured",
        _RUNS,
        "The app takes the tunnel for secured.",
        source=sources.TUNNEL_STATE.at("isSecured: connecting, connected, reconnecting, negotiating, some errors"),
    )
    return part


def _life_of_the_provider(part: Component) -> None:
    part.action(
        "connected",
        actor=PROVIDER,
        when=session == Session.STARTING,
        then={session: Session.UP},
        outcomes=[
            outcome("connects"),
            # The first routes lead to loopback and are still in force, so an error at the start does block.
            outcome("errs", {fault: Fault.BLOCKING}),
        ],
        fair=STRONG,
        source=sources.PROVIDER.at("the actor starts once the first routes are set"),
        doc="P3, A1: the actor leaves its initial state, for a relay or for its error state.",
    )
    part.action(
        "provider_stops",
        actor=PROVIDER,
        when=stop_call == StopCall.PENDING,
        then={stop_call: StopCall.IDLE},
        fair=WEAK,
        source=sources.REDUCER.at("stop leads to disconnected, for which stopTunnel waits"),
        doc="P5, A14, A15: the provider answers the call to stop.",
    )
    part.action(
        "system_kills_provider",
        when=stop_call == StopCall.HUNG,
        then={stop_call: StopCall.IDLE},
        source=sources.PROVIDER_IS_DESTROYED.at("stopTunnel is part of destroying the provider", sources.UNKNOWN),
        doc="Whether and when the system gives up on a provider that does not answer is not documented.",
    )
    part.action(
        "provider_crashes",
        when=(session == Session.UP) & ~configuration.always_on,
        then=_ENDED,
        source=sources.INFERENCE.at("a crash, the memory limit or a watchdog ends the process"),
        doc="P6: the provider dies.",
    )


def _relaunch(part: Component, tunnel: Tunnel) -> None:
    part.action(
        "relaunch",
        when=(profile == Profile.ON_DEMAND) & session.is_in(Session.DOWN, Session.RECONNECTING) & provider_may_start,
        then=tunnel.start,
        # Every connection attempt asks again, so a chance that keeps coming back is taken.
        fair=STRONG,
        takes=seconds(0, 5, source=sources.WINDOW.at("a share of the nominal 30 s of a replacement")),
        source=sources.ON_DEMAND.at("a matching rule starts the VPN; not during a replacement", sources.INFERRED),
        doc="P7, S10: connect on demand starts the provider, after an update with the new code.",
    )


def _early_start(part: Component) -> None:
    # A start before the first unlock leads nowhere but to the watchdog.
    part.variable("early_launch", bool, start=False, doc="A provider waits for the keychain to be unlocked.")
    part.action(
        "launch_before_unlock",
        when=locked
        & configuration.starts_before_unlock
        & (profile == Profile.ON_DEMAND)
        & ~configuration.always_on
        & ~early_launch,
        then={early_launch: True},
        fair=WEAK,
        source=sources.PROVIDER.at("the system may start the provider at boot", sources.UNKNOWN),
        doc="P1, P2: the provider starts and retries its settings migration without limit.",
    )
    part.action(
        "watchdog_kills_provider",
        when=early_launch,
        then={early_launch: False},
        fair=WEAK,
        takes=seconds(60, 60, source=sources.PROVIDER.at("the watchdog kills the process after 60 s")),
        source=sources.PROVIDER.at("init that does not return is killed after 60 s", sources.INFERRED),
        doc="P2: the watchdog ends the provider, which may be started again.",
    )
