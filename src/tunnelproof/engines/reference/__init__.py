"""The reference engine: plain breadth-first search with the interpreter."""
