"""Branching time on the iOS model: what `docs/language.md` shows is what is said today."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.rendering.text import Report, render
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.prove import prove

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
FILE, SAID = re.findall(r"```text\n(.*?)```", PAGE.split("## Branching time")[1].split("\n## ")[0], re.DOTALL)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    names: dict[str, Any] = {"__name__": "ios_ctl"}
    exec(compile(FILE, "ios_ctl.py", "exec"), names)
    recovery = [claim for claim in claims_for("ios") if claim.id == "recovery.by-anyone"]
    return prove(names["system"], [*names["claims"], *recovery])


def test_the_page_shows_what_is_said(outcome: Outcome) -> None:
    asked = Outcome(outcome.system, outcome.space, outcome.claims[:4])
    assert SAID in render(Report(asked, "ios_ctl.py"))


def test_what_is_possible_from_everywhere_is_recovery_by_anyone(outcome: Outcome) -> None:
    one, other = outcome["ctl.possible"], outcome["recovery.by-anyone"]
    for verdict in (Verdict.PROVED, Verdict.REFUTED):
        here, there = one.cell(verdict), other.cell(verdict)
        assert here is not None
        assert there is not None
        assert (here.when, here.configurations) == (there.when, there.configurations)
