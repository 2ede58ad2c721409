"""The order of the variables in the diagrams: the biggest lever on their size.

Names that an action reads or writes together should be neighbours, and a configuration variable should stand next to
whoever reads it: orders are pulled together by the FORCE heuristic (Aloul, Markov, Sakallah 2003), from several starts,
and the one with the shortest spans of the actions, counted in bits, is taken. *Hubs*, names that are used together with
most others (the position of a token, a shared network), pull everything to themselves and select what the rest means:
these go on top, and the others are ordered as if they were not there. Which of the two is better only the diagrams
tell, so both orders are returned.

Names are taken in their natural order first (x2 before x10): the order of declaration has no influence.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

from tunnelproof.model.language.system import System

_ROUNDS = 40
_RANDOM_STARTS = 4
_HUB = 2, 3  # a hub is used together with so many of the other names, as a fraction
_MOST_HUBS = 1, 3  # of all names; where more are used together with most, there is no hub

Net = tuple[int, ...]  # names that are used together, by position in their natural order


def bits_of(size: int) -> int:
    """Return how many bits tell ``size`` values apart."""
    return (size - 1).bit_length()


def variable_orders(system: System) -> tuple[tuple[str, ...], ...]:
    """Return orders of all configuration variables and variables, topmost first; the most promising one first."""
    names = naturally(system.domains)
    nets = _nets(system, names)
    weights = [bits_of(len(system.domains[name].values)) for name in names]
    everything = list(range(len(names)))
    hubs = _hubs(len(names), nets)
    rest = [name for name in everything if name not in hubs]
    found = [_arranged(everything, nets, weights)]
    if hubs:
        found.insert(0, hubs + _arranged(rest, _without(nets, hubs), weights))
    return tuple(tuple(names[i] for i in order) for order in found)


def naturally(names: Iterable[str]) -> list[str]:
    """Return the names sorted, with the numbers in them compared as numbers."""
    return sorted(names, key=lambda name: ([(part.isdigit(), _number(part), part) for part in _parts(name)], name))


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"([0-9]+)", name) if part]


def _number(part: str) -> int:
    return int(part) if part.isdigit() else 0


def _nets(system: System, names: Sequence[str]) -> list[Net]:
    """Return what each action, each effect and each start ties together, without repetitions and in a fixed order."""
    position = {name: i for i, name in enumerate(names)}
    tied: list[frozenset[str]] = []
    for action in system.actions:
        guard = system.reads(action.guard)
        for outcome in action.outcomes:
            when = guard | system.reads(outcome.when)
            tied.append(when | {name for name, _ in outcome.effects})
            tied.extend(when | {name} | system.reads(expr) for name, expr in outcome.effects)
    for variable in system.variables:
        tied.extend(system.reads(start) | {variable.name} for start in variable.start or ())
    tied.extend(system.reads(formula) for formula in system.initially)
    known = {tuple(sorted(position[name] for name in net if name in position)) for net in tied}
    return sorted(net for net in known if len(net) > 1)


def _hubs(count: int, nets: Sequence[Net]) -> list[int]:
    """Return the names that are used together with most others, the most used first; none if there are many."""
    beside: list[set[int]] = [set() for _ in range(count)]
    for net in nets:
        for name in net:
            beside[name].update(net)
    more, of = _HUB
    found = [name for name in range(count) if (len(beside[name]) - 1) * of >= more * (count - 1) > 0]
    most, all_ = _MOST_HUBS
    return sorted(found, key=lambda name: -len(beside[name])) if len(found) * all_ <= count * most else []


def _without(nets: Sequence[Net], left_out: Sequence[int]) -> list[Net]:
    smaller = {tuple(name for name in net if name not in left_out) for net in nets}
    return sorted(net for net in smaller if len(net) > 1)


def _arranged(names: Sequence[int], nets: Sequence[Net], weights: Sequence[int]) -> list[int]:
    """Return the best order that was found, parts that nothing ties together one after the other."""
    order: list[int] = []
    for part in _parts_of(names, nets):
        inside = [net for net in nets if net[0] in part]
        starts = [list(part), _grown(part, inside)]
        for seed in range(_RANDOM_STARTS if len(part) > 2 else 0):
            starts.append(random.Random(seed).sample(part, len(part)))
        candidates = starts + [_pulled_together(start, inside, weights) for start in starts]
        spans = [_span(candidate, inside, weights) for candidate in candidates]
        order += candidates[spans.index(min(spans))]
    return order


def _parts_of(names: Sequence[int], nets: Sequence[Net]) -> list[list[int]]:
    part = {name: {name} for name in names}
    for net in nets:
        joined = set().union(*(part[name] for name in net))
        part.update(dict.fromkeys(joined, joined))
    return [sorted(part[name]) for name in names if name == min(part[name])]


def _grown(names: Sequence[int], nets: Sequence[Net]) -> list[int]:
    """Place one name after the other, each time the one that leaves the fewest nets cut."""
    nets_of: dict[int, list[int]] = {name: [] for name in names}
    for number, net in enumerate(nets):
        for name in net:
            nets_of[name].append(number)
    missing = [len(net) for net in nets]
    touched = [0] * len(nets)
    placed: list[int] = []
    left = list(names)
    while left:

        def cost(name: int) -> tuple[int, int, int]:
            opens = sum(1 for n in nets_of[name] if missing[n] == len(nets[n]))
            closes = sum(1 for n in nets_of[name] if missing[n] == 1)
            latest = max((touched[n] for n in nets_of[name]), default=0)
            return opens - closes, -latest, len(nets_of[name])

        chosen = min(left, key=cost)
        left.remove(chosen)
        placed.append(chosen)
        for number in nets_of[chosen]:
            missing[number] -= 1
            touched[number] = len(placed)
    return placed


def _pulled_together(order: Sequence[int], nets: Sequence[Net], weights: Sequence[int]) -> list[int]:
    """Move every name to the middle of the nets that it is in, again and again; return the best order met."""
    best = current = list(order)
    shortest = _span(best, nets, weights)
    for _ in range(_ROUNDS):
        place = {name: i for i, name in enumerate(current)}
        pull: dict[int, list[float]] = {name: [] for name in order}
        for net in nets:
            centre = sum(place[name] for name in net) / len(net)
            for name in net:
                pull[name].append(centre)
        goal = {name: sum(at) / len(at) if (at := pull[name]) else float(place[name]) for name in current}
        moved = sorted(current, key=lambda name: (goal[name], place[name]))
        if moved == current:
            break
        current = moved
        if (span := _span(current, nets, weights)) < shortest:
            best, shortest = current, span
    return best


def _span(order: Sequence[int], nets: Sequence[Net], weights: Sequence[int]) -> int:
    level, at = 0, {}
    for name in order:
        at[name] = level
        level += weights[name]
    return sum(max(at[name] for name in net) - min(at[name] for name in net) for net in nets)
