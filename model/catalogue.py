"""The models that are shipped, by the name that the command line knows. A model is one line of `ENTRIES`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from tunnelproof.errors import ModelError, near
from tunnelproof.model.language.system import System


@dataclass(frozen=True, slots=True)
class Entry:
    """A shipped model: its one-line title, and the module and function that build it."""

    title: str
    module: str
    function: str

    def build(self) -> System:
        """Import the model's module, only now, and build the system."""
        system = getattr(importlib.import_module(self.module), self.function)()
        assert isinstance(system, System)
        return system


ENTRIES = {
    "ios": Entry("a VPN app for iOS and the update that replaces it", "tunnelproof.model.ios", "ios"),
    "ios-full": Entry("the same with the whole tunnel actor", "tunnelproof.model.ios_full", "ios_full"),
    "smallest": Entry("an update of the VPN app against its tunnel", "tunnelproof.model.smallest", "whole"),
    "smallest-table": Entry("the same, reconnecting in one step", "tunnelproof.model.smallest", "table"),
    "smallest-submodel": Entry("the same, without warnings", "tunnelproof.model.smallest", "submodel"),
}


def names() -> tuple[str, ...]:
    """Return the names of the shipped models, in the order of the catalogue."""
    return tuple(ENTRIES)


def title(name: str) -> str:
    """Return the model's one-line title. Raises `ModelError` for an unknown name."""
    return _entry(name).title


def load(name: str) -> System:
    """Build the shipped model of that name. Raises `ModelError` with the nearest names for an unknown one."""
    return _entry(name).build()


def _entry(name: str) -> Entry:
    if name not in ENTRIES:
        raise ModelError("TP140", f"no shipped model is called {ascii(name)}", hint=near(name, ENTRIES))
    return ENTRIES[name]


__all__ = ["ENTRIES", "Entry", "load", "names", "title"]
