"""An adapter and the model, side by side through one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tunnelproof.conformance.adapter import Adapter
from tunnelproof.conformance.tracing import Start, cite, obstacle
from tunnelproof.errors import UsageError, near
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Environment, Values, successors


@dataclass(frozen=True, slots=True)
class Difference:
    """A variable or derived name of which something else was observed than the model has."""

    name: str
    expected: Value
    observed: object

    def __str__(self) -> str:
        return f"'{self.name}' should be {self.expected!r}, but {self.observed!r} was observed"


class ConformanceFailure(AssertionError):
    """The implementation does what the model does not allow, or a claim fails along the way.

    ``steps`` leads there from ``start``; the last one is at fault, or the start if there is none. ``script`` is the
    same as the model has it: if the last one cannot have happened, the step that was asked for. ``source`` is where
    the fault's rule comes from; ``differences`` is empty if the step itself was impossible, or a claim failed.
    """

    def __init__(
        self,
        problem: str,
        system: System,
        start: Start,
        steps: Sequence[Step],
        script: Sequence[Step],
        differences: Sequence[Difference] = (),
    ) -> None:
        self.start, self.steps, self.script, self.differences = start, tuple(steps), tuple(script), tuple(differences)
        self.action = steps[-1].action if steps else None
        rule = system.action_named[steps[-1].action] if steps else None
        self.source = rule.source if rule else None
        lines = [f"{steps[-1] if steps else 'at the start'}: {problem}"]
        if rule:
            lines.append(f"rule: '{rule.name}' of {rule.actor}" + (f", {rule.where}" if rule.where else ""))
            lines.append(f"source: {cite(rule.source)}")
        lines.append("steps: " + (", ".join(map(str, steps)) or "none"))
        lines.append("configuration: " + (", ".join(f"{n}={v!r}" for n, v in start.configuration.items()) or "none"))
        super().__init__("\n  ".join(lines))


class Lockstep:
    """A run that the adapter and the model make together, compared after the start and after every step.

    ``steps`` are those that were done; ``script`` is a run of the model all along, with the step that is being done.
    """

    def __init__(self, system: System, adapter: Adapter, start: Start) -> None:
        self.system, self.start = system, start
        self.steps: list[Step] = []
        self.script: list[Step] = []
        self.configuration: Values = tuple(start.configuration[v.name] for v in system.configuration)
        self._adapter = adapter
        self._enter(tuple(start.state[v.name] for v in system.variables))
        adapter.reset(dict(start.configuration), dict(start.state))
        self.look()

    @property
    def possible(self) -> tuple[Step, ...]:
        """The steps of the model's present state, in declaration order."""
        return tuple(self._after)

    def take(self, step: Step) -> Step:
        """Take a possible step, the adapter first. Return it with the outcome that occurred: the model follows that."""
        self.script.append(step)
        happened = self._adapter.do(step.action, dict(step.parameters), step.outcome)
        taken = step if happened is None else replace(step, outcome=happened)
        self.steps.append(taken)
        if taken not in self._after:
            why = obstacle(self.system, self.configuration, self.state, taken)
            raise self.failure(f"this cannot have happened: {why}")
        self.script[-1] = taken
        self._enter(self._after[taken])
        self.look()
        return taken

    def look(self) -> None:
        """Compare what the adapter observes with the model's state."""
        observed = self._adapter.observe()
        env = Environment(self.system, self.configuration, self.state)
        known = [*(v.name for v in self.system.variables), *self.system.definitions]
        if unknown := [name for name in observed if name not in known]:
            message = f"the adapter observes {unknown[0]!r}, which is no variable or derived name of the model"
            raise UsageError("TP070", message, hint=near(str(unknown[0]), known))
        if not observed:
            hint = "observe() must return at least one variable"
            raise UsageError("TP071", "the adapter observes nothing: there is nothing to compare", hint=hint)
        differences = [
            Difference(n, env[n], observed[n]) for n in known if n in observed and not _equal(env[n], observed[n])
        ]
        if differences:
            raise self.failure("; ".join(map(str, differences)), differences)

    def failure(self, problem: str, differences: Sequence[Difference] = ()) -> ConformanceFailure:
        """Return a failure at the present point of the run."""
        return ConformanceFailure(problem, self.system, self.start, self.steps, self.script, differences)

    def _enter(self, state: Values) -> None:
        self.state = state
        self._after = dict(successors(self.system, self.configuration, state))


def _equal(expected: Value, observed: object) -> bool:
    """Compare as the language does: ``True`` is not ``1``."""
    return isinstance(observed, bool) == isinstance(expected, bool) and observed == expected
