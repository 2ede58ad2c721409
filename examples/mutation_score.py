"""What suites made from a model are worth: how many of its mutants each catches (docs/mutation-score.md).

``python examples/mutation_score.py MODEL [--where FORMULA] [--observed NAME,…] [--criteria NAME,…] [--seeds N]
[--walks TESTSxSTEPS]``
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Sequence

from tunnelproof.conformance.mutation import Difference, Operator, Score, Trial
from tunnelproof.conformance.starting import space_of
from tunnelproof.conformance.testgen import random_walks, suite
from tunnelproof.interchange.model_source import load_model
from tunnelproof.verification.suites import Suite


def main() -> None:
    """Print a table of the mutants by operator, and one of the suites."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--where")
    parser.add_argument("--observed")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--criteria", default="transitions,actions")
    parser.add_argument("--walks", help="how many and how long the random walks are; by default, as the suite's tests")
    asked = parser.parse_args()
    system = load_model(asked.model).system
    names = tuple(v.name for v in system.configuration)
    configurations = [dict(zip(names, row, strict=True)) for row in space_of(system, asked.where).project(names)]
    trial = Trial(system, configurations, observed=asked.observed.split(",") if asked.observed else None)
    print(f"{asked.model}: {len(configurations)} configurations, {len(trial.mutants)} mutants", flush=True)
    first = True
    for criterion in asked.criteria.split(","):
        made = suite(system, criterion, where=asked.where)
        score = _shown(criterion, made, trial)
        if first:
            _table(score)
            first = False
        added = trial.aimed(score)
        steps = sum(len(test.steps) for test in added)
        after = trial.score((*made.tests, *added))
        print(
            f"  + {len(added)} tests, {steps} steps, for the survivors: {after.caught} of {after.counted}", flush=True
        )
        if asked.walks:
            number, long = map(int, asked.walks.split("x"))
            _random(trial, [(number, long)], asked.where, asked.seeds)
        elif asked.seeds:
            long, rest = divmod(made.steps, len(made.tests))
            _random(trial, [(rest, long + 1), (len(made.tests) - rest, long)], asked.where, asked.seeds)
    print(f"{time.process_time():.0f} s of processor time")


def _shown(name: str, made: Suite, trial: Trial) -> Score:
    score = trial.score(made.tests)
    share = f"{score.share:.1%}" if score.share is not None else "-"
    size = f"{len(made.tests)} tests, {made.steps} steps"
    print(f"{name}: {size}: {score.caught} of {score.counted} caught, {share}", flush=True)
    return score


def _random(trial: Trial, parts: Sequence[tuple[int, int]], where: str | None, seeds: int) -> None:
    """Try walks, so many of so many steps, with one seed after the other."""
    shares, steps = [], []
    for seed in range(seeds):
        walks = [random_walks(trial.system, many, length, seed, where=where) for many, length in parts if many]
        tests = tuple(test for walk in walks for test in walk.tests)
        score = trial.score(tests)
        shares.append(100 * (score.share or 0.0))
        steps.append(sum(len(test.steps) for test in tests))
    spread = f"from {min(shares):.1f} to {max(shares):.1f}, deviation {statistics.pstdev(shares):.1f}"
    mean = f"{statistics.mean(shares):.1f} %"
    print(f"  random walks, {seeds} seeds, {statistics.mean(steps):.0f} steps: {mean} ({spread})", flush=True)


def _table(score: Score) -> None:
    """Print what can become of the mutants of each operator; what no test caught of those seen counts as seen."""
    known = Counter((one.mutant.operator, one.distinction.difference) for one in score.tried)
    print(f"  {'':30}" + "".join(f"{d:>12}" for d in Difference) + f"{'left out':>12}")
    for operator in Operator:
        counts = [known[operator, difference] for difference in Difference]
        row = "".join(f"{count:12}" for count in (*counts, score.left_out.get(operator, 0)))
        print(f"  {operator:30}{row}")
    totals = [sum(known[operator, difference] for operator in Operator) for difference in Difference]
    print(f"  {'all':30}" + "".join(f"{count:12}" for count in (*totals, sum(score.left_out.values()))), flush=True)


if __name__ == "__main__":
    main()
