"""Whether a system is made of what it is declared to be made of: Python itself does not look at annotations."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from tunnelproof.errors import Location, ModelError
from tunnelproof.model.language.placing import excerpt
from tunnelproof.model.language.system import DecidedBy, Fairness, System

_NAMED_LATER = (DecidedBy, Fairness)  # `check_system` knows which member was meant


def check_shape(system: System, where: Location) -> None:
    """Raise `ModelError` for the first part of the system that is of the wrong type."""
    waiting: list[tuple[str, Any, Any]] = [("", system, System)]
    while waiting:
        path, part, wanted = waiting.pop()
        kinds = get_args(wanted) if get_origin(wanted) in (Union, types.UnionType) else (wanted,)
        kind = next((kind for kind in kinds if isinstance(part, get_origin(kind) or kind)), None)
        if kind is None and not set(kinds) & set(_NAMED_LATER):
            message = f"'{path}' of the system is {_shown(part)}"
            raise ModelError("TP143", message, where=where, hint=f"give {' or '.join(map(_named, kinds))}")
        waiting.extend(reversed(list(_parts(path, part, kind))))


def _parts(path: str, part: Any, kind: Any) -> Iterator[tuple[str, Any, Any]]:
    if get_origin(kind) is tuple:
        inside = get_args(kind)
        fitting = inside[:1] * len(part) if inside[-1] is Ellipsis else inside
        if len(fitting) != len(part):
            yield path, part, _Pair
        pairs = zip(part, fitting, strict=False)
        yield from ((f"{path}[{place}]", one, each) for place, (one, each) in enumerate(pairs))
    elif isinstance(kind, type) and is_dataclass(kind):
        inner = f"{path}." if path else ""
        yield from ((f"{inner}{name}", getattr(part, name), hint) for name, hint in _hints(kind).items())


class _Pair:
    """Two things: nothing is one of these."""


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _named(kind: Any) -> str:
    if kind is types.NoneType:
        return "None"
    return "a pair" if kind is _Pair else f"a {(get_origin(kind) or kind).__name__}"


def _shown(part: object) -> str:
    """Return a short description that runs none of the part's own code."""
    if type(part) is str:
        return excerpt(part)
    return repr(part)[:40] if part is None or type(part) in (bool, float) else f"of type {type(part).__name__}"
