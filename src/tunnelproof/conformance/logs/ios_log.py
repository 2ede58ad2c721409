"""Log files of Mullvad's iOS app and its packet tunnel. **Provisional**: written from the app's source code, and never
tried on the log of a real device.

A line is ``[dd/MM/yyyy @ HH:mm:ss][label][level] metadata message``, in UTC; each process begins its file with a line
``PacketTunnel version 2026.4`` or ``MullvadVPN version 2026.4``. Of it becomes a record with ``src`` (``pt``, or ``ui``
for the app), ``ver``, and

===========  ============================================================  ============================
``ev``       of the line                                                   further fields
===========  ============================================================  ============================
``launch``   ``Starting new packet tunnel``
``start``    ``Start the tunnel via …``                                    ``why``: app, system, on-demand rule
``stop``     ``stopTunnel: …``                                             ``why``: the reason, as written
``state``    the actor's new state                                         ``to``, ``why`` (of an error), ``net``
``received`` ``Received command: …`` or ``Received event: …``              ``to``: its first word
``migrated`` what became of the migration of settings                      ``to``: success, nothing, failure
``status``   ``VPN connection status changed to …`` (``src`` is ``os``)    ``to``
``other``    any other line                                                ``label``, ``level``
===========  ============================================================  ============================

Lines of any other shape continue the message before them, and are left out.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tunnelproof.conformance.logs.record import Record, lines_of, malformed

_LINE = re.compile(
    r"\[(?P<time>\d{2}/\d{2}/\d{4} @ \d{2}:\d{2}:\d{2})\]\[(?P<label>[^\]]*)\]\[(?P<level>\w+)\] ?(?P<message>.*)"
)
_HEADER = re.compile(r"(?P<process>PacketTunnel|MullvadVPN) version (?P<version>\S+)")
_STATES = (
    "Initial",
    "Connecting",
    "Connected",
    "Reconnecting",
    "Negotiating",
    "Disconnecting",
    "Disconnected",
    "Error",
)
_STATE = re.compile(rf"(?P<state>{'|'.join(_STATES)})(?P<rest>(?: to |: |\b).*)?")
_MIGRATIONS = {
    "Successful migration from PacketTunnel": "success",
    "Attempted migration from PacketTunnel, but found nothing to do": "nothing",
    "Failed migration from PacketTunnel": "failure",
}


def ios_records(path: Path) -> Iterator[Record]:
    """Read the events of one file, one after the other. Raises `ModelError` if no line is a log's."""
    file, process, version, found = str(path), "", None, False
    number = 0
    for number, text in lines_of(path):
        if header := _HEADER.fullmatch(text):
            process, version = header["process"], header["version"]
        if not (line := _LINE.fullmatch(text)):
            continue
        found = True
        in_tunnel = process == "PacketTunnel" or line["label"].startswith("PacketTunnel")
        fields: dict[str, Any] = {"src": "pt" if in_tunnel else "ui", "ver": version}
        fields |= _event(line["label"], line["level"], line["message"])
        yield Record(file, number, _seconds(line["time"], file, number), fields)
    if not found:
        raise malformed(file, max(number, 1), "no line has the shape [dd/MM/yyyy @ HH:mm:ss][label][level] message")


def _event(label: str, level: str, message: str) -> dict[str, Any]:
    for read in _READERS:
        if (fields := read(label, message)) is not None:
            return fields
    return {"ev": "other", "label": label, "level": level}


def _launch(_: str, message: str) -> dict[str, Any] | None:
    return {"ev": "launch"} if "Starting new packet tunnel" in message else None


def _start(_: str, message: str) -> dict[str, Any] | None:
    found = re.search(r"Start the tunnel via (on-demand rule|\w+)", message)
    return {"ev": "start", "why": found[1]} if found else None


def _stop(_: str, message: str) -> dict[str, Any] | None:
    found = re.search(r"stopTunnel: (.*?)\.?$", message)
    return {"ev": "stop", "why": found[1]} if found else None


def _received(_: str, message: str) -> dict[str, Any] | None:
    found = re.search(r"Received (?:command|event): (\w+)", message)
    return {"ev": "received", "to": found[1]} if found else None


def _state(label: str, message: str) -> dict[str, Any] | None:
    if label != "PacketTunnelActor" or not (found := _STATE.match(message)):
        return None
    state, rest = found["state"].lower(), found["rest"] or ""
    reason = rest.removeprefix(": ") if state == "error" else None
    net = re.search(r"\bnet: (\w+)", rest)
    return {"ev": "state", "to": state, "why": reason, "net": net[1] if net else None}


def _migrated(_: str, message: str) -> dict[str, Any] | None:
    return next(({"ev": "migrated", "to": to} for text, to in _MIGRATIONS.items() if text in message), None)


def _status(_: str, message: str) -> dict[str, Any] | None:
    found = re.search(r"VPN connection status changed to (\w+)", message)
    return {"src": "os", "ev": "status", "to": found[1]} if found else None


_READERS: tuple[Callable[[str, str], dict[str, Any] | None], ...] = (
    _launch,
    _start,
    _stop,
    _received,
    _migrated,
    _status,
    _state,  # last: other messages of the actor may begin with the same words
)


def _seconds(written: str, file: str, line: int) -> float:
    try:
        return float(calendar.timegm(datetime.strptime(written, "%d/%m/%Y @ %H:%M:%S").timetuple()))
    except ValueError:
        raise malformed(file, line, f"there is no time '{written}'") from None
