"""The tunnel actor with every row of domain 1.1, A1 to A19.

Events that a state ignores are no actions: start when not initial (A2), connection events elsewhere than in A3 and A5
(A4, A6), reconnect in initial and while ending (A8), stop once disconnected (A16). A stop while disconnecting (A17)
would be the programming error that the code asserts; the system's second stop finds the process gone instead.
"""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.vocabulary import PROVIDER, USER, Network, StopCall, network, stop_call
from tunnelproof.model.ios_full.vocabulary import (
    ActorState,
    Process,
    Reason,
    actor_state,
    block_failed,
    prior_key,
    process,
    reason,
    was_connected,
)
from tunnelproof.model.language.component import STRONG, WEAK, Component, outcome
from tunnelproof.model.language.terms import choose, name

_ALIVE = (process == Process.RUNNING) & (stop_call == StopCall.IDLE)
_ERROR = _ALIVE & (actor_state == ActorState.ERROR)
_SEEKS = actor_state.is_in(ActorState.CONNECTING, ActorState.RECONNECTING)
_BACK = choose(was_connected, ActorState.RECONNECTING, ActorState.CONNECTING)
_NO_ERROR = {reason: Reason.NONE, block_failed: False, was_connected: False}


def actor() -> Component:
    """Return the tunnel actor."""
    part = Component("tunnel", actor=PROVIDER)
    part.variable("actor_state", ActorState, start=ActorState.CONNECTED, doc="The actor's state.")
    part.variable("reason", Reason, start=Reason.NONE, doc="Why the actor is in its error state.")
    part.variable("block_failed", bool, start=False, doc="The error state's block could not be put in place.")
    part.variable("was_connected", bool, start=False, doc="The error came after a connection: restart reconnects.")
    part.variable("prior_key", bool, start=False, doc="The key was rotated; the prior one is still in use.")
    part.derived("in_error", _ERROR, "The actor reports its error state.")
    part.derived("error_unblocked", _ERROR & block_failed, "The actor reports that it blocks, and does not.")
    _start(part)
    _connection(part)
    _enter_error(part)
    _leave_error(part)
    _keys(part)
    return part


def _start(part: Component) -> None:
    begun = {reason: Reason.NONE}
    failed = {actor_state: ActorState.ERROR, was_connected: False, block_failed: False}
    part.action(
        "connected",
        when=_ALIVE & (actor_state == ActorState.INITIAL),
        outcomes=[
            outcome("connects", {actor_state: ActorState.CONNECTING, **begun}),
            outcome("negotiates", {actor_state: ActorState.NEGOTIATING, **begun}),
            # The first routes lead to loopback and are still in force, so an error at the start does block.
            outcome("errs", {**failed, reason: Reason.SETTINGS}),
            outcome("errs_locked", {**failed, reason: Reason.DEVICE_LOCKED}),
        ],
        fair=STRONG,
        source=sources.REDUCER.at("start reads the settings, then connects or negotiates; an exception is an error"),
        doc="A1: the actor leaves its initial state.",
    )
    part.action(
        "negotiated",
        when=_ALIVE & (actor_state == ActorState.NEGOTIATING),
        then={actor_state: ActorState.CONNECTING},
        fair=WEAK,
        source=sources.POST_QUANTUM.at("negotiation done, the connection goes on"),
        doc="A19: the ephemeral peer is negotiated.",
    )


def _connection(part: Component) -> None:
    part.action(
        "connection_established",
        when=_ALIVE & _SEEKS & (network == Network.REACHABLE),
        then={actor_state: ActorState.CONNECTED},
        fair=STRONG,
        source=sources.REDUCER.at("connectionEstablished leads from connecting and reconnecting to connected"),
        doc="A3: a relay answers.",
    )
    part.action(
        "connection_lost",
        when=_ALIVE & (_SEEKS | (actor_state == ActorState.CONNECTED)),
        then={
            actor_state: choose(actor_state == ActorState.CONNECTING, ActorState.CONNECTING, ActorState.RECONNECTING)
        },
        source=sources.REDUCER.at("connectionLost restarts with a random relay"),
        doc="A5: the monitor has lost the connection.",
    )
    part.action(
        "reconnect",
        actor=USER,
        when=_ALIVE & (_SEEKS | actor_state.is_in(ActorState.CONNECTED, ActorState.NEGOTIATING)),
        outcomes=[
            outcome("connects", {actor_state: _target()}),
            outcome("negotiates", {actor_state: ActorState.NEGOTIATING}),
        ],
        price=1,
        source=sources.REDUCER.at("reconnect restarts the connection"),
        doc="A7, U5: a change of settings other than Force all apps reconnects inside the provider.",
    )


def _target() -> object:
    connected = actor_state.is_in(ActorState.CONNECTED, ActorState.RECONNECTING)
    return choose(connected, ActorState.RECONNECTING, ActorState.CONNECTING)


def _enter_error(part: Component) -> None:
    now_connected = choose(
        actor_state == ActorState.ERROR,
        was_connected,
        actor_state.is_in(ActorState.CONNECTED, ActorState.RECONNECTING),
    )
    blocks = [
        outcome("blocks", {block_failed: False}, when=configuration.error_state_has_routes),
        outcome("block_fails", {block_failed: True}),
    ]
    begun = _ALIVE & (actor_state != ActorState.INITIAL)
    entered = {actor_state: ActorState.ERROR, was_connected: now_connected}
    part.action(
        "enter_error",
        choose={"raised": Reason},
        when=begun & (reason != name("raised")) & ~name("raised").is_in(Reason.NONE, Reason.OFFLINE),
        then={**entered, reason: name("raised")},
        outcomes=blocks,
        source=sources.ERROR_STATE.at("the adapter is rebuilt with a dummy peer; a failure to do so is logged"),
        doc="A9, A10, P4: the actor enters its error state, or enters it for another reason.",
    )
    part.action(
        "go_offline",
        when=begun & (network == Network.UNREACHABLE) & (reason != Reason.OFFLINE),
        then={**entered, reason: Reason.OFFLINE},
        outcomes=blocks,
        fair=WEAK,
        source=sources.ACTOR.at("an unreachable path is the error offline"),
        doc="A11: the path becomes unreachable.",
    )


def _leave_error(part: Component) -> None:
    left = {actor_state: _BACK, **_NO_ERROR}
    part.action(
        "restore_connectivity",
        when=_ERROR
        & (network == Network.REACHABLE)
        & reason.is_in(Reason.OFFLINE, Reason.SETTINGS, Reason.DEVICE_LOCKED),
        then=left,
        fair=WEAK,
        source=sources.ACTOR_STATE.at("the errors that the network's return ends"),
        doc="A12: the path becomes reachable.",
    )
    part.action(
        "retry_locked",
        when=_ERROR & (reason == Reason.DEVICE_LOCKED),
        then=left,
        fair=WEAK,
        source=sources.TIMINGS.at("deviceLocked alone restarts by a timer, every 5 s"),
        doc="A13: the timer of a locked device.",
    )
    part.action(
        "reconnect_from_error",
        actor=USER,
        when=_ERROR & (reason != Reason.OFFLINE),
        then=left,
        source=sources.REDUCER.at("reconnect is honoured in every error but offline"),
        doc="A7: a reconnect from the app ends an error.",
    )


def _keys(part: Component) -> None:
    part.action(
        "key_rotated",
        when=_ALIVE & (actor_state != ActorState.INITIAL) & ~prior_key,
        then={prior_key: True},
        source=sources.REDUCER.at("notifyKeyRotated keeps the prior key in use for 120 s"),
        doc="A18: the key was rotated.",
    )
    part.action(
        "switch_key",
        when=_ALIVE & prior_key,
        then={
            prior_key: False,
            actor_state: choose(actor_state.is_in(ActorState.ERROR, ActorState.INITIAL), actor_state, _target()),
        },
        fair=WEAK,
        source=sources.TIMINGS.at("after 120 s the current key is used, with a reconnect unless in error"),
        doc="A18: the current key is used.",
    )
