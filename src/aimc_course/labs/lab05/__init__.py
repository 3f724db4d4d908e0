"""Lab 5, *Put a network on 64 cores*.

Cores, utilisation, copies, latency and interval, links, accuracy over a day, and a better plan.
Students get broken cores, a network, and vectors to calibrate with. Question 11 runs a small
ResNet twice, question 13 once more, some 3 s each time.

>>> from aimc_course.labs.lab05 import given
>>> given.broken(7)[0].tolist()
[1, 34, 42, 62]
"""
