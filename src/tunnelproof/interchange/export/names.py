"""Names of a model in another language: kept where it can take them, changed where it cannot, never two alike."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tunnelproof.interchange.export.machine import Machine
from tunnelproof.model.language.domains import Enum
from tunnelproof.model.language.system import System

_PLAIN = re.compile("[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a language, or the tool that reads it, keeps for itself: words, and what fits a pattern of capitals.

    ``any_case``: the words are reserved however their letters are written.
    """

    words: frozenset[str]
    pattern: re.Pattern[str] = re.compile("(?!)")
    any_case: bool = False


class Names:
    """Hands out identifiers of letters, digits and ``_`` that begin with a letter, none twice and none reserved.

    ``renamed`` lists the model's names that had to be changed, with what became of them.
    """

    def __init__(self, reserved: Reserved) -> None:
        self._reserved = reserved
        self._used: set[str] = set()
        self.renamed: dict[str, str] = {}

    def own(self, name: str, otherwise: str = "") -> str:
        """Return the identifier for one of the model's names: the name itself, or ``otherwise``, or what is close."""
        word = _identifier(name)
        given = self.fresh(word if self._is_free(word) else otherwise or word)
        if given != name:
            self.renamed[name] = given
        return given

    def fresh(self, wanted: str) -> str:
        """Return an unused identifier as close as possible to what is wanted."""
        word = _identifier(wanted)
        if self._reserved.pattern.fullmatch(word):
            word = word.lower()
        candidate = word
        number = 1
        while not self._is_free(candidate):
            number += 1
            candidate = f"{word}_{number}"
        self._used.add(candidate)
        return candidate

    def _is_free(self, word: str) -> bool:
        reserved = self._reserved
        known = word.lower() if reserved.any_case else word
        return word not in self._used and known not in reserved.words and not reserved.pattern.fullmatch(word)


def _identifier(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    word = re.sub("[^A-Za-z0-9]+", "_", name).strip("_")
    return word if _PLAIN.fullmatch(word) else f"n_{word}"


class Vocabulary:
    """The words of one exported file: how it calls what the machine has."""

    def __init__(self, machine: Machine, reserved: Reserved, one_enum_per_member: bool = False) -> None:
        """With ``one_enum_per_member`` a member that several enums have gets a word for each of them."""
        system = machine.system
        self._names = Names(reserved)
        named = [*system.domains, *system.definitions]
        self.names = {name: self._names.own(name) for name in named}
        self.members = self._members(system, one_enum_per_member)
        self.ids = {claim.id: self._names.own(claim.id) for claim in machine.claims}
        self.ids |= {safety.id: self._names.own(safety.id) for safety in machine.safeties if safety.claim is None}
        machine.ask()
        for bit in machine.bits:
            self.names[bit] = self._names.fresh(bit)

    @property
    def renamed(self) -> dict[str, str]:
        """The names of the model that are written differently."""
        return self._names.renamed

    def fresh(self, wanted: str) -> str:
        """Return a word of the file's own."""
        return self._names.fresh(wanted)

    def _members(self, system: System, one_enum_per_member: bool) -> dict[tuple[Enum, str], str]:
        found: dict[tuple[Enum, str], str] = {}
        shared: dict[str, str] = {}
        for enum in enums_of(system):
            for member in enum.members:
                if member in shared and not one_enum_per_member:
                    found[enum, member] = shared[member]
                    continue
                found[enum, member] = self._names.own(member, f"{enum.name or 'enum'}_{member}")
                shared.setdefault(member, found[enum, member])
        return found


def enums_of(system: System) -> tuple[Enum, ...]:
    """Return the enums of the system's variables and configuration, each once."""
    return tuple(dict.fromkeys(domain for domain in system.domains.values() if isinstance(domain, Enum)))
