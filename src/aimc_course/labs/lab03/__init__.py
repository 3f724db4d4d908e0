"""Lab 3, *Characterise your own devices*.

Screening, programming spread, read noise and drift exponents with honest intervals, and a plan of
reads. Students measure their own lot (`devices.own_chip`) and get simulated traces to practise
on. The references replay the runs of the notebook by their numbers.

>>> from aimc_course.labs.lab03 import given
>>> [part.shape for part in given.practice(7)]
[(200,), (400, 200), (400,)]
"""
