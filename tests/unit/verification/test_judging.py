"""Nothing but what the judge has checked becomes a verdict, whatever engines say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.evidence.small import SAID, K, X, walk

from tunnelproof.engines.contract import Finding, LimitReached, Progress, Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.errors import ClaimError, ModelError, UsageError
from tunnelproof.evidence.certificate import Certificate, Witness
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.component import ANY, WEAK, Component, Configuration, compose
from tunnelproof.model.language.domains import Enum, Range
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import after, name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Reachable,
    Recurrence,
    Response,
    StepInvariant,
    Tradeoff,
)
from tunnelproof.verification import portfolio
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.prove import prove

PROVED, REFUTED, UNKNOWN, WITHHELD = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN, Verdict.WITHHELD
KEYED = walk("a 0>1", "b 1>2 os if k", "c 2>0", "d 1>0")
LOW = Invariant(**SAID, holds=X < 2)  # refuted where k


class Lying(ReferenceEngine):
    """The reference engine, but for one lie."""

    def __init__(
        self,
        about: Callable[[Finding], Finding] = lambda finding: finding,
        witness: Callable[[Witness], Witness | None] = lambda witness: witness,
    ) -> None:
        super().__init__()
        self._about, self._of_witness = about, witness

    def decide(self, question: Question, progress: Progress) -> Finding:
        return self._about(super().decide(question, progress))

    def witness(self, question: Question, configuration: int) -> Witness | None:
        found = super().witness(question, configuration)
        return found and self._of_witness(found)


@pytest.fixture
def hear(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ClaimOutcome]:
    def ask(claim: Claim, *engines: ReferenceEngine, system: System = KEYED) -> ClaimOutcome:
        known = {f"e{i}": engine for i, engine in enumerate(engines)}
        monkeypatch.setattr(portfolio, "ENGINES", known)
        monkeypatch.setattr(portfolio, "engine_named", known.__getitem__)
        return prove(system, [claim], engine="all")[claim.id]

    return ask


def by_key(outcome: ClaimOutcome) -> list[Verdict]:
    """Return the verdicts where k is false, and where it is true."""
    return [outcome.partition.label_of({"k": k}).verdict for k in (False, True)]


def verdicts(*found: Verdict) -> Callable[[Finding], Finding]:
    return lambda finding: replace(finding, verdicts=found)


def test_an_honest_engine_is_confirmed(hear: Callable[..., ClaimOutcome]) -> None:
    outcome = hear(LOW, Lying())
    assert by_key(outcome) == [PROVED, REFUTED]
    assert all(cell.evidence.checked for cell in outcome.cells)


@pytest.mark.parametrize(
    ("said", "judged"),
    [
        ((PROVED, PROVED), [PROVED, WITHHELD]),
        ((REFUTED, REFUTED), [WITHHELD, REFUTED]),
        ((REFUTED, PROVED), [WITHHELD, WITHHELD]),
        ((UNKNOWN, REFUTED), [UNKNOWN, REFUTED]),
        ((PROVED, UNKNOWN), [PROVED, UNKNOWN]),
        ((WITHHELD, WITHHELD), [WITHHELD, WITHHELD]),
    ],
)
def test_a_wrong_verdict_is_withheld(
    hear: Callable[..., ClaimOutcome], said: tuple[Verdict, ...], judged: list[Verdict]
) -> None:
    none = Lying(verdicts(*said), lambda w: w)
    outcome = hear(LOW, none)
    assert by_key(outcome) == judged
    assert outcome.verdict == max(judged, key=list(Verdict).index)


def test_a_wrong_verdict_about_what_is_reachable_is_withheld(hear: Callable[..., ClaimOutcome]) -> None:
    claim = Reachable(**SAID, point=X == 2)
    assert by_key(hear(claim, Lying())) == [REFUTED, PROVED]
    assert by_key(hear(claim, Lying(verdicts(REFUTED, REFUTED)))) == [REFUTED, WITHHELD]
    assert by_key(hear(claim, Lying(verdicts(PROVED, PROVED)))) == [WITHHELD, PROVED]


def test_a_certificate_that_does_not_check_withholds_all_its_proofs(hear: Callable[..., ClaimOutcome]) -> None:
    def spoil(finding: Finding) -> Finding:
        assert finding.certificate.closed is not None
        return replace(finding, certificate=Certificate(np.delete(finding.certificate.closed, 0, axis=0)))

    outcome = hear(LOW, Lying(spoil))
    assert by_key(outcome) == [WITHHELD, REFUTED]
    assert "closed set" in outcome.detail
    assert by_key(hear(LOW, Lying(lambda f: replace(f, certificate=Certificate())))) == [WITHHELD, REFUTED]


def test_an_invariant_that_solvers_do_not_settle_is_unknown(
    hear: Callable[..., ClaimOutcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tunnelproof.evidence.checking.invariant.solvers", lambda: ("z3",))
    outcome = hear(LOW, Lying(lambda f: replace(f, certificate=Certificate(invariant=TRUE, covers=(~K).expr))))
    assert by_key(outcome)[1] is REFUTED
    assert by_key(outcome)[0] in (UNKNOWN, WITHHELD)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda w: None,
        lambda w: replace(w, steps=w.steps[:-1]),
        lambda w: replace(w, steps=(*w.steps, *w.steps)),
        lambda w: replace(w, kind="trap"),
        lambda w: replace(w, steps=()),
    ],
)
def test_without_a_witness_that_replays_nothing_is_refuted(
    hear: Callable[..., ClaimOutcome], spoil: Callable[[Witness], Witness | None]
) -> None:
    assert by_key(hear(LOW, Lying(witness=spoil))) == [PROVED, WITHHELD]


def test_a_witness_is_of_the_configuration_that_it_was_asked_for(hear: Callable[..., ClaimOutcome]) -> None:
    for said in ((False,), (), ("nonsense", 1)):
        outcome = hear(LOW, Lying(witness=lambda w, said=said: replace(w, configuration=said)))
        assert by_key(outcome) == [PROVED, REFUTED]
        cell = outcome.cell(REFUTED)
        assert cell is not None
        assert cell.evidence.runs[0].configuration == {"k": True}


def test_engines_that_contradict_each_other_are_both_withheld(hear: Callable[..., ClaimOutcome]) -> None:
    outcome = hear(LOW, Lying(), Lying(verdicts(PROVED, PROVED)))
    assert by_key(outcome) == [PROVED, WITHHELD]
    assert "contradict" in outcome.detail
    assert by_key(hear(LOW, Lying(), Lying(verdicts(UNKNOWN, UNKNOWN)))) == [PROVED, REFUTED]


def test_an_engine_that_stops_early_proves_nothing(hear: Callable[..., ClaimOutcome]) -> None:
    def stop(finding: Finding) -> Finding:
        raise LimitReached(Reason.LIMIT, "enough")

    def break_down(finding: Finding) -> Finding:
        raise MemoryError

    for lie in (stop, break_down):
        outcome = hear(LOW, Lying(lie))
        assert by_key(outcome) == [UNKNOWN, UNKNOWN]
        assert outcome.reason is Reason.LIMIT


def test_a_step_invariant_is_asked_of_the_whole_where_unseen_steps_break_it() -> None:
    part, other = Component("part", actor="os"), Component("other", actor="user")
    x, y = part.variable("x", Range(0, 1), start=0), other.variable("y", bool, start=False)
    part.action("go", when=x == 0, then={x: 1})
    other.action("flip", then={y: ~y})
    system = compose("steps", configuration=Configuration(), components=[part, other])
    grows = prove(system, [StepInvariant(**SAID, holds=after(X) > X)], engine="reference")["c"]
    assert (grows.verdict, len(grows.cone.actions)) == (REFUTED, 2)
    stays = prove(system, [StepInvariant(**SAID, holds=after(X) >= X)], engine="reference")["c"]
    assert (stays.verdict, len(stays.cone.actions)) == (PROVED, 1)
    unsure = prove(system, [StepInvariant(**SAID, holds=after(X) >= X, when=after(X) == X)], engine="reference")["c"]
    assert [(cell.verdict, cell.vacuous) for cell in unsure.cells] == [(PROVED, None)]


def test_a_claim_that_looks_at_nothing_anywhere_is_unknown() -> None:
    claim = Invariant(**SAID, holds=X < 2, when=X == 4)
    outcome = prove(KEYED, [claim], engine="reference")["c"]
    assert (outcome.verdict, outcome.reason) == (UNKNOWN, Reason.VACUOUS)
    excused = replace(claim, may_be_vacuous="nobody goes there")
    assert prove(KEYED, [excused], engine="reference")["c"].verdict is PROVED
    here = Invariant(**SAID, holds=X < 3, when=X == 2)
    cells = prove(KEYED, [here], engine="reference")["c"].cells
    assert [(c.verdict, c.vacuous) for c in cells] == [(PROVED, False), (PROVED, True)]
    narrowed = prove(KEYED, [here], where="not k", engine="reference")["c"]
    assert narrowed.reason is Reason.VACUOUS


# --- domains -----------------------------------------------------------------------------------------------------


def counting(*, guard: object = True, where_k: bool = False) -> System:
    configuration, part = Configuration(), Component("part", actor="os")
    k = configuration.setting("k", bool)
    x, y = part.variable("x", Range(0, 3), start=0), part.variable("y", Range(0, 1), start=0)
    part.action("more", when=k if where_k else guard, then={x: x + 1, y: y + 1})
    part.action("look", when=k & (x == 0), then={})
    return compose("counting", configuration=configuration, components=[part])


def test_no_verdict_is_given_where_an_assignment_leaves_its_domain() -> None:
    with pytest.raises(ModelError) as fault:
        prove(counting(where_k=True), [Invariant(**SAID, holds=X < 4)], engine="reference")
    assert fault.value.code == "TP141"
    assert "'y' := y + 1" in fault.value.message  # x would leave its domain later, by steps that there are not
    inside = prove(counting(where_k=True), [Invariant(**SAID, holds=X == 0)], where="not k", engine="reference")
    assert inside["c"].verdict is PROVED
    assert (
        prove(counting(guard=name("y") < 1), [Invariant(**SAID, holds=X < 2)], engine="reference")["c"].verdict
        is PROVED
    )


def test_a_claim_of_given_actors_still_needs_domains_for_all() -> None:
    with pytest.raises(ModelError):
        prove(counting(), [Invariant(**SAID, holds=X < 4, given=())], engine="reference")


def test_a_configuration_that_cannot_start_is_named() -> None:
    configuration, part = Configuration(), Component("part", actor="os")
    configuration.setting("k", bool)
    x, y = part.variable("x", bool, start=ANY), part.variable("y", bool, start=K)
    part.initially(x & y)
    part.action("go", when=x, then={x: ~x})
    system = compose("no start", configuration=configuration, components=[part])
    with pytest.raises(ModelError) as fault:
        prove(system, [Invariant(**SAID, holds=K | ~K)], engine="reference")
    assert (fault.value.code, "k = False" in fault.value.message) == ("TP140", True)
    assert prove(system, [DeadlockFree(**SAID)], where="k", engine="reference")["c"].verdict is REFUTED


# --- what is asked -----------------------------------------------------------------------------------------------


def test_two_claims_with_one_id_are_refused_and_do_not_hide_each_other() -> None:
    with pytest.raises(ClaimError) as fault:
        prove(KEYED, [LOW, replace(LOW, holds=TRUE)], engine="reference")
    assert fault.value.code == "TP213"


def test_where_is_a_truth_value_over_the_configuration() -> None:
    configuration, part = Configuration(), Component("part", actor="os")
    mode = configuration.setting("mode", Enum("Mode", ("off", "on")))
    configuration.setting("b", bool)
    x = part.variable("x", bool, start=False)
    part.action("go", when=mode == "on", then={x: True})
    system = compose("modes", configuration=configuration, components=[part])
    claim = Invariant(**SAID, holds=~x)
    assert prove(system, [claim], where="mode = off", engine="reference")["c"].verdict is PROVED
    for wrong in ("mode", "b = 1", "x", "mode = away", name("mode").expr, x.expr, taken("go").expr):
        with pytest.raises(UsageError):
            prove(system, [claim], where=wrong, engine="reference")


# --- trade-offs --------------------------------------------------------------------------------------------------

EVERYWHERE = Invariant(id="everywhere", sentence="", holds=X < 3)
WITHOUT_K = Invariant(id="without-k", sentence="", holds=X < 2)
GETS_THERE = Reachable(id="gets-there", sentence="", point=X == 2)
VACUOUS = Invariant(id="vacuous", sentence="", holds=X < 2, when=X == 4)


def weighed(*parts: Claim, **options: object) -> list[Verdict]:
    trade = Tradeoff(**SAID, claims=tuple(part.id for part in parts))
    return by_key(prove(KEYED, [trade, *parts], engine="reference", **options)["c"])  # type: ignore[arg-type]


def test_a_tradeoff_is_refuted_where_every_part_is_proved() -> None:
    assert weighed(EVERYWHERE) == [REFUTED, REFUTED]
    assert weighed(EVERYWHERE, WITHOUT_K) == [REFUTED, PROVED]
    assert weighed(WITHOUT_K, GETS_THERE) == [PROVED, PROVED]
    assert weighed(EVERYWHERE, GETS_THERE) == [PROVED, REFUTED]
    assert weighed(EVERYWHERE, VACUOUS) == [REFUTED, REFUTED]  # shown with the part


def test_a_tradeoff_is_no_better_known_than_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_engine(engine: ReferenceEngine) -> list[Verdict]:
        monkeypatch.setattr(portfolio, "engine_named", lambda _: engine)
        return weighed(EVERYWHERE, WITHOUT_K)

    def only(which: int, said: Verdict) -> Callable[[Finding], Finding]:
        return lambda f: replace(f, verdicts=tuple(said if i == which else v for i, v in enumerate(f.verdicts)))

    assert with_engine(Lying(only(0, UNKNOWN))) == [UNKNOWN, PROVED]
    assert with_engine(Lying(only(0, REFUTED))) == [WITHHELD, PROVED]
    assert with_engine(Lying(lambda f: replace(f, verdicts=(UNKNOWN,) * len(f.verdicts)))) == [UNKNOWN, UNKNOWN]


def test_a_tradeoff_of_a_claim_that_is_not_asked_is_refused() -> None:
    with pytest.raises(ClaimError):
        prove(KEYED, [Tradeoff(**SAID, claims=("nobody",))], engine="reference")
    with pytest.raises(ClaimError):
        prove(KEYED, [Tradeoff(**SAID, claims=())], engine="reference")


# --- fair runs on a cone -----------------------------------------------------------------------------------------


def test_a_dropped_fair_action_neither_helps_nor_hinders() -> None:
    part, clock = Component("part", actor="os"), Component("clock", actor="clock")
    x = part.variable("x", Range(0, 2), start=0)
    face = clock.variable("face", bool, start=False)
    part.action("go", when=x == 0, then={x: 1}, fair=WEAK)
    part.action("on", when=x == 1, then={x: 2})
    clock.action("tick", then={face: ~face}, fair=WEAK)
    system = compose("beside", configuration=Configuration(), components=[part, clock])
    asked = [
        Recurrence(id="one", sentence="", point=X > 0),
        Recurrence(id="two", sentence="", point=X == 2),
        Response(id="three", sentence="", trigger=X == 0, response=X == 1),
    ]
    outcome = prove(system, asked, engine="reference")
    assert [outcome[c.id].verdict for c in asked] == [PROVED, REFUTED, PROVED]
    assert all(len(outcome[c.id].cone.actions) == 2 for c in asked)
