"""A claim on a system as a search for something bad: where runs start, how they go on, and what must not be met."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import z3

from tunnelproof.engines.smt.terms import Encoder, Formula, Scope, Term, Whole
from tunnelproof.evidence.certificate import SEEN
from tunnelproof.evidence.points import at_rest, shared_actions, specialise
from tunnelproof.model.language.domains import BOOL, Domain, Enum, Range, Value
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, conjoin, negate, speaks_of_steps
from tunnelproof.model.language.system import Outcome, System
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    StepInvariant,
    violation_of,
)


class Task:
    """Everything about the claim and the system that a search needs, in terms of scopes."""

    def __init__(self, system: System, claim: Claim) -> None:
        self.system, self.claim = system, claim
        self.encoder = Encoder(system)
        self.configuration: dict[str, Domain] = {v.name: v.domain for v in system.configuration}
        self.state: dict[str, Domain] = {v.name: v.domain for v in system.variables}
        if isinstance(claim, Precedence):
            self.state[SEEN.name] = BOOL
        self.labels = range(len(system.steps))
        self._actors = {a.name: a.actor for a in system.actions}
        history = {SEEN.name} if isinstance(claim, Precedence) else set()
        self._writes = [history | {name for name, _ in self._outcome(label).effects} for label in self.labels]

    # --- scopes ------------------------------------------------------------------------------------------------------

    def fresh(self, rigid: Mapping[str, Term]) -> tuple[Scope, Formula]:
        """Return a state of fresh terms in the given configuration, and the formula that it is within its domains."""
        terms, conditions = dict(rigid), []
        for name, domain in self.state.items():
            terms[name], inside = self.encoder.fresh(domain)
            conditions.append(inside)
        return Scope(self.encoder, terms), self.encoder.all(conditions)

    def same(self, one: Scope, other: Scope) -> Formula:
        """Return the formula that two states are the same."""
        return self.encoder.all([self.encoder.equal(one[name], other[name]) for name in self.state])

    def labels_between(self, before: Scope, after: Scope) -> tuple[Whole, list[Formula], list[Formula]]:
        """Return a fresh number that chooses a step, a mark per label, and what defines them.

        Nothing is said yet of what the step does (`done`), only that it leaves alone what its action does not assign.
        """
        number, inside = self.encoder.fresh(Range(0, max(0, len(self.labels) - 1)))
        definitions, marks = [inside], []
        for label in self.labels:
            marks.append(self.encoder.flag())
            definitions.append(marks[-1] == self.encoder.equal(number, self.encoder.constant(label)))
        for name in self.state:
            writers = [mark for label, mark in zip(self.labels, marks, strict=True) if name in self._writes[label]]
            definitions.append(z3.Or([*writers, self.encoder.equal(after[name], before[name])]))
        return number, marks, definitions

    def done(self, label: int, reached: Scope, after: Scope) -> Formula:
        """Return the formula that what the step assigns has its value in the state after it."""
        names = sorted(self._writes[label])
        return self.encoder.all([self.encoder.equal(after[name], reached[name]) for name in names])

    # --- runs --------------------------------------------------------------------------------------------------------

    def start(self, scope: Scope) -> Formula:
        """Return the formula that the state is initial."""
        conditions = [self._starts(v.name, v.start, scope) for v in self.system.variables if v.start is not None]
        conditions += [self.encoder.term(formula, scope) for formula in self.system.initially]
        if isinstance(self.claim, Precedence):
            conditions.append(scope[SEEN.name] == self.encoder.term(at_rest(self.claim.first), scope))
        return self.encoder.all(conditions)

    def started(self, rigid: Scope, like: Mapping[str, Value]) -> tuple[Formula, Scope]:
        """Return an initial state as terms over the configuration, and the formula that it is one.

        ``like`` gives a configuration and an initial state of it: where a variable may start with several values, the
        one that this state has is followed.
        """
        there = Scope(self.encoder, self._constants({name: like[name] for name in self.configuration}))
        terms, conditions = dict(rigid), []
        for variable in self.system.variables:
            constant = self.encoder.constant(like[variable.name], variable.domain)
            terms[variable.name] = constant
            for start in variable.start or ():
                if z3.is_true(z3.simplify(self.encoder.equal(self._value(start, variable.domain, there), constant))):
                    terms[variable.name] = self._value(start, variable.domain, rigid)
                    conditions.append(self.encoder.inside(terms[variable.name], variable.domain))
                    break
        scope = Scope(self.encoder, terms)
        conditions += [self.encoder.term(formula, scope) for formula in self.system.initially]
        if isinstance(self.claim, Precedence):
            scope[SEEN.name] = self.encoder.term(at_rest(self.claim.first), scope)
        return self.encoder.all(conditions), scope

    def fire(self, label: int, before: Scope) -> tuple[Formula, Scope]:
        """Return the formula that the step exists in a state, and the state that it leads to."""
        step = self.system.steps[label]
        action = self.system.action_named[step.action]
        outcome = self._outcome(label)
        domains = {p.name: p.domain for p in action.parameters}
        chosen = {name: self.encoder.constant(value, domains[name]) for name, value in step.parameters}
        scope = before.with_parameters(chosen)
        conditions = [self.encoder.term(part, scope) for part in (action.guard, outcome.when) if part != TRUE]
        terms = {name: before[name] for name in (*self.configuration, *self.state)}
        for name, expr in outcome.effects:
            domain = self.state[name]
            terms[name] = self._value(expr, domain, scope)
            conditions.append(self.encoder.inside(terms[name], domain))
        after = Scope(self.encoder, terms)
        if isinstance(self.claim, Precedence):
            after[SEEN.name] = self._seen(self.claim, label, before, after)
        return self.encoder.all(conditions), after

    # --- what is bad -------------------------------------------------------------------------------------------------

    @cached_property
    def bad_is_a_state(self) -> bool:
        """Whether it can be seen from a state alone that it is bad, without the step that led to it."""
        match self.claim:
            case DeadlockFree():
                return True
            case Invariant() | Reachable():
                return not speaks_of_steps(self._bad)
            case _:
                return False

    def bad_at_start(self, scope: Scope) -> Formula:
        """Return the formula that a run that starts in the state starts badly."""
        match self.claim:
            case DeadlockFree():
                return self.bad_state(scope)
            case StepInvariant():
                return self.encoder.false
            case Precedence():
                return self.encoder.term(conjoin((at_rest(self._bad), negate(SEEN))), scope)
            case _:
                return self.encoder.term(at_rest(self._bad), scope)

    def bad_state(self, scope: Scope) -> Formula:
        """Return the formula that the state is bad, where that can be seen from a state."""
        if not isinstance(self.claim, DeadlockFree):
            return self.encoder.term(self._bad, scope)
        wanted = shared_actions(self.system, self.claim.by)
        moves = [self.fire(i, scope)[0] for i in self.labels if self.system.steps[i].action in wanted]
        excused = self.encoder.term(self.claim.except_ or FALSE, scope)
        return z3.Not(self.encoder.any([excused, *moves]))

    def bad_step(self, label: int, before: Scope, after: Scope) -> Formula:
        """Return the formula that the step, taken between the two states, is or leads to something bad."""
        formula = self._of_step(self._bad, label)
        match self.claim:
            case StepInvariant():
                return self.encoder.term(formula, before.following(after))
            case Precedence():
                return self.encoder.term(conjoin((formula, negate(SEEN))), after)
            case _:
                return self.encoder.term(formula, after)

    def can_be_bad(self, label: int) -> bool:
        """Say whether the step's label alone does not already exclude that something bad comes of it."""
        return self._of_step(self._bad, label) != FALSE

    @cached_property
    def _bad(self) -> Expr:
        match self.claim:
            case Invariant() | StepInvariant():
                return violation_of(self.claim)
            case Reachable():
                return self.claim.point
            case Precedence():
                return self.claim.then
            case _:
                return FALSE

    def _outcome(self, label: int) -> Outcome:
        step = self.system.steps[label]
        return next(o for o in self.system.action_named[step.action].outcomes if o.name == step.outcome)

    def _of_step(self, formula: Expr, label: int) -> Expr:
        step = self.system.steps[label]
        return specialise(formula, step, self._actors[step.action])

    def _seen(self, claim: Precedence, label: int, before: Scope, after: Scope) -> Formula:
        kept = [before[SEEN.name]]
        if claim.since is not None:
            kept.append(z3.Not(self.encoder.term(self._of_step(claim.since, label), after)))
        first = self.encoder.term(self._of_step(claim.first, label), after)
        return z3.Or(first, z3.And(kept))

    def _starts(self, name: str, start: tuple[Expr, ...], scope: Scope) -> Formula:
        values = [self._value(expr, self.state[name], scope) for expr in start]
        return self.encoder.any([self.encoder.equal(scope[name], value) for value in values])

    def _value(self, expr: Expr, domain: Domain, scope: Scope) -> Term:
        return self.encoder.term(expr, scope, domain if isinstance(domain, Enum) else None)

    def _constants(self, values: Mapping[str, Value]) -> dict[str, Term]:
        return {name: self.encoder.constant(value, self.configuration[name]) for name, value in values.items()}
