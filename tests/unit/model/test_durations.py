"""Durations of actions: how they are written, read, refused and shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tunnelproof.errors import ModelError
from tunnelproof.interchange.export import export
from tunnelproof.model.language.component import WEAK, Component, Configuration, compose, seconds
from tunnelproof.model.language.document import read_system, sha256, to_document, to_json
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Duration, Source, System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant
from tunnelproof.rendering.show import model_text
from tunnelproof.rendering.terminal import Style
from tunnelproof.verification.prove import prove

HERE = Source("https://example.org", "about half a minute")


def lamp(takes: Duration | None, **more: object) -> System:
    part = Component("lamp", actor="os")
    on = part.variable("on", bool, start=False)
    part.action("light", when=~on, then={on: True}, takes=takes, **more)  # type: ignore[arg-type]
    return compose("lamp", configuration=Configuration(), components=[part])


def test_a_duration_is_kept_by_the_json_form() -> None:
    for takes in (seconds(5, 30, source=HERE), seconds(0, 7), seconds(3, None), seconds(0, None)):
        system = lamp(takes)
        assert read_system(to_json(system)) == system
        assert system.actions[0].duration == takes


def test_the_json_form_writes_no_default_and_nothing_where_there_is_no_duration() -> None:
    assert "takes" not in to_json(lamp(None))
    document = to_document(lamp(seconds(0, 30)))["actions"]
    assert isinstance(document, list) and isinstance(document[0], dict)
    assert document[0]["takes"] == {"at_most": 30}


def test_a_duration_is_part_of_the_models_hash() -> None:
    hashes = {sha256(lamp(takes)) for takes in (None, seconds(0, 30), seconds(0, 31), seconds(1, 30))}
    assert len(hashes) == 4


def test_a_join_has_a_duration_of_its_own() -> None:
    part = Component("lamp", actor="os")
    on = part.variable("on", bool, start=False)
    part.join("light", part.part(when=~on, then={on: True}), takes=seconds(1, 2))
    assert compose("lamp", configuration=Configuration(), components=[part]).actions[0].duration == Duration(1, 2)


@pytest.mark.parametrize("takes", [(-1, 2), (3, 2), (0, 2**31), (True, 2), (0, 1.5), ("1", 2)])
def test_bounds_that_are_no_interval_of_whole_seconds_are_refused(takes: tuple[object, object]) -> None:
    with pytest.raises(ModelError, match="TP146"):
        lamp(Duration(*takes))  # type: ignore[arg-type]


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(ModelError, match="TP146.*seconds"):
        lamp(30)  # type: ignore[arg-type]


def test_a_duration_does_not_go_with_fairness_for_each_choice() -> None:
    with pytest.raises(ModelError, match="TP147"):
        lamp(seconds(0, 1), choose={"which": Range(0, 1)}, fair=WEAK, each=True)


def test_a_fault_in_json_has_its_place() -> None:
    text = to_json(lamp(seconds(0, 30))).replace('{"at_most": 30}', '{"at_least": 31, "at_most": 30}')
    with pytest.raises(ModelError, match="TP146") as refused:
        read_system(text)
    assert refused.value.where is not None and refused.value.where.line > 1
    for wrong in ('{"at_most": "x"}', '{"least": 3}', "3"):
        with pytest.raises(ModelError):
            read_system(to_json(lamp(seconds(0, 30))).replace('{"at_most": 30}', wrong))


def test_show_states_the_duration_and_its_source() -> None:
    shown = model_text(lamp(seconds(60, 86_400, source=HERE)), (), Style(False, True))
    assert "takes 1 min to 24 h" in shown and "duration: about half a minute" in shown
    assert "takes at least 2 days" in model_text(lamp(seconds(172_800, None)), (), Style(False, True))


def test_untimed_claims_do_not_see_durations() -> None:
    never = Invariant(id="lamp.never", sentence="It stays dark.", holds=~name("on"))
    cells = [prove(lamp(takes), [never])["lamp.never"].verdict for takes in (None, seconds(7, 9))]
    assert cells[0] is cells[1] and cells[0].value == "refuted"


@pytest.mark.parametrize("language", ["promela", "murphi", "smv"])
def test_exporters_leave_durations_out_and_say_so(language: str) -> None:
    timed, untimed = export(lamp(seconds(7, 9)), to=language), export(lamp(None), to=language)
    assert [note for note in timed.notes if "durations" in note] and not untimed.notes
    assert json.dumps(timed.text).count("at_most") == 0
    assert replace(lamp(seconds(7, 9)).actions[0], duration=None) == lamp(None).actions[0]
