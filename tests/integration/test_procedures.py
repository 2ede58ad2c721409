"""The workarounds W1 to W4 as procedures that somebody follows: docs/strategies.md has the table."""

from __future__ import annotations

import pytest

from tunnelproof.model import catalogue
from tunnelproof.model.language.terms import name
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.objectives import named_procedure
from tunnelproof.verification.following import Costs, costs_of_following, prove_following
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.selection import select

DESCRIBED = """on_demand and start_auto_update and order = stop_then_fetch and freeze_on_replace = never
and exempt = apple_list
and settings_migration = keeps and error_state_has_routes and start_force_all_apps
and not (enforce_routes or reboot_clears_update or profile_off_thaws or kept_without_on_demand or downloader_exempt)"""

COLUMNS = (
    "leak.none-while-protected",
    "leak.no-silent-exposure",
    "download.update-completes",
    "recovery.by-anyone",
    "recovery.no-endless-reboots",
    "recovery.protection-returns-after-update",
)

# proved +, refuted -, proved because its trigger is never met 0
IOS = {
    ("w1", False): "++-+-+",
    ("w1", True): "++++++",
    ("w1-in-settings", False): "++++++",
    ("w1-in-settings", True): "++++++",
    ("w2", False): "---+-+",
    ("w2", True): "---+-+",
    ("w3", False): "---+-+",
    ("w3", True): "---+-+",
    ("w4", False): "+0---0",
    ("w4", True): "+00-+0",
}

SMALLEST = {
    ("w1", False): "++-+-+",
    ("w1", True): "++++++",
    ("w2", False): "++-+-+",
    ("w2", True): "++++++",
    ("w4", False): "++-+-+",
    ("w4", True): "++++++",
}


def _signs(model: str, procedure: str, quick: bool, where: str) -> str:
    system = catalogue.load(model)
    asked = select(claims_for(model), COLUMNS)
    outcome, left_out = prove_following(system, named_procedure(model, procedure), asked, quick=quick, where=where)
    assert not left_out
    return "".join(_sign(outcome[column]) for column in COLUMNS)


def _sign(found: ClaimOutcome) -> str:
    (cell,) = found.cells
    return {"refuted": "-", "proved": "0" if cell.vacuous else "+"}[cell.verdict.value]


@pytest.mark.parametrize(("row", "signs"), IOS.items(), ids=lambda x: str(x))
def test_ios_as_described(row: tuple[str, bool], signs: str) -> None:
    assert _signs("ios", *row, where=DESCRIBED) == signs


def test_automatic_updates_off_takes_the_race_out_of_w1() -> None:
    where = DESCRIBED.replace("start_auto_update", "not start_auto_update")
    assert _signs("ios", "w1", False, where) == "++++++"


@pytest.mark.parametrize(
    ("procedure", "quick", "price"), [("w1-in-settings", False, 3), ("w1", True, 3), ("w1", False, None)]
)
def test_taps_and_exposures_until_updated_and_up_again(procedure: str, quick: bool, price: int | None) -> None:
    system, goal = catalogue.load("ios"), (name("up") & name("updated")).expr
    chosen = named_procedure("ios", procedure)
    found = costs_of_following(system, chosen, goal, name("exposed").expr, quick=quick, where=DESCRIBED)
    assert found == Costs(price, begun=1)
    silent = costs_of_following(system, chosen, goal, name("silent").expr, quick=quick, where=DESCRIBED)
    assert silent.begun == 0


@pytest.mark.parametrize(("row", "signs"), SMALLEST.items(), ids=lambda x: str(x))
def test_smallest_where_the_tunnel_is_stopped_first(row: tuple[str, bool], signs: str) -> None:
    where = "start_force_all_apps and order = stop_then_fetch and freeze_on_replace = never"
    assert _signs("smallest", *row, where=where) == signs
