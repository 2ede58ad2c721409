"""Nested minima and maxima are written in as many words as they have."""

from __future__ import annotations

from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read
from tunnelproof.model.language.terms import Term
from tunnelproof.properties.claims import Invariant
from tunnelproof.solving.encoding import Encoding
from tunnelproof.verification.prove import prove


def nested(depth: int) -> Expr:
    expr: Expr = Read("x")
    for i in range(depth):
        expr = Apply(("min", "max")[i % 2], (expr, Literal(i % 3)))
    return expr


def test_a_term_grows_with_the_depth_and_not_with_its_power() -> None:
    part = Component("part", actor="os")
    x = part.variable("x", Range(0, 2), start=0)
    part.action("act", then={x: Term(nested(90))})
    system = compose("nested", configuration=Configuration(), components=[part])
    encoding = Encoding(system)
    assert len(encoding.script(encoding.now(Apply("<=", (nested(90), Literal(2)))))) < 10_000
    claim = Invariant(id="small", sentence="", holds=x <= 2)
    assert prove(system, [claim], engine="smt")["small"].verdict == "proved"
