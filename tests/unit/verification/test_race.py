"""A race has one answer, ends its losers, and hears about faults."""

from __future__ import annotations

import threading
import time

import pytest

from tunnelproof.engines.contract import Rivalry
from tunnelproof.verification.race import Race

SOON, LATE = 0.01, 60.0


def until_over(rivalry: Rivalry) -> str:
    assert rivalry.over.wait(LATE)
    return "stopped"


def answers(text: str):  # type: ignore[no-untyped-def]
    return lambda rivalry: text


def test_first_result_that_settles_ends_the_others() -> None:
    race = Race({"slow": until_over, "fast": answers("fast")}, SOON)
    assert race.run(lambda result: True) == "fast"
    assert race.left_behind == [] and race.begun == 2


def test_who_is_done_in_the_head_start_runs_alone() -> None:
    race = Race({"fast": answers("fast"), "other": answers("other")}, LATE)
    assert race.run(lambda result: True) == "fast"
    assert race.begun == 1


def test_nobody_begins_when_one_is_nearly_done() -> None:
    ready = threading.Event()

    def nearly(rivalry: Rivalry) -> str:
        rivalry.nearly_done.set()
        ready.wait(10 * SOON)
        return "first"

    race = Race({"first": nearly, "other": answers("other")}, SOON)
    assert race.run(lambda result: True) == "first"
    assert race.begun == 1


def test_next_begins_at_once_when_one_has_nothing_to_say() -> None:
    race = Race({"first": answers("unknown"), "other": answers("known")}, LATE)
    assert race.run(lambda result: result == "known") == "other"
    assert race.results == {"first": "unknown", "other": "known"}


def test_last_one_may_take_longer_than_the_head_start() -> None:
    def slow(_: Rivalry) -> str:
        time.sleep(10 * SOON)
        return "known"

    race = Race({"first": answers("unknown"), "other": slow}, SOON)
    assert race.run(lambda result: result == "known") == "other"


def test_without_a_definite_result_the_first_one_counts() -> None:
    race = Race({"first": answers("unknown"), "other": answers("unknown too")}, LATE)
    assert race.run(lambda result: False) == "first"


def test_fault_is_raised_where_the_race_is_run() -> None:
    def fails(_: Rivalry) -> str:
        raise KeyError("mine")

    race = Race({"slow": until_over, "faulty": fails}, SOON)
    with pytest.raises(KeyError, match="mine"):
        race.run(lambda result: True)
    assert race.left_behind == []


def test_who_does_not_stop_is_left_behind() -> None:
    free = threading.Event()

    def deaf(_: Rivalry) -> str:
        free.wait(LATE)
        return "late"

    race = Race({"deaf": deaf, "fast": answers("fast")}, SOON)
    assert race.run(lambda result: True) == "fast"
    assert race.left_behind == ["deaf"]
    free.set()
