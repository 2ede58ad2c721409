"""Parts of a model that can never be of use. What needs no reachability is refused when the model is made.

Reachability is asked of the engines like any claim. Where an engine finds that a part never occurs, the claim is heard
and the judge checks it; only then is the part reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tunnelproof.engines.contract import Limits, Progress
from tunnelproof.evidence.automaton import Automaton
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.domains import Enum
from tunnelproof.model.language.expressions import (
    Apply,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    conjoin,
    negate,
    reads,
    walk,
)
from tunnelproof.model.language.system import Action, Fairness, Outcome, System, Variable
from tunnelproof.model.language.temporal import antecedents
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    Fair,
    Invariant,
    Ltl,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    expressions_of,
    trigger_of,
)
from tunnelproof.properties.fairness import constraints_of
from tunnelproof.semantics.cone import restrict
from tunnelproof.verification.domains import check_domains
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.prove import Quiet, open_hearing


@dataclass(frozen=True, slots=True)
class Remark:
    """What is odd about a part of the model. ``unsettled``: it could not be found out. ``code`` is of `CODES`."""

    about: str
    text: str
    code: str
    unsettled: bool = False


CODES = {
    "TP601": "nothing reads it",
    "TP602": "an action is never taken, or an outcome never occurs",
    "TP603": "a fair action changes nothing in some steps: it may keep its promise so",
    "TP604": "a variable never changes, or never has one of its values",
    "TP605": "a claim is vacuous in every configuration",
    "TP606": "an antecedent of a temporal formula is never met: what follows from it is demanded of nothing",
    "TP607": "a claim holds without the fairness that it assumes",
    "TP608": "a claim says that something happens, and nothing is fair: a run may stop anywhere",
    "TP609": "nothing could be found out",
}


def lint(
    system: System,
    claims: Sequence[Claim] = (),
    *,
    where: Expr | None = None,
    engine: str = "auto",
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress = Quiet,
) -> tuple[Remark, ...]:
    """Return what is odd about the model and its claims, in declaration order; nothing if all of it is of use."""
    remarks = list(_unread(system, claims))
    hearing = open_hearing(system, claims, where, engine, limits, progress)
    unchecked = check_domains(hearing)
    if unchecked is not None:
        return (*remarks, Remark("the model", f"nothing else could be found out: {unchecked}", "TP609", True))
    remarks.extend(_idle_hopes(system, claims))
    for doubt in (*_doubts(system, claims), *_triggers(claims), *_antecedents(claims), *_assumptions(system, claims)):
        said = hearing.guess(doubt.claim)
        if said == {doubt.bad} or (doubt.once and doubt.bad in said):
            remarks.extend(_settled(doubt, hearing.hear(doubt.claim)))
        elif not said <= {Verdict.PROVED, Verdict.REFUTED}:
            remarks.append(Remark(doubt.about, f"perhaps {doubt.text}: no engine could tell", doubt.code, True))
    return tuple(remarks)


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A claim whose verdict, where it is the bad one everywhere (or, if ``once``, anywhere), is worth a remark."""

    about: str
    text: str
    code: str
    claim: Claim
    bad: Verdict
    once: bool = False


def _doubts(system: System, claims: Sequence[Claim]) -> Iterator[_Doubt]:
    taken = {claim.id for claim in claims}
    prefix = next(p for p in ("lint", *(f"lint-{n}" for n in range(len(taken) + 1))) if not _begins(p, taken))
    for number, action in enumerate(system.actions):
        yield from _about_action(action, f"{prefix}.action-{number}")
    for number, variable in enumerate(system.variables):
        yield from _about_variable(variable, f"{prefix}.variable-{number}")


def _begins(prefix: str, ids: Iterable[str]) -> bool:
    return any(name.startswith(f"{prefix}.") for name in ids)


def _about_action(action: Action, name: str) -> Iterator[_Doubt]:
    about = f"action '{action.name}'"
    yield _Doubt(about, "can never be taken", "TP602", _absent(name, Taken(action.name)), Verdict.PROVED)
    for number, outcome in enumerate(action.outcomes if len(action.outcomes) > 1 else ()):
        claim = _absent(f"{name}-outcome-{number}", Taken(action.name, outcome.name))
        yield _Doubt(f"{about}, outcome '{outcome.name}'", "never occurs", "TP602", claim, Verdict.PROVED)
    if action.fairness is not Fairness.NONE:
        moves = StepInvariant(
            id=f"{name}-moves",
            sentence="The fair action changes something whenever it is taken.",
            holds=conjoin(Apply("implies", (Taken(action.name, o.name), _moves(o))) for o in action.outcomes),
        )
        yield _Doubt(about, "is fair, but some of its steps change nothing", "TP603", moves, Verdict.REFUTED, True)


def _moves(outcome: Outcome) -> Expr:
    """Say that the outcome changes one of the variables that it assigns."""
    changed = tuple(Apply("!=", (Next(Read(name)), Read(name))) for name, _ in outcome.effects)
    return Apply("or", changed) if changed else Literal(False)


def _about_variable(variable: Variable, name: str) -> Iterator[_Doubt]:
    about, read = f"variable '{variable.name}'", Read(variable.name)
    constant = StepInvariant(
        id=f"{name}-moves", sentence="The variable keeps its value.", holds=Apply("=", (Next(read), read))
    )
    yield _Doubt(about, "never changes", "TP604", constant, Verdict.PROVED)
    for number, member in enumerate(variable.domain.values if isinstance(variable.domain, Enum) else ()):
        claim = _absent(f"{name}-value-{number}", Apply("=", (read, Literal(member))))
        yield _Doubt(about, f"is never '{member}'", "TP604", claim, Verdict.PROVED)


def _absent(name: str, formula: Expr) -> Invariant:
    return Invariant(id=name, sentence="This never happens.", holds=negate(formula))


def _settled(doubt: _Doubt, found: ClaimOutcome) -> Iterator[Remark]:
    verdicts = {cell.verdict for cell in found.cells}
    if verdicts == {doubt.bad} or (doubt.once and doubt.bad in verdicts):
        yield Remark(doubt.about, doubt.text, doubt.code)
    elif not verdicts <= {Verdict.PROVED, Verdict.REFUTED}:
        reason = found.reason.value if found.reason else found.verdict.value
        yield Remark(doubt.about, f"perhaps {doubt.text}: {reason}, {found.detail}", doubt.code, True)


def _triggers(claims: Sequence[Claim]) -> Iterator[_Doubt]:
    """Doubt that what a claim speaks of ever happens."""
    for number, claim in enumerate(claims):
        trigger = claim.goal if isinstance(claim, Recoverable) else trigger_of(claim)
        if trigger is None or claim.may_be_vacuous:
            continue
        never: Invariant | StepInvariant = Invariant(
            id=f"lint-trigger-{number}",
            sentence="What the claim speaks of never happens.",
            holds=trigger if isinstance(claim, Recoverable) else negate(trigger),
            given=claim.given,
        )
        if isinstance(claim, StepInvariant):
            never = StepInvariant(id=never.id, sentence=never.sentence, holds=negate(trigger), given=claim.given)
        text = "is vacuous in every configuration: what it speaks of never happens"
        yield _Doubt(f"claim '{claim.id}'", text, "TP605", never, Verdict.PROVED)


def _antecedents(claims: Sequence[Claim]) -> Iterator[_Doubt]:
    """Doubt that each of several antecedents of a formula is ever met."""
    for number, claim in enumerate(claims):
        lefts = antecedents(claim.formula) if isinstance(claim, (Ltl, Ctl)) else ()
        for part, left in enumerate(lefts if len(lefts) > 1 else (), 1):
            never = replace(_absent(f"lint-antecedent-{number}-{part}", left), given=claim.given)
            yield _Doubt(f"claim '{claim.id}', antecedent {part}", "is never met", "TP606", never, Verdict.PROVED)


def _assumptions(system: System, claims: Sequence[Claim]) -> Iterator[_Doubt]:
    """Doubt that the fairness that a claim adds to the model's makes a difference to it."""
    strength = list(Fairness)
    for number, claim in enumerate(claims):
        if not isinstance(claim, Fair):
            continue
        own = {action.name: strength.index(action.fairness) for action in system.actions}
        kept = tuple((name, fair) for name, fair in claim.assuming if strength.index(fair) <= own[name])
        if kept != claim.assuming:
            without = replace(claim, id=f"lint-assuming-{number}", assuming=kept, may_be_vacuous="asked elsewhere")
            text = "holds in every configuration without the fairness that it assumes"
            yield _Doubt(f"claim '{claim.id}'", text, "TP607", without, Verdict.PROVED)


def _idle_hopes(system: System, claims: Sequence[Claim]) -> Iterator[Remark]:
    """Find claims that something will happen where nobody has to do anything."""
    for claim in claims:
        if isinstance(claim, Fair) and _hopes(claim) and not constraints_of(restrict(system, claim), claim):
            text = "wants something to happen, but nothing is fair: a run may stop anywhere"
            yield Remark(f"claim '{claim.id}'", text, "TP608")


def _hopes(claim: Fair) -> bool:
    """Say whether the claim wants something to happen."""
    match claim:
        case Ltl():
            return bool(Automaton(claim.formula).promises)
        case Ctl():
            return any(isinstance(part, Apply) and part.op in ("AF", "AU") for part in walk(claim.formula))
        case _:
            return isinstance(claim, (Response, Recurrence))


def _unread(system: System, claims: Sequence[Claim]) -> Iterator[Remark]:
    """Find variables that nothing reads. Derived names are of use in traces, whether read or not."""
    formulas = [
        *system.constraints,
        *system.initially,
        *(d.definition for d in system.derived),
        *(expr for v in system.variables for expr in v.start or ()),
        *(expr for action in system.actions for expr in action.expressions),
        *(expr for claim in claims for expr in expressions_of(claim)),
    ]
    read = frozenset(name for formula in formulas for name in reads(formula))
    for what, names in (
        ("configuration variable", [v.name for v in system.configuration]),
        ("variable", [v.name for v in system.variables]),
    ):
        for name in names:
            if name not in read:
                yield Remark(f"{what} '{name}'", "is read by nothing", "TP601")


__all__ = ["CODES", "Remark", "lint"]
