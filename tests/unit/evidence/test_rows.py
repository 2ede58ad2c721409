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


@pytest.mark.parametrize("sizes", [[3, 5, 7], [65_536] * 3, [65_536] * 5, [2] * 62, [2] * 70, [2] * 130, [65_536] * 12])
def test_a_changed_row_is_found_where_a_search_for_it_finds_it(sizes: list[int]) -> None:
    generator = np.random.default_rng(1)
    some = np.array([[min(v, size - 1) for v, size in zip(row, sizes, strict=True)] for row in extremes(sizes)])
    known = RowSet(some.astype(np.int32), sizes)
    assert [tuple(row) for row in known.rows.tolist()] == sorted({tuple(row) for row in some.tolist()})
    at = np.arange(len(known))
    for _ in range(20):
        columns = sorted({int(c) for c in generator.integers(0, len(sizes), 3)} | {0, len(sizes) - 1})
        changes = {c: known.rows[generator.permutation(len(known)), c].astype(np.int64) for c in columns[:-1]}
        changed = known.rows.copy()
        for column, codes in changes.items():
            changed[:, column] = codes
        wanted = known.find(changed)
        assert known.find_changed(at, changes).tolist() == wanted.tolist()
        places = {tuple(row): i for i, row in enumerate(known.rows.tolist())}
        assert wanted.tolist() == [places.get(tuple(row), -1) for row in changed.tolist()]
    assert known.find_changed(at, {}).tolist() == at.tolist()


def extremes(sizes: list[int]) -> np.ndarray:
    """Return rows of the least and greatest codes, and some between, so that some differ in one column only."""
    generator = np.random.default_rng(2)
    top = np.array(sizes) - 1
    rows = [np.zeros(len(sizes), dtype=np.int64), top]
    for column in (0, 1, len(sizes) // 2, len(sizes) - 1):
        for base in (rows[0], top):
            changed = base.copy()
            changed[column] = top[column] - changed[column]
            rows.append(changed)
    rows += [generator.integers(0, np.array(sizes)) for _ in range(40)]
    return np.array(rows)


def test_many_rows_that_differ_in_the_first_columns_of_many_are_kept_apart() -> None:
    wide = np.zeros((2_000, 130), dtype=np.int32)
    wide[:, :11] = [[number >> bit & 1 for bit in range(11)] for number in range(2_000)]
    known = RowSet(wide, [2] * 130)
    assert len(known) == 2_000
    assert sorted(known.find(wide).tolist()) == list(range(2_000))


def test_more_rows_than_are_packed_at_once_are_all_packed() -> None:
    rows = np.array([[i // 100, i % 100] for i in range(9_999, -1, -1)], dtype=np.int32)
    known = RowSet(rows, [100, 100])
    assert known.rows.tolist() == rows[::-1].tolist()
    assert known.find(rows).tolist() == list(range(9_999, -1, -1))
    assert RowSet(rows[:0], [100, 100]).rows.shape == (0, 2)


def test_columns_have_the_names_of_what_they_hold() -> None:
    configuration, part = Configuration(), Component("part", actor="os")
    configuration.setting("k", bool)
    x = part.variable("x", Range(0, 3), start=0)
    part.action("act", when=name("k"), then={x: 1})
    layout = Layout(compose("rows", configuration=configuration, components=[part]))
    assert layout.column == {"k": 0, "x": 1}
    assert layout.encode_configurations([(True,), (False,)]).tolist() == [[1], [0]]
