"""What would have to be true for analog in-memory computing to win, with what nobody knows yet.

>>> import numpy as np
>>> from aimc.outlook.roadmap import Roadmap, decoder_7b
>>> question = Roadmap(decoder_7b(), rival="H100 SXM5", batch=1)
>>> forecast = question.forecast(500, np.random.default_rng(1))
>>> 0.0 < forecast.wins("energy") <= 1.0
True
"""

from aimc.outlook.roadmap.analog import analog_machine, arrays_needed, read_energy
from aimc.outlook.roadmap.break_even import break_even, map_of_gains, map_of_wins
from aimc.outlook.roadmap.constants import Constants, Range
from aimc.outlook.roadmap.digital import H100, NORTHPOLE, fetching_machine, resident_machine
from aimc.outlook.roadmap.forecast import GOALS, RIVALS, Forecast, Roadmap, Span
from aimc.outlook.roadmap.outcome import Outcome
from aimc.outlook.roadmap.sensitivity import Bar, Sensitivity, sensitivity, tornado
from aimc.outlook.roadmap.table import ANALOG_NAMES, hoped, on_chip_memory, on_the_way, today
from aimc.outlook.roadmap.workload import Workload, decoder_7b

__all__ = [
    "ANALOG_NAMES",
    "GOALS",
    "H100",
    "NORTHPOLE",
    "RIVALS",
    "Bar",
    "Constants",
    "Forecast",
    "Outcome",
    "Range",
    "Roadmap",
    "Sensitivity",
    "Span",
    "Workload",
    "analog_machine",
    "arrays_needed",
    "break_even",
    "decoder_7b",
    "fetching_machine",
    "hoped",
    "map_of_gains",
    "map_of_wins",
    "on_chip_memory",
    "on_the_way",
    "read_energy",
    "resident_machine",
    "sensitivity",
    "today",
    "tornado",
]
