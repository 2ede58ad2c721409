"""A run of the model by its steps: the states along it, and why a step does not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tunnelproof.errors import UsageError, near
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import conjuncts, reads
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.system import Source, Step, System
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.semantics.step import Environment, Values, successor


@dataclass(frozen=True, slots=True)
class Start:
    """Where a run begins: a valid configuration and one of its initial states."""

    configuration: Mapping[str, Value]
    state: Mapping[str, Value]


def environments(system: System, start: Start, steps: Sequence[Step]) -> list[Environment]:
    """Return the values of all names at the start and after each step.

    Raises `UsageError` with the first step that does not exist, and why.
    """
    row = tuple(start.configuration[v.name] for v in system.configuration)
    state: Values = tuple(start.state[v.name] for v in system.variables)
    found = [Environment(system, row, state)]
    for number, step in enumerate(steps, 1):
        after = successor(system, row, state, step) if step in system.steps else None
        if after is None:
            message = f"the model has no such run: step {number}, {step}: {obstacle(system, row, state, step)}"
            raise UsageError("TP073", message, hint="has the model changed since the trace was made?")
        state = after
        found.append(Environment(system, row, state))
    return found


def obstacle(system: System, configuration: Values, state: Values, step: Step) -> str:
    """Say why the state has no such step: the first condition that fails."""
    action = system.action_named.get(step.action)
    if action is None:
        return f"there is no action {step.action!r} ({near(step.action, system.action_named)})"
    outcomes = {o.name: o for o in action.outcomes}
    if step.outcome not in outcomes:
        return f"there is no outcome {step.outcome!r} ({near(step.outcome, outcomes)})"
    if step.parameters not in action.choices:
        return f"the action cannot have the parameters {dict(step.parameters)!r}"
    env = Environment(system, configuration, state)
    env.update(step.parameters)
    for role, formula in (("guard", action.guard), ("outcome's condition", outcomes[step.outcome].when)):
        for part in conjuncts(formula):
            if not evaluate(part, env):
                read = ", ".join(f"{name} is {env[name]!r}" for name in sorted(reads(part)))
                return f"the {role} '{format_formula(part, env)}' does not hold" + (f", {read}" if read else "")
    return "a value would leave its variable's domain"


def cite(source: Source | None) -> str:
    """Return a source on one line."""
    if source is None:
        return "none given"
    return source.at + (f": {source.says}" if source.says else "") + f" ({source.confidence})"
