"""The links, the wheel's mapping and the public names agree with the real folders."""

import importlib
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

import tunnelproof
import tunnelproof_certify

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tunnelproof"
LINKS = ("cli.py", "model", "properties")


def wheel_options() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    options: dict[str, Any] = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    return options


@pytest.mark.parametrize("name", LINKS)
def test_link_is_relative_and_leads_to_the_real_path(name: str) -> None:
    link = PACKAGE / name
    assert link.is_symlink(), "checked out without links: git config core.symlinks true, then check out again"
    assert link.readlink() == Path("..", "..", name)
    assert link.resolve() == ROOT / name
    assert not (ROOT / name).is_symlink()


def test_there_is_no_other_link_in_the_package() -> None:
    found = {
        (Path(folder) / name).relative_to(PACKAGE).as_posix()
        for folder, folders, files in os.walk(PACKAGE)
        for name in (*folders, *files)
        if (Path(folder) / name).is_symlink()
    }
    assert found == set(LINKS)


def test_wheel_takes_every_linked_path_from_its_real_place() -> None:
    wheel = wheel_options()
    folders = {name for name in LINKS if (ROOT / name).is_dir()}
    files = set(LINKS) - folders
    assert set(wheel["only-include"]) == {"src/tunnelproof", "src/tunnelproof_certify.py"} | folders
    assert wheel["sources"] == {"src": ""} | {name: f"tunnelproof/{name}" for name in folders}
    assert wheel["force-include"] == {name: f"tunnelproof/{name}" for name in files}
    assert wheel["dev-mode-dirs"] == ["src"]


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_no_distribution_goes_through_a_link(target: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    excluded = project["tool"]["hatch"]["build"]["targets"][target]["exclude"]
    assert set(excluded) == {f"/src/tunnelproof/{name}" for name in LINKS}


@pytest.mark.parametrize(
    ("module", "real"),
    [("model", "model/__init__.py"), ("properties", "properties/__init__.py"), ("cli", "cli.py")],
)
def test_import_name_leads_to_the_real_file(module: str, real: str) -> None:
    imported = importlib.import_module(f"tunnelproof.{module}")
    assert imported.__file__ is not None
    assert Path(imported.__file__).resolve() == ROOT / real


def test_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_exported_names_are_sorted_and_exist() -> None:
    names = tunnelproof.__all__
    assert "__version__" in names
    assert list(names) == sorted(set(names))
    assert [name for name in names if not hasattr(tunnelproof, name)] == []


@pytest.mark.parametrize("script", ["tunnelproof", "tunnelproof-certify"])
def test_script_calls_something(script: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    module, _, function = project["project"]["scripts"][script].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_a_checkout_that_is_installed_has_no_copy_of_the_certifier() -> None:
    assert Path(tunnelproof_certify.__file__).resolve() == ROOT / "src" / "tunnelproof_certify.py"
