"""What a long run is doing, on stderr. Nothing is said of a run that ends within two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import columns

PATIENCE = 2.0  # seconds before anything is said, and that a claim must have taken to be mentioned
_PAUSE = 0.1  # seconds between two states of the live line


class Progress:
    """Receives what engines say, each text starting with the claim and a colon.

    On a terminal one live line shows the latest; elsewhere each claim that took long gets one line when it is done.
    """

    def __init__(self, stream: TextIO | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._live = stream is not None and stream.isatty()
        self._started = self._claim_since = clock()
        self._said = 0.0
        self._claim = ""
        self._drawn = False

    def __call__(self, text: str) -> None:
        """Take note of what is being done."""
        now = self._clock()
        claim = text.partition(":")[0]
        if claim != self._claim:
            self._finish(now)
            self._claim, self._claim_since = claim, now
        if self._live and now - self._started > PATIENCE and now - self._said > _PAUSE:
            self._write(f"\r\x1b[K{safe_text(text)[: columns() - 10]} … {now - self._started:.0f} s")
            self._said, self._drawn = now, True

    def close(self) -> None:
        """Finish: clear the live line, or mention the last claim."""
        self._finish(self._clock())
        if self._drawn:
            self._write("\r\x1b[K")
            self._drawn = False

    def _finish(self, now: float) -> None:
        took = now - self._claim_since
        if self._claim and not self._live and took > PATIENCE:
            self._write(f"{safe_text(self._claim)}: done after {took:.0f} s\n")
        self._claim = ""

    def _write(self, text: str) -> None:
        if self._stream is None:  # closed before the program began
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            pass  # nobody is there to read it; the answer matters more
