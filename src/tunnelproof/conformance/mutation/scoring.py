"""The mutation score of a suite: how many clients that break one rule of the model it catches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from tunnelproof.conformance.mutation.behaviour import Behaviour, Observer
from tunnelproof.conformance.mutation.client import MutantAdapter
from tunnelproof.conformance.mutation.domains import unfit
from tunnelproof.conformance.mutation.mutants import mutants
from tunnelproof.conformance.mutation.telling_apart import tell_apart
from tunnelproof.conformance.mutation.trying import Script, Scripts, fails
from tunnelproof.conformance.starting import space_of
from tunnelproof.errors import UsageError, near
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import System
from tunnelproof.verification.mutation import (
    Difference,
    Distinction,
    Mutant,
    Operator,
    Score,
    Start,
    Tried,
    Worth,
)
from tunnelproof.verification.suites import Suite, Test

DEFAULT_PAIRS = 200_000  # of a state of the model and one of the mutant, in all configurations together
MOST_CONFIGURATIONS = 64  # that are all looked at

Progress = Callable[[str], None]


class Trial:
    """The mutants of a system, in some configurations, as one observer sees them. Many suites can be tried on them."""

    def __init__(
        self,
        system: System,
        configurations: Iterable[Mapping[str, Value]],
        *,
        observed: Sequence[str] | None = None,
        limit: int = DEFAULT_PAIRS,
        seed: int = 0,
        progress: Progress = lambda _: None,
    ) -> None:
        """Make the mutants; those whose assignments leave a domain in one of the configurations are left out.

        ``observed`` names what is seen: by default every variable and derived name. ``limit`` is how many pairs of
        states are explored to tell one mutant from the model. ``seed`` chooses among outcomes nobody asked for.
        """
        names = [*(v.name for v in system.variables), *system.definitions]
        self.observed = tuple(names if observed is None else observed)
        if unknown := [name for name in self.observed if name not in names]:
            message = f"{unknown[0]!r} is no variable or derived name of the model"
            raise UsageError("TP078", message, hint=near(unknown[0], names))
        self.system, self._limit, self._seed, self._progress = system, limit, seed, progress
        self._model = Behaviour(system)
        self._observer = Observer(system, self.observed, self._model.pairs)
        self._scripts = Scripts(self._model, self._observer)
        self.rows = list(dict.fromkeys(tuple(c[v.name] for v in system.configuration) for c in configurations))
        self._starts: list[Start] = [(row, state) for row in self.rows for state in self._model.starts(row)]
        made = mutants(system)
        self.left_out: Counter[Operator] = Counter(made.ill_formed)
        self._clients: dict[str, Behaviour] = {}
        found = []
        for mutant in made.found:
            client = Behaviour(mutant.system, self._model)
            if unfit(client, self.rows, limit) is False:
                self._clients[mutant.name] = client
                found.append(mutant)
            else:
                self.left_out[mutant.operator] += 1
        self.mutants = tuple(found)
        self._distinctions: dict[str, Distinction] = {}

    def distinction(self, mutant: Mutant) -> Distinction:
        """Return whether one of the mutants can be told from the model in the configurations, and by which run."""
        if mutant.name not in self._distinctions:
            client = self._clients[mutant.name]
            found = tell_apart(self._model, client, self._starts, self._observer, self._limit, self._seed)
            self._distinctions[mutant.name] = found
        return self._distinctions[mutant.name]

    def score(self, tests: Sequence[Test]) -> Score:
        """Carry the tests out on every mutant.

        Raises `UsageError` if the model itself does not pass them all, or they use another configuration.
        """
        scripts = self._checked(tests)
        tried = []
        for number, mutant in enumerate(self.mutants, 1):
            adapter = self._adapter(mutant)
            caught = next((s.test.name for s in _concerned(scripts, mutant) if fails(s, adapter)), None)
            found = self.distinction(mutant)
            assert caught is None or found.difference in (Difference.SEEN, Difference.UNDECIDED), mutant.name
            tried.append(Tried(mutant, found, caught))
            if number % 50 == 0:
                self._progress(f"{number} of {len(self.mutants)} mutants")
        return Score(tuple(tests), len(self.rows), self.observed, tuple(tried), self.left_out)

    def aimed(self, score: Score) -> tuple[Test, ...]:
        """Return tests that catch every survivor: a shortest run for each that those before it do not catch."""
        added: list[Script] = []
        wanted = sorted(score.survivors, key=lambda one: -len(one.distinction.steps))
        for one in wanted:
            adapter = self._adapter(one.mutant)
            if not any(fails(script, adapter) for script in added):
                added.append(self._scripts.of(self.missing_test(one, f"mutant_{len(added) + 1:04d}")))
        return tuple(script.test for script in added)

    def missing_test(self, one: Tried, name: str) -> Test:
        """Return the shortest test that tells the mutant, which some run tells apart, from the model."""
        found = one.distinction
        assert found.start is not None
        row, state = found.start
        configuration = dict(zip((v.name for v in self.system.configuration), row, strict=True))
        start = dict(zip((v.name for v in self.system.variables), state, strict=True))
        return Test(self.system, configuration, start, found.steps, name, f"tells from the model: {one.mutant.name}")

    def _adapter(self, mutant: Mutant) -> MutantAdapter:
        return MutantAdapter.sharing(self._clients[mutant.name], self._observer, self._seed)

    def _checked(self, tests: Sequence[Test]) -> list[Script]:
        model = MutantAdapter.sharing(self._model, self._observer, self._seed)
        scripts, known = [], set(self.rows)
        for test in tests:
            if tuple(test.configuration[v.name] for v in self.system.configuration) not in known:
                raise UsageError("TP079", f"test '{test.name}' is in a configuration that was not asked about")
            try:
                scripts.append(self._scripts.of(test))
            except ValueError as error:
                raise UsageError("TP079", f"the model does not pass test '{test.name}': {error}") from None
            if fails(scripts[-1], model):
                raise UsageError("TP079", f"the model does not pass test '{test.name}'")
        return scripts


def worth_of(
    suite: Suite,
    *,
    aim: bool = False,
    observed: Sequence[str] | None = None,
    limit: int = DEFAULT_PAIRS,
    progress: Progress = lambda _: None,
) -> Worth:
    """Say which mutants of its model a suite catches, in all configurations asked about.

    Where these are more than `MOST_CONFIGURATIONS`, in those that its tests use. With ``aim``, tests are added for the
    mutants that it could catch and does not. `Trial` explains the rest.
    """
    space = space_of(suite.system, suite.where or None)
    asked = [test.configuration for test in suite.tests]
    if space.count() <= MOST_CONFIGURATIONS:
        names = tuple(v.name for v in suite.system.configuration)
        asked = [dict(zip(names, row, strict=True)) for row in space.project(names)]
    trial = Trial(suite.system, asked, observed=observed, limit=limit, progress=progress)
    before = trial.score(suite.tests)
    added = trial.aimed(before) if aim else ()
    if not added:
        return Worth(suite, before)
    tests = (*suite.tests, *added)
    return Worth(replace(suite, tests=tests), before, trial.score(tests), added)


def _concerned(scripts: Sequence[Script], mutant: Mutant) -> Iterable[Script]:
    """Yield the tests in which the mutant can do other than the model: those with its action."""
    if mutant.action is None:
        return scripts
    return (script for script in scripts if any(action == mutant.action for action, *_ in script.steps))
