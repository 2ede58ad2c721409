"""Arrays and queues are plain variables with the behaviour of the textbook's."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunnelproof.errors import ModelError
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Step, System
from tunnelproof.model.language.terms import name
from tunnelproof.semantics.step import initial_states, successor


def mailbox(*, guarded: bool) -> System:
    post = Component("post", actor="post")
    inbox = post.queue("inbox", of=Range(0, 2), capacity=3, empty=0)
    got = post.variable("got", Range(0, 2), start=0)
    full = ~inbox.is_full if guarded else True
    post.action("send", choose={"letter": Range(0, 2)}, when=full, then=inbox.enqueue(name("letter")))
    post.action("take", when=~inbox.is_empty, then={**inbox.dequeue(), got: inbox.head(0)})
    return compose("mailbox", configuration=Configuration(), components=[post])


@given(st.lists(st.one_of(st.integers(0, 2), st.none()), max_size=12))
def test_a_queue_gives_back_what_was_put_in_first(orders: list[int | None]) -> None:
    system = mailbox(guarded=True)
    state, waiting = initial_states(system, ())[0], deque[int]()
    for order in orders:
        step = Step("take") if order is None else Step("send", (("letter", order),))
        after = successor(system, (), state, step)
        if order is None:
            assert (after is None) == (not waiting)
            expected = waiting.popleft() if waiting else None
        else:
            assert (after is None) == (len(waiting) == 3)
            waiting.extend([order] if len(waiting) < 3 else [])
            expected = None
        state = after or state
        values = dict(zip((v.name for v in system.variables), state, strict=True))
        assert values["inbox.length"] == len(waiting)
        assert [values[f"inbox[{i}]"] for i in range(3)] == [*waiting, *[0] * (3 - len(waiting))]
        if expected is not None:
            assert values["got"] == expected


def test_putting_into_a_full_queue_leaves_the_domain() -> None:
    from tunnelproof.properties.claims import Invariant
    from tunnelproof.verification.prove import prove

    claim = Invariant(id="any.thing", sentence="", holds=name("got") >= 0)
    with pytest.raises(ModelError, match="TP141.*inbox.length"):
        prove(mailbox(guarded=False), [claim], engine="reference")


def test_an_array_is_read_and_written_at_an_index_that_is_worked_out() -> None:
    shelf = Component("shelf", actor="clerk")
    slots = shelf.array("slot", index=Range(0, 2), of=Range(0, 9), start=0)
    at = shelf.variable("at", Range(0, 3), start=[0, 1, 2, 3])
    seen = shelf.variable("seen", Range(0, 9), start=0)
    shelf.action("write", then=slots.put(at, 7))
    shelf.action("look", then={seen: slots.at(at, otherwise=9)})
    system = compose("shelf", configuration=Configuration(), components=[shelf])
    for start in initial_states(system, ()):
        position = start[3]
        written = successor(system, (), start, Step("write"))
        assert written is not None
        assert [i for i in range(3) if written[i] == 7] == ([position] if position in range(3) else [])
        looked = successor(system, (), written, Step("look"))
        assert looked is not None
        assert looked[4] == (7 if position in range(3) else 9)
    with pytest.raises(ModelError, match="TP106"):
        slots[5]
