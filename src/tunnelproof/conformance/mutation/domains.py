"""Whether a mutant is a system at all: every configuration has a start, and no assignment leaves its domain."""

from __future__ import annotations

from collections.abc import Iterable

from tunnelproof.conformance.mutation.behaviour import Behaviour
from tunnelproof.model.language.domains import contains
from tunnelproof.model.language.ranges import unsafe_assignments
from tunnelproof.model.language.system import Action
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.semantics.step import Environment, Values


def unfit(client: Behaviour, configurations: Iterable[Values], limit: int) -> bool | None:
    """Say whether a configuration has no start, or a value may leave its domain in a reachable state.

    ``None`` if more than ``limit`` pairs would have to be met to know it.
    """
    rows = list(configurations)
    if not all(client.starts(row) for row in rows):
        return True
    unsafe = [(action, outcome) for action, outcome, *_ in unsafe_assignments(client.system)]
    if not unsafe:
        return False
    pending = [client.pairs.number(row, state) for row in rows for state in client.starts(row)]
    met = set(pending)
    while pending:
        pair = pending.pop()
        if any(_leaves(client, pair, action, outcome) for action, outcome in unsafe):
            return True
        after = {target for _, target in client.steps(pair)} - met
        if len(met) + len(after) > limit:
            return None
        met |= after
        pending += after
    return False


def _leaves(client: Behaviour, pair: int, action: Action, name: str) -> bool:
    configuration, state = client.pairs.of[pair]
    outcome = next(o for o in action.outcomes if o.name == name)
    for choice in action.choices:
        env = Environment(client.system, configuration, state)
        env.update(choice)
        if evaluate(action.guard, env) and evaluate(outcome.when, env):
            assigned = ((client.system.domains[n], evaluate(expr, env)) for n, expr in outcome.effects)
            if not all(contains(domain, value) for domain, value in assigned):
                return True
    return False
