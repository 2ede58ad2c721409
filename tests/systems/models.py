"""Random systems, all of them well-formed and small enough to be decided by trying everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st
from tests.oracle import World, configurations
from tests.systems.formulas import Draw, Scope, assigned, chance, cube, formula, literal, pick, several

from tunnelproof.model.language.component import (
    ANY,
    NONE,
    STRONG,
    WEAK,
    Component,
    Configuration,
    Part,
    Result,
    compose,
    outcome,
)
from tunnelproof.model.language.domains import Bool, Domain, Enum, Range
from tunnelproof.model.language.expressions import reads
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Term, name

LARGEST_SPACE = 12  # states of one configuration, reachable or not
LARGEST_FAMILY = 12  # configurations, valid or not
FEW = Range(0, 1)
DOMAINS: tuple[Domain, ...] = (
    Bool(),
    Bool(),
    Enum("Pair", ("left", "right")),
    Enum("Light", ("red", "amber", "green")),
    FEW,
    Range(0, 2),
    Range(-1, 1),
    Range(1, 4),
    Range(3, 3),
)


@dataclass
class Draft:
    """A system while it is being drawn."""

    rigid: dict[str, Domain]
    variables: dict[str, Domain]
    derived: dict[str, Domain] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """What guards and claims may read."""
        return {**self.variables, **self.derived, **self.rigid}


@st.composite
def systems(draw: Draw) -> System:
    """Draw a system: up to 3 configuration variables, 4 variables, 3 components and 6 actions."""
    configuration, rigid = _configuration(draw)
    draft = Draft(rigid, _named(draw, "x", LARGEST_SPACE, pick(draw, [1, 2, 3, 3, 4, 4])))
    components = [Component(f"part{i}", actor=f"actor{i}") for i in range(draw(st.integers(1, 3)))]
    for variable, domain in draft.variables.items():
        pick(draw, components).variable(variable, domain, start=_start(draw, domain, rigid))
    for i in range(pick(draw, [0, 0, 1, 2])):
        _derive(draw, f"d{i}", draft, components[0])
    for i in range(pick(draw, [1, 2, 3, 3, 4, 4, 5])):
        _action(draw, f"act{i}", draft, components)
    _touch(components, draft.variables)
    if chance(draw, 6):
        components[0].initially(Term(formula(draw, {**rigid, **draft.variables})))
    return _sound(compose("random", configuration=configuration, components=components))


def _named(draw: Draw, letter: str, largest: int, most: int) -> dict[str, Domain]:
    """Draw domains for names, whose product has no more than the largest number of values."""
    found: dict[str, Domain] = {}
    size = 1
    for domain in (pick(draw, DOMAINS) for _ in range(most)):
        if size * len(domain.values) <= largest:
            size *= len(domain.values)
            found[f"{letter}{len(found)}"] = domain
    return found


def _configuration(draw: Draw) -> tuple[Configuration, dict[str, Domain]]:
    configuration = Configuration()
    domains = _named(draw, "k", LARGEST_FAMILY, draw(st.integers(0, 3)))
    for key, domain in domains.items():
        decide = [configuration.setting, configuration.vendor, configuration.platform, configuration.habit]
        pick(draw, decide)(key, domain)
    if domains and chance(draw, 4):
        configuration.require(Term(formula(draw, domains)))
    return configuration, domains


def _start(draw: Draw, domain: Domain, rigid: Scope) -> object:
    shape = draw(st.integers(0, 5))
    same = [name(key) for key in rigid if rigid[key] == domain]
    if shape == 5 and same:
        return pick(draw, same)
    if shape == 4:
        return ANY
    return [Term(literal(draw, domain)) for _ in range(2 if shape == 3 else 1)]


def _derive(draw: Draw, key: str, draft: Draft, owner: Component) -> None:
    ranges = [(other, domain) for other, domain in draft.scope.items() if isinstance(domain, Range)]
    if ranges and chance(draw, 3):
        other, domain = pick(draw, ranges)
        owner.derived(key, name(other) + 1)
        draft.derived[key] = Range(domain.lo + 1, domain.hi + 1)
    else:
        owner.derived(key, Term(formula(draw, draft.scope)))
        draft.derived[key] = Bool()


def _action(draw: Draw, label: str, draft: Draft, components: Sequence[Component]) -> None:
    owner = pick(draw, components)
    fairness = pick(draw, [NONE, NONE, WEAK, WEAK, STRONG, STRONG])
    if len(components) > 1 and chance(draw, 10):
        owner.join(label, *_parts(draw, draft, components), fair=fairness)
        return
    domains: list[Domain] = pick(draw, [[], [], [], [FEW], [Bool()], [DOMAINS[3]], [FEW, Bool()]])
    parameters = {f"{label}_p{i}": domain for i, domain in enumerate(domains)}
    scope = {**draft.scope, **parameters}
    split = chance(draw, 3)
    owner.action(
        label,
        when=_guard(draw, scope),
        then={} if split else _effects(draw, draft, scope, 1),
        outcomes=_outcomes(draw, draft, scope) if split else [],
        choose=parameters,
        fair=fairness,
        each=bool(parameters) and fairness is not NONE and chance(draw, 2),
        actor="user" if chance(draw, 4) else None,
    )


def _guard(draw: Draw, scope: Scope) -> object:
    shape = draw(st.integers(0, 7))
    if shape < 2:
        return True
    return Term(formula(draw, scope) if shape == 2 else cube(draw, scope, most=1 if shape < 6 else 2))


def _effects(draw: Draw, draft: Draft, scope: Scope, fewest: int) -> dict[str, Term]:
    chosen = several(draw, list(draft.variables), fewest, 2)
    return {key: Term(assigned(draw, key, draft.variables[key], scope)) for key in chosen}


def _outcomes(draw: Draw, draft: Draft, scope: Scope) -> list[Result]:
    """Draw two or three outcomes, of which each may have a condition and be fair."""
    return [
        outcome(
            f"out{i}",
            _effects(draw, draft, scope, 0),
            when=Term(formula(draw, scope)) if chance(draw, 3) else True,
            fair=chance(draw, 3),
        )
        for i in range(draw(st.integers(2, 3)))
    ]


def _parts(draw: Draw, draft: Draft, components: Sequence[Component]) -> list[Part]:
    """Draw what two components contribute to a joined action: each assigns other variables."""
    names = list(draft.variables)
    cut = draw(st.integers(0, len(names)))
    parts = []
    for owner, mine in zip(components, (names[:cut], names[cut:]), strict=False):
        then = {key: Term(assigned(draw, key, draft.variables[key], draft.scope)) for key in mine[:1]}
        parts.append(owner.part(when=Term(cube(draw, draft.scope, most=1)), then=then))
    return parts


def _touch(components: Sequence[Component], variables: Scope) -> None:
    """Add an action for the variables that nothing reads or writes: a system must not have any."""
    used: set[str] = set()
    for component in components:
        used |= {key for d in component.derivations for key in reads(d.definition)}
        for action in component.actions:
            used |= action.writes | {key for expr in action.expressions for key in reads(expr)}
    idle = {key: domain.values[-1] for key, domain in variables.items() if key not in used}
    if idle:
        components[0].action("settle", then=idle)  # type: ignore[arg-type]


def _sound(system: System) -> System:
    """Drop constraints that no configuration fits, and initial formulas that leave some without a start."""
    if not configurations(system):
        system = replace(system, constraints=())
    if not all(World(system, c).initial() for c in configurations(system)):
        system = replace(system, initially=())
    return system
