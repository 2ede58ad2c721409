"""Tables of pairs: sorted, without repetition, and found again, however wide they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunnelproof.evidence.rows import Grouping, Layout, RowSet
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Enum, Range
from tunnelproof.model.language.terms import name


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Draw sizes of columns, some rows, and other rows that are near them."""
    size = st.sampled_from([1, 2, 3, 200, 65_536])
    sizes = draw(st.lists(size, max_size=draw(st.sampled_from([0, 3, 70, 140]))))
    row = st.tuples(*(st.integers(0, min(s, 3) - 1).map(lambda v, s=s: v if v < 2 else s - 1) for s in sizes))
    rows = draw(st.lists(row, max_size=8))
    near = [*rows, *draw(st.lists(row, max_size=4))]
    for place in draw(st.lists(st.integers(0, max(0, len(sizes) - 1)), max_size=4)):
        if rows and sizes:
            changed = list(rows[0])
            changed[place] = (changed[place] + 1) % sizes[place]
            near.append(tuple(changed))
    return sizes, rows, near


def table(rows: list[tuple[int, ...]], width: int) -> np.ndarray:
    return np.array(rows, dtype=np.int32).reshape(len(rows), width)


@settings(max_examples=150, deadline=None)
@given(tables())
def test_rows_are_sorted_without_repetition_and_found_where_they_are(drawn: tuple) -> None:
    sizes, rows, near = drawn
    known = RowSet(table(rows, len(sizes)), sizes)
    assert [tuple(row) for row in known.rows.tolist()] == sorted(set(rows))
    places = {row: i for i, row in enumerate(sorted(set(rows)))}
    assert known.find(table(near, len(sizes))).tolist() == [places.get(row, -1) for row in near]


def test_columns_beyond_62_bits_are_looked_at() -> None:
    wide = np.zeros((2, 100), dtype=np.int32)
    wide[1, 99] = 1
    known = RowSet(wide, [2] * 100)
    assert len(known) == 2
    missing = np.zeros((1, 100), dtype=np.int32)
    missing[0, 0] = missing[0, 99] = 1
    assert known.find(missing).tolist() == [-1]
    assert known.find(wide[::-1]).tolist() == [1, 0]


def test_nothing_is_found_in_an_empty_set() -> None:
    assert RowSet(np.zeros((0, 2), dtype=np.int32), [2, 2]).find(np.zeros((3, 2), dtype=np.int32)).tolist() == [-1] * 3


def test_a_row_is_a_configuration_and_a_state() -> None:
    configuration, part = Configuration(), Component("part", actor="os")
    configuration.setting("k", Enum("Mode", ("off", "on")))
    x = part.variable("x", Range(-1, 1), start=0)
    y = part.variable("y", bool, start=False)
    part.action("act", when=name("k") == "on", then={x: 1, y: True})
    layout = Layout(compose("rows", configuration=configuration, components=[part]))
    assert layout.encode(("on",), (-1, True)) == (1, 0, 1)
    assert layout.decode((1, 0, 1)) == (("on",), (-1, True))
    grouping = Grouping(np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0]], dtype=np.int32), layout)
    assert grouping.configurations == (("off",), ("on",))
    assert grouping.any_row(np.array([False, True, False])).tolist() == [True, False]
    with pytest.raises(KeyError):
        layout.encode(("on",), (2, True))
