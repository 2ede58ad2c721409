"""`exposure` measures how long things last: figures, runs that show them, documents and exit statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interchange.test_documents import schema, violations

RULES = schema("exposure-1.json")

MODEL = """
from tunnelproof.model.language.component import WEAK, Component, Configuration, compose, seconds
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Lasts

configuration = Configuration()
kept = configuration.setting("kept", bool)
by_hand = configuration.habit("by_hand", bool)
part = Component("lamp", actor="os")
on = part.variable("on", bool, start=True)
broken = part.variable("broken", bool, start=False)
part.action("put_out", when=on & ~kept, then={on: False})
part.action("light", when=~on & ~broken & ~by_hand, then={on: True}, fair=WEAK, takes=seconds(5, 30))
part.action("push", actor="user", when=~on & by_hand, then={on: True})
part.action("wear", when=~on & ~broken & ~by_hand, then={broken: True}, takes=seconds(20, None))
part.action("mend", when=broken, then={broken: False}, fair=WEAK)
system = compose("lamp", configuration=configuration, components=[part])
claims = [
    Lasts(id="lamp.dark", sentence="It is dark for half a minute at most.", point=~on, at_most=30),
    Lasts(id="lamp.dark-for-a-minute", sentence="Or for a minute.", point=~on, at_most=60),
    Lasts(id="lamp.left-alone", sentence="If nobody wears it out.", point=~on & ~broken, at_most=30),
    Lasts(id="lamp.since-put-out", sentence="In all.", point=~on & ~broken, since=taken("put_out"), at_most=60),
]
"""


@pytest.fixture
def lamp(tmp_path: Path) -> Path:
    path = tmp_path / "lamp.py"
    path.write_text(MODEL, encoding="utf-8")
    return path


def figures(document: Any, claim: str, **configuration: bool) -> dict[str, tuple[str, int | None]]:
    """Return the figures of the claim in the group of which some run, or the formula, has the configuration."""
    measured = next(m for m in document["measured"] if claim in m["claims"])
    group = next(
        g for g in measured["groups"] if eval(g["when"].replace("true", "True"), {"__builtins__": {}}, configuration)
    )
    return {name: (f["bound"], f["value"]) for name, f in group["figures"].items()}


def test_documents_have_exact_figures(lamp: Path, run: Any) -> None:
    ran = run("exposure", lamp, "--output-format", "json")
    document = json.loads(ran.out)
    assert ran.status == 0
    assert violations(document, RULES, RULES) == []
    never = ("never", None)
    assert figures(document, "lamp.dark", kept=True, by_hand=False) == {"longest": never, "shortest": never}
    assert figures(document, "lamp.dark", kept=False, by_hand=False) == {
        "longest": ("for ever", None),  # worn out and mended again and again
        "shortest": ("exact", 5),
    }
    assert figures(document, "lamp.dark", kept=False, by_hand=True) == {
        "longest": ("for ever", None),
        "shortest": ("exact", 0),
    }
    assert figures(document, "lamp.left-alone", kept=False, by_hand=False) == {
        "longest": ("exact", 30),
        "shortest": ("exact", 5),
    }


def test_claims_that_speak_of_the_same_are_measured_once(lamp: Path, run: Any) -> None:
    document = json.loads(run("exposure", lamp, "dark", "dark-for-a-minute", "--output-format", "json").out)
    assert [measured["claims"] for measured in document["measured"]] == [["lamp.dark", "lamp.dark-for-a-minute"]]


def test_what_adds_up_is_counted_until_the_reset(lamp: Path, run: Any) -> None:
    document = json.loads(run("exposure", lamp, "since-put-out", "--output-format", "json").out)
    found = figures(document, "lamp.since-put-out", kept=False, by_hand=False)
    # Worn out and mended, again and again, before it is lit.
    assert found == {"total": ("for ever", None), "number": ("for ever", None)}


def test_text_says_where_and_shows_the_run(lamp: Path, run: Any) -> None:
    ran = run("exposure", lamp, "left-alone", "--where", "not kept and not by_hand")
    assert (ran.status, ran.err) == (0, "")
    assert "longest 30 s · shortest 5 s  in 1 of 1" in ran.out
    assert "longest: put_out → 5 s pass (6 times)" in ran.out
    assert "shortest: put_out → 5 s pass → light" in ran.out
    endless = run("exposure", lamp, "dark", "--where", "by_hand and not kept")
    assert "longest without end" in endless.out and "then for ever: 5 s pass" in endless.out


def test_durations_may_be_asked_about(lamp: Path, run: Any) -> None:
    ran = run("exposure", lamp, "left-alone", "--where", "not kept and not by_hand", "--takes", "light=7..11")
    assert "longest 11 s · shortest 7 s" in ran.out
    assert "longest without bound" in run("exposure", lamp, "left-alone", "--takes", "light=7..").out


def test_states_may_be_named(lamp: Path, run: Any) -> None:
    ran = run("exposure", lamp, "--of", "on", "--where", "kept")
    assert "time in on" in ran.out and "longest without end" in ran.out
    alone = run("exposure", lamp, "--of", "not on", "--given", "os", "--where", "by_hand and not kept")
    assert "the actors are os" in alone.out and "shortest never ends" in alone.out
    cycle = run("exposure", lamp, "--of", "not on and not broken", "--since", "taken(wear)", "--where", "not kept")
    assert "added up since taken(wear)" in cycle.out


@pytest.mark.parametrize(
    ("options", "status", "says"),
    [
        (("--takes", "lite=1..2"), 2, "TP067"),
        (("--takes", "light=x"), 2, "TP067"),
        (("--takes", "light=9..2"), 3, "TP146"),
        (("--of", "on or"), 2, "--of"),
        (("--of", "taken(light)"), 3, "TP216"),
        (("--since", "on"), 2, "TP068"),
        (("--of", "on", "--given", "nobody"), 3, "TP211"),
        (("nothing",), 4, "TP303"),
    ],
)
def test_faults_are_told(lamp: Path, run: Any, options: tuple[str, ...], status: int, says: str) -> None:
    ran = run("exposure", lamp, *options)
    assert ran.status == status and says in ran.err and "Traceback" not in ran.err


def test_model_without_such_claims_has_nothing_to_measure(door: str, run: Any) -> None:
    ran = run("exposure", door)
    assert ran.status == 4 and "TP310" in ran.err


def test_standstill_of_time_is_reported(lamp: Path, run: Any) -> None:
    ran = run(
        "exposure",
        lamp,
        "--of",
        "not on",
        "--takes",
        "wear=0..0",
        "--takes",
        "mend=0..0",
        "--where",
        "not by_hand and not kept",
    )
    assert ran.status == 20 and "time can come to a standstill: put_out" in ran.out
