"""Certificates about what recovery costs, and what happens to those that say it costs less."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.certify.written import findings, read, rewrite, write

import tunnelproof_certify
from tunnelproof.model.catalogue import load
from tunnelproof.properties.claims import Recoverable
from tunnelproof.properties.recovery import by_anyone

TWO = replace(by_anyone, within=2)  # refuted in two of eight configurations, proved in the others


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    write(folder, load("smallest"), [TWO])
    (path,) = folder.glob("*by-anyone*")
    return path


def test_what_recovery_costs_is_accepted(certificate: Path) -> None:
    assert [status for status, _, _ in findings(certificate)] == [0, 0]


def _at(*place: Any, to: Any) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for key in place[:-1]:
            document = document[key]
        document[place[-1]] = to(document[place[-1]])

    return change


CHANGES: dict[str, Callable[[Any], None]] = {
    "cheaper by one": _at("proof", "prices", to=lambda prices: [max(0, price - 1) for price in prices]),
    "for nothing": _at("proof", "prices", to=lambda prices: [min(0, price) for price in prices]),
    "dearer than is claimed": _at("proof", "prices", to=lambda prices: [price + 1 for price in prices]),
    "no price": _at("proof", "prices", to=lambda prices: [-1 for _ in prices]),
    "a price too few": _at("proof", "prices", to=lambda prices: prices[1:]),
    "proved for less": _at("claim", "within", to=lambda _: 1),
    "refuted for more": _at("claim", "within", to=lambda _: 3),
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_price_is_rejected(name: str, certificate: Path, tmp_path: Path) -> None:
    document = copy.deepcopy(read(certificate))
    CHANGES[name](document)
    found = findings(rewrite(tmp_path / certificate.name, document))
    assert any(status not in (0, 20) for status, _, _ in found), found


def test_a_budget_is_a_natural_number(certificate: Path, tmp_path: Path) -> None:
    document = read(certificate)
    document["claim"]["within"] = -1
    with pytest.raises(tunnelproof_certify.Unreadable, match="'within' is no natural number"):
        findings(rewrite(tmp_path / certificate.name, document))


def test_prices_of_the_model_are_those_that_count(certificate: Path, tmp_path: Path) -> None:
    """With the same evidence about a model in which a reboot costs more, nothing is accepted that rests on it."""
    system = load("smallest")
    dear = replace(system, actions=tuple(replace(a, price=9 if a.price else 0) for a in system.actions))
    (tmp_path / "dear").mkdir()
    write(tmp_path / "dear", dear, [TWO])
    (other,) = (tmp_path / "dear").glob("*by-anyone*")
    document = read(other)
    document["proof"] = read(certificate)["proof"]
    document["cells"] = read(certificate)["cells"]
    assert any(status == 10 for status, _, _ in findings(rewrite(tmp_path / other.name, document)))


def test_a_claim_without_a_price_needs_none(tmp_path: Path) -> None:
    claim = Recoverable(id="back", sentence="", goal=by_anyone.goal)
    write(tmp_path, load("smallest"), [claim])
    (path,) = tmp_path.glob("*back*")
    assert "prices" not in read(path)["proof"]
    assert all(status == 0 for status, _, _ in findings(path))
