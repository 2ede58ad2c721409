"""How a state of `ios-full` looks in `ios`: the other variables are the same, the tunnel's are worked out."""

from __future__ import annotations

from collections.abc import Mapping

from tunnelproof.model.ios.vocabulary import Fault, Session, StopCall
from tunnelproof.model.ios_full.vocabulary import ActorState, Process
from tunnelproof.model.language.domains import Value

_FULL_ONLY = ("process", "actor_state", "reason", "block_failed", "was_connected", "prior_key", "app_restarts")


def project(state: Mapping[str, Value]) -> dict[str, Value]:
    """Return the state of `ios` that a state of `ios-full` stands for.

    Every step of `ios-full` is then a step of `ios` between projected states, or leaves the projected state as it is.
    """
    shared = {name: value for name, value in state.items() if name not in _FULL_ONLY}
    return {**shared, "session": _session(state).value, "fault": _fault(state).value}


def _alive(state: Mapping[str, Value]) -> bool:
    return state["process"] == Process.RUNNING and state["stop_call"] == StopCall.IDLE


def _session(state: Mapping[str, Value]) -> Session:
    if _alive(state):
        return Session.STARTING if state["actor_state"] == ActorState.INITIAL else Session.UP
    return Session.RECONNECTING if state["app_restarts"] else Session.DOWN


def _fault(state: Mapping[str, Value]) -> Fault:
    if not _alive(state) or state["actor_state"] != ActorState.ERROR:
        return Fault.NONE
    return Fault.UNBLOCKED if state["block_failed"] else Fault.BLOCKING
