"""Changing a valid text or document a little, on the level of bytes, of tokens, or of its structure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

ODD_BYTES = (b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x1b[31m", b"\r", b"\xe2\x80\xae", b'"')
ODD_TOKENS = (
    *("-1", "0", "1.5", "1e999", "NaN", "Infinity", "-Infinity", "9223372036854775808", "9" * 5000, "0x10", "01"),
    *('""', '"\\ud800"', '"\\u0000"', '"\\x"', '"' + "x" * 10_000 + '"', '"a', "'a'", "\u202e", "ﬁ", "²"),
    *("null", "None", "true", "True", "[]", "{}", "[", "}", ":", ",", "//", "#", "\\", "not", "and", "if", "(", "="),
)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 3.5, 2**31, 2**63 - 1, 2**63, -(2**64), 10**4000, float("nan"), float("inf")),
    *("", "x", "is_open", "K", "\u212a", "a b", "a.b", "-", "x" * 101, "x" * 200_000, "\ud800", "\x00", "\u202ea", "é"),
    *([], {}, [[]], [None], {"": 0}, [1, 2, 3], ["and"], ["not", True, True], ["nand", True], ["mod", 1, 0], [["and"]]),
    *({"value": 3}, {"value": "x"}, {"formula": ""}, {"formula": "("}, {"formula": 1}, {"next": True}, {"by": "x"}),
    *({"range": [0, 10**18]}, {"range": [5, 1]}, {"range": [0, 65_535]}, {"range": [0]}, {"range": ["a", "b"]}),
    *({"enum": []}, {"enum": ["a", "a"]}, {"enum": ["K", "\u212a"]}, {"enum": "ab"}, {"taken": "x", "outcome": None}),
)

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|\s+|[^\w\s]', re.DOTALL)
_MARK = "\ue123"  # stands where text that no serialiser would write is put in


def at_bytes(rng: Random, text: bytes) -> bytes:
    """Flip, drop, double or put in a few bytes, or cut the text off."""
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(text) + 1)
        span = rng.choice((1, 1, 2, 8, 64))
        match rng.randrange(6):
            case 0:
                text = text[:at] + bytes(b ^ (1 << rng.randrange(8)) for b in text[at : at + 1]) + text[at + 1 :]
            case 1:
                text = text[:at] + text[at + span :]
            case 2:
                text = text[:at] + text[at : at + span] * 2 + text[at + span :]
            case 3:
                text = text[:at] + rng.choice(ODD_BYTES) + text[at:]
            case 4:
                text = text[:at] + rng.randbytes(span) + text[at:]
            case 5:
                text = text[:at] if rng.random() < 0.5 else rng.choice(ODD_BYTES) + text
    return text


def at_tokens(rng: Random, text: str) -> str:
    """Exchange, drop, double, move or replace a few tokens; one may be a key that is then given twice."""
    tokens = _TOKEN.findall(text)
    solid = [place for place, token in enumerate(tokens) if not token.isspace()]
    if not solid:
        return rng.choice(ODD_TOKENS)
    for _ in range(rng.choice((1, 1, 2, 3))):
        one, other = rng.choice(solid), rng.choice(solid)
        match rng.randrange(7):
            case 0:
                tokens[one], tokens[other] = tokens[other], tokens[one]
            case 1:
                tokens[one] = ""
            case 2:
                tokens[one] = f"{tokens[one]} {tokens[one]}"
            case 3:
                tokens[one] = tokens[other]
            case 4:
                tokens[one] = rng.choice(ODD_TOKENS)
            case 5:
                tokens[one] = f"{rng.choice(ODD_TOKENS)} {tokens[one]}"
            case 6:
                keys = [place for place in solid if tokens[place] == ":" and place and tokens[place - 1].endswith('"')]
                if keys:
                    place = rng.choice(keys)
                    tokens[place] = f": {rng.choice(ODD_TOKENS)}, {tokens[place - 1]}:"
    return "".join(tokens)


def at_structure(rng: Random, document: Any) -> str:
    """Return the text of the document with a few values replaced, dropped, added, renamed, moved or nested."""
    document = json.loads(json.dumps(document))
    nested = ""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        holder, key = rng.choice(list(places(document)))
        _, other = rng.choice(list(places(document)))
        match rng.randrange(8):
            case 0 | 1:
                holder[key] = deepcopy(rng.choice(ODD_VALUES))
            case 2:
                del holder[key]
            case 3 if isinstance(holder, dict):
                holder[rng.choice((str(other), f"{key}s", str(key).upper(), "", "x" * 1000))] = deepcopy(holder[key])
            case 3:
                holder.insert(key, deepcopy(holder[key]))
            case 4:
                taken, name = rng.choice(list(places(document)))
                holder[key] = deepcopy(taken[name])
            case 5 if not nested:
                nested = deep(rng, json.dumps(holder[key]))
                holder[key] = _MARK
            case _:
                holder[key] = _otherwise(rng, holder[key])
        if not document:
            break
    return json.dumps(document).replace(json.dumps(_MARK), nested)


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in a document: what holds the value, and the key or number there."""
    waiting = [document]
    while waiting:
        holder = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            yield holder, key
            if isinstance(holder[key], (dict, list)):
                waiting.append(holder[key])


def deep(rng: Random, text: str) -> str:
    """Put a value inside many others, often more than any reader can follow."""
    opening, closing = rng.choice(
        (("[", "]"), ('{"next":', "}"), ('["not",', "]"), ('["and",true,', "]"), ('{"":', "}"))
    )
    depth = rng.choice((2, 150, 201, 300, 1000, 10_000, 100_000))
    return opening * depth + text + closing * depth


def _otherwise(rng: Random, value: Any) -> Any:
    """Return a value of the same type, or with another shape of the same parts."""
    match value:
        case bool():
            return not value
        case int():
            return rng.choice((value + 1, value - 1, -value, value * 10**18, value * 2**60, str(value)))
        case str():
            return rng.choice(
                (
                    value + "\u0301",
                    value.upper(),
                    value[:-1],
                    value * (1 + 100_000 // (len(value) + 1)),
                    f" {value}",
                    [value],
                    "\u2126",
                )
            )
        case list():
            shuffled = rng.sample(value, len(value))
            return rng.choice(
                (
                    shuffled,
                    value[:-1],
                    value + deepcopy(value[:1]),
                    [deepcopy(v) for v in value * (1 + 1_000 // (len(value) + 1))],
                    dict.fromkeys("ab", 1),
                )
            )
        case dict():
            return rng.choice((list(value.values()), list(value), [value], dict(reversed(value.items()))))
    return deepcopy(rng.choice(ODD_VALUES))
