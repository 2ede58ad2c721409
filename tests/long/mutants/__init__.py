"""Mutants of the trusted base: one place changed at a time, and the unit tests asked whether they notice.

``python -m tests.long.mutants`` runs them; docs/trust/mutants.md says what came of it. What one place can be changed
to is in `change`, how a changed module gets into a process that has imported the product in `install`, and how tests
are chosen and run in `run`. A mutant costs a fork, not a start of Python.
"""
