from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.family.families import environment, holds, law, rows_of, sides, variable

from tunnelproof.family.deciders import groups
from tunnelproof.model.language.domains import Enum
from tunnelproof.model.language.expressions import TRUE, reads
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.system import DecidedBy

FIRST = st.sets(st.sampled_from(DecidedBy)).map(frozenset)


@law
@given(sides(), FIRST)
def test_exactly_one_group_applies_to_a_valid_combination_and_says_whether_it_is_in_the_cell(cell, first):
    found = groups(cell.declared, cell.on, cell.off, first)
    for row in (*cell.on, *cell.off):
        names = environment(cell.declared, row)
        applying = [group for group in found if holds(group.condition, names)]
        assert len(applying) == 1
        assert holds(applying[0].then, names) == (row in cell.on)


@law
@given(sides(), FIRST)
def test_conditions_speak_of_the_first_deciders_and_consequences_of_the_others(cell, first):
    earlier = {v.name for v in cell.declared if v.decided_by in first}
    for group in groups(cell.declared, cell.on, cell.off, first):
        assert reads(group.condition) <= earlier
        assert not reads(group.then) & earlier


@law
@given(sides())
def test_of_two_groups_some_valid_combination_tells_the_difference(cell):
    found = groups(cell.declared, cell.on, cell.off)
    for k, group in enumerate(found):
        for other in found[:k]:
            assert any(
                holds(group.then, names) != holds(other.then, names)
                for names in (environment(cell.declared, row) for row in rows_of(cell.declared))
            )


@law
@given(sides())
def test_the_order_of_the_rows_does_not_matter(cell):
    assert groups(cell.declared, cell.on[::-1], cell.off[::-1]) == groups(cell.declared, cell.on, cell.off)


FREEZE = variable("freeze", Enum("Freeze", ("never", "replace", "always")), DecidedBy.PLATFORM)
QUIET = variable("quiet", by=DecidedBy.PLATFORM)
FORCE, AUTO = variable("force"), variable("auto")


def shown(is_on: object) -> list[str]:
    assert callable(is_on)
    declared = (FREEZE, QUIET, FORCE, AUTO)
    rows = rows_of(declared)
    on, off = [r for r in rows if is_on(*r)], [r for r in rows if not is_on(*r)]
    return [f"{format_formula(g.condition)}: {format_formula(g.then)}" for g in groups(declared, on, off)]


def test_platform_values_that_lead_to_the_same_are_one_group():
    found = shown(lambda freeze, quiet, force, auto: force and (auto or freeze != "never"))
    assert found == ["freeze = never: force and auto", "freeze != never: force"]


def test_a_cell_that_the_platform_does_not_decide_is_one_group():
    assert shown(lambda freeze, quiet, force, auto: force) == ["true: force"]


def test_a_cell_that_only_the_platform_decides_holds_always_or_never():
    assert shown(lambda freeze, quiet, force, auto: quiet) == ["not quiet: false", "quiet: true"]


def test_the_whole_and_the_empty_cell():
    assert [(g.condition, g.then) for g in groups((FORCE,), [(True,), (False,)], [])] == [(TRUE, TRUE)]
    assert format_formula(groups((FORCE,), [], [(True,)])[0].then) == "false"
