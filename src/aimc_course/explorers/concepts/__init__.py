"""Explorers of part 1: the memory wall, a crossbar, its converters, and published chips."""
