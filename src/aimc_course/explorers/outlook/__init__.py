"""Explorers of part 5: what may come after the chips of today."""
