"""The iOS app's log files, as its source code writes them, and what they mean in the model ios."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interchange.test_documents import schema, violations

from tunnelproof.conformance.logs import FORMATS, conform, ios_log, read_reading, reading_for
from tunnelproof.errors import ModelError
from tunnelproof.evidence.conformity import Conformity, Fit
from tunnelproof.model import catalogue

IOS = catalogue.load("ios")
FORM = FORMATS["ios"]
EXAMPLE = sorted((Path(__file__).parents[3] / "examples" / "ios_log").glob("*.log"))
DEVICE = (
    "on_demand and start_auto_update and workaround = none and settings_migration = keeps and not downloader_exempt"
)


def line(message: str, label: str = "PacketTunnelProvider", time: str = "22/04/2026 @ 03:12:40") -> str:
    return f"[{time}][{label}][debug] {message}"


def records(tmp_path: Path, *lines: str) -> list[dict[str, Any]]:
    path = tmp_path / "x.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [record.fields for record in ios_log.ios_records(path)]


def held(paths: list[Path], where: str) -> Conformity:
    return conform(IOS, paths, reading=reading_for(IOS, FORM, None), form=FORM, where=where, strict=True)


def segments(tmp_path: Path, *files: list[str]) -> list[Path]:
    """Write a file for each launch of the packet tunnel."""
    paths = []
    for number, lines in enumerate(files):
        paths.append(tmp_path / f"{number}.log")
        text = [line(message, label, f"22/04/2026 @ 0{number}:00:00") for label, _, message in map(_parted, lines)]
        paths[-1].write_text("\n".join(["PacketTunnel version 2026.3", *text]) + "\n", encoding="utf-8")
    return paths


def _parted(text: str) -> tuple[str, str, str]:
    actor = text.startswith(("Start the tunnel", "Connect", "Disconnect", "Error"))
    return ("PacketTunnelActor" if actor else "PacketTunnelProvider", "", text)


LAUNCH = ["Starting new packet tunnel", "Attempted migration from PacketTunnel, but found nothing to do"]
START = [
    *LAUNCH,
    "Start the tunnel via on-demand rule.",
    "Connecting to exit location: x",
    "Connected to exit location: x",
]
STOPPED = ["stopTunnel: app update", "Disconnecting", "Disconnected"]


@pytest.mark.parametrize(
    ("label", "message", "fields"),
    [
        ("PacketTunnelProvider", "Starting new packet tunnel", {"ev": "launch"}),
        ("PacketTunnelActor", "Start the tunnel via app, connect to se-1 via de-2.", {"ev": "start", "why": "app"}),
        ("PacketTunnelActor", "Start the tunnel via on-demand rule.", {"ev": "start", "why": "on-demand rule"}),
        ("PacketTunnelProvider", "stopTunnel: app update", {"ev": "stop", "why": "app update"}),
        ("PacketTunnelProvider", "stopTunnel: user initiated.", {"ev": "stop", "why": "user initiated"}),
        ("PacketTunnelActor", "Received event: start", {"ev": "received", "to": "start"}),
        ("PacketTunnelActor", "Received command: reconnect(random)", {"ev": "received", "to": "reconnect"}),
        (
            "PacketTunnelActor",
            "Connected to exit location: se-1, key: current, net: reachable, attempt: 0",
            {"ev": "state", "to": "connected", "why": None, "net": "reachable"},
        ),
        (
            "PacketTunnelActor",
            "Error: deviceLocked",
            {"ev": "state", "to": "error", "why": "deviceLocked", "net": None},
        ),
        ("PacketTunnelActor", "Disconnected", {"ev": "state", "to": "disconnected", "why": None, "net": None}),
        (
            "PacketTunnelActor",
            "Negotiating Post Quantum Key",
            {"ev": "state", "to": "negotiating", "why": None, "net": None},
        ),
        ("PacketTunnelProvider", "Successful migration from PacketTunnel", {"ev": "migrated", "to": "success"}),
        ("PacketTunnelProvider", "Failed migration from PacketTunnel: x", {"ev": "migrated", "to": "failure"}),
        (
            "TunnelManager",
            "VPN connection status changed to disconnected.",
            {"src": "os", "ev": "status", "to": "disconnected"},
        ),
        ("Other", "Connected to nothing", {"ev": "other", "label": "Other", "level": "debug"}),
    ],
)
def test_line_is_one_event(label: str, message: str, fields: dict[str, Any], tmp_path: Path) -> None:
    header = "PacketTunnel version 2026.4"
    (found,) = records(tmp_path, header, line(message, label), "which goes on", "")
    assert found == {"src": "pt", "ver": "2026.4", **fields}


def test_source_and_version_are_those_of_the_header_before(tmp_path: Path) -> None:
    text = line("anything", "Any")
    found = records(tmp_path, text, "MullvadVPN version 1", text, "PacketTunnel version 2", text)
    assert [(record["src"], record["ver"]) for record in found] == [("ui", None), ("ui", "1"), ("pt", "2")]


def test_time_is_in_utc(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text(line("x", time="01/01/1970 @ 00:01:05"))
    assert [record.time for record in ios_log.ios_records(tmp_path / "x.log")] == [65.0]


@pytest.mark.parametrize(
    ("text", "place"), [("", 1), ("a\nb\n", 2), (line("x", time="31/02/2026 @ 00:00:00"), 1), ('{"t": 1}', 1)]
)
def test_file_that_is_no_such_log_is_refused(text: str, place: int, tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text(text)
    with pytest.raises(ModelError) as caught:
        list(ios_log.ios_records(path))
    assert (caught.value.code, str(caught.value.where)) == ("TP180", f"{path}:{place}")


def test_shipped_reading_has_the_form_of_the_schema() -> None:
    rules = schema("reading-1.json")
    text = Path(ios_log.__file__).with_name("ios_reading.json").read_text(encoding="utf-8")
    assert violations(json.loads(text), rules, rules) == []
    assert reading_for(IOS, FORM, None).provisional and FORM.provisional


def test_readings_in_the_documentation_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "conform.md").read_text(encoding="utf-8")
    whole = [text for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL) if "tunnelproof.reading/1" in text]
    rules = re.findall(r'`(\{"match": .*?\}\})`', page)
    assert whole and rules
    for text in [*whole, *(f'{{"schema": "tunnelproof.reading/1", "rules": [{rule}]}}' for rule in rules)]:
        (tmp_path / "reading.json").write_text(text, encoding="utf-8")
        assert read_reading(tmp_path / "reading.json", IOS).rules


def test_example_fits_and_tells_that_the_app_was_updated() -> None:
    found = held(EXAMPLE, DEVICE)
    assert found.fit is Fit.FITS and found.left is not None
    assert found.left.determined["update"] == "started" and found.left.determined["protected"] is True
    assert "provisional" in found.provisional or "source code only" in found.provisional


def test_example_contradicts_a_download_that_follows_the_stop_with_force_all_apps() -> None:
    found = held(EXAMPLE, f"{DEVICE} and start_force_all_apps and order = stop_then_fetch")
    assert found.fit is Fit.DOES_NOT_FIT and found.refusal is not None
    assert Path(found.refusal.event.file).name == "packet-tunnel-2.log"
    assert found.refusal.event.fields["ev"] == "migrated"
    assert held(EXAMPLE, f"{DEVICE} and not start_force_all_apps and order = stop_then_fetch").fit is Fit.FITS


def test_update_that_ended_in_a_reboot_fits_with_force_all_apps(tmp_path: Path) -> None:
    paths = segments(tmp_path, [*START, *STOPPED], START)
    found = held(paths, f"{DEVICE} and start_force_all_apps and order = stop_then_fetch")
    assert found.fit is Fit.FITS and found.left is not None
    assert found.left.determined["updated"] is False, "without the tunnel nothing was downloaded"


def test_process_that_is_killed_logs_nothing_of_it(tmp_path: Path) -> None:
    assert held(segments(tmp_path, START, START), f"{DEVICE} and not always_on").fit is Fit.FITS


def test_second_start_without_a_new_process_does_not_fit(tmp_path: Path) -> None:
    found = held(segments(tmp_path, [*START, "Starting new packet tunnel", "Connected to exit location: x"]), DEVICE)
    assert found.fit is Fit.DOES_NOT_FIT and found.refusal is not None
    assert found.refusal.event.fields["to"] == "connected"
