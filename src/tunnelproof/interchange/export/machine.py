"""What is exported: a system as guarded commands, the claims that one file can hold, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tunnelproof.interchange.export.commands import broken_by, commands_of, enabled
from tunnelproof.interchange.export.history import History
from tunnelproof.model.language.expressions import (
    FALSE,
    TRUE,
    Expr,
    Read,
    conjoin,
    disjoin,
    negate,
    speaks_of_steps,
)
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.system import System
from tunnelproof.model.language.temporal import has_next, instants
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    DeadlockFree,
    Fair,
    Invariant,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    StepInvariant,
    Timed,
    Tradeoff,
    expressions_of,
    violation_of,
)
from tunnelproof.properties.fairness import Constraint, FairAction, constraints_of, fairness_of

STAYS_IN_DOMAINS = "model.stays-in-domains"
STOPPED = Read("stopped run")  # a name that no model can use


@dataclass(frozen=True)
class Export:
    """A model in another language, and what that text does not say though it was asked for."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Safety:
    """What has to hold at every point. ``claim`` is ``None`` for the implicit claim about domains."""

    id: str
    sentence: str
    holds: Expr
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A promise of fairness: where ``given`` holds infinitely often, ``then`` does."""

    says: str
    given: Expr
    then: Expr


class Machine:
    """A system with the claims that share its runs: all are asked ``given`` the same actors.

    What point predicates and fairness say about the last step stands in ``history``. With ``stops``, a run that rests
    does so for good and says so, because some formula could tell a rest from a step.
    """

    def __init__(self, system: System, claims: Sequence[Claim], where: Expr | None) -> None:
        self.notes: list[str] = []
        if any(action.duration for action in system.actions):
            self.notes.append("durations of actions: this is the system without time")
        given, self.claims = self._together(claims)
        self.whole = system
        if given is not None:
            system = system.restricted_to(frozenset(a.name for a in system.actions if a.actor in given))
        self.system = system
        self.given = given
        self.valid = fold(conjoin((*system.constraints, *([where] if where is not None else []))))
        self.every_command = commands_of(system)
        self.commands = tuple(c for c in self.every_command if c.guard != FALSE)
        self.history = History(self.commands)
        self._look_at_runs()

    def _look_at_runs(self) -> None:
        self.fair_claims = [c for c in self.claims if isinstance(c, Fair)]
        self.stops = bool(self.fair_claims) and any(_sees_steps(claim) for claim in self.claims)

    def _together(self, claims: Sequence[Claim]) -> tuple[tuple[str, ...] | None, tuple[Claim, ...]]:
        """Return what all claims of the file are given, and those claims."""
        asked = [claim for claim in claims if not isinstance(claim, (Timed, Tradeoff))]
        for claim in claims:
            if isinstance(claim, Timed):
                self.notes.append(f"{claim.id}: it is about time, and this is the system without")
            if isinstance(claim, Tradeoff):
                self.notes.append(f"{claim.id}: a trade-off speaks of verdicts of other claims; compare theirs")
        restricted = [claim for claim in asked if not isinstance(claim, Recoverable)]
        everyone = any(_given(claim) is None for claim in asked)
        given = None if everyone or not restricted else _given(restricted[0])
        kept = [claim for claim in asked if _given(claim) == given]
        for claim in asked:
            if claim not in kept:
                actors = ", ".join(claim.given or ())
                self.notes.append(f"{claim.id}: it is given only {actors}, export it alone")
        return given, tuple(kept)

    @cached_property
    def safeties(self) -> tuple[Safety, ...]:
        """The claims about finite paths that say something of every point (or, of `Reachable`, deny it)."""
        found = [Safety(c.id, c.sentence, holds, c) for c in self.claims if (holds := self._holds(c)) is not None]
        leaves = [c.leaves_domain for c in self.every_command]
        if any(expr != FALSE for expr in leaves):
            says = "No assignment leaves its variable's domain (else no other verdict means anything)."
            found.insert(0, Safety(STAYS_IN_DOMAINS, says, negate(fold(disjoin(leaves))), None))
        return tuple(found)

    def _holds(self, claim: Claim) -> Expr | None:
        match claim:
            case Invariant():
                holds = negate(self.point(violation_of(claim)))
            case Reachable():
                holds = negate(self.point(claim.point))
            case StepInvariant():
                broken = (broken_by(c, self.system, violation_of(claim)) for c in self.commands)
                holds = negate(fold(disjoin(broken)))
            case DeadlockFree():
                moves = enabled(c for c in self.commands if claim.by is None or c.actor in claim.by)
                holds = disjoin((claim.except_ or FALSE, moves))
            case _:
                return None
        return self.unless_stopped(holds)

    def point(self, formula: Expr) -> Expr:
        """Return the point predicate over states and history."""
        return fold(self.history.point(formula))

    def unless_stopped(self, holds: Expr) -> Expr:
        """Return what must hold at points of finite paths only: rests are none."""
        return fold(disjoin((STOPPED, holds))) if self.stops else fold(holds)

    def precedence(self, claim: Precedence) -> tuple[Expr, Expr, Expr]:
        """Return the point predicates ``first``, ``then`` and ``since``; ``then`` never holds at rest."""
        then = self.point(claim.then)
        return (
            self.point(claim.first),
            fold(conjoin((negate(STOPPED), then))) if self.stops else then,
            self.point(claim.since or FALSE),
        )

    def conditions(self, claim: Claim) -> tuple[Condition, ...]:
        """Return the promises of fairness under the claim, without those about what can never happen."""
        found = [self._condition(constraint) for constraint in constraints_of(self.system, claim)]
        return tuple(condition for condition in found if condition.given != FALSE)

    def _condition(self, fair: Constraint) -> Condition:
        taken = self.history.taken(fair.labels, fair.name)
        if not isinstance(fair, FairAction):
            return Condition(f"{fair.name} is fair", self.history.offered(fair), taken)
        possible = enabled(c for c in self.commands if c.label in fair.labels)
        if fair.strong:
            return Condition(f"{fair.name} is strongly fair", possible, taken)
        given = TRUE if possible != FALSE else FALSE
        return Condition(f"{fair.name} is weakly fair", given, fold(disjoin((negate(possible), taken))))

    @cached_property
    def may_rest(self) -> Expr:
        """Where a run may idle: where no action is enabled that is fair under every claim about fair runs.

        Where only some of these claims call an action fair, its fairness under them forbids to idle for ever.
        """
        if not self.fair_claims:
            return fold(negate(enabled(self.commands)))
        always = set.intersection(*(set(fairness_of(self.system, claim)) for claim in self.fair_claims))
        return fold(negate(enabled(c for c in self.commands if c.step.action in always)))

    def labels_of(self, actions: Iterable[str]) -> frozenset[int]:
        """Return the labels of the named actions' commands."""
        named = frozenset(actions)
        return frozenset(c.label for c in self.commands if c.step.action in named)

    def helpers(self, claim: Recoverable) -> frozenset[int]:
        """Return the labels of the steps by which the claim may recover."""
        wanted = {a.name for a in self.system.actions if claim.by is None or a.actor in claim.by}
        return self.labels_of(wanted - set(claim.barring))

    def strays(self, claim: Recoverable) -> frozenset[int]:
        """Return the labels of the steps that do not lead to what has to be recovered from."""
        given = claim.given
        return self.labels_of(a.name for a in self.system.actions if given is not None and a.actor not in given)

    def helped(self, claim: Recoverable) -> Expr:
        """Return that the last step was a helper's; true if all steps are."""
        if self.helpers(claim) == self.every_label:
            return TRUE
        return self.history.taken(self.helpers(claim), f"helped {claim.id}")

    def strayed(self, claim: Recoverable) -> Expr:
        """Return that the last step was none of those that the claim is given; false if it is given all."""
        return self.history.taken(self.strays(claim), f"strayed {claim.id}")

    def anyone_reaches_and_helps(self, claim: Recoverable) -> bool:
        """Say whether the claim makes no difference between steps."""
        return not self.strays(claim) and self.helpers(claim) == self.every_label

    @cached_property
    def starts_are_fixed(self) -> bool:
        """Whether each configuration has one initial state."""
        return all(v.start is not None and len(set(v.start)) == 1 for v in self.system.variables)

    def leave_out(self, kind: type[Claim], why: str) -> None:
        """Drop the claims of a kind, before anything is asked of them: the format cannot say them."""
        self.notes += [f"{claim.id}: {why}" for claim in self.claims if isinstance(claim, kind)]
        self.claims = tuple(claim for claim in self.claims if not isinstance(claim, kind))
        self._look_at_runs()

    @property
    def every_label(self) -> frozenset[int]:
        """All labels of commands."""
        return frozenset(c.label for c in self.commands)

    @property
    def bits(self) -> tuple[str, ...]:
        """The names of all history variables."""
        return (*(bit.name for bit in self.history.bits), *([STOPPED.name] if self.stops else []))

    def ask_who_recovers(self) -> None:
        """Ask the history who took the last step, for the claims about recovery."""
        for claim in self.claims:
            if isinstance(claim, Recoverable):
                self.helped(claim)
                self.strayed(claim)

    def ask(self) -> None:
        """Ask the history everything else that the claims need of it, so that all its bits are known."""
        _ = self.safeties
        for claim in self.claims:
            if isinstance(claim, Precedence):
                self.precedence(claim)
            if isinstance(claim, Fair):
                self.conditions(claim)
                for formula in fair_formulas(claim):
                    self.point(formula)


def fair_formulas(claim: Fair) -> tuple[Expr, ...]:
    """Return the point predicates of a claim about fair runs."""
    if isinstance(claim, (Ltl, Ctl)):
        return instants(claim.formula)
    return claim.points if isinstance(claim, NeverForever) else expressions_of(claim)


def _given(claim: Claim) -> tuple[str, ...] | None:
    # What recovery is given restricts only how states are reached, and is written into the claim's formula.
    return None if isinstance(claim, Recoverable) or claim.given is None else tuple(sorted(set(claim.given)))


def _sees_steps(claim: Claim) -> bool:
    if isinstance(claim, StepInvariant):
        return False
    counts_steps = isinstance(claim, Ltl) and has_next(claim.formula)
    return counts_steps or any(speaks_of_steps(formula) for formula in expressions_of(claim))
