"""Other ways to write a system and claims about it, each with what it does to verdicts and to the number of states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from random import Random
from typing import TypeVar

from tests import oracle
from tests.systems.clocks import with_clock

from tunnelproof.model.language.domains import Bool, Domain, Enum, Range, Value
from tunnelproof.model.language.expressions import (
    COMPARISONS,
    CONNECTIVES,
    FALSE,
    TRUE,
    Apply,
    By,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    children,
    conjoin,
    disjoin,
    is_temporal,
    negate,
    reads,
    speaks_of_steps,
    walk,
)
from tunnelproof.model.language.expressions import replace as replace_in
from tunnelproof.model.language.system import (
    Action,
    ConfigurationVariable,
    DecidedBy,
    Derived,
    Fairness,
    Outcome,
    System,
)
from tunnelproof.model.language.typing import BOOL
from tunnelproof.model.language.wellformed import scope_of
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Fair,
    NeverForever,
    Recoverable,
    StepInvariant,
    expressions_of,
)

T = TypeVar("T")
Values = Mapping[str, Value]
OnFormulas = Callable[[Expr], Expr]


def same(values: Values) -> list[Values]:
    """Return the configuration itself."""
    return [values]


@dataclass(frozen=True)
class Rewritten:
    """A system written in another way.

    ``claims`` has for each claim its counterpart, or nothing if none is predicted; ``proved`` the places of those that
    have to be proved, whatever the first ones are; ``to`` the configurations that stand for one of the first system.
    There are ``states`` times as many reachable states. The first system is asked ``where``, the other ``where_now``.
    """

    system: System
    claims: Sequence[Claim | None]
    to: Callable[[Values], Sequence[Values]] = same
    states: int = 1
    proved: frozenset[int] = field(default=frozenset())
    where: Expr | None = None
    where_now: Expr | None = None


Rewrite = Callable[[Random, System, Sequence[Claim]], "Rewritten | None"]


# --- the frame: formulas, claims, actions -----------------------------------------------------------------------------


def system_with(system: System, change: OnFormulas, assigned: Callable[[str, Expr], Expr] | None = None) -> System:
    """Change every formula of a system; what is assigned to a variable, at the start too, may be changed otherwise."""
    value = assigned or (lambda _, expr: change(expr))

    def outcome(written: Outcome) -> Outcome:
        effects = tuple((name, value(name, expr)) for name, expr in written.effects)
        return replace(written, when=change(written.when), effects=effects)

    return replace(
        system,
        variables=tuple(
            replace(v, start=None if v.start is None else tuple(value(v.name, e) for e in v.start))
            for v in system.variables
        ),
        constraints=tuple(map(change, system.constraints)),
        derived=tuple(replace(d, definition=change(d.definition)) for d in system.derived),
        initially=tuple(map(change, system.initially)),
        actions=tuple(
            replace(a, guard=change(a.guard), outcomes=tuple(map(outcome, a.outcomes))) for a in system.actions
        ),
    )


def claim_with(claim: Claim, change: OnFormulas) -> Claim:
    """Change every formula of a claim."""
    changed: dict[str, object] = {
        name: change(formula) for name in claim.formulas if (formula := getattr(claim, name)) is not None
    }
    if isinstance(claim, NeverForever):
        changed["points"] = tuple(map(change, claim.points))
    return replace(claim, **changed)  # type: ignore[arg-type]


def _everywhere(system: System, claims: Sequence[Claim], change: OnFormulas) -> Rewritten:
    return Rewritten(system_with(system, change), [claim_with(claim, change) for claim in claims])


def _shuffled(random: Random, items: Sequence[T]) -> tuple[T, ...]:
    return tuple(random.sample(items, len(items)))


def _fair_at_all(action: Action) -> bool:
    return action.fairness is not Fairness.NONE or any(o.fair for o in action.outcomes)


def _claims_of_parts(
    claims: Sequence[Claim], action: Action, parts: Mapping[str, Sequence[str]], *, fair_parts: bool
) -> list[Claim | None]:
    """Let claims about an action speak of the actions that it has become, by outcome (all of them: under ``''``).

    If the parts cannot share the fairness that a claim assumes of the action, nothing is predicted of the claim.
    """
    every = list(dict.fromkeys(part for some in parts.values() for part in some))

    def change(formula: Expr) -> Expr:
        named = {e for e in walk(formula) if isinstance(e, Taken) and e.action == action.name}
        return replace_in(
            formula,
            {
                e: disjoin(Taken(part, e.outcome) for part in (every if e.outcome is None else parts[e.outcome]))
                for e in named
            },
        )

    found: list[Claim | None] = []
    for claim in claims:
        changed = claim_with(claim, change)
        if isinstance(changed, Recoverable) and action.name in changed.barring:
            others = tuple(name for name in changed.barring if name != action.name)
            changed = replace(changed, barring=(*others, *every))
        if isinstance(changed, Fair) and (fairness := dict(changed.assuming).get(action.name)) is not None:
            if fairness is not Fairness.NONE and not fair_parts:
                found.append(None)
                continue
            rest = {name: f for name, f in changed.assuming if name != action.name}
            changed = replace(changed, assuming=rest | dict.fromkeys(every, fairness))
        found.append(changed)
    return found


def _cut(system: System, action: Action, parts: Sequence[Action]) -> System:
    """Return the system with the action replaced by its parts."""
    place = system.actions.index(action)
    return replace(system, actions=(*system.actions[:place], *parts, *system.actions[place + 1 :]))


# --- names and order --------------------------------------------------------------------------------------------------


def renamed(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten:
    """Rename everything that has a name; in the new names' order everything has another place."""
    domains = [*system.domains.values(), *(p.domain for a in system.actions for p in a.parameters)]
    enums = [d for d in domains if isinstance(d, Enum)]

    def anew(letter: str, names: Sequence[str]) -> dict[str, str]:
        distinct = list(dict.fromkeys(names))
        numbers = random.sample(range(10, 10 + 2 * len(distinct)), len(distinct))
        return {old: f"{letter}{number}" if old else "" for old, number in zip(distinct, numbers, strict=True)}

    parameters = [p.name for a in system.actions for p in a.parameters]
    names = anew("n", [*system.domains, *system.definitions, *parameters])
    actions = anew("a", [a.name for a in system.actions])
    outcomes = anew("o", [o.name for a in system.actions for o in a.outcomes])
    actors = anew("w", system.actors)
    members = anew("m", [m for d in enums for m in d.members])
    types = anew("T", [d.name for d in enums])
    components = anew("c", [*(v.component for v in system.variables), *(a.component for a in system.actions)])

    def domain(old: Domain) -> Domain:
        return Enum(types[old.name], tuple(members[m] for m in old.members)) if isinstance(old, Enum) else old

    def change(formula: Expr) -> Expr:
        match formula:
            case Literal(value=str(text)):
                return Literal(members[text])
            case Read(name=name):
                return Read(names[name])
            case Apply(op=op, args=args):
                return Apply(op, tuple(map(change, args)))
            case Taken(action=action, outcome=outcome):
                return Taken(actions[action], None if outcome is None else outcomes[outcome])
            case By(actor=actor):
                return By(actors[actor])
            case Next(body=body):
                return Next(change(body))
            case _:
                return formula

    def somebody(who: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if who is None else tuple(actors[name] for name in who)

    def action(old: Action) -> Action:
        return replace(
            old,
            name=actions[old.name],
            actor=actors[old.actor],
            component=components[old.component],
            joins=tuple(components.get(name, name) for name in old.joins),
            parameters=tuple(replace(p, name=names[p.name], domain=domain(p.domain)) for p in old.parameters),
            outcomes=tuple(
                replace(o, name=outcomes[o.name], effects=tuple((names[n], e) for n, e in o.effects))
                for o in old.outcomes
            ),
        )

    def claim(place: int, old: Claim) -> Claim:
        other: dict[str, object] = {"id": f"claim-{place}", "given": somebody(old.given)}
        if isinstance(old, (DeadlockFree, Recoverable)):
            other["by"] = somebody(old.by)
        if isinstance(old, Recoverable):
            other["barring"] = tuple(actions[name] for name in old.barring)
        if isinstance(old, Fair):
            other["assuming"] = {actions[name]: fairness for name, fairness in old.assuming}
        return replace(claim_with(old, change), **other)  # type: ignore[arg-type]

    changed = system_with(system, change)
    return Rewritten(
        replace(
            changed,
            name="renamed",
            configuration=tuple(replace(v, name=names[v.name], domain=domain(v.domain)) for v in changed.configuration),
            variables=tuple(
                replace(v, name=names[v.name], domain=domain(v.domain), component=components[v.component])
                for v in changed.variables
            ),
            derived=tuple(replace(d, name=names[d.name]) for d in changed.derived),
            actions=tuple(map(action, changed.actions)),
            actors=tuple(actors[name] for name in changed.actors),
        ),
        [claim(place, old) for place, old in enumerate(claims)],
        lambda values: [{names[n]: members[v] if isinstance(v, str) else v for n, v in values.items()}],
    )


def reordered(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten:
    """Declare everything in another order."""

    def action(old: Action) -> Action:
        outcomes = tuple(replace(o, effects=_shuffled(random, o.effects)) for o in old.outcomes)
        return replace(old, outcomes=_shuffled(random, outcomes), parameters=_shuffled(random, old.parameters))

    return Rewritten(
        replace(
            system,
            configuration=_shuffled(random, system.configuration),
            variables=_shuffled(
                random,
                [replace(v, start=None if v.start is None else _shuffled(random, v.start)) for v in system.variables],
            ),
            actions=_shuffled(random, [action(a) for a in system.actions]),
            constraints=_shuffled(random, system.constraints),
            derived=_shuffled(random, system.derived),
            initially=_shuffled(random, system.initially),
            actors=_shuffled(random, system.actors),
        ),
        claims,
    )


def with_members_permuted(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Declare the members of every enum in another order."""
    orders: dict[Domain, Domain] = {}

    def domain(old: Domain) -> Domain:
        if isinstance(old, Enum):
            return orders.setdefault(old, replace(old, members=_shuffled(random, old.members)))
        return old

    changed = replace(
        system,
        configuration=tuple(replace(v, domain=domain(v.domain)) for v in system.configuration),
        variables=tuple(replace(v, domain=domain(v.domain)) for v in system.variables),
        actions=tuple(
            replace(a, parameters=tuple(replace(p, domain=domain(p.domain)) for p in a.parameters))
            for a in system.actions
        ),
    )
    return None if changed == system else Rewritten(changed, claims)


# --- formulas ---------------------------------------------------------------------------------------------------------


Form = Callable[[Expr], "Expr | None"]  # another form of a truth value, if one is known


def _in_places(random: Random, system: System, claims: Sequence[Claim], form: Form) -> Rewritten | None:
    """Change truth values in half of the places, of all formulas, where another form is known."""
    named = {name for name, kind in scope_of(system).items() if kind == BOOL}
    named |= {p.name for a in system.actions for p in a.parameters if p.domain == BOOL}

    def is_truth(part: Expr) -> bool:
        match part:
            case Read(name=name):
                return name in named
            case Literal(value=value):
                return isinstance(value, bool)
            case Apply(op="if", args=(_, chosen, _)):
                return is_truth(chosen)
            case Apply(op=op):
                return op in CONNECTIVES | COMPARISONS
            case Next(body=body):
                return is_truth(body)
            case _:
                return True

    def change(part: Expr) -> Expr:
        other = form(part) if is_truth(part) and random.random() < 0.5 else None
        match part if other is None else other:
            case Apply(op=op, args=args):
                return Apply(op, tuple(change(arg) if arg in children(part) else arg for arg in args))
            case Next(body=body):
                return Next(change(body))
            case written:
                return written

    found = _everywhere(system, claims, change)
    return None if (found.system, found.claims) == (system, list(claims)) else found


def negated_twice(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Negate truth values twice."""
    return _in_places(random, system, claims, lambda e: Apply("not", (Apply("not", (e,)),)))


def _de_morgan(formula: Expr) -> Expr | None:
    dual = {"and": "or", "or": "and"}
    match formula:
        case Apply(op="and" | "or" as op, args=args):
            return Apply("not", (Apply(dual[op], tuple(Apply("not", (arg,)) for arg in args)),))
        case Apply(op="not", args=(Apply(op="and" | "or" as op, args=args),)):
            return Apply(dual[op], tuple(Apply("not", (arg,)) for arg in args))
        case _:
            return None


def by_de_morgan(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Write conjunctions as disjunctions, and the other way round."""
    return _in_places(random, system, claims, _de_morgan)


def _otherwise_written(random: Random, formula: Expr) -> Expr:
    turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
    opposite = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}
    ways = [Apply("and", (formula, TRUE)), Apply("or", (FALSE, formula)), Apply("if", (formula, TRUE, FALSE))]
    ways += [Apply("and", (formula,)), Apply("or", (formula, formula)), Apply("implies", (TRUE, formula))]
    if is_temporal(formula):  # no choice has such a part
        ways = [way for way in ways if not (isinstance(way, Apply) and way.op == "if")]
    match formula:
        case Apply(op=op, args=(left, right)) if op in COMPARISONS:
            ways += [Apply(turned[op], (right, left)), Apply("not", (Apply(opposite[op], (left, right)),))] * 3
        case Apply(op="implies", args=(left, right)):
            choice = [] if is_temporal(formula) else [Apply("if", (left, right, TRUE))]
            ways += [Apply("or", (right, Apply("not", (left,)))), *choice] * 3
        case Apply(op="and" | "or" as op, args=(first, *rest)):
            ways += [Apply(op, (*rest, first)), Apply(op, (first, Apply(op, tuple(rest or [first])), first))] * 3
        case Apply(op="if", args=(condition, chosen, otherwise)):
            ways += [Apply("if", (Apply("not", (condition,)), otherwise, chosen))] * 3
    return random.choice(ways)


def otherwise_written(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Write truth values by other operators: turned and opposite comparisons, implications, choices, constants."""
    return _in_places(random, system, claims, lambda e: _otherwise_written(random, e))


def inlined(_: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Write the definitions of derived names where they are read."""
    if not system.derived:
        return None
    names = set(system.definitions)

    def change(formula: Expr) -> Expr:
        while reads(formula) & names:
            formula = replace_in(formula, {Read(n): system.definitions[n].definition for n in names})
        return formula

    found = _everywhere(system, claims, change)
    return replace(found, system=replace(found.system, derived=()))


def with_name(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Give a name to a truth value of the states, and read that instead."""
    places = [*system.initially, *(e for a in system.actions for e in a.expressions)]
    places += [formula for claim in claims for formula in expressions_of(claim)]
    known = {*system.domains, *system.definitions}
    named = [
        e
        for formula in places
        for e in walk(formula)
        if isinstance(e, Apply) and e.op in CONNECTIVES | COMPARISONS and reads(e) and reads(e) <= known
        if not speaks_of_steps(e)
    ]
    if not named:
        return None
    chosen = random.choice(named)
    found = _everywhere(system, claims, lambda formula: replace_in(formula, {chosen: Read("named")}))
    # What is fixed before there are states cannot read a name, and the name must not be its own definition.
    return replace(
        found,
        system=replace(
            found.system,
            constraints=system.constraints,
            variables=system.variables,
            derived=(*system.derived, Derived("named", chosen)),
        ),
    )


# --- domains ----------------------------------------------------------------------------------------------------------


def _recoded(
    system: System,
    claims: Sequence[Claim],
    name: str,
    domain: Domain,
    codes: tuple[Callable[[Expr], Expr], Expr],
    code: Callable[[Value], Value],
) -> Rewritten:
    """Let a name have other values: ``codes`` says how to write the new value of an old one, and the old one."""
    new, old = codes

    def change(formula: Expr) -> Expr:
        return replace_in(formula, {Read(name): old})

    def assigned(target: str, expr: Expr) -> Expr:
        return new(change(expr)) if target == name else change(expr)

    changed = system_with(system, change, assigned)
    return Rewritten(
        replace(
            changed,
            configuration=tuple(replace(v, domain=domain) if v.name == name else v for v in changed.configuration),
            variables=tuple(replace(v, domain=domain) if v.name == name else v for v in changed.variables),
        ),
        [claim_with(claim, change) for claim in claims],
        lambda values: [{n: code(v) if n == name else v for n, v in values.items()}],
    )


def with_truth_recoded(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Write a truth value as a number or as a member of an enum."""
    truths = [name for name, domain in system.domains.items() if isinstance(domain, Bool)]
    if not truths:
        return None
    name = random.choice(truths)
    domain: Domain = random.choice([Range(0, 1), Range(-7, -6), Enum("Answer", ("no", "yes")), Enum("Off", ("1", "0"))])
    no, yes = domain.values
    codes = (
        lambda expr: Apply("if", (expr, Literal(yes), Literal(no))),
        Apply("=", (Read(name), Literal(yes))),
    )
    return _recoded(system, claims, name, domain, codes, lambda value: yes if value else no)


def with_numbers_shifted(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Count a variable from another number on."""
    ranges = {name: domain for name, domain in system.domains.items() if isinstance(domain, Range)}
    if not ranges:
        return None
    name = random.choice(list(ranges))
    by = random.choice([1, -2, 1000, -70_000, 2**31 - 10, 10 - 2**31])
    domain = Range(ranges[name].lo + by, ranges[name].hi + by)
    codes = (lambda expr: Apply("+", (expr, Literal(by))), Apply("-", (Read(name), Literal(by))))
    return _recoded(system, claims, name, domain, codes, lambda value: int(value) + by)


# --- configurations ---------------------------------------------------------------------------------------------------


def with_unread_configuration(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten:
    """Add a configuration variable that nobody reads."""
    domain: Domain = random.choice([Bool(), Range(5, 7), Enum("One", ("only",))])
    new = ConfigurationVariable("unread", domain, random.choice(list(DecidedBy)))
    place = random.randint(0, len(system.configuration))
    configuration = (*system.configuration[:place], new, *system.configuration[place:])
    return Rewritten(
        replace(system, configuration=configuration),
        claims,
        lambda values: [{**values, "unread": value} for value in domain.values],
        states=len(domain.values),
    )


def with_twin(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Add a configuration variable that equals another one, and read it in half of the places."""
    if not system.configuration:
        return None
    first = random.choice(system.configuration)
    twin = replace(first, name="twin")

    def change(formula: Expr) -> Expr:
        match formula:
            case Read(name=name) if name == first.name and random.random() < 0.5:
                return Read("twin")
            case Apply(op=op, args=args):
                return Apply(op, tuple(map(change, args)))
            case Next(body=body):
                return Next(change(body))
            case _:
                return formula

    found = _everywhere(system, claims, change)
    equal = Apply("=", (Read("twin"), Read(first.name)))
    return replace(
        found,
        system=replace(
            found.system,
            configuration=(twin, *system.configuration),
            constraints=(*found.system.constraints, equal),
        ),
        to=lambda values: [{**values, "twin": values[first.name]}],
    )


def with_constraint_asked(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Ask the system without a constraint only where this holds, or leave that to a new constraint."""
    if system.constraints:
        kept = list(system.constraints)
        out = kept.pop(random.randrange(len(kept)))
        return Rewritten(replace(system, constraints=tuple(kept)), claims, where_now=out)
    if not system.configuration:
        return None
    variable = random.choice(system.configuration)
    new = Apply(random.choice(["=", "!="]), (Read(variable.name), Literal(random.choice(variable.domain.values))))
    wider = replace(system, constraints=(*system.constraints, new))
    return Rewritten(wider, claims, where=new) if oracle.configurations(wider) else None


def with_constraint_repeated(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Add constraints that hold in every valid configuration."""
    if not system.configuration:
        return None
    variable = random.choice(system.configuration)
    read, domain = Read(variable.name), variable.domain
    ways = [disjoin(Apply("=", (read, Literal(value))) for value in domain.values), Apply("=", (read, read))]
    ways += [Apply("or", (c, Apply("=", (read, Literal(domain.values[0]))))) for c in system.constraints]
    ways += list(system.constraints)
    added = random.choices(ways, k=2)
    return Rewritten(replace(system, constraints=_shuffled(random, [*system.constraints, *added])), claims)


# --- actions ----------------------------------------------------------------------------------------------------------


def with_guard_split(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Make two actions of one by a condition and its opposite.

    They share the fairness only if the configuration decides which of them can ever be taken; else the action has to
    be one of which nothing is promised.
    """
    action = random.choice(system.actions)
    rigid = bool(system.configuration) and random.random() < 0.5
    if not rigid and _fair_at_all(action):
        return None
    declared = system.configuration if rigid else system.variables
    variable = random.choice(declared)
    condition = Apply("=", (Read(variable.name), Literal(random.choice(variable.domain.values))))
    parts = [
        replace(action, name=f"{action.name}-{name}", guard=conjoin([action.guard, case]))
        for name, case in (("one", condition), ("other", negate(condition)))
    ]
    names = [part.name for part in parts]
    by_outcome = {o.name: names for o in action.outcomes}
    # Of two actions that share the action's turns, one may be starved where together they are not.
    return Rewritten(_cut(system, action, parts), _claims_of_parts(claims, action, by_outcome, fair_parts=rigid))


def with_outcomes_split(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Make an action of each outcome; nothing may be promised of it."""
    several = [a for a in system.actions if len(a.outcomes) > 1 and not _fair_at_all(a)]
    if not several:
        return None
    action = random.choice(several)
    parts = [replace(action, name=f"{action.name}-{o.name}", outcomes=(o,)) for o in action.outcomes]
    by_outcome = {o.name: [part.name] for o, part in zip(action.outcomes, parts, strict=True)}
    return Rewritten(_cut(system, action, parts), _claims_of_parts(claims, action, by_outcome, fair_parts=False))


def with_choices_split(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Make an action of each choice of the parameters: of each just what is promised of every choice."""
    several = [a for a in system.actions if a.parameters and (a.each or not _fair_at_all(a))]
    if not several:
        return None
    action = random.choice(several)
    parts = [_chosen(action, choice, number) for number, choice in enumerate(action.choices)]
    names = [part.name for part in parts]
    by_outcome = {o.name: names for o in action.outcomes}
    return Rewritten(_cut(system, action, parts), _claims_of_parts(claims, action, by_outcome, fair_parts=action.each))


def _chosen(action: Action, choice: Sequence[tuple[str, Value]], number: int) -> Action:
    fixed: dict[Expr, Expr] = {Read(name): Literal(value) for name, value in choice}

    def put(formula: Expr) -> Expr:
        return _compared(replace_in(formula, fixed))

    outcomes = tuple(
        replace(o, when=put(o.when), effects=tuple((n, put(e)) for n, e in o.effects)) for o in action.outcomes
    )
    return replace(
        action, name=f"{action.name}-{number}", guard=put(action.guard), outcomes=outcomes, parameters=(), each=False
    )


def _compared(formula: Expr) -> Expr:
    """Work out comparisons of two members, which have no type once the parameter is gone."""
    match formula:
        case Apply(op="=" | "!=" as op, args=(Literal(value=str(one)), Literal(value=str(other)))):
            return Literal((one == other) == (op == "="))
        case Apply(op=op, args=args):
            return Apply(op, tuple(_compared(arg) for arg in args))
        case _:
            return formula


def merged(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Make one action of two of the same actor of which nothing is promised; the guards become conditions."""
    plain = [a for a in system.actions if not (_fair_at_all(a) or a.parameters or a.joins)]
    pairs = [(a, b) for a, b in product(plain, plain) if a.name < b.name and a.actor == b.actor]
    if not pairs:
        return None
    one, other = random.choice(pairs)
    outcomes = {
        (a.name, o.name): replace(o, name=f"{a.name}-{o.name or 'only'}", when=conjoin([a.guard, o.when]))
        for a in (one, other)
        for o in a.outcomes
    }
    both = replace(one, name="both", guard=disjoin([one.guard, other.guard]), outcomes=tuple(outcomes.values()))
    actions = tuple(both if a == one else a for a in system.actions if a != other)

    def change(formula: Expr) -> Expr:
        named = {e for e in walk(formula) if isinstance(e, Taken) and e.action in (one.name, other.name)}
        return replace_in(
            formula,
            {
                e: disjoin(
                    Taken("both", new.name)
                    for (a, o), new in outcomes.items()
                    if a == e.action and e.outcome in (None, o)
                )
                for e in named
            },
        )

    def claim(old: Claim) -> Claim | None:
        changed = claim_with(old, change)
        names = {one.name, other.name}
        if isinstance(changed, Fair) and names & set(dict(changed.assuming)):
            return None
        if isinstance(changed, Recoverable) and names & set(changed.barring):
            if not names <= set(changed.barring):
                return None
            return replace(changed, barring=(*(n for n in changed.barring if n not in names), "both"))
        return changed

    return Rewritten(replace(system, actions=actions), [claim(old) for old in claims])


def with_unreachable_action(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Add an action that can be taken only in a state that no configuration reaches, with any promise about it."""
    reached = {s for w in oracle.worlds(system) for s in oracle.explore(w, w.initial(), None).states}
    every = list(product(*(v.domain.values for v in system.variables)))
    unreached = [state for state in every if state not in reached]
    if not unreached:
        return None
    state = random.choice(unreached)
    guard = conjoin(
        Apply("=", (Read(v.name), Literal(value))) for v, value in zip(system.variables, state, strict=True)
    )
    target = random.choice(system.variables)
    effects = ((target.name, Literal(random.choice(target.domain.values))),)
    actor = random.choice(system.actors)
    fairness = random.choice(list(Fairness))
    action = Action("unreachable", actor, target.component, guard, (Outcome("", effects),), fairness=fairness)
    return Rewritten(replace(system, actions=(action, *system.actions)), claims)


def beside_clock(random: Random, system: System, claims: Sequence[Claim]) -> Rewritten | None:
    """Add a part that nobody looks at. Its steps change nothing that a claim about states can tell.

    Nothing is predicted of a claim that speaks of steps, if the clock is among those of whom it is asked. With the
    clock somebody can always act.
    """
    if any(v.name == "face" for v in system.variables):
        return None
    found: list[Claim | None] = []
    always = set()
    for place, claim in enumerate(claims):
        looks = isinstance(claim, StepInvariant) or any(map(speaks_of_steps, expressions_of(claim)))
        found.append(None if looks and claim.given is None else claim)
        if isinstance(claim, DeadlockFree) and claim.given is None and claim.by is None:
            always.add(place)
    wider = with_clock(system, random.choice(list(Fairness)))
    return Rewritten(wider, found, states=2, proved=frozenset(always))


REWRITES: dict[str, Rewrite] = {
    "rename": renamed,
    "reorder": reordered,
    "permute members": with_members_permuted,
    "negate twice": negated_twice,
    "de Morgan": by_de_morgan,
    "other operators": otherwise_written,
    "inline names": inlined,
    "introduce a name": with_name,
    "recode a truth value": with_truth_recoded,
    "shift a range": with_numbers_shifted,
    "unread configuration variable": with_unread_configuration,
    "twin of a configuration variable": with_twin,
    "constraint or where": with_constraint_asked,
    "redundant constraints": with_constraint_repeated,
    "split a guard": with_guard_split,
    "split outcomes": with_outcomes_split,
    "split choices": with_choices_split,
    "merge actions": merged,
    "unreachable action": with_unreachable_action,
    "inert component": beside_clock,
}
