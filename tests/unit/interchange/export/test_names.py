"""Names in other languages: kept, or changed without ever meeting each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tunnelproof.interchange.export.names import Names, Reserved
from tunnelproof.interchange.export.reserved import MURPHI, PROMELA, SMV

NAMES = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(["auto", "Begin", "AG", "a-b", "a.b", "a_b", "a_b_2"])))


@given(NAMES, st.sampled_from([PROMELA, MURPHI, SMV]))
def test_never_two_alike_never_reserved_and_always_an_identifier(wanted: list[str], reserved: Reserved) -> None:
    names = Names(reserved)
    given_names = [names.own(name) for name in wanted]
    assert len(set(given_names)) == len(given_names)
    for name in given_names:
        assert name.isascii() and name.isidentifier() and not name.startswith("_")
        assert (name.lower() if reserved.any_case else name) not in reserved.words
        assert not reserved.pattern.fullmatch(name)


def test_names_are_kept_where_the_language_can_take_them() -> None:
    names = Names(PROMELA)
    assert [names.own(name) for name in ("tunnel", "auto", "a-b", "a.b", "x[1]", "MAX", "ä", "tunnel")] == [
        "tunnel",
        "auto_2",
        "a_b",
        "a_b_2",
        "x_1",
        "max_2",
        "n_",
        "tunnel_2",
    ]
    assert names.renamed == {
        "auto": "auto_2",
        "a-b": "a_b",
        "a.b": "a_b_2",
        "x[1]": "x_1",
        "MAX": "max_2",
        "ä": "n_",
    } | {"tunnel": "tunnel_2"}
