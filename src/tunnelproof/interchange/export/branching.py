"""Claims of branching time in SMV: ``CTLSPEC`` formulas, over the paths that meet every ``JUSTICE`` condition.

A run at rest is written as a step that changes nothing, which can be followed by another: what a formula says of a
state does not depend on whether a run rests in it. No fair action is enabled there, so resting keeps no condition
waiting.
"""

from __future__ import annotations

from collections.abc import Callable

from tunnelproof.errors import UsageError
from tunnelproof.interchange.export.machine import Machine
from tunnelproof.interchange.export.writing import LARGEST_TEXT
from tunnelproof.model.language.expressions import Apply, Expr, is_temporal
from tunnelproof.properties.claims import Ctl
from tunnelproof.properties.fairness import FairAction, constraints_of, fairness_of

_PATTERNS = {
    "not": "!{0}",
    "implies": "({0} -> {1})",
    **{op: f"({op} {{0}})" for op in ("EX", "AX", "EF", "AF", "EG", "AG")},
    "EU": "E [{0} U {1}]",
    "AU": "A [{0} U {1}]",
    "EW": "(E [{0} U {1}] | (EG {0}))",
    "AW": "!E [!{1} U (!{0} & !{1})]",
    "ER": "(E [{1} U ({0} & {1})] | (EG {1}))",
    "AR": "!E [!{0} U !{1}]",
}


def not_branching(machine: Machine) -> str:
    """Return why the file cannot have the machine's claims of branching time, or nothing if it can."""
    claims = [claim for claim in machine.claims if isinstance(claim, Ctl)]
    if not claims:
        return ""
    alike = all(fairness_of(machine.system, c) == fairness_of(machine.system, claims[0]) for c in claims)
    if len(claims) < len(machine.fair_claims) or not alike:
        return "NuSMV has the same fairness for all claims of branching time, and for no others: export it alone"
    if machine.stops:
        return "another claim speaks of steps, which NuSMV would have to tell from rests: export it alone"
    constraints = [constraint for claim in claims for constraint in constraints_of(machine.system, claim)]
    if any(not isinstance(constraint, FairAction) or constraint.strong for constraint in constraints):
        return "in branching time NuSMV knows weak fairness of actions only"
    return ""


def branching(formula: Expr, instant: Callable[[Expr], str]) -> str:
    """Write a formula; ``instant`` writes its parts about one state. Raises `UsageError` if that becomes too long."""
    if not isinstance(formula, Apply) or not is_temporal(formula):
        return instant(formula)
    parts = [branching(arg, instant) for arg in formula.args]
    if formula.op in ("and", "or"):
        return f"({(' & ' if formula.op == 'and' else ' | ').join(parts)})"
    text = _PATTERNS[formula.op].format(*parts)
    if len(text) > LARGEST_TEXT:  # W and R double their arguments
        raise UsageError("TP063", "a formula is too long to be written", hint="nest AW, EW, AR and ER less")
    return text
