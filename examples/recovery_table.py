"""Prints docs/recovery.md's tables: what it takes to recover, for how long a device is exposed, and who wins.

    python examples/recovery_table.py

Everything printed is asked of `ios`; nothing is kept here but the rows. It takes some minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.games.controller import assuming
from tunnelproof.model.catalogue import load
from tunnelproof.model.language.formula import parse_formula
from tunnelproof.model.language.system import System
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Claim, Lasts, Recoverable
from tunnelproof.verification.exposure import Figure, measure
from tunnelproof.verification.outcome import Cell
from tunnelproof.verification.prove import prove
from tunnelproof.verification.rescue import Grade, Relapse, dear_actions, rescues
from tunnelproof.verification.strategies.answer import Winner
from tunnelproof.verification.strategies.prices import guaranteed_prices
from tunnelproof.verification.strategies.question import GameQuestion, read_objective
from tunnelproof.verification.strategies.winners import strategies

PLATFORM = """order = stop_then_fetch and freeze_on_replace = never and exempt = apple_list
and settings_migration = keeps and error_state_has_routes
and not (enforce_routes or reboot_clears_update or profile_off_thaws
or kept_without_on_demand or downloader_exempt)"""
FORCED = "start_force_all_apps and on_demand and start_auto_update and workaround ="
ROWS = {
    "Force all apps off": "not start_force_all_apps and not always_on and on_demand and start_auto_update",
    "on, nothing done": f"{FORCED} none",
    "on, W1: disconnect in the app": f"{FORCED} disconnect",
    "on, profile switched off in Settings": f"{FORCED} profile_off",
    "on, W2: turn Force all apps off and on": f"{FORCED} disable_ian",
    "on, W4: turn automatic updates off": f"{FORCED} disable_auto_update",
    "on, on demand off": "start_force_all_apps and not on_demand and start_auto_update and workaround = none",
    "supervised Always On": "always_on and start_auto_update",
}
GOAL = "up and updated"
OBJECTIVE = "update.protected-again-without-a-leak"
WORDS = {Winner.WINS: "wins", Winner.LOSES: "loses", Winner.NEEDS_TO_SEE: "must see more", Winner.UNKNOWN: "?"}
GRADES = {Grade.HELPED: "with the user", Grade.DEAR: "with a reboot"}
MARKS = {Verdict.PROVED: "✓", Verdict.REFUTED: "✗"}


def main() -> None:
    """Print the tables."""
    system, claims = load("ios"), claims_for("ios")
    print("| | recovers | price | guaranteed, race | quick | comes back | longest | stays | the user, in a race |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, where in ROWS.items():
        print(f"| {name} | {' | '.join(_row(system, claims, f'({where}) and {PLATFORM}'))} |", flush=True)
    recovery = [claim for claim in claims if claim.id.startswith("recovery.") or isinstance(claim, Lasts)]
    print("\n| claim | " + " | ".join(ROWS) + " |\n|---|" + "---|" * len(ROWS))
    found = [prove(system, recovery, where=f"({where}) and {PLATFORM}") for where in ROWS.values()]
    for claim in recovery:
        print(f"| `{claim.id}` | {' | '.join(_verdicts(outcome[claim.id].cells) for outcome in found)} |")


def _row(system: System, claims: tuple[Claim, ...], where: str) -> Iterator[str]:
    goal = parse_formula(GOAL, {*system.domains, *system.definitions})
    recoverable = [c for c in claims if isinstance(c, Recoverable) and c.id == "recovery.by-anyone"]
    formula = parse_formula(where, {v.name for v in system.configuration})
    (rescued,) = rescues(system, recoverable, dear=dear_actions(claims), where=formula).rescues
    cells = [cell.found for cell in rescued.cells]
    yield _said(GRADES.get(cell.grade, cell.grade.value) for cell in cells)
    yield _said("–" if cell.price is None else str(cell.price.least) for cell in cells)
    published = assuming(system, ["publish"])  # else nothing is ever to be updated
    for quick in (False, True):
        prices = guaranteed_prices(published, goal, "user", where=where, quick=quick)
        yield _said("–" if cell.label is None else str(cell.label) for cell in prices.cells)
    yield _said("–" if cell.relapse is Relapse.NOTHING else cell.relapse.value for cell in cells)
    exposed = [c for c in claims if isinstance(c, Lasts) and c.id.startswith("exposure.")]
    for measured in measure(system, exposed, where=where).measured:
        for column in ("longest", "number"):
            if column in measured.columns:
                at = measured.columns.index(column)
                seconds = " s" if column == "longest" else ""
                yield _said(_figure(group.figures[at], seconds) for group in measured.groups)
    question = GameQuestion(read_objective(system, OBJECTIVE, {}), "user", where=where)
    yield _said(WORDS[cell.label.winner] for cell in strategies(system, question).partition.cells)


def _said(words: Iterable[str]) -> str:
    return " or ".join(sorted(dict.fromkeys(words)))


def _figure(figure: Figure, unit: str) -> str:
    words = {"for ever": "without end", "unbounded": "without bound"}
    return words.get(figure.bound.value, figure.bound.value) if figure.value is None else f"{figure.value}{unit}"


def _verdicts(cells: Iterable[Cell]) -> str:
    return _said("(✓)" if cell.vacuous else MARKS.get(cell.verdict, "?") for cell in cells)


if __name__ == "__main__":
    main()
