"""What a suite is worth, as the value of ``mutants`` in the suite's JSON document."""

from __future__ import annotations

from collections import Counter

from tunnelproof.interchange.outcome_json import Document
from tunnelproof.verification.mutation import Difference, Operator, Score, Tried, Worth


def worth_document(worth: Worth) -> Document:
    """Return the score, by operator too, and what every mutant came to."""
    score = worth.score
    return {
        "configurations": score.configurations,
        "observed": list(score.observed),
        **_figures(score),
        "before": None if worth.after is None else _figures(worth.before),
        "added": [test.name for test in worth.added],
        "operators": {operator.value: _operator(score, operator) for operator in Operator},
        "tried": [_tried(one) for one in score.tried],
    }


def _figures(score: Score) -> Document:
    return {
        "caught": score.caught,
        "counted": score.counted,
        "equivalent": score.number(Difference.NONE),
        "by_refusal": score.number(Difference.BY_REFUSAL),
        "undecided": score.number(Difference.UNDECIDED),
        "left_out": sum(score.left_out.values()),
    }


def _operator(score: Score, operator: Operator) -> Document:
    mine = [one for one in score.tried if one.mutant.operator is operator]
    fates = Counter("caught" if one.caught_by is not None else one.distinction.difference.value for one in mine)
    return {**dict(sorted(fates.items())), "left_out": score.left_out.get(operator, 0)}


def _tried(one: Tried) -> Document:
    found: Document = {
        "name": one.mutant.name,
        "operator": one.mutant.operator.value,
        "where": None if one.mutant.where is None else str(one.mutant.where),
        "difference": one.distinction.difference.value,
        "caught_by": one.caught_by,
    }
    if one.distinction.start is not None:
        system = one.mutant.system
        configuration, state = one.distinction.start
        found["run"] = {
            "configuration": dict(zip((v.name for v in system.configuration), configuration, strict=True)),
            "start": dict(zip((v.name for v in system.variables), state, strict=True)),
            "steps": [
                {"action": step.action, "parameters": dict(step.parameters), "outcome": step.outcome}
                for step in one.distinction.steps
            ],
        }
    if one.distinction.forbidden is not None:
        action, parameters = one.distinction.forbidden
        found["forbidden"] = {"action": action, "parameters": dict(parameters)}
    return found
