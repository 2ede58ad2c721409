"""Implementations held against the model: property-based suites, and traces replayed as plain tests.

An `Adapter` connects the implementation. `state_machine` lets Hypothesis drive it through everything that the model
allows, `replay` leads it through one trace, and `as_plain_test` writes a trace down as a test that needs neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunnelproof.conformance.adapter import Adapter
from tunnelproof.conformance.lockstep import ConformanceFailure
from tunnelproof.conformance.plain_test import as_plain_test
from tunnelproof.conformance.replaying import replay
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Invariant

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine


def state_machine(
    system: System, adapter: Adapter, *, where: Expr | str | None = None, claims: Iterable[Invariant] = ()
) -> type[RuleBasedStateMachine]:
    """Return a Hypothesis state machine whose runs are the model's, each step also done by the adapter.

    A run draws a valid configuration (in which ``where`` holds) and one of its initial states. Each action has a rule,
    enabled where the model has a step of it; parameters and outcome are drawn from those steps. At the start and after
    each rule, what the adapter observes must agree with the model's state: `ConformanceFailure` says where it does not.
    The invariants in ``claims`` are checked of the model's states.

    Use it as ``TestClient = state_machine(system, adapter).TestCase``. Raises a `TunnelproofError` if no configuration
    is left or a claim cannot be checked in this way.
    """
    from tunnelproof.conformance.machine import build  # here, because Hypothesis takes long to import

    return build(system, adapter, where, tuple(claims))


__all__ = ["Adapter", "ConformanceFailure", "as_plain_test", "replay", "state_machine"]
