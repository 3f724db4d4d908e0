"""Test matrices and vectors whose products span a range that random ones would hardly leave.

Products of independent random weights and inputs crowd around zero. To see a converter over its
whole range, weights and inputs must agree in sign more often than not :cite:p:`khaddam2022hermes`.
"""

from __future__ import annotations

import numpy as np

from aimc.backend import as_generator
from aimc.validation import check_integer, check_number

__all__ = ["spanning_task"]


def spanning_task(
    inputs: int, outputs: int, vectors: int, reach: float, rng: object
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a weight matrix and input vectors whose products spread evenly over a range.

    Magnitudes of weights and inputs are uniform in [0, 1]. All inputs share one random pattern of
    signs, up to a common factor; row i of the weights follows it with a probability that runs
    evenly over the rows, so that the mean products run evenly from ``-reach`` to ``reach``. Inputs
    and weights of both signs meet in equal numbers.

    Parameters
    ----------
    inputs, outputs, vectors : int
        Sizes.
    reach : float
        Largest mean product; at most a quarter of ``inputs``.
    rng : int or numpy.random.Generator
        Source of the numbers.

    Returns
    -------
    weights : array, shape (outputs, inputs)
    x : array, shape (vectors, inputs)
    """
    for name, value in (("inputs", inputs), ("outputs", outputs), ("vectors", vectors)):
        check_integer(name, value, low=1)
    check_number("reach", reach, low=0.0, high=inputs / 4)
    generator = as_generator(rng)
    if not isinstance(generator, np.random.Generator):
        raise TypeError(f"rng must be an int or a numpy.random.Generator, got {type(rng).__name__}")
    pattern = generator.choice([-1.0, 1.0], inputs)
    agree = 0.5 + 2.0 * np.linspace(-reach, reach, outputs)[:, None] / inputs
    follows = np.where(generator.random((outputs, inputs)) < agree, 1.0, -1.0)
    weights = pattern * follows * generator.uniform(0.0, 1.0, (outputs, inputs))
    flip = generator.choice([-1.0, 1.0], (vectors, 1))
    return weights, flip * pattern * generator.uniform(0.0, 1.0, (vectors, inputs))
