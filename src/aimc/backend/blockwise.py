"""Formulas over millions of devices, evaluated in blocks that stay in the processor's cache.

A formula of ten operations on ten million devices passes ten times through memory, and memory is
slower than the arithmetic. Evaluated on some hundred thousand devices at a time, intermediate
results stay in the cache, and only the last one is written out: over its random numbers, which are
drawn where the result will stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from aimc.backend.arrays import Array, is_torch_array, namespace, tracks_gradient
from aimc.backend.random import RandomSource, as_generator, fill_normal, normal

__all__ = ["by_blocks", "exponential", "overwritten", "scattered", "split_at", "with_normals"]

# The smallest at which what a block costs by itself no longer counts, and that torch splits over
# threads. torch draws fewer than sixteen numbers one by one, slowly.
BLOCK = 1 << 17
SMALLEST_BLOCK = 16
LOG2_E = math.log2(math.e)


def with_normals(
    formula: Callable[..., Array], *arrays: Array, rng: RandomSource, block: int = BLOCK
) -> Array:
    """Return ``formula(*arrays, z)`` with one standard normal number ``z`` for every device.

    A NumPy generator's numbers are those that `aimc.backend.normal` draws for so many devices,
    whether or not the evaluation goes by blocks. It does not where a gradient is asked for or on an
    accelerator.

    Parameters
    ----------
    formula : callable
        Computes an array from arrays of its own shape, entry by entry. It may write its result over
        the normal numbers, as `scattered` and `overwritten` do: that saves a pass.
    *arrays : array
        Arguments of the formula, all of one shape, library and dtype.
    rng : int, numpy.random.Generator or torch.Generator
        Source of the numbers.
    block : int
        Entries per block, a multiple of 16.

    Returns
    -------
    array
        Of the shape, library and dtype of the arguments.
    """
    generator, shape = as_generator(rng), tuple(arrays[0].shape)
    size = math.prod(shape)
    if size <= block or not all(_plain(array) for array in arrays):
        return formula(*arrays, normal(generator, shape, arrays[0], size))
    xp = namespace(*arrays)
    flat = [xp.reshape(array, (-1,)) for array in arrays]
    result = xp.empty_like(flat[0])
    for part in _parts(size, block):
        place = result[part]
        fill_normal(generator, place, size)
        values = formula(*(array[part] for array in flat), place)
        if values is not place:
            result[part] = values
    return xp.reshape(result, shape)


def by_blocks(
    formula: Callable[..., tuple[Array, ...]], *arrays: Array, block: int = BLOCK // 2
) -> tuple[Array, ...]:
    """Return the arrays that ``formula(*arrays)`` computes entry by entry; see `with_normals`."""
    shape = tuple(arrays[0].shape)
    size = math.prod(shape)
    if size <= block or not all(_plain(array) for array in arrays):
        return formula(*arrays)
    xp = namespace(*arrays)
    flat = [xp.reshape(array, (-1,)) for array in arrays]
    results: list[Array] = []
    for part in _parts(size, block):
        found = formula(*(array[part] for array in flat))
        results = results or [xp.empty_like(flat[0]) for _ in found]
        for result, values in zip(results, found, strict=True):
            result[part] = values
    return tuple(xp.reshape(result, shape) for result in results)


def _parts(size: int, block: int) -> Iterator[slice]:
    """Return the blocks; a last one of a few entries belongs to that before."""
    start = 0
    while start < size:
        stop = start + block if size - start >= block + SMALLEST_BLOCK else size
        yield slice(start, stop)
        start = stop


def scattered(mean: Array, std: Array, normal: Array, unit: float = 1.0) -> Array:
    """Return ``mean + unit * std * normal``, written over ``normal`` unless a gradient is followed.

    ``std`` may be written over.
    """
    if any(tracks_gradient(array) for array in (mean, std, normal)):
        return mean + (unit * std) * normal
    if is_torch_array(normal):
        return namespace(normal).addcmul(mean, std, normal, value=unit, out=normal)
    std *= unit
    normal *= std
    normal += mean
    return normal


def overwritten(function: Callable[..., Array], values: Array, *arguments: float | None) -> Array:
    """Return ``function(values, *arguments)`` in place of ``values`` unless a gradient is followed.

    ``function`` belongs to the array API's namespace of the values, such as ``xp.abs``.
    """
    if tracks_gradient(values) or isinstance(values, np.generic):
        return function(values, *arguments)
    function(values, *arguments, out=values)
    return values


def exponential(values: Array, factor: float) -> Array:
    """Return ``exp(factor * values)``."""
    if tracks_gradient(values) or not is_torch_array(values):
        scaled = factor * values
        return overwritten(namespace(scaled).exp, scaled)
    # a power of two, which torch finds several times as fast
    return (values * (LOG2_E * factor)).exp2_()


def split_at(threshold: float, values: Array, below: Array, above: Array) -> Array:
    """Return ``below`` where values lie below the threshold, else ``above``; both are finite."""
    if not is_torch_array(values):
        return np.where(values < threshold, below, above)
    # torch chooses entry by entry, ten times as slowly as it mixes with weights of zero and one
    return above.lerp(below, values.detach().clone().lt_(threshold))


def _plain(array: Array) -> bool:
    """Return whether entries lie in the memory of the processor and no gradient is followed."""
    place = getattr(array, "device", "cpu")
    return getattr(place, "type", place) == "cpu" and not getattr(array, "requires_grad", False)
