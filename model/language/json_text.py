"""JSON as models and claims use it, read so that every value knows where it stands.

Stricter than the standard library, because a reader must not see another model than the tool does: duplicate
keys, fractions, ``NaN``, numbers beyond 64 bits, lone surrogates and byte order marks are faults. It never
recurses, so no nesting can exhaust the stack.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tunnelproof.errors import Location, ModelError, TunnelproofError
from tunnelproof.model.language.domains import LARGEST_LITERAL
from tunnelproof.model.language.placing import Lines, excerpt
from tunnelproof.model.language.typing import DEEPEST

LARGEST_FILE = 32 * 2**20  # bytes
MOST_VALUES = 500_000
DEEPEST_JSON = DEEPEST + 16  # room for an expression of the greatest depth inside the rest of a model

# Possessive throughout: what a file of one long unfinished string would otherwise make the matcher remember!
_TOKEN = re.compile(
    r"""[ \t\n\r]*+(?:
      (?P<mark> [{}\[\],:] )
    | (?P<text> "[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+" )
    | (?P<bare> [-+.\w]++ )
    | (?P<end> \Z )
    )""",
    re.VERBOSE,
)
_INSIDE = re.compile(r'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
Token = tuple[str, str, int]  # kind, text, offset

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_CONSTANTS = {"true": True, "false": False, "null": None}
_ADVICE = {
    "True": "write true",
    "False": "write false",
    "None": "write null",
    "NaN": "only whole numbers are allowed",
    "Infinity": "only whole numbers are allowed",
    "-Infinity": "only whole numbers are allowed",
}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True, eq=False)
class Node:
    """A JSON value, its offset in the text, and that of its key if it stands in an object (-1 elsewhere)."""

    value: None | bool | int | str | list[Node] | dict[str, Node]
    at: int
    key_at: int = -1


@dataclass(frozen=True, slots=True)
class JsonText:
    """A JSON text that has been read: its value, and the means to say where a part of it stands."""

    text: str
    lines: Lines
    root: Node

    def inside(self, node: Node) -> Callable[[int], Location]:
        """Return what gives the place of a character of the text value ``node`` by its offset there."""
        assert isinstance(node.value, str)
        starts: list[int] = []
        at = node.at + 1
        for character in (*node.value, ""):
            starts.append(at)
            if self.text[at] == "\\":
                written = 6 if self.text[at + 1] == "u" else 2
                at += 2 * written if character > "\uffff" else written
            else:
                at += 1
        return lambda offset: self.lines.at(starts[offset])


def read_json(text: str, file: str, error: type[TunnelproofError] = ModelError) -> JsonText:
    """Read a JSON text. Raise ``error`` with the place of the first fault; ``file`` is only shown."""
    lines = Lines(text, file)
    if text.startswith("\ufeff"):
        raise error(
            "TP152",
            "the text starts with a byte order mark",
            where=lines.at(0),
            hint="save it as UTF-8 without",
        )
    surrogate = _SURROGATE.search(text)
    if surrogate:
        raise error("TP152", "the text has a lone surrogate", where=lines.at(surrogate.start()), hint="remove it")
    return JsonText(text, lines, _Reading(text, lines, error).document())


def read_json_file(path: str | os.PathLike[str], error: type[TunnelproofError] = ModelError) -> JsonText:
    """Read a JSON file: a regular file of at most `LARGEST_FILE` bytes of UTF-8."""
    file = os.fspath(path)
    raw = _bytes_of(file, error)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = raw[: fault.start].decode("utf-8")
        message = f"byte {raw[fault.start]:#04x} is not UTF-8"
        place = Lines(before, file).at(len(before))
        raise error("TP152", message, where=place, hint="save the file as UTF-8") from None
    return read_json(text, file, error)


def _bytes_of(file: str, error: type[TunnelproofError]) -> bytes:
    where = Location(file)
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise error("TP150", "this is not a regular file", where=where, hint="give the path of a file")
            raw = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise error("TP150", f"the file cannot be read: {reason}", where=where, hint="check the path") from None
    if len(raw) > LARGEST_FILE:
        raise error("TP151", f"the file is larger than {LARGEST_FILE >> 20} MiB", where=where, hint="split the model")
    return raw


class _Reading:
    """One pass over a text. Containers that are still open stand on a stack, the innermost last."""

    def __init__(self, text: str, lines: Lines, error: type[TunnelproofError]) -> None:
        self.text = text
        self.lines = lines
        self.error = error
        self.open: list[Node] = []
        self.count = 0
        self.tokens = self._tokens()

    def document(self) -> Node:
        if not self.text.strip(" \t\n\r"):
            raise self._fault("TP153", "the text is empty", 0, "a model is a JSON object")
        root = self._value(*next(self.tokens))
        while self.open:
            self._member(self.open[-1])
        kind, token, at = next(self.tokens)
        if kind != "end":
            raise self._fault("TP153", f"there is {excerpt(token)} after the end of the value", at, "remove it")
        return root

    def _member(self, container: Node) -> None:
        """Read the next member of the container, or its end."""
        inner = container.value
        assert isinstance(inner, (list, dict))
        closing = "}" if isinstance(inner, dict) else "]"
        kind, token, at = next(self.tokens)
        if (kind, token) == ("mark", closing):
            self.open.pop()
            return
        if inner:
            if (kind, token) != ("mark", ","):
                raise self._unexpected(kind, token, at, f"',' or '{closing}'")
            kind, token, at = next(self.tokens)
            if (kind, token) == ("mark", closing):
                raise self._fault("TP153", f"there is a ',' before '{closing}'", at, "remove the comma")
        if isinstance(inner, dict):
            self._keyed(inner, kind, token, at)
        else:
            inner.append(self._value(kind, token, at))

    def _keyed(self, inner: dict[str, Node], kind: str, token: str, at: int) -> None:
        if kind != "text":
            raise self._unexpected(kind, token, at, "a key in double quotes")
        key = self._text(token, at)
        if key in inner:
            first = self.lines.at(inner[key].key_at).line
            hint = f"the first stands in line {first}; keep one of them"
            raise self._fault("TP155", f"the key {excerpt(key)} is given twice", at, hint)
        colon = next(self.tokens)
        if colon[:2] != ("mark", ":"):
            raise self._unexpected(*colon, "':'")
        node = self._value(*next(self.tokens))
        node.key_at = at
        inner[key] = node

    def _value(self, kind: str, token: str, at: int) -> Node:
        self.count += 1
        if self.count > MOST_VALUES:
            raise self._fault("TP157", f"the text has more than {MOST_VALUES} values", at, "split the model")
        if kind == "text":
            return Node(self._text(token, at), at)
        if kind == "bare":
            return Node(_CONSTANTS[token] if token in _CONSTANTS else self._number(token, at), at)
        if kind == "mark" and token in "[{":
            node = Node([] if token == "[" else {}, at)
            self.open.append(node)
            if len(self.open) > DEEPEST_JSON:
                raise self._fault("TP156", f"values are nested deeper than {DEEPEST_JSON}", at, "name the parts")
            return node
        raise self._unexpected(kind, token, at, "a value")

    def _text(self, token: str, at: int) -> str:
        if "\\" not in token:
            return token[1:-1]
        value: str = json.loads(token)
        if _SURROGATE.search(value):
            raise self._fault("TP152", "the text has a lone surrogate", at, "write both halves of the pair")
        return value

    def _number(self, token: str, at: int) -> int:
        if not _WHOLE.fullmatch(token):
            hint = _ADVICE.get(token, "texts stand in double quotes, numbers are whole")
            raise self._fault("TP154", f"{excerpt(token)} is neither a whole number nor a constant", at, hint)
        if len(token) > 20 or abs(int(token)) > LARGEST_LITERAL:
            raise self._fault("TP154", f"the number {excerpt(token)} is too large", at, "its size must be below 2^63")
        return int(token)

    def _tokens(self) -> Iterator[Token]:
        match, text = _TOKEN.match, self.text
        at = 0
        while True:
            found = match(text, at)
            if not found:
                raise self._strange(at)
            kind = found.lastgroup or ""
            yield kind, found[kind], found.start(kind)
            at = found.end()

    def _strange(self, at: int) -> TunnelproofError:
        while self.text[at] in " \t\n\r":
            at += 1
        if self.text[at] != '"':
            hint = "texts stand in double quotes" if self.text[at] == "'" else "remove it"
            return self._fault("TP153", f"{excerpt(self.text[at])} cannot stand here", at, hint)
        inside = _INSIDE.match(self.text, at + 1)
        stop = inside.end() if inside else at
        if stop >= len(self.text):
            return self._fault("TP153", "the text ends inside a string", at, "is the file complete?")
        if self.text[stop] == "\\":
            return self._fault(
                "TP153", f"{excerpt(self.text[stop : stop + 2])} is no escape", stop, "write a backslash as two"
            )
        hint = "close the string, or write the character as an escape"
        return self._fault("TP153", f"the string contains the control character {excerpt(self.text[stop])}", stop, hint)

    def _unexpected(self, kind: str, token: str, at: int, wanted: str) -> TunnelproofError:
        if kind == "end":
            return self._fault("TP153", f"the text ends where {wanted} is wanted", at, "is the file complete?")
        return self._fault(
            "TP153",
            f"there is {excerpt(token)} where {wanted} is wanted",
            at,
            "check the commas and brackets",
        )

    def _fault(self, code: str, message: str, at: int, hint: str) -> TunnelproofError:
        return self.error(code, message, where=self.lines.at(at), hint=hint)
