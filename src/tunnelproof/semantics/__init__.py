"""What a system means: the slow, obvious interpreter that the judge trusts. No engine but `reference` uses it."""
