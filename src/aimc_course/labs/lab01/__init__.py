"""Lab 1, *Build a crossbar*."""
