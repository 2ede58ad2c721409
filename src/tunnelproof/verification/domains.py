"""What has to hold before any claim is heard: every configuration can start, and no assignment leaves its domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tunnelproof.errors import EvidenceRejected, ModelError
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.family.partition import Partition
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read, conjoin, disjoin, negate
from tunnelproof.model.language.expressions import replace as replace_in
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.ranges import unsafe_assignments
from tunnelproof.model.language.system import Action, System
from tunnelproof.properties.claims import Invariant
from tunnelproof.semantics.step import initial_states
from tunnelproof.verification.hearing import Hearing
from tunnelproof.verification.outcome import Cell, ClaimOutcome, Dossier, Evidence, Label, Sink

CLAIM = "model.stays-in-domains"


def check_domains(hearing: Hearing, keep: Sink = lambda _: None) -> str | None:
    """Raise `ModelError` for a configuration without a start or an assignment that leaves its domain.

    Returns why this is not known, if it is not; ``keep`` is given the evidence for what had to be explored.
    """
    _check_starts(hearing)
    unreal: EvidenceRejected | None = None
    claims = [(*found, _stays_inside(hearing.system, *found)) for found in unsafe_assignments(hearing.system)]
    assigned = dict.fromkeys(name for _, _, name, _, _ in claims)
    kept = {name: _all_kept(hearing, [c for c in claims if c[2] == name], keep) for name in assigned}
    for action, outcome, name, expr, claim in claims:
        if kept[name]:
            continue
        try:
            found = hearing.hear(claim)
        except EvidenceRejected as fault:  # a step of the trace makes another variable leave its domain
            unreal = fault
            continue
        if found.verdict is Verdict.REFUTED:
            raise _leaves(hearing.system, action, name, expr, found)
        if found.verdict is not Verdict.PROVED:
            return f"whether '{action.name}' keeps '{name}' in its domain is {found.verdict}: {found.detail}"
        keep(Dossier(found, *hearing.evidence, assignments=((action.name, outcome, name),)))
    if unreal is not None:
        raise unreal
    return None


def without_verdicts(outcome: ClaimOutcome, why: str) -> ClaimOutcome:
    """Return the outcome with everything unknown: without domains, no verdict means anything."""
    space = outcome.partition.space
    partition = Partition(space, (), {(): Label(Verdict.UNKNOWN, None)})
    cell = Cell(Verdict.UNKNOWN, None, space.count(), Literal(True), (), Evidence("none", False))
    return replace(outcome, cells=(cell,), partition=partition, reason=Reason.DOMAINS_UNCHECKED, detail=why)


def _check_starts(hearing: Hearing) -> None:
    """Look for a configuration without an initial state. Only initial formulas can take one away."""
    system = hearing.system
    if not system.initially:
        return
    read = {name for formula in system.initially for name in system.reads(formula)}
    for variable in system.variables:
        if variable.name in read:
            read |= {name for start in variable.start or () for name in system.reads(start)}
    tied = replace(
        system,
        configuration=tuple(v for v in system.configuration if v.name in read),
        variables=tuple(v for v in system.variables if v.name in read),
        actions=(),
    )
    names = [v.name for v in tied.configuration]
    for row in hearing.space.project(names):
        if not initial_states(tied, row):
            shown = ", ".join(f"{n} = {v}" for n, v in zip(names, row, strict=True)) or "any configuration"
            raise ModelError("TP140", f"there is no initial state in {shown}", hint="see the initial formulas")


def _all_kept(hearing: Hearing, claims: Sequence[tuple[Action, str, str, Expr, Invariant]], keep: Sink) -> bool:
    """Say whether all these are proved at once: that is quick, and mostly they are."""
    if len(claims) < 2:
        return False
    together = replace(claims[0][-1], holds=conjoin(claim.holds for *_, claim in claims))
    try:
        found = hearing.hear(together)
    except EvidenceRejected:
        return False
    if found.verdict is not Verdict.PROVED:
        return False
    assignments = tuple((action.name, outcome, name) for action, outcome, name, _, _ in claims)
    keep(Dossier(found, *hearing.evidence, assignments=assignments))
    return True


def _stays_inside(system: System, action: Action, outcome: str, name: str, expr: Expr) -> Invariant:
    """State as an invariant that the assignment is never carried out with a value outside the domain."""
    domain = system.domains[name]
    assert isinstance(domain, Range)
    outside = disjoin((Apply("<", (expr, Literal(domain.lo))), Apply(">", (expr, Literal(domain.hi)))))
    condition = next(o.when for o in action.outcomes if o.name == outcome)
    leaves = conjoin((action.guard, condition, outside))
    cases = [_settled(replace_in(leaves, {Read(n): Literal(v) for n, v in choice})) for choice in action.choices]
    return Invariant(id=CLAIM, sentence="No assignment leaves its variable's domain.", holds=negate(disjoin(cases)))


def _settled(expr: Expr) -> Expr:
    """Work out comparisons of two constants: with the parameters put in, an enum member may face another one."""
    match expr:
        case Apply(op="=" | "!=", args=(Literal(), Literal())):
            return Literal((expr.args[0] == expr.args[1]) == (expr.op == "="))
        case Apply():
            return Apply(expr.op, tuple(_settled(arg) for arg in expr.args))
        case _:
            return expr


def _leaves(system: System, action: Action, name: str, expr: Expr, found: ClaimOutcome) -> ModelError:
    cell = found.cell(Verdict.REFUTED)
    assert cell is not None
    run = cell.evidence.runs[0]
    path = " → ".join(str(step) for step in run.steps) or "at the start"
    known = {*system.domains, *system.definitions, *(p.name for p in action.parameters)}
    configuration = ", ".join(f"{n}={v}" for n, v in run.configuration.items())
    return ModelError(
        "TP141",
        f"action '{action.name}' can assign '{name}' := {format_formula(expr, known)} outside {system.domains[name]}: "
        f"{path}, then '{action.name}'" + (f" (with {configuration})" if configuration else ""),
        where=action.where,
        hint="strengthen the guard or widen the range",
    )
