"""Decide, for every configuration at once, whether a tunnel or app-update state machine can fail its user."""

__version__ = "0.1.0"

__all__ = ["__version__"]
