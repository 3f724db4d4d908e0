"""Lab 7, *Train for the hardware*.

Noise on weights and what it does to outputs, clipping, where to draw the noise, a network mapped
directly on three chips, one that was trained for them, and the difference in pairs. Students get
a matrix with a long tail, two inputs and three chips. It needs torch; what question 9 asks for,
all numbers of the trained network in one vector, runs on three chips in some seconds.

>>> from aimc_course.labs.lab07 import given
>>> given.chips(7)[0].tolist()
[7, 1007, 2007]
"""
