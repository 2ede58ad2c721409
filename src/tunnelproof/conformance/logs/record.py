"""Logs in the neutral form: a JSON object per line, which says when something happened, where, and what.

``{"t": 12.5, "src": "pt", "ev": "state", "to": "connected", "why": null, "ver": "2026.4"}``: seconds, the source, the
event, the state entered, the reason, the app's version. Any may be missing or null, and any other fields may be there:
what they mean is for a reading to say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from tunnelproof.errors import Location, ModelError

LONGEST_LINE = 1 << 20  # bytes
DEEPEST = 100  # objects and arrays in each other


@dataclass(slots=True)
class Record:
    """One event of a log: where it stands, its time in seconds (``None``: unknown), and its fields."""

    file: str
    line: int
    time: float | None
    fields: dict[str, Any]


def json_records(path: Path) -> Iterator[Record]:
    """Read the events of a file of JSON lines, one after the other. Blank lines say nothing."""
    file = str(path)
    for number, text in lines_of(path):
        if not text or text.isspace():
            continue
        try:
            fields = _parse(text)
        except (ValueError, RecursionError) as fault:
            said = "nested too deeply" if isinstance(fault, RecursionError) else str(fault)
            raise malformed(file, number, f"this is no JSON object: {said}") from None
        if not isinstance(fields, dict):
            raise malformed(file, number, "this is JSON, but no object")
        if text.count("[") + text.count("{") > DEEPEST and _is_deep(fields):
            raise malformed(file, number, f"values are nested deeper than {DEEPEST}")
        yield Record(file, number, _time(fields.get("t"), file, number), fields)


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file with their numbers, from 1, in bounded memory."""
    file = str(path)
    with _opened(path) as stream:
        number = 0
        while raw := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(raw) > LONGEST_LINE:
                raise malformed(file, number, f"the line is longer than {LONGEST_LINE >> 20} MiB")
            try:
                yield number, raw.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as fault:
                raise malformed(file, number, f"byte {raw[fault.start]:#04x} is not UTF-8") from None


def malformed(file: str, line: int, problem: str) -> ModelError:
    """Return the error for a line that cannot be read."""
    return ModelError(
        "TP180", problem, where=Location(file, line), hint="is the file complete, and a log of this form?"
    )


def _opened(path: Path) -> BinaryIO:
    where, hint = Location(str(path)), "check the path"
    try:
        if path.is_dir():
            raise ModelError("TP150", "cannot be read: it is a directory", where=where, hint="give a file")
        return path.open("rb")
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise ModelError("TP150", f"the file cannot be read: {reason}", where=where, hint=hint) from None


def _time(written: object, file: str, line: int) -> float | None:
    if written is None:
        return None
    if isinstance(written, bool) or not isinstance(written, (int, float)):
        raise malformed(file, line, "'t' must be a number of seconds, or null")
    try:
        time = float(written)
    except OverflowError:
        time = math.inf
    if not math.isfinite(time):
        raise malformed(file, line, "'t' is not finite")
    return time


def _is_deep(fields: dict[str, Any]) -> bool:
    level: list[Any] = [fields]
    for _ in range(DEEPEST):
        inner = [value.values() if isinstance(value, dict) else value for value in level]
        level = [value for values in inner for value in values if isinstance(value, (dict, list))]
    return bool(level)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


_parse: Callable[[str], Any] = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_number).decode
