"""A system as the C that `limit.c` includes: successors, invariant and starts, over states packed in 64 bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from bench.flat import Command, Flat, Slot, Unsupported, flat
from bench.formulas import C, written
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

WIDEST = 63  # bits; the table marks an empty slot by a number of its own


@dataclass(frozen=True)
class _Field:
    """Where a slot is in the packed state."""

    slot: Slot
    shift: int

    @property
    def bits(self) -> int:
        return max(1, (self.slot.high - self.slot.low).bit_length())

    @property
    def mask(self) -> int:
        return (1 << self.bits) - 1 << self.shift

    def read(self, state: str) -> str:
        value = f"(int)(({state} >> {self.shift}) & {self.mask >> self.shift}ull)"
        return f"({value} + ({self.slot.low}))" if self.slot.low else f"({value})"

    def put(self, value: str) -> str:
        return f"((uint64_t)({value} - ({self.slot.low})) << {self.shift})"


def c_source(system: System, claims: Sequence[Claim]) -> str:
    """Return the C text. Raise `Unsupported` if a state does not fit in 63 bits, or a claim is of another kind."""
    model = flat(system, claims)
    fields = _layout(model.slots)

    def formula(expr: Expr) -> str:
        return written(expr, C, lambda name: fields[name].read("s"))

    lines = [
        f"// {system.name}, written by bench/c_source.py",
        "#include <stdint.h>",
        f"#define NCMD {max(1, len(model.commands))}",
        f"#define CHECK_DEADLOCK {int(model.deadlock)}",
        "static inline int succ(uint64_t s, uint64_t *out) { int n = 0;",
        *(f"  if ({formula(command.guard)}) out[n++] = {_after(command, fields)};" for command in model.commands),
        "  return n; }",
        f"static inline int inv(uint64_t s) {{ return {formula(model.holds)}; }}",
        *_starts(model, fields),
    ]
    return "\n".join(lines) + "\n"


def _layout(slots: Sequence[Slot]) -> dict[str, _Field]:
    fields: dict[str, _Field] = {}
    shift = 0
    for slot in slots:
        fields[slot.name] = _Field(slot, shift)
        shift += fields[slot.name].bits
    if shift > WIDEST:
        raise Unsupported(f"a state needs {shift} bits; the C search holds {WIDEST}")
    return fields


def _after(command: Command, fields: dict[str, _Field]) -> str:
    cleared = sum(fields[name].mask for name, _ in command.effects)
    values = [written(expr, C, lambda read: fields[read].read("s")) for _, expr in command.effects]
    put = [fields[name].put(value) for (name, _), value in zip(command.effects, values, strict=True)]
    return " | ".join([f"(s & ~{cleared}ull)", *put])


def _starts(model: Flat, fields: dict[str, _Field]) -> list[str]:
    """Return the functions that number the starts and make the k-th; some are not valid and are skipped."""
    lines = [
        f"static uint64_t ninit(void) {{ return {prod(len(slot.start) for slot in model.slots)}ull; }}",
        "static int initst(uint64_t k, uint64_t *start) { uint64_t s = 0;",
    ]
    for slot in model.slots:
        values = [written(expr, C, lambda name: fields[name].read("s")) for expr in slot.start]
        picked = values[-1]
        for number, value in reversed(list(enumerate(values[:-1]))):
            picked = f"(k % {len(values)} == {number} ? {value} : {picked})"
        lines.append(f"  s |= {fields[slot.name].put(picked)}; k /= {len(values)};")
    valid = written(model.valid, C, lambda name: fields[name].read("s"))
    return [*lines, f"  *start = s; return {valid}; }}"]
