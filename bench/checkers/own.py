"""tunnelproof: each of its engines alone, what it chooses by itself, and the whole command with its judge."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Case
from bench.checkers.contract import Attempt, Reading, Stages, Task
from tunnelproof import __version__
from tunnelproof.engines.registry import ENGINES
from tunnelproof.interchange.model_source import ModelSource, document_text

CHECKOUT = Path(__file__).parent.parent.parent
LISTED = 20_000_000  # states; a larger search is a part of the benchmark by itself
JUDGED = 1_000_000  # states; the size of certificates


@dataclass(frozen=True)
class Engine:
    """An engine that decides the case through its contract, in a fresh process; ``auto`` is the portfolio's choice."""

    engine: str

    @property
    def name(self) -> str:
        """Return the name in tables."""
        return self.engine

    def missing(self) -> str:
        """Return whether there is such an engine."""
        return "" if self.engine == "auto" or self.engine in ENGINES else "not registered"

    def version(self) -> str:
        """Return ours."""
        return f"tunnelproof {__version__}"

    def takes(self, case: Case) -> bool:
        """Say whether the states can be listed where the engine has to."""
        return self.engine != "explicit" or (case.states or 0) <= LISTED

    def prepare(self, task: Task) -> None:
        """Write the model."""
        write_model(task)

    def attempt(self, task: Task) -> Attempt:
        """Decide; with the judge where there can be a certificate."""
        judge = ["--judge"] if self.engine == "diagram" and (task.case.states or JUDGED) < JUDGED else []
        stages = Stages(task)
        words = [sys.executable, "-m", "bench.deciding", f"{task.case.name}.json", self.engine, *judge]
        out = stages.run("run", words, environment={"PYTHONPATH": str(CHECKOUT)})
        if stages.fault:
            return Attempt(self.name, stages.done, fault=stages.fault)
        found = json.loads(out.splitlines()[-1])
        if "fault" in found:
            return Attempt(self.name, stages.done, fault=found["fault"])
        reading = Reading(found["states"], found["holds"], found["trace"])
        fault = "" if found["holds"] is not None else "; ".join([*found["reasons"], *found["details"]])
        return Attempt(self.name, stages.done, reading, found["deciding"], fault, found)


class Command:
    """`tunnelproof prove`, cold and judged, as a user calls it."""

    name = "prove"

    def missing(self) -> str:
        """Return nothing: it is always there."""
        return ""

    def version(self) -> str:
        """Return ours."""
        return f"tunnelproof {__version__}"

    def takes(self, case: Case) -> bool:  # noqa: ARG002 - every case is fine
        """Say yes."""
        return True

    def prepare(self, task: Task) -> None:
        """Write the model."""
        write_model(task)

    def attempt(self, task: Task) -> Attempt:
        """Run the command."""
        stages = Stages(task)
        words = [sys.executable, "-m", "tunnelproof", "prove", f"{task.case.name}.json", "--output-format", "json"]
        out = stages.run("run", words, accepted=(0, 10, 20))
        if stages.fault:
            return Attempt(self.name, stages.done, fault=stages.fault)
        verdicts = [claim["verdict"] for claim in json.loads(out)["claims"]]
        fault = "" if "refuted" in verdicts or "unknown" not in verdicts else "unknown: " + _why(out)
        return Attempt(self.name, stages.done, Reading(None, "refuted" not in verdicts), fault=fault)


def write_model(task: Task) -> None:
    """Write the case as a JSON model with its claims, where there is none yet."""
    path = task.folder / f"{task.case.name}.json"
    if not path.exists():
        source = ModelSource(task.case.name, task.case.make(), task.case.claims)
        path.write_text(document_text(source), encoding="utf-8")


def _why(out: str) -> str:
    return "; ".join(sorted({claim["reason"] for claim in json.loads(out)["claims"] if claim.get("reason")}))
