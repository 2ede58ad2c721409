"""Diagrams and tables: what is put in comes out, sorted and complete."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunnelproof.engines.diagram import tables
from tunnelproof.engines.diagram.encoding import Encoding
from tunnelproof.engines.diagram.order import variable_orders
from tunnelproof.engines.diagram.tables import columns_of, diagram_of, holds_for
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System

SIZES = (3, 2, 5, 1, 4)
NAMES = tuple(f"x{i}" for i in range(len(SIZES)))


def system() -> System:
    part = Component("part", actor="part")
    names = [part.variable(key, Range(0, size - 1), start=0) for key, size in zip(NAMES, SIZES, strict=True)]
    part.action("reset", then=dict.fromkeys(names, 0))  # type: ignore[arg-type]
    return compose("table", configuration=Configuration(), components=[part])


rows = st.lists(st.tuples(*(st.integers(0, size - 1) for size in SIZES)), max_size=30)


@pytest.mark.parametrize("wide", [False, True])
@settings(deadline=None)
@given(listed=rows)
def test_rows_survive_the_way_into_a_diagram_and_back(wide: bool, listed: list[tuple[int, ...]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_KEY_BITS", 0 if wide else 62)
        patch.setattr(tables, "_BLOCK", 3)
        encoding = Encoding(system(), 1 << 12)
        table = np.array(listed, dtype=np.int32).reshape(-1, len(SIZES))
        diagram = diagram_of(encoding, NAMES, table)
        columns = columns_of(encoding, diagram, NAMES)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == sorted(set(listed))
    assert encoding.count(diagram) == len(set(listed))
    every = np.array(list(product(*map(range, SIZES))), dtype=np.int32)
    assert [tuple(row) for row in every[holds_for(encoding, diagram, NAMES, every)].tolist()] == sorted(set(listed))


def test_codes_without_a_value_are_never_listed() -> None:
    encoding = Encoding(system(), 1 << 12)
    columns = columns_of(encoding, encoding.valid(NAMES), NAMES)
    assert len(columns[0]) == 3 * 2 * 5 * 1 * 4


def test_a_configuration_variable_stands_beside_the_only_component_that_reads_it() -> None:
    configuration = Configuration()
    settings_ = [configuration.setting(f"k{i}", bool) for i in range(6)]
    parts = []
    for i in reversed(range(6)):
        part = Component(f"part{i}", actor="part")
        x, y = part.variable(f"x{i}", bool, start=False), part.variable(f"y{i}", bool, start=False)
        part.action(f"up{i}", when=settings_[i] & ~x, then={x: True, y: ~y})
        part.action(f"down{i}", when=x & y, then={x: False})
        parts.append(part)
    order = variable_orders(compose("parts", configuration=configuration, components=parts))[0]
    for i in range(6):
        places = [order.index(f"{letter}{i}") for letter in "kxy"]
        assert max(places) - min(places) == 2
