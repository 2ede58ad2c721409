"""Logs of random runs, whole and with one change, held against the model by the product and by brute force."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.long.campaign import Campaign, Tally, examples
from tests.oracle.graph import Edge, State, World, values_of, worlds
from tests.oracle.logs import Event, Found, Step, Timed, follow, moments, seen_in
from tests.systems import systems

from tunnelproof.conformance.logs import conform, read_reading
from tunnelproof.errors import NothingToCheck
from tunnelproof.evidence.conformity import Conformity, Fit
from tunnelproof.model import catalogue
from tunnelproof.model.language.document import to_json
from tunnelproof.model.language.system import System

LOGS = 20  # about each system
SMALLEST_EVERY = 12  # systems
LONGEST = 14  # steps of a run
LARGEST_MOMENT = 5  # events of one moment, of which every order is tried
TRIES = 20  # changes that are tried until one makes the log impossible
ENOUGH = 10_000  # logs that must fit, and that must not


@dataclass(frozen=True)
class Log:
    """A log as brute force sees it: events in files, and the actions that may be taken without one."""

    files: tuple[tuple[Timed, ...], ...]
    hidden: frozenset[str]
    missed: frozenset[str]

    def is_silent(self, edge: Edge) -> bool:
        """Say whether the step may be taken without an event."""
        return edge.action in self.hidden | self.missed


def run(trials: int, seed: int, tally: Tally) -> None:
    """Hold so many logs against their models, each second one with a change that makes it impossible."""
    chooser = random.Random(seed)
    made = Counter[str]()

    def use(drawn: System) -> None:
        made["systems"] += 1
        small = made["systems"] % SMALLEST_EVERY == 0
        system = catalogue.load("smallest") if small else drawn
        for _ in range(min(LOGS, trials - made["logs"])):
            changed = made["logs"] % 2 == 1
            made["logs"] += 1
            _one(system, chooser, changed, folder, "smallest" if small else "random", tally)

    with TemporaryDirectory() as name:
        folder = Path(name)
        examples(systems(), -(-trials // LOGS), seed, use)


def _one(system: System, chooser: random.Random, changed: bool, folder: Path, kind: str, tally: Tally) -> None:
    family = _worlds(system)
    log = _log(system, family, chooser)
    found = follow(family, log.files, log.is_silent)
    assert found.refused is None, "brute force does not follow the run that the log is of"
    if changed:
        impossible = _impossible(system, family, log, chooser)
        if impossible is None:
            tally.counts["logs that no change made impossible"] += 1
        else:
            log, found = impossible
    reading = _reading(system, log, chooser)
    written = _written(log, reading)
    with tally.trial(lambda: json.dumps({"reading": reading, "logs": written}) + "\n" + to_json(system)):
        held = _held(system, reading, written, folder)
        if held is None:
            assert not any(log.files), "an event has no meaning"
            tally.counts["logs without an event"] += 1
            return
        _agree(held, found, log, family, tally.counts)
        tally.counts[f"{kind}: {held.fit}"] += 1
        tally.counts["events"] += held.read


def _agree(held: Conformity, found: Found, log: Log, family: Sequence[World], counts: Counter[str]) -> None:
    """Assert that the answer is that of brute force, with all that is known afterwards."""
    if found.refused is not None:
        assert held.fit is Fit.DOES_NOT_FIT and held.refusal is not None, "an impossible log fits"
        event = held.refusal.event
        moment = moments(log.files)[found.refused]
        allowed = {(number, place + 1) for number, part in enumerate(moment) for place, _ in part}
        assert (int(Path(event.file).stem), event.line) in allowed, (event, allowed)
        assert held.refusal.reasons and held.refusal.candidates and all(c.obstacles for c in held.refusal.candidates)
        counts["impossible events in one of several files"] += len(log.files) > 1
        return
    assert held.fit is Fit.FITS and held.left is not None, held.refusal
    assert held.left.configurations == len({number for number, _ in found.places})
    told = {name: {_typed(value)} for name, value in held.left.determined.items()}
    told |= {name: set(map(_typed, values)) for name, values in held.left.open.items()}
    for name, values in told.items():
        assert values == {_typed(seen_in(family[n], state, name)) for n, state in found.places}, name
    counts["names whose value is known"] += len(held.left.determined)
    counts["names whose value is not known"] += len(held.left.open)


def _typed(value: object) -> tuple[str, object]:
    return type(value).__name__, value


# --- logs -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _worlds(system: System) -> list[World]:
    return worlds(system)


def _log(system: System, family: Sequence[World], chooser: random.Random) -> Log:
    """Return the log of a random run: some actions are never logged, of some an event may be lost."""
    fates = {action.name: chooser.choice(["logged", "logged", "missed", "hidden"]) for action in system.actions}
    world = chooser.choice(family)
    state = chooser.choice(world.initial())
    told: list[Event] = []
    for _ in range(chooser.randint(1, LONGEST)):
        if chooser.random() < 0.15:
            told.append(Event((), _seen(world, state, chooser, 1)))
        edges = world.steps(state)
        if not edges:
            break
        edge = chooser.choice(edges)
        state = edge.target
        if fates[edge.action] == "logged" or (fates[edge.action] == "missed" and chooser.random() < 0.6):
            told.append(Event((_step(edge, chooser),), _seen(world, state, chooser, 0)))
    by_fate = {fate: frozenset(n for n, f in fates.items() if f == fate) for fate in ("hidden", "missed")}
    return Log(_in_files(told, chooser), by_fate["hidden"], by_fate["missed"])


def _step(edge: Edge, chooser: random.Random) -> Step:
    """Return the step as it was logged: some of its parameters, and its outcome or not."""
    parameters = tuple((name, value) for name, value in edge.choice if chooser.random() < 0.7)
    return Step(edge.action, parameters, edge.outcome if edge.outcome and chooser.random() < 0.7 else None)


def _seen(world: World, state: State, chooser: random.Random, fewest: int) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    names = [v.name for v in world.system.variables] + list(world.definitions)
    chosen = chooser.sample(names, min(len(names), max(fewest, chooser.choice([0, 0, 1, 2]))))
    return tuple((name, (seen_in(world, state, name),)) for name in chosen)


def _in_files(told: Sequence[Event], chooser: random.Random) -> tuple[tuple[Timed, ...], ...]:
    """Spread the events over files, with a coarse clock; in one file alone some have no time."""
    if chooser.random() < 0.6:
        times = [None if chooser.random() < 0.2 else place // 2 for place in range(len(told))]
        return (tuple(Timed(time, event) for time, event in zip(times, told, strict=True)),)
    files: tuple[list[Timed], ...] = ([], [])
    time = at_once = 0
    for event in told:
        at_once += 1
        if chooser.random() < 0.6 or at_once > LARGEST_MOMENT:
            time, at_once = time + 1, 1
        chooser.choice(files).append(Timed(time, event))
    return tuple(map(tuple, files))


def _impossible(system: System, family: Sequence[World], log: Log, chooser: random.Random) -> tuple[Log, Found] | None:
    """Return the log with one change for which brute force finds no run."""
    for _ in range(TRIES):
        changed = Log(_changed(system, log.files, chooser), log.hidden, log.missed)
        found = follow(family, changed.files, changed.is_silent)
        if found.refused is not None:
            return changed, found
    return None


def _changed(
    system: System, files: tuple[tuple[Timed, ...], ...], chooser: random.Random
) -> tuple[tuple[Timed, ...], ...]:
    """Change, add or drop one event."""
    number = chooser.randrange(len(files))
    events = list(files[number])
    place = chooser.randint(0, len(events))
    time = events[place - 1].time if place else None
    how = chooser.choice(["add", "add", "drop", "see"]) if place < len(events) else "add"
    if how == "add":
        action = chooser.choice(system.actions)
        outcome = chooser.choice([None, chooser.choice(action.outcomes).name or None])
        parameters = tuple((p.name, chooser.choice(values_of(p.domain))) for p in action.parameters)
        events.insert(place, Timed(time, Event((Step(action.name, parameters, outcome),), ())))
    elif how == "drop":
        del events[place]
    else:
        variable = chooser.choice(system.variables)
        wrong = (variable.name, (chooser.choice(values_of(variable.domain)),))
        old = events[place].event
        seen = (*(entry for entry in old.seen if entry[0] != variable.name), wrong)
        events[place] = Timed(events[place].time, Event(old.steps, seen))
    if (
        sum(len(file) for file in files)
        and len(files) > 1
        and not _is_small([*files[:number], events, *files[number + 1 :]])
    ):
        return files
    return (*files[:number], tuple(events), *files[number + 1 :])


def _is_small(files: Sequence[Sequence[Timed]]) -> bool:
    """Say whether every order of each moment can be tried."""
    return all(sum(map(len, moment)) <= LARGEST_MOMENT + 2 for moment in moments(files))


# --- written down -----------------------------------------------------------------------------------------------------


def _reading(system: System, log: Log, chooser: random.Random) -> dict[str, Any]:
    """Return a reading for the log: the names of the actions, or codes for its events."""
    lists = {"missed": sorted(log.missed), "hidden": sorted(log.hidden)}
    if chooser.random() < 0.5 or not any(log.files):
        return {"schema": "tunnelproof.reading/1", "by_name": True, **lists}
    rules: list[dict[str, Any]] = []
    for event in dict.fromkeys(timed.event for file in log.files for timed in file):
        rule: dict[str, Any] = {"match": {"ev": _code(event)}}
        if event.steps:
            rule["is"] = [_alternative(step) for step in event.steps]
        rule["then"] = {
            name: {"field": f"seen {name}", "table": {"as it was": list(values)}}
            if chooser.random() < 0.5
            else values[0]
            for name, values in event.seen
        }
        rules.append(rule)
    named = {step["action"] for rule in rules for step in rule.get("is", ())}
    others = [a.name for a in system.actions if a.name not in named | log.hidden]
    rules += [{"match": {"ev": f"never {name}"}, "is": [{"action": name}]} for name in others]
    lists["hidden"] = sorted(log.hidden - named)
    lists["missed"] = sorted(log.missed | (log.hidden & named))
    return {"schema": "tunnelproof.reading/1", "rules": rules, **lists}


def _alternative(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"action": step.action, "parameters": dict(step.parameters)}
    return found if step.outcome is None else {**found, "outcome": step.outcome}


def _code(event: Event) -> str:
    return f"code {event!r}"


def _written(log: Log, reading: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the files' events as JSON values."""
    write = _named if reading.get("by_name") else _coded
    return [[{"t": time, **write(event)} for time, event in file] for file in log.files]


def _named(event: Event) -> dict[str, Any]:
    state = {name: value for name, (value,) in event.seen}
    if not event.steps:
        return {"ev": "state", "state": state}
    (step,) = event.steps
    return {"ev": step.action, "parameters": dict(step.parameters), "outcome": step.outcome, "state": state}


def _coded(event: Event) -> dict[str, Any]:
    return {"ev": _code(event), **{f"seen {name}": "as it was" for name, _ in event.seen}}


def _held(
    system: System, reading: dict[str, Any], written: list[list[dict[str, Any]]], folder: Path
) -> Conformity | None:
    """Hold the written log against the model; ``None`` if there is no event in it."""
    rules = folder / "reading.json"
    rules.write_text(json.dumps(reading), encoding="utf-8")
    paths = []
    for number, events in enumerate(written):
        paths.append(folder / f"{number}.jsonl")
        paths[-1].write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    try:
        return conform(system, paths, reading=read_reading(rules, system), strict=True)
    except NothingToCheck:
        return None


def unmet(counts: Counter[str]) -> list[str]:
    """Name what was tried too seldom."""
    fits = sum(counts[f"{kind}: {Fit.FITS}"] for kind in ("random", "smallest"))
    refused = sum(counts[f"{kind}: {Fit.DOES_NOT_FIT}"] for kind in ("random", "smallest"))
    wanted = {"logs that fit": (fits, ENOUGH), "impossible logs": (refused, ENOUGH)}
    wanted["impossible logs of smallest"] = (counts[f"smallest: {Fit.DOES_NOT_FIT}"], ENOUGH // 20)
    wanted["logs of smallest that fit"] = (counts[f"smallest: {Fit.FITS}"], ENOUGH // 20)
    return [f"{many:,} {what}, not {least:,}" for what, (many, least) in wanted.items() if many < least]


CAMPAIGN = Campaign(
    name="conform",
    sentence="the log of a random run, with hidden steps, lost events and a coarse clock, whole or with one change "
    "that makes it impossible: held against the model, against brute force",
    run=run,
    trials=26_000,
    slice=480,
    shard=500,
    target="10,000 logs that fit and 10,000 that cannot be, each told apart at the right event",
    unmet=unmet,
)
