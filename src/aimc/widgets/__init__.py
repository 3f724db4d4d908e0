"""Floor 6: explorers, the things a reader can move: pure functions with declared controls."""

from aimc.widgets.controls import Choice, Control, Slider, SliderGrid, Toggle
from aimc.widgets.explorer import Answer, Explorer

__all__ = ["Answer", "Choice", "Control", "Explorer", "Slider", "SliderGrid", "Toggle"]
