"""The comment at the head of an exported file: what it is, how to run it, and what it does not say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from tunnelproof.interchange.export.machine import Machine

WIDTH = 108


def head(
    machine: Machine, what: str, running: Sequence[str], renamed: Mapping[str, str], asked: Iterable[tuple[str, str]]
) -> list[str]:
    """Return the lines of the comment, in ASCII. ``asked`` gives the name and the meaning of everything asked."""
    system = machine.system
    title = f": {system.title}" if system.title else ""
    lines = [*_wrapped(f"{system.name}{title}. {what}"), "", "To run it:", *(f"  {line}" for line in running)]
    claims = [_item(f"{name}: {meaning}") for name, meaning in asked]
    if claims:
        lines += ["", "Asked:", *(line for item in claims for line in item)]
    if machine.notes:
        lines += ["", "Not said here:", *(line for note in machine.notes for line in _item(note))]
    if renamed:
        words = "; ".join(f"{name} -> {word}" for name, word in renamed.items())
        lines += ["", *_wrapped(f"Names written differently: {words}")]
    return [plain(line) for line in lines]


def plain(text: str) -> str:
    """Return text that can stand in any comment or quoted name: one line of printable ASCII that ends neither."""
    words = " ".join(text.split())
    line = "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode("ascii") for c in words)
    indent = text[: len(text) - len(text.lstrip(" "))]
    return indent + line.replace("*/", "* /").replace("/*", "/ *").replace('"', "'")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _item(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
