"""What a witness tells, worked out as data: what each step changes, where the claim fails, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import (
    TRUE,
    Apply,
    Expr,
    Literal,
    Read,
    conjuncts,
    reads,
)
from tunnelproof.model.language.system import Action, Step, System
from tunnelproof.properties.claims import (
    Claim,
    Invariant,
    NeverForever,
    Precedence,
    Reachable,
    Recurrence,
    Response,
    StepInvariant,
)
from tunnelproof.semantics.evaluate import NOTHING, Incoming, evaluate
from tunnelproof.semantics.step import Environment, Values
from tunnelproof.verification.runs import Named, Run


@dataclass(frozen=True, slots=True)
class Changed:
    """A name whose value a step changed; ``derived`` if it is no variable."""

    name: str
    old: Value
    new: Value
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a run: its number from 1, the action that it takes, and all that it changes."""

    number: int
    step: Step
    action: Action
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A formula of the claim at a point of the run: after how many steps, in which role, true or not.

    ``parts`` are the conjuncts that settle it.
    """

    after: int
    role: str
    formula: Expr
    holds: bool
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """A part of a formula with its value, and what that rests on."""

    formula: Expr
    value: Value
    definition: Expr | None = None
    causes: tuple[Cause, ...] = ()


def environment(system: System, configuration: Named, state: Named) -> Environment:
    """Return the values of all names, derived ones included."""
    return Environment(system, values(system.configuration, configuration), values(system.variables, state))


def values(declared: tuple[object, ...], named: Mapping[str, Value]) -> Values:
    """Return the values of declared things in their order."""
    return tuple(named[thing.name] for thing in declared)  # type: ignore[attr-defined]


def moments(system: System, run: Run) -> tuple[Moment, ...]:
    """Return the run's steps with what each changes: variables, then derived names, in declaration order."""
    environments = [environment(system, run.configuration, state) for state in run.states]
    return tuple(
        Moment(
            number,
            step,
            system.action_named[step.action],
            changes(system, environments[number - 1], environments[number]),
        )
        for number, step in enumerate(run.steps, 1)
    )


def changes(system: System, before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[Changed, ...]:
    """Return the names whose values differ between two environments."""
    names = [(v.name, False) for v in system.variables] + [(d.name, True) for d in system.derived]
    return tuple(
        Changed(name, before[name], after[name], derived) for name, derived in names if before[name] != after[name]
    )


def touched(system: System, run: Run) -> frozenset[str]:
    """Return the variables that the run changes somewhere."""
    return frozenset(v.name for v in system.variables if len({repr(state[v.name]) for state in run.states}) > 1)


def incoming(system: System, run: Run, point: int) -> Incoming:
    """Return the step that led to a point of the run."""
    if point == 0:
        return NOTHING
    step = run.steps[point - 1]
    return Incoming(step, system.action_named[step.action].actor)


# --- where the claim is settled ---------------------------------------------------------------------------------------


def judgements(system: System, claim: Claim, run: Run) -> tuple[Judgement, ...]:
    """Return the formulas of the claim that the run settles, where it does. Nothing for traps and deadlocks."""
    return tuple(_Reading(system, claim, run).judged())


class _Reading:
    def __init__(self, system: System, claim: Claim, run: Run) -> None:
        self.system, self.claim, self.run = system, claim, run
        self.environments = [environment(system, run.configuration, state) for state in run.states]
        self.end = len(run.steps)

    def judged(self) -> Iterator[Judgement]:
        match self.claim:
            case Invariant():
                yield from self.asked_when(self.claim.when, self.end)
                yield self.at(self.end, "holds", self.claim.holds)
            case StepInvariant():
                yield from self.step(self.claim)
            case Reachable():
                yield self.at(self.end, "point", self.claim.point)
            case Precedence():
                yield self.at(self.end, "then", self.claim.then)
                yield self.at(self.end, "first", self.claim.first)
            case Response():
                yield from self.response(self.claim)
            case Recurrence():
                yield self.at(self.end, "point", self.claim.point)
            case NeverForever():
                for point in self.claim.points:
                    yield from self.somewhere("recurs", point, self.loop_points())
            case _:
                return

    def at(self, point: int, role: str, formula: Expr) -> Judgement:
        env, step = self.environments[point], self.incoming(point)
        truth = bool(evaluate(formula, env, step))
        parts = tuple(part for part in conjuncts(formula) if bool(evaluate(part, env, step)) == truth)
        return Judgement(point, role, formula, truth, parts)

    def incoming(self, point: int) -> Incoming:
        # A run that idles has no step at its last point, once it has come to rest.
        resting = self.run.idles and point == self.end and not isinstance(self.claim, Response)
        return NOTHING if resting else incoming(self.system, self.run, point)

    def asked_when(self, when: Expr | None, point: int) -> Iterator[Judgement]:
        if when is not None and when != TRUE:
            yield self.at(point, "when", when)

    def step(self, claim: StepInvariant) -> Iterator[Judgement]:
        last = self.run.steps[-1]
        step = Incoming(last, self.system.action_named[last.action].actor, self.environments[-1])
        for role, formula in (("when", claim.when or TRUE), ("holds", claim.holds)):
            if formula == TRUE:
                continue
            truth = bool(evaluate(formula, self.environments[-2], step))
            parts = tuple(p for p in conjuncts(formula) if bool(evaluate(p, self.environments[-2], step)) == truth)
            yield Judgement(self.end, role, formula, truth, parts)

    def response(self, claim: Response) -> Iterator[Judgement]:
        met = [p for p in range(self.end + 1) if self.at(p, "trigger", claim.trigger).holds]
        answered = [p for p in range(self.end + 1) if self.at(p, "response", claim.response).holds]
        unanswered = [p for p in met if not any(later >= p for later in answered)]
        if unanswered:
            yield self.at(unanswered[0], "trigger", claim.trigger)
        yield self.at(self.end, "response", claim.response)

    def somewhere(self, role: str, formula: Expr, points: range) -> Iterator[Judgement]:
        for point in points:
            judgement = self.at(point, role, formula)
            if judgement.holds:
                yield judgement
                return

    def loop_points(self) -> range:
        if self.run.loop is None or self.run.idles:
            return range(self.end, self.end + 1)
        return range(self.run.loop + 1, self.end + 1)


# --- why --------------------------------------------------------------------------------------------------------------


def causes(system: System, formula: Expr, env: Mapping[str, Value], step: Incoming = NOTHING, depth: int = 5) -> Cause:
    """Return why the formula has its value: the parts that settle it, derived names opened ``depth`` deep."""
    found = evaluate(formula, env, step)
    if isinstance(formula, Read) and formula.name in system.definitions and depth:
        definition = system.definitions[formula.name].definition
        inner = causes(system, definition, env, step, depth - 1)
        return Cause(formula, found, definition, inner.causes or ((inner,) if _telling(inner, formula) else ()))
    if not isinstance(formula, Apply) or not depth:
        return Cause(formula, found)
    settling = [part for part in _settling(formula, env, step) if not isinstance(part, Literal)]
    below = tuple(causes(system, part, env, step, depth - 1) for part in settling)
    return Cause(formula, found, None, tuple(_opened(below)))


def _telling(inner: Cause, outer: Expr) -> bool:
    return inner.formula != outer and not isinstance(inner.formula, Literal)


def _opened(below: tuple[Cause, ...]) -> Iterator[Cause]:
    """Leave out connectives in between: what they consist of says as much."""
    for cause in below:
        connective = isinstance(cause.formula, Apply) and cause.formula.op in ("and", "or", "not", "implies", "if")
        if connective and cause.causes:
            yield from cause.causes
        else:
            yield cause


def _settling(formula: Apply, env: Mapping[str, Value], step: Incoming) -> tuple[Expr, ...]:
    """Return the arguments that settle an operator's value."""
    truth = evaluate(formula, env, step)
    match formula.op:
        case "and" | "or":
            alike = tuple(arg for arg in formula.args if bool(evaluate(arg, env, step)) == truth)
            all_needed = truth is (formula.op == "and")
            return alike if all_needed else alike[:1]
        case "implies":
            left, right = formula.args
            if not truth:
                return (left, right)
            return (right,) if evaluate(right, env, step) else (left,)
        case "if":
            return (formula.args[0], formula.args[1 if evaluate(formula.args[0], env, step) else 2])
        case "not":
            return formula.args
        case _:
            return tuple(Read(name) for name in sorted(reads(formula)))
