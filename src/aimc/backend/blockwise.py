"""Formulas over millions of devices, evaluated in blocks that stay in the processor's cache.

A formula of ten operations on ten million devices passes ten times through memory, and memory is
slower than the arithmetic. Evaluated on some ten thousand devices at a time, all intermediate
results stay in the cache, and only the last one is written out.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from aimc.backend import Array, RandomSource, as_generator, namespace, normal

__all__ = ["with_normals"]

# A dozen intermediate results of this size fit into a second-level cache of two megabytes, and
# torch does not yet split most operations over threads, which would wait for each other in every
# one, and long on a busy machine. torch fills its normals sixteen at a time: multiples of that
# leave its stream whole.
BLOCK = 1 << 15
SMALLEST_BLOCK = 16


def with_normals(
    formula: Callable[..., Array], *arrays: Array, rng: RandomSource, block: int = BLOCK
) -> Array:
    """Return ``formula(*arrays, z)`` with one standard normal number ``z`` for every entry.

    The numbers are those that `aimc.backend.normal` draws for the whole array, whether or not the
    evaluation goes by blocks. It does not where a gradient is asked for or on an accelerator.

    Parameters
    ----------
    formula : callable
        Computes an array from arrays of its own shape, entry by entry.
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
        return formula(*arrays, normal(generator, shape, arrays[0]))
    xp = namespace(*arrays)
    flat = [xp.reshape(array, (-1,)) for array in arrays]
    result = xp.empty_like(flat[0])
    start = 0
    while start < size:
        stop = start + block if size - start >= block + SMALLEST_BLOCK else size
        parts = [array[start:stop] for array in flat]
        result[start:stop] = formula(*parts, normal(generator, (stop - start,), parts[0]))
        start = stop
    return xp.reshape(result, shape)


def _plain(array: Array) -> bool:
    """Whether entries lie in the memory of the processor and no gradient is followed."""
    place = str(getattr(array, "device", "cpu"))
    return place.startswith("cpu") and not getattr(array, "requires_grad", False)
