"""Time: a system with durations as an ordinary system with clocks, and claims about time as claims about that."""
