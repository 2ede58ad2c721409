"""The worked examples, run as their reader would run them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in EXAMPLES.glob("*/test_*.py")}))
def test_example_passes_in_its_own_folder(folder: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "."]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)}
    run = subprocess.run(command, cwd=EXAMPLES / folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    if skipped := [line for line in run.stdout.splitlines() if line.startswith("SKIPPED")]:
        pytest.skip("the rest passed; " + "; ".join(skipped))
