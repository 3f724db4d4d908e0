"""Wrong answers to lab 4."""

import numpy as np
from wrong import Wrong, always

from aimc_answers.lab04 import answers
from aimc_course.labs.devices.own_devices import DEVICES
from aimc_course.labs.lab04 import given

PARTLY = {
    "q4": {"the write heads reach": 3 / 4},
    "q11": {"the order is turned around": 1 / 3, "the second is the verify read": 2 / 3},
}


def loop(slip, gain=given.FIRST_GAIN):
    """Return the proportional loop with one of the usual slips in it."""

    def program(devices, targets):
        if slip != "no start":
            devices.reset()
            devices.set()
        current, seen = answers.first_current(devices.serial, targets), np.zeros(len(devices))
        active, iterations = np.ones(len(devices), dtype=bool), np.zeros(len(devices), dtype=int)
        for _ in range(10 if slip == "10" else given.LIMIT):
            devices.pulse(current, None if slip == "all pulsed" else active)
            found = devices.read(None if slip == "all pulsed" else active)
            seen = devices.truth if slip == "truth" else np.where(active, found, seen)
            iterations += 1 if slip == "all counted" else active
            error = seen - targets
            active = active & (np.abs(error) > given.MARGIN)
            if not active.any():
                break
            step = gain * error / answers.steepest(devices.serial)
            current = np.clip(current + step, *given.HEADS)
        return seen, iterations

    return program


def deaf(name):
    """Return the loop of the lab, right with its defaults, that does not use one argument."""

    def program(devices, targets, gain=given.FIRST_GAIN, margin=given.MARGIN, limit=given.LIMIT):
        used = {"gain": gain, "margin": margin, "limit": limit}
        del used[name]
        return answers.program(devices, targets, **used)

    return program


MORE = {
    "q1": (
        Wrong("it is transposed", lambda s: answers.curves(s).T),
        Wrong("conductances in S", lambda s: 1e6 * answers.curves(s)),
        Wrong("far less than the first", lambda s: answers.curves(s)[::-1]),
        Wrong(
            "no curves of your devices",
            lambda s: np.repeat(answers.median_curve(s)[:, None], DEVICES, axis=1),
        ),
    ),
    "q2": (Wrong("not in µA", lambda s: 1e6 * answers.first_current(s)),),
    "q3": (Wrong("give a fraction", lambda s: 100 * answers.open_loop(s)),),
    "q5": (
        Wrong("More current, less conductance", always(loop("sign", -given.FIRST_GAIN))),
        Wrong("no controller can", always(loop("truth"))),
        Wrong("give where=active", always(loop("all pulsed"))),
        Wrong("given up outside", always(loop("10"))),
        Wrong("add the active devices", always(loop("all counted"))),
        Wrong("start with devices.reset()", always(loop("no start"))),
        Wrong("takes only", always(loop("bold", 0.8))),
        Wrong("`gain` is not used", always(deaf("gain"))),
        Wrong("`margin` is not used", always(deaf("margin"))),
        Wrong("`limit` is not used", always(deaf("limit"))),
        Wrong("2 positional arguments", always(lambda d, t: answers.program(d, t))),
    ),
    "q6": (
        Wrong("twice", lambda s: 2 * answers.mean_iterations(s)),
        Wrong("too large", always(30.0)),
    ),
    "q8": (Wrong("give a fraction", lambda s: 100 * answers.initial_share(s)),),
    "q10": (
        Wrong("too small", always(0.4)),
        Wrong("too large", always(1.8)),
        Wrong("above zero", always(-1.0)),
    ),
    "q11": (Wrong("not in µS", lambda s: 1e6 * np.array(answers.errors(s))),),
    "q12": (
        Wrong("give a fraction", always(lambda *e: 100 * answers.arisen_later(*e))),
        Wrong("expected a function", always(0.8)),
    ),
    "q13": (
        Wrong("The next goal is", always(answers.program)),
        Wrong("The next goal is", always(lambda d, t: answers.program(d, t, 1.0)), 2 / 3),
        Wrong("no controller can", always(loop("truth", 1.0))),
        Wrong("needs pulses and reads", always(lambda d, t: (t, np.ones(t.shape)))),
        Wrong(
            "are not the pulses",
            always(lambda d, t: (answers.improved(d, t)[0], np.ones(t.shape, dtype=int))),
        ),
        Wrong("the last read of each device", always(lambda d, t: (t, answers.improved(d, t)[1]))),
    ),
}
