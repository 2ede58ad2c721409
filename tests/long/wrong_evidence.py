"""Evidence with a change. Some changes leave it evidence: whoever asks has to look (`tests.oracle.evidence`)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from tests.oracle import World

from tunnelproof.evidence.certificate import Break, Broken, Certificate, Labelling, Level, Witness, WitnessKind
from tunnelproof.evidence.rows import Codes, Layout, Numbers
from tunnelproof.model.language.system import Step, System

CertificateChange = Callable[[Random, System, Certificate], Certificate]
WitnessChange = Callable[[Random, System, Witness], Witness]


# --- closed sets ------------------------------------------------------------------------------------------------------


def with_rows(found: Certificate, rows: Codes, numbered_as: Sequence[int]) -> Certificate:
    """Return the certificate with these rows, put in order; each has the numbers of an old row."""
    rows, first = np.unique(rows, axis=0, return_index=True)
    old = np.array(numbered_as, dtype=np.int64)[first]

    def moved(level: Level) -> Level:  # of a linear formula it has numbers for the nodes of a product instead
        by_row = len(level.component) == len(rows_of(found))
        return replace(level, component=level.component[old]) if by_row else level

    return replace(
        found,
        closed=rows.astype(np.int32),
        ranks=None if found.ranks is None else found.ranks[old],
        prices=None if found.prices is None else found.prices[old],
        levels=found.levels and tuple(moved(level) for level in found.levels),
        labellings=found.labellings
        and tuple(Labelling(one.component[old], tuple(map(moved, one.levels))) for one in found.labellings),
    )


def rows_of(found: Certificate) -> Codes:
    """Return the rows of a certificate by closed set."""
    assert found.closed is not None
    return found.closed


def _row_left_out(random: Random, part: System, found: Certificate) -> Certificate:
    kept = list(range(len(rows_of(found))))
    kept.remove(random.choice(kept))
    return with_rows(found, rows_of(found)[kept], kept)


def _rows_left_out(random: Random, part: System, found: Certificate) -> Certificate:
    share = random.random()
    kept = [row for row in range(len(rows_of(found))) if random.random() < share] or [0]
    return with_rows(found, rows_of(found)[kept], kept)


def _row_changed(random: Random, part: System, found: Certificate) -> Certificate:
    rows, sizes = rows_of(found).copy(), Layout(part).sizes
    if sizes:
        column = random.randrange(len(sizes))
        rows[random.randrange(len(rows)), column] = random.randrange(sizes[column])
    return with_rows(found, rows, range(len(rows)))


def _row_added(random: Random, part: System, found: Certificate) -> Certificate:
    rows, sizes = rows_of(found), Layout(part).sizes
    more = np.array([[random.randrange(size) for size in sizes]], dtype=np.int32)
    return with_rows(found, np.concatenate([rows, more]), [*range(len(rows)), random.randrange(len(rows))])


def rows_of_another_configuration(random: Random, part: System, found: Certificate) -> Certificate:
    """Put the rows of a configuration in for those of another one; all of them, if it is one of many."""
    rows, rigid = rows_of(found), len(part.configuration)
    one, other = rows[random.randrange(len(rows)), :rigid], [random.randrange(s) for s in Layout(part).sizes[:rigid]]
    moved = np.flatnonzero((rows[:, :rigid] == one).all(axis=1))
    copied = rows[moved].copy()
    copied[:, :rigid] = other
    kept = np.flatnonzero((rows[:, :rigid] != np.array(other)).any(axis=1)) if rigid else moved[:0]
    return with_rows(found, np.concatenate([rows[kept], copied]), [*kept.tolist(), *moved.tolist()])


ROWS: dict[str, CertificateChange] = {
    "row left out": _row_left_out,
    "rows left out": _rows_left_out,
    "row changed": _row_changed,
    "row added": _row_added,
    "rows of another configuration": rows_of_another_configuration,
}


# --- ranks ------------------------------------------------------------------------------------------------------------


def _rank_changed(random: Random, part: System, found: Certificate) -> Certificate:
    assert found.ranks is not None
    ranks = found.ranks.copy()
    ranks[random.randrange(len(ranks))] = random.randrange(-2, 5)
    return replace(found, ranks=ranks)


def _ranks_of_all(random: Random, part: System, found: Certificate) -> Certificate:
    assert found.ranks is not None
    match random.choice(["all", "shift", "random", "at most"]):
        case "all":
            ranks = np.full_like(found.ranks, random.randrange(-1, 3))
        case "shift":
            ranks = found.ranks + random.choice([-1, 1])
        case "random":
            ranks = np.array([random.randrange(-1, 4) for _ in found.ranks], dtype=np.int64)
        case _:
            ranks = np.minimum(found.ranks, random.randrange(1, 3))
    return replace(found, ranks=ranks)


def _rank_missing(random: Random, part: System, found: Certificate) -> Certificate:
    assert found.ranks is not None
    return replace(found, ranks=found.ranks[:-1])


def _price_changed(random: Random, part: System, found: Certificate) -> Certificate:
    if found.prices is None:  # the claim does not ask for a price
        return replace(found, prices=np.array([random.randrange(-1, 3) for _ in rows_of(found)], dtype=np.int64))
    prices = found.prices.copy()
    match random.choice(["one", "shift", "random", "none"]):
        case "one":
            prices[random.randrange(len(prices))] = random.randrange(-1, 4)
        case "shift":
            prices = prices + random.choice([-1, 1])
        case "random":
            prices = np.array([random.randrange(-1, 3) for _ in prices], dtype=np.int64)
        case _:
            return replace(found, prices=None)
    return replace(found, prices=prices)


RANKS: dict[str, CertificateChange] = {
    "rank changed": _rank_changed,
    "all ranks changed": _ranks_of_all,
    "rank missing": _rank_missing,
    "price changed": _price_changed,
}


# --- levels -----------------------------------------------------------------------------------------------------------


def _reason(random: Random) -> Broken:
    return Broken(random.choice(list(Break)), random.randrange(-1, 5))


def _level_changed(random: Random, level: Level) -> Level:
    component, reason_of, why = level.component.copy(), level.reason_of.copy(), list(level.reasons)
    match random.choice(["component", "merge", "reason_of", "reason", "reason", "random"]):
        case "component" if len(component):
            component[random.randrange(len(component))] = random.randrange(-1, len(reason_of) + 1)
        case "merge":
            component[component >= 0] = 0
        case "reason_of" if len(reason_of):
            reason_of[random.randrange(len(reason_of))] = random.randrange(len(why) + 1)
        case "reason" if why:
            why[random.randrange(len(why))] = _reason(random)
        case _:
            component = np.array([random.randrange(-1, 3) for _ in component], dtype=np.int64)
            reason_of, why = np.arange(3), [_reason(random) for _ in range(3)]
    return Level(component, reason_of, tuple(why))


def levels_changed(random: Random, part: System, found: Certificate) -> Certificate:
    """Leave a level out, put one in twice or change it. Nothing here says whether it still explains anything."""
    levels = list(found.levels or ())
    if not levels:
        everywhere = np.zeros(len(rows_of(found)), dtype=np.int64)
        return replace(found, levels=(Level(everywhere, np.array([0]), (_reason(random),)),))
    place = random.randrange(len(levels))
    match random.choice(["drop", "twice", "change", "change", "change"]):
        case "drop":
            del levels[place]
        case "twice":
            levels.insert(place, levels[place])
        case _:
            levels[place] = _level_changed(random, levels[place])
    return replace(found, levels=tuple(levels))


# --- labellings -------------------------------------------------------------------------------------------------------


def labellings_changed(random: Random, part: System, found: Certificate) -> Certificate:
    """Leave a labelling out, exchange two, or change one's components or levels; nothing if there is none."""
    known = list(found.labellings or ())
    if not known:
        return found
    place, other = random.randrange(len(known)), random.randrange(len(known))
    match random.choice(["drop", "swap", "component", "component", "levels"]):
        case "drop":
            del known[place]
        case "swap":
            known[place], known[other] = known[other], known[place]
        case "component":
            known[place] = replace(known[place], component=_components_changed(random, known[place].component))
        case _:
            levels = levels_changed(random, part, replace(found, levels=known[place].levels)).levels or ()
            known[place] = replace(known[place], levels=levels)
    return replace(found, labellings=tuple(known))


def _components_changed(random: Random, component: Numbers) -> Numbers:
    changed = component.copy()
    match random.choice(["one", "merge", "forget", "random"]):
        case "one" if len(changed):
            changed[random.randrange(len(changed))] = random.randrange(-1, len(changed))
        case "merge":
            changed[changed >= 0] = 0
        case "forget":
            changed[:] = -1
        case _:
            changed = np.array([random.randrange(-1, 2) for _ in changed], dtype=np.int64)
    return changed


# --- witnesses --------------------------------------------------------------------------------------------------------


def _steps(change: Callable[[Random, System, list[Any], int], None]) -> WitnessChange:
    def changed(random: Random, part: System, witness: Witness) -> Witness:
        steps = list(witness.steps)
        if steps and part.steps:
            change(random, part, steps, random.randrange(len(steps)))
        return replace(witness, steps=tuple(steps))

    return changed


def _step_left_out(random: Random, part: System, steps: list[Any], place: int) -> None:
    del steps[place]


def _step_added(random: Random, part: System, steps: list[Any], place: int) -> None:
    steps.insert(place + random.randrange(2), random.choice(part.steps))


def _step_replaced(random: Random, part: System, steps: list[Any], place: int) -> None:
    steps[place] = random.choice(part.steps)


def _step_differs(random: Random, part: System, steps: list[Any], place: int) -> None:
    """Put in the same action with another choice or outcome, if it has one."""
    alike = [step for step in part.steps if step.action == steps[place].action and step != steps[place]]
    steps[place] = random.choice(alike or part.steps)


def _cut_short(random: Random, part: System, steps: list[Any], place: int) -> None:
    del steps[place:]


def _steps_exchanged(random: Random, part: System, steps: list[Any], place: int) -> None:
    other = random.randrange(len(steps))
    steps[place], steps[other] = steps[other], steps[place]


def _another_loop(random: Random, part: System, witness: Witness) -> Witness:
    return replace(witness, loop=random.choice([None, *range(-1, len(witness.steps) + 2)]))


def _another_kind(random: Random, part: System, witness: Witness) -> Witness:
    return replace(witness, kind=random.choice(list(WitnessKind)))


def invented(random: Random, part: System, witness: Witness) -> Witness:
    """Walk at random through the system, and call that a witness."""
    steps = tuple(random.choice(part.steps) for _ in range(random.randrange(5))) if part.steps else ()
    loop = random.randrange(len(steps) + 1) if witness.kind is WitnessKind.LASSO else None
    return Witness(witness.kind, witness.configuration, steps, loop)


def _another_run(random: Random, part: System, witness: Witness) -> Witness:
    """Walk where steps really lead, of a lasso round a loop that closes: it need not be fair, nor settle anything."""
    world = World(part, witness.configuration)
    states = [random.choice(world.initial())]
    steps: list[Step] = []
    for _ in range(random.randrange(1, 10)):
        if edges := world.steps(states[-1]):
            edge = random.choice(edges)
            steps.append(Step(edge.action, edge.choice, edge.outcome))
            states.append(edge.target)
    if witness.kind is not WitnessKind.LASSO:
        return replace(witness, steps=tuple(steps))
    loops = [(i, j) for j in range(len(states)) for i in range(j) if states[i] == states[j]]
    loop, end = random.choice(loops or [(len(steps), len(steps))])
    return replace(witness, steps=tuple(steps[:end]), loop=loop)


WITNESS: dict[str, WitnessChange] = {
    "step left out": _steps(_step_left_out),
    "step added": _steps(_step_added),
    "step replaced": _steps(_step_replaced),
    "another choice or outcome": _steps(_step_differs),
    "cut short": _steps(_cut_short),
    "steps exchanged": _steps(_steps_exchanged),
    "another loop": _another_loop,
    "another kind of witness": _another_kind,
    "invented witness": invented,
    "another run": _another_run,
}


# --- any place of a document ------------------------------------------------------------------------------------------

FREE = ("slice", "proof", "witnesses", "domains")  # what says nothing about model, claim and verdict


def changed_places(random: Random, document: Any) -> Any:
    """Change one or two numbers, names, flags, formulas or lists in the evidence of a certificate's document."""
    document = copy.deepcopy(document)
    for _ in range(random.choice([1, 1, 2])):
        places = [place for key in FREE if key in document for place in _places(document, key)]
        holder, key = random.choice(places)
        holder[key] = _changed_value(random, holder[key], [h[k] for h, k in places if isinstance(h[k], str)])
    return document


def _changed_value(random: Random, value: Any, names: list[str]) -> Any:
    match value:
        case bool():
            return random.choice([not value, None, ["not", value]])
        case int():
            return value + random.choice([-2, -1, 1, 2, 7])
        case list() if value:
            place = random.randrange(len(value))
            without, twice = value[:place] + value[place + 1 :], [*value[:place], value[place], *value[place:]]
            return random.choice([without, twice, ["not", value], True, value[::-1]])
        case str():
            return random.choice(names)
    return random.choice([0, 1, True, False, None])


def _places(holder: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    yield holder, key
    value = holder[key]
    inside = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for deeper in inside:
        yield from _places(value, deeper)
