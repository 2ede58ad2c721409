"""The model as a Hypothesis state machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.control import current_build_context
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tunnelproof.conformance.adapter import Adapter
from tunnelproof.conformance.lockstep import Lockstep
from tunnelproof.conformance.plain_test import plain_test
from tunnelproof.conformance.shortening import shortened
from tunnelproof.conformance.starting import space_of, starts
from tunnelproof.conformance.tracing import Start
from tunnelproof.errors import ClaimError, TunnelproofError
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr, speaks_of_steps
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.system import Action, Step, System
from tunnelproof.properties.claims import Invariant, expressions_of
from tunnelproof.properties.wellformed import check_claims
from tunnelproof.semantics.step import holds

Method = Callable[..., None]


class Conformance(RuleBasedStateMachine):
    """What the machines of all models share; `build` adds the start, the rules and the invariants."""

    system: ClassVar[System]
    adapter: ClassVar[Adapter]
    lockstep: Lockstep

    def begin(self, start: Start) -> None:
        """Start a run."""
        with self._written_down(start, []):
            self.lockstep = Lockstep(self.system, self.adapter, start)

    def take(self, step: Step) -> None:
        """Go on by a step."""
        with self._written_down(self.lockstep.start, self.lockstep.script):
            self.lockstep.take(step)

    @precondition(lambda self: not self.lockstep.possible)
    @rule()
    def idle(self) -> None:
        """Stay where nothing is possible, as the model's stopped run does."""
        with self._written_down(self.lockstep.start, self.lockstep.script):
            self.lockstep.look()

    @contextmanager
    def _written_down(self, start: Start, script: Sequence[Step]) -> Iterator[None]:
        """Where the implementation fails and Hypothesis cannot shrink the run further, print it as a plain test."""
        try:
            yield
            return
        except TunnelproofError:
            raise  # the adapter is not fit to be compared
        except Exception as failure:
            if not current_build_context().is_final:
                raise
            steps, failed = shortened(self.system, self.adapter, start, script, failure)
        print(plain_test(self.system, start, steps, "test_counterexample"))
        raise failed


def build(
    system: System, adapter: Adapter, where: Expr | str | None, claims: Sequence[Invariant]
) -> type[RuleBasedStateMachine]:
    """Return the state machine that `tunnelproof.conformance.state_machine` describes."""
    _check(claims, system)
    members: dict[str, object] = {"system": system, "adapter": adapter}
    members["begin"] = initialize(start=_starts(system, space_of(system, where)))(Conformance.begin)
    for action in system.actions:
        name = _free_name(f"do_{action.name}", members)
        members[name] = _rule(action, name)
    for claim in claims:
        name = _free_name(f"claim_{claim.id}", members)
        members[name] = _invariant(claim, name)
    return type("Conformance", (Conformance,), members)


def configurations(space: ConfigurationSpace) -> st.SearchStrategy[dict[str, Value]]:
    """Draw one of the configurations asked about; they shrink towards the least one."""
    names = [name for factor in space.asked for name in factor.names]
    rows = st.tuples(*(st.sampled_from(factor.rows) for factor in space.asked))
    drawn = rows.map(lambda parts: dict(zip(names, chain.from_iterable(parts), strict=True)))
    return drawn.map(lambda values: {name: values[name] for name in space.named})


def _starts(system: System, space: ConfigurationSpace) -> st.SearchStrategy[Start]:
    return configurations(space).flatmap(lambda configuration: st.sampled_from(starts(system, configuration)))


def _rule(action: Action, name: str) -> Method:
    def steps_here(self: Conformance) -> list[Step]:
        return [step for step in self.lockstep.possible if step.action == action.name]

    def perform(self: Conformance, step: Step | None = None) -> None:
        self.take(step or steps_here(self)[0])

    _rename(perform, name)
    several = len(action.choices) * len(action.outcomes) > 1
    drawn = st.runner().flatmap(lambda self: st.sampled_from(steps_here(self)))
    decorated = rule(step=drawn)(perform) if several else rule()(perform)
    enabled: Method = precondition(lambda self: bool(steps_here(self)))(decorated)
    return enabled


def _invariant(claim: Invariant, name: str) -> Method:
    def check(self: Conformance) -> None:
        if not _keeps(claim, self.lockstep):
            formula = format_formula(claim.holds, {*self.system.domains, *self.system.definitions})
            raise self.lockstep.failure(f"claim '{claim.id}' fails in the model: not '{formula}'. {claim.sentence}")

    _rename(check, name)
    checked: Method = invariant()(check)
    return checked


def _keeps(claim: Invariant, lockstep: Lockstep) -> bool:
    """Say whether the claim holds of the model's present state, or does not ask about it."""
    system, point = lockstep.system, (lockstep.configuration, lockstep.state)
    actors = {system.action_named[step.action].actor for step in lockstep.steps}
    if claim.given is not None and not actors <= set(claim.given):
        return True
    asked = claim.when is None or holds(system, claim.when, *point)
    return not asked or holds(system, claim.holds, *point)


def _check(claims: Sequence[Invariant], system: System) -> None:
    check_claims(claims, system)
    for claim in claims:
        if not isinstance(claim, Invariant) or any(map(speaks_of_steps, expressions_of(claim))):
            message = f"claim '{claim.id}' cannot be checked state by state"
            hint = "give invariants that do not speak of steps"
            raise ClaimError("TP230", message, where=claim.where, hint=hint)


def _rename(function: Method, name: str) -> None:
    """Give the function the name by which Hypothesis shows it."""
    function.__name__ = function.__qualname__ = name


def _free_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name for a method, as close to the wanted one as Python allows."""
    name = re.sub(r"\W", "_", wanted)
    while name in taken:
        name += "_"
    return name
