"""Formulas: what the text form means, that it is written back, and that every fault has its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunnelproof.errors import ClaimError, ModelError, TunnelproofError, UsageError
from tunnelproof.model.language.expressions import Apply, By, Expr, Literal, Next, Read, Taken
from tunnelproof.model.language.formula import format_formula, parse_formula

NAMES = ("a", "b", "c", "x", "y", "client.mode", "slot[0]", "min", "taken")
A, B, C, X, Y = (Read(name) for name in "abcxy")


def parsed(text: str) -> Expr:
    return parse_formula(text, NAMES)


def equals(name: Expr, value: bool | int | str) -> Expr:
    return Apply("=", (name, Literal(value)))


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("a and b or not c", Apply("or", (Apply("and", (A, B)), Apply("not", (C,))))),
        ("a implies b implies c", Apply("implies", (A, Apply("implies", (B, C))))),
        ("not x = p", Apply("not", (equals(X, "p"),))),
        (
            "x = 1 + 2 * 3 - 4",
            Apply(
                "=",
                (X, Apply("-", (Apply("+", (Literal(1), Apply("*", (Literal(2), Literal(3))))), Literal(4)))),
            ),
        ),
        ("x mod 3 = -1", Apply("=", (Apply("mod", (X, Literal(3))), Literal(-1)))),
        ("x -1", Apply("-", (X, Literal(1)))),
        ("x in {p, 'q r'}", Apply("or", (equals(X, "p"), equals(X, "q r")))),
        ("x in {1}", equals(X, 1)),
        ("x not in {p, q}", Apply("not", (Apply("or", (equals(X, "p"), equals(X, "q"))),))),
        ("if a then b else c or a", Apply("if", (A, B, Apply("or", (C, A))))),
        (
            "min(x, max(y, 2)) <= 7",
            Apply("<=", (Apply("min", (X, Apply("max", (Y, Literal(2))))), Literal(7))),
        ),
        ("min < 3", Apply("<", (Read("min"), Literal(3)))),
        ("client.mode = slot[0]", Apply("=", (Read("client.mode"), Read("slot[0]")))),
        ("x = 'a' or x != a", Apply("or", (equals(X, "a"), Apply("!=", (X, A))))),
        ("taken(start the app-store.now)", Taken("start the app-store.now")),
        ("taken('fetch' / went wrong) or taken", Apply("or", (Taken("fetch", "went wrong"), Read("taken")))),
        ("taken(stop/'')", Taken("stop", "")),
        ("by(os) and next(a)", Apply("and", (By("os"), Next(A)))),
        ("\n a\n  and b", Apply("and", (A, B))),
    ],
)
def test_meaning(text: str, expr: Expr) -> None:
    assert parsed(text) == expr


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (A, "a"),
        (Apply("not", (A,)), "not a"),
        (Apply("or", (equals(X, "p"), equals(X, "q"), A)), "x in {p, q} or a"),
        (Apply("or", (equals(X, 1), equals(Y, 1), equals(Y, 2))), "x = 1 or y in {1, 2}"),
        (Apply("and", (Apply("or", (equals(X, "p"), equals(X, "q"))), A)), "x in {p, q} and a"),
        (Apply("not", (Apply("or", (equals(X, "p"), equals(X, "q"))),)), "x not in {p, q}"),
        (Apply("and", (A, Apply("or", (B, C)))), "a and (b or c)"),
        (Apply("and", (A, Apply("and", (B, C)))), "a and b and c"),
        (Apply("-", (X, Apply("-", (Y, Literal(-1))))), "x - (y - -1)"),
        (Apply("=", (A, equals(X, 1))), "a = (x = 1)"),
        (Apply("implies", (Apply("implies", (A, B)), C)), "(a implies b) implies c"),
        (Apply("and", (Apply("if", (A, B, C)), A)), "(if a then b else c) and a"),
        (equals(X, "x"), "x = 'x'"),
        (equals(X, "y"), "x = 'y'"),
        (equals(X, "else"), "x = 'else'"),
        (equals(X, "3g"), "x = '3g'"),
        (equals(X, "two words"), "x = 'two words'"),
        (Apply("and", (A,)), "a"),
        (Taken("go", "wrong way"), "taken(go/wrong way)"),
    ],
)
def test_written_with_few_parentheses_and_quotes(expr: Expr, text: str) -> None:
    assert format_formula(expr, {"y"}) == text
    assert normal(parsed(text)) == normal(expr)


@pytest.mark.parametrize(
    ("text", "column", "says", "hint"),
    [
        ("", 1, "empty", "true"),
        ("x == 1", 3, "'=='", "write '='"),
        ("a && b", 3, "'&&'", "write 'and'"),
        ("!a", 1, "'!'", "write 'not'"),
        ("a adn b", 3, "'adn'", "did you mean 'and'"),
        ("a and", 6, "ends where a value is wanted", "complete"),
        ("(((", 4, "ends where a value is wanted", "complete"),
        ("(a", 3, "ends where ')' is wanted", "complete"),
        ("(a, b)", 1, "list in parentheses", "braces"),
        ("a)", 2, "')'", "operator"),
        ("x = y = 1", 7, "do not chain", "parentheses"),
        ("x = not a", 5, "'not' cannot stand here", "parentheses"),
        ("a and if a then b else c", 7, "'if' cannot stand here", "parentheses"),
        ("x in {}", 7, "'}' where a value", "missing"),
        ("x in a", 6, "where '{' is wanted", "missing"),
        ("x not b", 7, "where 'in' is wanted", "missing"),
        ("x = then", 5, "'then' where a value", "quotes"),
        ("x = 3g", 5, "'3g'", "quotes"),
        ("x = 1.5", 5, "'1.5'", "quotes"),
        ("x = 99999999999999999999", 5, "too large", "2^63"),
        ("x = " + "9" * 5000, 5, "too large", "2^63"),
        ("x = 'p", 5, "cannot stand here", "close the quotes"),
        ("x = p; y", 6, "';'", "remove"),
        ("max(x) = 1", 1, "takes 2 arguments", "commas"),
        ("mim(x, y) = 1", 1, "no function", "did you mean 'min'"),
        ("by(os", 1, "no function", "close"),
        ("by(os/x)", 1, "names no step", "by(actor)"),
        ("taken(a//b)", 1, "names no step", "taken(action"),
        ("slot[1] = p", 1, "unknown name 'slot[1]'", "slot[0]"),
        ("x = p and \x1b[31m", 11, "'\\x1b'", "remove"),
        ("a" * 100_001, 1, "longer than", "name its parts"),
    ],
)
def test_fault_is_placed_and_explained_on_one_line(text: str, column: int, says: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_formula(text, NAMES, file="--where", error=UsageError)
    fault = caught.value
    assert str(fault.where) == f"--where:1:{column}"
    assert says in fault.message
    assert hint in fault.hint
    assert str(fault).isprintable()
    assert fault.status == 2


def test_fault_in_a_later_line_has_its_line_and_column() -> None:
    with pytest.raises(ModelError) as caught:
        parse_formula("a and\n  b and\n    c c", NAMES, file="model.json")
    assert str(caught.value.where) == "model.json:3:7"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "(" * 300 + "a" + ")" * 300,
        "not " * 20_000 + "a",
        "a + " * 20_000 + "a",
        "a implies " * 9_000 + "a",
        "next(" * 9_000,
        "if " * 30_000,
        "x in {" * 9_000,
    ],
)
def test_nesting_beyond_100_is_one_error(text: str) -> None:
    with pytest.raises(ClaimError, match="nested deeper than 100") as caught:
        parse_formula(text, NAMES, error=ClaimError)
    assert caught.value.code == "TP117"


def test_nesting_of_100_is_read_and_written() -> None:
    expr: Expr = A
    for _ in range(99):
        expr = Apply("=", (A, expr))
    assert parsed(format_formula(expr)) == expr
    long = " and ".join(["a"] * 10_000)
    assert format_formula(parsed(long)) == long


# ---
# The law

members = st.sampled_from(["p", "q", "x", "not", "min", "taken", "two words", "3g", "a-b", "v1.2", "é", "true"])
labels = st.sampled_from(["go", "a.b", "app-store stop", "3", "and"])
atoms = st.one_of(
    st.sampled_from(NAMES).map(Read),
    st.booleans().map(Literal),
    st.integers(-3, 3).map(Literal),
    members.map(Literal),
    st.builds(Taken, labels, st.none() | labels | st.just("")),
    st.builds(By, labels),
)
equalities = st.builds(lambda n, v: Apply("=", (Read(n), v)), st.sampled_from("xy"), atoms)


def applications(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    binary = st.sampled_from(["implies", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "mod", "min", "max"])
    chains = st.builds(
        Apply, st.sampled_from(["and", "or"]), st.lists(parts | equalities, min_size=1, max_size=4).map(tuple)
    )
    return st.one_of(
        chains,
        chains.map(lambda e: Apply("not", (e,))),
        st.builds(lambda e: Apply("not", (e,)), parts),
        st.builds(lambda op, left, right: Apply(op, (left, right)), binary, parts, parts),
        st.builds(lambda *args: Apply("if", args), parts, parts, parts),
        parts.map(Next),
    )


expressions = st.recursive(atoms | equalities, applications, max_leaves=20)


def normal(expr: Expr) -> Expr:
    """Open conjunctions in conjunctions, disjunctions in disjunctions, and those of one argument."""
    match expr:
        case Apply("and" | "or" as op, args):
            opened: list[Expr] = []
            for arg in map(normal, args):
                opened.extend(arg.args if isinstance(arg, Apply) and arg.op == op else [arg])
            return opened[0] if len(opened) == 1 else Apply(op, tuple(opened))
        case Apply(op, args):
            return Apply(op, tuple(map(normal, args)))
        case Next(body):
            return Next(normal(body))
        case _:
            return expr


@given(expressions, st.sets(members | st.sampled_from(NAMES)))
def test_reading_what_was_written_gives_the_same_expression(expr: Expr, others: set[str]) -> None:
    known = {*NAMES, *others} - {"not", "true", "two words", "3g", "a-b"}  # these cannot be names
    text = format_formula(expr, known)
    assert normal(parse_formula(text, known)) == normal(expr)
    assert format_formula(parse_formula(text, known), known) == text


tokens = st.sampled_from(
    [*"xpa1(){},=<+-*/'\"é\n", "-1", "!=", "==", "'q'", "and", "or", "not", "implies", "in", "mod"]
    + ["if", "then", "else", "true", "min(", "next(", "taken(", "by("]
)


@given(st.lists(tokens, max_size=15).map(" ".join) | st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_place_and_a_hint(text: str) -> None:
    try:
        parse_formula(text, NAMES)
    except TunnelproofError as fault:
        assert fault.where
        assert fault.where.line
        assert fault.hint
        assert "\n" not in str(fault)
