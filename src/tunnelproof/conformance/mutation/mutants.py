"""Mutants of a system: the same system with one rule changed, as a client that breaks this rule would have it.

A mutant is an ordinary `System`. Its actions have the names, parameters and outcomes of the original, so that it can be
asked for the same steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tunnelproof.errors import ModelError
from tunnelproof.model.language.domains import Domain, Value
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, Literal, conjoin, conjuncts, negate
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.system import Action, Outcome, System, Variable
from tunnelproof.model.language.wellformed import check_system
from tunnelproof.verification.mutation import Mutant, Operator

MOST_VALUES = 16  # a variable with more values is changed to the least and the greatest of them only


@dataclass(frozen=True)
class Mutants:
    """All mutants of a system that are systems, and how many were left out because they are not, by operator."""

    found: tuple[Mutant, ...]
    ill_formed: Counter[Operator]


def mutants(system: System) -> Mutants:
    """Return every mutant of the system, in declaration order of what is changed.

    * a guard without one of its conjuncts; with one of them negated; an action that is never possible;
    * an outcome without one of its effects; with another value of the variable's domain instead of what is assigned;
    * an outcome that never occurs, if the action has others;
    * an outcome that also occurs where its condition fails: there, it takes the place of the action's others;
    * a variable that starts with another value.
    """
    ill_formed: Counter[Operator] = Counter()
    found: dict[str, Mutant] = {}
    changes = [change for action in system.actions for change in _of_action(system, action)]
    changes += [change for variable in system.variables for change in _of_start(system, variable)]
    for mutant in changes:
        try:
            check_system(mutant.system)
        except ModelError:
            ill_formed[mutant.operator] += 1
        else:
            found.setdefault(mutant.name, mutant)  # a conjunct may be written twice
    return Mutants(tuple(found.values()), ill_formed)


def _of_action(system: System, action: Action) -> Iterator[Mutant]:
    def mutant(operator: Operator, what: str, changed: Action) -> Mutant:
        actions = tuple(changed if a.name == action.name else a for a in system.actions)
        whole = replace(system, actions=actions)
        return Mutant(f"{action.name}: {what}", operator, action.name, None, action.where, whole)

    scope = {*system.domains, *system.definitions, *(p.name for p in action.parameters)}
    yield from _of_guard(action, scope, mutant)
    for place, outcome in enumerate(action.outcomes):
        label = f"{outcome.name}: " if outcome.name else ""

        def put(changed: Outcome, at: int = place) -> Action:
            return replace(action, outcomes=(*action.outcomes[:at], changed, *action.outcomes[at + 1 :]))

        for operator, what, effects in _of_effects(system, outcome, scope):
            yield mutant(operator, label + what, put(replace(outcome, effects=effects)))
        if len(action.outcomes) > 1:
            yield mutant(Operator.OUTCOME_LOST, f"{label}never occurs", put(replace(outcome, when=FALSE)))
        if outcome.when != TRUE:
            what = f"{label}also where not {_written(outcome.when, scope)}"
            yield mutant(Operator.CONDITION_DROPPED, what, _taken_over(action, place))


def _of_guard(action: Action, scope: set[str], mutant: Callable[[Operator, str, Action], Mutant]) -> Iterator[Mutant]:
    parts = [part for part in conjuncts(action.guard) if part != TRUE]
    for place, part in enumerate(parts):
        others = (*parts[:place], *parts[place + 1 :])
        written = _written(part, scope)
        yield mutant(Operator.CONJUNCT_DROPPED, f"without {written}", replace(action, guard=conjoin(others)))
        turned = conjoin((*parts[:place], negate(part), *parts[place + 1 :]))
        yield mutant(Operator.CONJUNCT_NEGATED, f"only if not {written}", replace(action, guard=turned))
    yield mutant(Operator.ACTION_LOST, "never possible", replace(action, guard=FALSE))


def _of_effects(
    system: System, outcome: Outcome, scope: set[str]
) -> Iterator[tuple[Operator, str, tuple[tuple[str, Expr], ...]]]:
    for place, (name, assigned) in enumerate(outcome.effects):
        before, after = outcome.effects[:place], outcome.effects[place + 1 :]
        yield Operator.EFFECT_DROPPED, f"leaves {name} alone", (*before, *after)
        for value in _others(system.domains[name], (assigned,)):
            what = f"{name} becomes {_shown(value)}, not {_written(assigned, scope)}"
            yield Operator.EFFECT_CHANGED, what, (*before, (name, Literal(value)), *after)


def _taken_over(action: Action, place: int) -> Action:
    """Return the action where the outcome also occurs where its condition fails, and no other does there.

    If others could occur there too, a client that obliges whoever asks for them would never show its fault.
    """
    condition = action.outcomes[place].when
    outcomes = [replace(o, when=conjoin((o.when, condition))) for o in action.outcomes]
    outcomes[place] = replace(action.outcomes[place], when=TRUE)
    return replace(action, outcomes=tuple(outcomes))


def _of_start(system: System, variable: Variable) -> Iterator[Mutant]:
    for value in _others(variable.domain, variable.start or ()):
        changed = replace(variable, start=(Literal(value),))
        variables = tuple(changed if v.name == variable.name else v for v in system.variables)
        name = f"{variable.name}: starts as {_shown(value)}"
        whole = replace(system, variables=variables)
        yield Mutant(name, Operator.START_CHANGED, None, variable.name, variable.where, whole)


def _others(domain: Domain, written: Sequence[Expr]) -> Iterator[Value]:
    """Yield the values of the domain but the one that is written, if it is one."""
    values = domain.values
    if len(values) > MOST_VALUES:
        values = (values[0], values[-1])
    yield from (value for value in values if tuple(written) != (Literal(value),))


def _written(expr: Expr, scope: set[str]) -> str:
    text = format_formula(expr, scope)
    return f"({text})" if " " in text else text


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
