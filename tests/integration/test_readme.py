"""The README's tutorial does what the README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.formula import format_formula
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.prove import prove

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def answers(code: str) -> dict[str, ClaimOutcome]:
    names: dict[str, object] = {"__name__": "my_client"}
    exec(compile(code, "my_client.py", "exec"), names)
    outcome = prove(names["system"], names["claims"])  # type: ignore[arg-type]
    return {found.claim.id: found for found in outcome.claims}


def refuted_when(found: ClaimOutcome) -> str:
    cell = found.cell(Verdict.REFUTED)
    return "never" if cell is None else format_formula(cell.when)


def test_the_tutorials_verdicts_are_those_it_states() -> None:
    found = answers(BLOCKS[0])
    assert refuted_when(found["leak.never"]) == "not kill_switch"
    assert refuted_when(found["upgrade.completes"]) == "kill_switch and downloads_late"
    assert refuted_when(found["upgrade.possible"]) == "kill_switch and downloads_late"


def test_the_tutorials_change_of_a_rule_changes_the_verdicts_as_it_states() -> None:
    online = "(daemon == Daemon.RUNNING) | ~kill_switch)"
    assert BLOCKS[0].count(online) == 1
    found = answers(BLOCKS[0].replace(online, "(daemon == Daemon.RUNNING) | True)"))
    assert refuted_when(found["leak.never"]) == "not kill_switch"
    assert refuted_when(found["upgrade.completes"]) == "never"
    assert refuted_when(found["upgrade.possible"]) == "never"


def test_the_readmes_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(BLOCKS[1], "README.md", "exec"), {})
    assert "leak.none-while-protected refuted" in capsys.readouterr().out
