"""Decide, for every configuration at once, whether a tunnel or app-update state machine can leak or get stuck."""

__version__ = "0.1.0"

__all__ = ["__version__"]
