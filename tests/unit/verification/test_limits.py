"""Whatever stops a search early leaves its configurations unknown: neither refuted nor withheld, and never proved."""

from __future__ import annotations

import threading

import pytest

from tunnelproof.engines.contract import Engine, LimitReached, Limits, Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.engines.registry import engine_named
from tunnelproof.evidence.certificate import Witness
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.catalogue import load
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant, Recoverable, Tradeoff
from tunnelproof.verification import portfolio
from tunnelproof.verification.prove import prove

NEVER_SILENT = Invariant(id="leak.none", sentence="Nothing is exposed silently.", holds=~name("silent"))


@pytest.mark.parametrize("searches", [0, 1])
def test_a_witness_that_is_not_found_in_time_leaves_the_rest_unknown(
    searches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []

    def witness(self: ReferenceEngine, question: Question, configuration: int) -> Witness | None:
        if len(found) == searches:
            raise LimitReached(Reason.LIMIT, "out of time")
        found.append(search(self, question, configuration))
        return found[-1]

    search = ReferenceEngine.witness
    monkeypatch.setattr(ReferenceEngine, "witness", witness)
    outcome = prove(load("smallest-submodel"), [NEVER_SILENT], engine="reference")[NEVER_SILENT.id]
    verdicts = [cell.verdict for cell in outcome.cells]
    assert verdicts == ([Verdict.REFUTED, Verdict.UNKNOWN] if searches else [Verdict.UNKNOWN])
    assert outcome.reason is Reason.LIMIT
    assert outcome.detail == "out of time"


def test_a_tradeoff_of_unknown_claims_says_which_is_unknown_and_why() -> None:
    possible = Recoverable(id="back", sentence="It can come back.", goal=name("session") == "up")
    both = Tradeoff(id="both", sentence="Not both.", claims=("leak.none", "back"))
    limits = Limits(states=1)
    found = prove(load("smallest-submodel"), [NEVER_SILENT, possible, both], limits=limits, engine="reference")["both"]
    assert found.cell(Verdict.UNKNOWN) is not None
    assert found.reason is not None and found.detail.startswith("leak.none is unknown: ")


@pytest.mark.parametrize("fault", [ModuleNotFoundError("no such module"), OSError("cannot map"), MemoryError()])
@pytest.mark.parametrize("engine", ["explicit", "all"])
def test_an_engine_that_cannot_be_loaded_leaves_it_unknown_or_to_others(
    engine: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_engine(name: str) -> Engine:
        if name == "explicit":
            raise fault
        return engine_named(name)

    monkeypatch.setattr(portfolio, "engine_named", load_engine)
    found = prove(load("smallest-submodel"), [NEVER_SILENT], engine=engine)[NEVER_SILENT.id]
    if engine == "all":
        assert found.verdict is Verdict.REFUTED and found.engine == "diagram+reference+smt"
    else:
        assert found.verdict is Verdict.UNKNOWN and "explicit cannot be loaded" in found.detail


@pytest.mark.parametrize("fault", [MemoryError(), ImportError("no room")])
@pytest.mark.parametrize(
    "where", [(ReferenceEngine, "decide"), (ReferenceEngine, "witness"), (Judge, "check_proof")], ids=lambda at: at[1]
)
def test_memory_that_runs_out_while_deciding_or_checking_leaves_it_unknown(
    where: tuple[type, str], fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(*where, fail)
    possible = Recoverable(id="back", sentence="It can come back.", goal=name("session") == "up")
    found = prove(load("smallest"), [NEVER_SILENT, possible], engine="reference")
    verdicts = {cell.verdict for outcome in found.claims for cell in outcome.cells}
    assert Verdict.UNKNOWN in verdicts and Verdict.WITHHELD not in verdicts
    assert {outcome.reason for outcome in found.claims} <= {None, Reason.LIMIT, Reason.DOMAINS_UNCHECKED}


def test_without_room_for_a_thread_engines_work_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)
    found = prove(load("smallest-submodel"), [NEVER_SILENT])[NEVER_SILENT.id]
    assert found.verdict is Verdict.REFUTED
