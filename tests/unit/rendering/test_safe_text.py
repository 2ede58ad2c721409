"""Nothing that a terminal would obey or a reader could not see passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunnelproof.rendering.safe_text import safe_text

ANY = st.text(st.characters())  # surrogates included


@given(ANY)
def test_result_is_one_printable_line_that_every_encoding_of_unicode_takes(text: str) -> None:
    shown = safe_text(text)
    assert shown.isprintable()
    shown.encode("utf-8")


@given(ANY)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert safe_text(safe_text(text)) == safe_text(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_ascii_stays(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naïve café ✓ 漢字 א", "naïve café ✓ 漢字 א"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b\x7f\x00", "\\x9b\\x7f\\x00"),
        ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\u202e\u2066\u200b\u2028\ufeff", "\\u{202e}\\u{2066}\\u{200b}\\u{2028}\\u{feff}"),
        ("\ud800", "\\u{d800}"),
        ("\xa0\xad", "\\u{00a0}\\u{00ad}"),
        ("\U000e0041\ufe0f\u3164", "\\u{e0041}\\u{fe0f}\\u{3164}"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert safe_text(text) == shown
