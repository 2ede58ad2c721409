"""Sets of configurations: partitions, formulas that describe their cells, nearest configurations."""
