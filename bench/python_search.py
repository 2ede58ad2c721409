"""A system as a plain breadth-first search in Python: what somebody writes in an afternoon, made by generating code."""

from __future__ import annotations

from collections.abc import Sequence

from bench.flat import Slot, flat
from bench.formulas import PYTHON, written
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

_SEARCH = """
seen = set(starts())
level = list(seen)
steps = depth = 0
bad = not all(holds(state) for state in level)
stuck = False
while level and not stuck:
    found = []
    for state in level:
        after = successors(state)
        steps += len(after)
        stuck = stuck or (ASKS_ABOUT_DEADLOCK and not after)
        for state in after:
            if state not in seen:
                seen.add(state)
                found.append(state)
                bad = bad or not holds(state)
    if found and not stuck:
        depth += 1
    level = found
print(f"states={len(seen)} steps={steps} depth={depth} bad={int(bad)} dead={int(stuck)}")
"""


def python_source(system: System, claims: Sequence[Claim]) -> str:
    """Return a program that searches all states, or up to the first deadlock if that is asked, and prints counts."""
    model = flat(system, claims)
    names = {slot.name: f"v{place}" for place, slot in enumerate(model.slots)}
    unpacked = "(" + "".join(f"{name}, " for name in names.values()) + ") = state"

    def formula(expr: Expr) -> str:
        return written(expr, PYTHON, names.__getitem__)

    lines = ["def successors(state):", f"    {unpacked}", "    after = []"]
    for command in model.commands:
        assigned = {name: formula(expr) for name, expr in command.effects}
        values = "".join(f"{assigned.get(name, local)}, " for name, local in names.items())
        lines.append(f"    if {formula(command.guard)}: after.append(({values}))")
    lines += ["    return after", "def holds(state):", f"    {unpacked}", f"    return {formula(model.holds)}"]
    lines += [*_starts(model.slots, names), f"    if {formula(model.valid)}: yield state"]
    return "\n".join([*lines, f"ASKS_ABOUT_DEADLOCK = {model.deadlock}"]) + _SEARCH


def _starts(slots: Sequence[Slot], names: dict[str, str]) -> list[str]:
    """Return nested loops over what each slot may start with, on one level of indentation."""
    loops = []
    for slot in slots:
        values = "".join(f"{written(expr, PYTHON, names.__getitem__)}, " for expr in slot.start)
        loops.append(f"for {names[slot.name]} in ({values})")
    state = "(" + "".join(f"{name}, " for name in names.values()) + ")"
    unpacked = "".join(f"{name}, " for name in names.values())
    return ["def starts():", f"  for state in ({state} {' '.join(loops)}):", f"    {unpacked}= state"]
