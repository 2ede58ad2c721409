"""Claims about runs, by which a refuted claim of branching time can be shown.

They follow from the claim of branching time, so whatever run refutes one of them refutes that too. The converse is true
only of some: where nothing follows that is refuted, the certificate alone shows the refutation.
"""

from __future__ import annotations

from dataclasses import replace

from tunnelproof.model.language.expressions import BRANCHING, Apply, Expr, is_temporal, walk
from tunnelproof.properties.claims import Claim, Ctl, Invariant, Ltl, Recoverable

MOST_OPERATORS = 4  # temporal ones of a formula that is asked of runs: each may double what has to be searched


def about_runs(claim: Claim) -> Claim:
    """Return the claim whose counterexamples show the claim's: of branching time, if there is one, another."""
    if not isinstance(claim, Ctl):
        return claim
    match claim.formula:
        case Apply("AG", (Apply("EF", (goal,)),)) if not is_temporal(goal):
            return _about(claim, Recoverable(id=claim.id, sentence="", goal=goal, by=claim.given))
        case Apply("AG", (holds,)) if not is_temporal(holds):
            return _about(claim, Invariant(id=claim.id, sentence="", holds=holds))
    operators = sum(isinstance(part, Apply) and part.op in BRANCHING for part in walk(claim.formula))
    formula = _of_every_run(claim.formula, True) if 0 < operators <= MOST_OPERATORS else None
    if formula is None:
        return claim
    return _about(claim, Ltl(id=claim.id, sentence="", formula=formula, assuming=claim.assuming))


def _about(claim: Ctl, told: Claim) -> Claim:
    return replace(told, sentence=claim.sentence, source=claim.source, given=claim.given, where=claim.where)


def _of_every_run(formula: Expr, asserted: bool) -> Expr | None:
    """Return what every fair run from a state satisfies in which the formula holds (if it is not ``asserted``: what
    some run satisfies only from a state in which it holds), if quantifiers allow: the formula without them.
    """
    if not isinstance(formula, Apply) or not is_temporal(formula):
        return formula
    op = formula.op
    if op in BRANCHING:
        if (op[0] == "A") != asserted:
            return None
        op = op[1:]
    turned = [op == "not" or (op == "implies" and place == 0) for place in range(len(formula.args))]
    parts = [_of_every_run(arg, asserted != turn) for arg, turn in zip(formula.args, turned, strict=True)]
    return None if None in parts else Apply(op, tuple(part for part in parts if part is not None))
