"""How much a suite is worth: mutants of the model, as clients that the suite has to catch (docs/mutation-score.md)."""

from __future__ import annotations

from tunnelproof.conformance.mutation.client import MutantAdapter
from tunnelproof.conformance.mutation.mutants import Mutants, mutants
from tunnelproof.conformance.mutation.scoring import Trial, worth_of
from tunnelproof.verification.mutation import Difference, Distinction, Mutant, Operator, Score, Tried, Worth

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
    "Worth",
    "mutants",
    "worth_of",
]
