"""Lab 5, *Put a network on 64 cores*."""
