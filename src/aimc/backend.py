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
    "PRECISIONS",
    "Array",
    "RandomSource",
    "add_noise",
    "as_array",
    "as_generator",
    "at_least_single",
    "in_precision",
    "like",
    "namespace",
    "normal",
    "peak",
    "product",
    "round_straight_through",
    "rounded_between",
    "seeded_generator",
    "stop_gradient",
    "supports",
    "take",
    "to_numpy",
    "tracks_gradient",
    "uniform",
]

Array: TypeAlias = Any
"""A NumPy array or a torch tensor."""

RandomSource: TypeAlias = Any
"""``int | numpy.random.Generator | torch.Generator``"""

PRECISIONS = ("float32", "bfloat16", "fastest")
"""Number formats in which a product may be computed; "fastest" is bfloat16 where it is a gain."""


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


def at_least_single(array: Array) -> Array:
    """Return ``array`` with entries of 32 bits or more; 16-bit floats become single precision.

    Conductances of some 1e-5 S, and even more so their variances, do not fit in half precision.
    """
    if array.itemsize >= 4:
        return array
    return array.float() if is_torch_array(array) else array.astype(np.float32)


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


def tracks_gradient(array: Array) -> bool:
    """Return whether automatic differentiation follows what is computed from ``array``."""
    return bool(getattr(array, "requires_grad", False))


def rounded_between(values: Array, limit: float) -> Array:
    """Return ``values`` rounded to integers and clipped to ``[-limit, limit]``.

    ``values`` may be overwritten: pass an array of your own. Under torch, and where a gradient is
    followed, it is one inside the limits and zero outside.

    Parameters
    ----------
    values : array
        Any shape; overwritten unless a gradient is followed.
    limit : float
        A positive integer.
    """
    if is_torch_array(values):
        if values.requires_grad:
            return round_straight_through(values.clamp(-limit, limit))
        return values.round_().clamp_(-limit, limit)
    np.rint(values, out=values)
    return np.clip(values, -limit, limit, out=values)


def peak(values: Array) -> float:
    """Return the largest magnitude, in one pass over the values where the library has one."""
    if is_torch_array(values):
        smallest, largest = values.detach().aminmax()
        return max(-float(smallest), float(largest))
    return max(-float(values.min()), float(values.max()))


def supports(precision: str, reference: Array) -> bool:
    """Return whether products in ``precision`` are a gain on the device of ``reference``.

    NumPy has no bfloat16. torch computes with it everywhere, but only processors with instructions
    for it do so faster than with single precision.
    """
    if precision != "bfloat16":
        return True
    if not is_torch_array(reference):
        return False
    import torch  # an optional dependency, and the caller has just handed us one of its tensors

    if reference.device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    mkldnn = torch.ops.mkldnn
    known = torch.backends.mkldnn.is_available() and hasattr(mkldnn, "_is_mkldnn_bf16_supported")
    return reference.device.type == "cpu" and known and bool(mkldnn._is_mkldnn_bf16_supported())


def in_precision(array: Array, precision: str | None) -> Array:
    """Return ``array`` rounded to one of `PRECISIONS`; ``None`` leaves it as it is.

    "fastest" is bfloat16 where `supports` says so, else float32.

    Raises
    ------
    ValueError
        If the library or the processor of ``array`` does not support the precision.
    """
    if precision is None:
        return array
    if precision == "fastest":
        precision = "bfloat16" if supports("bfloat16", array) else "float32"
    if not supports(precision, array):
        where = "NumPy arrays" if is_numpy_array(array) else f"this {array.device.type} device"
        raise ValueError(
            f"precision={precision!r} is not supported by {where}: it needs torch tensors on a "
            "processor with instructions for it; use precision='float32' or 'fastest'"
        )
    if is_torch_array(array):
        return array.bfloat16() if precision == "bfloat16" else array.float()
    return np.asarray(array, dtype=np.float32)


def product(left: Array, right: Array) -> Array:
    """Return ``left @ right``, computed in the precision of ``right``, in the dtype of ``left``."""
    if left.dtype == right.dtype:
        return left @ right
    if is_torch_array(left):
        return (left.to(right.dtype) @ right).to(left.dtype)
    return (left.astype(right.dtype) @ right).astype(left.dtype)


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

    Used for read noise, where only the distribution has to agree between the libraries.
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


def add_noise(values: Array, std: Array | float, rng: RandomSource) -> Array:
    """Return ``values`` plus normal noise of standard deviation ``std``.

    ``values`` may be overwritten, unless a gradient is followed: pass an array of your own.

    Parameters
    ----------
    values : array
        Any shape.
    std : float or array
        Standard deviation; an array must broadcast to the shape of ``values``.
    rng : int, numpy.random.Generator or torch.Generator
        Where the numbers come from.
    """
    noise = normal(rng, tuple(values.shape), values)
    if not is_torch_array(values) or tracks_gradient(values):
        return values + std * noise
    return values.addcmul_(noise, std) if is_torch_array(std) else values.add_(noise, alpha=std)


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
