"""Input that no reader expected: each is answered in one line that says where the fault is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

import tunnelproof_certify

# --- certificates -----------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(run: Run, door: str, tmp_path: Path) -> Path:
    folder = tmp_path / "certificates"
    run("prove", door, "safety.opens-whole", "--certificates", folder)
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize(
    "options",
    [
        *(["--timeout", seconds] for seconds in ("nan", "inf", "-1", "0", "1e300")),
        *(["--solver", command] for command in ("'", "\\", "", " ")),
    ],
    ids=" ".join,
)
def test_options_of_the_certifier_that_make_no_sense_are_refused(
    options: list[str], certificate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        tunnelproof_certify.main([str(certificate), *options])
    assert end.value.code == 2
    assert f"error: argument {options[0]}: " in capsys.readouterr().err


def test_what_the_certifier_says_of_an_unknown_option_obeys_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        tunnelproof_certify.main(["x", "--\x1b[31m\u202e"])
    assert "--\\x1b[31m\\u202e" in capsys.readouterr().err


@pytest.mark.parametrize("count", [2, 5, 30])
def test_a_certificate_with_more_choices_than_can_be_listed_is_refused(
    count: int, certificate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document: dict[str, Any] = json.loads(certificate.read_text("utf-8"))
    parameters = [{"name": f"p{number}", "domain": {"range": [0, 65_535]}} for number in range(count)]
    document["model"]["document"]["actions"][0]["parameters"] = parameters
    certificate.write_text(json.dumps(document), encoding="utf-8")
    assert tunnelproof_certify.main([str(certificate)]) == 3
    assert "more choices than 65,536" in capsys.readouterr().out


def test_a_certificate_with_many_actions_of_many_choices_is_refused(
    certificate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document: dict[str, Any] = json.loads(certificate.read_text("utf-8"))
    actions = document["model"]["document"]["actions"]
    chosen = [{"name": "p", "domain": {"range": [1, 65_536]}}]
    actions += [{**actions[0], "name": f"more{number}", "parameters": chosen} for number in range(2)]
    certificate.write_text(json.dumps(document), encoding="utf-8")
    assert tunnelproof_certify.main([str(certificate)]) == 3
    assert "more than 65,536 steps" in capsys.readouterr().out


def test_a_certificate_of_a_model_with_an_endless_formula_is_refused(
    certificate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document: dict[str, Any] = json.loads(certificate.read_text("utf-8"))
    document["model"]["document"]["actions"][0]["guard"] = ["or", *([["=", "is_open", "is_open"]] * 100_000)]
    certificate.write_text(json.dumps(document), encoding="utf-8")
    assert tunnelproof_certify.main([str(certificate)]) == 3
    assert "more than 300,000 values" in capsys.readouterr().out


# --- models in Python -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("raise GeneratorExit", "TP145: GeneratorExit"),
        ("raise BaseException('x')", "TP145: BaseException: x"),
        ("raise type('X', (Exception,), {'__str__': lambda self: 1 / 0})()", "TP145: X"),
        ("claims = (1 / 0 for _ in [1])", "TP145: ZeroDivisionError: division by zero"),
        ("claims = type('X', (), {'__iter__': lambda self: 3})()", "TP145: TypeError: "),
        ("def __getattr__(name): raise ValueError(name)\ndel system", "TP145: ValueError: system"),
        ("system = replace(system, initially=None)", "TP143: 'initially' of the system is None"),
        ("system = replace(system, actions=(3,))", "TP143: 'actions[0]' of the system is of type int"),
        ("system = replace(system, actions='x')", "TP143: 'actions' of the system is 'x'"),
        ("system = replace(system, title=None)", "TP143: 'title' of the system is None"),
        ("system = replace(system, initially=(None,))", "TP143: 'initially[0]' of the system is None"),
        ("object.__setattr__(system.actions[0], 'price', None)", "TP143: 'actions[0].price' of the system is None"),
        ("object.__setattr__(system.actions[0], 'guard', 3)", "TP143: 'actions[0].guard' of the system is of type int"),
        (
            "object.__setattr__(system.actions[1].guard, 'op', 3)",
            "TP143: 'actions[1].guard.op' of the system is of type int",
        ),
        (
            "object.__setattr__(system.variables[0], 'domain', 3)",
            "TP143: 'variables[0].domain' of the system is of type int",
        ),
        ("object.__setattr__(system.variables[0], 'where', 'x')", "TP143: 'variables[0].where' of the system is 'x'"),
        ("system = replace(system, name='')", "TP121: '' is not a name"),
    ],
)
@pytest.mark.parametrize("command", ["show", "prove"])
def test_a_program_that_is_no_model_is_refused_in_one_line(
    line: str, said: str, command: str, door: str, run: Run
) -> None:
    with Path(door).open("a", encoding="utf-8") as file:
        file.write(f"\nfrom dataclasses import replace\n{line}\n")
    ran = run(command, door)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"{door}:"), ran.err
    assert said in ran.err and ran.err.endswith(")\n") and ran.err.count("\n") == 1
