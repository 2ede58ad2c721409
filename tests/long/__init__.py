"""Campaigns: what the product's trust rests on, tried as often as wanted.

``python -m tests.long`` lists them, ``python -m tests.long NAME`` runs one, a slice of each runs with the other tests.
"""
