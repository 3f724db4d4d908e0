"""Wrong answers to lab 8."""

from wrong import Wrong, always

from aimc.units import DAY, HOUR, YEAR
from aimc_answers.lab08 import answers

PARTLY = {
    "q5": {"devices in RESET": 1 / 2},
    "q9": {"the variance, please": 1 / 2, "the variance of NumPy": 1 / 2},
}


def often(serial):
    """Return a plan with more than twice the calibrations that are needed."""
    ratio = answers.next_time(1.0, answers.exponent(serial), 0.01)
    times = [HOUR]
    while times[-1] * ratio < YEAR:
        times.append(times[-1] * ratio)
    return times


MORE = {
    "q2": (Wrong("too large", always(0.95)),),
    "q7": (Wrong("too", lambda s: answers.measured(s)[3] + 0.05),),
    "q14": (
        Wrong("too small by more than 3 %", always([HOUR, *(7 * DAY * k for k in range(1, 52))])),
        Wrong("after an hour, not later", lambda s: [2 * t for t in answers.plan(s)]),
        Wrong("rising order", lambda s: answers.plan(s)[::-1]),
        Wrong("two calibrations or more", often),
        Wrong("not with the fewest", lambda s: [0.9 * HOUR, *answers.plan(s)], 1 / 2),
    ),
}
