from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.family.families import asked, constrained, environment, holds, law, names_within, valid, variable

from tunnelproof.errors import EvidenceRejected
from tunnelproof.family.partition import Partition, join
from tunnelproof.family.relevance import relevant
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.expressions import FALSE
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.terms import either, name

A, B, C = (variable(x) for x in "abc")
LABELS = ("proved", "refuted", "unknown")


@st.composite
def partitions(draw: st.DrawFn, of: ConfigurationSpace | None = None) -> Partition[str]:
    space = of or draw(constrained())
    names = draw(names_within(space))
    return Partition(space, names, {row: draw(st.sampled_from(LABELS)) for row in space.project(names)})


@law
@given(partitions())
def test_cells_are_disjoint_cover_and_their_counts_add_up(partition):
    rows = [row for cell in partition.cells for row in cell.rows]
    assert sorted(rows, key=repr) == sorted(partition.labels, key=repr)
    assert sum(cell.configurations for cell in partition.cells) == len(asked(partition.space))


@law
@given(partitions())
def test_a_cell_counts_the_configurations_with_its_label(partition):
    space = partition.space
    for cell in partition.cells:
        with_label = [r for r in asked(space) if partition.label_of(environment(space.variables, r)) == cell.label]
        assert cell.configurations == len(with_label)


@law
@given(partitions())
def test_a_cells_formula_holds_in_its_configurations_and_in_no_other_valid_one(partition):
    space = partition.space
    inside = set(asked(space))
    for label in LABELS:
        found = partition.formula(label)
        for row in valid(space):
            names = environment(space.variables, row)
            expected = row in inside and partition.label_of(names) == label
            assert holds(found, names) == expected


@law
@given(partitions())
def test_reducing_drops_variables_and_changes_no_label(partition):
    reduced = partition.reduced()
    assert set(reduced.names) <= set(partition.names)
    for row in asked(partition.space):
        names = environment(partition.space.variables, row)
        assert reduced.label_of(names) == partition.label_of(names)


@law
@given(partitions())
def test_after_reducing_no_variable_can_go(partition):
    reduced = partition.reduced()
    for place in range(len(reduced.names)):
        shorter: dict[object, set[str]] = {}
        for row, label in reduced.labels.items():
            shorter.setdefault(row[:place] + row[place + 1 :], set()).add(label)
        assert any(len(labels) > 1 for labels in shorter.values())


@law
@given(st.data())
def test_a_join_has_every_parts_label_in_every_configuration(data):
    space = data.draw(constrained())
    parts = [data.draw(partitions(space)) for _ in range(3)]
    joined = join(parts)
    for row in asked(space):
        names = environment(space.variables, row)
        assert joined.label_of(names) == tuple(part.label_of(names) for part in parts)


@law
@given(partitions())
def test_relabelling_merges_cells(partition):
    merged = partition.relabelled(lambda label: label == "proved")
    expected = sum(cell.configurations for cell in partition.cells if cell.label == "proved")
    assert sum(cell.configurations for cell in merged.cells if cell.label) == expected


@law
@given(partitions())
def test_cells_put_together_give_the_partition_back(partition):
    cells = [(cell.label, cell.rows) for cell in reversed(partition.cells)]
    again = Partition.of_cells(partition.space, partition.names, cells)
    assert again == partition
    assert list(again.labels) == list(partition.labels)


SPACE = ConfigurationSpace((A, B), (either(name("a") >> name("b")).expr,))


def test_a_missing_combination_is_refused():
    with pytest.raises(EvidenceRejected, match="no cell has the combination a = true, b = true"):
        Partition.of_cells(SPACE, ("a", "b"), [("proved", [(False, False), (False, True)])])


def test_an_invalid_combination_is_refused():
    rows = [(False, False), (False, True), (True, True), (True, False)]
    with pytest.raises(EvidenceRejected, match="a cell has a = true, b = false, which was not asked about"):
        Partition.of_cells(SPACE, ("a", "b"), [("proved", rows)])


def test_overlapping_cells_are_refused():
    cells = [("proved", [(False,), (True,)]), ("refuted", [(True,)])]
    with pytest.raises(EvidenceRejected, match="a = true is in two cells"):
        Partition.of_cells(SPACE, ("a",), cells)


def test_names_in_another_order_are_put_in_declaration_order():
    given_rows = {(False, False): 0, (True, False): 1, (True, True): 2}
    partition = Partition(SPACE, ("b", "a"), given_rows)
    assert partition.names == ("a", "b")
    assert dict(partition.labels) == {(False, False): 0, (False, True): 1, (True, True): 2}


def test_a_formula_under_where_says_what_where_says():
    space = ConfigurationSpace((A, B, C)).narrow(either(name("c")).expr)
    partition = Partition(space, ("a",), {(False,): "refuted", (True,): "proved"})
    assert format_formula(partition.formula("proved")) == "a and c"
    assert [cell.configurations for cell in partition.cells] == [2, 2]


def test_no_configuration_has_a_label_that_none_was_given():
    partition = Partition(SPACE, (), {(): "proved"})
    assert partition.formula("refuted") == FALSE


def test_a_table_wider_than_a_machine_word_is_reduced_to_what_matters():
    declared = tuple(variable(f"x{k}") for k in range(70))
    rows = [tuple((k >> place) & 1 == 1 for place in range(70)) for k in range(8)]
    kept, table = relevant(declared, {row: row[0] and row[2] for row in rows})
    assert [v.name for v in kept] == ["x0", "x2"]
    assert table == {(x, y): x and y for x, y in product((False, True), repeat=2)}
