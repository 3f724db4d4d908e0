"""Random numbers from explicit generators, for arrays of either library."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import Any, TypeAlias

import numpy as np
from array_api_compat import is_numpy_array
from numpy.random.bit_generator import ISeedSequence

from aimc.backend.arrays import Array, is_torch_array, like, namespace, product
from aimc.backend.patches import Patches
from aimc.backend.reading import Reading
from aimc.validation import check_serial

__all__ = [
    "RandomSource",
    "add_noise",
    "as_generator",
    "drawn_by_torch",
    "fill_normal",
    "normal",
    "power_of",
    "power_of_constants",
    "read_by_training",
    "received",
    "seeded_generator",
    "uniform",
    "with_output_noise",
]

RandomSource: TypeAlias = Any
"""``int | numpy.random.Generator | torch.Generator``"""

MANY = 1 << 15
"""So many single numbers and more come from a table, in less time than from torch."""
VERY_MANY = 100_000
"""So many devices, a core of 224 by 224 pairs and more, take theirs from it where NumPy is asked,
too, in a sixth of its time."""
TAILS = 2.0**-10
"""Share of them that lies in the two tails, and is drawn one by one."""
_AT_ONCE = 1 << 17
_DRAWN = 1 << 15

# The types of generators that came by.
_GENERATORS: set[type] = set()


def as_generator(rng: RandomSource, name: str = "rng") -> Any:
    """Return a random generator: an int seeds a NumPy generator, a generator is passed through.

    Raises
    ------
    TypeError
        If ``rng`` is neither an int, a ``numpy.random.Generator`` nor a ``torch.Generator``.
    """
    if type(rng) in _GENERATORS:
        return rng
    if isinstance(rng, np.random.Generator) or _is_torch_generator(rng):
        _GENERATORS.add(type(rng))
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


def normal(rng: RandomSource, shape: tuple[int, ...], reference: Array, devices: int = 0) -> Array:
    """Draw standard normal numbers in the library, dtype and device of ``reference``.

    Parameters
    ----------
    rng : int, numpy.random.Generator or torch.Generator
        Where the numbers come from. A NumPy generator gives the same numbers on both libraries.
        A torch generator gives other numbers in parts than at once, where they are many.
    shape : tuple of int
        Shape of the result.
    reference : array
        Array whose library, dtype and device the result takes.
    devices : int
        How many devices the numbers are for, one each; see `fill_normal`.

    Raises
    ------
    TypeError
        If a torch generator is asked to fill a NumPy array.
    """
    generator = as_generator(rng)
    if isinstance(generator, np.random.Generator):
        # Drawn in double precision everywhere, then rounded: same seed, same chip.
        if (
            is_torch_array(reference)
            and reference.device.type == "cpu"
            and reference.is_floating_point()
        ):
            out = reference.new_empty(shape)
            fill_normal(generator, out.view(-1), devices)
            return out
        drawn = np.empty(shape)
        fill_normal(generator, drawn.reshape(-1), devices)
        return like(drawn, reference)
    if is_torch_array(reference):
        return _draw_by_torch(generator, reference.new_empty(shape))
    raise TypeError(
        "rng is a torch.Generator but the data are NumPy arrays: pass an int or a "
        "numpy.random.Generator"
    )


def drawn_by_torch(generator: Any, reference: Array) -> Array:
    """Return what `normal` would draw from a torch generator, in the shape of a tensor."""
    return _draw_by_torch(generator, reference.new_empty(reference.shape))


def _draw_by_torch(generator: Any, out: Array) -> Array:
    """Write normals over a tensor without gaps, and return it."""
    if out.numel() < MANY or out.device.type != "cpu":
        return out.normal_(generator=generator)
    if out.itemsize > 4 or not out.is_floating_point():
        return out.normal_(generator=generator)
    for part in out.view(-1).split(_AT_ONCE):
        _draw_from_table(generator, part)
    return out


def _draw_from_table(generator: Any, out: Array) -> None:
    """Write normals over an array of one axis, in the memory of the processor.

    Each is one of 2**16 values, all equally likely, in steps of at most 0.01 up to 3.3; one in a
    thousand lies beyond, and is drawn one by one.
    """
    count = out.shape[0]
    seed: Any = _Seed(generator)  # NumPy's stubs name one class of what its documentation allows
    rng = np.random.Generator(np.random.SFC64(seed))
    chosen = rng.bit_generator.random_raw(-(-count // 4)).view(np.uint16)[:count]
    drawn = out
    if is_torch_array(out):
        import torch

        if out.itemsize < 4:
            drawn = out.new_empty(count, dtype=torch.float32)
        # by NumPy: torch wakes its other threads to convert, which takes longer than they save
        index = torch.from_numpy(chosen.astype(np.int32))
        torch.index_select(_tensor_of_middle_values(drawn.dtype), 0, index, out=drawn)
    else:
        place = out if out.dtype == np.float64 else None
        drawn = np.take(_middle_values(), chosen, out=place, mode="wrap")
    # a place is hit with the chance TAILS, if hits at random are a Poisson number: one that is hit
    # twice is drawn twice
    far = rng.integers(count, size=rng.poisson(-math.log1p(-TAILS) * count))
    values = drawn.numpy() if is_torch_array(drawn) else drawn
    share = TAILS * (rng.random(far.size) - 0.5)
    values[far] = np.copysign(np.interp(np.log(abs(share)), *_tail()), share)
    if drawn is not out:
        out[...] = drawn


class _Seed(ISeedSequence):
    """Seeds a generator of bits, faster than torch's and NumPy's own, from one of theirs."""

    def __init__(self, generator: Any) -> None:
        self.generator = generator

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> np.ndarray:
        """Return random integers of 64 bits, which is what SFC64 asks for."""
        if isinstance(self.generator, np.random.Generator):
            return self.generator.integers(0, 2**64, n_words, np.uint64).view(dtype)
        import torch

        words = torch.empty(n_words, dtype=torch.int64, device="cpu")
        return words.random_(-(2**63), None, generator=self.generator).numpy().view(dtype)


@cache
def _tail() -> tuple[np.ndarray, np.ndarray]:
    """Return logarithms of shares beyond the last value of the table, and where these begin.

    Straight lines between them err by less than single precision does.
    """
    from statistics import NormalDist  # compiled anew at each start of a browser

    share = np.linspace(math.log(TAILS) - 60, math.log(TAILS / 2), 1 << 13)
    return share, np.array([-NormalDist().inv_cdf(p) for p in np.exp(share)])


@cache
def _middle_values() -> np.ndarray:
    """Return the means of equally likely parts of the normal distribution between its tails."""
    from statistics import NormalDist

    normal = NormalDist()
    share = np.linspace(TAILS / 2, 0.5, 2**15 + 1)
    density = np.array([normal.pdf(normal.inv_cdf(p)) for p in share])
    # the integral of z times it, over the share of a part
    lower = (density[:-1] - density[1:]) / np.diff(share)
    return np.concatenate([lower, -lower[::-1]])


@cache
def _tensor_of_middle_values(dtype: Any) -> Array:
    import torch

    return torch.from_numpy(_middle_values()).to(dtype)


def fill_normal(rng: RandomSource, out: Array, devices: int = 0) -> None:
    """Write the numbers that `normal` would draw over an array of one axis, in memory.

    Where they are for `VERY_MANY` devices, a part of these that begins at a multiple of 2**17 gets
    what `normal` would draw for it among all.
    """
    generator = as_generator(rng)
    if is_torch_array(out) and not isinstance(generator, np.random.Generator):
        _draw_by_torch(generator, out)
    elif _is_torch_generator(generator):
        out[...] = normal(generator, tuple(out.shape), out)  # says what is wrong
    elif devices >= VERY_MANY:
        for first in range(0, out.shape[0], _AT_ONCE):
            _draw_from_table(generator, out[first : first + _AT_ONCE])
    elif is_torch_array(out) and out.itemsize >= 4:
        fill_normal(generator, out.numpy())  # NumPy rounds in less time than torch
    elif out.dtype == np.float64:
        generator.standard_normal(out=out)
    else:
        # part by part: new memory for all would take a tenth as long as the draws themselves
        drawn = np.empty(min(_DRAWN, out.shape[0]))
        for first in range(0, out.shape[0], _DRAWN):
            part = out[first : first + _DRAWN]
            generator.standard_normal(out=drawn[: part.shape[0]])
            part[...] = like(drawn[: part.shape[0]], part)


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
    if not is_torch_array(values) or values.requires_grad:
        return values + std * noise
    return values.addcmul_(noise, std) if is_torch_array(std) else values.add_(noise, alpha=std)


def with_output_noise(
    current: Array, codes: Array, variance: Array, output_std: Array | float, rng: RandomSource
) -> Array:
    """Return currents plus noise of variance ``codes**2 @ variance + output_std**2``; torch only.

    Gradients follow its size to the codes; see `aimc.backend.gradients.Power`.

    Parameters
    ----------
    current : tensor, shape (..., out)
        Currents without it.
    codes : tensor or Patches, shape (..., in)
        What drives the word lines.
    variance : tensor, shape (in, out) or (1, out) or (1, 1)
        Variance per squared code; one in place of what it does not depend on.
    output_std : float or tensor of shape (out,)
        Standard deviation of further noise that takes the same draw.
    rng : int, numpy.random.Generator or torch.Generator
        Where the numbers come from.
    """
    from aimc.backend.gradients import WithNoise

    noise = normal(rng, tuple(current.shape), current)
    power = power_of(codes, variance).to(current.dtype)
    return WithNoise.apply(current, power + output_std**2, noise)


def power_of(codes: Array, variance: Array) -> Array:
    """Return ``codes**2 @ variance``, with a gradient by the codes; torch only.

    Parameters
    ----------
    codes : tensor or Patches, shape (..., in)
        What drives the word lines.
    variance : tensor, shape (in, out) or (1, out) or (1, 1)
        Variance per squared code; one in place of what it does not depend on.
    """
    from aimc.backend.gradients import Power

    if not isinstance(codes, Patches):
        return Power.apply(codes, variance)
    alike = variance.shape[0] == 1 and codes.shape[-1] != 1
    return codes.power() * variance if alike else product(codes**2, variance)


def power_of_constants(codes: Array, variance: Array) -> Array:
    """Return what `power_of` does, of either library, where no gradient is followed."""
    if variance.shape[0] == 1 and codes.shape[-1] != 1:
        if isinstance(codes, Patches):
            return codes.power() * variance
        lengths = namespace(codes).sum(codes**2, axis=-1, keepdims=True)
        return lengths * like(variance[0, ...], codes)
    return product(codes**2 if isinstance(codes, Patches) else codes * codes, variance)


def read_by_training(
    values: Array, weights: Array, offset: Array | None, how: Reading, rng: RandomSource
) -> tuple[Array, float, float]:
    """Return what a core makes of inputs with weights in place of devices; torch only.

    Gradients follow inputs, weights and offset; see `aimc.backend.gradients.Read`. The shares of
    the inputs, NaN if one is not finite, and of the outputs that were clipped come as well.

    Parameters
    ----------
    values : tensor, shape (..., in)
        Inputs.
    weights : tensor, shape (out, in)
        What the matrix was made of.
    offset : tensor of shape (out,), optional
        Added to the outputs.
    how : Reading
        The matrix, and what surrounds it.
    rng : int, numpy.random.Generator or torch.Generator
        Where the numbers come from.
    """
    import torch

    from aimc.backend.gradients import Read

    shares: list[float] = []
    draw = None if how.silent else partial(_write_over, as_generator(rng))
    followed = torch.is_grad_enabled()
    return (Read.apply(values, weights, offset, how, draw, shares, followed), *shares)


def received(
    products: Array, power: Array | None, offset: Array | None, how: Reading, rng: RandomSource
) -> tuple[Array, float]:
    """Return products as outputs, and the share of them that was clipped; torch only.

    Gradients follow products, power and offset; see `aimc.backend.gradients.Received`.

    Parameters
    ----------
    products : tensor, shape (..., out)
        Codes times weights.
    power : tensor, shape (..., out) or (..., 1), or None
        Variance of the noise of the devices, without the factor on it.
    offset : tensor of shape (out,), optional
        Added to the outputs.
    how : Reading
        What makes outputs of products.
    rng : int, numpy.random.Generator or torch.Generator
        Where the numbers come from.
    """
    from aimc.backend.gradients import Received

    share: list[float] = []
    draw = None if how.silent else partial(_write_over, as_generator(rng))
    return Received.apply(products, power, offset, how, draw, share), share[0]


def _write_over(rng: RandomSource, out: Array) -> None:
    """Write what `normal` would draw over a tensor without gaps."""
    generator = as_generator(rng)
    if isinstance(generator, np.random.Generator):
        out.copy_(normal(generator, tuple(out.shape), out))
    else:
        _draw_by_torch(generator, out)


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
