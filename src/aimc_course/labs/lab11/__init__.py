"""Lab 11, *Learn in memory*.

The symmetry points of a lot of one's own, plain gradient descent that misses, Tiki-Taka by hand,
an offset sweep with and without a chopper, and a perceptron on small digits. Students get two
arrays of 128 devices (`devices.own_lot`), targets and noise. NumPy alone; all answers of one
serial number take some ten seconds, most of them for the perceptron.

>>> from aimc_course.labs.lab11 import given
>>> given.targets(7)[0].shape
(128,)
"""
