"""What `explain`, `graph`, `show` and `lint` say about the door."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

CLAIMS = (
    "safety.opens-whole",
    "safety.never-open",
    "reach.open",
    "steps.quiet",
    "order.push-first",
    "stuck.never",
    "closing.possible",
    "closing.happens",
    "closing.again",
    "closing.not-for-ever",
    "both.not",
)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_kind_of_claim_can_be_explained(claim: str, door: str, run: Any) -> None:
    ran = run("explain", door, claim)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"{claim}\n")
    assert all(len(line) <= 110 for line in ran.out.splitlines() if "tunnelproof " not in line and "/" not in line)


def test_trace_shows_what_changes_and_the_conjunct_that_fails(door: str, run: Any) -> None:
    text = run("explain", door, "safety.never-open").out
    assert "push: Somebody comes." in text
    assert "is_open false → true" in text
    assert "It asks for not is_open\n    after step 1, not is_open is false" in text


def test_actor_with_the_longest_name_fits_beside_the_trace(door: str, run: Any) -> None:
    model = Path(door)
    model.write_text(
        model.read_text().replace('actor="visitor"', f'actor="{"v" * 100}"').replace('"visitor"', '"owner"')
    )
    ran = run("explain", door, "safety.never-open")
    assert (ran.status, ran.err) == (0, "") and "is_open false → true" in ran.out


@pytest.mark.parametrize("command", [("show",), ("explain", "closing.happens")])
def test_text_is_as_wide_as_the_terminal_and_110_columns_in_a_pipe(
    command: tuple[str, ...], door: str, spawn: Any
) -> None:
    import fcntl
    import pty
    import struct
    import subprocess
    import sys
    import termios

    model = Path(door)
    model.write_text(model.read_text().replace("Somebody comes.", "Somebody comes along the way and opens it. " * 4))
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 70, 0, 0))
    asked = [sys.executable, "-m", "tunnelproof", command[0], door, *command[1:], "--color", "never"]
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen(asked, stdout=far, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(far)
        shown = b""
        try:
            while piece := os.read(near, 65536):
                shown += piece
        except OSError:  # how Linux says that the other side is closed
            pass
    os.close(near)
    assert process.returncode == 0
    free = [line for line in shown.decode().splitlines() if "/" not in line]
    assert 60 < max(map(len, free)) <= 70
    piped = [line for line in spawn(command[0], door, *command[1:], COLUMNS="70").out.splitlines() if "/" not in line]
    assert 90 < max(map(len, piped)) <= 110


def test_trap_names_its_states_and_what_is_missing(door: str, run: Any) -> None:
    text = run("explain", door, "closing.possible", "--where", "fitted").out
    assert "Actions of mechanism lead from there only to 1 state:\n    always is_open, broken" in text
    assert "Ways out that are missing:\n    mend by owner: not broken; then 1 step to the goal" in text


def test_other_run_that_settles_every_configuration_has_no_condition(door: str) -> None:
    from dataclasses import replace

    from tunnelproof.interchange.model_source import load_model
    from tunnelproof.model.language.expressions import TRUE
    from tunnelproof.rendering.explain import render
    from tunnelproof.rendering.explanation import Explanation
    from tunnelproof.verification.prove import prove

    source = load_model(door)
    outcome = prove(source.system, [claim for claim in source.claims if claim.id == "closing.possible"])
    found = outcome["closing.possible"]
    cell = next(cell for cell in found.cells if cell.evidence.runs)
    runs = (cell.evidence.runs[0], replace(cell.evidence.runs[1], guard=TRUE, covers=8))
    told = replace(found, cells=(replace(cell, evidence=replace(cell.evidence, runs=runs)),))
    assert "Another trap, in all 8: push → wear" in render(Explanation(outcome, told, door))


def test_nearest_configuration_shows_where_the_run_parts(door: str, run: Any) -> None:
    text = run("explain", door, "closing.possible").out
    assert "The nearest configuration with another verdict has fitted. There:" in text
    assert "the goal can still be reached: close" in text
    assert "above, close cannot be taken then: it needs works" in text


def test_lasso_shows_its_loop_and_why_it_is_fair(door: str, run: Any) -> None:
    text = run("explain", door, "closing.happens", "--where", "not fitted").out
    assert "from here for ever: nothing happens any more" in text
    assert "close (weakly fair): not enabled there" in text


def test_source_of_each_rule_stands_at_the_end_of_its_row(run: Any) -> None:
    text = run("explain", "smallest-submodel", "leak.none-while-updating").out
    assert "publish: A new version of the VPN app is out. [1 press]" in text
    assert "  [1] a published release becomes eligible for automatic updates ·" in text


@pytest.mark.parametrize("claim", ["safety.never-open", "closing.possible", "closing.happens", "closing.not-for-ever"])
def test_every_kind_of_witness_can_be_drawn(claim: str, door: str, run: Any) -> None:
    ran = run("graph", door, claim, "--where", "fitted")
    assert ran.status == 0
    assert ran.out.startswith("digraph witness {") and "n0 ->" in ran.out


def test_missing_exits_are_dashed(door: str, run: Any) -> None:
    text = run("graph", door, "closing.possible", "--where", "fitted").out
    assert 'label="mend (missing)\\lby owner\\l"' in text and "style=dashed" in text


def test_picture_formats(door: str, tmp_path: Path, run: Any) -> None:
    import shutil

    if shutil.which("dot") is None:
        pytest.skip("graphviz is not installed")
    starts = {"svg": b"<?xml", "png": b"\x89PNG", "dot": b"digraph"}
    for suffix, start in starts.items():
        target = tmp_path / f"x.{suffix}"
        assert run("graph", door, "safety.never-open", "--output", target).status == 0
        assert target.read_bytes().startswith(start)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_show_reads_like_the_model(door: str, run: Any) -> None:
    text = run("show", door).out
    assert "fitted: true or false\n        A spring is fitted." in text
    assert "quality: lasts, breaks" in text
    assert "close [weak fairness]" in text and "when is_open and works" in text and "is_open := false" in text
    assert "closing.possible [recoverable]" in text


def test_show_says_what_the_claims_mean(door: str, run: Any) -> None:
    model = Path(door)
    model.write_text(
        model.read_text()
        + """
claims += [
    Recoverable(id="x.barred", sentence="S.", goal=~is_open, given=("visitor",), by=("mechanism", "owner"),
                barring=("wear", "mend")),
    Recurrence(id="x.assuming", sentence="S.", point=~is_open, assuming={"mend": "strong", "close": "none"}),
    Invariant(id="x.vacuous", sentence="S.", holds=~is_open, may_be_vacuous="It may."),
    DeadlockFree(id="x.nobody", sentence="S.", by=()),
]
"""
    )
    text = run("show", door).out
    assert "Not pushed for ever.\n      point 1: taken(push)\n" in text
    assert "Not both.\n      claims: closing.possible, safety.never-open\n" in text
    assert (
        "      goal: not is_open\n      given: visitor\n      by: mechanism, owner\n      barring: wear, mend\n" in text
    )
    assert "      point: not is_open\n      assuming: close none, mend strong\n" in text
    assert "      may be vacuous: It may.\n" in text
    assert text.endswith("      by: nobody\n")


def test_shown_document_has_the_claims_and_gives_the_same_answer(door: str, tmp_path: Path, run: Any) -> None:
    from tunnelproof.interchange.model_source import load_model
    from tunnelproof.model.language.document import sha256

    document = run("show", door, "--output-format", "json")
    copy = tmp_path / "door.json"
    copy.write_text(document.out)
    source, again = load_model(door), load_model(str(copy))
    assert again.claims == source.claims
    assert sha256(again.system) == sha256(source.system)
    assert run("show", copy, "--output-format", "json").out == document.out
    assert run("prove", copy).status == run("prove", door).status == 10


def test_shown_document_of_a_model_without_claims_has_none(door: str, run: Any) -> None:
    import json

    Path(door).write_text(Path(door).read_text() + "\nclaims = []\n")
    assert "claims" not in json.loads(run("show", door, "--output-format", "json").out)


def test_show_lists_the_shipped_models(run: Any) -> None:
    assert "smallest-table" in run("show").out


def test_shipped_models_leave_little_to_remark(run: Any) -> None:
    ran = run("lint", "smallest-submodel")
    assert ran.status in (0, 10) and "can never be taken" not in ran.out, ran.out


def test_lint_finds_what_can_never_be_of_use(tmp_path: Path, run: Any) -> None:
    model = tmp_path / "odd.py"
    model.write_text(
        """
import enum
from tunnelproof.model.language.component import WEAK, Component, Configuration, compose, outcome
from tunnelproof.properties.claims import Invariant

class Light(enum.StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"

configuration = Configuration()
unused = configuration.setting("unused", bool)
lamp = Component("lamp", actor="lamp")
light = lamp.variable("light", Light, start=Light.RED)
fixed = lamp.variable("fixed", bool, start=True)
lamp.action("switch", when=light == Light.RED, then={light: Light.GREEN})
lamp.action("never", when=~fixed, then={light: Light.RED})
lamp.action("still", when=light == Light.GREEN, then={light: Light.GREEN}, fair=WEAK)
lamp.action("two", outcomes=[outcome("one", {light: Light.RED}), outcome("other", {light: Light.RED}, when=~fixed)])
system = compose("odd", configuration=configuration, components=[lamp])
claims = [Invariant(id="a.vacuous", sentence="S.", when=light == Light.BLUE, holds=fixed)]
"""
    )
    ran = run("lint", model)
    assert ran.status == 10
    assert ran.out.splitlines() == [
        "warning: configuration variable 'unused' is read by nothing (TP601)",
        "warning: action 'never' can never be taken (TP602)",
        "warning: action 'still' is fair, but some of its steps change nothing (TP603)",
        "warning: action 'two', outcome 'other' never occurs (TP602)",
        "warning: variable 'light' is never 'blue' (TP604)",
        "warning: variable 'fixed' never changes (TP604)",
        "warning: claim 'a.vacuous' is vacuous in every configuration: what it speaks of never happens (TP605)",
        "odd: 7 remarks",
    ]


def test_lint_looks_for_claims_that_say_less_than_they_seem_to(tmp_path: Path, run: Any) -> None:
    model = tmp_path / "hopes.py"
    model.write_text(
        """
from tunnelproof.model.language.component import NONE, WEAK, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.temporal import AF, F, G
from tunnelproof.properties.claims import Ctl, Ltl, NeverForever, Response

lamp = Component("lamp", actor="user")
n = lamp.variable("n", Range(0, 3), start=0)
lamp.action("press", when=n < 2, then={n: n + 1})
system = compose("lamp", configuration=Configuration(), components=[lamp])
claims = [
    Ltl(id="a.two", sentence="S.", formula=G((n == 3) >> F(n == 0)) & G((n == 1) >> (n < 3))),
    Ltl(id="a.hope", sentence="S.", formula=F(n == 2)),
    Ltl(id="a.helped", sentence="S.", formula=F(n == 2), assuming={"press": WEAK}),
    Ltl(id="a.safe", sentence="S.", formula=G(n < 3)),
    Ctl(id="a.tree", sentence="S.", formula=AF(n == 2)),
    Response(id="a.answer", sentence="S.", trigger=n == 1, response=n == 2),
    NeverForever(id="a.not-for-ever", sentence="S.", points=(n == 1, n == 2), assuming={"press": WEAK}),
    NeverForever(id="a.come-what-may", sentence="S.", points=(n == 1, n == 2), assuming={"press": NONE}),
]
"""
    )
    said = run("lint", model).out.replace("\n    ", " ")
    wants = "wants something to happen, but nothing is fair: a run may stop anywhere (TP608)"
    for about in ("a.two", "a.hope", "a.tree", "a.answer"):
        assert f"claim '{about}' {wants}" in said
    assert "claim 'a.two', antecedent 1 is never met (TP606)" in said
    without = "holds in every configuration without the fairness that it assumes (TP607)"
    assert f"claim 'a.not-for-ever' {without}" in said
    assert said.count("TP608") == 4
    assert said.count("TP607") == said.count("TP606") == 1


# --- models that somebody else wrote ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x = 1 +", "m.py:1:8: TP145: this is not Python"),
        ("\n\nx = 1 / 0", "m.py:3: TP145: ZeroDivisionError: division by zero"),
        ("def f():\n    raise ValueError('\\x1b[2J')\nf()", "m.py:2: TP145: ValueError: \\x1b[2J"),
        ("import no_such_module", "m.py:1: TP145: ModuleNotFoundError"),
        ("raise SystemExit(0)", "m.py:1: TP145: SystemExit: 0"),
        ("def f(): f()\nf()", "m.py:1: TP145: RecursionError"),
        ("x = 1", "m.py: TP143: the file defines no 'system'"),
        ("system = 1", "m.py: TP143: 'system' is not a system"),
        ("import neighbour", "neighbour.py:1: TP145: NameError"),
        (
            "from tunnelproof.model.language.component import *\nc = Component('c', actor='a')\n"
            "c.variable('x', 7, start=1)",
            "m.py:3: TP101",
        ),
    ],
)
def test_python_model_with_a_fault_is_one_located_line(content: str, said: str, tmp_path: Path, run: Any) -> None:
    (tmp_path / "neighbour.py").write_text("undefined")
    path = tmp_path / "m.py"
    path.write_text(content)
    ran = run("prove", path)
    assert (ran.status, ran.out) == (3, "")
    assert said in ran.err and ran.err.count("\n") == 1 and "\x1b" not in ran.err
    assert not (tmp_path / "__pycache__").exists()


def test_python_model_that_cannot_be_read(tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, locked = tmp_path / "dir.py", tmp_path / "locked.py"
    folder.mkdir()
    locked.write_text("x = 1")
    ran = run("prove", folder)
    assert (ran.status, ran.err) == (3, f"{folder}: TP150: cannot be read: it is a directory (give a file)\n")
    ran = run("prove", tmp_path / "none.py")
    assert (ran.status, ran.err) == (3, f"{tmp_path / 'none.py'}: TP150: there is no such file (check the path)\n")

    ran = run("prove", tmp_path / ("x" * 300 + ".py"))
    assert ran.status == 3 and "TP150: cannot be read: File name too long" in ran.err

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # whoever may read everything cannot lock themselves out
    ran = run("prove", locked)
    assert ran.status == 3
    assert ran.err == f"{locked}: TP150: cannot be read: Permission denied (check the path and your rights)\n"


def test_what_a_python_model_prints_does_not_spoil_the_document(door: str, run: Any) -> None:
    import json

    Path(door).write_text(Path(door).read_text() + "\nprint('loaded')\n")
    ran = run("prove", door, "safety.opens-whole", "--output-format", "json")
    assert json.loads(ran.out)["error"] is None
    assert "loaded" in ran.err


@pytest.mark.parametrize("claims", ["7", "[7]", "'abc'"])
def test_claims_that_are_none(claims: str, door: str, run: Any) -> None:
    Path(door).write_text(Path(door).read_text() + f"\nclaims = {claims}\n")
    ran = run("prove", door)
    assert ran.status == 3 and "TP144" in ran.err


def test_model_without_claims_has_nothing_to_check(door: str, run: Any) -> None:
    Path(door).write_text(Path(door).read_text() + "\nclaims = []\n")
    assert run("prove", door).status == 4
