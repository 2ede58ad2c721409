"""Breadth-first search over packed states, compiled for each system."""
