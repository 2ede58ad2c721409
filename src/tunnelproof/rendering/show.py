"""A model as people read it: who decides what, what there is, who can do what, and what is claimed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from tunnelproof.model import catalogue
from tunnelproof.model.language.domains import Bool, Domain, Enum, Range
from tunnelproof.model.language.expressions import TRUE, Expr, Literal
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import Action, DecidedBy, Fairness, Outcome, System, Variable
from tunnelproof.model.language.times import spoken
from tunnelproof.properties.claims import Claim, DeadlockFree, Fair, NeverForever, Recoverable, Timed, Tradeoff
from tunnelproof.rendering import wording
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import Style, wrapped

if TYPE_CHECKING:  # what is only shown needs no engine and no judge
    from tunnelproof.verification.lint import Remark

_DECIDERS = {
    DecidedBy.SETTING: "settings, by the user or administrator",
    DecidedBy.VENDOR: "the build, by the vendor",
    DecidedBy.PLATFORM: "the platform, where sources disagree or it may change",
    DecidedBy.HABIT: "habits of the user",
}


def catalogue_text(style: Style) -> str:
    """Return the list of shipped models."""
    width = max(len(name) for name in catalogue.names())
    lines = [f"{name:<{width}}  {catalogue.title(name)}" for name in catalogue.names()]
    return style.drawn("\n".join(lines)) + "\n"


def model_text(system: System, claims: Sequence[Claim], style: Style) -> str:
    """Return the whole model as text."""
    lines = [f"{safe_text(system.name)}: {safe_text(system.title)}" if system.title else safe_text(system.name)]
    for title, part in (
        ("configuration", _configuration(system)),
        ("variables", _variables(system)),
        ("derived", _derived(system)),
        ("actions", _actions(system, style)),
        ("claims", _claims(claims, system)),
    ):
        found = list(part)
        if found:
            lines += ["", style.paint(title, "bold"), *found]
    return style.drawn("\n".join(lines)) + "\n"


def lint_text(system: System, remarks: Sequence[Remark], style: Style) -> str:
    """Return what lint has to say."""
    lines = [line for remark in remarks for line in _remark(remark, style)]
    return (
        style.drawn("\n".join([*lines, f"{safe_text(system.name)}: {wording.number(len(remarks), 'remark')}"])) + "\n"
    )


def _remark(remark: Remark, style: Style) -> list[str]:
    mark = style.paint("?" if remark.unsettled else "warning:", "yellow")
    return wrapped(f"{mark} {safe_text(remark.about)} {safe_text(remark.text)} ({remark.code})", 4, first="")


def _configuration(system: System) -> Iterator[str]:
    for decider, title in _DECIDERS.items():
        found = [v for v in system.configuration if v.decided_by is decider]
        if found:
            yield f"  {title}"
        for variable in found:
            yield from _entry(f"{safe_text(variable.name)}: {_domain(variable.domain)}", variable.doc, 4)
            if variable.source is not None:
                yield from wrapped(wording.source(variable.source), 10, first=" " * 8)
    for constraint in system.constraints:
        yield from wrapped(f"valid only if {_formula(constraint, system)}", 6, first="  ")


def _variables(system: System) -> Iterator[str]:
    for component, found in groupby(system.variables, key=lambda v: v.component):
        yield f"  {safe_text(component)}"
        for variable in found:
            text = f"{safe_text(variable.name)}: {_domain(variable.domain)}, starts {_start(variable, system)}"
            if variable.visible_to is not None:
                text += f", seen by {', '.join(map(safe_text, variable.visible_to)) or 'nobody'}"
            yield from _entry(text, variable.doc, 4)
    for formula in system.initially:
        yield from wrapped(f"starts only where {_formula(formula, system)}", 6, first="  ")


def _start(variable: Variable, system: System) -> str:
    if variable.start is None:
        return "anyhow"
    return " or ".join(_formula(expr, system) for expr in variable.start)


def _derived(system: System) -> Iterator[str]:
    for derived in system.derived:
        yield from _entry(f"{safe_text(derived.name)} is {_formula(derived.definition, system)}", derived.doc, 2)


def _actions(system: System, style: Style) -> Iterator[str]:
    for actor, found in groupby(system.actions, key=lambda a: a.actor):
        yield f"  {safe_text(actor)}"
        for action in found:
            yield from _action(action, system, style)


def _action(action: Action, system: System, style: Style) -> Iterator[str]:
    choice = ", ".join(f"{safe_text(p.name)}: {_domain(p.domain)}" for p in action.parameters)
    marks = [] if action.fairness is Fairness.NONE else [f"{action.fairness.value} fairness"]
    marks += ["for each choice"] if action.each else []
    marks += [f"price {action.price}"] if action.price else []
    marks += [f"takes {wording.duration(action.duration)}"] if action.duration else []
    marks += [f"joins {', '.join(map(safe_text, action.joins))}"] if action.joins else []
    head = safe_text(action.name) + (f"({choice})" if choice else "") + (f" [{', '.join(marks)}]" if marks else "")
    yield from _entry(head, action.doc, 4)
    if action.guard != TRUE:
        yield from wrapped(f"when {_formula(action.guard, system)}", 10, first=" " * 6)
    for outcome in action.outcomes:
        yield from wrapped(_effects(outcome, system), 10, first=" " * 6)
    yield from (style.paint(line, "dim") for line in wrapped(wording.source(action.source), 10, first=" " * 6))
    if action.duration is not None and action.duration.source is not None:
        said = f"duration: {wording.source(action.duration.source)}"
        yield from (style.paint(line, "dim") for line in wrapped(said, 10, first=" " * 6))


def _effects(outcome: Outcome, system: System) -> str:
    effects = ", ".join(f"{safe_text(name)} := {_formula(expr, system)}" for name, expr in outcome.effects)
    head = f"{safe_text(outcome.name)}: " if outcome.name else ""
    condition = "" if outcome.when == TRUE else f"if {_formula(outcome.when, system)}, "
    return f"{head}{condition}{effects or 'changes nothing'}{' (fair)' if outcome.fair else ''}"


def _claims(claims: Iterable[Claim], system: System) -> Iterator[str]:
    for claim in claims:
        yield from _entry(f"{safe_text(claim.id)} [{claim.kind}]", claim.sentence, 2)
        for name in claim.formulas:
            formula = getattr(claim, name)
            if formula is not None:
                yield from wrapped(f"{name.rstrip('_')}: {_formula(formula, system)}", 10, first=" " * 6)
        for said in _about(claim, system):
            yield from wrapped(said, 10, first=" " * 6)


def _about(claim: Claim, system: System) -> Iterator[str]:
    """Say what a claim speaks of beside its formulas."""
    if isinstance(claim, NeverForever):
        for number, point in enumerate(claim.points, 1):
            yield f"point {number}: {_formula(point, system)}"
    if isinstance(claim, Tradeoff):
        yield f"claims: {_listed(claim.claims)}"
    if claim.given is not None:
        yield f"given: {_listed(claim.given)}"
    if isinstance(claim, (DeadlockFree, Recoverable)) and claim.by is not None:
        yield f"by: {_listed(claim.by)}"
    if isinstance(claim, Recoverable) and claim.barring:
        yield f"barring: {_listed(claim.barring)}"
    if isinstance(claim, Recoverable) and claim.within is not None:
        yield f"within: {wording.price(claim.within)}"
    if isinstance(claim, Timed):
        yield f"at most: {spoken(claim.at_most)}"
    if isinstance(claim, Fair) and claim.assuming:
        yield f"assuming: {_listed(f'{action} {fairness.value}' for action, fairness in claim.assuming)}"
    if claim.may_be_vacuous:
        yield f"may be vacuous: {safe_text(claim.may_be_vacuous)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(safe_text, names)) or "nobody"


def _entry(head: str, doc: str, indent: int) -> list[str]:
    lines = wrapped(head, indent + 4, first=" " * indent)
    return lines + (wrapped(safe_text(doc), indent + 4, first=" " * (indent + 4)) if doc else [])


def _formula(expr: Expr, system: System) -> str:
    if isinstance(expr, Literal):  # alone, a member needs no quotes
        return wording.value(expr.value)
    return safe_text(format_formula(expr, {*system.domains, *system.definitions}))


def _domain(domain: Domain) -> str:
    match domain:
        case Bool():
            return "true or false"
        case Enum():
            return safe_text(", ".join(domain.members))
        case Range():
            return str(domain)
