"""Lab 2, *Precision and the error budget*."""
