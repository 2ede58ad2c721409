"""Claims about time: asked of systems with clocks, judged and certified like any other claim."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.oracle import stays_in_domains
from tests.oracle.graph import World, configurations
from tests.oracle.time import Measure, Time, answer, stay, total
from tests.systems import systems
from tests.systems.formulas import Draw, chance, formula, pick, point

from tunnelproof.engines.contract import Limits
from tunnelproof.errors import ClaimError
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.interchange.certificate_folder import CertificateFolder
from tunnelproof.interchange.export import export
from tunnelproof.interchange.outcome_json import outcome_document
from tunnelproof.model.language.component import Component, Configuration, compose, seconds
from tunnelproof.model.language.system import Duration, System
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Lasts, Timed, Within
from tunnelproof.properties.document import read_claims, to_json
from tunnelproof.rendering.explain import render
from tunnelproof.rendering.explanation import Explanation
from tunnelproof.verification.prove import prove
from tunnelproof_certify import main as certify

MOST = 3


def lamp(*, blinks: bool = False, scale: int = 1) -> System:
    """A lamp that somebody may put out, and that is lit again after 5 to 30 seconds."""
    configuration, part = Configuration(), Component("lamp", actor="os")
    careful = configuration.setting("careful", bool)
    on = part.variable("on", bool, start=True)
    part.action("put_out", when=on & ~careful, then={on: False})
    part.action("light", when=~on, then={on: True}, takes=seconds(5, 30))
    if blinks:
        part.action("blink", when=~on, takes=seconds(0, 0))
    if scale > 1:
        part.action("renew", when=on, takes=seconds(scale, scale))
    return compose("lamp", configuration=configuration, components=[part])


DARK = ~name("on")


def dark(at_most: int, **more: object) -> Lasts:
    return Lasts(id="lamp.dark", sentence="It is soon light again.", point=DARK, at_most=at_most, **more)  # type: ignore[arg-type]


def verdicts(system: System, claim: Timed) -> dict[Verdict, int]:
    return {cell.verdict: cell.configurations for cell in prove(system, [claim])[claim.id].cells}


def test_a_stay_is_bounded_by_the_upper_bound_and_by_no_second_less() -> None:
    assert prove(lamp(), [dark(30)])["lamp.dark"].verdict is Verdict.PROVED
    assert verdicts(lamp(), dark(29)) == {Verdict.PROVED: 1, Verdict.REFUTED: 1}


def test_stays_add_up_since_the_last_reset() -> None:
    since_renewed = dark(60, since=taken("put_out"))
    assert prove(lamp(), [since_renewed])["lamp.dark"].verdict is Verdict.PROVED
    in_all = dark(60, since=~name("on") & name("on"))
    assert verdicts(lamp(), in_all) == {Verdict.PROVED: 1, Verdict.REFUTED: 1}


def test_an_answer_comes_within_the_bound_and_no_second_less() -> None:
    def lit(at_most: int) -> Within:
        return Within(id="lamp.lit", sentence="", trigger=taken("put_out"), response=taken("light"), at_most=at_most)

    assert verdicts(lamp(), lit(29))[Verdict.REFUTED] == 1
    assert prove(lamp(), [lit(30)])["lamp.lit"].verdict is Verdict.PROVED


def test_a_claim_about_what_never_is_is_vacuous() -> None:
    outcome = prove(lamp(), [dark(5)], where="careful")["lamp.dark"]
    assert outcome.verdict is Verdict.UNKNOWN and outcome.reason is Reason.VACUOUS


def test_nothing_is_proved_where_time_stands_still() -> None:
    outcome = prove(lamp(blinks=True), [dark(5)])["lamp.dark"]
    assert outcome.verdict is Verdict.UNKNOWN and "standstill" in outcome.detail
    assert outcome.cell(Verdict.REFUTED) is None


def test_times_of_very_different_size_are_rounded_and_nothing_wrong_is_said() -> None:
    system = lamp(scale=86_400)
    claims = [replace(dark(at_most), id=f"lamp.dark-{at_most}") for at_most in (29, 86_399, 86_400)]
    outcome = prove(system, claims)
    assert outcome["lamp.dark-86400"].verdict is Verdict.PROVED
    assert outcome["lamp.dark-29"].verdict is Verdict.REFUTED  # the durations of its cone need no rounding
    either = Within(
        id="lamp.either", sentence="", trigger=taken("renew"), response=taken("put_out") | taken("light"), at_most=29
    )
    found = prove(system, [either])["lamp.either"]
    assert {cell.verdict for cell in found.cells} == {Verdict.REFUTED}


def test_a_limit_leaves_a_claim_unknown() -> None:
    part = Component("counter", actor="os")
    n = part.variable("n", range(0, 4), start=0)
    part.action("up", when=n != 3, then={n: n + 1}, takes=seconds(1, 2))
    system = compose("counter", configuration=Configuration(), components=[part])
    claim = Lasts(id="counter.low", sentence="", point=n == 0, at_most=2)
    assert prove(system, [claim])["counter.low"].verdict is Verdict.PROVED
    for states in (1, 3):
        found = prove(system, [claim], limits=Limits(states=states, seconds=0.000_001))["counter.low"]
        assert found.verdict is Verdict.UNKNOWN and found.reason is not None


def test_a_witness_is_told_step_by_step() -> None:
    outcome = prove(lamp(), [dark(29)])
    found = outcome["lamp.dark"]
    text = render(Explanation(outcome.about(found.claim.id), found, "lamp"))
    assert "put_out" in text and "5 s pass" in text
    assert outcome.graph("lamp.dark").number_of_edges() == 7
    document = outcome_document(outcome)["claims"][0]
    assert document["kind"] == "lasts"
    steps = next(c for c in document["cells"] if c["verdict"] == "refuted")["evidence"]["witnesses"][0]["steps"]
    assert [step["actor"] for step in steps] == ["os"] + ["time"] * 6


def test_certificates_of_timed_systems_are_accepted_by_the_certifier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = [replace(dark(at_most), id=f"lamp.dark-{at_most}") for at_most in (29, 30)]
    prove(lamp(), claims, sink=CertificateFolder(tmp_path, lamp()))
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [f"lamp.dark-{n}.certificate.json" for n in (29, 30)]
    assert certify([str(file) for file in files]) == 0
    said = capsys.readouterr().out
    assert "refuted in 1" in said
    assert said.count("accepted") == 4 and "rejected" not in said


def test_claims_about_time_are_kept_by_their_json_form() -> None:
    claims = (dark(29, since=taken("light")), dark(3, given=("os",)))
    claims = (claims[0], replace(claims[1], id="lamp.other"))
    assert read_claims(to_json(claims), lamp()) == claims


@pytest.mark.parametrize("at_most", [-1, 1.5, True, "30", 2**31])
def test_a_time_that_is_no_whole_number_of_seconds_is_refused(at_most: object) -> None:
    with pytest.raises(ClaimError, match="TP203.*at_most"):
        dark(at_most)  # type: ignore[arg-type]


def test_a_stay_in_a_step_is_refused() -> None:
    claim = Lasts(id="lamp.step", sentence="", point=taken("light"), at_most=3)
    with pytest.raises(ClaimError, match="TP216"):
        prove(lamp(), [claim])


@st.composite
def timed_claims(draw: Draw) -> tuple[System, list[Timed]]:
    """Draw a system some of whose actions have durations, and a claim of each kind about time."""
    system = draw(systems())

    def duration() -> Duration | None:
        lo = draw(st.integers(0, 2))
        return pick(draw, [None, Duration(lo, None), Duration(lo, lo + 1), Duration(1, 2)])

    system = replace(system, actions=tuple(replace(a, each=False, duration=duration()) for a in system.actions))
    labels = {a.name: tuple(o.name for o in a.outcomes) for a in system.actions}

    def about_steps() -> object:
        return point(draw, system.domains, labels, system.actors)

    state, most = formula(draw, system.domains), draw(st.integers(0, MOST))
    since = about_steps() if chance(draw, 2) else None
    claims: list[Timed] = [
        Lasts(id="lasts", sentence="", point=state, since=since, at_most=most),  # type: ignore[arg-type]
        Within(id="within", sentence="", trigger=about_steps(), response=about_steps(), at_most=most),  # type: ignore[arg-type]
    ]
    return system, claims


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25, phases=[Phase.generate])
@given(timed_claims())
def test_verdicts_are_those_of_a_simulation(asked: tuple[System, list[Timed]]) -> None:
    system, claims = asked
    assume(all(stays_in_domains(system).values()))
    outcome = prove(system, claims)
    for claim in claims:
        for configuration in configurations(system):
            world = World(system, configuration)
            values, _ = Time(world, 1).values(measured(claim, world), MOST + 1)
            longest = max((value for value in values if value is not None), default=0)
            said = outcome[claim.id].partition.label_of(world.rigid).verdict
            expected = {Verdict.REFUTED} if longest > claim.at_most else {Verdict.PROVED, Verdict.UNKNOWN}
            assert said in expected
            if said is Verdict.UNKNOWN:  # only ever because of a standstill
                assert any(a.duration is not None and a.duration.hi == 0 for a in system.actions)


def measured(claim: Timed, world: World) -> Measure:
    if isinstance(claim, Within):
        return answer(world, claim.trigger, claim.response)
    assert isinstance(claim, Lasts)
    return stay(world, claim.point) if claim.since is None else total(world, claim.point, claim.since)


@pytest.mark.parametrize("language", ["promela", "murphi", "smv"])
def test_exporters_say_that_they_leave_claims_about_time_out(language: str) -> None:
    written = export(lamp(), [dark(30)], to=language)
    assert any(note.startswith("lamp.dark:") for note in written.notes)
    assert written.text.count("lasted") == 0
