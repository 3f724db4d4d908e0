"""Explorers of part 4, and the small network that they and the chapters put on simulated chips."""
