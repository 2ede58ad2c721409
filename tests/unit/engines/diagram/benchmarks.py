"""Benchmark systems whose numbers of states and steps independent model checkers agree on."""

from __future__ import annotations

from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Name, Term, both, choose, either

RETRIES = 3
SETTINGS = ("ia", "ond", "au", "xl", "nt")


def devices(count: int) -> System:
    """Devices with a tunnel, an updater, a downloader and a user, sharing five settings, a network and a rollout."""
    configuration = Configuration()
    settings = {name: configuration.setting(name, Range(0, 1)) for name in SETTINGS}
    world = Component("world", actor="world")
    net = world.variable("net", Range(0, 1), start=1)
    roll = world.variable("roll", Range(0, 1), start=0)
    for variable in (net, roll):
        for value in (0, 1):
            world.action(f"{variable.name}-{value}", when=variable == 1 - value, then={variable: value})
    parts = [world, *(_device(k, settings, net, roll) for k in range(count))]
    return compose(f"devices-{count}", configuration=configuration, components=parts)


def _device(k: int, settings: dict[str, Name], net: Name, roll: Name) -> Component:
    ia, ond, au, xl, nt = (settings[name] for name in SETTINGS)
    part = Component(f"device{k}", actor=f"device{k}")
    sizes = {"tun": 5, "prov": 2, "ins": 6, "dl": 4, "usr": 2, "pwr": 1, "rt": RETRIES}
    tun, prov, ins, dl, usr, pwr, rt = (
        part.variable(f"{name}{k}", Range(0, size), start=1 if name == "pwr" else 0) for name, size in sizes.items()
    )
    on = pwr == 1
    through = (tun == 2) | ~((ia == 1) & (usr != 2))
    passes = (net == 1) & through
    rules: list[tuple[Term, dict[Name, object]]] = [
        (on & (tun == 0) & (prov == 0) & (usr != 2), {tun: 1}),
        (on & (tun == 1) & (net == 1) & (prov == 0), {tun: 2, rt: 0}),
        (on & tun.is_in(1, 3) & (net == 0) & (rt < RETRIES), {rt: rt + 1}),
        (on & (tun == 1) & (net == 0) & (rt == RETRIES), {tun: choose(ia == 1, 4, 5)}),
        (on & (tun == 2) & (net == 0), {tun: 3}),
        (on & (tun == 3) & (net == 1) & (prov == 0), {tun: 2, rt: 0}),
        (on & (tun == 3) & (net == 0) & (rt == RETRIES), {tun: choose(ia == 1, choose(xl == 1, 0, 4), 5)}),
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
    parts = [table]
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
    return compose(f"philosophers-{count}", configuration=Configuration(), components=parts)


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
