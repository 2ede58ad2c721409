"""Straight-line LLVM code as text. Equal instructions are written once (value numbering)."""

from __future__ import annotations

TRUE, FALSE = "true", "false"


class Block:
    """A basic block under construction. A value is the name of a register or a constant, as text."""

    def __init__(self, prefix: str = "v") -> None:
        self.lines: list[str] = []
        self._known: dict[str, str] = {}
        self._prefix = prefix

    def value(self, instruction: str) -> str:
        """Return the value of an instruction without effects, which is written the first time it is wanted."""
        known = self._known.get(instruction)
        if known is None:
            known = self._known[instruction] = f"%{self._prefix}{len(self._known)}"
            self.lines.append(f"  {known} = {instruction}")
        return known

    def do(self, instruction: str) -> None:
        """Write an instruction for its effect."""
        self.lines.append(f"  {instruction}")

    def both(self, left: str, right: str) -> str:
        """Return the conjunction of two truth values."""
        if FALSE in (left, right):
            return FALSE
        if TRUE in (left, right):
            return right if left == TRUE else left
        return self.value(f"and i1 {left}, {right}")

    def either(self, left: str, right: str) -> str:
        """Return the disjunction of two truth values."""
        if TRUE in (left, right):
            return TRUE
        if FALSE in (left, right):
            return right if left == FALSE else left
        return self.value(f"or i1 {left}, {right}")

    def opposite(self, truth: str) -> str:
        """Return the negation of a truth value."""
        if truth in (TRUE, FALSE):
            return FALSE if truth == TRUE else TRUE
        return self.value(f"xor i1 {truth}, true")
