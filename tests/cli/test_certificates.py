"""`prove --certificates DIR`: a file for each claim, and nothing of anybody else's is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.unit.certify.written import read
from tests.unit.interchange.test_documents import schema, violations

import tunnelproof_certify
from tunnelproof.interchange.certificate_folder import file_name


def test_each_claim_has_a_certificate_that_is_accepted(run: Run, door: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "certificates"
    assert run("prove", door, "--certificates", folder).status == 10
    paths = sorted(folder.iterdir())
    assert len(paths) == 11
    assert tunnelproof_certify.main([str(path) for path in paths]) == 0


def test_certificates_have_the_form_of_their_schema(run: Run, door: str, tmp_path: Path) -> None:
    rules = schema("certificate-1.json")
    run("prove", door, "--certificates", tmp_path / "out")
    for path in (tmp_path / "out").iterdir():
        assert violations(read(path), rules, rules) == []


def test_where_is_part_of_the_certificate(run: Run, door: str, tmp_path: Path) -> None:
    run("prove", door, "safety.*", "--where", "fitted or painted", "--certificates", tmp_path / "out")
    paths = list((tmp_path / "out").iterdir())
    assert [read(path)["where"] for path in paths] == [[["or", "fitted", "painted"]]] * 2
    assert tunnelproof_certify.main([str(path) for path in paths]) == 0


def test_a_folder_with_something_else_is_left_alone(run: Run, door: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine", "utf-8")
    ran = run("prove", door, "--certificates", tmp_path / "out")
    assert ran.status == 2
    assert "TP064" in ran.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_certificates_may_be_written_again(run: Run, door: str, tmp_path: Path) -> None:
    for _ in range(2):
        assert run("prove", door, "reach.open", "--certificates", tmp_path / "out").status == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["reach.open.certificate.json"]


def test_a_folder_that_cannot_be_made_is_an_output_error(run: Run, door: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert run("prove", door, "--certificates", tmp_path / "file" / "out").status == 74


@pytest.mark.parametrize(
    "claim", ["a/b", "../a", ".hidden", "a b", "A", "é", "x" * 500, "a\x00b", "con/../..", "-rf", "a\u202eb"]
)
def test_names_of_files_are_plain_and_differ_from_those_of_plain_claims(claim: str) -> None:
    name = file_name(claim)
    assert name.isascii()
    assert Path(name).name == name
    assert not name.startswith((".", "-"))
    assert len(name) < 200
    assert name != file_name(claim.lower() + "x")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-+")


def test_claims_that_differ_in_case_have_files_that_differ_otherwise() -> None:
    assert file_name("a.b").lower() != file_name("A.b").lower()


def test_a_claim_of_branching_time_is_refused_before_anything_is_asked(run: Run, door: str, tmp_path: Path) -> None:
    text = Path(door).read_text("utf-8")
    extra = "from tunnelproof.model.language.temporal import AG, EF\nfrom tunnelproof.properties.claims import Ctl\n"
    extra += 'claims.append(Ctl(id="ctl.opens", sentence="It can be opened.", formula=AG(EF(is_open))))\n'
    Path(door).write_text(text + extra, "utf-8")
    ran = run("prove", door, "ctl.*", "reach.*", "--certificates", tmp_path / "out")
    assert (ran.status, ran.out) == (2, "")
    assert "TP066: 'ctl.opens'" in ran.err
    assert not (tmp_path / "out").exists()
    assert run("prove", door, "ctl.*").status == 0
    assert run("prove", door, "reach.*", "--certificates", tmp_path / "out").status == 0
