"""The smallest model has the state counts that Spin finds for a model written by hand.

Spin is run when it is installed (Debian: `apt-get install spin gcc`). Its exit status says nothing; its report is read.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.oracle import World, explore

from tunnelproof.model import catalogue

PROMELA = Path(__file__).with_name("smallest.pml")
CONFIGURATIONS = (
    (False, "stop_then_fetch", "never"),
    (True, "stop_then_fetch", "never"),
    (True, "fetch_then_stop", "never"),
    (True, "fetch_then_stop", "may"),
)

pytestmark = pytest.mark.skipif(
    not (shutil.which("spin") and shutil.which("gcc")), reason="spin and gcc are not both installed"
)


def spin_states(folder: Path, *defined: str) -> int:
    """Return the number of states that Spin stores in an exhaustive search of the whole state space."""
    # -o2: keep variables that are only written; consent is one, and part of the state
    spin = _run(folder, "spin", "-o2", *(f"-D{name}" for name in defined), "-a", str(PROMELA))
    gcc = _run(folder, "gcc", "-O0", "-w", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c")
    assert (folder / "pan").exists(), spin + gcc
    # -E: a state without a step is no error here; -n: no report of unreached code
    report = _run(folder, str(folder / "pan"), "-E", "-n", "-m100000")
    assert "errors: 0" in report, report
    assert "max search depth too small" not in report, report
    counted = re.search(r"^\s*(\d+) states, stored", report, re.MULTILINE)
    assert counted is not None, report
    return int(counted[1])


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("model", "variant"),
    [("smallest-submodel", []), ("smallest-table", ["TABLE"]), ("smallest", ["TABLE", "WHOLE"])],
)
@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=str)
def test_spin_counts_as_many_states(
    tmp_path: Path, model: str, variant: list[str], configuration: tuple[bool, str, str]
) -> None:
    force, order, freeze = configuration
    defined = [
        f"FORCE={int(force)}",
        f"FETCH_FIRST={int(order == 'fetch_then_stop')}",
        f"MAY_FREEZE={int(freeze == 'may')}",
    ]
    world = World(catalogue.load(model), configuration)
    ours = len(explore(world, world.initial(), None).states)
    # The configuration is fixed beforehand, so Spin has no state before an initial choice to count in.
    assert spin_states(tmp_path, *defined, *variant) == ours
