"""The transition relation: initial states, enabled steps, successors.

A state is the tuple of the variables' values in declaration order, a configuration likewise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from tunnelproof.model.language.domains import Value, contains
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import Action, Outcome, Step, System
from tunnelproof.semantics.evaluate import NOTHING, Incoming, evaluate

Values = tuple[Value, ...]


class Environment(dict[str, Value]):
    """The values of all names of one (configuration, state) pair; derived names are worked out when first read."""

    def __init__(self, system: System, configuration: Values, state: Values) -> None:
        super().__init__(zip((v.name for v in system.configuration), configuration, strict=True))
        self.update(zip((v.name for v in system.variables), state, strict=True))
        self._definitions = system.definitions

    def __missing__(self, name: str) -> Value:
        value = evaluate(self._definitions[name].definition, self)
        self[name] = value
        return value


def initial_states(system: System, configuration: Values, fixed: Mapping[str, Value] | None = None) -> list[Values]:
    """Return every initial state of the configuration, least first (in the order of the domains' values).

    With ``fixed``, only those in which the named variables have the given values.
    """
    rigid = dict(zip((v.name for v in system.configuration), configuration, strict=True))
    choices = []
    for variable in system.variables:
        if variable.start is None:
            choices.append(variable.domain.values)
        else:
            wanted = {evaluate(expr, rigid) for expr in variable.start}
            choices.append(tuple(v for v in variable.domain.values if v in wanted and _same_type(v, wanted)))
        if fixed is not None and variable.name in fixed:
            choices[-1] = tuple(v for v in choices[-1] if v == fixed[variable.name])
    return [state for state in product(*choices) if _initial(system, configuration, state)]


def successor(system: System, configuration: Values, state: Values, step: Step) -> Values | None:
    """Return the state after the step, or ``None`` where the step does not exist."""
    action = system.action_named[step.action]
    result = next(o for o in action.outcomes if o.name == step.outcome)
    env = Environment(system, configuration, state)
    env.update(step.parameters)
    return apply_step(system, action, result, env, state)


def apply_step(
    system: System, action: Action, result: Outcome, env: Mapping[str, Value], state: Values
) -> Values | None:
    """Return the state after the outcome, or ``None`` if guard or condition fail or a value would leave its domain."""
    if not evaluate(action.guard, env) or not evaluate(result.when, env):
        return None
    assigned = {name: evaluate(expr, env) for name, expr in result.effects}
    if not all(contains(system.domains[name], value) for name, value in assigned.items()):
        return None  # reported by the claim model.stays-in-domains
    return tuple(assigned.get(v.name, old) for v, old in zip(system.variables, state, strict=True))


def successors(system: System, configuration: Values, state: Values) -> Iterator[tuple[Step, Values]]:
    """Yield every step of the state with the state after it, in declaration order."""
    env = Environment(system, configuration, state)
    for action in system.actions:
        for choice in action.choices:
            inner = env if not choice else _with(env, system, configuration, state, choice)
            for result in action.outcomes:
                after = apply_step(system, action, result, inner, state)
                if after is not None:
                    yield Step(action.name, choice, result.name), after


def holds(system: System, formula: Expr, configuration: Values, state: Values, incoming: Incoming = NOTHING) -> bool:
    """Say whether a formula holds at a point: a state and the step that led to it."""
    return bool(evaluate(formula, Environment(system, configuration, state), incoming))


def _with(
    env: Environment, system: System, configuration: Values, state: Values, choice: tuple[tuple[str, Value], ...]
) -> Environment:
    inner = Environment(system, configuration, state)
    dict.update(inner, env)
    inner.update(choice)
    return inner


def _initial(system: System, configuration: Values, state: Values) -> bool:
    return all(holds(system, formula, configuration, state) for formula in system.initially)


def _same_type(value: Value, wanted: set[Value]) -> bool:
    return any(type(value) is type(w) and value == w for w in wanted)
