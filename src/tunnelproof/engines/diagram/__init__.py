"""Decides whole families at once with binary decision diagrams (OxiDD)."""
