"""Who is measured: one module for each checker, ours among them."""
