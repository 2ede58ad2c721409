"""Models whose texts try to do something to whoever looks at them."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.cli.hostile import FORBIDDEN, TEXTS, hostile_model

from tunnelproof.interchange.model_source import load_model
from tunnelproof.model.language.document import read_system

COMMANDS = [
    ("prove",),
    ("prove", "--output-format", "json"),
    ("show",),
    ("show", "--output-format", "json"),
    ("explain", "closing.possible"),
    ("explain", "closing.happens"),
    ("graph", "closing.possible"),
    ("lint",),
]


@pytest.fixture(params=range(len(TEXTS)), ids=[ascii(text)[:20] for text in TEXTS])
def hostile(request: pytest.FixtureRequest, door: str, tmp_path: Path) -> Path:
    """A JSON model in which everything that may be any text is hostile."""
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(hostile_model(load_model(door), TEXTS[request.param])), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(c) for c in COMMANDS])
def test_no_output_passes_on_what_a_terminal_would_obey(command: tuple[str, ...], hostile: Path, run: Any) -> None:
    ran = run(command[0], hostile, *command[1:])
    assert ran.status in (0, 10), ran.err
    assert not FORBIDDEN & set(ran.out.replace("\t", "")), ascii(ran.out)  # DOT text is indented
    assert not FORBIDDEN & set(ran.err)
    if "json" in command:
        json.loads(ran.out)
    if command[0] == "show" and "json" in command:
        assert read_system(ran.out) == read_system(hostile.read_text())


@pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed")
def test_picture_shows_hostile_text_and_obeys_none(hostile: Path, tmp_path: Path, run: Any) -> None:
    target = tmp_path / "picture.svg"
    ran = run("graph", hostile, "closing.possible", "--output", target)
    assert (ran.status, ran.out, ran.err) == (0, f"{target}\n", "")
    root = ElementTree.parse(target).getroot()
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "title", "text", "polygon", "path", "ellipse"}, tags
    attributes = {name.lower() for element in root.iter() for name in element.attrib}
    assert not any("href" in name or name.startswith("on") for name in attributes)


@pytest.mark.parametrize("text", TEXTS, ids=[ascii(text)[:20] for text in TEXTS])
def test_hostile_arguments_come_back_harmless(text: str, door: str, run: Any) -> None:
    written = text.replace("\x00", "")
    for command in (("prove", written), ("prove", door, written), ("prove", door, "--where", written)):
        ran = run(*command)
        assert ran.status in (2, 3, 4)
        assert not FORBIDDEN & set(ran.err), ascii(ran.err)
        assert ran.err.count("\n") == 1


# --- dot --------------------------------------------------------------------------------------------------------------


def test_without_dot_the_text_is_written_and_the_message_says_how_to_go_on(
    door: str, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    ran = run("graph", door, "closing.possible", "--output", tmp_path / "x.svg")
    assert (ran.status, ran.out) == (0, f"{tmp_path / 'x.dot'}\n")
    assert "install graphviz" in ran.err and "dot -Tsvg" in ran.err
    assert (tmp_path / "x.dot").read_text().startswith("digraph")
    assert not (tmp_path / "x.svg").exists()


@pytest.mark.parametrize(
    ("script", "said"),
    [("exec sleep 60", "took more than 0.5 s"), ("echo oh >&2; exit 3", "failed: oh"), ("exit 0", "failed")],
)
def test_dot_that_hangs_or_fails_blocks_nothing(
    script: str, said: str, door: str, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin" / "dot"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("tunnelproof.rendering.graph.SECONDS", 0.5)
    started = time.monotonic()
    ran = run("graph", door, "closing.possible", "--output", tmp_path / "x.png")
    assert time.monotonic() - started < 20
    assert (ran.status, ran.out) == (0, f"{tmp_path / 'x.dot'}\n")
    assert said in ran.err


def test_device_is_written_to_and_not_replaced(door: str, run: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "null.dot"
    pipe.symlink_to(os.devnull)
    assert run("graph", door, "closing.possible", "--output", pipe).status == 0
    assert Path(os.devnull).is_char_device()
