"""Lab 11, *Learn in memory*."""
