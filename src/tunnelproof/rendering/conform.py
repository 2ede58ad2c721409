"""A log held against a model, as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from tunnelproof.evidence.conformity import Candidate, Conformity, Fit, Left, LoggedEvent, Refusal
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.rendering import wording
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import Style, wrapped

_SHADES = {Fit.FITS: Verdict.PROVED, Fit.DOES_NOT_FIT: Verdict.REFUTED, Fit.UNKNOWN: Verdict.UNKNOWN}
_LONGEST_EVENT = 300  # characters
_IGNORED = 5  # kinds of events


def conformity_text(found: Conformity, model: str, style: Style) -> str:
    """Return the answer as text; ``model`` is how the command called it."""
    files = ", ".join(map(safe_text, found.files))
    asked = wording.number(found.configurations, "configuration")
    lines = wrapped(f"{safe_text(model)} · {asked} · {files} · {wording.number(found.read, 'event')}", 2, first="")
    lines += ["", *_answer(found, style), *_notes(found)]
    return style.drawn("\n".join(lines)) + "\n"


def _answer(found: Conformity, style: Style) -> Iterator[str]:
    shade = _SHADES[found.fit]
    mark, word = style.mark(shade), style.word(shade, found.fit.value.replace("-", " "))
    if found.refusal is not None:
        yield f"{mark} {word}: this cannot have happened"
        yield from _refusal(found.refusal)
    elif found.left is not None:
        yield f"{mark} {word}: some run of the model has {_all_of(found.understood)}"
        yield from _left(found.left, found)
    else:
        yield from wrapped(f"{mark} {word}: {safe_text(found.detail)}", 2, first="")
        yield from wrapped("next: raise --max-states, or ask about fewer configurations with --where", 2, first="  ")


def _all_of(events: int) -> str:
    return "the event" if events == 1 else f"all {events:,} events that mean something"


def _refusal(refusal: Refusal) -> Iterator[str]:
    yield from _event(refusal.event, 4)
    if refusal.others:
        number = wording.number(len(refusal.others), "event")
        yield from wrapped(f"nor in any other order with {number} of the same moment in other files", 4)
    before = wording.number(refusal.pairs, "pair")
    part = "" if refusal.examined == refusal.pairs else f", of which {refusal.examined:,} were looked at"
    yield from wrapped(f"{before} of a configuration and a state fit everything before{part}; in", 4, first="  ")
    for text, count in refusal.reasons:
        yield from wrapped(f"{count:,}: {safe_text(text)}", 8, first="    ")
    for place, candidate in enumerate(refusal.candidates):
        yield ""
        yield "  another:" if place else "  the nearest:"
        yield from _candidate(candidate)


def _event(event: LoggedEvent, indent: int) -> Iterator[str]:
    text = json.dumps(dict(event.fields), ensure_ascii=False)
    shown = text if len(text) <= _LONGEST_EVENT else text[:_LONGEST_EVENT] + "…"
    read = f"rule {event.rule}" if event.rule else "its name"
    yield from wrapped(f"{safe_text(event.file)}:{event.line}, read by {read}:", indent)
    yield from wrapped(safe_text(shown), indent + 2)


def _candidate(candidate: Candidate) -> Iterator[str]:
    if candidate.configuration:
        yield from wrapped(f"configuration: {_values(candidate.configuration)}", 6, first="    ")
    yield from wrapped(f"state: {_values(candidate.state)}", 6, first="    ")
    for text in candidate.obstacles:
        yield from wrapped(f"- {safe_text(text)}", 6, first="    ")


def _left(left: Left, found: Conformity) -> Iterator[str]:
    system = found.system
    those = "" if left.when == TRUE else f": those where {wording.formula(left.when, system)}"
    number = wording.number(left.configurations, "configuration")
    yield from wrapped(f"in {number} of {found.configurations:,}{those}", 4, first="  ")
    yield from wrapped(
        f"after the last event, {wording.number(left.pairs, 'pair')} of a configuration and a state", 4, first="  "
    )
    for title, names in _groups(system):
        known = {name: left.determined[name] for name in names if name in left.determined}
        if known:
            yield from wrapped(f"{title}: {_values(known)}", 6, first="    ")
    if left.open:
        several = (f"{safe_text(n)} ({', '.join(map(wording.value, left.open[n]))})" for n in left.open)
        yield from wrapped(f"not known: {'; '.join(several)}", 6, first="    ")
    untouched = [name for name in left.untouched if name in system.domains]
    if untouched:
        yield from wrapped(f"nothing to do with the log: {', '.join(map(safe_text, untouched))}", 6, first="    ")


def _groups(system: System) -> Iterable[tuple[str, list[str]]]:
    yield "configuration", [v.name for v in system.configuration]
    yield "state", [v.name for v in system.variables]
    yield "derived", list(system.definitions)


def _notes(found: Conformity) -> Iterator[str]:
    ignored = sum(found.ignored.values())
    if ignored:
        kinds = [f"{safe_text(kind) or 'unnamed'} ({count:,})" for kind, count in found.ignored.items()]
        more = "; …" if len(kinds) > _IGNORED else ""
        shown = "; ".join(kinds[:_IGNORED]) + more
        yield ""
        yield from wrapped(
            f"{wording.number(ignored, 'event')} without a meaning in {safe_text(found.reading)}: {shown}", 2, first=""
        )
    if found.provisional:
        yield ""
        yield from wrapped(f"provisional: {safe_text(found.provisional)}", 2, first="")


def _values(values: Mapping[str, Value]) -> str:
    return ", ".join(wording.assigned(name, value) for name, value in values.items())
