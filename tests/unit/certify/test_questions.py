"""Proofs by invariant: what is asked of solvers means what the claim means, and two of them have to answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import Any

import pytest
import z3
from tests.unit.certify.second import plain, side_by_side, slice_of
from tests.unit.evidence.small import SAID, K, X, walk

import tunnelproof_certify as certify
from tunnelproof.model.language.component import ANY, Component, Configuration, compose, outcome
from tunnelproof.model.language.document import expression_document
from tunnelproof.model.language.domains import Enum, Range
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Term, after, by, either, name, taken
from tunnelproof.properties.claims import Claim, DeadlockFree, Invariant, Precedence, Reachable, StepInvariant

SEEN = name(certify.SEEN[1])


def written(formula: Term | Expr) -> Any:
    return plain(expression_document(formula.expr if isinstance(formula, Term) else formula))


def satisfiable(question: str) -> bool:
    solver = z3.Solver()
    solver.from_string(question)
    return {"sat": True, "unsat": False}[str(solver.check())]


# --- terms ------------------------------------------------------------------------------------------------------------


def numbers() -> certify.Slice:
    configuration, part = Configuration(), Component("part", actor="os")
    configuration.setting("k", Enum("Mode", ("off", "on")))
    n, m = part.variable("n", Range(-2, 3), start=0), part.variable("m", Range(1, 4), start=1)
    b, e = part.variable("b", bool, start=False), part.variable("e", Enum("Colour", ("red", "green", "on")), start=ANY)
    low = part.derived("low", n < 1)
    part.derived("more", n + m)
    part.action("set", when=low & b, then={n: m, m: n, e: "red"})
    system = compose("numbers", configuration=configuration, components=[part])
    return slice_of(system, DeadlockFree(**SAID))


CUT = numbers()
NAMES = ["k", "n", "m", "b", "e"]
TERMS: list[Any] = [
    *([op, "n", "m"] for op in ("+", "-", "*", "min", "max")),
    *(["*", "n", -2], ["mod", "n", 3], ["-", "more", 1]),
    *(["=", "n", "m"], ["!=", "n", "m"], ["<", "n", "m"], ["<=", "n", "m"], [">", "n", "m"], [">=", "n", "m"]),
    *(["not", "b"], ["and", "b", "low"], ["or", "b", "low"], ["implies", "b", "low"], ["and", "b"], ["=", "b", "low"]),
    *(["if", "b", "n", "m"], ["if", "low", "b", False], ["and", True, "b"], ["!=", "b", True]),
    *(["=", "e", {"value": "green"}], ["!=", "k", {"value": "on"}], ["=", "e", {"value": "on"}]),
]


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("text", TERMS, ids=str)
def test_a_term_has_the_value_of_the_expression(text: Any, later: bool) -> None:
    scope = certify.Scope(CUT.model.types)
    expr, kind = certify._typed(text, scope)
    script = certify.Script(CUT, [], {"invariant": True})
    term = script.term(expr, later)
    layout = certify.Layout(CUT.model, NAMES)
    block = certify.Block(layout, list(range(layout.total)))
    cases = []
    for row, value in enumerate(block.column(expr)):
        named = [
            f"(= {script.symbols[name, later]} {script._value(each)})"
            for name, each in layout.named(row).items()
            if name in CUT.model.reads(expr)
        ]
        cases.append(f"(=> {certify.join('and', named)} (= {term} {script._value(value)}))")
    assert len(set(cases)) > 1
    assert not satisfiable(script.text(f"(not {certify.join('and', sorted(set(cases)))})"))
    assert satisfiable(script.text(*sorted(set(cases))))


def test_every_value_of_a_domain_can_be_and_no_other() -> None:
    script = certify.Script(CUT, [], {"invariant": True})
    for known, values in CUT.model.values.items():
        for later in (False, True):
            symbol = script.symbols[known, later]
            assert not satisfiable(script.text(*(f"(not (= {symbol} {script._value(value)}))" for value in values)))
    for known, value in (("n", -2), ("n", 3), ("m", 1), ("m", 4), ("k", "on"), ("e", "red"), ("e", "on")):
        for later in (False, True):
            assert satisfiable(script.text(f"(= {script.symbols[known, later]} {script._value(value)})"))
    assert len({script._value(text) for text in ("off", "on", "red", "green")}) == 4
    assert script.symbols["k", False] == script.symbols["k", True]
    assert script.symbols["n", False] != script.symbols["n", True]


@pytest.mark.parametrize(
    ("invariant", "logic"),
    [
        (["<", ["*", "n", 2], 5], "QF_LIA"),
        (["<", ["*", 2, "n"], 5], "QF_LIA"),
        (["<", ["*", "n", "m"], 5], "QF_NIA"),
    ],
)
def test_the_logic_is_the_narrowest(invariant: Any, logic: str) -> None:
    script = certify.Script(CUT, [], {"invariant": invariant})
    ((_, question), *_) = script.questions(certify.FALSE, True)
    assert question.startswith(f"(set-logic {logic})\n")
    assert question.endswith("(check-sat)\n")


def test_a_text_is_what_every_solver_reads() -> None:
    script = certify.Script(CUT, [], {"invariant": True})
    assert [script._value(v) for v in (0, 1, 5, -1, -5, True, False)] == [
        "0",
        "1",
        "5",
        "(- 1)",
        "(- 5)",
        "true",
        "false",
    ]
    b, n, m = ("read", "b"), ("read", "n"), ("read", "m")
    assert script.term(("and", b)) == script.term(("or", b)) == script.term(b)
    for expr, start in (
        (("if", b, n, m), "(ite "),
        (("implies", b, b), "(=> "),
        (("!=", n, m), "(distinct "),
        (("min", n, m), "(ite (<= "),
        (("max", n, m), "(ite (>= "),
        (("mod", n, ("value", 2)), "(mod "),
        (("not", b), "(not "),
    ):
        assert script.term(expr).startswith(start)


# --- questions --------------------------------------------------------------------------------------------------------

LOOP = walk("up 0>1", "down 1>0 user", "out 2>3", "back 3>2")  # 2 and 3 are not reachable
TWO = walk("up 0>1", "on 1>2 os if k", "home 2>0", "rest 1>0")


def falls(system: System, claim: Claim, document: Any, **names: list[str]) -> list[str]:
    """Return the names of the obligations that have a counterexample."""
    cut = slice_of(system, claim, **names)
    script = certify.Script(cut, cut.model.constraints, document)
    found = cut.claim.bad if cut.claim.kind in ("invariant", "step-invariant", "reachable") else certify.FALSE
    if cut.claim.kind == "precedence":
        found = cut.claim.formulas["then"]
    return [what for what, question in script.questions(found, True) if satisfiable(question)]


@pytest.mark.parametrize(
    ("claim", "invariant", "fall"),
    [
        (Invariant(**SAID, holds=X < 2), X < 2, []),
        (Invariant(**SAID, holds=X < 2), X < 1, ["step"]),
        (Invariant(**SAID, holds=X < 2), (X > 0) & (X < 2), ["initial", "step"]),
        (Invariant(**SAID, holds=X < 2), X < 5, ["step"]),  # back from 3 to 2
        (Invariant(**SAID, holds=X > 0), X < 2, ["initial", "step"]),
        (Invariant(**SAID, holds=X < 1), X < 2, ["step"]),
        (Invariant(**SAID, holds=X == 1, when=taken("up")), X < 2, []),
        (Invariant(**SAID, holds=X == 1, when=by("user")), X < 2, ["step"]),
        (Invariant(**SAID, holds=~taken("down"), when=X == 1), X < 2, []),
        (Invariant(**SAID, holds=taken("up"), when=X == 0), X < 2, ["initial", "step"]),
        (StepInvariant(**SAID, holds=after(X) != X), X < 2, []),
        (StepInvariant(**SAID, holds=after(X) == 0, when=by("user")), X < 2, []),
        (StepInvariant(**SAID, holds=after(X) > X), X < 2, ["step"]),
        (StepInvariant(**SAID, holds=X > 0), X < 2, ["step"]),
        (StepInvariant(**SAID, holds=X < 2), X < 2, []),
        (StepInvariant(**SAID, holds=after(X) < 2), X < 2, []),
        (Reachable(**SAID, point=X == 2), X < 2, []),
        (Reachable(**SAID, point=X == 1), X < 2, ["step"]),
        (Reachable(**SAID, point=X == 0), X < 2, ["initial", "step"]),
        (Reachable(**SAID, point=taken("down") & (X == 1)), X < 2, []),
        (DeadlockFree(**SAID), X < 2, []),
        (DeadlockFree(**SAID), X < 5, ["state"]),  # nobody moves at 4
        (DeadlockFree(**SAID, by=("user",)), X < 2, ["state"]),
        (DeadlockFree(**SAID, by=("user",), except_=X == 0), X < 2, []),
        (DeadlockFree(**SAID, by=("os",), except_=X == 0), X < 2, ["state"]),
        (Precedence(**SAID, first=taken("up"), then=taken("down")), SEEN | (X == 0), []),
        (Precedence(**SAID, first=taken("up"), then=taken("down")), X < 2, ["step"]),
        (Precedence(**SAID, first=taken("up"), then=X == 1, since=X == 0), X < 2, []),
        (Precedence(**SAID, first=taken("down"), then=X == 1), X < 2, ["step"]),
        (Precedence(**SAID, first=taken("down"), then=X == 0), X < 2, ["initial"]),
        (Precedence(**SAID, first=X == 0, then=X == 1), SEEN & (X < 2), []),
        (Precedence(**SAID, first=X == 0, then=X == 1), ~SEEN, ["initial", "step"]),
        (Precedence(**SAID, first=X == 0, then=X == 1, since=taken("up")), SEEN & (X < 2), ["step"]),
        (Precedence(**SAID, first=X == 1, then=taken("down"), since=X == 0), either(SEEN, X == 0) & (X < 2), ["step"]),
        (Precedence(**SAID, first=X == 1, then=taken("down")), either(SEEN, X == 0) & (X < 2), []),
    ],
)
def test_a_question_has_a_counterexample_where_the_invariant_or_the_claim_fails(
    claim: Claim, invariant: Term, fall: list[str]
) -> None:
    assert falls(LOOP, claim, {"invariant": written(invariant)}) == fall


def test_of_a_checked_invariant_only_the_trigger_is_asked() -> None:
    for claim, trigger, met in (
        (Invariant(**SAID, holds=X < 2, when=X == 1), X == 1, ["step"]),
        (Invariant(**SAID, holds=X < 2, when=X == 0), X == 0, ["initial", "step"]),
        (Invariant(**SAID, holds=X < 2, when=X == 2), X == 2, []),
        (StepInvariant(**SAID, holds=X < 2, when=X == 0), X == 0, ["step"]),
        (StepInvariant(**SAID, holds=X < 2, when=after(X) == X), after(X) == X, []),
        (Precedence(**SAID, first=X == 0, then=X == 1), X == 1, ["step"]),
        (Precedence(**SAID, first=X == 0, then=X == 0), X == 0, ["initial", "step"]),
        (Precedence(**SAID, first=X == 0, then=X == 2), X == 2, []),
    ):
        cut = slice_of(LOOP, claim)
        script = certify.Script(cut, [], {"invariant": written(X < 2)})
        scope = certify.Scope(cut.model.types, cut.model.actions, cut.model.actors, True)
        asked = list(script.questions(certify.read_expression(written(trigger), scope), False))
        assert [what for what, question in asked if satisfiable(question)] == met
        assert [what for what, _ in asked] == ["initial", "step"]


def test_steps_that_the_slice_lacks_change_nothing_but_are_steps() -> None:
    system, x = side_by_side(), name("x")
    only = {"variables": ["x"], "actions": ["up"]}
    rises, any_ = StepInvariant(**SAID, holds=after(x) > x), StepInvariant(**SAID, holds=after(x) >= x)
    assert falls(system, rises, {"invariant": True}, **only) == ["unchanged"]
    assert falls(system, any_, {"invariant": True}, **only) == []
    assert falls(system, StepInvariant(**SAID, holds=after(x) > x), {"invariant": True}) == ["step"]


def test_a_definition_stands_for_its_formula_now_and_next() -> None:
    claim = Invariant(**SAID, holds=X < 2)
    small = [["small", written(X < 2)]]
    assert falls(LOOP, claim, {"invariant": "small", "definitions": small}) == []
    assert falls(LOOP, claim, {"invariant": ["not", "small"], "definitions": small}) == ["initial", "step"]
    two = [*small, ["zero", ["and", "small", written(X < 1)]]]
    assert falls(LOOP, claim, {"invariant": "zero", "definitions": two}) == ["step"]
    assert falls(LOOP, claim, {"invariant": ["or", "zero", "small"], "definitions": two}) == []
    precedence = Precedence(**SAID, first=X == 0, then=X == 1)
    seen = [["seen it", ["and", certify.SEEN[1], written(X < 2)]]]
    assert falls(LOOP, precedence, {"invariant": "seen it", "definitions": seen}) == []


@pytest.mark.parametrize(
    "definitions",
    [
        [["x", True]],
        [["d", True], ["d", True]],
        [["d"]],
        [["d", True, True]],
        [[1, True]],
        ["d"],
        [{"d": True}],
    ],
)
def test_a_definition_is_a_new_name_and_a_formula(definitions: Any) -> None:
    with pytest.raises(certify.Unreadable, match="a definition is no pair"):
        falls(LOOP, Invariant(**SAID, holds=X < 2), {"invariant": True, "definitions": definitions})


def test_an_invariant_reads_what_there_is() -> None:
    for claim, invariant, definitions in (
        (Invariant(**SAID, holds=X < 2), certify.SEEN[1], []),
        (Invariant(**SAID, holds=X < 2), "later", [["early", "later"], ["later", True]]),
        (Invariant(**SAID, holds=X < 2), "x", []),
        (Invariant(**SAID, holds=X < 2), None, []),
    ):
        with pytest.raises(certify.Unreadable):
            falls(LOOP, claim, {"invariant": invariant, "definitions": definitions})


def test_a_question_is_about_the_configurations_asked_for() -> None:
    claim = Invariant(**SAID, holds=X < 2)
    inductive = {"invariant": written((X < 2) | (K & (X < 3)))}
    assert falls(TWO, claim, inductive) == ["step"]
    cut = slice_of(TWO, claim)
    for about, fall in ((("not", ("read", "k")), []), (("read", "k"), ["step"])):
        script = certify.Script(cut, [about], inductive)
        asked = script.questions(cut.claim.bad, True)
        assert [what for what, question in asked if satisfiable(question)] == fall


def test_starts_and_steps_are_the_models() -> None:
    configuration, part = Configuration(), Component("part", actor="os")
    configuration.setting("k", bool)
    n = part.variable("n", Range(0, 2), start=[1, 2])
    b = part.variable("b", bool, start=ANY)
    part.initially(b | (n == 1))
    more = outcome("more", {n: n + name("p")}, when=name("p") > 0)
    part.action("go", when=b, choose={"p": Range(0, 1)}, outcomes=[more, outcome("turn", {b: K})])
    system = compose("pairs", configuration=configuration, components=[part])
    cut = slice_of(system, DeadlockFree(**SAID))
    script, layout = certify.Script(cut, [], {"invariant": True}), cut.layout
    rows = list(range(layout.total))

    def among(some: Iterable[int], later: bool) -> str:
        cases = [
            certify.join(
                "and", [f"(= {script.symbols[n, later]} {script._value(v)})" for n, v in layout.named(r).items()]
            )
            for r in some
        ]
        return certify.join("or", cases)

    starts = {row for found in certify.initial_rows(layout, ["k"], [0, 1]) for row in found}
    assert 0 < len(starts) < layout.total
    differs = f"(xor {certify.join('and', script.start())} {among(starts, False)})"
    assert not satisfiable(script.text(differs))
    for step in cut.steps:
        at, after_ = layout.take(step, rows)
        enabled = certify.join("and", script.enabled(step))
        assert not satisfiable(script.text(f"(xor {enabled} {among(at, False)})"))
        pairs = [f"(and {among([s], False)} {among([t], True)})" for s, t in zip(at, after_, strict=True)]
        assert not satisfiable(script.text(f"(xor {script.moves(step)} {certify.join('or', pairs)})"))


# --- solvers ----------------------------------------------------------------------------------------------------------


def says(*words: str) -> list[str]:
    return ["sh", "-c", f"printf '%s ' {' '.join(words)}"]


UNSAT, ALSO = says("unsat"), ["sh", "-c", "echo unsat"]


def ask(*solvers: list[str], timeout: float = 20.0) -> None:
    certify.ask(list(solvers), timeout, "step", "(check-sat)")


def test_two_solvers_that_say_unsat_settle_a_question() -> None:
    ask(UNSAT, ALSO)


@pytest.mark.parametrize("few", [[], [UNSAT], [UNSAT, UNSAT]])
def test_one_solver_is_not_enough(few: list[list[str]]) -> None:
    with pytest.raises(certify.NotChecked, match="two different solvers"):
        ask(*few)


def test_a_program_under_two_paths_is_one_solver() -> None:
    path = shutil.which("sh")
    assert path is not None
    with pytest.raises(certify.NotChecked, match="two different solvers"):
        ask(UNSAT, [path, *UNSAT[1:]])
    with pytest.raises(certify.NotChecked, match="does not answer"):
        ask(["/nowhere/one"], ["/nowhere/two"])


@pytest.mark.parametrize("second", ["unknown", "unsat unsat", "", "'(error)' unsat", "unsat sat", "UNSAT"])
def test_another_answer_leaves_the_question_open(second: str) -> None:
    for order in ([UNSAT, says(second)], [says(second), UNSAT]):
        with pytest.raises(certify.NotChecked, match=r"answer .*'unknown'.* to the obligation 'step'"):
            ask(*order)


def test_one_counterexample_is_enough() -> None:
    for other in (UNSAT, says("unknown")):
        with pytest.raises(certify.Rejected, match="the obligation 'step' has a counterexample"):
            ask(says("sat"), other)
        with pytest.raises(certify.Rejected, match="the obligation 'step' has a counterexample"):
            ask(other, says("sat"))


def test_a_solver_that_is_late_does_not_answer() -> None:
    with pytest.raises(certify.NotChecked, match="sh does not answer: TimeoutExpired"):
        ask(["sh", "-c", "exec sleep 9"], UNSAT, timeout=0.1)


def test_a_solver_reads_the_question_from_a_file() -> None:
    asks = ["sh", "-c", 'grep -q check-sat "$0" && echo unsat']
    ask(UNSAT, asks)


def test_terms_are_joined() -> None:
    assert [certify.join("and", terms) for terms in ([], ["a"], ["a", "b"])] == ["true", "a", "(and a b)"]
    assert [certify.join("or", terms) for terms in ([], ["a"], ["a", "b"])] == ["false", "a", "(or a b)"]
