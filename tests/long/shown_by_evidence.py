"""Which cells of a certificate its evidence shows, by brute force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tests.long.written_certificates import Written, asked
from tests.oracle import Configuration, State, World, explore
from tests.oracle import evidence as oracle
from tests.oracle.graph import values_of
from tests.oracle.statements import holds_in

from tunnelproof.evidence.certificate import Break, Broken, Certificate, Level, Witness
from tunnelproof.evidence.rows import Numbers
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Recoverable


@dataclass(frozen=True)
class Guarded:
    """A witness with the configurations in which it is said to settle the claim, and the one it was found for."""

    witness: Witness
    guard: Expr
    found_for: Mapping[str, Value]


def pairs(part: System, certificate: Certificate) -> list[tuple[Configuration, State]]:
    """Return the rows of a closed set as values, in order."""
    assert certificate.closed is not None
    rigid = [values_of(v.domain) for v in part.configuration]
    state = [values_of(v.domain) for v in part.variables]
    return [
        (
            tuple(values[code] for values, code in zip(rigid, row, strict=False)),
            tuple(values[code] for values, code in zip(state, row[len(rigid) :], strict=True)),
        )
        for row in certificate.closed.tolist()
    ]


def closed(part: System, configurations: Sequence[Configuration], certificate: Certificate) -> bool:
    """Say whether a certificate's rows are a closed set about the configurations."""
    return oracle.is_closed(part, configurations, pairs(part, certificate))


def ranked(part: System, claim: Claim, configuration: Configuration, certificate: Certificate) -> bool:
    """Say whether the ranks, if the claim needs some, show that recovery is possible in the configuration."""
    if not isinstance(claim, Recoverable):
        return True
    rows = pairs(part, certificate)
    if certificate.ranks is None or len(certificate.ranks) != len(rows):
        return False
    ranks = _of(configuration, rows, certificate.ranks)
    prices = None
    if certificate.prices is not None and len(certificate.prices) == len(rows):
        prices = _of(configuration, rows, certificate.prices)
    return oracle.ranks_fall(World(part, configuration), claim, ranks, prices)


def _of(configuration: Configuration, rows: Sequence[tuple[Configuration, State]], found: Numbers) -> dict[State, int]:
    """Return the numbers of a configuration's states."""
    numbered = zip(rows, found.tolist(), strict=True)
    return {state: number for (where, state), number in numbered if where == configuration}


def settled(world: World, claim: Claim, witness: Witness) -> bool:
    """Say whether a witness settles the claim in a configuration."""
    steps = [(step.action, step.parameters, step.outcome) for step in witness.steps]
    return oracle.settles(world, claim, oracle.Witness(witness.kind.value, steps, witness.loop))


def projected(configuration: Configuration, system: System, part: System) -> Configuration:
    """Return what is left of a configuration in a part of the system."""
    named = dict(zip([v.name for v in system.configuration], configuration, strict=True))
    return tuple(named[v.name] for v in part.configuration)


def unproved(written: Written, certificate: Certificate, part: System) -> set[int]:
    """Return the cells that should rest on the closed set and do not."""
    said, resting = written.said, written.says(written.resting)
    inside = {
        place: {
            projected(c, said.system, part) for c in asked(said) if holds_in(said.cells[place].when, said.system, c)
        }
        for place in resting
    }
    everywhere = set().union(*inside.values())
    if not closed(part, sorted(everywhere, key=repr), certificate):
        return set(resting)
    shown = {c: ranked(part, said.claim, c, certificate) for c in everywhere}
    return {place for place in resting if not all(shown[c] for c in inside[place])}


def lacks_what_is_reachable(written: Written, certificate: Certificate, part: System) -> bool:
    """Say whether the rows lack what some state that the whole model can reach looks like in the part."""
    said, rows = written.said, set(pairs(part, certificate))
    kept = [i for i, v in enumerate(said.system.variables) if v in part.variables]
    for place in written.says(written.resting):
        for c in asked(said):
            if holds_in(said.cells[place].when, said.system, c):
                world, where = World(said.system, c), projected(c, said.system, part)
                states = explore(world, world.initial(), said.claim.given).states
                if any((where, tuple(state[i] for i in kept)) not in rows for state in states):
                    return True
    return False


def unwitnessed(written: Written, witnesses: Sequence[Guarded]) -> set[int]:
    """Return the cells that should rest on witnesses, if these do not settle the claim where they are said to."""
    said, part = written.said, written.part
    worlds = {c: World(part, projected(c, said.system, part)) for c in asked(said)}
    guarded = [[c for c in worlds if holds_in(w.guard, said.system, c)] for w in witnesses]
    places, known = written.says(written.witnessed), dict[tuple[int, Configuration], bool]()

    def right(number: int, configuration: Configuration) -> bool:
        key = number, worlds[configuration].configuration
        if key not in known:
            known[key] = settled(worlds[configuration], said.claim, witnesses[number].witness)
        return known[key]

    for number, (witness, inside) in enumerate(zip(witnesses, guarded, strict=True)):
        found_for = tuple(witness.found_for.get(v.name) for v in said.system.configuration)
        if found_for not in inside or not all(right(number, c) for c in inside):
            return set(places)
    covered = {c for inside in guarded for c in inside}
    return {
        place
        for place in places
        if any(c not in covered for c in worlds if holds_in(said.cells[place].when, said.system, c))
    }


def all_reachable(part: System, configurations: Sequence[Configuration]) -> Certificate:
    """Return a closed set about the configurations, with made-up numbers: what an honest prover would start from."""
    domains = [v.domain for v in (*part.configuration, *part.variables)]
    codes = [{value: code for code, value in enumerate(values_of(domain))} for domain in domains]
    found = []
    for configuration in dict.fromkeys(configurations):
        world = World(part, configuration)
        for state in explore(world, world.initial(), None).states:
            found.append([code[value] for code, value in zip(codes, (*configuration, *state), strict=True)])
    rows = np.unique(np.array(found, dtype=np.int32).reshape(len(found), len(codes)), axis=0)
    level = Level(np.zeros(len(rows), dtype=np.int64), np.array([0]), (Broken(Break.TRIVIAL),))
    return Certificate(rows, np.zeros(len(rows), dtype=np.int64), (level,))


def reachable_rows(part: System, certificate: Certificate) -> list[int]:
    """Return the places of the rows that steps of a part lead to from its initial states."""
    found: list[int] = []
    rows = pairs(part, certificate)
    for configuration in dict.fromkeys(where for where, _ in rows):
        world = World(part, configuration)
        states = set(explore(world, world.initial(), None).states)
        found += [i for i, (where, state) in enumerate(rows) if where == configuration and state in states]
    return sorted(found)
