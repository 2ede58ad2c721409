"""Write the log of a random run of a model, as a device that is like the model would: JSON lines for `conform`.

python examples/write_log.py smallest 1000000 --hide fetch,relaunch --lose 0.01 > long.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from functools import lru_cache

from tunnelproof.conformance.starting import space_of
from tunnelproof.interchange.model_source import load_model
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Values, initial_states, successors


def run_of(system: System, configuration: Values, choice: random.Random) -> Iterator[Step]:
    """Yield the steps of a random run, until none is possible."""

    @lru_cache(maxsize=100_000)
    def leaving(state: Values) -> list[tuple[Step, Values]]:
        return list(successors(system, configuration, state))

    state = choice.choice(initial_states(system, configuration))
    while steps := leaving(state):
        step, state = choice.choice(steps)
        yield step


def record(step: Step, time: int) -> dict[str, object]:
    """Return the step as an event of a log that speaks the model's language."""
    event: dict[str, object] = {"t": time, "ev": step.action}
    if step.parameters:
        event["parameters"] = dict(step.parameters)
    if step.outcome:
        event["outcome"] = step.outcome
    return event


def main() -> None:
    """Write as many events as are wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("events", type=int)
    parser.add_argument("--hide", default="", help="actions that are never logged, with commas between them")
    parser.add_argument("--lose", type=float, default=0.0, help="which part of the other events is lost")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()

    system, choice = load_model(asked.model).system, random.Random(asked.seed)
    space, names = space_of(system), [v.name for v in system.configuration]
    configuration = choice.choice(space.project(names))
    hidden, written = set(asked.hide.split(",")), 0
    for time, step in enumerate(run_of(system, configuration, choice)):
        if step.action not in hidden and choice.random() >= asked.lose:
            sys.stdout.write(json.dumps(record(step, time)) + "\n")
            written += 1
            if written == asked.events:
                return


if __name__ == "__main__":
    main()
