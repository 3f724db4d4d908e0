"""Lab 12, *Kernels for free*.

Random features in floating point and on a chip, a ridge that reads digits, orthogonal directions,
and attention as a running sum. Students get 1,000 images of the small digits, 256 random
directions, some tokens, and cores of the HERMES model (two devices per polarity). NumPy alone;
all answers of one serial number take half a second.

>>> from aimc_course.labs.lab12 import given
>>> [part.shape for part in given.images(7)]
[(600, 64), (600,), (400, 64), (400,)]
"""
