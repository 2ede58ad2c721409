"""What exported texts say, without any checker."""

from __future__ import annotations

import enum
import re

import pytest

from tunnelproof.errors import NothingToCheck, UsageError
from tunnelproof.interchange.export import FORMATS, export
from tunnelproof.interchange.export.header import plain
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Apply, Literal, Read
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Term, choose, name, taken
from tunnelproof.properties.claims import (
    Claim,
    Invariant,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    Tradeoff,
)


class Light(enum.StrEnum):
    RED = "red"
    GREEN = "green"


def lamp(title: str = "") -> System:
    """A lamp that somebody switches, and that a timer may turn off."""
    configuration = Configuration()
    timed = configuration.setting("timed", bool)
    color = configuration.setting("start_color", Light)
    configuration.require(timed | (color == Light.RED))
    part = Component("lamp", actor="user")
    lit = part.variable("lit", bool, start=False)
    shows = part.variable("shows", Light, start=color)
    other = part.variable("other", Light, start=[Light.RED, Light.GREEN])
    part.derived("dark", ~lit)
    part.action("switch", when=name("dark"), then={lit: True})
    part.action("swap", then={shows: other, other: shows})
    timer = Component("timer", actor="timer")
    timer.action("turn-off", when=lit & timed, then={lit: False}, fair=WEAK)
    return compose("lamp", configuration=configuration, components=[part, timer], title=title)


LIT = name("lit")


def text(to: str, *claims: Claim, system: System | None = None) -> str:
    return export(system or lamp(), claims, to=to).text


@pytest.mark.parametrize("to", list(FORMATS))
def test_same_text_every_time_and_plain_ascii(to: str) -> None:
    system = lamp("Lámpara */ with -- an odd \n title")
    assert export(system, to=to) == export(system, to=to)
    assert text(to, system=system).isascii()
    assert "*/ with" not in text(to, system=system)


@pytest.mark.parametrize("to", list(FORMATS))
def test_configurations_are_chosen_among_the_valid_ones(to: str) -> None:
    equals = "==" if to == "promela" else "="
    assert f"start_color {equals} red" in text(to)
    narrowed = export(lamp(), to=to, where=(~name("timed")).expr)
    assert len(narrowed.text) > len(text(to))


def test_swapped_variables_keep_the_old_value() -> None:
    assert "old_shows = shows; shows = other; other = old_shows" in text("promela")
    assert "hidden mtype old_shows;" in text("promela")
    assert "old_shows := shows;\n  shows := other;\n  other := old_shows;" in text("murphi")
    assert "next(shows) = other & next(other) = shows" in text("smv")


def test_derived_names_are_macros_functions_and_definitions() -> None:
    assert "#define dark (!lit)" in text("promela")
    assert "function dark(): boolean;\nbegin return !lit; end;" in text("murphi")
    assert "DEFINE\n  dark := !lit;" in text("smv")


def test_configuration_is_frozen_in_smv() -> None:
    assert re.search(r"FROZENVAR\n  timed : boolean;", text("smv"))


def test_rest_is_written_where_runs_are_infinite_only() -> None:
    again = Recurrence(id="again", sentence="", point=~LIT)  # type: ignore[arg-type]
    never = Invariant(id="never", sentence="", holds=~LIT)  # type: ignore[arg-type]
    assert "at rest" not in text("promela") and "at rest" not in text("promela", never)
    assert ":: d_step { !(lit && timed) -> look() } /* at rest */" in re.sub(
        r"taken_\w+ = false; ", "", text("promela", again)
    )
    assert "at rest" not in text("smv", never)
    assert "at rest" in text("smv", again)


def test_weak_and_strong_fairness_in_smv() -> None:
    weak = Recurrence(id="again", sentence="", point=~LIT)  # type: ignore[arg-type]
    strong = Recurrence(id="again", sentence="", point=~LIT, assuming={"turn-off": STRONG})  # type: ignore[arg-type]
    assert "JUSTICE (!(lit & timed) | taken_turn_off);" in text("smv", weak)
    assert "COMPASSION ((lit & timed), taken_turn_off);" in text("smv", strong)
    # Claims with other fairness, or formulas of CTL, in one file: each claim brings its own.
    other = Recurrence(id="other", sentence="", point=LIT, assuming={"switch": WEAK})  # type: ignore[arg-type]
    branching = Recoverable(id="possible", sentence="", goal=~LIT)  # type: ignore[arg-type]
    for beside in (other, branching):
        assert "(G F (!(lit & timed) | taken_turn_off))\n  -> G F !lit" in text("smv", weak, beside)
        assert "((G F (lit & timed) -> G F taken_turn_off))\n  -> G F !lit" in text("smv", strong, beside)


def test_recovery_and_reachability_in_smv() -> None:
    fixed = catalogue.load("smallest")
    reach = Reachable(id="reach", sentence="", point=name("frozen"))  # type: ignore[arg-type]
    possible = Recoverable(id="possible", sentence="", goal=name("up"))  # type: ignore[arg-type]
    alone = Recoverable(id="alone", sentence="", goal=name("up"), by=("os",), given=("user",))  # type: ignore[arg-type]
    assert "CTLSPEC NAME reach :=\n  EF frozen;" in text("smv", reach, system=fixed)
    assert "CTLSPEC NAME possible :=\n  AG (EF up);" in text("smv", possible, system=fixed)
    assert "E [helped_alone U (helped_alone & up)]" in text("smv", alone, system=fixed).replace("taken_", "")


def test_precedence_is_a_formula_of_smv_and_a_variable_elsewhere() -> None:
    claim = Precedence(id="order", sentence="", first=LIT, then=name("shows") == Light.GREEN)  # type: ignore[arg-type]
    assert "!E [!lit U (!lit & (shows = green))]" in text("smv", claim)
    assert "seen_order = lit || seen_order" in text("promela", claim)
    assert "seen_order := (lit | seen_order);" in text("murphi", claim)


def test_no_format_knows_prices() -> None:
    cheap = Recoverable(id="cheap", sentence="", goal=~LIT, within=1)  # type: ignore[arg-type]
    for to in FORMATS:
        written = export(lamp(), [cheap], to=to)
        assert [note.partition(":")[0] for note in written.notes] == ["cheap"], to
        assert "CTLSPEC" not in written.text and "liveness" not in written.text.partition("cheap:")[2]


def test_what_cannot_be_said_is_said() -> None:
    claims = [
        Recoverable(id="back", sentence="", goal=~LIT, by=("timer",)),  # type: ignore[arg-type]
        Response(id="goes-out", sentence="", trigger=LIT, response=~LIT),  # type: ignore[arg-type]
        Invariant(id="alone", sentence="", holds=~LIT, given=("timer",)),  # type: ignore[arg-type]
        Tradeoff(id="either", sentence="", claims=("back", "goes-out")),
    ]
    said = {to: [note.partition(":")[0] for note in export(lamp(), claims, to=to).notes] for to in FORMATS}
    assert said["promela"] == ["either", "alone", "back"]
    assert said["murphi"] == ["either", "alone", "goes-out", "back"]
    assert said["smv"] == ["either", "alone"]
    for to in FORMATS:
        written = export(lamp(), claims, to=to)
        head = " ".join(re.sub(r"^( \*|--)", "", line).strip() for line in written.text.splitlines())
        assert all(note in head for note in written.notes)


def test_claims_given_the_same_actors_share_a_file_of_the_smaller_system() -> None:
    claim = Invariant(id="alone", sentence="", holds=~LIT, given=("timer",))  # type: ignore[arg-type]
    written = export(lamp(), [claim], to="promela")
    assert written.notes == () and "switch" not in written.text


def test_a_rest_is_told_from_a_step_where_a_formula_can_tell() -> None:
    quiet = NeverForever(id="quiet", sentence="", points=(~taken("switch"),))
    for to in ("promela", "smv"):
        assert "stopped_run" in text(to, quiet)
        assert "stopped_run" not in text(to, Recurrence(id="again", sentence="", point=LIT))  # type: ignore[arg-type]


def test_assignment_that_may_leave_its_domain_becomes_a_claim() -> None:
    part = Component("counter", actor="user")
    at = part.variable("at", Range(0, 3), start=0)
    part.action("up", then={at: at + 1})
    part.action("guarded", when=at < 3, then={at: at + 1})
    part.action("around", then={at: choose(at == 3, 0, at + 1)})
    system = compose("counter", configuration=Configuration(), components=[part])
    shown = text("promela", system=system)
    assert "#define model_stays_in_domains ((at + 1) <= 3)" in shown
    assert "d_step { ((at + 1) <= 3) -> at = (at + 1); arrive() } /* up */" in shown
    assert shown.count("<= 3") == 2


def test_numbers_that_the_format_cannot_compute_are_refused() -> None:
    part = Component("counter", actor="user")
    at = part.variable("at", Range(0, 60_000), start=0)
    part.action("up", when=at * at < 9, then={at: at + 1})
    system = compose("counter", configuration=Configuration(), components=[part])
    with pytest.raises(UsageError, match="32 bits"):
        export(system)


def test_formula_that_would_take_all_memory_is_refused() -> None:
    part = Component("counter", actor="user")
    at = part.variable("at", Range(0, 1), start=0)
    least = at.expr
    for _ in range(60):
        least = Apply("min", (least, Apply("+", (Read("at"), Literal(1)))))
    part.action("up", then={at: Term(least)})
    system = compose("counter", configuration=Configuration(), components=[part])
    with pytest.raises(UsageError, match="too long"):
        export(system)


def test_remainder_of_a_negative_number_is_no_negative_number() -> None:
    part = Component("counter", actor="user")
    at = part.variable("at", Range(-2, 2), start=0)
    part.action("fold", then={at: at % 2})
    system = compose("counter", configuration=Configuration(), components=[part])
    assert "at = (((at % 2) + 2) % 2)" in text("promela", system=system)


def test_parameters_and_outcomes_are_commands_of_their_own() -> None:
    part = Component("counter", actor="user")
    at = part.variable("at", Range(0, 3), start=0)
    results = [outcome("set", {at: name("to")}), outcome("fails", {})]
    part.action("put", when=name("to") != at, outcomes=results, choose={"to": Range(1, 2)})
    system = compose("counter", configuration=Configuration(), components=[part])
    shown = text("promela", system=system)
    assert re.findall(r"/\* (put\S* / \S+) \*/", shown) == [
        "put(to=1) / set",
        "put(to=1) / fails",
        "put(to=2) / set",
        "put(to=2) / fails",
    ]
    assert ":: d_step { (1 != at) -> at = 1 }" in shown


def test_unknown_format_and_empty_configurations_are_refused() -> None:
    with pytest.raises(UsageError, match="TLA"):
        export(lamp(), to="TLA+")
    with pytest.raises(NothingToCheck):
        export(lamp(), where=(~name("timed") & (name("start_color") == Light.GREEN)).expr)


@pytest.mark.parametrize("text", ["\x1b[31m", "a\x00b\x07", "\x7f", "\x9b", "é\u202e", '*/ \x18 /* " \ud800'])
def test_what_a_comment_says_is_printable(text: str) -> None:
    written = plain(text)
    assert written.isascii() and written.isprintable()
    assert not {"*/", "/*", '"'} & {written[k : k + n] for n in (1, 2) for k in range(len(written))}
