"""Wrong answers to lab 9."""

import numpy as np
from wrong import Wrong, always

from aimc_course.labs.lab09 import answers, given

PARTLY = {
    "q3": {"that is one core, read": 1 / 5, "one core first": 1 / 5},
}


def size_of(v):
    """Return the magnitude of the largest entry."""
    return np.max(np.abs(v))


def for_b(matrix, b, solve, steps):
    """Solve for the right-hand side again in each step."""
    return np.stack([np.zeros_like(b), *(k * solve(b) / steps for k in range(1, steps + 1))])


def away(matrix, b, solve, steps):
    """Subtract the corrections."""
    x = [np.zeros_like(b)]
    for _ in range(steps):
        x.append(x[-1] - solve(b - matrix @ x[-1]))
    return np.stack(x)


def stalled(serial, steps=30):
    """Return residuals that stop at a per cent, as with inputs that do not fill the range."""
    return np.maximum(0.3 ** np.arange(steps + 1), 0.01)


MORE = {
    "q2": (
        Wrong("give a fraction", lambda s: 100 * answers.core_error(s)),
        Wrong("is a root missing", lambda s: answers.core_error(s) ** 2),
    ),
    "q5": (Wrong("give a fraction", lambda s: 100 * answers.same_core(s)),),
    "q6": (
        Wrong("too small", always(lambda one, wanted: (one / wanted) ** 2)),
        Wrong("one too many", always(lambda one, wanted: int((one / wanted) ** 2) + 2)),
    ),
    "q9": (Wrong("give a fraction", lambda s: 100 * answers.slice_errors(s)),),
    "q10": (
        Wrong("all iterates, zero first", always(lambda a, b, solve, n: solve(b))),
        Wrong("zero first", always(lambda a, b, solve, n: answers.refine(a, b, solve, n)[1:])),
        Wrong("solve for the residual", always(for_b)),
        Wrong("runs away", always(away)),
    ),
    "q11": (
        Wrong("does the largest arrive", always(lambda f, v: f(v))),
        Wrong("multiplied after it", always(lambda f, v: f(v / size_of(v)) if v.any() else f(v))),
        Wrong("zeros", always(lambda f, v: size_of(v) * f(v / size_of(v))), 3 / 4),
    ),
    "q12": (
        Wrong("it stalls", stalled),
        Wrong("that was no analog machine", always(np.r_[1.0, np.full(30, 1e-16)])),
        Wrong("and there it is 1", lambda s: answers.history(s)[1:]),
        Wrong("is the machine the mean", lambda s: np.repeat(answers.history(s), 2)[1:]),
    ),
    "q13": (Wrong("one too many", always(lambda rate, w: answers.steps_needed(rate, w) + 1)),),
    "q14": (
        Wrong("as fast as a new machine", lambda s: answers.history(s, steps=60)),
        Wrong("it stalls", lambda s: stalled(s, 60)),
        Wrong(
            "with one factor",
            lambda s: answers.history(s, given.OLD, steps=120, corrected=False),
        ),
    ),
}
