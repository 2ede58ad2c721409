"""The runs that the suite comes out with are not merely short: no shorter one shows the fault."""

import pytest
from adapter import ClientAdapter
from faults import CAUGHT
from vpn_client import Fault
from vpn_model import system

from tunnelproof.conformance import ConformanceFailure
from tunnelproof.conformance.lockstep import Lockstep
from tunnelproof.conformance.starting import starts
from tunnelproof.conformance.tracing import Start
from tunnelproof.model.language.system import Step


def led(fault: Fault, start: Start, steps: tuple[Step, ...]) -> tuple[Lockstep, ClientAdapter]:
    """Lead a client with the fault along the steps."""
    adapter = ClientAdapter(fault)
    lockstep = Lockstep(system, adapter, start)
    for step in steps:
        lockstep.take(step)
    return lockstep, adapter


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name.lower())
def test_no_shorter_run_shows_the_fault(fault: Fault) -> None:
    """All runs of the model are tried, shortest first; one that leads where another led is not followed."""
    runs: list[tuple[Start, tuple[Step, ...]]] = [
        (s, ()) for k in (False, True) for s in starts(system, {"kill_switch": k})
    ]
    seen: set[tuple[object, ...]] = set()
    for length in range(1, CAUGHT[fault][1] + 1):
        longer, failed = [], False
        for start, steps in runs:
            for step in led(fault, start, steps)[0].possible:
                try:
                    lockstep, adapter = led(fault, start, (*steps, step))
                except ConformanceFailure:
                    failed = True
                    continue
                here = (lockstep.configuration, lockstep.state, repr(adapter.device), repr(adapter.client))
                if lockstep.steps[-1] == step and here not in seen:
                    seen.add(here)
                    longer.append((start, (*steps, step)))
        runs = longer
        assert failed == (length == CAUGHT[fault][1]), f"{length} steps"
