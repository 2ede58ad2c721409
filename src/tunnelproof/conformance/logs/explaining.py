"""Why an event cannot have happened: what stands against it, in each state that fits all before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tunnelproof.conformance.logs.pairs import Numbers
from tunnelproof.conformance.logs.reading import Meaning, among
from tunnelproof.conformance.logs.tracking import Tracker
from tunnelproof.conformance.tracing import obstacle
from tunnelproof.evidence.conformity import Candidate, LoggedEvent, Refusal
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import conjuncts
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.semantics.step import Environment, Values, successor

SHOWN = 3  # candidates
_REASONS = 5
_EXAMINED = 10_000  # pairs of a candidate and a step
_WAYS = 4  # obstacles of one candidate

Obstacle = tuple[int, str]  # how many conditions fail, and the first of them


def explain(
    tracker: Tracker,
    system: System,
    before: Numbers,
    event: LoggedEvent,
    meaning: Meaning,
    others: Sequence[LoggedEvent] = (),
) -> Refusal:
    """Return what stands against the event in the pairs before it; the nearest misses come first."""
    steps = [system.steps[number] for number in meaning.steps]
    examined = before[: max(_EXAMINED // max(len(steps), 1), SHOWN)]
    found = []
    for number in examined.tolist():
        pair = tracker.pair(number)
        found.append((sorted(_obstacles(tracker.system, *pair, steps, meaning)), pair))
    found.sort(key=lambda entry: entry[0][0][0])
    reasons = Counter(obstacles[0][1] for obstacles, _ in found)
    return Refusal(
        event=event,
        others=tuple(others),
        pairs=len(before),
        examined=len(examined),
        reasons=tuple(reasons.most_common(_REASONS)),
        candidates=tuple(_different(tracker.system, found)),
    )


def _different(system: System, found: list[tuple[list[Obstacle], tuple[Values, Values]]]) -> list[Candidate]:
    """Return a few candidates, the nearest first, of different reasons where that can be."""
    firsts: dict[str, int] = {}
    for place, (obstacles, _) in enumerate(found):
        firsts.setdefault(obstacles[0][1], place)
    places = sorted(firsts.values())[:SHOWN]
    shown = []
    for place in places:
        obstacles, (configuration, state) = found[place]
        shown.append(
            Candidate(
                dict(zip((v.name for v in system.configuration), configuration, strict=True)),
                dict(zip((v.name for v in system.variables), state, strict=True)),
                tuple(dict.fromkeys(text for _, text in obstacles))[:_WAYS],
            )
        )
    return shown


def _obstacles(
    system: System, configuration: Values, state: Values, steps: Sequence[Step], meaning: Meaning
) -> list[Obstacle]:
    """Return what stands against each of the steps, and against a report of the present state where it may be one."""
    found = []
    for step in steps:
        after = successor(system, configuration, state, step)
        if after is None:
            text = f"{step}: {obstacle(system, configuration, state, step)}"
            found.append((_failing(system, configuration, state, step), text))
        else:
            found.append(_disagreement(system, configuration, after, meaning, f"after {step} "))
    if not steps or meaning.repeats:
        found.append(_disagreement(system, configuration, state, meaning, ""))
    return found


def _disagreement(system: System, configuration: Values, state: Values, meaning: Meaning, when: str) -> Obstacle:
    env = Environment(system, configuration, state)
    wrong = [(name, values) for name, values in meaning.seen if not among(env[name], values)]
    name, values = wrong[0]
    logged = " or ".join(map(_shown, values))
    return len(wrong), f"{when}'{name}' {'would be' if when else 'is'} {_shown(env[name])}, but {logged} was logged"


def _failing(system: System, configuration: Values, state: Values, step: Step) -> int:
    """Count the conditions of the step that do not hold."""
    action = system.action_named[step.action]
    condition = next(outcome.when for outcome in action.outcomes if outcome.name == step.outcome)
    env = Environment(system, configuration, state)
    env.update(step.parameters)
    parts = [part for formula in (action.guard, condition) for part in conjuncts(formula)]
    return max(sum(not evaluate(part, env) for part in parts), 1)


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
