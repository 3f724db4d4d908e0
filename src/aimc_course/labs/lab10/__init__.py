"""Lab 10, *A tiny analog transformer*."""
