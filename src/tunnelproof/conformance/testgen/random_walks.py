"""Random runs of a model: what any better way to choose tests has to be measured against."""

from __future__ import annotations

import random

from tunnelproof.conformance.starting import space_of, starts
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.semantics.step import Values, successors
from tunnelproof.verification.suites import Coverage, Suite, Test


def random_walks(system: System, tests: int, steps: int, seed: int, *, where: Expr | str | None = None) -> Suite:
    """Return so many tests of at most so many steps: a configuration, a start and steps drawn evenly each time.

    A test is shorter only where nothing is possible any more. Equal arguments give equal tests. The coverage counts
    nothing: see `goals_met`. Raises a `TunnelproofError` if no configuration is left.
    """
    draw = random.Random(seed)
    space = space_of(system, where)
    found = []
    for number in range(tests):
        configuration: dict[str, Value] = {}
        for factor in space.asked:
            configuration.update(zip(factor.names, draw.choice(factor.rows), strict=True))
        configuration = {name: configuration[name] for name in space.named}
        start = draw.choice(starts(system, configuration))
        row = tuple(configuration.values())
        state: Values = tuple(start.state[v.name] for v in system.variables)
        taken = []
        for _ in range(steps):
            possible = list(successors(system, row, state))
            if not possible:
                break
            step, state = draw.choice(possible)
            taken.append(step)
        found.append(Test(system, configuration, start.state, tuple(taken), f"random_{number + 1:04d}"))
    used = len({tuple(test.configuration.values()) for test in found})
    return Suite(system, tuple(found), Coverage("random", "", space.count(), used, 0, 0, 0))
