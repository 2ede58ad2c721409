"""How much address space the system lets the process have: `ulimit -v`, which no other limit of ours looks at.

Libraries that find no addresses end the process, or wait for ever for a thread that could not be started. So it is
asked first whether there will be enough.
"""

from __future__ import annotations

import os
from pathlib import Path

LEAST = 1 << 30  # bytes: enough to load every engine and solver, also late; OpenBLAS asks for ever for what it lacks

_STATM = Path("/proc/self/statm")


def limit() -> int | None:
    """Return how many bytes of addresses the process may have; none if that is not limited."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def left() -> int | None:
    """Return how many more bytes of addresses the process can have; none if that is not limited, or not known."""
    allowed = limit()
    if allowed is None:
        return None
    try:
        used = int(_STATM.read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
    return allowed - used
