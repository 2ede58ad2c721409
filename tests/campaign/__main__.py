"""Run the campaign for as long as wanted: ``python -m tests.campaign ENGINE EXAMPLES SEED``; prints the counts."""

from __future__ import annotations

import sys
from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.campaign import compare
from tests.systems.questions import questions

from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim


def main(engine: str, examples: int, start: int) -> None:
    """Compare the engine with the oracle on so many random questions; a disagreement is raised as it is, not shrunk."""
    counts: Counter[str] = Counter()

    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(questions())
    def campaign(question: tuple[System, Claim]) -> None:
        counts["questions"] += 1
        compare(*question, engine, counts)

    try:
        campaign()
    finally:
        for what, number in sorted(counts.items()):
            print(f"{number:7d} {what}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
