"""The benchmark's systems, each with its claims. Independent model checkers agree on their numbers of states and steps:
`bench.cases`.

The claims of a system are one invariant that says all that has to hold everywhere, so that everybody searches the same
states, and freedom from deadlock where that is asked too.
"""

from __future__ import annotations

from collections.abc import Sequence

from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Name, Term, both, choose, either, name
from tunnelproof.properties.claims import Claim, DeadlockFree, Invariant

SETTINGS = ("ia", "ond", "au", "xl", "nt")


def devices(count: int, *, fixed: Sequence[int | None] = (None,) * 5, retries: int = 3) -> System:
    """Return devices with a tunnel, an updater, a downloader and a user, sharing five settings, a network, a rollout.

    ``fixed`` gives settings a value (none: all 32 configurations are valid); ``retries`` is how often a
    device tries to connect.
    """
    configuration = Configuration()
    settings = {setting: configuration.setting(setting, Range(0, 1)) for setting in SETTINGS}
    for setting, value in zip(SETTINGS, fixed, strict=True):
        if value is not None:
            configuration.require(settings[setting] == value)
    world = Component("world", actor="world")
    net = world.variable("net", Range(0, 1), start=1)
    roll = world.variable("roll", Range(0, 1), start=0)
    for variable in (net, roll):
        for value in (0, 1):
            world.action(f"{variable.name}-{value}", when=variable == 1 - value, then={variable: value})
    parts = [world, *(_device(k, settings, net, roll, retries) for k in range(count))]
    return compose(f"devices-{count}", configuration=configuration, components=parts)


def _device(k: int, settings: dict[str, Name], net: Name, roll: Name, retries: int) -> Component:
    ia, ond, au, xl, nt = (settings[setting] for setting in SETTINGS)
    part = Component(f"device{k}", actor=f"device{k}")
    sizes = {"tun": 5, "prov": 2, "ins": 6, "dl": 4, "usr": 2, "pwr": 1, "rt": retries}
    tun, prov, ins, dl, usr, pwr, rt = (
        part.variable(f"{part_of}{k}", Range(0, size), start=1 if part_of == "pwr" else 0)
        for part_of, size in sizes.items()
    )
    on = pwr == 1
    through = (tun == 2) | ~((ia == 1) & (usr != 2))
    passes = (net == 1) & through
    rules: list[tuple[Term, dict[Name, object]]] = [
        (on & (tun == 0) & (prov == 0) & (usr != 2), {tun: 1}),
        (on & (tun == 1) & (net == 1) & (prov == 0), {tun: 2, rt: 0}),
        (on & tun.is_in(1, 3) & (net == 0) & (rt < retries), {rt: rt + 1}),
        (on & (tun == 1) & (net == 0) & (rt == retries), {tun: choose(ia == 1, 4, 5)}),
        (on & (tun == 2) & (net == 0), {tun: 3}),
        (on & (tun == 3) & (net == 1) & (prov == 0), {tun: 2, rt: 0}),
        (on & (tun == 3) & (net == 0) & (rt == retries), {tun: choose(ia == 1, choose(xl == 1, 0, 4), 5)}),
        (on & tun.is_in(4, 5) & (net == 1) & (prov == 0), {tun: choose(ond == 1, 1, 0), rt: 0}),
        (on & (usr == 2) & tun.is_in(1, 2, 3, 4), {tun: 0}),
        (on & (roll == 1) & (ins == 0), {ins: 1}),
        (on & (ins == 1) & (nt == 1) & (usr == 0), {ins: 2, usr: 1}),
        (on & (usr == 1), {usr: 2}),
        (on & (usr == 1), {usr: 0}),
        (on & (((ins == 1) & (nt == 0)) | (ins == 2)) & ((au == 1) | (usr == 2)) & (dl == 0), {ins: 3, dl: 1}),
        (on & (dl == 1) & passes, {dl: 2}),
        (on & dl.is_in(1, 2) & ~passes, {dl: 3}),
        (on & (dl == 2) & passes, {dl: 4}),
        (on & (dl == 3) & passes, {dl: 1}),
        (on & (dl == 3) & (au == 0), {ins: 6, dl: 0}),
        (on & (dl == 4) & (ins == 3), {ins: 4, prov: 1, tun: choose(ia == 1, 4, 0)}),
        (on & (ins == 4) & (prov == 1), {prov: 2}),
        (on & (ins == 4) & (prov == 2), {prov: 0, ins: 5, dl: 0, tun: choose(ond == 1, 1, tun)}),
        (on & (ins == 4) & (prov == 1), {ins: 6, dl: 0}),
        (on & (ins == 6) & (prov == 0), {ins: 0}),
        (on & (ins == 5) & (roll == 0), {ins: 0}),
        (on & (usr == 2) & ins.is_in(5, 6), {usr: 0}),
        (on & either(ins == 6, tun == 4) & (ins != 4) & (dl != 2), {pwr: 0, tun: 0, prov: 1}),
        (pwr == 0, {pwr: 1, prov: 0, rt: 0}),
    ]
    for i, (when, then) in enumerate(rules):
        part.action(f"rule{i}-{k}", when=when, then=then)
    return part


def philosophers(count: int, *, left_handed: bool) -> System:
    """Dining philosophers; with one left-handed among them they cannot all starve."""
    table = Component("table", actor="table")
    forks = [table.variable(f"fork{i}", Range(0, 1), start=0) for i in range(count)]
    parts = []
    for i in range(count):
        part = Component(f"philosopher{i}", actor=f"philosopher{i}")
        at = part.variable(f"at{i}", Range(0, 4), start=0)
        one, other = forks[i], forks[(i + 1) % count]
        if left_handed and i == 0:
            one, other = other, one
        part.action(f"hungry{i}", when=at == 0, then={at: 1})
        part.action(f"first{i}", when=(at == 1) & (one == 0), then={at: 2, one: 1})
        part.action(f"second{i}", when=(at == 2) & (other == 0), then={at: 3, other: 1})
        part.action(f"eaten{i}", when=at == 3, then={at: 4, one: 0})
        part.action(f"done{i}", when=at == 4, then={at: 0, other: 0})
        parts.append(part)
    return compose(f"philosophers-{count}", configuration=Configuration(), components=[*parts, table])


def ring(count: int) -> System:
    """A token goes round; whoever is configured to works before passing it on, and work is counted modulo four."""
    configuration = Configuration()
    works = [configuration.setting(f"c{i}", Range(0, 1)) for i in range(count)]
    part = Component("ring", actor="ring")
    at = part.variable("pos", Range(0, count - 1), start=0)
    busy = part.variable("work", Range(0, 1), start=0)
    counter = part.variable("cnt", Range(0, 3), start=0)
    for i in range(count):
        onward: dict[Name, object] = {at: (i + 1) % count}
        part.action(f"start{i}", when=both(at == i, works[i] == 1, busy == 0), then={busy: 1})
        finished = {busy: 0, counter: choose(counter < 3, counter + 1, 0), **onward}
        part.action(f"pass{i}", when=(at == i) & (busy == 1), then=finished)
        part.action(f"skip{i}", when=(at == i) & (works[i] == 0), then=onward)
    return compose(f"ring-{count}", configuration=configuration, components=[part])


def filter_lock(count: int) -> System:
    """Return processes that use Peterson's filter lock: as many levels less one, and who came last waits at each."""
    shared = Component("levels", actor="levels")
    last = {level: shared.variable(f"last{level}", Range(0, count - 1), start=0) for level in range(1, count)}
    parts = [Component(f"process{i}", actor=f"process{i}") for i in range(count)]
    doing = [part.variable(f"at{i}", Range(0, 2), start=0) for i, part in enumerate(parts)]
    reached = [part.variable(f"level{i}", Range(0, count - 1), start=0) for i, part in enumerate(parts)]
    for i, part in enumerate(parts):
        at, mine = doing[i], reached[i]
        for level in range(1, count):
            ahead = both(*(reached[k] < level for k in range(count) if k != i))
            part.action(f"raise{i}-{level}", when=(at == 0) & (mine == level - 1), then={mine: level, at: 1})
            part.action(f"last{i}-{level}", when=(at == 1) & (mine == level), then={last[level]: i, at: 2})
            passes = both(at == 2, mine == level, either(last[level] != i, ahead))
            part.action(f"pass{i}-{level}", when=passes, then={at: 0})
        part.action(f"leave{i}", when=(at == 0) & (mine == count - 1), then={mine: 0})
    return compose(f"filter-lock-{count}", configuration=Configuration(), components=[*parts, shared])


def devices_claims(count: int) -> tuple[Claim, ...]:
    """Return that no device leaks, tunnels without a provider, or is replaced before it has fetched."""
    net, ia = name("net"), name("ia")
    kept = []
    for k in range(count):
        tun, prov, ins, dl, usr, pwr = (name(f"{part}{k}") for part in ("tun", "prov", "ins", "dl", "usr", "pwr"))
        kept.append(~both(net == 1, pwr == 1, ia == 1, usr != 2, tun == 5))
        kept.append(~((tun == 2) & (prov != 0)))
        kept.append(~((ins == 4) & (dl != 4)))
    return (_everywhere("devices.safe", "No device leaks, tunnels without a provider or is replaced early.", kept),)


def philosophers_claims(count: int) -> tuple[Claim, ...]:
    """Return that no two neighbours eat at once, and that somebody can always do something."""
    apart = [~((name(f"at{i}") == 3) & (name(f"at{(i + 1) % count}") == 3)) for i in range(count)]
    alive = DeadlockFree(id="table.alive", sentence="Somebody can always do something.")
    return (_everywhere("table.apart", "No two neighbours eat at once.", apart), alive)


def filter_lock_claims(count: int) -> tuple[Claim, ...]:
    """Return that at most one process is inside."""
    inside = [(name(f"at{i}") == 0) & (name(f"level{i}") == count - 1) for i in range(count)]
    apart = [~(inside[i] & inside[j]) for i in range(count) for j in range(i)]
    return (_everywhere("lock.exclusive", "At most one process is inside.", apart),)


def ring_claims(count: int) -> tuple[Claim, ...]:
    """Return that nobody works who is not configured to."""
    kept = [~both(name("pos") == i, name("work") == 1, name(f"c{i}") == 0) for i in range(count)]
    return (_everywhere("ring.configured", "Nobody works who is not configured to.", kept),)


def _everywhere(id: str, sentence: str, kept: Sequence[Term]) -> Invariant:  # noqa: A002 - as claims call it
    return Invariant(id=id, sentence=sentence, holds=both(*kept))
