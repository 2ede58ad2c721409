"""Planted bugs still fit the product: one that does not is no bug any more, and has to be planted anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.long.planted.patches import KINDS, Patch, apply, copied, patches

TWO, FOUR = 2, 4


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    with copied() as folder:
        yield folder


@pytest.mark.parametrize("patch", patches(), ids=lambda patch: patch.name)
def test_every_planted_bug_applies_and_says_what_it_is(patch: Patch, tree: Path) -> None:
    before = {name: (tree / name).read_bytes() for name in patch.touched}
    apply(patch, tree)
    assert before
    assert all((tree / name).read_bytes() != old for name, old in before.items())
    apply(patch, tree, back=True)
    assert before == {name: (tree / name).read_bytes() for name in before}
    assert TWO <= len(patch.header) <= FOUR


def test_every_engine_and_both_checkers_are_given_bugs() -> None:
    engines = {patch.engine for patch in patches("engines") if not patch.is_trusted_code}
    assert engines == {"reference", "diagram", "explicit", "smt"}
    assert {patch.kind for patch in patches()} == set(KINDS)
