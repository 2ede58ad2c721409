"""Is a formula an inductive invariant that proves the claim? Two different solvers have to say so.

The obligations are written here from the canonical model, never by an engine:

* ``initial``: every initial state of a covered configuration satisfies the formula and is no bad point;
* ``step``: every step from a state that satisfies it leads to one that does, and to no bad point (or is no bad step);
* ``state`` (only of `DeadlockFree`): no state that satisfies it is a deadlock.

Each asks for a counterexample; each must be answered `unsat`, by two solvers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import SEEN, Certificate, Values
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.points import at_rest, shared_actions, specialise
from tunnelproof.evidence.verdict import Reason, Undecided
from tunnelproof.model.language.domains import BOOL
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr, conjoin, negate, reads
from tunnelproof.model.language.system import ConfigurationVariable, Step, System
from tunnelproof.model.language.typing import Type, Typing
from tunnelproof.model.language.wellformed import scope_of
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    StepInvariant,
    trigger_of,
    violation_of,
)
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.solving.encoding import Encoding, conjunction, disjunction
from tunnelproof.solving.reply import Answer, Effort
from tunnelproof.solving.solvers import solve, solvers

ENOUGH = 2  # different solvers that have to agree


@dataclass(frozen=True, slots=True)
class Obligation:
    """A question to solvers, as an SMT-LIB script; any answer but `unsat` means that the proof does not stand."""

    name: str
    script: str


class InvariantCheck:
    """Checks a certificate by invariant for one claim on one system.

    It may be asked for some configurations only: those in which ``asked`` holds, a formula that may read variables
    ``tied`` to the system's. Then obligations are about these.
    """

    def __init__(
        self,
        system: System,
        claim: Claim,
        certificate: Certificate,
        asked: Expr = TRUE,
        tied: tuple[ConfigurationVariable, ...] = (),
    ) -> None:
        """Read the certificate. Raises `EvidenceRejected` if there is none or its formulas mean nothing here."""
        if certificate.invariant is None:
            raise EvidenceRejected("TP405", "a proof without a closed set or an invariant")
        self._system = replace(system, configuration=(*system.configuration, *tied))
        self._claim, self._certificate, self._asked = claim, certificate, asked
        self._invariant = certificate.invariant
        self._actors = {a.name: a.actor for a in system.actions}
        types = scope_of(self._system)
        rigid = {v.name: types[v.name] for v in system.configuration}
        state = {v.name: types[v.name] for v in system.variables}
        _well_typed(certificate.covers, rigid, "the formula for what is covered")
        history = {SEEN.name: BOOL} if isinstance(claim, Precedence) else {}
        scope = {**rigid, **state, **history}
        taken = {*types, SEEN.name}
        for name, formula in certificate.definitions:
            if name in taken or name in scope:
                raise EvidenceRejected("TP405", f"the certificate defines '{name}', which has a meaning already")
            _well_typed(formula, scope, f"the definition of '{name}'")
            scope[name] = BOOL  # only from here on: a definition can read what has been defined before it
        _well_typed(self._invariant, scope, "the invariant")

    def covered(self, configurations: Sequence[Values], names: Sequence[str] | None = None) -> Mask:
        """Return in which configurations the certificate says that it proves the claim.

        These may give values to some ``names`` only; `EvidenceRejected` is raised if it depends on others.
        """
        if names is None:
            names = [v.name for v in self._system.configuration]
        if others := sorted(reads(self._certificate.covers) - set(names)):
            raise EvidenceRejected("TP405", f"what the certificate covers depends on '{others[0]}' too")
        rows = [dict(zip(names, configuration, strict=True)) for configuration in configurations]
        return np.array([bool(evaluate(self._certificate.covers, row)) for row in rows], dtype=bool)

    def check(self, effort: Effort = Effort()) -> int:  # noqa: B008 - frozen
        """Have all obligations answered and return how many there were.

        Raises `EvidenceRejected` if one has a counterexample, `Undecided` if two solvers do not settle it.
        """
        obligations = self.obligations()
        undecided: Undecided | None = None
        for obligation in obligations:
            try:
                ask(obligation, effort)
            except Undecided as reason:  # another one may still have a counterexample
                undecided = undecided or reason
        if undecided is not None:
            raise undecided
        return len(obligations)

    def obligations(self) -> tuple[Obligation, ...]:
        """Write the obligations."""
        found = [self._initial(), self._step()]
        if isinstance(self._claim, DeadlockFree):
            found.append(self._state(self._claim))
        return tuple(found)

    def never_triggered(self, effort: Effort = Effort()) -> bool | None:  # noqa: B008 - frozen
        """Say of a checked proof whether the claim's trigger is never met; ``None`` if the invariant does not tell."""
        trigger = trigger_of(self._claim)
        if trigger is None:
            return False
        try:
            for obligation in (self._initial(trigger), self._step(trigger)):
                ask(obligation, effort)
        except (EvidenceRejected, Undecided):
            return None
        return True

    def excluded_at_rest(self, formula: Expr, effort: Effort = Effort()) -> bool:  # noqa: B008 - frozen
        """Say of a checked proof that no step that changes nothing, and that the formula does not name, meets it."""
        encoding = self._encoding()
        same = [f"(= {encoding.now(variable)} {encoding.next(variable)})" for variable in encoding.variables]
        script = encoding.script(self._given(encoding), conjunction(same), encoding.now(at_rest(formula)))
        try:
            ask(Obligation("unseen steps", script), effort)
        except (EvidenceRejected, Undecided):
            return False
        return True

    # --- obligations -------------------------------------------------------------------------------------------------

    def _encoding(self) -> Encoding:
        encoding = Encoding(self._system, (SEEN.name,) if isinstance(self._claim, Precedence) else ())
        for name, formula in self._certificate.definitions:
            encoding.define(name, formula)
        return encoding

    def _given(self, encoding: Encoding) -> str:
        """Return the term that the configuration is covered and the state now satisfies the invariant."""
        return conjunction([*self._about(encoding), encoding.now(self._invariant)])

    def _about(self, encoding: Encoding) -> list[str]:
        """Return the terms that the configuration is asked about and covered."""
        formulas = [formula for formula in (self._asked, self._certificate.covers) if formula != TRUE]
        return [encoding.now(formula) for formula in formulas]

    def _initial(self, trigger: Expr | None = None) -> Obligation:
        encoding = self._encoding()
        start = [*self._about(encoding), encoding.initial()]
        if isinstance(self._claim, Precedence):
            start.append(f"(= {encoding.now(SEEN)} {encoding.now(at_rest(self._claim.first))})")
        if trigger is None:
            wrong = disjunction([f"(not {encoding.now(self._invariant)})", encoding.now(self._bad_at_rest())])
        else:
            steps = isinstance(self._claim, StepInvariant)
            wrong = encoding.now(FALSE if steps else at_rest(trigger))
        return Obligation("initial", encoding.script(conjunction(start), wrong))

    def _step(self, trigger: Expr | None = None) -> Obligation:
        """Look for a step to a state without the invariant, or to a bad point; or for one that meets the trigger."""
        encoding = self._encoding()
        formula = self._bad_formula() if trigger is None else trigger
        leaves = FALSE if trigger is not None else negate(self._invariant)
        lost = encoding.named(encoding.next(leaves))
        groups: dict[tuple[str, ...], list[str]] = {}
        for step in self._system.steps:
            bad = specialise(formula, step, self._actors[step.action])
            term = encoding.now(bad) if isinstance(self._claim, StepInvariant) else encoding.next(bad)
            remembers = self._remembers(encoding, step)
            if isinstance(self._claim, Precedence) and trigger is None:
                term = conjunction([term, f"(not {encoding.next(SEEN)})"])
            groups.setdefault((term, remembers), []).append(encoding.named(encoding.step(step)))
        cases = [
            conjunction([disjunction(steps), remembers, disjunction([lost, term])])
            for (term, remembers), steps in groups.items()
        ]
        return Obligation("step", encoding.script(self._given(encoding), disjunction(cases)))

    def _state(self, claim: DeadlockFree) -> Obligation:
        encoding = self._encoding()
        wanted = shared_actions(self._system, claim.by)
        moves = [encoding.enabled(step) for step in self._system.steps if step.action in wanted]
        excused = encoding.now(claim.except_ or FALSE)
        script = encoding.script(self._given(encoding), f"(not {disjunction([excused, *moves])})")
        return Obligation("state", script)

    def _remembers(self, encoding: Encoding, step: Step) -> str:
        """Return the term for how a step updates the bit `SEEN`."""
        claim = self._claim
        if not isinstance(claim, Precedence):
            return "true"
        first = encoding.next(specialise(claim.first, step, self._actors[step.action]))
        kept = [encoding.now(SEEN)]
        if claim.since is not None:
            kept.append(f"(not {encoding.next(specialise(claim.since, step, self._actors[step.action]))})")
        return f"(= {encoding.next(SEEN)} {disjunction([first, conjunction(kept)])})"

    def _bad_formula(self) -> Expr:
        """Return the formula of the points, or steps, that the invariant has to keep out."""
        match self._claim:
            case Invariant() | StepInvariant():
                return violation_of(self._claim)
            case Reachable():
                return self._claim.point
            case Precedence():
                return self._claim.then
            case DeadlockFree():
                return FALSE
            case _:
                raise EvidenceRejected("TP408", f"no invariant proves a claim of kind {self._claim.kind}")

    def _bad_at_rest(self) -> Expr:
        bad = self._bad_formula()
        if isinstance(self._claim, StepInvariant):
            return FALSE
        rest = at_rest(bad)
        return conjoin((rest, negate(SEEN))) if isinstance(self._claim, Precedence) else rest


def ask(obligation: Obligation, effort: Effort = Effort()) -> None:  # noqa: B008 - frozen
    """Have an obligation answered `unsat` by two solvers.

    Raises `EvidenceRejected` if a solver finds a counterexample, `Undecided` if fewer than two solvers settle it.
    """
    agreed, reasons = 0, []
    available = solvers()
    for solver in available:
        reply = solve(solver, obligation.script, effort)
        if reply.answer is Answer.SAT:
            raise EvidenceRejected("TP409", f"the obligation '{obligation.name}' has a counterexample, says {solver}")
        if reply.answer is Answer.UNSAT:
            agreed += 1
        else:
            reasons.append(reply.reason)
    if agreed >= ENOUGH:
        return
    if len(available) < ENOUGH:
        found = ", ".join(available) or "none"
        raise Undecided(Reason.NO_SECOND_SOLVER, f"a proof by invariant needs two solvers; installed: {found}")
    raise Undecided(Reason.SOLVER, f"obligation '{obligation.name}': {'; '.join(reasons)}")


def _well_typed(formula: Expr, scope: Mapping[str, Type], what: str) -> None:
    Typing(scope, error=EvidenceRejected).check(formula, BOOL, what)
