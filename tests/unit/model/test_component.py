"""What a model may write in Python, and what it then means."""

from __future__ import annotations

import pytest

from tunnelproof.errors import ModelError
from tunnelproof.model.language.component import NONE, STRONG, WEAK, Component, Configuration, compose
from tunnelproof.model.language.system import Fairness, System


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
