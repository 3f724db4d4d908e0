"""Lab 9, *Solve Ax=b to 1e-15 with a 4-bit machine*.

Averaging, slices in any base, mixed-precision iterative refinement, and what a year and an energy
bill do to it. Students get a system of equations and cores of the HERMES model (two devices per
polarity); the mean of four of them is the machine. NumPy alone; all answers of one serial number
take some two seconds.

>>> from aimc_course.labs.lab09 import given
>>> given.system(7)[0].shape
(64, 64)
"""
