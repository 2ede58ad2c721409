"""Finite domains. A value is a ``bool`` (Bool), a ``str`` (Enum) or an ``int`` (Range)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tunnelproof.errors import ModelError

Value = bool | int | str


@dataclass(frozen=True, slots=True)
class Bool:
    """The two truth values, ``False`` before ``True``."""

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value, in order."""
        return (False, True)

    def __str__(self) -> str:
        return "Bool"


@dataclass(frozen=True, slots=True)
class Enum:
    """Named values in the order of their declaration; ``name`` is the type's name in messages."""

    name: str
    members: tuple[str, ...]

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value, in order."""
        return self.members

    def __str__(self) -> str:
        return self.name or "{" + ", ".join((*self.members[:8], *(["…"] if self.members[8:] else []))) + "}"


@dataclass(frozen=True, slots=True)
class Range:
    """The whole numbers from ``lo`` to ``hi``, both included. Nothing wraps, nothing clips."""

    lo: int
    hi: int

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value, in order."""
        return tuple(range(self.lo, self.hi + 1))

    def __str__(self) -> str:
        return f"{self.lo}..{self.hi}"


Domain = Bool | Enum | Range

BOOL = Bool()
LARGEST_DOMAIN = 65_536
LARGEST_INTEGER = 2**31
LARGEST_LITERAL = 2**63 - 1  # also what the values of a whole-number expression may reach


def domain_of(declared: object) -> Domain:
    """Turn what a model writes (``bool``, a Python ``enum``, ``Range(…)``, a domain) into a domain."""
    if declared is bool:
        return BOOL
    if isinstance(declared, (Bool, Enum, Range)):
        return declared
    if isinstance(declared, range) and declared.step == 1 and declared:
        return Range(declared.start, declared.stop - 1)
    if isinstance(declared, type) and issubclass(declared, enum.Enum):
        return Enum(declared.__name__, tuple(str(member.value) for member in declared))
    raise ModelError("TP101", f"{declared!r} is not a domain", hint="use bool, an enum class, or Range(lo, hi)")


def value_of(written: object) -> Value:
    """Turn a Python literal or enum member into a value of the language."""
    if isinstance(written, enum.Enum):
        return str(written.value)
    if isinstance(written, (bool, int, str)):
        return written
    raise ModelError("TP102", f"{written!r} is not a value", hint="use True, False, a whole number or an enum member")


def contains(domain: Domain, value: Value) -> bool:
    """Say whether ``value`` is of the domain's type and one of its values (``True`` is not ``1``)."""
    match domain:
        case Bool():
            return isinstance(value, bool)
        case Enum():
            return isinstance(value, str) and value in domain.members
        case Range():
            return isinstance(value, int) and not isinstance(value, bool) and domain.lo <= value <= domain.hi
