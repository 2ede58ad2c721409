"""The module of one system: its steps, the search, and what looks at the states found."""

from __future__ import annotations

from tunnelproof.engines.explicit.block import FALSE, TRUE, Block
from tunnelproof.engines.explicit.link_code import find_code, link_code
from tunnelproof.engines.explicit.lowering import Members
from tunnelproof.engines.explicit.search_code import refill_code, search_code
from tunnelproof.engines.explicit.steps import Steps
from tunnelproof.engines.explicit.table_code import hash_code, probe_code


def search_module(steps: Steps, members: Members) -> str:
    """Return the module that searches."""
    words = steps.packing.words
    parts = [
        successors_code(steps),
        hash_code(words),
        probe_code(words),
        search_code(words, len(steps.system.steps)),
        refill_code(words),
    ]
    return "\n".join([*parts, *members.definitions(), "!0 = !{}"])


def link_module(steps: Steps, members: Members) -> str:
    """Return the module that finds edges."""
    words, most = steps.packing.words, len(steps.system.steps)
    parts = [
        successors_code(steps, labelled=True),
        hash_code(words),
        probe_code(words),
        link_code(words, most),
        find_code(words, most),
    ]
    return "\n".join([*parts, *members.definitions(), "!0 = !{}"])


def successors_code(steps: Steps, *, labelled: bool = False) -> str:
    """Return the function that writes the successors of a state, in the order of the labels, and counts them.

    With ``labelled`` it writes the labels too.
    """
    block = Block()
    words = loaded(block, steps.packing.words)
    now = steps.state(block, words)
    count = "0"
    for label, step in enumerate(steps.system.steps):
        taken = steps.take(block, words, now, step)
        if taken.enabled == FALSE:
            continue
        first = count if len(words) == 1 else block.value(f"mul i64 {count}, {len(words)}")
        for k, word in enumerate(taken.words):
            index = first if k == 0 else block.value(f"add i64 {first}, {k}")
            block.do(f"store i64 {word}, ptr {block.value(f'getelementptr i64, ptr %out, i64 {index}')}")
        if labelled:
            block.do(f"store i32 {label}, ptr {block.value(f'getelementptr i32, ptr %labels, i64 {count}')}")
        one = "1" if taken.enabled == TRUE else block.value(f"zext i1 {taken.enabled} to i64")
        count = block.value(f"add i64 {count}, {one}")
    head = "@labelled_successors(ptr noalias %state, ptr noalias %out, ptr noalias %labels)"
    if not labelled:
        head = "@successors(ptr noalias %state, ptr noalias %out)"
    return "\n".join([f"define internal i64 {head} {{", *block.lines, f"  ret i64 {count}", "}"])


def loaded(block: Block, count: int) -> tuple[str, ...]:
    """Load the words of the state at ``%state``."""
    places = [block.value(f"getelementptr i64, ptr %state, i64 {k}") for k in range(count)]
    return tuple(block.value(f"load i64, ptr {place}") for place in places)
