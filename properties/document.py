"""The JSON form of claims, ``tunnelproof.claims/1``, both ways.

A claims file is ``{"schema": "tunnelproof.claims/1", "claims": […]}``; a model file may have the same list
under ``claims``. The model's hash covers only the model. A claim is an object with its ``kind`` and the
fields of that kind; formulas are written as in a model, ``{"formula": "…"}`` included.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Any

from tunnelproof.errors import ClaimError, Location, near
from tunnelproof.model.language.document import SCHEMA as MODEL_SCHEMA
from tunnelproof.model.language.document import Json, expression_document, source_document
from tunnelproof.model.language.document_reading import Reader
from tunnelproof.model.language.json_text import JsonText, Node, read_json, read_json_file
from tunnelproof.model.language.placing import excerpt
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.properties.claims import KINDS, Claim
from tunnelproof.properties.wellformed import check_claims

SCHEMA = "tunnelproof.claims/1"

_TEXTS = ("id", "sentence", "may_be_vacuous")
_NAMES = ("given", "by", "barring", "claims")
_ORDER = ("id", "sentence", "source", "given", "may_be_vacuous", "assuming")


def to_document(claim: Claim) -> dict[str, Json]:
    """Return the claim as JSON values: its kind and its fields, less those that have their default."""
    document: dict[str, Json] = {"kind": claim.kind}
    for name in sorted(_fields(type(claim)), key=lambda n: _ORDER.index(n) if n in _ORDER else len(_ORDER)):
        value = getattr(claim, name)
        if name == "source":
            document |= source_document(value)
        elif value != _fields(type(claim))[name]:
            document[name.rstrip("_")] = _member(claim, name, value)
    return document


def to_json(claims: Iterable[Claim]) -> str:
    """Return the JSON text of a claims file. Each claim stands on a line of its own."""
    lines = [json.dumps(to_document(claim), ensure_ascii=False) for claim in claims]
    listed = "[\n  " + ",\n  ".join(lines) + "\n]" if lines else "[]"
    return f'{{\n"schema": "{SCHEMA}",\n"claims": {listed}\n}}\n'


def read_claims(text: str, system: System, file: str = "claims") -> tuple[Claim, ...]:
    """Read the claims of a claims file or a model file, and check them against the system.

    Raise `ClaimError` with the place of the first fault.
    """
    return claims_of(read_json(text, file, ClaimError), system)


def read_claims_file(path: str | os.PathLike[str], system: System) -> tuple[Claim, ...]:
    """Read the claims of a regular file of at most 32 MiB. Raise as `read_claims` does."""
    return claims_of(read_json_file(path, ClaimError), system)


def claims_of(text: JsonText, system: System) -> tuple[Claim, ...]:
    """Return the claims of a JSON text, checked; none if it is a model without claims."""
    reader = Reader(text, ClaimError, frozenset({*system.domains, *system.definitions}))
    listed = _listed(reader)
    claims = tuple([_claim(reader, node) for node in reader.items(listed, "'claims'")]) if listed else ()
    check_claims(claims, system, reader.places)
    return claims


def _listed(reader: Reader) -> Node | None:
    root = reader.text.root
    parts = reader.members(root, "a file of claims")
    if "schema" not in parts:
        raise reader.fault(root, "TP173", "a file of claims has no 'schema'", f'add "schema": "{SCHEMA}"')
    schema = reader.string(parts["schema"], "'schema'")
    if schema == SCHEMA:
        return reader.object(root, "a file of claims", ("schema", "claims"))["claims"]
    if schema == MODEL_SCHEMA:
        return parts.get("claims")
    message = f"{excerpt(schema)} is not a form that has claims"
    raise reader.fault(parts["schema"], "TP170", message, f'write "{SCHEMA}"')


def _claim(reader: Reader, node: Node) -> Claim:
    parts = reader.members(node, "a claim")
    if "kind" not in parts:
        raise reader.fault(node, "TP173", "a claim has no 'kind'", f"give one of {', '.join(KINDS)}")
    written = reader.string(parts["kind"], "'kind'")
    if written not in KINDS:
        hint = near(written[:100], KINDS)
        raise reader.fault(parts["kind"], "TP174", f"{excerpt(written)} is not a kind of claim", hint)
    kind = KINDS[written]
    defaults = {name.rstrip("_"): default for name, default in _fields(kind).items()}
    required = ["kind", *(name for name, default in defaults.items() if default is MISSING)]
    reader.object(node, f"a claim of the kind '{written}'", required, list(defaults))
    values: dict[str, Any] = {}
    for name in _fields(kind):
        if name.rstrip("_") in parts:
            values[name] = _value(reader, kind, name, parts[name.rstrip("_")])
    if "points" in parts and not values["points"]:
        raise reader.fault(parts["points"], "TP202", "'points' names no point", "give at least one")
    claim = kind(**values, where=reader.where(parts["id"]))
    for role in (*_NAMES, "assuming"):
        for name, place in _named(reader, parts[role]) if role in parts else ():
            reader.places.mark(claim, place, f"{role} {name}")
    return claim


def _named(reader: Reader, node: Node) -> list[tuple[str, Location]]:
    """Return the names in a list, or the keys of an object, and where they stand."""
    if isinstance(node.value, dict):
        return [(name, reader.text.lines.at(value.key_at)) for name, value in node.value.items()]
    return [(str(item.value), reader.where(item)) for item in reader.items(node, "a list of names")]


def _value(reader: Reader, kind: type[Claim], name: str, node: Node) -> object:
    what = f"'{name.rstrip('_')}'"
    if name in _TEXTS:
        return reader.label(node, what) if name == "id" else reader.string(node, what)
    if name == "source":
        return reader.source(node)
    if name in kind.formulas:
        return reader.expression(node)
    if name in _NAMES:
        return reader.labels(node, what)
    if name == "points":
        return reader.expressions(node, what)
    if name in ("at_most", "within"):
        return reader.whole(node, what)
    assert name == "assuming", f"no reader for {name}"
    members = reader.members(node, what)
    return {action: reader.choice(fairness, "a fairness", Fairness) for action, fairness in members.items()}


def _member(claim: Claim, name: str, value: object) -> Json:
    if name in claim.formulas:
        return expression_document(getattr(claim, name))
    if name == "points":
        return [expression_document(point) for point in getattr(claim, name)]
    if name in ("at_most", "within"):
        return int(getattr(claim, name))
    if name == "assuming":
        return {action: fairness.value for action, fairness in getattr(claim, name)}
    if name in _NAMES:
        return list(getattr(claim, name))
    return str(value)


def _fields(kind: type[Claim]) -> dict[str, object]:
    """Return the fields that are written, with their defaults (`MISSING` for those that must be given)."""
    return {field.name: field.default for field in fields(kind) if field.name != "where"}
