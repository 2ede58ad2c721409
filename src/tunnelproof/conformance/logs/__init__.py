"""Logs of real devices, held against a model: the first event that cannot have happened is found, with the reason.

`record` reads a log, `reading` says what its events mean in the model, `merging` puts several files into one order,
`ios_log` and `formats` are for logs of other forms,
`pairs` and `tracking` keep the exact set of configurations and states that fit, `explaining` says why none does.
"""

from __future__ import annotations

from tunnelproof.conformance.logs.formats import FORMATS, LogFormat, reading_for
from tunnelproof.conformance.logs.holding import conform
from tunnelproof.conformance.logs.reading import Reading, by_name, read_reading

__all__ = ["FORMATS", "LogFormat", "Reading", "by_name", "conform", "read_reading", "reading_for"]
