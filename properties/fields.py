"""What may be written in the fields of a claim, and what each becomes.

A reader takes what was written and returns what the claim holds, or raises `Unfit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tunnelproof.errors import ModelError
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.placing import excerpt
from tunnelproof.model.language.system import Fairness, Source
from tunnelproof.model.language.terms import Term, expression


class Unfit(Exception):
    """A field cannot be given this: ``said`` follows the field's name in a message, ``hint`` says what to write."""

    def __init__(self, said: str, hint: str) -> None:
        super().__init__(said)
        self.said = said
        self.hint = hint


def formula(written: object) -> Expr:
    """Read a formula: a term, an expression, or a plain value."""
    if isinstance(written, Expr):
        return written
    try:
        return expression(written)
    except ModelError:
        raise Unfit(f"is {_shown(written)}", "write a formula such as name('x') or name('x') == 3") from None


def _formulas(written: object) -> tuple[Expr, ...]:
    if not isinstance(written, (tuple, list)):
        raise Unfit(f"is {_shown(written)}", "write a tuple of formulas: (…,)")
    return tuple(formula(one) for one in written)


def _text(wanted: str) -> Callable[[object], str]:
    def read(written: object) -> str:
        if not isinstance(written, str):
            raise Unfit(f"is {_shown(written)}", f"write {wanted}")
        return written

    return read


def _names(written: object) -> tuple[str, ...]:
    if isinstance(written, str):
        raise Unfit("is a text", f"write ({excerpt(written)},)")
    hint = "write a tuple of names such as ('os',)"
    if not isinstance(written, (tuple, list)):
        raise Unfit(f"is {_shown(written)}", hint)
    for name in written:
        if not isinstance(name, str):
            raise Unfit(f"has {_shown(name)} in it", hint)
    return tuple(written)


def _source(written: object) -> Source:
    if isinstance(written, Source):
        return written
    hint = f"write Source({excerpt(written)})" if isinstance(written, str) else "write Source('https://…')"
    raise Unfit(f"is {_shown(written)}", hint)


def _assumptions(written: object) -> tuple[tuple[str, Fairness], ...]:
    """Read the fairness of named actions, a mapping or pairs, as pairs in the order of the names."""
    pairs = list(written.items()) if isinstance(written, Mapping) else written
    hint = "write {'action': WEAK}"
    if not isinstance(pairs, (tuple, list)):
        raise Unfit(f"is {_shown(written)}", hint)
    found: list[tuple[str, Fairness]] = []
    for pair in pairs:
        match pair:
            case (str(action), fairness):
                found.append((action, _fairness(fairness)))
            case (action, _):
                raise Unfit(f"has {_shown(action)} in it", hint)
            case _:
                raise Unfit(f"has {_quoted(pair)} in it", hint)
    return tuple(sorted(found))


def _fairness(written: Any) -> Fairness:
    try:
        return Fairness(written)
    except ValueError:
        raise Unfit(f"says {_quoted(written)}, which is no fairness", "use NONE, WEAK or STRONG") from None


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


READERS: Mapping[str, Callable[[object], object]] = {
    "id": _text("a text such as 'leak.never'"),
    "sentence": _text("a text: what is claimed, in words"),
    "may_be_vacuous": _text("the reason, as a text"),
    "source": _source,
    "given": _names,
    "by": _names,
    "barring": _names,
    "claims": _names,
    "points": _formulas,
    "assuming": _assumptions,
}
