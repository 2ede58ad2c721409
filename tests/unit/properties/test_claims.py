"""What may be written in the fields of a claim. Each fault names the claim and the field and says what to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

import pytest

from tunnelproof.errors import ClaimError
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import FALSE, TRUE, Literal
from tunnelproof.model.language.system import Fairness, System, Variable
from tunnelproof.model.language.temporal import F
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Ltl,
    NeverForever,
    Recoverable,
    Response,
    Tradeoff,
)
from tunnelproof.properties.wellformed import check_claim

X = name("x")

FAULTS: list[tuple[Callable[..., Claim], dict[str, Any], str, str]] = [
    (Invariant, {"holds": None}, "'holds' is None", "name('x')"),
    (Invariant, {"holds": 1.5}, "'holds' is 1.5", "name('x')"),
    (Invariant, {"holds": (X,)}, "'holds' is a tuple", "name('x')"),
    (Invariant, {"holds": X, "when": [X]}, "'when' is a list", "name('x')"),
    (DeadlockFree, {"except_": {}}, "'except_' is a dict", "name('x')"),
    (Recoverable, {"goal": None}, "'goal' is None", "name('x')"),
    (Recoverable, {"goal": X, "by": 3}, "'by' is 3", "('os',)"),
    (Recoverable, {"goal": X, "by": "os"}, "'by' is a text", "write ('os',)"),
    (Recoverable, {"goal": X, "barring": "start"}, "'barring' is a text", "write ('start',)"),
    (Recoverable, {"goal": X, "barring": None}, "'barring' is None", "('os',)"),
    (Recoverable, {"goal": X, "by": {"os", "user"}}, "'by' is a set", "('os',)"),
    (Recoverable, {"goal": X, "within": -1}, "'within' is -1", "from 0"),
    (Recoverable, {"goal": X, "within": 2**31}, "'within' is 2147483648", "from 0"),
    (Recoverable, {"goal": X, "within": True}, "'within' is True", "from 0"),
    (Recoverable, {"goal": X, "within": "2"}, "'within' is a text", "from 0"),
    (Invariant, {"holds": X, "given": "os"}, "'given' is a text", "write ('os',)"),
    (Invariant, {"holds": X, "given": 3}, "'given' is 3", "('os',)"),
    (Tradeoff, {"claims": "leak.never"}, "'claims' is a text", "write ('leak.never',)"),
    (Tradeoff, {"claims": (3,)}, "'claims' has 3 in it", "('os',)"),
    (Invariant, {"holds": X, "source": "https://example.org"}, "'source' is a text", "Source('https://example.org')"),
    (Invariant, {"holds": X, "sentence": 3}, "'sentence' is 3", "text"),
    (Invariant, {"holds": X, "sentence": None}, "'sentence' is None", "text"),
    (Invariant, {"holds": X, "may_be_vacuous": True}, "'may_be_vacuous' is True", "reason"),
    (NeverForever, {"points": X}, "'points' is a formula", "(…,)"),
    (NeverForever, {"points": (None,)}, "'points' is None", "name('x')"),
    (NeverForever, {"points": "x"}, "'points' is a text", "(…,)"),
    (Response, {"trigger": X, "response": X, "assuming": "a"}, "'assuming' is a text", "{'action': WEAK}"),
    (Response, {"trigger": X, "response": X, "assuming": {"a": "often"}}, "'assuming' says 'often'", "WEAK"),
    (Response, {"trigger": X, "response": X, "assuming": {3: "weak"}}, "'assuming' has 3 in it", "{'action': WEAK}"),
    (Response, {"trigger": X, "response": X, "assuming": ("a",)}, "'assuming' has 'a' in it", "{'action': WEAK}"),
]


@pytest.mark.parametrize(
    ("kind", "written", "says", "hint"), FAULTS, ids=[f"{k.__name__}-{s}" for k, _, s, _ in FAULTS]
)
def test_a_field_of_the_wrong_type_is_refused_where_it_was_written(
    kind: Callable[..., Claim], written: dict[str, Any], says: str, hint: str
) -> None:
    with pytest.raises(ClaimError) as caught:
        kind(**{"id": "a.b", "sentence": "S.", **written})
    fault = caught.value
    assert (fault.code, fault.status) == ("TP203", 3)
    assert fault.message.startswith(f"claim 'a.b': {says}") and hint in fault.hint
    assert fault.where is not None and fault.where.file == __file__ and fault.where.line > 1


def test_an_id_that_is_no_text_is_refused() -> None:
    for written in (3, None, ("a",)):
        with pytest.raises(ClaimError, match="TP203: a claim: 'id' is") as caught:
            Invariant(id=written, sentence="S.", holds=X)  # type: ignore[arg-type]
        assert "'leak.never'" in caught.value.hint
    with pytest.raises(ClaimError, match="TP201"):
        Invariant(id="", sentence="S.", holds=X)


def test_lists_become_tuples_and_plain_values_formulas() -> None:
    claim = Recoverable(id="a.b", sentence="S.", goal=True, by=["os"], barring=["go"], given=["os"])  # type: ignore[arg-type]
    assert (claim.goal, claim.by, claim.barring, claim.given) == (TRUE, ("os",), ("go",), ("os",))
    assert NeverForever(id="a.b", sentence="S.", points=[X, False]).points == (X.expr, FALSE)
    fair = Response(id="a.b", sentence="S.", trigger=X, response=X, assuming=[("b", "weak"), ("a", Fairness.STRONG)])
    assert fair.assuming == (("a", Fairness.STRONG), ("b", Fairness.WEAK))
    assert hash(replace(fair, id="c.d")) != hash(fair)


def test_a_claim_knows_where_it_was_written_and_this_does_not_tell_it_apart() -> None:
    one, other = (Invariant(id="a.b", sentence="S.", holds=X), Invariant(id="a.b", sentence="S.", holds=X))
    assert one.where is not None and one.where.file == __file__
    assert one == other and hash(one) == hash(other) and replace(one, id="c.d").where == one.where


@pytest.mark.parametrize(("count", "fits"), [(60, True), (61, False)])
def test_a_linear_formula_has_at_most_sixty_parts_about_one_moment(count: int, fits: bool) -> None:
    counts = System(
        "counting", configuration=(), actions=(), variables=(Variable("n", Range(0, 99), "app", (Literal(0),)),)
    )
    formula = reduce(lambda left, right: left | right, (F(name("n") == i) for i in range(count)))
    claim = Ltl(id="many", sentence="Many.", formula=formula)
    if fits:
        check_claim(claim, counts)
        return
    with pytest.raises(ClaimError, match="TP217: claim 'many': the formula has 61 different parts"):
        check_claim(claim, counts)
