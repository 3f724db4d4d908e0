"""Wrong answers to lab 9."""

import numpy as np
from wrong import Wrong, always

from aimc.circuits import best_scale
from aimc_answers.lab09 import answers
from aimc_course.labs.lab09 import given

PARTLY: dict[str, dict[str, float]] = {}


def size_of(v):
    """Return the magnitude of the largest entry."""
    return np.max(np.abs(v))


def for_b(matrix, b, solve, steps):
    """Solve for the right-hand side again in each step."""
    return np.stack([np.zeros_like(b), *(k * solve(b) / steps for k in range(1, steps + 1))])


def in_place(matrix, b, solve, steps):
    """Return a list that holds one array many times."""
    x = np.zeros_like(b)
    found = [x.copy()]
    for _ in range(steps):
        x += solve(b - matrix @ x)
        found.append(x)
    return found


def away(matrix, b, solve, steps):
    """Subtract the corrections."""
    x = [np.zeros_like(b)]
    for _ in range(steps):
        x.append(x[-1] - solve(b - matrix @ x[-1]))
    return np.stack(x)


def unscaled(multiply, matrix, b, *known):
    """Send inputs to the machine as they are."""
    return answers.refine(matrix, b, lambda r: answers.conjugate_gradients(multiply, r), known[-1])


def with_gain(gain):
    """Return a solver with a factor that is none of the old machine's."""

    def solve(multiply, matrix, b, tests, first, steps):
        now = multiply(tests)
        return answers.solve_on(lambda v: gain(now, first) * multiply(v), matrix, b, steps)

    return solve


MORE = {
    "q2": (
        Wrong("give a fraction", lambda s: 100 * answers.core_error(s)),
        Wrong("is a root missing", lambda s: answers.core_error(s) ** 2),
    ),
    "q5": (Wrong("give a fraction", lambda s: 100 * answers.same_core(s)),),
    "q6": (
        Wrong("a whole number, please", always(lambda one, wanted: (one / wanted) ** 2)),
        Wrong("one too many", always(lambda one, wanted: int((one / wanted) ** 2) + 2)),
    ),
    "q9": (Wrong("give a fraction", lambda s: 100 * answers.slice_errors(s)),),
    "q10": (
        Wrong("all iterates, zero first", always(lambda a, b, solve, n: solve(b))),
        Wrong("zero first", always(lambda a, b, solve, n: answers.refine(a, b, solve, n)[1:])),
        Wrong("append a copy", always(in_place)),
        Wrong("solve for the residual", always(for_b)),
        Wrong("runs away", always(away)),
    ),
    "q11": (
        Wrong("does the largest arrive", always(lambda f, v: f(v))),
        Wrong("multiplied after it", always(lambda f, v: f(v / size_of(v)) if v.any() else f(v))),
        Wrong("zeros", always(lambda f, v: size_of(v) * f(v / size_of(v))), 3 / 4),
    ),
    "q12": (
        Wrong("it stalls", always(unscaled)),
        Wrong("expected a function", answers.history),
        Wrong("all iterates, zero first", always(lambda *a: answers.solve_on(*a)[-1])),
        Wrong("never asked the machine", lambda s: lambda m, *a: answers.solve_on(a[0].dot, *a)),
    ),
    "q13": (Wrong("one too many", always(lambda rate, w: answers.steps_needed(rate, w) + 1)),),
    "q14": (
        Wrong("runs away", always(lambda m, a, b, t, f, n: answers.solve_on(m, a, b, n))),
        Wrong("runs away", always(with_gain(lambda now, first: best_scale(first, now)))),
        Wrong("not at 1e-15 yet", always(with_gain(lambda now, first: 1.33))),
        Wrong("expected a function", lambda s: answers.history(s, given.OLD, 70)),
    ),
}
