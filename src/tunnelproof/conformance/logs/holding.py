"""Holding a log against a model: the whole use case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tunnelproof.conformance.logs.explaining import explain
from tunnelproof.conformance.logs.formats import JSON_LINES, LogFormat
from tunnelproof.conformance.logs.merging import LARGEST_MOMENT, Timed, TooManyAtOnce, merged
from tunnelproof.conformance.logs.pairs import TooManyPairs
from tunnelproof.conformance.logs.reading import Meaning, Reading, Understanding, by_name
from tunnelproof.conformance.logs.record import Record
from tunnelproof.conformance.logs.tracking import EMPTY, Tracker
from tunnelproof.conformance.starting import space_of
from tunnelproof.errors import Location, ModelError, NothingToCheck
from tunnelproof.evidence.conformity import Conformity, Fit, Left, LoggedEvent, Refusal
from tunnelproof.family.factors import TooManyCombinations
from tunnelproof.family.listing import Codes
from tunnelproof.family.partition import formula_for
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.semantics.tabulate import Table

DEFAULT_LIMIT = 1_000_000  # pairs
Event = tuple[Record, int, Meaning]

_OTHER_KINDS = 100  # kinds of ignored events that are told apart
_TELL_EVERY = 20_000  # events


def conform(
    system: System,
    logs: Sequence[Path],
    *,
    reading: Reading | None = None,
    where: Expr | str | None = None,
    max_states: int = DEFAULT_LIMIT,
    strict: bool = False,
    form: LogFormat = JSON_LINES,
    progress: Callable[[str], None] = lambda _: None,
) -> Conformity:
    """Hold the log in the files against the model, in every configuration in which ``where`` holds.

    The log fits if some run of the model, in one of the configurations, has all its events and no other logged ones.
    Raises `TunnelproofError` if a file cannot be read, if the reading or an event speaks of what the model does not
    have, if ``strict`` and an event means nothing, or if no event means anything.
    """
    understanding = Understanding(system, reading or by_name())
    held = _Held(understanding, space_of(system, where), [str(path) for path in logs], strict, form.provisional)
    try:
        tracker = Tracker(understanding, held.space, max_states)
        return held.against(tracker, [form.records(path) for path in logs], progress)
    except (TooManyPairs, TooManyCombinations):
        return held.stopped(f"more than {max_states:,} pairs of a configuration and a state would have to be kept")
    except TooManyAtOnce:
        return held.stopped("too many events of the same moment in different files would have to be tried in any order")


class _Held:
    """A log while it is held against a model."""

    def __init__(
        self, understanding: Understanding, space: ConfigurationSpace, files: list[str], strict: bool, provisional: str
    ) -> None:
        self.understanding, self.space, self.files, self.strict = understanding, space, tuple(files), strict
        self.provisional = "; ".join(filter(None, (provisional, understanding.reading.provisional)))
        self.read = self.understood = 0
        self.ignored: Counter[str] = Counter()

    def against(
        self, tracker: Tracker, logs: Sequence[Iterator[Record]], progress: Callable[[str], None]
    ) -> Conformity:
        """Follow the log to its end, or to the first event that cannot have happened."""
        now = tracker.first()
        for moment in merged([self._events(log, progress) for log in logs]):
            try:
                now, refusal = self._through(tracker, now, moment)
            except TooManyPairs:  # perhaps most of them do not fit any more
                now, refusal = self._through(tracker, tracker.compacted(now), moment)
            if refusal is not None:
                return self._answer(Fit.DOES_NOT_FIT, refusal=refusal)
            now = tracker.settled(now)
        if not self.understood:
            hint = "give a reading that says what they mean (--reading)"
            raise NothingToCheck("TP306", f"none of {self.read:,} events means anything in the model", hint=hint)
        return self._answer(Fit.FITS, left=_left(tracker, now, self.understanding.system))

    def stopped(self, detail: str) -> Conformity:
        """Return the answer where a limit ended the search."""
        return self._answer(Fit.UNKNOWN, detail=detail)

    def _events(self, log: Iterator[Record], progress: Callable[[str], None]) -> Iterator[Timed[Event]]:
        """Yield the events that mean something; count them all."""
        for record in log:
            self.read += 1
            if self.read % _TELL_EVERY == 0:
                progress(f"log: {self.read:,} events")
            found = self.understanding.meaning(record)
            if found is None and self.strict:
                message = f"no rule of the reading says what '{_kind(record)}' means"
                hint = "add a rule (one that says nothing will do), or leave --strict out"
                raise ModelError("TP182", message, where=Location(record.file, record.line), hint=hint)
            if found is None or not (found[1].steps or found[1].seen):
                self._ignore(record)
                continue
            self.understood += 1
            yield Timed(record.time, (record, *found))

    def _ignore(self, record: Record) -> None:
        kind = _kind(record)
        self.ignored[kind if kind in self.ignored or len(self.ignored) < _OTHER_KINDS else "others"] += 1

    def _through(self, tracker: Tracker, before: int, moment: Sequence[Sequence[Event]]) -> tuple[int, Refusal | None]:
        """Return the set after the moment, or why there is none."""
        if len(moment) > 1:
            return self._in_any_order(tracker, before, moment)
        ((event,),) = moment
        after = tracker.after(before, event[2])
        return after, self._refusal(tracker, before, event) if after == EMPTY else None

    def _in_any_order(
        self, tracker: Tracker, before: int, moment: Sequence[Sequence[Event]]
    ) -> tuple[int, Refusal | None]:
        """Return the set after events of one moment in several files, in every order that keeps the files' own."""
        if prod(len(events) + 1 for events in moment) > LARGEST_MOMENT:
            raise TooManyAtOnce
        layer = {(0,) * len(moment): before}
        for _ in range(sum(map(len, moment))):
            found: dict[tuple[int, ...], list[int]] = {}
            for done, number in layer.items():
                for file, events in enumerate(moment):
                    if done[file] < len(events):
                        after = tracker.after(number, events[done[file]][2])
                        if after != EMPTY:
                            found.setdefault((*done[:file], done[file] + 1, *done[file + 1 :]), []).append(after)
            if not found:
                return EMPTY, self._refusal_of_all(tracker, layer, moment)
            layer = {done: tracker.union(sets) for done, sets in found.items()}
        ((_, last),) = layer.items()
        return last, None

    def _refusal_of_all(
        self, tracker: Tracker, layer: Mapping[tuple[int, ...], int], moment: Sequence[Sequence[Event]]
    ) -> Refusal:
        """Return why none of the events that are left in their files can be the next one, for one of the orders."""
        done, number = next(iter(layer.items()))
        waiting = [events[at] for at, events in zip(done, moment, strict=True) if at < len(events)]
        others = [other for events in moment for other in events if other is not waiting[0]]
        return self._refusal(tracker, number, waiting[0], others)

    def _refusal(self, tracker: Tracker, before: int, event: Event, others: Sequence[Event] = ()) -> Refusal:
        numbers, system = tracker.before(before), self.understanding.system
        shown = [_logged(*other[:2]) for other in others]
        return explain(tracker, system, numbers, _logged(*event[:2]), event[2], shown)

    def _answer(
        self, fit: Fit, *, refusal: Refusal | None = None, left: Left | None = None, detail: str = ""
    ) -> Conformity:
        reading = self.understanding.reading
        return Conformity(
            system=self.understanding.system,
            where=self.space.where,
            configurations=self.space.count(),
            files=self.files,
            reading=reading.name,
            provisional=self.provisional,
            fit=fit,
            read=self.read,
            understood=self.understood,
            ignored=dict(self.ignored.most_common()),
            refusal=refusal,
            left=left,
            detail=detail,
        )


def _kind(record: Record) -> str:
    told = (record.fields.get(key) for key in ("src", "ev", "to"))
    return " ".join(str(value)[:40] for value in told if value is not None)


def _logged(record: Record, rule: int) -> LoggedEvent:
    return LoggedEvent(record.file, record.line, record.fields, rule)


def _left(tracker: Tracker, number: int, whole: System) -> Left:
    """Return what is known of the pairs in the set."""
    system, space = tracker.system, tracker.space
    rows = tracker.rows(tracker.members(number))
    table = Table(system, rows)
    determined, several = {}, {}
    for name in (*system.domains, *system.definitions):
        column = table.column(name)
        values = [column.values[code] for code in np.unique(column.codes).tolist()]
        if len(values) == 1:
            determined[name] = values[0]
        else:
            several[name] = tuple(values)
    names = tuple(v.name for v in system.configuration)
    listing = space.listing(names)
    inside = _rows_among(listing.codes, rows[:, : len(names)])
    untouched = tuple(n for n in (*whole.domains, *whole.definitions) if n not in {**determined, **several})
    when = formula_for(space, names, inside)
    return Left(len(rows), listing.weight(inside), when, determined, several, untouched)


def _rows_among(rows: Codes, wanted: Codes) -> NDArray[np.bool_]:
    """Say of each row whether it is among the wanted ones, all of which are rows."""
    found = {row.tobytes() for row in np.ascontiguousarray(wanted)}
    return np.array([row.tobytes() in found for row in np.ascontiguousarray(rows)], dtype=bool)
