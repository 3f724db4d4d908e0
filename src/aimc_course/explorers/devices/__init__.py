"""Explorers of part 2."""
