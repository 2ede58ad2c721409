"""The forms of log that can be read, with the readings that are shipped for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from tunnelproof.conformance.logs.ios_log import ios_records
from tunnelproof.conformance.logs.reading import Reading, by_name, read_reading
from tunnelproof.conformance.logs.record import Record, json_records
from tunnelproof.errors import UsageError
from tunnelproof.model.language.system import System


@dataclass(frozen=True, slots=True)
class LogFormat:
    """How a file is read, and in what that is not certain. ``readings``: shipped ones by the name of their model."""

    records: Callable[[Path], Iterator[Record]]
    provisional: str = ""
    readings: tuple[tuple[str, str], ...] = ()


JSON_LINES = LogFormat(json_records)
FORMATS = {
    "jsonl": JSON_LINES,
    "ios": LogFormat(
        ios_records,
        "the form of the log is known from the app's source code only; no log of a device was at hand",
        (("ios", "ios_reading.json"),),
    ),
}


def reading_for(system: System, form: LogFormat, path: Path | None) -> Reading:
    """Return the reading in the file; without a file, that which is shipped for the format and the model."""
    if path is not None:
        return read_reading(path, system)
    if form is JSON_LINES:
        return by_name()
    shipped = dict(form.readings)
    if system.name not in shipped:
        message = f"no reading of this format is shipped for the model '{system.name}'"
        raise UsageError("TP075", message, hint=f"give one with --reading; there is one for {', '.join(shipped)}")
    with resources.as_file(resources.files(__package__).joinpath(shipped[system.name])) as file:
        return read_reading(file, system)
