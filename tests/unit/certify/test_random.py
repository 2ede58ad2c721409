"""Random systems and claims: what the judge has accepted is accepted; of what has been changed, only what is true."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.oracle.runs import TooLargeError
from tests.systems import KINDS, claims, systems
from tests.unit.certify.written import findings, read, rewrite, write

import tunnelproof_certify
from tunnelproof.errors import ModelError
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))
FREE = ("verdict", "cells", "slice", "proof", "witnesses", "domains", "where")  # neither the model nor the claim


def certificates(folder: Path, system: System, claim: Claim) -> list[Path]:
    """Return the certificates of a claim, the one of the claim itself first; none if the model is refused."""
    try:
        write(folder, system, [claim])
    except ModelError:
        return []
    return sorted(folder.iterdir(), key=lambda path: path.name.startswith("model."))


@settings(SLOW, max_examples=20)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_proved_or_refuted_is_accepted(kind: str, data: st.DataObject) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system, kind))
    with tempfile.TemporaryDirectory() as folder:
        for path in certificates(Path(folder), system, claim):
            cells = read(path)["cells"]
            decided = [cell["verdict"] in ("proved", "refuted") for cell in cells]
            found = findings(path)
            assert [status == 0 for status, _, _ in found] == decided, (path.name, found)


@settings(SLOW, max_examples=30)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_accepted_after_a_change_is_true(kind: str, data: st.DataObject) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system, kind))
    with tempfile.TemporaryDirectory() as folder:
        written = certificates(Path(folder), system, claim)
        assume(written)
        document = changed(read(written[0]), data)
        try:
            found = findings(rewrite(written[0], document))
        except tunnelproof_certify.Unreadable:
            return
        if all(status == 0 for status, _, _ in found):
            check_truth(system, claim, document)


def changed(document: Any, data: st.DataObject) -> Any:
    """Change one or two numbers, names, flags, formulas or lists of a certificate."""
    document = copy.deepcopy(document)
    for _ in range(data.draw(st.sampled_from([1, 1, 2]))):
        places = [place for key in FREE if key in document for place in _places(document, key)]
        holder, key = data.draw(st.sampled_from(places))
        value = holder[key]
        match value:
            case bool():
                holder[key] = data.draw(st.sampled_from([not value, None, ["not", value]]))
            case int():
                holder[key] = value + data.draw(st.sampled_from([-2, -1, 1, 2, 7]))
            case list() if value:
                place = data.draw(st.integers(0, len(value) - 1))
                holder[key] = data.draw(
                    st.sampled_from(
                        [
                            value[:place] + value[place + 1 :],
                            [*value[:place], value[place], *value[place:]],
                            ["not", value],
                            True,
                            list(reversed(value)),
                        ]
                    )
                )
            case str():
                others = [h[k] for h, k in places if isinstance(h[k], str)]
                holder[key] = data.draw(st.sampled_from(["proved", "refuted", *others]))
            case _:
                holder[key] = data.draw(st.sampled_from([0, 1, True, False, None]))
    return document


def _places(holder: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    yield holder, key
    value = holder[key]
    inside = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for deeper in inside:
        yield from _places(value, deeper)


def check_truth(system: System, claim: Claim, document: Any) -> None:
    """Hold what an accepted certificate says against brute force."""
    try:
        wanted = oracle.decide(system, claim)
        assert all(oracle.stays_in_domains(system).values())
    except TooLargeError:
        return
    model = tunnelproof_certify.Model(document["model"]["document"])
    scope = tunnelproof_certify.rigid_scope(model)
    layout = tunnelproof_certify.Layout(model, model.configuration)
    codes = [{v: i for i, v in enumerate(model.values[name])} for name in model.configuration]
    rows = [layout.row(code[value] for code, value in zip(codes, c, strict=True)) for c in wanted]

    def holds(formula: Any) -> bytes:
        return layout.holds(tunnelproof_certify.read_expression(formula, scope), rows)

    asked = holds(["and", True, *document["where"]])
    inside = [holds(cell["when"]) for cell in document["cells"]]
    for place, answer in enumerate(wanted.values()):
        mine = [cell for cell, flags in zip(document["cells"], inside, strict=True) if flags[place]]
        assert len(mine) == asked[place]
        for cell in mine:
            assert cell["verdict"] == answer.verdict, (cell, answer)
            assert cell["verdict"] == "refuted" or cell["vacuous"] in (None, answer.vacuous), (cell, answer)
