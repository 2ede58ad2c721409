"""The kinds of claim. A claim is a sentence first and a formula second.

Formulas may use the model's variables, configuration variables and derived names. *Point predicates* (marked below) may
also use ``taken(action, outcome)`` and ``by(actor)``, which speak of the step that led to the state at hand; they are
false at the start of a run and while it idles. Meaning, runs, fairness and vacuity are those of docs/semantics.md.

Every claim may say ``given=("actor", …)``: it is then asked of the system with only those actors' actions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

from tunnelproof.errors import ClaimError, Location
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.placing import excerpt
from tunnelproof.model.language.system import Fairness, Source
from tunnelproof.model.language.terms import Term
from tunnelproof.properties.fields import READERS, Unfit, formula

Formula = Term | Expr | bool

# A claim is written with terms and holds expressions: to the type checker a field has a type for each. At run time it
# is a plain field.
if TYPE_CHECKING:

    class _Predicate:
        def __get__(self, claim: object, kind: type | None = None) -> Expr: ...
        def __set__(self, claim: object, written: Formula) -> None: ...

    class _MaybePredicate:
        def __get__(self, claim: object, kind: type | None = None) -> Expr | None: ...
        def __set__(self, claim: object, written: Formula | None) -> None: ...

    class _Predicates:
        def __get__(self, claim: object, kind: type | None = None) -> tuple[Expr, ...]: ...
        def __set__(self, claim: object, written: Iterable[Formula]) -> None: ...

    class _Assumptions:
        def __get__(self, claim: object, kind: type | None = None) -> tuple[tuple[str, Fairness], ...]: ...
        def __set__(
            self, claim: object, written: Mapping[str, Fairness | str] | Iterable[tuple[str, Fairness | str]]
        ) -> None: ...

else:
    _Predicate = _MaybePredicate = Expr
    _Predicates = _Assumptions = tuple

REQUIRED: Any = MISSING  # no default; the type checker wants to see one for a field with two types
OPTIONAL: Any = None
NO_ASSUMPTIONS: Any = ()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What every claim has: an id like ``leak.none-while-protected``, a sentence, a source.

    ``may_be_vacuous`` gives the reason why it is fine if the claim's trigger is never met in any configuration.
    """

    kind: ClassVar[str] = ""
    id: str
    sentence: str
    source: Source | None = None
    given: tuple[str, ...] | None = None
    may_be_vacuous: str = ""
    where: Location | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Check every field, and turn terms into expressions and lists into tuples."""
        if self.where is None:
            self._set("where", _caller())
        for part in fields(self):
            written = getattr(self, part.name)
            if part.name != "where" and (written is not None or part.default is not None):
                self._set(part.name, self._read(part.name, written))
        if not self.id:
            raise ClaimError("TP201", "a claim has no id", where=self.where, hint="give it one such as 'leak.never'")

    formulas: ClassVar[tuple[str, ...]] = ()

    def _read(self, name: str, written: object) -> object:
        try:
            return formula(written) if name in self.formulas else READERS[name](written)
        except Unfit as fault:
            which = f"claim {excerpt(self.id)}" if isinstance(self.id, str) and self.id else "a claim"
            message = f"{which}: '{name}' {fault.said}"
            raise ClaimError("TP203", message, where=self.where, hint=fault.hint) from None

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


@dataclass(frozen=True, kw_only=True)
class Invariant(Claim):
    """At every point where ``when`` holds, ``holds`` does (both point predicates). Vacuous if ``when`` never does."""

    kind: ClassVar[str] = "invariant"
    formulas: ClassVar[tuple[str, ...]] = ("holds", "when")
    holds: _Predicate = REQUIRED
    when: _MaybePredicate = OPTIONAL


@dataclass(frozen=True, kw_only=True)
class StepInvariant(Claim):
    """Every step for which ``when`` holds satisfies ``holds``.

    Both read the state before the step, ``after(…)`` for the state after it, and ``taken``/``by`` for the step itself.
    """

    kind: ClassVar[str] = "step-invariant"
    formulas: ClassVar[tuple[str, ...]] = ("holds", "when")
    holds: _Predicate = REQUIRED
    when: _MaybePredicate = OPTIONAL


@dataclass(frozen=True, kw_only=True)
class Reachable(Claim):
    """Some run comes to a point where ``point`` (a point predicate) holds."""

    kind: ClassVar[str] = "reachable"
    formulas: ClassVar[tuple[str, ...]] = ("point",)
    point: _Predicate = REQUIRED


@dataclass(frozen=True, kw_only=True)
class Precedence(Claim):
    """Where ``then`` holds, ``first`` holds there or earlier, since the start or the last ``since`` (point predicates).

    At a point with both, ``since`` acts before ``first``. Vacuous if ``then`` never holds.
    """

    kind: ClassVar[str] = "precedence"
    formulas: ClassVar[tuple[str, ...]] = ("first", "then", "since")
    first: _Predicate = REQUIRED
    then: _Predicate = REQUIRED
    since: _MaybePredicate = OPTIONAL


@dataclass(frozen=True, kw_only=True)
class DeadlockFree(Claim):
    """In every reachable state where ``except_`` does not hold, some action of the actors ``by`` (default: any)
    is enabled.
    """

    kind: ClassVar[str] = "deadlock-free"
    formulas: ClassVar[tuple[str, ...]] = ("except_",)
    by: tuple[str, ...] | None = None
    except_: _MaybePredicate = OPTIONAL


@dataclass(frozen=True, kw_only=True)
class Recoverable(Claim):
    """From every state reachable by ``given``'s actions, a path of ``by``'s actions, none in ``barring``, leads to
    ``goal``.

    It says that recovery is possible, not that it is guaranteed, and ignores fairness. Vacuous if every state
    reachable is a goal state.
    """

    kind: ClassVar[str] = "recoverable"
    formulas: ClassVar[tuple[str, ...]] = ("goal",)
    goal: _Predicate = REQUIRED
    by: tuple[str, ...] | None = None
    barring: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fair(Claim):
    """A claim about fair runs. ``assuming`` gives named actions a fairness other than the model's."""

    assuming: _Assumptions = NO_ASSUMPTIONS


@dataclass(frozen=True, kw_only=True)
class Response(Fair):
    """On every fair run each point of ``trigger`` is followed, then or later, by a point of ``response``.

    Vacuous if ``trigger`` never holds.
    """

    kind: ClassVar[str] = "response"
    formulas: ClassVar[tuple[str, ...]] = ("trigger", "response")
    trigger: _Predicate = REQUIRED
    response: _Predicate = REQUIRED


@dataclass(frozen=True, kw_only=True)
class Recurrence(Fair):
    """On every fair run ``point`` holds infinitely often."""

    kind: ClassVar[str] = "recurrence"
    formulas: ClassVar[tuple[str, ...]] = ("point",)
    point: _Predicate = REQUIRED


@dataclass(frozen=True, kw_only=True)
class NeverForever(Fair):
    """No fair run has every one of ``points`` infinitely often."""

    kind: ClassVar[str] = "never-forever"
    points: _Predicates = REQUIRED

    def __post_init__(self) -> None:
        """Check that there is something that should not recur."""
        super().__post_init__()
        if not self.points:
            raise ClaimError("TP202", f"claim '{self.id}' names no point that should not recur", where=self.where)


@dataclass(frozen=True, kw_only=True)
class Tradeoff(Claim):
    """No valid configuration proves all of ``claims`` (ids): refuted by the configurations that do."""

    kind: ClassVar[str] = "tradeoff"
    claims: tuple[str, ...]


KINDS: dict[str, type[Claim]] = {
    kind.kind: kind
    for kind in (
        Invariant,
        StepInvariant,
        Reachable,
        Precedence,
        DeadlockFree,
        Recoverable,
        Response,
        Recurrence,
        NeverForever,
        Tradeoff,
    )
}


def trigger_of(claim: Claim) -> Expr | None:
    """Return what must occur for the claim not to be vacuous; ``None`` for kinds that never are."""
    match claim:
        case Invariant() | StepInvariant():
            return claim.when
        case Response():
            return claim.trigger
        case Precedence():
            return claim.then
        case _:
            return None


def expressions_of(claim: Claim) -> tuple[Expr, ...]:
    """Return every formula of the claim."""
    found = [getattr(claim, name) for name in claim.formulas]
    points = claim.points if isinstance(claim, NeverForever) else ()
    return (*(expr for expr in found if expr is not None), *points)


def _caller() -> Location:
    """Return the line that makes the claim: the first outside this file and the `__init__` made by `dataclass`."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename in (__file__, "<string>"):
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)


__all__ = ["KINDS", "Claim", "expressions_of", "trigger_of", *(kind.__name__ for kind in KINDS.values())]
