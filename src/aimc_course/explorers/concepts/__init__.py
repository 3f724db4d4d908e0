"""Explorers of part 1."""
