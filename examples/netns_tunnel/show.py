"""The leak on the wire: the run that refutes ``no-leak``, and on until the tunnel is back. ``python show.py``."""

import sys

from adapter import TunnelAdapter
from network import Network, NotPermitted
from tunnel_model import NO_LEAK, system

from tunnelproof import prove
from tunnelproof.conformance import replay
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.system import Step
from tunnelproof.verification.runs import Run


def counterexample() -> Run:
    """Return the shortest run of the model that leaks."""
    leaking = prove(system, [NO_LEAK])[NO_LEAK.id].cell(Verdict.REFUTED)
    assert leaking is not None
    (run,) = leaking.evidence.runs
    return run


def main() -> None:
    """Replay the run with the kill switch off and on."""
    steps = (*counterexample().steps, Step("start"))
    with Network() as network:
        for kill_switch in (False, True):
            adapter = TunnelAdapter(network)
            replay(steps, system, {"kill_switch": kill_switch}, adapter)
            print(f"kill switch {'on' if kill_switch else 'off'}")
            for point, seen in zip(("at the start", *map(str, steps)), adapter.seen, strict=True):
                answered = "answered" if seen.answered else "no answer"
                print(f"  {point:14}{answered:11}{seen.inside} in the tunnel  ", *map(str, seen.outside))


if __name__ == "__main__":
    try:
        main()
    except NotPermitted as why:
        sys.exit(f"cannot be shown here: {why}")
