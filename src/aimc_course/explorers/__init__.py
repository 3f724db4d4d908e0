"""Explorers, the things a reader can move: pure functions with declared controls."""

from aimc_course.explorers.controls import Choice, Control, Slider, SliderGrid, Toggle
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["Answer", "Choice", "Control", "Explorer", "Slider", "SliderGrid", "Toggle"]
