"""The certifier asked what the judge is asked: about a closed set or a witness that a test has made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

import tunnelproof_certify as certify
from tunnelproof.evidence.certificate import Certificate, Level, Values, Witness
from tunnelproof.evidence.rows import Codes, Layout
from tunnelproof.model.language.component import ANY, Component, Configuration, compose
from tunnelproof.model.language.document import to_json
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Claim
from tunnelproof.properties.document import to_document
from tunnelproof.semantics.cone import restrict


def tied() -> System:
    """An initial formula ties ``x`` to ``y``, whose start is ``k``; another ties ``z`` to ``off``."""
    configuration = Configuration()
    configuration.setting("k", bool)
    configuration.setting("off", bool)
    part = Component("part", actor="os")
    x = part.variable("x", bool, start=ANY)
    y = part.variable("y", bool, start=name("k"))
    z = part.variable("z", bool, start=ANY)
    part.initially(x == y)
    part.initially(z | name("off"))
    part.action("go", when=z, then={z: False})
    return compose("tied", configuration=configuration, components=[part])


def side_by_side() -> System:
    """``up`` moves ``x`` once, and the user turns ``y`` as often as he likes."""
    part, other = Component("part", actor="os"), Component("other", actor="user")
    x = part.variable("x", Range(0, 1), start=0)
    y = other.variable("y", bool, start=False)
    part.action("up", when=x == 0, then={x: 1})
    other.action("turn", then={y: ~y})
    return compose("both", configuration=Configuration(), components=[part, other])


def slice_of(system: System, claim: Claim, **names: list[str]) -> certify.Slice:
    """Return the slice with all that the claim is about, or with these names."""
    model = certify.Model(json.loads(to_json(system)))
    everything = {
        "configuration": model.configuration,
        "variables": model.variables,
        "actions": [action.name for action in restrict(system, claim).actions],
    }
    return certify.Slice(model, certify.Claim(plain(to_document(claim)), model), everything | names)


def plain(document: Any) -> Any:
    """Return a document as it is read from a file."""
    return json.loads(json.dumps(document))


def proof(
    system: System, claim: Claim, configurations: Sequence[Values], certificate: Certificate, **names: list[str]
) -> certify.Proof | None:
    """Return what the certifier finds in a certificate with a closed set; nothing if no file can say what it says."""
    document = written(certificate)
    if document is None or certificate.closed is None or not _writable(certificate.closed, system):
        return None
    cut = slice_of(system, claim, **names)
    rows = keys(certificate.closed.tolist(), Layout(system).sizes)
    return certify.Proof(certify.Graph(cut, rows, places(cut, configurations)), document)


def covered(
    system: System, claim: Claim, configurations: Sequence[Values], certificate: Certificate
) -> list[bool] | None:
    """Return in which configurations the certifier accepts the certificate."""
    found = proof(system, claim, configurations, certificate)
    if found is None:
        return None
    wrong = found.configurations(found.wrong)
    return [place not in wrong for place in places(found.cut, configurations)]


def vacuous(found: certify.Proof, configurations: Sequence[Values]) -> tuple[bool, ...]:
    """Return in which configurations the trigger is never met; nowhere if there is none."""
    met = found.configurations(found.met or ()) | found.configurations(found.unseen)
    return tuple(found.met is not None and place not in met for place in places(found.cut, configurations))


def settled(system: System, claim: Claim, configurations: Sequence[Values], witness: Witness) -> list[int]:
    """Return the places of the configurations that the certifier lets the witness settle."""
    cut = slice_of(system, claim)
    space = certify.Space(cut.model, cut.model.constraints)
    found = []
    for place, values in enumerate(configurations):
        try:
            certify.Replay(cut, space, witness_document(system, values, witness)).check()
        except certify.Rejected:
            continue
        found.append(place)
    return found


def witness_document(system: System, values: Values, witness: Witness) -> Any:
    """Return the document of a witness whose guard is one configuration."""
    named = {v.name: value for v, value in zip(system.configuration, values, strict=True)}
    texts = {name: {"value": value} if isinstance(value, str) else value for name, value in named.items()}
    steps = [{"action": s.action, "parameters": dict(s.parameters), "outcome": s.outcome} for s in witness.steps]
    guard = ["and", True, *(["=", name, value] for name, value in texts.items())]
    kind = witness.kind.value
    return plain({"kind": kind, "guard": guard, "configuration": named, "steps": steps, "loop": witness.loop})


def written(certificate: Certificate) -> Any:
    """Return the document of ranks, prices and levels, or nothing if they cannot be written."""
    if certificate.ranks is None and certificate.levels is None:
        return {"ranks": [], "prices": [], "levels": []}
    ranks, levels = certificate.ranks, certificate.levels or ()
    arrays = [a for level in levels for a in (level.component, level.reason_of)]
    arrays += [part for part in (ranks, certificate.prices) if part is not None]
    if any(array.dtype.kind != "i" or array.ndim != 1 for array in arrays):
        return None
    numbers = {"ranks": ranks, "prices": certificate.prices}
    listed = {name: [] if part is None else part.tolist() for name, part in numbers.items()}
    return {**listed, "levels": list(map(_level, levels))}


def _level(level: Level) -> Any:
    reasons = [[broken.reason.value, broken.index] for broken in level.reasons]
    return {"component": level.component.tolist(), "reason_of": level.reason_of.tolist(), "reasons": reasons}


def _writable(closed: Codes, system: System) -> bool:
    return np.asarray(closed).dtype.kind == "i" and closed.shape[1:] == (len(Layout(system).sizes),)


def keys(rows: Sequence[Sequence[int]], sizes: Sequence[int]) -> list[int]:
    """Return the rows as numbers in the mixed radix of the sizes, ascending."""
    found = set()
    for row in rows:
        key = 0
        for code, size in zip(row, sizes, strict=True):
            key = key * size + code
        found.add(key)
    return sorted(found)


def places(cut: certify.Slice, configurations: Sequence[Values]) -> list[int]:
    """Return the numbers that the certifier has for the configurations."""
    layout, values = certify.Layout(cut.model, cut.rigid), cut.model.values
    return [
        layout.row([values[name].index(value) for name, value in zip(cut.rigid, configuration, strict=True)])
        for configuration in configurations
    ]
