"""Lab 1, *Build a crossbar*.

Ohm and Kirchhoff, signed weights on two devices, a programmed core, a layer on four cores.
Students get a 4 × 4 crossbar and two layers of 256 × 256 weights; cores are those of
`presets.hermes`. Questions 5, 6, 8 and 10 hardly differ from chip to chip.

>>> from aimc_course.labs.lab01 import given
>>> [part.shape for part in given.crossbar(7)]
[(4, 4), (4,)]
"""
