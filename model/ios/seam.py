"""What the other actors need of the tunnel, so that its two sizes can be exchanged for each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tunnelproof.model.ios.vocabulary import (
    consent,
    force_all_apps,
    provider_saw_force_all_apps,
)
from tunnelproof.model.language.component import Component
from tunnelproof.model.language.terms import Name, Term

Effects = Mapping[Name, object]


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A tunnel actor in its provider process, in one of its sizes.

    The components must define the derived names `up`, `down`, `reconnecting`, `routes_in_force`, `secured`, `in_error`
    and `error_unblocked`. ``started`` and the others are what happens when somebody else starts or ends the session.
    """

    components: tuple[Component, ...]
    may_start: Term  # the app may start a provider, none being on its way out
    started: Effects  # the provider has set its first routes
    stopped: Effects  # the system calls stop on the provider, if one runs
    ended: Effects  # the process is gone: crash, reboot
    hard_reconnect: Effects  # the app stops the session, to start it again

    @property
    def start(self) -> Effects:
        """What every start does. The user's consent to be exposed ends here; old flows may stay where they are."""
        return {**self.started, consent: False, provider_saw_force_all_apps: force_all_apps}


__all__ = ["Effects", "Tunnel"]
