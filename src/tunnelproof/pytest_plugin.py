"""The pytest plugin: claims of model files as test items, and a fixture that leads a client along a trace.

pytest loads this module in every project where tunnelproof is installed, so it imports the rest only when it is used.
What it offers is described in docs/pytest.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tunnelproof.conformance import Adapter
    from tunnelproof.interchange.expectations import Expectations
    from tunnelproof.interchange.model_source import ModelSource
    from tunnelproof.verification.outcome import ClaimOutcome, Outcome
    from tunnelproof.verification.runs import Run

PATTERNS = "tunnelproof_files"
MARKER = "tunnelproof"
PINNED = ".expected.json"  # of model.py or model.json: model.expected.json


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting that names model files."""
    help_ = "model files whose claims are collected as tests (patterns, as for python_files)"
    parser.addini(PATTERNS, help_, type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", f"{MARKER}(model): the model (a file or a shipped name) of the fixture tunnelproof"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the claims of a file that the setting names."""
    patterns = parent.config.getini(PATTERNS)
    if file_path.name.endswith(PINNED) or not any(file_path.match(pattern) for pattern in patterns):
        return None
    collector: pytest.Collector = ModelFile.from_parent(parent, path=file_path)
    return collector


class ModelFile(pytest.File):
    """A model file. Its claims are decided together when the first of them is run: they share most of the work."""

    def collect(self) -> Iterator[pytest.Item]:
        """Return an item for each claim and, if verdicts are pinned, for the size of the model and claims that went."""
        from tunnelproof.errors import TunnelproofError

        try:
            claims = {claim.id for claim in self.source.claims}
            pinned = {} if self.expected is None else self.expected.claims
        except TunnelproofError as fault:
            raise self.CollectError(str(fault)) from None
        for claim in self.source.claims:
            yield ClaimItem.from_parent(self, name=claim.id)
        for gone in sorted(pinned.keys() - claims):
            yield GoneItem.from_parent(self, name=gone)
        if self.expected is not None and self.expected.pairs is not None:
            yield SizeItem.from_parent(self, name="model.size")

    @cached_property
    def source(self) -> ModelSource:
        """The model with its claims."""
        from tunnelproof.interchange.model_source import load_model

        source = load_model(str(self.path))
        return replace(source, shown=os.path.relpath(self.path, self.config.invocation_params.dir))

    @cached_property
    def expected(self) -> Expectations | None:
        """What is pinned beside the model, if anything is."""
        from tunnelproof.interchange.expectations import read_expectations

        pinned = self.path.with_name(self.path.stem + PINNED)
        return read_expectations(pinned) if pinned.exists() else None

    def outcome(self, claim: str) -> Outcome:
        """Return the answer to the claim: of all that are to be run, or alone where other processes run the others."""
        if hasattr(self.config, "workerinput"):
            return self._decide([claim])
        return self._together

    @cached_property
    def _together(self) -> Outcome:
        mine = [item.name for item in self.session.items if item.parent is self and isinstance(item, ClaimItem)]
        return self._decide(mine)

    def _decide(self, claims: list[str]) -> Outcome:
        from tunnelproof.verification.prove import prove
        from tunnelproof.verification.selection import select

        where = None if self.expected is None else self.expected.where or None
        return prove(self.source.system, select(self.source.claims, claims), where=where)


class ModelItem(pytest.Item):
    """Something that is expected of a model file."""

    parent: ModelFile

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what is not as it should be; a traceback only of what nobody foresaw."""
        from tunnelproof.errors import TunnelproofError

        if isinstance(excinfo.value, (Unexpected, TunnelproofError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the item is."""
        return self.path, None, f"{self.path.name}: {self.name}"


class Unexpected(AssertionError):
    """A model answers otherwise than expected."""


class ClaimItem(ModelItem):
    """A claim: it has the verdicts that are pinned or, if nothing is, is proved in every configuration."""

    def runtest(self) -> None:
        """Decide the claim."""
        from tunnelproof.evidence.verdict import Verdict
        from tunnelproof.interchange.expectations import differences

        outcome, expected = self.parent.outcome(self.name), self.parent.expected
        found = outcome[self.name]
        if expected is not None:
            wanted = replace(expected, pairs=None)
            if lines := differences(wanted, replace(outcome, claims=(found,)), only_asked=True):
                raise Unexpected("\n".join(lines) + "\n\n" + self._explained(outcome, found))
        elif found.verdict is not Verdict.PROVED:
            raise Unexpected(f"{found.verdict}: {found.claim.sentence}\n\n{self._explained(outcome, found)}")

    def _explained(self, outcome: Outcome, found: ClaimOutcome) -> str:
        from tunnelproof.rendering.explain import render
        from tunnelproof.rendering.explanation import Explanation

        return render(Explanation(outcome.about(found.claim.id), found, self.parent.source.shown))


class GoneItem(ModelItem):
    """A claim that is pinned and that the model no longer has."""

    def runtest(self) -> None:
        """Fail."""
        raise Unexpected(f"{self.name}: expected, but the model has no such claim")


class SizeItem(ModelItem):
    """The number of reachable pairs of configuration and state: a model that has shrunk proves more than it should."""

    def runtest(self) -> None:
        """Count again."""
        from tunnelproof.family.space import ConfigurationSpace
        from tunnelproof.verification.selection import read_where
        from tunnelproof.verification.size import reachable_pairs

        system, expected = self.parent.source.system, self.parent.expected
        assert expected is not None
        space = ConfigurationSpace(system.configuration, system.constraints)
        if expected.where:
            space = space.narrow(read_where(expected.where, system))
        found = reachable_pairs(system, space)
        if found != expected.pairs:
            raise Unexpected(f"{found} reachable pairs of configuration and state, expected {expected.pairs}")


# --- the fixture ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ModelUnderTest:
    """The model that the marker names, for tests that ask it something or hold a client against it."""

    source: ModelSource

    def decide(self, claim: str, where: str | None = None) -> ClaimOutcome:
        """Return the checked answer to a claim: an id, a part that only one has, or a formula as in ``ltl: G(up)``."""
        from tunnelproof.verification.prove import prove
        from tunnelproof.verification.selection import select_one

        meant, asked = select_one(self.source.system, self.source.claims, claim)
        return prove(self.source.system, asked, where=where)[meant.id]

    def trace(self, claim: str, where: str | None = None) -> Run:
        """Return the run that shows why the claim is refuted (or, if something should be reachable, that it is)."""
        from tunnelproof.rendering.explanation import explained_cell

        found = self.decide(claim, where)
        cell = explained_cell(found)
        if cell is None:
            raise Unexpected(f"{claim}: there is no run to show")
        if found.system is not None:
            raise Unexpected(f"{claim}: it is about time, and the steps of its run are of a system with clocks")
        return cell.evidence.runs[0]

    def replay(self, claim: str, adapter: Adapter, where: str | None = None) -> None:
        """Lead the adapter along the claim's run. Raises `ConformanceFailure` where the client does otherwise."""
        from tunnelproof.conformance import replay

        run = self.trace(claim, where)
        replay(run, self.source.system, run.configuration, adapter)


@pytest.fixture
def tunnelproof(request: pytest.FixtureRequest) -> ModelUnderTest:
    """The model that ``@pytest.mark.tunnelproof(model)`` names: a file beside the test, or a shipped name."""
    marker = request.node.get_closest_marker(MARKER)
    if marker is None or len(marker.args) != 1:
        raise pytest.UsageError(f"{request.node.nodeid}: @pytest.mark.{MARKER}('model.py') has to name a model")
    return _model(request, str(marker.args[0]))


def _model(request: pytest.FixtureRequest, written: str) -> ModelUnderTest:
    """Load a model once in a run."""
    from tunnelproof.interchange.model_source import load_model

    known = request.config.stash.setdefault(_LOADED, {})
    beside = request.path.parent / written
    name = str(beside) if beside.exists() else written
    if name not in known:
        known[name] = ModelUnderTest(load_model(name))
    return known[name]


_LOADED = pytest.StashKey[dict[str, ModelUnderTest]]()
