"""Claims as JSON: every kind survives, and what a claim speaks of must exist."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunnelproof.errors import ClaimError, TunnelproofError
from tunnelproof.model.language.component import Component, Configuration, compose, outcome
from tunnelproof.model.language.document import read_system, sha256, to_document, to_json
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Apply, Literal, Read, Taken
from tunnelproof.model.language.system import Confidence, Fairness, Source, System
from tunnelproof.model.language.temporal import AG, EF, EX, G, U
from tunnelproof.model.language.terms import after, both, by, name, taken
from tunnelproof.properties import document as claims_json
from tunnelproof.properties.claims import (
    KINDS,
    Claim,
    Ctl,
    DeadlockFree,
    Invariant,
    Lasts,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    Tradeoff,
    Within,
)
from tunnelproof.properties.wellformed import check_claim, check_claims


def counter() -> System:
    configuration = Configuration()
    configuration.setting("strict", bool)
    it = Component("it", actor="user")
    n = it.variable("n", Range(0, 3), start=0)
    it.derived("full", n == 3)
    it.action("count up", when=n < 3, outcomes=[outcome("done", {n: n + 1}), outcome("lost")])
    it.action("reset", then={n: 0}, actor="os")
    return compose("counter", configuration=configuration, components=[it])


SYSTEM = counter()
N, FULL = name("n"), name("full")
SOURCE = Source("dossier", "so", confidence=Confidence.PRESS)
CLAIMS: tuple[Claim, ...] = (
    Invariant(id="in.range", sentence="n stays small", holds=N <= 3, source=SOURCE, given=("user",)),
    Invariant(id="when", sentence="s", holds=taken("reset"), when=both(N == 0, by("os")), may_be_vacuous="why not"),
    StepInvariant(id="step", sentence="s", holds=after(N) >= N, when=taken("count up", "done")),
    Reachable(id="top", sentence="s", point=FULL),
    Precedence(id="first", sentence="s", first=taken("reset"), then=FULL, since=by("user")),
    DeadlockFree(id="free", sentence="s", by=("user", "os"), except_=FULL),
    DeadlockFree(id="free-for-all", sentence="s"),
    Recoverable(id="back", sentence="s", goal=N == 0, by=("os",), barring=("count up",)),
    Recoverable(id="cheap", sentence="s", goal=N == 0, within=0),
    Response(id="response", sentence="s", trigger=FULL, response=N == 0, assuming={"reset": Fairness.WEAK}),
    Recurrence(id="again", sentence="s", point=N == 0),
    NeverForever(id="never", sentence="s", points=(FULL, N == 0)),
    Ltl(id="line", sentence="s", formula=G(FULL >> U(taken("reset"), N == 0)), assuming={"reset": Fairness.STRONG}),
    Ctl(id="tree", sentence="s", formula=AG(FULL >> EX(EF(N == 0)))),
    Lasts(id="stay", sentence="s", point=FULL, at_most=30),
    Lasts(id="total", sentence="s", point=FULL, at_most=0, since=taken("reset")),
    Within(id="soon", sentence="s", trigger=taken("count up"), response=taken("reset"), at_most=86_400),
    Tradeoff(id="both", sentence="s", claims=("top", "back")),
)


def test_every_kind_of_claim_survives_its_json_form() -> None:
    assert {claim.kind for claim in CLAIMS} == set(KINDS)
    text = claims_json.to_json(CLAIMS)
    again = claims_json.read_claims(text, SYSTEM)
    assert again == CLAIMS
    assert claims_json.to_json(again) == text


def test_one_file_may_hold_a_model_and_its_claims_and_the_hash_covers_the_model() -> None:
    document: dict[str, Any] = {**to_document(SYSTEM), "claims": [claims_json.to_document(c) for c in CLAIMS]}
    text = json.dumps(document)
    system = read_system(text)
    assert claims_json.read_claims(text, system) == CLAIMS
    assert sha256(system) == sha256(SYSTEM)
    assert claims_json.read_claims(to_json(SYSTEM), SYSTEM) == ()


def test_claims_can_be_written_by_hand_with_formulas() -> None:
    (claim,) = claims_json.read_claims(
        """{"schema": "tunnelproof.claims/1", "claims": [{"id": "c", "sentence": "s", "kind": "response",
        "trigger": {"formula": "full and taken(count up/done)"}, "response": {"formula": "n = 0"},
        "assuming": {"reset": "strong"}}]}""",
        SYSTEM,
    )
    assert claim == Response(
        id="c",
        sentence="s",
        trigger=Apply("and", (Read("full"), Taken("count up", "done"))),
        response=Apply("=", (Read("n"), Literal(0))),
        assuming={"reset": Fairness.STRONG},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("claim", "code", "says", "hint"),
    [
        ('{"id": "c", "kind": @"invariants"}', "TP174", "'invariants' is not a kind", "did you mean 'invariant'"),
        ('@{ID}', "TP173", "no 'kind'", "invariant"),
        ('@{"kind": "reachable", ID}', "TP173", "no 'point'", "add"),
        ('{"kind": "reachable", ID, @"pont": "full"}', "TP172", "'pont'", "'point'"),
        ('{"kind": "reachable", "id": @"c/d", "sentence": "", "point": true}', "TP121", "'c/d'", "letters"),
        ('{"kind": "reachable", ID, "point": @"ful"}', "TP111", "'ful'", "mean 'full'"),
        ('{"kind": "reachable", ID, "point": @"n"}', "TP110", "truth value", "compare"),
        ('{"kind": "reachable", ID, "point": @null}', "TP175", "null", "write"),
        ('{"kind": "reachable", ID, "point": {"formula": "n = 3 or @fll"}}', "TP113", "'fll'", "mean 'full'"),
        ('{"kind": "reachable", ID, "point": {"formula": "n = @= 3"}}', "TP141", "'='", "missing"),
        ('{"kind": "reachable", ID, "point": @{"taken": "rest"}}', "TP111", "'rest'", "mean 'reset'"),
        ('{"kind": "reachable", ID, "point": @{"taken": "count up", "outcome": "don"}}', "TP111", "'don'", "'done'"),
        ('{"kind": "reachable", ID, "point": @{"by": "usr"}}', "TP111", "actor 'usr'", "mean 'user'"),
        ('{"kind": "reachable", ID, "point": @{"next": "full"}}', "TP112", "step invariant", "next"),
        ('{"kind": "step-invariant", ID, "holds": @{"next": {"by": "os"}}}', "TP112", "no other step", "move"),
        ('{"kind": "recoverable", ID, "goal": @{"by": "os"}}', "TP112", "not about steps", "only"),
        ('{"kind": "deadlock-free", ID, "except": @{"taken": "reset"}}', "TP112", "not about steps", "only"),
        ('{"kind": "deadlock-free", ID, "by": [@"oss"]}', "TP211", "unknown actor 'oss'", "mean 'os'"),
        ('{"kind": "deadlock-free", ID, "given": [@"oss"]}', "TP211", "unknown actor 'oss'", "mean 'os'"),
        ('{"kind": "recoverable", "id": @"c", "sentence": "", "goal": "full", "within": -1}', "TP203", "is -1", "0"),
        ('{"kind": "recoverable", ID, "goal": "full", "within": @"1"}', "TP171", "whole number", "whole"),
        ('{"kind": "recoverable", ID, "goal": "full", "barring": [@"rset"]}', "TP211", "'rset'", "'reset'"),
        ('{"kind": "recurrence", ID, "point": "full", "assuming": {@"rset": "weak"}}', "TP211", "'rset'", "'reset'"),
        ('{"kind": "recurrence", ID, "point": "full", "assuming": {"reset": @"week"}}', "TP174", "'week'", "'weak'"),
        ('{"kind": "never-forever", ID, "points": @[]}', "TP202", "names no point", "at least"),
        ('{"kind": "tradeoff", ID, "claims": [@"d"]}', "TP215", "claim 'd' is unknown", "none"),
        ('{"kind": "tradeoff", ID, "claims": [@"c"]}', "TP215", "itself a trade-off", "none"),
        (
            '{"kind": "reachable", ID, "point": true}, {"kind": "reachable", "id": @"c", "sentence": "", "point": 1}',
            "TP213", "given twice", "its own id",
        ),
        ("@7", "TP171", "a claim must be an object, not a number", "object"),
    ],
)  # fmt: skip
def test_fault_of_a_claim_is_one_line_with_place_and_hint(claim: str, code: str, says: str, hint: str) -> None:
    claim = claim.replace("ID", '"id": "c", "sentence": ""')
    before, _, rest = f'{{"schema": "tunnelproof.claims/1",\n "claims": [{claim}]}}'.partition("@")
    with pytest.raises(ClaimError) as caught:
        claims_json.read_claims(before + rest, SYSTEM, "c.json")
    fault = caught.value
    assert (fault.code, str(fault.where)) == (code, f"c.json:2:{len(before) - before.rfind(chr(10))}"), str(fault)
    assert says in fault.message
    assert hint in fault.hint
    assert str(fault).isprintable()
    assert fault.status == 3


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "tunnelproof.outcome/1"}', '{"schema": 1}', "[" * 9999])
def test_file_without_claims_is_refused(text: str) -> None:
    with pytest.raises(ClaimError) as caught:
        claims_json.read_claims(text, SYSTEM)
    assert caught.value.where
    assert caught.value.hint


def test_claims_made_in_python_are_checked_too() -> None:
    check_claims(CLAIMS, SYSTEM)
    with pytest.raises(ClaimError, match="'a b/c' is not an id"):
        check_claim(Reachable(id="a b/c", sentence="s", point=FULL), SYSTEM)
    with pytest.raises(ClaimError, match="trades off nothing"):
        check_claims([Tradeoff(id="t", sentence="s", claims=())], SYSTEM)
    with pytest.raises(ClaimError, match="unknown action 'restart'"):
        check_claim(NeverForever(id="t", sentence="s", points=(FULL, taken("restart"))), SYSTEM)


TEXT = claims_json.to_json(CLAIMS)
PIECES = st.sampled_from([*'{}[]",:0 \n', "null", "true", '"n"', '"full"', "7", '{"by": "os"}', "[]", '"reset"'])


@settings(max_examples=300)
@given(st.data())
def test_changed_claims_are_read_or_refused(data: st.DataObject) -> None:
    text = TEXT
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 6)))
        text = text[:start] + data.draw(PIECES) + text[end:]
    try:
        claims = claims_json.read_claims(text, SYSTEM, "c.json")
    except TunnelproofError as fault:
        assert isinstance(fault, ClaimError)
        assert fault.where
        assert fault.where.line
        assert "\n" not in str(fault)
    else:
        assert claims_json.read_claims(claims_json.to_json(claims), SYSTEM) == claims


def test_claims_in_a_file_of_their_own_are_read_and_named_in_faults(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    claim = '{"kind": "deadlock-free", "id": "a.b", "sentence": "Something can always happen."}'
    path.write_text(f'{{"schema": "tunnelproof.claims/1",\n "claims": [{claim}]}}', encoding="utf-8")
    (read,) = claims_json.read_claims_file(path, SYSTEM)
    assert read == DeadlockFree(id="a.b", sentence="Something can always happen.")
    path.write_text('{"schema": "tunnelproof.claims/1",\n "claims": [7]}', encoding="utf-8")
    with pytest.raises(ClaimError) as caught:
        claims_json.read_claims_file(path, SYSTEM)
    assert str(caught.value.where) == f"{path}:2:13"
