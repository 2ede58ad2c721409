"""The kinds of claim. A claim is a sentence first and a formula second.

Formulas may use the model's variables, configuration variables and derived names. *Point predicates* (marked below) may
also use ``taken(action, outcome)`` and ``by(actor)``, which speak of the step that led to the state at hand; they are
false at the start of a run and while it idles. Meaning, runs, fairness and vacuity are those of docs/semantics.md.

Every claim may say ``given=("actor", …)``: it is then asked of the system with only those actors' actions.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

from tunnelproof.errors import ClaimError, Location, ModelError
from tunnelproof.model.language.domains import LARGEST_INTEGER
from tunnelproof.model.language.expressions import TRUE, Expr, conjoin, disjoin, negate
from tunnelproof.model.language.placing import excerpt
from tunnelproof.model.language.system import Fairness, Source
from tunnelproof.model.language.temporal import antecedents
from tunnelproof.model.language.terms import Term, expression

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

AT_THE_COMMAND_LINE = "the command line"  # the file of a claim that is written out there

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
            return _formula(written) if name in self.formulas else _READERS[name](written)
        except _Unfit as fault:
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
    ``goal``; with ``within``, one whose actions' prices add up to at most that.

    It says that recovery is possible, not that it is guaranteed, and ignores fairness. Vacuous if every state
    reachable is a goal state.
    """

    kind: ClassVar[str] = "recoverable"
    formulas: ClassVar[tuple[str, ...]] = ("goal",)
    goal: _Predicate = REQUIRED
    by: tuple[str, ...] | None = None
    barring: tuple[str, ...] = ()
    within: int | None = None


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
class Ltl(Fair):
    """Every fair run satisfies ``formula``, of linear time (`model.language.temporal`) over point predicates.

    Vacuous if none of its antecedents, the left sides of its implications, ever holds.
    """

    kind: ClassVar[str] = "ltl"
    formulas: ClassVar[tuple[str, ...]] = ("formula",)
    formula: _Predicate = REQUIRED


@dataclass(frozen=True, kw_only=True)
class Ctl(Fair):
    """``formula``, of branching time (`model.language.temporal`) over states, holds in every initial state.

    Its path quantifiers range over fair runs. Vacuous as `Ltl`.
    """

    kind: ClassVar[str] = "ctl"
    formulas: ClassVar[tuple[str, ...]] = ("formula",)
    formula: _Predicate = REQUIRED


@dataclass(frozen=True, kw_only=True)
class Timed(Claim):
    """A claim about time, of timed runs as docs/semantics.md has them. ``at_most`` is in whole seconds."""

    at_most: int = REQUIRED


@dataclass(frozen=True, kw_only=True)
class Lasts(Timed):
    """No stay in ``point`` (a state predicate) lasts longer than ``at_most``.

    With ``since`` (a point predicate) the stays add up: the time in ``point`` since the start or the last ``since``.
    Vacuous if ``point`` never holds.
    """

    kind: ClassVar[str] = "lasts"
    formulas: ClassVar[tuple[str, ...]] = ("point", "since")
    point: _Predicate = REQUIRED
    since: _MaybePredicate = OPTIONAL


@dataclass(frozen=True, kw_only=True)
class Within(Timed):
    """Each point of ``trigger`` is followed, then or later, by a point of ``response`` after at most ``at_most``.

    Vacuous if no trigger has to wait for its response.
    """

    kind: ClassVar[str] = "within"
    formulas: ClassVar[tuple[str, ...]] = ("trigger", "response")
    trigger: _Predicate = REQUIRED
    response: _Predicate = REQUIRED


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
        Ltl,
        Ctl,
        Lasts,
        Within,
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
        case Ltl() | Ctl():
            return disjoin(found) if (found := antecedents(claim.formula)) else None
        case _:
            return None


def violation_of(claim: Invariant | StepInvariant) -> Expr:
    """Return what must never be met: ``when`` without ``holds``."""
    return conjoin((claim.when or TRUE, negate(claim.holds)))


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


# --- what may be written in a field, and what the claim then holds ----------------------------------------------------


class _Unfit(Exception):
    """A field cannot be given this: ``said`` follows the field's name in a message, ``hint`` says what to write."""

    def __init__(self, said: str, hint: str) -> None:
        super().__init__(said)
        self.said = said
        self.hint = hint


def _formula(written: object) -> Expr:
    """Read a formula: a term, an expression, or a plain value."""
    if isinstance(written, Expr):
        return written
    try:
        return expression(written)
    except ModelError:
        raise _Unfit(f"is {_shown(written)}", "write a formula such as name('x') or name('x') == 3") from None


def _formulas(written: object) -> tuple[Expr, ...]:
    if not isinstance(written, (tuple, list)):
        raise _Unfit(f"is {_shown(written)}", "write a tuple of formulas: (…,)")
    return tuple(_formula(one) for one in written)


def _text(wanted: str) -> Callable[[object], str]:
    def read(written: object) -> str:
        if not isinstance(written, str):
            raise _Unfit(f"is {_shown(written)}", f"write {wanted}")
        return written

    return read


def _names(written: object) -> tuple[str, ...]:
    if isinstance(written, str):
        raise _Unfit("is a text", f"write ({excerpt(written)},)")
    hint = "write a tuple of names such as ('os',)"
    if not isinstance(written, (tuple, list)):
        raise _Unfit(f"is {_shown(written)}", hint)
    for name in written:
        if not isinstance(name, str):
            raise _Unfit(f"has {_shown(name)} in it", hint)
    return tuple(written)


def _seconds(written: object) -> int:
    if type(written) is not int or not 0 <= written < LARGEST_INTEGER:
        raise _Unfit(f"is {_shown(written)}", f"write a whole number of seconds, from 0 to {LARGEST_INTEGER - 1}")
    return written


def _price(written: object) -> int:
    if type(written) is not int or not 0 <= written < LARGEST_INTEGER:
        raise _Unfit(f"is {_shown(written)}", f"write a total price, from 0 to {LARGEST_INTEGER - 1}")
    return written


def _source(written: object) -> Source:
    if isinstance(written, Source):
        return written
    hint = f"write Source({excerpt(written)})" if isinstance(written, str) else "write Source('https://…')"
    raise _Unfit(f"is {_shown(written)}", hint)


def _assumptions(written: object) -> tuple[tuple[str, Fairness], ...]:
    """Read the fairness of named actions, a mapping or pairs, as pairs in the order of the names."""
    pairs = list(written.items()) if isinstance(written, Mapping) else written
    hint = "write {'action': WEAK}"
    if not isinstance(pairs, (tuple, list)):
        raise _Unfit(f"is {_shown(written)}", hint)
    found: list[tuple[str, Fairness]] = []
    for pair in pairs:
        match pair:
            case (str(action), fairness):
                found.append((action, _fairness(fairness)))
            case (action, _):
                raise _Unfit(f"has {_shown(action)} in it", hint)
            case _:
                raise _Unfit(f"has {_quoted(pair)} in it", hint)
    return tuple(sorted(found))


def _fairness(written: Any) -> Fairness:
    try:
        return Fairness(written)
    except ValueError:
        raise _Unfit(f"says {_quoted(written)}, which is no fairness", "use NONE, WEAK or STRONG") from None


def _quoted(written: object) -> str:
    return excerpt(written) if isinstance(written, str) else _shown(written)


def _shown(written: object) -> str:
    """Name what was written: plain values as they are, everything else by its type."""
    if written is None or isinstance(written, (bool, int, float)):
        return repr(written)[:40]
    if isinstance(written, str):
        return "a text"
    if isinstance(written, (Term, Expr)):
        return "a formula"
    return f"a {type(written).__name__}"


_READERS: Mapping[str, Callable[[object], object]] = {
    "id": _text("a text such as 'leak.never'"),
    "sentence": _text("a text: what is claimed, in words"),
    "may_be_vacuous": _text("the reason, as a text"),
    "source": _source,
    "given": _names,
    "by": _names,
    "barring": _names,
    "within": _price,
    "claims": _names,
    "points": _formulas,
    "assuming": _assumptions,
    "at_most": _seconds,
}


__all__ = [
    "AT_THE_COMMAND_LINE",
    "KINDS",
    "Claim",
    "Timed",
    "expressions_of",
    "trigger_of",
    "violation_of",
    *(kind.__name__ for kind in KINDS.values()),
]
