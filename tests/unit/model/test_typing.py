"""What is said of words and values that do not fit: the fault is named as the one who wrote it sees it."""

from __future__ import annotations

import pytest

from tunnelproof.errors import ModelError
from tunnelproof.model.language.domains import BOOL, Enum
from tunnelproof.model.language.formula import parse_formula
from tunnelproof.model.language.placing import Places
from tunnelproof.model.language.terms import Term, both, name
from tunnelproof.model.language.typing import INT, Type, Typing

SCOPE: dict[str, Type] = {"lockdown": BOOL, "count": INT, "mode": Enum("Mode", ("off", "lockdown"))}
LOCKDOWN, COUNT = name("lockdown"), name("count")


def refused_formula(text: str) -> tuple[str, str]:
    places = Places()
    with pytest.raises(ModelError) as caught:
        Typing(SCOPE, places=places).check(parse_formula(text, SCOPE, places=places), BOOL, "it")
    return caught.value.message, caught.value.hint


def refused_term(term: Term | str) -> tuple[str, str]:
    with pytest.raises(ModelError) as caught:
        Typing(SCOPE).check((both(term) if isinstance(term, str) else term).expr, BOOL, "it")
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    "text", ["lockdwn", "not lockdwn", "count = lockdwn", "lockdwn = other", "lockdwn and count = 1"]
)
def test_word_that_names_nothing_is_not_a_name(text: str) -> None:
    assert refused_formula(text) == ("it: 'lockdwn' is not a name here", "did you mean 'lockdown'?")


def test_name_in_quotes_is_no_name() -> None:
    message, hint = refused_formula("not 'lockdown'")
    assert "'lockdown' in quotes is an enum member" in message and "leave the quotes out" in hint


@pytest.mark.parametrize("term", ["lockdown", "count == 3", LOCKDOWN & "x", (COUNT == "three") & LOCKDOWN])
def test_python_text_in_place_of_a_term_is_explained(term: Term | str) -> None:
    message, hint = refused_term(term)
    assert message.endswith("a text stands for an enum member")
    assert hint == "write terms, and put comparisons in parentheses"


@pytest.mark.parametrize("text", ["lockdown = 3", "3 = lockdown", "lockdown != on", "lockdown < 1", "lockdown in {on}"])
def test_truth_value_is_compared_with_nothing_else(text: str) -> None:
    assert refused_formula(text) == ("it: 'lockdown' is true or false", "write lockdown or not lockdown")


def test_truth_value_in_python_is_negated_by_a_tilde() -> None:
    assert refused_term(LOCKDOWN == 3) == ("it: 'lockdown' is true or false", "write lockdown or ~lockdown")


def test_what_is_right_stays_right() -> None:
    for text in ("lockdown = true", "lockdown = (count = 1)", "mode = 'lockdown'", "off = mode and lockdown"):
        assert Typing(SCOPE).check(parse_formula(text, SCOPE), BOOL, "it") == BOOL
