"""LLVM code for what is wanted of a finished search: the edges between its states, and the way into one of them."""

from __future__ import annotations

from tunnelproof.engines.explicit.table_code import MASK, load_words, typed, words_of


def link_code(words: int, most: int) -> str:
    """Return `number` and `link`.

    `number` writes for each state from ``from`` up to ``to`` its position into the entry of ``index`` that belongs to
    its slot. `link` writes for each of their steps source, label and the target's position, from entry ``edge`` on,
    and returns the entry after the last. The successors' slots are fetched before the first is looked up.
    """
    given, after = words_of("w", words), words_of("n", words)
    return f"""
define void @number(ptr %states, i64 %from, i64 %to, ptr %table, i64 %shift, ptr %index) {{
entry:
{MASK}
  br label %head
head:
  %i = phi i64 [ %from, %entry ], [ %i1, %body ]
  %more = icmp slt i64 %i, %to
  br i1 %more, label %body, label %end
body:
{load_words("w", words, "%states", "%i")}
  %start = call i64 @slot_of({typed(given)}, i64 %shift)
  %slot = call i64 @probe(ptr %table, i64 %mask, i64 %start, {typed(given)})
  %place = getelementptr i32, ptr %index, i64 %slot
  %short = trunc i64 %i to i32
  store i32 %short, ptr %place
  %i1 = add i64 %i, 1
  br label %head
end:
  ret void
}}
define i64 @link(ptr %states, i64 %from, i64 %to, ptr %table, i64 %shift, ptr %index, ptr %sources, ptr %labels,
    ptr %targets, i64 %edge) {{
entry:
{MASK}
  %out = alloca [{max(most, 1) * words} x i64]
  %kinds = alloca [{max(most, 1)} x i32]
  %slots = alloca [{max(most, 1)} x i64]
  br label %head
head:
  %i = phi i64 [ %from, %entry ], [ %i1, %linked ]
  %e = phi i64 [ %edge, %entry ], [ %e2, %linked ]
  %more = icmp slt i64 %i, %to
  br i1 %more, label %body, label %end
body:
  %at = mul i64 %i, {words}
  %state = getelementptr i64, ptr %states, i64 %at
  %n = call i64 @labelled_successors(ptr %state, ptr %out, ptr %kinds)
  br label %ahead
ahead:
  %a = phi i64 [ 0, %body ], [ %a1, %fetching ]
  %a_more = icmp slt i64 %a, %n
  br i1 %a_more, label %fetching, label %each
fetching:
{load_words("h", words, "%out", "%a")}
  %start = call i64 @slot_of({typed(words_of("h", words))}, i64 %shift)
  call void @fetch(ptr %table, i64 %start)
  %ap = getelementptr i64, ptr %slots, i64 %a
  store i64 %start, ptr %ap
  %a1 = add i64 %a, 1
  br label %ahead
each:
  %k = phi i64 [ 0, %ahead ], [ %k1, %edge_body ]
  %e2 = phi i64 [ %e, %ahead ], [ %e1, %edge_body ]
  %k_more = icmp slt i64 %k, %n
  br i1 %k_more, label %edge_body, label %linked
edge_body:
{load_words("n", words, "%out", "%k")}
  %kp = getelementptr i64, ptr %slots, i64 %k
  %from_slot = load i64, ptr %kp
  %slot = call i64 @probe(ptr %table, i64 %mask, i64 %from_slot, {typed(after)})
  %ip = getelementptr i32, ptr %index, i64 %slot
  %target = load i32, ptr %ip
  %tp = getelementptr i32, ptr %targets, i64 %e2
  store i32 %target, ptr %tp
  %sp = getelementptr i32, ptr %sources, i64 %e2
  %source = trunc i64 %i to i32
  store i32 %source, ptr %sp
  %lp = getelementptr i32, ptr %kinds, i64 %k
  %label = load i32, ptr %lp
  %op = getelementptr i32, ptr %labels, i64 %e2
  store i32 %label, ptr %op
  %k1 = add i64 %k, 1
  %e1 = add i64 %e2, 1
  br label %each
linked:
  %i1 = add i64 %i, 1
  br label %head
end:
  ret i64 %e
}}
"""


def find_code(words: int, most: int) -> str:
    """Return `find`: the first state from ``from`` up to ``to`` with a step to ``target``, and that step's label.

    Returns -1 if there is none.
    """
    same = ["  %same0 = icmp eq i64 %n0, %w0"]
    for k in range(1, words):
        same += [f"  %equal{k} = icmp eq i64 %n{k}, %w{k}", f"  %same{k} = and i1 %same{k - 1}, %equal{k}"]
    return f"""
define i64 @find(ptr %states, i64 %from, i64 %to, ptr %target, ptr %label) {{
entry:
  %out = alloca [{max(most, 1) * words} x i64]
  %kinds = alloca [{max(most, 1)} x i32]
{load_words("w", words, "%target", "0")}
  br label %head
head:
  %i = phi i64 [ %from, %entry ], [ %i1, %next ]
  %more = icmp slt i64 %i, %to
  br i1 %more, label %body, label %none
body:
  %at = mul i64 %i, {words}
  %state = getelementptr i64, ptr %states, i64 %at
  %count = call i64 @labelled_successors(ptr %state, ptr %out, ptr %kinds)
  br label %each
each:
  %k = phi i64 [ 0, %body ], [ %k1, %other ]
  %k_more = icmp slt i64 %k, %count
  br i1 %k_more, label %compare, label %next
compare:
{load_words("n", words, "%out", "%k")}
{chr(10).join(same)}
  br i1 %same{words - 1}, label %found, label %other
other:
  %k1 = add i64 %k, 1
  br label %each
next:
  %i1 = add i64 %i, 1
  br label %head
found:
  %kp = getelementptr i32, ptr %kinds, i64 %k
  %kind = load i32, ptr %kp
  store i32 %kind, ptr %label
  ret i64 %i
none:
  ret i64 -1
}}
"""
