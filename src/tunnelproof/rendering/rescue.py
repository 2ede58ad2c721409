"""What it takes to recover, as a table of cells and a numbered procedure for each."""

from __future__ import annotations

from collections.abc import Iterator

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.rendering import wording
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import Style, wrapped
from tunnelproof.verification.procedure import Move, Procedure
from tunnelproof.verification.rescue import Grade, Price, Relapse, Rescue, RescueCell, Rescues

_SHADES = {
    Grade.ALONE: Verdict.PROVED,
    Grade.HELPED: Verdict.PROVED,
    Grade.DEAR: Verdict.PROVED,
    Grade.NEVER: Verdict.REFUTED,
    Grade.UNKNOWN: Verdict.UNKNOWN,
}
_RELAPSES = {
    Relapse.NOTHING: "-",
    Relapse.NO: "no",
    Relapse.POSSIBLE: "possible",
    Relapse.DEPENDS: "forced after some rescues",
    Relapse.FORCED: "forced",
    Relapse.UNKNOWN: "unknown",
}


def rescue_text(found: Rescues, model: str, style: Style) -> str:
    """Return the answers as text; ``model`` is how the command called it."""
    asked = wording.number(found.space.count(), "configuration")
    actors = ", ".join(map(safe_text, found.automatic)) or "none"
    lines = wrapped(f"{safe_text(model)} · {asked} · automatic actors: {actors}", 2, first="")
    for one in found.rescues:
        lines += ["", *_rescue(one, found, style)]
    return style.drawn("\n".join(lines)) + "\n"


def _rescue(one: Rescue, found: Rescues, style: Style) -> Iterator[str]:
    yield style.paint(safe_text(one.claim.id), "bold")
    yield from wrapped(f"goal: {wording.formula(one.claim.goal, found.system)}", 4, first="  ")
    head = ("recovers", "price", "comes back", "in")
    rows = [(_grade(cell, one, found), _price(cell), _RELAPSES[cell.found.relapse], _count(cell)) for cell in one.cells]
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    yield style.paint("    " + _row(head, widths), "dim")
    for cell, row in zip(one.cells, rows, strict=True):
        yield f"  {style.mark(_SHADES[cell.found.grade])} {_row(row, widths)}"
        yield from wrapped(f"when {wording.formula(cell.when, found.system)}", 10, first=" " * 6)
        if cell.worst is not None:
            yield from _procedure(cell.worst, "where it costs most", style)
        if cell.needy is not None:
            yield from _procedure(cell.needy, f"where it takes {', '.join(map(safe_text, one.dear))}", style)
    if one.detail:
        yield from wrapped(f"not everything is known: {safe_text(one.detail)}", 4, first="  ")


def _row(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _grade(cell: RescueCell, one: Rescue, found: Rescues) -> str:
    match cell.found.grade:
        case Grade.ALONE:
            return "alone"
        case Grade.HELPED:
            return f"with {_helpers(one, found)}"
        case Grade.DEAR:
            return f"with {', '.join(map(safe_text, one.dear))}"
        case Grade.NEVER:
            return "never"
        case _:
            return "unknown"


def _helpers(one: Rescue, found: Rescues) -> str:
    """Return who may help besides the automatic actors."""
    acting = dict.fromkeys(action.actor for action in found.system.actions)
    others = [a for a in acting if a not in found.automatic and (one.claim.by is None or a in one.claim.by)]
    return ", ".join(map(safe_text, others)) or "its own actors"


def _price(cell: RescueCell) -> str:
    return price_text(cell.found.price)


def price_text(price: Price | None) -> str:
    """Write a price: exact, more than something, unknown, or none because there is no rescue."""
    if price is None:
        return "-"
    if price.least is None:
        return "unknown"
    return f"{price.least:,}" if price.exact else f"over {price.least:,}"


def _count(cell: RescueCell) -> str:
    return wording.number(cell.configurations)


def _procedure(found: Procedure, place: str, style: Style) -> Iterator[str]:
    shown = ", ".join(wording.assigned(name, value) for name, value in found.configuration.items())
    if shown:
        yield from (style.paint(line, "dim") for line in wrapped(f"for example with {shown}", 10, first=" " * 6))
    into = " → ".join(wording.step(move.step) for move in found.into) or "at the start"
    place = "without a way out" if found.out is None and found.searched else place
    yield from wrapped(f"to a place {place}: {into}", 10, first=" " * 6)
    if found.out is None:
        if not found.searched:
            yield " " * 6 + "the way out was not found: too many states"
        return
    yield " " * 6 + f"the way out, at a price of {found.price:,}:"
    for number, move in enumerate(found.out, 1):
        yield from wrapped(_move(move), 13, first=f"{number:>10}. ")
    if found.back is not None:
        back = " → ".join(wording.step(move.step) for move in found.back) or "it is there already"
        yield from wrapped(f"and back, if left alone: {back}", 10, first=" " * 6)


def _move(move: Move) -> str:
    """Say what to do, or what to wait for."""
    name, doc = wording.step(move.step), f" {safe_text(move.doc)}" if move.doc else ""
    if move.price:
        return f"{safe_text(move.actor)}: {name} (price {move.price:,}).{doc}"
    return f"wait for {name} ({safe_text(move.actor)}).{doc}"
