"""An obligation with nested minima and maxima is no longer than they are."""

from __future__ import annotations

import time
from pathlib import Path

from bench.invariants import SOLVERS
from tests.unit.certify.written import findings, write
from tests.unit.solving.test_nested import nested

from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.terms import Term
from tunnelproof.properties.claims import Invariant


def test_forty_levels_are_checked_at_once(tmp_path: Path) -> None:
    part = Component("part", actor="os")
    x = part.variable("x", Range(0, 2), start=0)
    part.action("act", then={x: Term(nested(40))})
    system = compose("nested", configuration=Configuration(), components=[part])
    write(tmp_path, system, [Invariant(id="small", sentence="", holds=x <= 2)], engine="smt")
    began = time.monotonic()
    found = findings(tmp_path / "small.certificate.json", [[str(word) for word in solver] for solver in SOLVERS])
    assert [status for status, _, _ in found] == [0], found
    assert time.monotonic() - began < 60  # 2^40 otherwise
