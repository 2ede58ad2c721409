"""The tunnel actor inside the provider, reduced to its error state: domain rows A9, A10, A12, A13.

Connecting, connected, negotiating and reconnecting to a relay are one state here, `up` of the session: the routes are
the same in all of them, so the policy is, and a relay is reached sooner or later. `ios-full` has every row.
"""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.vocabulary import PROVIDER, Fault, Session, fault, session
from tunnelproof.model.language.component import WEAK, Component, outcome


def tunnel_actor() -> Component:
    """Return the actor's error state, which a sound build enters with its block in place, or not."""
    part = Component("tunnel", actor=PROVIDER)
    part.variable("fault", Fault, start=Fault.NONE, doc="The actor's error state.")
    part.derived("in_error", fault != Fault.NONE, "The actor reports its error state.")
    part.derived(
        "error_unblocked",
        fault == Fault.UNBLOCKED,
        "The actor reports that it blocks, and does not.",
        source=sources.ERROR_STATE.at("a failure to configure the adapter is logged, the state is still error"),
    )
    part.action(
        "enter_error",
        when=(session == Session.UP) & ~configuration.always_on,
        outcomes=[
            outcome("blocks", {fault: Fault.BLOCKING}, when=configuration.error_state_has_routes),
            outcome("block_fails", {fault: Fault.UNBLOCKED}),
        ],
        source=sources.ERROR_STATE.at("the adapter is rebuilt with a dummy peer; that may fail"),
        doc="A9, A10: the actor enters its error state.",
    )
    part.action(
        "leave_error",
        when=fault != Fault.NONE,
        then={fault: Fault.NONE},
        fair=WEAK,
        source=sources.ACTOR_STATE.at("errors that the network's return or a timer ends"),
        doc="A12, A13: the actor restarts from its error state.",
    )
    return part
