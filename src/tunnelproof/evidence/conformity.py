"""What came of holding a log against a model."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System


class Fit(enum.StrEnum):
    """Whether some run of the model has all events of the log."""

    FITS = "fits"
    DOES_NOT_FIT = "does-not-fit"
    UNKNOWN = "unknown"  # a limit stopped the search


@dataclass(frozen=True)
class LoggedEvent:
    """An event of a log, as it was read. ``rule`` is the number of the reading's rule, from 1; 0: by its name."""

    file: str
    line: int
    fields: Mapping[str, Any]
    rule: int


@dataclass(frozen=True)
class Candidate:
    """A configuration and a state that fit everything before an event, and why the event cannot happen there.

    ``obstacles`` has a line for each way in which the event might have happened, the nearest miss first.
    """

    configuration: Mapping[str, Value]
    state: Mapping[str, Value]
    obstacles: tuple[str, ...]


@dataclass(frozen=True)
class Refusal:
    """The first event that cannot have happened.

    ``others`` are events of the same moment in other files: they were tried in every order. ``pairs`` were possible
    just before; ``reasons`` count what stands against the event in those that were ``examined``, the commonest first.
    """

    event: LoggedEvent
    others: tuple[LoggedEvent, ...]
    pairs: int
    examined: int
    reasons: tuple[tuple[str, int], ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Left:
    """The pairs of a configuration and a state that fit the whole log, right after its last event.

    ``when`` holds in just the configurations left, of those asked about. ``determined`` are names with one value in
    all pairs, ``open`` names with several; nothing in the log has to do with ``untouched``.
    """

    pairs: int
    configurations: int
    when: Expr
    determined: Mapping[str, Value]
    open: Mapping[str, Sequence[Value]]
    untouched: tuple[str, ...]


@dataclass(frozen=True)
class Conformity:
    """A log held against a model.

    ``read`` events were in the files, ``understood`` ones had a meaning; ``ignored`` counts the others by source and
    event. ``provisional`` says in what the reading of the log is not certain. ``detail`` says which limit was reached.
    """

    system: System
    where: tuple[Expr, ...]
    configurations: int
    files: tuple[str, ...]
    reading: str
    provisional: str
    fit: Fit
    read: int
    understood: int
    ignored: Mapping[str, int]
    refusal: Refusal | None = None
    left: Left | None = None
    detail: str = ""
