"""Writing results: whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from tunnelproof.errors import Location, OutputError


def write_file(path: Path, content: bytes) -> None:
    """Write a file that the user named, by way of a temporary one beside it. Raise `OutputError` if that fails.

    What is no regular file (a device, a pipe) is written to directly, never replaced.
    """
    try:
        target = _resolved(path)
        if target.exists() and not target.is_file():
            target.write_bytes(content)
        else:
            _replace(target, content)
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        hint = "check the path and the space left"
        raise OutputError("TP502", f"cannot be written: {reason}", where=Location(str(path)), hint=hint) from None


def make_folder(path: Path) -> None:
    """Make a folder that the user named, unless it is there. Raise `OutputError` if that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        hint = "check the path"
        message = f"no folder can be made: {fault.strerror or type(fault).__name__}"
        raise OutputError("TP502", message, where=Location(str(path)), hint=hint) from None


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except RuntimeError:  # before Python 3.13 that stands for a link to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None


def _replace(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".tunnelproof-{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
