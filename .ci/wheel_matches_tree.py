"""Compare a wheel's file list with the tree: ``python wheel_matches_tree.py TREE WHEEL``."""

import sys
import zipfile
from pathlib import Path

LINKED = ("cli.py", "model", "properties")


def files_below(path: Path) -> list[Path]:
    """Every real file at or below a path, without what Python leaves behind when it runs."""
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def expected(tree: Path) -> set[str]:
    """The names that the wheel must have, read from the real folders and never through the links."""
    package = tree / "src" / "tunnelproof"
    own = {
        f"tunnelproof/{file.relative_to(package).as_posix()}"
        for child in package.iterdir()
        if not child.is_symlink() and child.name not in (*LINKED, "__pycache__")
        for file in files_below(child)
    }
    linked = {
        f"tunnelproof/{file.relative_to(tree).as_posix()}" for name in LINKED for file in files_below(tree / name)
    }
    return own | linked | {"tunnelproof_certify.py"}


def main() -> int:
    """Print the differences; the status says whether there are any."""
    tree, wheel = Path(sys.argv[1]), Path(sys.argv[2])
    wanted = expected(tree)
    must = {"tunnelproof/py.typed", "tunnelproof/cli.py", "tunnelproof/model/__init__.py"}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name and not name.endswith("/")}
    for name in sorted((wanted | must) - names):
        print(f"missing from the wheel: {name}")
    for name in sorted(names - wanted):
        print(f"in the wheel, not in the tree: {name}")
    print(f"{wheel.name}: {len(names)} files, {len(wanted)} expected")
    return int(names != wanted | must)


if __name__ == "__main__":
    sys.exit(main())
