"""What must hold of a system however it was made: the parts that a Python program can get wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tunnelproof.errors import ModelError
from tunnelproof.model.language.component import WEAK, Component, Configuration, compose
from tunnelproof.model.language.document import read_system, to_json
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.wellformed import check_system


def small() -> System:
    configuration, part = Configuration(), Component("part", actor="user")
    strict = configuration.setting("strict", bool)
    x = part.variable("x", bool, start=False)
    part.action("go", when=strict, then={x: True}, fair=WEAK)
    return compose("small", configuration=configuration, components=[part])


def action(**changes: Any) -> System:
    system = small()
    return replace(system, actions=(replace(system.actions[0], **changes),))


def setting(**changes: Any) -> System:
    system = small()
    return replace(system, configuration=(replace(system.configuration[0], **changes),))


@pytest.mark.parametrize(
    ("system", "code", "says", "hint"),
    [
        (action(fairness="weak"), "TP107", "action 'go': 'weak' is no fairness", "write Fairness.WEAK"),
        (action(fairness="week"), "TP107", "action 'go': 'week' is no fairness", "use Fairness.NONE, "),
        (action(fairness=None), "TP107", "action 'go': None is no fairness", "use Fairness.NONE, "),
        (setting(decided_by="vendor"), "TP108", "'strict': 'vendor' decides nothing", "write DecidedBy.VENDOR"),
        (setting(decided_by=3), "TP108", "'strict': 3 decides nothing", "use DecidedBy.SETTING, "),
        (action(actor="usr"), "TP138", "action 'go': unknown actor 'usr'", "did you mean 'user'?"),
        (action(actor="nobody"), "TP138", "action 'go': unknown actor 'nobody'", "known are 'user'"),
    ],
)
def test_parts_of_the_wrong_kind_are_refused_with_their_place(system: System, code: str, says: str, hint: str) -> None:
    with pytest.raises(ModelError) as caught:
        check_system(system)
    fault = caught.value
    assert (fault.code, fault.message) == (code, says) and hint in fault.hint
    assert fault.where is not None and fault.where.file == __file__


def test_actor_that_a_json_model_does_not_list_is_refused_where_it_stands() -> None:
    text = to_json(small()).replace('"actor": "user"', '"actor": "usr"')
    with pytest.raises(
        ModelError, match=r"TP138: action 'go': unknown actor 'usr' \(did you mean 'user'\?\)"
    ) as caught:
        read_system(text, "m.json")
    where = caught.value.where
    assert where is not None and text.splitlines()[where.line - 1][where.column - 1 :].startswith('"usr"')


def test_more_steps_than_can_be_listed_are_refused_at_once() -> None:
    part = Component("part", actor="os")
    many = {f"p{i}": Range(1, 40) for i in range(12)}
    x = part.variable("x", Range(0, 2), start=0)
    part.action("act", choose=many, when=x == 0, then={x: 1})
    with pytest.raises(ModelError, match="act.*choices of parameters") as refused:
        compose("many", configuration=Configuration(), components=[part])
    assert refused.value.code == "TP139"
