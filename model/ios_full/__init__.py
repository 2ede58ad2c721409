"""The iOS model with the whole tunnel actor, rows A1 to A19, and the provider's launch and stop as states.

All other actors are those of `tunnelproof.model.ios`. Supervised Always On has no provider, so it is left out here.
`project` shows each state of this model as one of `ios`.
"""

from __future__ import annotations

from tunnelproof.model.ios import AUTOMATIC, around
from tunnelproof.model.ios.configuration import always_on, configurations
from tunnelproof.model.ios_full.process import full_tunnel
from tunnelproof.model.ios_full.projection import project
from tunnelproof.model.language.component import compose
from tunnelproof.model.language.system import System


def ios_full() -> System:
    """Return the iOS model with the full tunnel actor."""
    configuration = configurations()
    configuration.require(~always_on)
    return compose(
        "ios-full",
        title="The same with the whole tunnel actor",
        configuration=configuration,
        components=around(full_tunnel()),
    )


__all__ = ["AUTOMATIC", "ios_full", "project"]
