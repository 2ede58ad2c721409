"""Text from models made harmless: whatever a terminal, editor or viewer would obey becomes visible instead."""

from __future__ import annotations

import unicodedata

# Letters that change or hide what is beside them although Unicode does not count them as controls.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")


def safe_text(text: object) -> str:
    """Return the text on one line, with controls, bidirectional and invisible characters written as escapes.

    Controls (C0, DEL, C1) become ``\\xNN``, everything else that has no shape of its own ``\\u{NNNN}``: formats such as
    zero-width and bidirectional marks, line and paragraph separators, lone surrogates, private and unassigned
    characters, and odd spaces. A backslash that is already there stays as it is.
    """
    written = str(text)
    if written.isascii() and written.isprintable():
        return written
    return "".join(_shown(character) for character in written)


def _shown(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if ord(character) < 0x100 and unicodedata.category(character) == "Cc":
        return f"\\x{ord(character):02x}"
    if character.isprintable() and character not in _INVISIBLE and not _is_variation(character):
        return character
    return f"\\u{{{ord(character):04x}}}"


def _is_variation(character: str) -> bool:
    """Say whether the character only selects a variant of the one before it."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
