"""Which faults the suite catches, how far it shrinks them, and how long that takes: ``python faults.py``.

``python faults.py FAULT`` shows one failure as whoever runs the suite sees it: what differs, and a plain test.
"""

import io
import sys
import time
from contextlib import redirect_stdout

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

# At which action, and after how many steps.
CAUGHT = {
    Fault.LEAK_ON_REPLACEMENT: ("stop", 4),
    Fault.LEAK_ON_NETWORK_CHANGE: ("change", 3),
    Fault.LEAK_ON_GIVING_UP: ("handshake", 4),
    Fault.BLOCKED_AFTER_DISCONNECT: ("disconnect", 2),
    Fault.RETRY_LOOP: ("handshake", 4),
    Fault.COUNT_NOT_RESET: ("handshake", 6),
    Fault.SETTING_LOST_ON_MIGRATION: ("start", 4),
    Fault.TUNNEL_NOT_RESTORED: ("start", 5),
    Fault.ALERT_TOO_LATE: ("check", 2),
    Fault.UPDATE_OFFERED_AGAIN: ("check", 5),
}


def suite_fails(fault: Fault | None) -> ConformanceFailure | None:
    """Run the whole suite on a client with the fault; return its failure, shrunk, if there is one."""
    machine = state_machine(system, ClientAdapter(fault), claims=[NO_LEAK])
    try:
        run_state_machine_as_test(machine, settings=SETTINGS)
    except ConformanceFailure as failure:
        return failure
    return None


def row(fault: Fault | None) -> str:
    """Return a line of the table."""
    began = time.process_time()
    with redirect_stdout(io.StringIO()):  # the plain test
        failure = suite_fails(fault)
    seconds = time.process_time() - began
    caught, steps = (failure.action, failure.steps) if failure else ("-", ())
    name = fault.name.lower() if fault else "none"
    return f"{name:27}{caught:11}{len(steps) or '-':>5}{seconds:9.1f}  {', '.join(map(str, steps))}".rstrip()


def main(fault: str = "") -> None:
    """Print the table, or one failure."""
    if fault:
        print(suite_fails(Fault[fault.upper()]))
        return
    print(f"{'fault':27}{'caught at':11}{'steps':>5}{'CPU s':>9}  shortest run")
    for each in (None, *Fault):
        print(row(each), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
