"""LLVM code of the breadth-first search itself.

States are numbered as they are found; the array of states is the queue as well. What the steps of a state lead to goes
through a ring: a state's slot is fetched from memory while the states before it are looked up. The ring is first in,
first out, so that the order of the states is that of a plain search.
"""

from __future__ import annotations

import enum

from tunnelproof.engines.explicit.table_code import MASK, RING, load_words, store_words, typed, words_of


class Slot(enum.IntEnum):
    """The places of the search's context, an array of 64-bit words that the driver and the code share."""

    STATES = 0  # address of the states found
    COUNT = 1  # how many there are
    ROOM = 2  # how many there may be before the driver has to make room
    TABLE = 3  # address of the hash table
    SHIFT = 4  # 64 less the binary logarithm of its slots
    CURSOR = 5  # the next state to expand
    STOP = 6  # where to return to the driver
    LEVEL_END = 7  # the number of states up to the end of the level that is being expanded
    LEVELS = 8  # address of the array of those numbers
    LEVEL_COUNT = 9  # how many there are
    LEVEL_ROOM = 10
    STEPS = 11  # taken so far
    DONE = 12  # one if nothing is left to expand


def search_code(words: int, most: int) -> str:
    """Return the search; ``most`` is how many steps a state can have."""
    given = words_of("w", words)
    ring = load_words("w", words, "%ring", "%at")
    return f"""
define internal i64 @enter(ptr %table, i64 %mask, i64 %start, ptr %states, i64 %count, {typed(given)}) alwaysinline {{
entry:
  %found = call i64 @probe(ptr %table, i64 %mask, i64 %start, {typed(given)})
  %new = icmp slt i64 %found, 0
  br i1 %new, label %add, label %old
add:
  %slot = xor i64 %found, -1
  call void @occupy(ptr %table, i64 %slot, {typed(given)})
{store_words("q", given, "%states", "%count")}
  %more = add i64 %count, 1
  ret i64 %more
old:
  ret i64 %count
}}
define internal i64 @drain(ptr %ring, ptr %slots, i64 %from, i64 %pending, ptr %table, i64 %mask, ptr %states,
    i64 %have) noinline {{
entry:
  br label %head
head:
  %k = phi i64 [ 0, %entry ], [ %k1, %body ]
  %count = phi i64 [ %have, %entry ], [ %count1, %body ]
  %more = icmp slt i64 %k, %pending
  br i1 %more, label %body, label %end
body:
  %moved = add i64 %from, %k
  %at = and i64 %moved, {RING - 1}
{ring}
  %sp = getelementptr i64, ptr %slots, i64 %at
  %slot = load i64, ptr %sp
  %count1 = call i64 @enter(ptr %table, i64 %mask, i64 %slot, ptr %states, i64 %count, {typed(given)})
  %k1 = add i64 %k, 1
  br label %head
end:
  ret i64 %count
}}
define void @search(ptr %c) {{
entry:
{_loads()}
{MASK}
  %margin = add i64 {RING}, {most}
  %limit = sub i64 %room, %margin
  %out = alloca [{max(most, 1) * words} x i64]
  %ring = alloca [{RING * words} x i64]
  %slots = alloca [{RING} x i64]
  br label %head
head:
  %i = phi i64 [ %cursor, %entry ], [ %i1, %expanded ], [ %i, %deeper ]
  %count = phi i64 [ %count0, %entry ], [ %count5, %expanded ], [ %count2, %deeper ]
  %at0 = phi i64 [ 0, %entry ], [ %at5, %expanded ], [ 0, %deeper ]
  %pending = phi i64 [ 0, %entry ], [ %pending5, %expanded ], [ 0, %deeper ]
  %steps = phi i64 [ %steps0, %entry ], [ %steps1, %expanded ], [ %steps, %deeper ]
  %end = phi i64 [ %level_end, %entry ], [ %end, %expanded ], [ %count2, %deeper ]
  %levels_now = phi i64 [ %level_count, %entry ], [ %levels_now, %expanded ], [ %levels_more, %deeper ]
  %at_end = icmp eq i64 %i, %end
  br i1 %at_end, label %level, label %inside
level:
  %count2 = call i64 @drain(ptr %ring, ptr %slots, i64 %at0, i64 %pending, ptr %table, i64 %mask, ptr %states,
    i64 %count)
  %nothing = icmp eq i64 %count2, %end
  br i1 %nothing, label %leave, label %fresh
fresh:
  %no_room = icmp sge i64 %levels_now, %level_room
  br i1 %no_room, label %leave, label %deeper
deeper:
  %lp = getelementptr i64, ptr %levels, i64 %levels_now
  store i64 %count2, ptr %lp
  %levels_more = add i64 %levels_now, 1
  br label %head
inside:
  %stopped = icmp sge i64 %i, %stop
  %full = icmp sgt i64 %count, %limit
  %break = or i1 %stopped, %full
  br i1 %break, label %pause, label %expand
expand:
  %ip = mul i64 %i, {words}
  %state = getelementptr i64, ptr %states, i64 %ip
  %n = call i64 @successors(ptr %state, ptr %out)
  %steps1 = add i64 %steps, %n
  br label %each
each:
  %k = phi i64 [ 0, %expand ], [ %k1, %kept ]
  %count5 = phi i64 [ %count, %expand ], [ %count6, %kept ]
  %at5 = phi i64 [ %at0, %expand ], [ %at6, %kept ]
  %pending5 = phi i64 [ %pending, %expand ], [ %pending6, %kept ]
  %any = icmp slt i64 %k, %n
  br i1 %any, label %take, label %expanded
expanded:
  %i1 = add i64 %i, 1
  br label %head
take:
{load_words("n", words, "%out", "%k")}
  %slot = call i64 @slot_of({typed(words_of("n", words))}, i64 %shift)
  call void @fetch(ptr %table, i64 %slot)
  %moved = add i64 %at5, %pending5
  %place = and i64 %moved, {RING - 1}
  %sp = getelementptr i64, ptr %slots, i64 %place
  %ring_full = icmp eq i64 %pending5, {RING}
  br i1 %ring_full, label %push_out, label %push
push_out:
{load_words("o", words, "%ring", "%place")}
  %old_slot = load i64, ptr %sp
  %count7 = call i64 @enter(ptr %table, i64 %mask, i64 %old_slot, ptr %states, i64 %count5,
    {typed(words_of("o", words))})
  %at7a = add i64 %at5, 1
  %at7 = and i64 %at7a, {RING - 1}
  br label %kept
push:
  %pending7 = add i64 %pending5, 1
  br label %kept
kept:
  %count6 = phi i64 [ %count7, %push_out ], [ %count5, %push ]
  %at6 = phi i64 [ %at7, %push_out ], [ %at5, %push ]
  %pending6 = phi i64 [ {RING}, %push_out ], [ %pending7, %push ]
{store_words("r", words_of("n", words), "%ring", "%place")}
  store i64 %slot, ptr %sp
  %k1 = add i64 %k, 1
  br label %each
pause:
  %count3 = call i64 @drain(ptr %ring, ptr %slots, i64 %at0, i64 %pending, ptr %table, i64 %mask, ptr %states,
    i64 %count)
  br label %leave
leave:
  %count_end = phi i64 [ %count3, %pause ], [ %count2, %level ], [ %count2, %fresh ]
  %done = phi i64 [ 0, %pause ], [ 1, %level ], [ 0, %fresh ]
{_stores()}
  ret void
}}
"""


_LOADED = {
    "states": Slot.STATES,
    "count0": Slot.COUNT,
    "room": Slot.ROOM,
    "table": Slot.TABLE,
    "shift": Slot.SHIFT,
    "cursor": Slot.CURSOR,
    "stop": Slot.STOP,
    "level_end": Slot.LEVEL_END,
    "levels": Slot.LEVELS,
    "level_count": Slot.LEVEL_COUNT,
    "level_room": Slot.LEVEL_ROOM,
    "steps0": Slot.STEPS,
}
_STORED = {
    "count_end": Slot.COUNT,
    "i": Slot.CURSOR,
    "end": Slot.LEVEL_END,
    "levels_now": Slot.LEVEL_COUNT,
    "steps": Slot.STEPS,
    "done": Slot.DONE,
}


def _loads() -> str:
    lines = []
    for name, slot in _LOADED.items():
        kind = "ptr" if slot in (Slot.STATES, Slot.TABLE, Slot.LEVELS) else "i64"
        lines += [
            f"  %c.{name} = getelementptr i64, ptr %c, i64 {int(slot)}",
            f"  %{name} = load {kind}, ptr %c.{name}",
        ]
    return "\n".join(lines)


def _stores() -> str:
    lines = []
    for name, slot in _STORED.items():
        lines += [
            f"  %s.{name} = getelementptr i64, ptr %c, i64 {int(slot)}",
            f"  store i64 %{name}, ptr %s.{name}",
        ]
    return "\n".join(lines)


def refill_code(words: int) -> str:
    """Return the code that enters the states of ``old`` slots into a table that has none of them.

    The high bits of a hash are the slot, so that both tables are gone through from one end to the other.
    """
    given = words_of("w", words)
    return f"""
define void @refill(ptr %old, i64 %count, ptr %table, i64 %shift) {{
entry:
{MASK}
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %i1, %next ]
  %more = icmp slt i64 %i, %count
  br i1 %more, label %look, label %end
look:
  %at = mul i64 %i, {words}
  %place = getelementptr i64, ptr %old, i64 %at
  %key = load i64, ptr %place
  %free = icmp eq i64 %key, 0
  br i1 %free, label %next, label %enter
enter:
  %w0 = sub i64 %key, 1
{_rest_of_state(words)}
  %start = call i64 @slot_of({typed(given)}, i64 %shift)
  %found = call i64 @probe(ptr %table, i64 %mask, i64 %start, {typed(given)})
  %slot = xor i64 %found, -1
  call void @occupy(ptr %table, i64 %slot, {typed(given)})
  br label %next
next:
  %i1 = add i64 %i, 1
  br label %head
end:
  ret void
}}
"""


def _rest_of_state(words: int) -> str:
    lines = []
    for k in range(1, words):
        lines += [
            f"  %j{k} = add i64 %at, {k}",
            f"  %q{k} = getelementptr i64, ptr %old, i64 %j{k}",
            f"  %w{k} = load i64, ptr %q{k}",
        ]
    return "\n".join(lines)
