"""Lab 12, *Kernels for free*."""
