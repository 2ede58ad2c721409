"""LLVM code of the exact hash table: open addressing, linear probing, whole states as keys.

A slot holds a state's words; the first is stored plus one, so that zero means free. Slots are found by multiplication
and shifts, which mix the high bits of each word into the position.
"""

from __future__ import annotations

RING = 64  # states whose slots are being fetched from memory while others are worked on; a power of two
MULTIPLIER = 0xD6E8FEB86659FD93 - (1 << 64)  # odd, its bits well spread: a constant in use for mixing 64-bit words

MASK = """  %bits = sub i64 64, %shift
  %size = shl i64 1, %bits
  %mask = sub i64 %size, 1"""  # from the shift that makes a hash a slot


def words_of(prefix: str, count: int) -> list[str]:
    """Return the names of registers, one for each word of a state."""
    return [f"%{prefix}{k}" for k in range(count)]


def typed(names: list[str]) -> str:
    """Return a list of arguments or parameters that are words."""
    return ", ".join(f"i64 {name}" for name in names)


def load_words(prefix: str, count: int, base: str, index: str) -> str:
    """Return code that loads the words of the state at a position of an array of states."""
    lines = [f"  %{prefix}at = mul i64 {index}, {count}"]
    for k in range(count):
        lines += [
            f"  %{prefix}i{k} = add i64 %{prefix}at, {k}",
            f"  %{prefix}p{k} = getelementptr i64, ptr {base}, i64 %{prefix}i{k}",
            f"  %{prefix}{k} = load i64, ptr %{prefix}p{k}",
        ]
    return "\n".join(lines)


def store_words(prefix: str, names: list[str], base: str, index: str) -> str:
    """Return code that stores words as the state at a position of an array of states."""
    lines = [f"  %{prefix}at = mul i64 {index}, {len(names)}"]
    for k, name in enumerate(names):
        lines += [
            f"  %{prefix}i{k} = add i64 %{prefix}at, {k}",
            f"  %{prefix}p{k} = getelementptr i64, ptr {base}, i64 %{prefix}i{k}",
            f"  store i64 {name}, ptr %{prefix}p{k}",
        ]
    return "\n".join(lines)


def hash_code(words: int) -> str:
    """Return the function from the words of a state to its slot."""
    lines = [f"define internal i64 @slot_of({typed(words_of('w', words))}, i64 %shift) alwaysinline {{"]
    mixed = "%w0"
    for k in range(1, words):
        lines += [f"  %m{k} = mul i64 {mixed}, {MULTIPLIER}", f"  %x{k} = xor i64 %m{k}, %w{k}"]
        mixed = f"%x{k}"
    lines += [
        f"  %a = lshr i64 {mixed}, 32",
        f"  %b = xor i64 {mixed}, %a",
        f"  %c = mul i64 %b, {MULTIPLIER}",
        "  %d = lshr i64 %c, 32",
        "  %e = xor i64 %c, %d",
        f"  %f = mul i64 %e, {MULTIPLIER}",
        "  %g = lshr i64 %f, %shift",
        "  ret i64 %g",
        "}",
        "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)",
        "define internal void @fetch(ptr %table, i64 %slot) alwaysinline {",
        f"  %at = mul i64 %slot, {words}",
        "  %place = getelementptr i64, ptr %table, i64 %at",
        "  call void @llvm.prefetch.p0(ptr %place, i32 1, i32 3, i32 1)",
        "  ret void",
        "}",
    ]
    return "\n".join(lines)


def probe_code(words: int) -> str:
    """Return the function that finds the slot of a state from ``slot`` on: its own, or the free one where it belongs.

    The result is the slot, or its complement if it is free.
    """
    same = ["  %same0 = icmp eq i64 %v0, %key"]
    for k in range(1, words):
        same += [
            f"  %i{k} = add i64 %at, {k}",
            f"  %p{k} = getelementptr i64, ptr %table, i64 %i{k}",
            f"  %v{k} = load i64, ptr %p{k}",
            f"  %equal{k} = icmp eq i64 %v{k}, %w{k}",
            f"  %same{k} = and i1 %same{k - 1}, %equal{k}",
        ]
    return f"""
define internal i64 @probe(ptr %table, i64 %mask, i64 %start, {typed(words_of("w", words))}) alwaysinline {{
entry:
  %key = add i64 %w0, 1
  br label %look
look:
  %slot = phi i64 [ %start, %entry ], [ %next, %onward ]
  %at = mul i64 %slot, {words}
  %place = getelementptr i64, ptr %table, i64 %at
  %v0 = load i64, ptr %place
{chr(10).join(same)}
  br i1 %same{words - 1}, label %found, label %other
other:
  %free = icmp eq i64 %v0, 0
  br i1 %free, label %absent, label %onward
onward:
  %beside = add i64 %slot, 1
  %next = and i64 %beside, %mask
  br label %look
found:
  ret i64 %slot
absent:
  %complement = xor i64 %slot, -1
  ret i64 %complement
}}
define internal void @occupy(ptr %table, i64 %slot, {typed(words_of("w", words))}) alwaysinline {{
  %key = add i64 %w0, 1
{store_words("s", ["%key", *words_of("w", words)[1:]], "%table", "%slot")}
  ret void
}}
"""
