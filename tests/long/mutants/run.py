"""Asks the tests about mutants: one pytest session collects them, each mutant is a fork of it.

A test is asked about a mutant if it runs a changed line, and cheap ones first. Which lines a test runs, and how long
it takes on the processor, is measured once. A mutant is killed if a test fails, or takes far longer than it did. Random
tests draw the same examples each time.
"""

from __future__ import annotations

import ast
import os
import pickle
import resource
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage
import pytest
from tests.long.mutants.change import MODULE, Mutant, mutants_of
from tests.long.mutants.install import forget, install

ROOT = Path(__file__).parents[3]
MEMORY = 12 << 30  # bytes; the library of diagrams reserves much that it does not use
PATIENCE, LEAST = 10, 3.0  # a test may take so many times as long as it did, and so many seconds of the processor
ASLEEP = 300.0  # seconds by the clock


Known = dict[str, tuple[ast.Module, list[Mutant]]]


@dataclass
class Room:
    """Files and the tests that pin them; ``prepared`` if fixtures of modules are made by code that is not changed."""

    files: tuple[str, ...]
    tests: tuple[str, ...]
    prepared: bool = False


@dataclass
class Verdict:
    """What came of a mutant: the test that killed it, or ``None``; and how many were asked."""

    mutant: str
    killed: str | None = None
    asked: int = 0


@dataclass
class Asked:
    """A pytest plugin that runs, in place of all tests, those that each mutant is to be shown to."""

    places: Sequence[tuple[str, int]]  # a file, and the number of its mutant
    prepared: bool
    budget: float
    found: dict[tuple[str, int], Verdict] = field(default_factory=dict)
    failed: bool = False

    def pytest_configure(self) -> None:
        """Have random tests draw the same each time, and not look for a smaller example of what fails."""
        from hypothesis import Phase, settings  # pytest wants to be there first

        phases = [Phase.explicit, Phase.generate]
        settings.register_profile("mutants", derandomize=True, database=None, deadline=None, phases=phases)
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self.failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Ask about all mutants."""
        files = {file for file, _ in self.places}
        known = {file: mutants_of(ROOT, file) for file in files}
        alive = {place: Verdict(str(known[place[0]][1][place[1]])) for place in self.places}
        modules: dict[Any, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            modules[item.path if self.prepared else None].append(item)
        for items in modules.values():
            in_fork(lambda items=items: self._stage(items, known, alive), self._hear(alive))
        self.found |= alive
        return True

    def _hear(self, alive: dict[tuple[str, int], Verdict]) -> Callable[[Any], None]:
        def hear(said: tuple[tuple[str, int], str | None, int]) -> None:
            place, killed, asked = said
            alive[place].asked += asked
            if killed is not None:
                alive[place].killed = killed
                self.found[place] = alive.pop(place)
                if len(self.found) % 50 == 0:
                    print(f"{len(self.found)} of {len(self.places)} killed", file=sys.stderr, flush=True)

        return hear

    def _stage(
        self,
        items: list[pytest.Item],
        known: Known,
        alive: dict[tuple[str, int], Verdict],
    ) -> Iterable[Any]:
        """Show the mutants to these tests; yield what came of each."""
        measured: list[Any] = []
        in_fork(lambda: [self._measured(items, list(known))], measured.append)
        ((seconds, lines),) = measured
        if self.prepared:
            self._run(items[0], _other(items, items[0]))
            assert not self.failed
        for place in alive:
            tree, mutants = known[place[0]]
            mutant = mutants[place[1]]
            ran = lines[place[0]]
            inside = ran.values() if mutant.function == MODULE else [ran.get(line, set()) for line in mutant.lines]
            chosen, total = [], 0.0
            for number in sorted(set().union(*inside), key=lambda n: seconds[n]):
                if chosen and total + seconds[number] > self.budget:
                    break
                total += seconds[number]
                chosen.append(number)
            if not chosen:
                continue
            said: list[Any] = []
            tests = [(items[n], seconds[n]) for n in chosen]
            ended = in_fork(lambda t=tree, m=mutant, a=tests: self._asked(t, m, items, a), said.append)
            killed = said[-1] if said and said[-1] is not None else None
            if ended != 0:
                killed = f"{items[chosen[max(len(said) - 1, 0)]].nodeid} (no end, or a crash)"
            yield place, killed, len(chosen)

    def _asked(
        self, tree: ast.Module, mutant: Mutant, items: list[pytest.Item], tests: list[tuple[pytest.Item, float]]
    ) -> Iterable[str | None]:
        """Change this process and run the tests until one fails; yield its name, and before it nothing for each."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        try:
            install(mutant, tree)
        except Exception as fault:
            yield f"cannot be loaded: {type(fault).__name__}"
            return
        for item, seconds in tests:
            yield None  # about to ask this one
            signal.setitimer(signal.ITIMER_PROF, LEAST + PATIENCE * seconds)
            signal.setitimer(signal.ITIMER_REAL, ASLEEP)
            self._run(item, _other(items, item) if self.prepared else None)
            if self.failed:
                yield item.nodeid
                return

    def _run(self, item: pytest.Item, following: pytest.Item | None) -> None:
        forget()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _measured(self, items: list[pytest.Item], files: list[str]) -> tuple[list[float], dict[str, Any]]:
        """Run the tests as they are; return how long each took, and by file and line which tests ran it."""
        watch = coverage.Coverage(data_file=None, config_file=False, include=[str(ROOT / file) for file in files])
        seconds = []
        watch.start()
        for number, item in enumerate(items):
            watch.switch_context(str(number))
            began = _spent()
            self._run(item, _other(items, item) if self.prepared else None)
            assert not self.failed, f"{item.nodeid} fails without any change"
            seconds.append(_spent() - began)
        watch.stop()
        data, lines = watch.get_data(), {}
        for file in files:
            by_line = data.contexts_by_lineno(str(ROOT / file))
            lines[file] = {line: {int(n) for n in found if n} for line, found in by_line.items()}
        return seconds, lines


def _spent() -> float:
    """Return the seconds of the processor that this process and those it has started have taken."""
    return sum(os.times()[:4])


def _other(items: list[pytest.Item], item: pytest.Item) -> pytest.Item | None:
    """Return another test, for which the fixtures of the module are kept."""
    return next((other for other in items if other is not item), None)


def in_fork(work: Callable[[], Iterable[Any]], heard: Callable[[Any], Any]) -> int:
    """Do the work in a fork of this process, hear what it yields, and return the status that it ended with."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 1)
            with os.fdopen(writing, "wb") as pipe:
                for said in work():
                    pickle.dump(said, pipe)
                    pipe.flush()
            status = 0
        except BaseException as fault:  # nothing of the parent may go on here
            os.write(2, f"{type(fault).__name__}: {fault}\n".encode())
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        while True:
            try:
                heard(pickle.load(pipe))
            except EOFError:
                break
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def ask(room: Room, places: Sequence[tuple[str, int]], budget: float, folder: Path) -> list[Verdict]:
    """Ask the room's tests about its mutants, in this process and its forks."""
    sys.path.insert(0, str(ROOT / "src"))  # the certifier may be installed as a copy
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what is installed may belong to another checkout
    plugin = Asked(places, room.prepared, budget)
    arguments = ["-q", "-p", "xdist.plugin", "-p", "no:cacheprovider", f"--basetemp={folder}", "--rootdir", str(ROOT)]
    status = pytest.main([*arguments, *(str(ROOT / test) for test in room.tests)], plugins=[plugin])
    assert status in (0, 5), f"pytest ended with {status}"
    return [plugin.found[place] for place in places]
