"""Which faults the suite catches, how far it shrinks them, and how long that takes: ``python faults.py``."""

import time

from adapter import ClientAdapter
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from vpn_client import Fault
from vpn_model import NO_LEAK, system

from tunnelproof.conformance import ConformanceFailure, state_machine

SETTINGS = settings(
    max_examples=100,
    stateful_step_count=30,
    derandomize=True,  # the same runs every time; leave it out to try others each time
    database=None,
    deadline=None,
    phases=[Phase.generate],  # the machine itself leaves out what a failing run does not need, which is faster
    suppress_health_check=[HealthCheck.too_slow],
)


def suite_fails(fault: Fault | None) -> ConformanceFailure | None:
    """Run the whole suite on a client with the fault; return its failure, shrunk, if there is one."""
    machine = state_machine(system, ClientAdapter(fault), claims=[NO_LEAK])
    try:
        run_state_machine_as_test(machine, settings=SETTINGS)
    except ConformanceFailure as failure:
        return failure
    return None


if __name__ == "__main__":
    print(f"{'fault':27}{'caught at':11}{'steps':>5}{'seconds':>9}  shortest run")
    for fault in (None, *Fault):
        began = time.monotonic()
        failure = suite_fails(fault)
        row = f"{fault.name.lower() if fault else 'none':27}"
        if failure:
            row += f"{failure.action:11}{len(failure.steps):5}{time.monotonic() - began:9.1f}  "
            row += ", ".join(map(str, failure.steps))
        else:
            row += f"{'-':11}{'-':>5}{time.monotonic() - began:9.1f}"
        print(row)
