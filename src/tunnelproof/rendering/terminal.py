"""How text looks: marks, colours and line breaks. Nothing here knows what it is about."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from tunnelproof.evidence.verdict import Verdict

WIDTH = 110  # columns, where the output is no terminal
_NARROWEST = 60  # columns: in a narrower terminal, lines may run over
_FEWEST = 20  # columns that a text gets, however far in it starts

_columns: ContextVar[int] = ContextVar("columns", default=WIDTH)

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "magenta": "35", "bold": "1", "dim": "2"}
_PRETTY = {
    Verdict.PROVED: "✓",
    Verdict.REFUTED: "✗",
    Verdict.UNKNOWN: "?",
    Verdict.WITHHELD: "!",
}
_PLAIN = {Verdict.PROVED: "+", Verdict.REFUTED: "x", Verdict.UNKNOWN: "?", Verdict.WITHHELD: "!"}
_SHADES = {
    Verdict.PROVED: "green",
    Verdict.REFUTED: "red",
    Verdict.UNKNOWN: "yellow",
    Verdict.WITHHELD: "magenta",
}
_FALLBACKS = {"→": "->", "·": "-", "…": "...", "│": "|", "●": "o", "╭": ",", "╰": "`", "─": "-", "—": "-"}
GLYPHS = "".join(_FALLBACKS) + "✓✗"


@dataclass(frozen=True, slots=True)
class Style:
    """What the output can show: colours, characters beyond ASCII. No fact is told by either alone."""

    colour: bool = False
    pretty: bool = True

    def paint(self, text: str, shade: str) -> str:
        """Return the text in a colour, where there are colours."""
        return f"\x1b[{_COLOURS[shade]}m{text}\x1b[0m" if self.colour and text else text

    def mark(self, verdict: Verdict) -> str:
        """Return the verdict's mark."""
        return self.paint((_PRETTY if self.pretty else _PLAIN)[verdict], _SHADES[verdict])

    def word(self, verdict: Verdict, text: str | None = None) -> str:
        """Return the verdict's word, or a text in its colour."""
        return self.paint(text or verdict.value, _SHADES[verdict])

    def drawn(self, text: str) -> str:
        """Return the text with our own signs replaced where the output has no characters for them."""
        text = text.replace("\u00a0", " ")  # ours: what must not be broken into two lines
        if self.pretty:
            return text
        return "".join(_FALLBACKS.get(character, character) for character in text)


def wants_colour(choice: str, environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Decide on colours: ``choice`` (auto, always, never) first, then the environment's conventions."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    forced = environment.get("FORCE_COLOR") or environment.get("CLICOLOR_FORCE", "0")
    if forced not in ("", "0"):
        return True
    return terminal and environment.get("CLICOLOR") != "0" and environment.get("TERM") != "dumb"


def can_show(encoding: str | None) -> bool:
    """Say whether the encoding has our own signs."""
    try:
        GLYPHS.encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def columns() -> int:
    """Return how many columns a line may have: `WIDTH`, or what `as_wide_as` says."""
    return _columns.get()


@contextlib.contextmanager
def as_wide_as(terminal: int) -> Iterator[None]:
    """Break lines for a terminal of so many columns."""
    token = _columns.set(max(terminal, _NARROWEST))
    try:
        yield
    finally:
        _columns.reset(token)


def wrapped(text: str, indent: int, *, first: str | None = None, width: int | None = None) -> list[str]:
    """Break a text into lines that start ``indent`` columns in; the first line starts with ``first`` instead.

    ``width`` is that of the lines, by default `columns`.
    """
    lead = " " * indent if first is None else first
    return textwrap.wrap(
        text,
        max(columns() if width is None else width, _FEWEST),
        initial_indent=lead,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [lead.rstrip()]
