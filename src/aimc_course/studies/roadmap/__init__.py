"""What would have to be true for analog in-memory computing to win, with what nobody knows yet.

Energy, speed and area of one inference on an analog machine and on a named digital one, from a few
dozen constants, each a range with its origin. Coarse on purpose: there is no mapping here, every
weight has a place, and nobody asks which.

`ranges` constants as ranges, and draws; `table` every constant with its origin, as of today and as
hoped for; `workload` and `machines` the arithmetic; `forecast` two machines beside each other;
`sensitivity` which constant matters; `break_even` where neither wins. Not counted: servers,
cooling, the silicon of memories and of units for attention, what memories draw at rest, and whether
the answers are equally good.

>>> import numpy as np
>>> from aimc_course.studies.roadmap import Roadmap, decoder_7b
>>> question = Roadmap(decoder_7b(), rival="H100 SXM5", batch=1)
>>> forecast = question.forecast(500, np.random.default_rng(1))
>>> 0.0 < forecast.wins("energy") <= 1.0
True
"""

from aimc_course.studies.roadmap.break_even import break_even, map_of_gains, map_of_wins
from aimc_course.studies.roadmap.forecast import GOALS, RIVALS, Forecast, Roadmap, Span
from aimc_course.studies.roadmap.machines import (
    H100,
    NORTHPOLE,
    Outcome,
    analog_machine,
    arrays_needed,
    fetching_machine,
    read_energy,
    resident_machine,
)
from aimc_course.studies.roadmap.ranges import Constants, Range
from aimc_course.studies.roadmap.sensitivity import Bar, Sensitivity, sensitivity, tornado
from aimc_course.studies.roadmap.table import (
    ANALOG_NAMES,
    hoped,
    low_end,
    on_chip_memory,
    on_the_way,
    other_end,
    today,
)
from aimc_course.studies.roadmap.workload import Workload, decoder_7b, seven_billion, token

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
    "low_end",
    "map_of_gains",
    "map_of_wins",
    "on_chip_memory",
    "on_the_way",
    "other_end",
    "read_energy",
    "resident_machine",
    "sensitivity",
    "seven_billion",
    "today",
    "token",
    "tornado",
]
