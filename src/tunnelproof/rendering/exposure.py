"""How long things last, as text."""

from __future__ import annotations

from collections.abc import Iterator

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.times import spoken
from tunnelproof.rendering import wording
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import Style, wrapped
from tunnelproof.verification.exposure import Bound, Exposure, Figure, Group, Measured

_LONGEST_PATH = 40  # steps
_TITLES = {"longest": "longest", "shortest": "shortest", "total": "in all", "number": "stays"}


def exposure_text(found: Exposure, model: str, style: Style) -> str:
    """Return the figures as text; ``model`` is how the command called it."""
    lines = [f"{safe_text(model)} · {wording.number(found.configurations, 'configuration')}"]
    for measured in found.measured:
        lines += ["", *_measured(measured, found, style)]
    return style.drawn("\n".join(lines)) + "\n"


def _measured(measured: Measured, found: Exposure, style: Style) -> Iterator[str]:
    claim = measured.claims[0]
    yield style.paint(", ".join(safe_text(c.id) for c in measured.claims), "bold")
    said = f"time in {wording.formula(claim.point, found.system)}"
    if claim.since is not None:
        said += f", added up since {wording.formula(claim.since, found.system)}"
    if claim.given is not None:
        said += f"; the actors are {', '.join(map(safe_text, claim.given))}"
    yield from wrapped(said, 4, first="  ")
    if measured.standstill is not None:
        mark = style.mark(Verdict.UNKNOWN)
        said = f"{mark} time can come to a standstill: {wording.summary(measured.standstill, _LONGEST_PATH)}"
        yield from wrapped(said, 6, first="  ")
    for group in measured.groups:
        yield from _group(group, measured, found, style)


def _group(group: Group, measured: Measured, found: Exposure, style: Style) -> Iterator[str]:
    if all(figure.bound is Bound.NEVER for figure in group.figures):
        said = "never"
    else:
        pairs = zip(measured.columns, group.figures, strict=True)
        said = " · ".join(f"{_TITLES[name]} {figure_text(name, figure)}" for name, figure in pairs)
    where = f"in {group.configurations:,} of {found.configurations:,}"
    when = "" if group.when == TRUE else f" when {wording.formula(group.when, found.system)}"
    yield from wrapped(f"{style.paint(said, 'bold')}  {where}{when}", 6, first="  ")
    for name, run in zip(measured.columns, group.runs, strict=True):
        if run is not None:
            yield from wrapped(f"{_TITLES[name]}: {wording.summary(run, _LONGEST_PATH)}", 8, first="      ")


def figure_text(name: str, figure: Figure) -> str:
    """Write a figure: a time or a number, or why there is none."""
    match figure.bound:
        case Bound.EXACT:
            assert figure.value is not None
            return f"{figure.value:,}" if name == "number" else spoken(figure.value)
        case Bound.NEVER:
            return "never ends" if name == "shortest" else "never"
        case Bound.UNBOUNDED:
            return "without bound (each ends)" if name != "number" else "without bound"
        case Bound.FOR_EVER:
            return "without end"
        case Bound.UNKNOWN:
            return "unknown"
