"""Decides by z3: proofs by induction over all configurations at once, counterexamples by bounded search."""
