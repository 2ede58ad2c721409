"""What suites made by testgen are worth here: how many of the faults each of them catches: ``python suites.py``."""

import time
from collections.abc import Sequence

from adapter import ClientAdapter
from vpn_client import Fault
from vpn_model import claims, system

from tunnelproof.conformance import ConformanceFailure, replay
from tunnelproof.conformance.testgen import Suite, Test, random_walks, suite

SEEDS = range(10)


def fails(tests: Sequence[Test], fault: Fault | None) -> bool:
    """Say whether some test fails on a client with the fault. Whatever the client raises is a failure too."""
    for test in tests:
        try:
            replay(test.steps, system, test.configuration, ClientAdapter(fault))
        except (ConformanceFailure, RuntimeError):
            return True
    return False


def caught(made: Suite) -> set[Fault]:
    """Return the faults that the suite catches; a client without a fault has to pass."""
    assert not fails(made.tests, None), "the client without a fault fails"
    return {fault for fault in Fault if fails(made.tests, fault)}


def main() -> None:
    """Print the table."""
    print(f"{'suite':24}{'tests':>6}{'steps':>7}{'caught':>9}{'CPU s':>8}  not caught")
    for criterion in ("actions", "claims", "counterexamples", "transitions"):
        for each in (False, True) if criterion in ("actions", "claims") else (False,):
            began = time.process_time()
            made = suite(system, criterion, claims=claims, each=each)
            found = caught(made)
            seconds = time.process_time() - began
            missed = ", ".join(fault.name.lower() for fault in Fault if fault not in found)
            name = criterion + (" --each" if each else "")
            shown = f"{len(found)} of {len(Fault)}"
            print(f"{name:24}{len(made.tests):>6}{made.steps:>7}{shown:>9}{seconds:>8.1f}  {missed}".rstrip())
            walks = [random_walks(system, len(made.tests), -(-made.steps // len(made.tests)), s) for s in SEEDS]
            mean = sum(len(caught(walk)) for walk in walks) / len(walks)
            print(f"{'  random walks':24}{len(made.tests):>6}{walks[0].steps:>7}{mean:>6.1f}")


if __name__ == "__main__":
    main()
