"""Explorers of part 3: the chip, a core with its reads and wires, and networks on cores."""
