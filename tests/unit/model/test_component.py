"""What a model may write in Python, and what it then means."""

from __future__ import annotations

import pytest

from tunnelproof.errors import ModelError
from tunnelproof.model.language.component import NONE, STRONG, WEAK, Component, Configuration, compose
from tunnelproof.model.language.domains import domain_of
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.terms import name


def one_action(fair: object) -> System:
    part = Component("part", actor="os")
    x = part.variable("x", bool, start=False)
    part.action("go", then={x: True}, fair=fair)  # type: ignore[arg-type]
    return compose("one", configuration=Configuration(), components=[part])


@pytest.mark.parametrize("fairness", [NONE, WEAK, STRONG])
def test_fairness_may_be_written_as_a_word_and_means_the_same(fairness: Fairness) -> None:
    assert one_action(str(fairness)) == one_action(fairness)
    assert one_action(str(fairness)).actions[0].fairness is fairness  # its parts are told apart by identity


def test_a_word_that_is_no_fairness_is_refused() -> None:
    with pytest.raises(ModelError) as fault:
        one_action("often")
    assert fault.value.code == "TP107"
    part = Component("part", actor="os")
    with pytest.raises(ModelError):
        part.join("both", fair="often")  # type: ignore[arg-type]


def test_a_range_with_a_step_is_no_domain() -> None:
    with pytest.raises(ModelError, match="TP101"):
        domain_of(range(0, 10, 2))


def test_a_number_may_stand_on_the_left_of_arithmetic() -> None:
    x = name("x")
    assert [format_formula(term.expr, {"x"}) for term in (1 + x, 3 - x, 2 * x)] == ["1 + x", "3 - x", "2 * x"]
