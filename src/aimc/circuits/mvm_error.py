r"""How far an analog MVM is from the exact one, and in how many bits that can be said.

The *normalised MVM error* of outputs :math:`\hat y` against the exact :math:`y` is
:math:`\lVert \hat y - y\rVert_2 / \lVert y\rVert_2` over all test vectors
:cite:p:`legallo2023hermes`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aimc.backend import Array, as_array, as_generator, namespace, to_numpy
from aimc.circuits.converters import quantise
from aimc.validation import check_array, check_integer, check_number

__all__ = [
    "ErrorParts",
    "best_scale",
    "decompose",
    "digital_mvm",
    "equivalent_bits",
    "mvm_error",
    "random_sparse_uniform",
]


def mvm_error(y: Array, y_exact: Array) -> float:
    """Return the normalised MVM error, dimensionless.

    Parameters
    ----------
    y, y_exact : array, same shape
        Outputs to judge and exact outputs.

    Raises
    ------
    ValueError
        If the shapes differ or ``y_exact`` is zero throughout.
    """
    got, exact = _pair(y, y_exact)
    return float(np.linalg.norm(got - exact) / np.linalg.norm(exact))


def best_scale(y: Array, y_exact: Array) -> float:
    """Return the one factor that brings ``y`` closest to ``y_exact`` in the least-squares sense."""
    got, exact = _pair(y, y_exact)
    power = float(np.sum(got * got))
    if power == 0:
        raise ValueError("y is zero throughout: no factor can bring it closer to y_exact")
    return float(np.sum(got * exact)) / power


@dataclass(frozen=True, slots=True)
class ErrorParts:
    """The MVM error split into what a wrong weight matrix explains and what it does not."""

    total: float
    """Normalised MVM error."""
    linear: float
    """Error of the best linear explanation, the outputs that the estimated weights would give."""
    residual: float
    """What is left, from noise, quantisation and saturation."""
    weights: np.ndarray
    """Estimated weight matrix, shape (out, in)."""


def decompose(x: Array, y: Array, y_exact: Array) -> ErrorParts:
    r"""Split the MVM error into a linear and a residual part :cite:p:`legallo2023hermes`.

    The weights that the array really has are estimated by least squares,
    :math:`\hat W = \arg\min_W \lVert Y - X W^T \rVert`. Since the residual is orthogonal to every
    linear function of the inputs, the parts add as squares.

    Parameters
    ----------
    x : array, shape (n, in)
        Test inputs; n must exceed the number of inputs.
    y, y_exact : array, shape (n, out)
        Measured and exact outputs.
    """
    inputs = to_numpy(as_array("x", x)).astype(np.float64)
    check_array("x", inputs, ndim=2)
    got, exact = _pair(y, y_exact)
    if got.ndim != 2 or got.shape[0] != inputs.shape[0]:
        raise ValueError(f"y must have shape ({inputs.shape[0]}, out), got {got.shape}")
    if inputs.shape[0] <= inputs.shape[1]:
        raise ValueError(
            f"x must have more vectors than inputs to estimate weights, got shape {inputs.shape}"
        )
    estimate, *_ = np.linalg.lstsq(inputs, got, rcond=None)
    fitted, size = inputs @ estimate, float(np.linalg.norm(exact))
    return ErrorParts(
        total=float(np.linalg.norm(got - exact)) / size,
        linear=float(np.linalg.norm(fitted - exact)) / size,
        residual=float(np.linalg.norm(got - fitted)) / size,
        weights=estimate.T,
    )


def equivalent_bits(error: float) -> float:
    r"""Return the weight resolution of the digital engine that would have the same MVM error.

    Weights spread uniformly over :math:`\pm 1` and rounded to :math:`2^{B-1}-1` levels per sign
    have the relative error :math:`1/(2(2^{B-1}-1))`, whatever the share of exact zeros. Solving for
    :math:`B` gives :math:`1 + \log_2(1 + 1/(2\varepsilon))`.

    Parameters
    ----------
    error : float
        Normalised MVM error, e.g. 0.16.
    """
    check_number("error", error, low=0.0, open_low=True)
    return 1.0 + math.log2(1.0 + 0.5 / error)


def random_sparse_uniform(shape: tuple[int, ...], rng: object, zeros: float = 0.3) -> np.ndarray:
    """Draw numbers uniform in [-1, 1] and set a share of them to zero, as the HERMES tests do.

    Parameters
    ----------
    shape : tuple of int
        Shape of the result.
    rng : int or numpy.random.Generator
        Source of the numbers.
    zeros : float
        Share of exact zeros, 0 to 1.
    """
    check_number("zeros", zeros, low=0.0, high=1.0)
    generator = as_generator(rng)
    if not isinstance(generator, np.random.Generator):
        raise TypeError(f"rng must be an int or a numpy.random.Generator, got {type(rng).__name__}")
    values = generator.uniform(-1.0, 1.0, shape)
    values[generator.random(shape) < zeros] = 0.0
    return values


def digital_mvm(
    weights: Array, x: Array, weight_bits: int | None, io_bits: int | None = 8
) -> Array:
    """Return what a fixed-point digital engine computes: the yardstick of Fig. 2d in its paper.

    Weights, inputs and outputs are quantised symmetrically, each to the range that it fills.

    Parameters
    ----------
    weights : array, shape (out, in)
        Weight matrix.
    x : array, shape (n, in)
        Input vectors.
    weight_bits, io_bits : int or None
        Signed resolutions; ``None`` leaves full precision.

    Returns
    -------
    array, shape (n, out)
        Quantised products.
    """
    if weight_bits is not None:
        check_integer("weight_bits", weight_bits, low=2, high=32)
    w, v = as_array("weights", weights), as_array("x", x)
    check_array("weights", w, ndim=2)
    check_array("x", v, ndim=2, last=w.shape[1])
    product = quantise(v, io_bits, _peak(v)) @ quantise(w, weight_bits, _peak(w)).T
    return quantise(product, io_bits, _peak(product))


def _peak(values: Array) -> float:
    peak = float(namespace(values).max(namespace(values).abs(values)))
    return peak if peak > 0 else 1.0


def _pair(y: Array, y_exact: Array) -> tuple[np.ndarray, np.ndarray]:
    got = to_numpy(as_array("y", y)).astype(np.float64)
    exact = to_numpy(as_array("y_exact", y_exact)).astype(np.float64)
    check_array("y", got)
    check_array("y_exact", exact)
    if got.shape != exact.shape:
        raise ValueError(f"y and y_exact must have one shape, got {got.shape} and {exact.shape}")
    if not exact.any():
        raise ValueError("y_exact is zero throughout: a relative error has no meaning")
    return got, exact
