"""Proofs of more than 10⁸ states as certificates: what they take to make, and to check without us, by two solvers."""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from bench import models
from bench.cases import CASES, LARGE, Case
from bench.checkers.contract import Task
from bench.checkers.own import write_model
from bench.measuring import Measurement, measure
from bench.tables import number, table

CHECKOUT = Path(__file__).parent.parent
CERTIFIER = CHECKOUT / "src" / "tunnelproof_certify.py"
Z3 = "import sys, z3; solver = z3.Solver(); solver.from_file(sys.argv[1]); print(solver.check())"
SOLVERS = ([sys.executable, "-c", Z3], [sys.executable, CHECKOUT / "examples" / "cvc5_file.py"])
# The C search has no room for these states: their number is the diagram engine's, which finds the other cases' numbers.
DEVICES = replace(
    LARGE,
    name="vpn3",
    about="three devices, 32 configurations",
    make=partial(models.devices, 3),
    states=3_955_189_264,
)
LONGEST = 600.0  # seconds, for each command


@dataclass(frozen=True)
class Row:
    """A case's proof and its check: seconds of wall clock and of the processor, and bytes of all certificates."""

    model: str
    states: int
    prove: float
    prove_user: float
    bytes: int
    check: float
    check_user: float
    answer: str


def invariants(progress: Callable[[str], None]) -> tuple[str, dict[str, object]]:
    """Return the table and its figures. Nothing is repeated."""
    rows = [_measured(case, progress) for case in (LARGE, DEVICES, CASES["ring30"])]
    text = table(
        ("model", "states", "prove, s", "certificates, KiB", "check by z3 and cvc5, s", "accepted"),
        [(r.model, f"{r.states:,}", number(r.prove), f"{r.bytes / 1024:.0f}", number(r.check), r.answer) for r in rows],
    )
    return text, {"invariants": [asdict(row) for row in rows]}


def _measured(case: Case, progress: Callable[[str], None]) -> Row:
    progress(f"{case.name}: proof and certificates")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        write_model(Task(case, folder, LONGEST))
        words = [sys.executable, "-m", "tunnelproof", "prove", f"{case.name}.json", "--certificates", "certificates"]
        proof = measure(words, folder, LONGEST)
        written = sorted((folder / "certificates").glob("*"))
        progress(f"{case.name}: check")
        check = measure(_certify(written), folder, LONGEST)
        size = sum(path.stat().st_size for path in written)
    answer = _answer(proof, check, written)
    return Row(case.about, case.states or 0, proof.wall, proof.user, size, check.wall, check.user, answer)


def _certify(certificates: Sequence[Path]) -> list[str | Path]:
    """Return the command that checks certificates, in an interpreter that sees no installed package."""
    words: list[str | Path] = [sys.executable, "-I", "-S", CERTIFIER]
    for solver in SOLVERS:
        words += ["--solver", shlex.join(map(str, solver))]
    return [*words, *certificates]


def _answer(proof: Measurement, check: Measurement, written: Sequence[Path]) -> str:
    """Say what came of it: how many certificates were accepted, or what went wrong."""
    if proof.status != 0:
        return f"**prove ended with status {proof.status}**"
    if check.status != 0 or not written:
        return f"**the certifier ended with status {check.status}**: {check.out.strip().splitlines()[-1:]}"
    return f"{check.out.count('  accepted')} of {len(written)}"
