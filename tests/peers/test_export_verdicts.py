"""Exported claims have the verdicts in the other checkers that brute force gives them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from tests.oracle import TooLargeError, decide, stays_in_domains
from tests.peers import tools
from tests.systems.questions import questions

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.interchange.export import export
from tunnelproof.model import catalogue
from tunnelproof.model.language.system import System
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    Tradeoff,
)
from tunnelproof.verification.prove import prove

Says = Callable[[Path, System, Claim], "bool | None"]  # whether the checker finds the claim to hold, if it can be said

few = settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # a minute of the other checkers' time is enough; shrink by hand
    suppress_health_check=list(HealthCheck),
)


def by_spin(folder: Path, system: System, claim: Claim) -> bool | None:
    written = export(system, [claim], to="promela")
    word = re.sub("[.-]", "_", claim.id)
    if f"-N {word}" in written.text:
        return tools.spin_holds(folder, written.text, ltl=word)
    if f"-DCHECK={word}" in written.text:
        return tools.spin_holds(folder, written.text, check=word)
    assert written.notes
    return None


def by_rumur(folder: Path, system: System, claim: Claim) -> bool | None:
    written = export(system, [claim], to="murphi")
    if written.notes:
        return None
    return tools.rumur_holds(folder, written.text)


def by_nusmv(folder: Path, system: System, claim: Claim) -> bool | None:
    written = export(system, [claim], to="smv")
    verdicts = tools.nusmv_holds(folder, written.text)
    assert len(verdicts) == 1 + ("model_stays_in_domains" in written.text)
    return all(verdicts)  # the systems stay in their domains


def expected(system: System, claim: Claim, to: Says, verdicts: list[bool]) -> bool:
    """Return what the checker has to find of all configurations together, from the verdict in each."""
    if not isinstance(claim, Reachable):
        return all(verdicts)
    if to is by_rumur:
        return any(verdicts)
    fixed = all(v.start is not None and len(set(v.start)) == 1 for v in system.variables)
    return all(verdicts) if to is by_nusmv and fixed else not any(verdicts)


def compare(system: System, claim: Claim, says: Says) -> bool:
    """Compare verdicts; return whether the checker had one."""
    try:
        verdicts = [answer.verdict == "proved" for answer in decide(system, claim).values()]
    except TooLargeError:
        return False
    wanted = expected(system, claim, says, verdicts)
    with tempfile.TemporaryDirectory() as folder:
        found = says(Path(folder), system, claim)
    assert found is None or found == wanted, f"{says.__name__} says {found} where {wanted} is right"
    return found is not None


FINITE = [Invariant.kind, StepInvariant.kind, Reachable.kind, Precedence.kind, DeadlockFree.kind]
FAIR = [Response.kind, Recurrence.kind, NeverForever.kind]


@pytest.mark.parametrize("kind", [*FINITE, Recoverable.kind, *FAIR])
@tools.needs_nusmv
def test_nusmv_gives_the_verdicts_of_brute_force(kind: str) -> None:
    @few
    @given(questions(kind))
    def check(question: tuple[System, Claim]) -> None:
        assume(all(stays_in_domains(question[0]).values()))
        compare(*question, by_nusmv)

    check()


@pytest.mark.parametrize("kind", [*FINITE, *FAIR])
@tools.needs_spin
def test_spin_gives_the_verdicts_of_brute_force(kind: str) -> None:
    @few
    @given(questions(kind))
    def check(question: tuple[System, Claim]) -> None:
        assume(all(stays_in_domains(question[0]).values()))
        compare(*question, by_spin)

    check()


@pytest.mark.parametrize("kind", [*FINITE, Recoverable.kind])
@tools.needs_rumur
def test_rumur_gives_the_verdicts_of_brute_force(kind: str) -> None:
    @few
    @given(questions(kind))
    def check(question: tuple[System, Claim]) -> None:
        assume(all(stays_in_domains(question[0]).values()))
        compare(*question, by_rumur)

    check()


CHECKERS = [
    pytest.param(by_spin, marks=tools.needs_spin, id="spin"),
    pytest.param(by_rumur, marks=tools.needs_rumur, id="rumur"),
    pytest.param(by_nusmv, marks=tools.needs_nusmv, id="nusmv"),
]


@pytest.mark.parametrize("says", CHECKERS)
@pytest.mark.parametrize(
    "claim", [c for c in claims_for("smallest") if not isinstance(c, Tradeoff)], ids=lambda c: c.id
)
def test_claims_of_the_shipped_small_model(claim: Claim, says: Says, tmp_path: Path) -> None:
    system = catalogue.load("smallest")
    found = says(tmp_path, system, claim)
    cells = prove(system, [claim]).claims[0].cells
    assert {cell.verdict for cell in cells} <= {Verdict.PROVED, Verdict.REFUTED}
    assert found in (None, expected(system, claim, says, [cell.verdict is Verdict.PROVED for cell in cells]))
