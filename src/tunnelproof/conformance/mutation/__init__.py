"""How much a suite is worth: mutants of the model, as clients that the suite has to catch (docs/mutation-score.md)."""

from __future__ import annotations

from tunnelproof.conformance.mutation.client import MutantAdapter
from tunnelproof.conformance.mutation.mutants import Mutant, Mutants, Operator, mutants
from tunnelproof.conformance.mutation.scoring import Score, Trial, Tried
from tunnelproof.conformance.mutation.telling_apart import Difference, Distinction

__all__ = [
    "Difference",
    "Distinction",
    "Mutant",
    "MutantAdapter",
    "Mutants",
    "Operator",
    "Score",
    "Trial",
    "Tried",
    "mutants",
]
