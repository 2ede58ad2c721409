"""Documents that other programs read and write: outcomes, expectations, models and claims from files."""
