"""Writing to the standard streams, which may be closed, full, or nobody's."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import tempfile
import traceback
from typing import TextIO


def put(stream: TextIO | None, text: str) -> None:
    """Write the text and flush it; characters that the stream cannot encode are escaped. Raises `OSError`."""
    if not text:
        return
    if stream is None or stream.closed:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
        raw: object = stream.buffer
        if isinstance(raw, io.RawIOBase):  # with PYTHONUNBUFFERED; Python then forgets what a short write leaves out
            stream.flush()
            _put_whole(raw, text.replace("\n", os.linesep).encode(stream.encoding, "backslashreplace"))
            return
    stream.write(text)
    stream.flush()


def _put_whole(stream: io.RawIOBase, content: bytes) -> None:
    left = memoryview(content)
    while left:
        written = stream.write(left)
        if not written:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        left = left[written:]


def mention(stream: TextIO | None, text: str) -> None:
    """Write the text if that is possible."""
    with contextlib.suppress(OSError):
        put(stream, text)


def abandon(stream: TextIO | None) -> None:
    """Send what is left in a broken stream nowhere: Python would complain about it once more when it ends."""
    if stream is None:
        return
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def saved_traceback(fault: BaseException) -> str:
    """Save the traceback to a new file in the folder for temporary files, and say where it is."""
    told = "".join(traceback.format_exception(fault))
    try:
        descriptor, name = tempfile.mkstemp(prefix="tunnelproof-", suffix=".traceback.txt")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(told)
    except OSError:
        return "the traceback could not be saved"
    return f"the traceback is in {name}"
