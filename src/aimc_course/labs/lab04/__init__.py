"""Lab 4, *Write a program-and-verify loop*.

Programming curves, the proportional rule, time and energy, the best gain, relaxation, and a
better loop. Students program their own lot (`devices.own_devices`) to targets of their own;
questions 5 and 13 are judged by what a loop does to devices (`devices.loops`).

>>> from aimc_course.labs.lab04 import given
>>> given.targets(7)[0].shape
(4096,)
"""
