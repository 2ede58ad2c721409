"""The parts of a system, as data: what a model is once it has been written down.

Everything here is frozen and has equality by content. A `System` is what is hashed, certified, sliced and shown;
`component.py` is how people write one, `document.py` its JSON form, `wellformed.py` what must hold of it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from tunnelproof.errors import Location
from tunnelproof.model.language.domains import Domain, Value
from tunnelproof.model.language.expressions import TRUE, Expr, reads


class Confidence(enum.StrEnum):
    """How well a fact is known; members go from the weakest to the strongest."""

    UNKNOWN = "unknown"  # sources are silent or disagree
    INFERRED = "inferred"  # follows from other facts, seen by nobody
    PRESS = "press"  # press or third-party account
    VENDOR = "vendor"  # the VPN vendor's word about somebody else's system
    CONFIRMED = "confirmed"  # read in primary material: source code, the system vendor's reference


class Fairness(enum.StrEnum):
    """What is promised of an action that stays (weak) or keeps becoming (strong) enabled."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"


class DecidedBy(enum.StrEnum):
    """Who fixes a configuration variable."""

    SETTING = "setting"  # the user or administrator
    VENDOR = "vendor"  # the build of the app
    PLATFORM = "platform"  # how the operating system behaves where sources disagree or it may change
    HABIT = "habit"  # what the user does, a rigid strategy


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from: an address or a key, version, date, and how well it is known."""

    at: str
    says: str = ""
    version: str = ""
    date: str = ""
    confidence: Confidence = Confidence.UNKNOWN


@dataclass(frozen=True, slots=True)
class ConfigurationVariable:
    """A rigid variable: it has one value for a whole run, and somebody decides it."""

    name: str
    domain: Domain
    decided_by: DecidedBy
    doc: str = ""
    source: Source | None = None
    where: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Variable:
    """A state variable of one component.

    ``start`` lists the values it may start with, as expressions over the configuration; ``None`` means any.
    ``visible_to`` names the actors who can see it; ``None`` means everybody.
    """

    name: str
    domain: Domain
    component: str
    start: tuple[Expr, ...] | None = None
    visible_to: tuple[str, ...] | None = None
    doc: str = ""
    where: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Derived:
    """A named expression that traces show beside the state."""

    name: str
    definition: Expr
    doc: str = ""
    source: Source | None = None
    where: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A finite choice that is part of the step."""

    name: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which an action can turn out. Which one is the adversary's choice unless ``fair``."""

    name: str
    effects: tuple[tuple[str, Expr], ...]
    when: Expr = TRUE
    fair: bool = False


@dataclass(frozen=True, slots=True)
class Duration:
    """How long an action takes, in whole seconds: from its becoming enabled until it is taken.

    It is taken only at ``lo`` or later, and time may not pass ``hi`` while it is enabled; ``None`` sets no end.
    """

    lo: int
    hi: int | None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A guarded command of one actor. What no outcome assigns stays; all reads see the old state.

    ``duration`` counts only where a question is about time.
    """

    name: str
    actor: str
    component: str
    guard: Expr
    outcomes: tuple[Outcome, ...]
    parameters: tuple[Parameter, ...] = ()
    fairness: Fairness = Fairness.NONE
    each: bool = False
    price: int = 0
    source: Source | None = None
    doc: str = ""
    joins: tuple[str, ...] = ()
    duration: Duration | None = None
    where: Location | None = field(default=None, compare=False)

    @property
    def writes(self) -> frozenset[str]:
        """The variables that some outcome assigns."""
        return frozenset(name for outcome in self.outcomes for name, _ in outcome.effects)

    @property
    def choices(self) -> tuple[tuple[tuple[str, Value], ...], ...]:
        """Every choice of parameters, in declaration order."""
        columns = [[(p.name, value) for value in p.domain.values] for p in self.parameters]
        return tuple(product(*columns))

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """Guard, outcome conditions and all assigned expressions."""
        parts: list[Expr] = [self.guard]
        for outcome in self.outcomes:
            parts.append(outcome.when)
            parts.extend(expr for _, expr in outcome.effects)
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Step:
    """What was done: the action, the choice of parameters and the outcome. Together with a state it fixes the next."""

    action: str
    parameters: tuple[tuple[str, Value], ...] = ()
    outcome: str = ""

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.parameters)
        text = self.action + (f"({shown})" if shown else "")
        return text + (f" / {self.outcome}" if self.outcome else "")


@dataclass(frozen=True)
class System:
    """A finite transition system over all its configurations at once."""

    name: str
    configuration: tuple[ConfigurationVariable, ...]
    variables: tuple[Variable, ...]
    actions: tuple[Action, ...]
    constraints: tuple[Expr, ...] = ()
    derived: tuple[Derived, ...] = ()
    initially: tuple[Expr, ...] = ()
    title: str = ""
    actors: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """The hash of the content, worked out once: engines and judge look systems up again and again."""
        return hash((self.name, self.configuration, self.variables, self.actions, self.constraints, self.initially))

    @cached_property
    def definitions(self) -> dict[str, Derived]:
        """Derived names by name."""
        return {d.name: d for d in self.derived}

    @cached_property
    def domains(self) -> dict[str, Domain]:
        """The domain of every configuration variable and variable, by name."""
        found = {v.name: v.domain for v in self.configuration}
        return found | {v.name: v.domain for v in self.variables}

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step label there can be, in declaration order of action, parameters, outcome."""
        return tuple(
            Step(action.name, choice, outcome.name)
            for action in self.actions
            for choice in action.choices
            for outcome in action.outcomes
        )

    @cached_property
    def action_named(self) -> dict[str, Action]:
        """Actions by name."""
        return {a.name: a for a in self.actions}

    @cached_property
    def read_at_start(self) -> frozenset[str]:
        """The variables and configuration variables on which the initial states depend."""
        starts = [expr for variable in self.variables for expr in variable.start or ()]
        return frozenset().union(*(self.reads(expr) for expr in (*starts, *self.initially)))

    def reads(self, expr: Expr) -> frozenset[str]:
        """Return the variables and configuration variables that the expression depends on, derived names opened."""
        known = self._reads.get(id(expr))
        if known is None:
            known = self._reads[id(expr)] = expr, self._opened(expr)  # kept alive, so that the identity stays its own
        return known[1]

    @cached_property
    def _reads(self) -> dict[int, tuple[Expr, frozenset[str]]]:
        """What `reads` has found, by the identity of the expression, which is looked up faster than its content."""
        return {}

    def _opened(self, expr: Expr) -> frozenset[str]:
        found: set[str] = set()
        pending = list(reads(expr))
        while pending:
            name = pending.pop()
            if name in found:
                continue
            found.add(name)
            if name in self.definitions:
                pending.extend(reads(self.definitions[name].definition))
        return frozenset(name for name in found if name in self.domains)

    def restricted_to(self, actions: frozenset[str]) -> System:
        """Return the same system with only the named actions."""
        return replace(self, actions=tuple(a for a in self.actions if a.name in actions))
