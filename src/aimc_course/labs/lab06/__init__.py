"""Lab 6, *Where do the nanojoules go?*.

Peak and density, energy of a layer, Amdahl's law, from the abstract to an image, reuse, and the
cheapest plan for an order. Students get a network and an order of their own; all energies are the
facts of the 64-core chip, in the four-phase read.

>>> from aimc_course.labs.lab06 import given
>>> given.order(7)[0].shape
(4,)
"""
