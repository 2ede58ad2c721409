"""The benchmark: how fast questions are answered, beside other model checkers. `python -m bench`, from a checkout."""
