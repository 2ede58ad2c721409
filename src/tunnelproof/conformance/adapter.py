"""What somebody writes to connect an implementation to the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tunnelproof.model.language.domains import Value


class Adapter(Protocol):
    """An implementation, or a simulator of it, that can be led through runs of the model.

    Values are those of the model: ``bool``, ``int``, or ``str`` for members of an enum (``StrEnum`` members will do).
    What the implementation refuses to do, an adapter reports by any exception.
    """

    def reset(self, configuration: Mapping[str, Value], state: Mapping[str, Value]) -> None:
        """Begin a new run: in this configuration, from this initial state of the model's variables."""

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:
        """Carry out an action, so that it has the outcome if that can be arranged.

        ``outcome`` is empty if the action has just one, without a name. Return the name of the outcome that occurred,
        or ``None`` if it is the one asked for.
        """

    def observe(self) -> Mapping[str, Value]:
        """Return what can be seen now: the values of some, at least one, of the model's variables and derived names."""
