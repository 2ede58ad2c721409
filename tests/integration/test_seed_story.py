"""The article's story in verdicts, on the smallest model: published counts of steps, and what each way out costs."""

from __future__ import annotations

from tunnelproof.evidence.certificate import WitnessKind
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.catalogue import load
from tunnelproof.model.language.formula import format_formula
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.verification.outcome import Cell, Outcome
from tunnelproof.verification.prove import prove


def story(where: str) -> Outcome:
    return prove(load("smallest-submodel"), claims_for("smallest-submodel"), where=where)


def refuted(outcome: Outcome, claim: str) -> Cell:
    cell = outcome[claim].cell(Verdict.REFUTED)
    assert cell is not None, claim
    return cell


def test_with_force_all_apps_off_an_update_leaks_silently_after_two_actions() -> None:
    (run,) = refuted(story("not start_force_all_apps"), "leak.no-silent-exposure").evidence.runs
    assert [step.action for step in run.steps] == ["publish", "begin"]
    assert run.kind is WitnessKind.TRACE


def test_with_force_all_apps_on_and_nothing_done_there_is_no_leak_and_no_automatic_way_out() -> None:
    outcome = story("start_force_all_apps and order = stop_then_fetch")
    assert outcome["leak.none-while-updating"].verdict is Verdict.PROVED
    assert refuted(outcome, "recovery.automatic-if-left-alone").evidence.runs[0].kind is WitnessKind.TRAP
    loop = refuted(outcome, "download.update-completes").evidence.runs[0]
    assert loop.kind is WitnessKind.LASSO
    assert loop.loop is not None
    assert {"begin", "reboot"} <= {step.action for step in loop.steps[loop.loop :]}


def test_whoever_may_act_can_always_recover_and_nobody_else_always_can() -> None:
    outcome = story("true")
    assert outcome["recovery.by-anyone"].verdict is Verdict.PROVED
    assert refuted(outcome, "recovery.automatic-from-anywhere").configurations == 8
    stuck = refuted(outcome, "recovery.automatic-if-left-alone")
    assert format_formula(stuck.when) == "start_force_all_apps and (order = stop_then_fetch or freeze_on_replace = may)"
