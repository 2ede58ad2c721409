"""Solvers behind one small door each: SMT-LIB 2 text in; sat, unsat or unknown with a reason out."""
