"""The order of the variables in the diagrams: the biggest lever on their size.

Names that an action reads or writes together should be neighbours, and a configuration variable should stand next to
whoever reads it. The order is the best of a few: the declared one, and one grown greedily so that few actions are cut;
both then pulled together by the FORCE heuristic (Aloul, Markov, Sakallah 2003). The measure is the sum of the actions'
spans, counted in bits.
"""

from __future__ import annotations

from collections.abc import Sequence

from tunnelproof.model.language.system import System

_ROUNDS = 40

Net = tuple[int, ...]  # names that are used together, by position in the declaration


def bits_of(size: int) -> int:
    """Return how many bits tell ``size`` values apart."""
    return (size - 1).bit_length()


def variable_order(system: System) -> tuple[str, ...]:
    """Return the names of all configuration variables and variables, topmost first."""
    names = tuple(system.domains)
    nets = _nets(system, names)
    weights = [bits_of(len(domain.values)) for domain in system.domains.values()]
    candidates = []
    for start in (list(range(len(names))), _grown(len(names), nets)):
        candidates += [start, _pulled_together(start, nets, weights)]
    best = min(candidates, key=lambda order: _span(order, nets, weights))
    return tuple(names[i] for i in best)


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


def _grown(count: int, nets: Sequence[Net]) -> list[int]:
    """Place one name after the other, each time the one that leaves the fewest nets cut."""
    nets_of: list[list[int]] = [[] for _ in range(count)]
    for number, net in enumerate(nets):
        for name in net:
            nets_of[name].append(number)
    missing = [len(net) for net in nets]
    touched = [0] * len(nets)
    placed: list[int] = []
    left = list(range(count))
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
        pull: list[list[float]] = [[] for _ in order]
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
    level, at = 0, [0] * len(order)
    for name in order:
        at[name] = level
        level += weights[name]
    return sum(max(at[name] for name in net) - min(at[name] for name in net) for net in nets)
