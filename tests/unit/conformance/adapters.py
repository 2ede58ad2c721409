"""Implementations to test the tests with: simulators that follow the brute-force oracle, some with a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.oracle import World

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import System

Values = dict[str, Value]


class Simulator:
    """Does what the oracle's reading of the model says, and shows its variables."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.names = [v.name for v in system.variables]
        self.state: Values = {}
        self.done: list[str] = []

    def reset(self, configuration: Mapping[str, Value], state: Mapping[str, Value]) -> None:
        self.world = World(self.system, tuple(configuration.values()))
        self.state = dict(state)

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:
        steps = self.world.steps(tuple(self.state.values()))
        wanted = (action, dict(parameters), outcome)
        (target,) = [e.target for e in steps if (e.action, dict(e.choice), e.outcome) == wanted]
        self.state = dict(zip(self.names, target, strict=True))
        self.done.append(action)
        return None

    def observe(self) -> Mapping[str, Value]:
        return dict(self.state)


class Faulty(Simulator):
    """Does otherwise after one action: ``fault`` changes the state."""

    def __init__(self, system: System, action: str, fault: Callable[[Values], Values]) -> None:
        super().__init__(system)
        self.action, self.fault = action, fault

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:
        super().do(action, parameters, outcome)
        if action == self.action:
            self.state = self.state | self.fault(self.state)
        return None


class Deciding(Simulator):
    """Decides itself how actions turn out, and says so."""

    def __init__(self, system: System, outcome: str) -> None:
        super().__init__(system)
        self.outcome = outcome

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:
        steps = self.world.steps(tuple(self.state.values()))
        happens = (action, dict(parameters), self.outcome)
        found = [e for e in steps if (e.action, dict(e.choice), e.outcome) == happens]
        if found:
            self.state = dict(zip(self.names, found[0].target, strict=True))
        return self.outcome


class Blind(Simulator):
    """Shows only what it is told to show."""

    def __init__(self, system: System, shown: Mapping[str, Value]) -> None:
        super().__init__(system)
        self.shown = shown

    def observe(self) -> Mapping[str, Value]:
        return self.shown
