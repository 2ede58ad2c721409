"""Colours, signs, progress."""

from __future__ import annotations

import io

import pytest

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.rendering.progress import Progress
from tunnelproof.rendering.terminal import (
    GLYPHS,
    WIDTH,
    Style,
    as_wide_as,
    can_show,
    columns,
    wants_colour,
    wrapped,
)


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"NO_COLOR": "0"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"CLICOLOR": "0"}, True, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_obeys_the_option_then_the_environment(
    choice: str, environment: dict[str, str], terminal: bool, wanted: bool
) -> None:
    assert wants_colour(choice, environment, terminal=terminal) is wanted


@pytest.mark.parametrize(("encoding", "can"), [("utf-8", True), ("ascii", False), ("latin-1", False), (None, False)])
def test_encodings(encoding: str | None, can: bool) -> None:
    assert can_show(encoding) is can


def test_every_sign_of_ours_has_an_ascii_form_and_marks_stay_apart() -> None:
    style = Style(pretty=False)
    marks = [style.mark(verdict) for verdict in Verdict]
    assert len(set(marks)) == 4 and all(mark.isascii() for mark in marks)
    assert style.drawn(GLYPHS.replace("✓", "").replace("✗", "")).isascii()


def test_wrapping_breaks_no_word() -> None:
    address = "https://example.org/" + "x" * 150
    assert wrapped(f"see {address}", 4, first="  ") == ["  see", f"    {address}"]


def test_lines_are_as_wide_as_the_terminal_and_no_narrower_than_sixty() -> None:
    text = "word " * 100
    for terminal, width in ((200, 200), (80, 80), (10, 60)):
        with as_wide_as(terminal):
            assert columns() == width
            assert width - 5 < max(map(len, wrapped(text, 4))) <= width
    assert columns() == WIDTH == 110
    assert max(map(len, wrapped(text, 4, width=0))) > 0


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_short_run_says_nothing() -> None:
    for stream in (io.StringIO(), Screen()):
        progress = Progress(stream, clock=Clock())
        progress("a.b: exploring")
        progress.close()
        assert stream.getvalue() == ""


def test_log_gets_a_line_per_claim_that_took_long() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, clock=clock)
    for now, text in ((0, "a: x"), (1, "b: x"), (5, "b: y"), (9, "c: x")):
        clock.now = now
        progress(text)
    clock.now = 12
    progress.close()
    assert stream.getvalue() == "b: done after 8 s\nc: done after 3 s\n"


def test_terminal_gets_one_line_that_goes_away() -> None:
    stream, clock = Screen(), Clock()
    progress = Progress(stream, clock=clock)
    for now in (0.0, 1.0, 3.0, 3.01, 4.0):
        clock.now = now
        progress("a: \x1b[2J")
    progress.close()
    shown = stream.getvalue()
    assert shown.count("\r\x1b[K") == 3 and shown.endswith("\r\x1b[K")
    assert "\x1b[2J" not in shown


def test_broken_stderr_does_not_stop_the_run() -> None:
    class Broken(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    clock = Clock()
    progress = Progress(Broken(), clock=clock)
    progress("a: x")
    clock.now = 10
    progress.close()
