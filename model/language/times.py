"""Times in words."""

from __future__ import annotations


def spoken(seconds: int) -> str:
    """Write a time in the largest unit that leaves no remainder: ``30 s``, ``5 min``, ``24 h``, ``7 days``."""
    if seconds > 86_400 and seconds % 86_400 == 0:
        return f"{seconds // 86_400} days"
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
