"""The planted bugs, and a copy of the product with one of them in it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
KINDS = ("engines", "judge", "certifier")  # folders: who is given the bugs
COPIED = ("src", "model", "properties", "tests", "bench", "examples", "cli.py", "pyproject.toml")
ANALYSIS = "analysis"  # algorithms that every engine but smt uses; asked through the plainest one
PLAINEST = "reference"


@dataclass(frozen=True)
class Patch:
    """A file with a header in words and a unified diff. ``name`` is its folder and stem."""

    path: Path

    @property
    def kind(self) -> str:
        """The folder."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """What counts are listed under."""
        return f"{self.kind}/{self.path.stem}"

    @cached_property
    def header(self) -> list[str]:
        """The lines before the diff."""
        return self.path.read_text("utf-8").partition("\ndiff --git ")[0].strip().splitlines()

    @cached_property
    def touched(self) -> tuple[str, ...]:
        """The files that the diff changes."""
        lines = self.path.read_text("utf-8").splitlines()
        return tuple(line.removeprefix("+++ b/") for line in lines if line.startswith("+++ b/"))

    @property
    def is_trusted_code(self) -> bool:
        """Whether the judge would have to know better than code that it trusts itself."""
        return any(not path.startswith("src/tunnelproof/engines/") for path in self.touched)

    @property
    def engine(self) -> str:
        """The engine that is asked: the one that has the bug, or the plainest that uses the code."""
        parts = self.touched[0].split("/")
        room = parts[3] if parts[2] == "engines" else ANALYSIS
        return PLAINEST if room == ANALYSIS else room


def patches(*kinds: str) -> list[Patch]:
    """Return the planted bugs, by folder and number."""
    return [Patch(path) for kind in kinds or KINDS for path in sorted((HERE / kind).glob("*.patch"))]


@contextmanager
def copied() -> Iterator[Path]:
    """Give a copy of the product with its tests, and remove it."""
    with TemporaryDirectory(prefix="planted-") as folder:
        tree = Path(folder).resolve()
        for name in COPIED:
            if (source := ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", ".hypothesis", "*.patch")
                shutil.copytree(source, tree / name, symlinks=True, ignore=ignored)
            else:
                shutil.copy2(source, tree / name)
        yield tree


def apply(patch: Patch, tree: Path, *, back: bool = False) -> None:
    """Plant the bug in the copy, or take it out again. Raises if the diff does not fit (any more)."""
    command = ["git", "apply", "--verbose", *(["--reverse"] if back else []), str(patch.path)]
    # A copy inside a repository would be taken for a part of it, and what git ignores there be left alone.
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{patch.name} does not apply\n{done.stderr}"
