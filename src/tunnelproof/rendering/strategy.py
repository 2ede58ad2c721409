"""Who wins, as text: decision tables, what they cost, and what the environment does against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim
from tunnelproof.properties.procedures import Aim, Objective, Procedure
from tunnelproof.rendering import wording
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import Style, wrapped
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.strategies.answer import Answer, Strategies, Winner
from tunnelproof.verification.strategies.question import GameQuestion

_SHADES = {Winner.WINS: Verdict.PROVED, Winner.LOSES: Verdict.REFUTED}
_AIMS = {Aim.REACH: "reach", Aim.AVOID: "never", Aim.AGAIN: "again and again"}


def strategies_text(found: Strategies, model: str, style: Style) -> str:
    """Return the answers as text; ``model`` is how the command called it."""
    question, system = found.question, found.system
    player = safe_text(question.player)
    number = wording.number(found.space.count(), "configuration")
    states = wording.number(found.states, "state")
    lines = wrapped(f"{safe_text(model)} · {number} · {player} · {states} of the game", 2, first="")
    lines += _objective(question.objective, system)
    quick = f"{player} acts first in every new state" if question.quick else f"others may act before {player} does"
    lines += wrapped(quick, 4, first="  ")
    if found.seen:
        lines += wrapped(f"{player} sees {', '.join(map(safe_text, found.seen))}", 4, first="  ")
    if found.hidden:
        lines += wrapped(f"and not {', '.join(map(safe_text, found.hidden))}", 4, first="  ")
    for cell in found.partition.cells:
        when = found.partition.formula(cell.label)
        lines += ["", *_cell(cell.label, question, style, cell.configurations)]
        if when != TRUE:
            lines += wrapped(f"where {wording.formula(when, system)}", 6, first="    ")
        lines += _details(cell.label, system)
    return style.drawn("\n".join(lines)) + "\n"


def _objective(objective: Objective, system: System) -> Iterator[str]:
    text = f"{_AIMS[objective.aim]}: {wording.formula(objective.point, system)}"
    if objective.keep != TRUE:
        text += f", keeping: {wording.formula(objective.keep, system)}"
    yield from wrapped(text, 4, first="  ")
    if objective.assuming:
        yield from wrapped(
            f"assuming of others that they do not put off: {', '.join(objective.assuming)}", 4, first="  "
        )


def _cell(answer: Answer, question: GameQuestion, style: Style, weight: int) -> Iterator[str]:
    shade = _SHADES.get(answer.winner, Verdict.UNKNOWN)
    player = safe_text(question.player)
    said = {
        Winner.WINS: f"{player} wins",
        Winner.LOSES: f"{player} loses",
        Winner.NEEDS_TO_SEE: f"{player} would have to see {' and '.join(map(safe_text, answer.missing))}",
        Winner.UNKNOWN: "unknown",
    }[answer.winner]
    yield from wrapped(f"{style.mark(shade)} {style.word(shade, said)} in {weight:,}", 4, first="")


def _details(answer: Answer, system: System) -> Iterator[str]:
    if answer.procedure is not None:
        yield from _table(answer.procedure, system)
    if answer.price is not None:
        least = "" if answer.least in (None, answer.price) else f"; {answer.least} would do for who sees everything"
        yield from wrapped(f"guaranteed price: {answer.price}{least}", 6, first="    ")
    if answer.trace:
        steps = " → ".join(safe_text(str(step)) for step in answer.trace)
        yield from wrapped(f"others need not wait for anybody, for example: {steps}", 6, first="    ")
    for formula in answer.spoiler:
        stays = "everywhere" if formula == "true" else f"where {safe_text(formula)}"
        yield from wrapped(f"others can keep it {stays}", 6, first="    ")
    if answer.reason:
        yield from wrapped(safe_text(answer.reason), 6, first="    ")
    good = [c.sentence for c in answer.confirmed if c.verdict is Verdict.PROVED]
    promises = [s for s in good if s.endswith("keeps its promise")]
    shown = [s for s in good if s not in promises]
    if promises:
        shown.append(f"{wording.number(len(promises), 'promise')} of others kept")
    if shown and not answer.reason:
        yield from wrapped(f"proved: {'; '.join(map(safe_text, shown))}", 6, first="    ")


def _table(procedure: Procedure, system: System) -> Iterator[str]:
    if not procedure.rules:
        yield "    wait"
    for rule in procedure.rules:
        when = "whenever possible" if rule.when == TRUE else f"when {wording.formula(rule.when, system)}"
        yield from wrapped(f"{when}: {safe_text(str(rule.move))}", 8, first="    ")


def following_text(
    outcome: Outcome, procedure: Procedure, left_out: Sequence[Claim], model: str, quick: bool, style: Style
) -> str:
    """Return what was proved of a model in which a procedure is followed."""
    system = outcome.system
    number = wording.number(outcome.space.count(), "configuration")
    lines = wrapped(f"{safe_text(model)} · {number} · {procedure.id}: {safe_text(procedure.sentence)}", 2, first="")
    actor = safe_text(procedure.actor)
    lines.append(f"  {actor} acts first in every new state" if quick else f"  others may act before {actor} does")
    lines += _table(procedure, system)
    for found in outcome.claims:
        lines += ["", safe_text(found.claim.id)]
        for cell in found.cells:
            shade = Verdict.UNKNOWN if found.reason and cell.verdict is Verdict.PROVED else cell.verdict
            word = "unknown" if shade is Verdict.UNKNOWN else cell.verdict.value
            word += wording.vacuity(cell, found.claim)
            when = "" if len(found.cells) == 1 else f"   when {wording.formula(cell.when, system)}"
            mark = f"{style.mark(shade)} {style.word(shade, word)} in {cell.configurations:,}"
            lines += wrapped(f"{mark}{when}", 8, first="  ")
            if cell.evidence.runs:
                lines += wrapped(wording.summary(cell.evidence.runs[0], 16), 8, first="      ")
    if left_out:
        lines += ["", *wrapped(f"not asked: {', '.join(c.id for c in left_out)}", 4, first="")]
    return style.drawn("\n".join(lines)) + "\n"
