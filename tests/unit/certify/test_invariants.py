"""Proofs by invariant need two different solvers; assignments that may leave their domain need a certificate."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest
from bench.invariants import SOLVERS
from tests.unit.certify.written import findings, read, rewrite, write

from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Term, after, name, taken
from tunnelproof.properties.claims import DeadlockFree, Invariant, Precedence, Reachable, StepInvariant


@pytest.fixture(scope="module")
def solvers() -> list[list[str]]:
    return [[str(word) for word in solver] for solver in SOLVERS]


def counting(spare: int) -> System:
    """A counter that a lock stops at `most`, beside so many settings that change nothing but whether it may start."""
    configuration = Configuration()
    most = configuration.setting("most", Range(1, 3))
    allowed = [configuration.setting(f"allowed{i}", bool) for i in range(spare)]
    counter = Component("counter", actor="os")
    count = counter.variable("count", Range(0, 4), start=0)
    may: Term = count < most
    for setting in allowed:
        may = may & (setting | (count == 0))
    counter.action("up", when=may, then={count: count + 1})
    counter.action("reset", when=count > 0, then={count: 0})
    return compose("counting", configuration=configuration, components=[counter])


count = name("count")
CLAIMS = [
    Invariant(id="below", sentence="It stays below four.", holds=count <= name("most")),
    StepInvariant(id="slow", sentence="It counts by one.", when=taken("up"), holds=after(count) == count + 1),
    Reachable(id="full", sentence="It gets to four.", point=count == 4),
    Precedence(id="first", sentence="It counts before it resets.", first=taken("up"), then=taken("reset")),
    DeadlockFree(id="goes-on", sentence="Something can happen."),
]


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of a system with three times a million configurations: too many to list."""
    folder = tmp_path_factory.mktemp("family")
    write(folder, counting(20), CLAIMS)
    return folder


def test_a_family_too_large_to_list_has_an_invariant_that_two_solvers_accept(
    family: Path, solvers: list[list[str]]
) -> None:
    proved = 0
    for path in sorted(family.iterdir()):
        document = read(path)
        if any(cell["verdict"] == "unknown" for cell in document["cells"]):
            continue
        assert {status for status, _, _ in findings(path, solvers)} == {0}, path.name
        proved += "invariant" in document.get("proof", {})
    assert proved >= 3


def invariants(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if "invariant" in read(path).get("proof", {})]


def test_without_two_different_solvers_nothing_is_accepted(family: Path, solvers: list[list[str]]) -> None:
    for path in invariants(family):
        for too_few in ([], solvers[:1], [solvers[0], solvers[0]]):
            assert {status for status, _, _ in findings(path, too_few)} == {20}


def test_a_solver_that_fails_or_does_not_know_leaves_it_unchecked(family: Path, solvers: list[list[str]]) -> None:
    path = invariants(family)[0]
    for said in ("print('unknown')", "print('(error \"no\")'); print('unsat')", "", "raise SystemExit(1)"):
        assert {status for status, _, _ in findings(path, [solvers[0], [sys.executable, "-c", said]])} == {20}
    assert {status for status, _, _ in findings(path, [solvers[0], ["/nowhere/at/all"]])} == {20}


@pytest.mark.parametrize("invariant", [False, ["<", "count", 2], ["=", "count", 0], "allowed0"])
def test_what_is_no_inductive_invariant_is_rejected(
    invariant: Any, family: Path, tmp_path: Path, solvers: list[list[str]]
) -> None:
    for path in family.iterdir():
        rewrite(tmp_path / path.name, read(path))
    path = tmp_path / "below.certificate.json"
    document = read(path)
    document["proof"]["invariant"] = invariant
    assert {status for status, _, _ in findings(rewrite(path, document), solvers)} == {10}


def test_an_invariant_that_covers_too_little_is_rejected(
    family: Path, tmp_path: Path, solvers: list[list[str]]
) -> None:
    for path in family.iterdir():
        rewrite(tmp_path / path.name, read(path))
    path = tmp_path / "below.certificate.json"
    document = read(path)
    document["proof"]["covers"] = "allowed3"
    ((status, _, why),) = findings(rewrite(path, document), solvers)
    assert (status, why) == (10, "the invariant does not cover the cell")


# --- domains ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Certificates of a system whose counter intervals do not show to stay in its domain."""
    write(tmp_path, counting(1), CLAIMS[:1])
    return tmp_path


def test_an_assignment_that_needs_exploring_has_a_certificate_of_its_own(few: Path) -> None:
    assert [path.name for path in sorted(few.iterdir())] == [
        "below.certificate.json",
        "model.stays-in-domains+1.certificate.json",
    ]
    for path in few.iterdir():
        assert {status for status, _, _ in findings(path)} == {0}


def test_without_the_certificate_of_domains_nothing_is_accepted(few: Path) -> None:
    path = few / "below.certificate.json"
    document = read(path)
    ((status, _, why),) = findings(rewrite(path, {**document, "domains": []}))
    assert (status, "keeps 'count' in its domain" in why) == (20, True)
    rewrite(path, document)
    (few / "model.stays-in-domains+1.certificate.json").unlink()
    assert {status for status, _, _ in findings(path)} == {20}


def test_a_wrong_certificate_of_domains_is_rejected_with_all_that_rest_on_it(few: Path) -> None:
    path = few / "model.stays-in-domains+1.certificate.json"
    document = copy.deepcopy(read(path))
    document["proof"]["rows"].pop()
    assert {status for status, _, _ in findings(rewrite(path, document))} == {10}
    assert {status for status, _, _ in findings(few / "below.certificate.json")} == {10}


def test_a_certificate_of_other_assignments_is_not_enough(few: Path) -> None:
    path = few / "model.stays-in-domains+1.certificate.json"
    document = read(path)
    document["claim"]["assignments"] = [["reset", "", "count"]]
    rewrite(path, document)
    assert {status for status, _, _ in findings(few / "below.certificate.json")} == {20}
