"""Puts a changed module in the place of the one that is loaded, in this process.

What has been imported from a module stays the same object: its functions get the changed code. So nothing is imported
again, and what tests have prepared at import was made by the code as it is.
"""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

from tests.long.mutants.change import MODULE, Mutant

ALONE = "tunnelproof_certify"  # a program in one file: nobody has imported parts of it


def install(mutant: Mutant, tree: ast.Module) -> None:
    """Change the module in this process for good."""
    module = sys.modules[module_of(mutant.file)]
    mutant.make()
    code = compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")
    if module.__name__ == ALONE:
        exec(code, module.__dict__)
        return
    changed: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(code, changed)
    for name, new in changed.items():
        old = module.__dict__.get(name)
        if isinstance(old, type) and old.__module__ == module.__name__:
            for part, value in vars(new).items():
                _exchange(vars(old).get(part), value)
        elif not _exchange(old, new) and mutant.function == MODULE and not name.startswith("__"):
            _rebind(name, old, new)


def module_of(file: str) -> str:
    """Return the name of the module in a file."""
    return file.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def forget() -> None:
    """Empty every cache of the product's functions, so that no test lives on what an earlier one has worked out."""
    for module in _ours():
        for value in vars(module).values():
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()


def _ours() -> Iterator[ModuleType]:
    yield from [module for name, module in sys.modules.items() if name.startswith("tunnelproof")]


def _exchange(old: Any, new: Any) -> bool:
    """Give an old function the code of the new one; say whether these are functions."""
    old, new = _function(old), _function(new)
    if old is None or new is None:
        return False
    if old.__code__ != new.__code__:
        old.__code__ = new.__code__
    return True


def _function(value: Any) -> FunctionType | None:
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, functools.cached_property):
        value = value.func
    value = getattr(value, "__wrapped__", value)
    return getattr(value, "__func__", value) if isinstance(getattr(value, "__func__", value), FunctionType) else None


def _rebind(name: str, old: Any, new: Any) -> None:
    """Bind a module's constant anew wherever it has been imported."""
    for module in _ours():
        if vars(module).get(name, _rebind) is old:
            setattr(module, name, new)
