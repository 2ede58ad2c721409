"""Asking about one configuration alone, to hold it against what was said of all together."""

from __future__ import annotations

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read, conjoin
from tunnelproof.properties.claims import Claim
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.prove import prove
from tunnelproof.verification.runs import Named


def exactly(configuration: Named) -> Expr:
    return conjoin(Apply("=", (Read(name), Literal(value))) for name, value in configuration.items())


def alone(outcome: Outcome, claim: Claim, configuration: Named) -> Verdict:
    """Ask about the configurations that agree with this one on all that matters to the claim, and nothing else."""
    matters = {name: configuration[name] for name in outcome[claim.id].partition.names}
    asked = prove(outcome.system, [claim], where=exactly(matters), engine="reference")
    (cell,) = asked[claim.id].cells
    return cell.verdict


def together(outcome: Outcome, claim: Claim, configuration: Named) -> Verdict:
    return outcome[claim.id].partition.label_of(configuration).verdict
