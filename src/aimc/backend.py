"""The one place that knows which array library is in use.

Devices, circuits and cores are written against the Python array API standard, so that the same
lines run on NumPy (teaching, the browser) and on torch tensors (gradients, GPU). What the standard
lacks lives here: random draws, rounding with a straight-through gradient, and moving constants to
the library of another array. torch is never imported by this module; it is only recognised.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from array_api_compat import array_namespace, is_numpy_array, is_torch_array

from aimc.validation import check_serial

__all__ = [
    "Array",
    "RandomSource",
    "as_array",
    "as_generator",
    "like",
    "namespace",
    "normal",
    "round_straight_through",
    "seeded_generator",
    "stop_gradient",
    "take",
    "to_numpy",
    "uniform",
]

Array: TypeAlias = Any
"""A NumPy array or a torch tensor."""

RandomSource: TypeAlias = Any
"""``int | numpy.random.Generator | torch.Generator``"""


def namespace(*arrays: Array) -> Any:
    """Return the array-API namespace that the arrays share.

    Raises
    ------
    TypeError
        If an argument is not an array, or if NumPy and torch arrays are mixed.
    """
    try:
        return array_namespace(*arrays)
    except TypeError as error:
        kinds = ", ".join(type(array).__name__ for array in arrays)
        raise TypeError(
            f"expected NumPy arrays or torch tensors of one library, got {kinds}"
        ) from error


def as_array(name: str, value: Any) -> Array:
    """Return ``value`` as a floating-point array; lists and integers become float64 NumPy arrays.

    Raises
    ------
    TypeError
        If ``value`` cannot be read as an array of real numbers.
    """
    if is_torch_array(value):
        return (
            value if value.is_floating_point() else value.to(dtype=value.new_empty(0).float().dtype)
        )
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise TypeError(f"{name} cannot be read as an array: {error}") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def like(values: Any, reference: Array) -> Array:
    """Return ``values`` in the library, dtype and device of ``reference``."""
    if is_torch_array(reference):
        if is_torch_array(values):
            return values.to(dtype=reference.dtype, device=reference.device)
        # as_tensor rather than new_tensor: it shares memory and keeps NumPy scalars exact
        array = np.asarray(values, dtype=np.float64)
        return reference.new_empty(0).new_tensor(array)
    return np.asarray(to_numpy(values), dtype=reference.dtype)


def to_numpy(array: Array) -> np.ndarray:
    """Return a detached NumPy copy or view of an array of either library."""
    if is_torch_array(array):
        return array.detach().cpu().numpy()
    return np.asarray(array)


def stop_gradient(array: Array) -> Array:
    """Return ``array`` as a constant for automatic differentiation (a no-op under NumPy)."""
    return array.detach() if is_torch_array(array) else array


def take(table: Array, index: Array) -> Array:
    """Return entries of a table of one axis, in the shape of ``index``.

    Indices count from zero. (The array API's own function also minds negative ones, which takes
    torch three times as long.)
    """
    if is_torch_array(table):
        return table.index_select(0, index.reshape(-1)).reshape(index.shape)
    return np.take(table, index)


def round_straight_through(array: Array) -> Array:
    """Round to the nearest integer; under torch the gradient passes as if nothing was rounded.

    A staircase has zero slope almost everywhere, so a network behind it could not learn. The
    straight-through estimator replaces its slope by one :cite:p:`bengio2013estimating`.
    """
    if is_torch_array(array):
        return array + (array.round() - array).detach()
    return np.round(array)


def as_generator(rng: RandomSource, name: str = "rng") -> Any:
    """Return a random generator: an int seeds a NumPy generator, a generator is passed through.

    Raises
    ------
    TypeError
        If ``rng`` is neither an int, a ``numpy.random.Generator`` nor a ``torch.Generator``.
    """
    if isinstance(rng, np.random.Generator) or _is_torch_generator(rng):
        return rng
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        return np.random.default_rng(check_serial(name, rng))
    raise TypeError(
        f"{name} must be an int, a numpy.random.Generator or a torch.Generator, "
        f"got {rng!r} ({type(rng).__name__})"
    )


def seeded_generator(seed: tuple[int, ...], reference: Array) -> Any:
    """Return a generator in the library and on the device of ``reference``.

    Used for reading noise, where only the distribution has to agree between the libraries.
    Device state is always drawn by NumPy, so that a serial number means the same chip everywhere.
    """
    sequence = np.random.SeedSequence(list(seed))
    if is_torch_array(reference):
        import torch

        generator = torch.Generator(device=reference.device)
        generator.manual_seed(int(sequence.generate_state(1, np.uint64)[0]) >> 1)
        return generator
    return np.random.default_rng(sequence)


def normal(rng: RandomSource, shape: tuple[int, ...], reference: Array) -> Array:
    """Draw standard normal numbers in the library, dtype and device of ``reference``.

    Parameters
    ----------
    rng : int, numpy.random.Generator or torch.Generator
        Where the numbers come from. A NumPy generator gives the same numbers on both libraries.
    shape : tuple of int
        Shape of the result.
    reference : array
        Array whose library, dtype and device the result takes.

    Raises
    ------
    TypeError
        If a torch generator is asked to fill a NumPy array.
    """
    generator = as_generator(rng)
    if isinstance(generator, np.random.Generator):
        # Drawn in double precision everywhere, then rounded: same seed, same chip.
        return like(generator.standard_normal(shape), reference)
    if is_numpy_array(reference):
        raise TypeError(
            "rng is a torch.Generator but the data are NumPy arrays: pass an int or a "
            "numpy.random.Generator"
        )
    return reference.new_empty(shape).normal_(generator=generator)


def uniform(rng: RandomSource, shape: tuple[int, ...], reference: Array) -> Array:
    """Draw numbers evenly from [0, 1), under the same rules as `normal`.

    Raises
    ------
    TypeError
        If a torch generator is asked to fill a NumPy array.
    """
    generator = as_generator(rng)
    if isinstance(generator, np.random.Generator):
        return like(generator.random(shape), reference)
    if is_numpy_array(reference):
        raise TypeError(
            "rng is a torch.Generator but the data are NumPy arrays: pass an int or a "
            "numpy.random.Generator"
        )
    return reference.new_empty(shape).uniform_(generator=generator)


def _is_torch_generator(rng: Any) -> bool:
    kind = type(rng)
    return kind.__name__ == "Generator" and kind.__module__.split(".")[0] == "torch"
