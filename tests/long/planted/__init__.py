"""Bugs that are planted to see that they are caught: see README.md."""
