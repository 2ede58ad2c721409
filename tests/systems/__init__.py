"""Hypothesis strategies for random systems and claims about them, of a size that the oracle can decide."""

from tests.systems.models import systems
from tests.systems.questions import KINDS, claims, questions

__all__ = ["KINDS", "claims", "questions", "systems"]
