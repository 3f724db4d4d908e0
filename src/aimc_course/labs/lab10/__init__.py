"""Lab 10, *A tiny analog transformer*.

What of a decoder runs on cores, its loss on a chip that ages, why the largest weight of an output
is expensive, three trainings in pairs over five chips, and what the network writes. Students get
the sizes of a large decoder, pieces of text, a matrix with outliers, and five chips. Questions 4
and 9 need torch; the others do not.

>>> from aimc_course.labs.lab10 import given
>>> given.chips(7)[0].tolist()
[7, 1007, 2007, 3007, 4007]
"""
