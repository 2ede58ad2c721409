"""Whatever stops a search early leaves its configurations unknown: neither refuted nor withheld, and never proved."""

from __future__ import annotations

import pytest

from tunnelproof.engines.contract import LimitReached, Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.evidence.certificate import Witness
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.catalogue import load
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant
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
