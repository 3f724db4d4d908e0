"""Lab 8, *Keep a chip alive for a year*.

A small network of NumPy on five cores with HERMES devices, one per polarity, and the ways to undo
its drift. Students get currents of their own devices, test vectors, and a log of the size of
their outputs. Reference runs take a second and 200 MB. Reads cost what the 64-core chip prints.

>>> from aimc_course.labs.lab08 import given
>>> [part.shape for part in given.log(7)]
[(16,), (16,)]
"""
