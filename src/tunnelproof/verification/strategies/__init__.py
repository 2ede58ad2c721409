"""Who wins: for each configuration a procedure that achieves an objective, or what the environment does against it.

Games are solved by `tunnelproof.games`, which nobody trusts. What it finds is put back into the model, and ordinary
claims about the result are proved by `prove`: only then a configuration is won or lost.

`question` says what is asked and `answer` what is said of it; `winners` does the work: `player` answers for the
configurations that are won, `environment` for the others, about a `play`. `prices` are found, not judged.
"""
