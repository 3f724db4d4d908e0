"""Lab 9, *Solve Ax=b to 1e-15 with a 4-bit machine*."""
