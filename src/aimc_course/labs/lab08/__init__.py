"""Lab 8, *Keep a chip alive for a year*."""
