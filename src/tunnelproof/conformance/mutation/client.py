"""A system as a client: what somebody would have who built just what the system says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tunnelproof.conformance.mutation.behaviour import Behaviour, Observer
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import System


class Refusal(Exception):
    """The client cannot do now what it was asked for."""


class MutantAdapter:
    """Simulates a system faithfully, as an `Adapter`.

    It begins in the initial state that was asked for or, if the system has no such one, in one as like it as possible.
    It refuses an action of which no step exists. Where one has the outcome that was asked for, this is the outcome;
    else it is one of those that are possible, which one is fixed by ``seed``. ``observed`` names what can be seen: by
    default, every variable and derived name.
    """

    def __init__(self, system: System, observed: Sequence[str] | None = None, seed: int = 0) -> None:
        names = [*(v.name for v in system.variables), *system.definitions] if observed is None else observed
        behaviour = Behaviour(system)
        self._follow(behaviour, Observer(system, names, behaviour.pairs), seed)

    @classmethod
    def sharing(cls, behaviour: Behaviour, observer: Observer, seed: int = 0) -> MutantAdapter:
        """Return the adapter of a behaviour: what has been worked out for it is not worked out again."""
        made = cls.__new__(cls)
        made._follow(behaviour, observer, seed)
        return made

    def _follow(self, behaviour: Behaviour, observer: Observer, seed: int) -> None:
        self._behaviour, self._observer, self._seed = behaviour, observer, seed
        self._pair = -1

    def reset(self, configuration: Mapping[str, Value], state: Mapping[str, Value]) -> None:
        """Begin in the initial state, or in the one most like it."""
        system = self._behaviour.system
        row = tuple([configuration[v.name] for v in system.configuration])
        start = self._behaviour.start(row, tuple([state[v.name] for v in system.variables]))
        if start is None:
            raise Refusal("there is no initial state in this configuration")
        self._pair = start

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:
        """Take the step, or one with another outcome. Raises `Refusal` if there is none."""
        outcomes = self._behaviour.reactions(self._pair, action).get(tuple(parameters.items()))
        if not outcomes:
            raise Refusal(f"'{action}' is not possible")
        happened = chosen(outcomes, outcome, self._seed)
        self._pair = outcomes[happened]
        return None if happened == outcome else happened

    def observe(self) -> Mapping[str, Value]:
        """Return what is seen."""
        return self._observer.seen(self._pair)


def chosen(outcomes: Mapping[str, int], wanted: str, seed: int) -> str:
    """Return the outcome that is wanted if it is possible, else the one of those that are which the seed says."""
    return wanted if wanted in outcomes else list(outcomes)[seed % len(outcomes)]
