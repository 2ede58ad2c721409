"""Hypothesis strategies for random systems and claims about them, of a size that the oracle can decide."""

from tests.systems.models import systems
from tests.systems.questions import CERTIFIABLE, KINDS, claims, questions

__all__ = ["CERTIFIABLE", "KINDS", "claims", "questions", "systems"]
