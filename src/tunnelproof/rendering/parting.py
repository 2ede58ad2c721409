"""Where the same steps go otherwise in another configuration."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from tunnelproof.evidence.points import shared_actions
from tunnelproof.family.nearest import Change
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr, conjuncts
from tunnelproof.model.language.system import Action, Step, System, Variable
from tunnelproof.properties.claims import Recoverable
from tunnelproof.rendering.story import Changed, changes, environment, values
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.semantics.step import Values, holds, initial_states, successor, successors
from tunnelproof.verification.runs import Named, Run
from tunnelproof.verification.ways_out import MOST_STATES


@dataclass(frozen=True)
class Parting:
    """How the run's steps go in the configuration with ``changes``.

    ``differences`` gives for each number of steps the variables that differ from then on (here, then there); where none
    ever does, the derived names that do. ``blocked`` is the number of the first step that cannot be taken there, and
    ``guard`` the conjuncts that forbid it; ``blocked`` is ``None`` if all can be. ``run`` is how it goes there.
    """

    changes: tuple[Change, ...]
    differences: tuple[tuple[int, tuple[Changed, ...]], ...]
    blocked: int | None
    guard: tuple[Expr, ...]
    run: Run


def parting(system: System, run: Run, changed: Sequence[Change]) -> Parting | None:
    """Replay the run's steps with some of the configuration changed; ``None`` if there is no start there."""
    there = {**run.configuration, **{change.name: change.new for change in changed}}
    state = _start(system, there, run.states[0])
    if state is None:
        return None
    states, blocked, guard = _replayed(system, there, state, run.steps)
    gone = replace(run, configuration=there, steps=run.steps[: len(states) - 1], states=states, trap=())
    return Parting(tuple(changed), _differences(system, run, gone), blocked, guard, gone)


def recovery(cone: System, claim: Recoverable, run: Run, limit: int = MOST_STATES) -> tuple[Step, ...] | None:
    """Return a shortest way to the goal, by the actions that the claim lets recover, from where the run ends.

    ``None`` if there is none or more than ``limit`` states would have to be seen.
    """
    helping = shared_actions(cone, claim.by) - set(claim.barring)
    rigid = values(cone.configuration, run.configuration)
    start = values(cone.variables, run.states[-1])
    ways: dict[Values, tuple[Step, ...]] = {start: ()}
    queue = deque([start])
    while queue and len(ways) <= limit:
        state = queue.popleft()
        if holds(cone, claim.goal, rigid, state):
            return ways[state]
        for step, after in successors(cone, rigid, state):
            if step.action in helping and after not in ways:
                ways[after] = (*ways[state], step)
                queue.append(after)
    return None


def first_blocked(cone: System, run: Run, steps: Sequence[Step]) -> tuple[int, tuple[Expr, ...]] | None:
    """Return which of the steps cannot follow where the run ends (from 1), and the conjuncts that forbid it."""
    state = {v.name: run.states[-1][v.name] for v in cone.variables}
    _, blocked, guard = _replayed(cone, run.configuration, state, steps)
    return None if blocked is None else (blocked, guard)


def _replayed(
    system: System, configuration: Named, start: Named, steps: Sequence[Step]
) -> tuple[tuple[Named, ...], int | None, tuple[Expr, ...]]:
    """Return the states as far as the steps can be taken, the first that cannot (from 1), and what forbids it."""
    rigid = values(system.configuration, configuration)
    names = [v.name for v in system.variables]
    states = [start]
    for number, step in enumerate(steps, 1):
        after = successor(system, rigid, values(system.variables, states[-1]), step)
        if after is None:
            env = environment(system, configuration, states[-1])
            env.update(step.parameters)
            return tuple(states), number, _forbidding(system.action_named[step.action], step.outcome, env)
        states.append(dict(zip(names, after, strict=True)))
    return tuple(states), None, ()


def _differences(system: System, run: Run, there: Run) -> tuple[tuple[int, tuple[Changed, ...]], ...]:
    found: list[tuple[int, tuple[Changed, ...]]] = []
    hidden: list[tuple[int, tuple[Changed, ...]]] = []
    known: frozenset[str] = frozenset()
    for number, (one, other) in enumerate(zip(run.states, there.states, strict=False)):
        here = environment(system, run.configuration, one)
        differing = changes(system, here, environment(system, there.configuration, other))
        fresh = tuple(c for c in differing if not c.derived and c.name not in known)
        known = frozenset(c.name for c in differing)
        if fresh:
            found.append((number, fresh))
        elif differing and not hidden:
            hidden.append((number, differing))
    return tuple(found or hidden)


def _start(system: System, configuration: Named, like: Named) -> Named | None:
    """Return the initial state most like the given one."""
    rigid = values(system.configuration, configuration)
    guess = {v.name: _start_value(v, configuration, like[v.name]) for v in system.variables}
    state = tuple(guess.values())
    if all(holds(system, formula, rigid, state) for formula in system.initially):
        return guess
    names = [v.name for v in system.variables]
    # Initial formulas tie variables together: look at some of the states that they allow.
    found = list(islice(initial_states(system, rigid), 1000))
    if not found:
        return None
    best = min(found, key=lambda s: sum(like[n] != v for n, v in zip(names, s, strict=True)))
    return dict(zip(names, best, strict=True))


def _start_value(variable: Variable, configuration: Named, like: Value) -> Value:
    if variable.start is None:
        return like
    allowed = [evaluate(expr, configuration) for expr in variable.start]
    return like if like in allowed else allowed[0]


def _forbidding(action: Action, outcome: str, env: Mapping[str, Value]) -> tuple[Expr, ...]:
    """Return the conjuncts of guard and outcome condition that are false."""
    condition = next(o.when for o in action.outcomes if o.name == outcome)
    return tuple(
        part for formula in (action.guard, condition) for part in conjuncts(formula) if not evaluate(part, env)
    )
