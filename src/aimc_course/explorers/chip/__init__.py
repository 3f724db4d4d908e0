"""Explorers of part 3."""
