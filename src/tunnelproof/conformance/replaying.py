"""A trace taken on an implementation, as a plain test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tunnelproof.conformance.adapter import Adapter
from tunnelproof.conformance.lockstep import Lockstep
from tunnelproof.conformance.starting import checked_configuration, starts
from tunnelproof.conformance.tracing import Start, environments
from tunnelproof.errors import UsageError
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.verification.runs import Run


def replay(
    trace: Run | Sequence[Step], system: System, configuration: Mapping[str, Value] | None, adapter: Adapter
) -> None:
    """Lead the adapter along the trace and compare what it observes with the model at every point.

    ``configuration`` may be ``None`` for a `Run`, which has its own. A run that loops is gone round once. Steps alone
    start in the least initial state from which the model can take them all. Raises `ConformanceFailure` where the
    adapter does otherwise, and a `TunnelproofError` if the model has no such run.
    """
    start, steps = start_of(trace, system, configuration)
    lockstep = Lockstep(system, adapter, start)
    for step in steps:
        if lockstep.take(step) != step:
            raise lockstep.failure(f"the trace cannot be followed, it has the outcome {step.outcome!r} here")


def start_of(
    trace: Run | Sequence[Step], system: System, configuration: Mapping[str, Value] | None
) -> tuple[Start, tuple[Step, ...]]:
    """Return where the trace starts, and its steps. Raises `TunnelproofError` if there is no such run."""
    given = trace.configuration if isinstance(trace, Run) and configuration is None else configuration
    fixed = trace.states[0] if isinstance(trace, Run) else None
    steps = tuple(trace.steps if isinstance(trace, Run) else trace)
    candidates = starts(system, checked_configuration(system, given or {}), fixed)
    refusal: UsageError | None = None
    for start in candidates:
        try:
            environments(system, start, steps)
            return start, steps
        except UsageError as error:
            refusal = refusal or error
    assert refusal is not None  # there is at least one candidate
    raise refusal
