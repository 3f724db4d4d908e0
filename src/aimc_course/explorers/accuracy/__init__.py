"""Explorers of part 4, and the small network that they and the chapters put on simulated chips.

`glyphs` is the one small task that they share: ten figures on eight times eight pixels, and a
network that NumPy trains in a fraction of a second, so that a page can do it in the browser.
`flawed` puts that network on simulated chips that have some flaws and not others.

>>> from aimc_course.explorers.accuracy.glyphs import held_out
>>> held_out()[0].shape
(1000, 64)
"""
