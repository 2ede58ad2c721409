"""Texts that try to do something to whoever looks at them, and models that have them wherever any text may be."""

from __future__ import annotations

import json
from typing import Any

from tunnelproof.interchange.model_source import ModelSource, document_text

TEXTS = [
    "\x1b]0;owned\x07\x1b[31mred\x1b[2J",
    "\x9b31m\x85\x00\x7f\r\nnew line",
    "abc\u202egnp.exe\u2066\u200b\ufeff",
    '</svg><script>alert(1)</script>"><img src=x onerror=alert(1)>',
    "<b>bold</b>",
    "[link=javascript:alert(1)]x[/link]",
    '"; evil [URL="javascript:alert(1)" image="/etc/passwd"]; //',
    "back\\slash \\N \\G \\E \\l \\",
    "\ud7ff\ue000\U000e0041\U0010ffff",
    "%s {} $(reboot) `reboot`; rm -rf /",
]

_RANGES = (
    *((0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x180E, 0x180E)),  # controls, soft hyphen, marks
    *((0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF)),  # zero width, lines, bidirectional
    *((0xD800, 0xF8FF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF), (0xF0000, 0x10FFFF)),  # surrogates, private, tags
)
FORBIDDEN = {chr(code) for first, last in _RANGES for code in range(first, last + 1)} - {"\n"}


def hostile_model(source: ModelSource, text: str) -> dict[str, Any]:
    """Return a model as JSON values in which everything that may be any text is this one."""
    document: dict[str, Any] = json.loads(document_text(source))
    document["title"] = text
    cited = {"at": text, "says": text, "version": text, "date": text}
    for part in ("configuration", "variables", "derived", "actions", "claims"):
        for item in document.get(part, ()):
            item["sentence" if part == "claims" else "doc"] = text
            if part != "variables":
                item["source"] = cited
    return document
