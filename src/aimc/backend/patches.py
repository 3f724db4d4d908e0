"""Patches of images as input vectors of a matrix, without cutting them out.

Neighbouring patches share most of their pixels: cut out, the patches of a kernel of 3 x 3 pixels
hold each pixel nine times. What treats all entries of a vector alike, such as a converter, may as
well be done to the pixels, and the product of all patches with a matrix is a convolution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from aimc.backend.arrays import Array, namespace

__all__ = ["Patches"]


class Patches:
    """All patches of some images, of shape (n, positions, entries); as much of a tensor as needed.

    They are used like a torch tensor of that shape: ``patches @ matrix``, ``patches[..., 3:9]``,
    ``patches**2``. Entries are in the order of ``kernels.flatten(1)``.

    Parameters
    ----------
    pixels : tensor, shape (n, channels, ...)
        Images, with as many axes behind the channels as the kernel has: one, two or three.
    kernel : sequence of int
        Length of the kernel along each axis.
    stride, padding, dilation : sequence of int
        Steps between patches, zeros around the images, and steps between the pixels of a patch.
    entries : slice, optional
        Which entries of the patches are meant; all by default.

    Raises
    ------
    ValueError
        If the kernel is larger than the padded image.
    """

    __slots__ = ("_entries", "_window", "pixels", "shape")

    def __init__(
        self,
        pixels: Array,
        kernel: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[int],
        dilation: Sequence[int],
        entries: slice | None = None,
    ) -> None:
        whole = int(pixels.shape[1]) * math.prod(kernel)
        first, last, _ = (slice(None) if entries is None else entries).indices(whole)
        # of the channels that these entries belong to
        each = math.prod(kernel)
        skipped = first // each
        self.pixels: Any = pixels[:, skipped : -(-last // each)]
        """The images."""
        self._window = tuple(kernel), tuple(stride), tuple(padding), tuple(dilation)
        self._entries = slice(first - skipped * each, last - skipped * each)
        sizes = int(pixels.shape[0]), math.prod(self.positions), last - first
        self.shape: Any = type(pixels.shape)(sizes)
        """Shape (n, positions, entries)."""

    @property
    def positions(self) -> tuple[int, ...]:
        """Number of patches along each axis of an image."""
        found = []
        for axis, (kernel, stride, padding, dilation) in enumerate(zip(*self._window, strict=True)):
            reach = dilation * (kernel - 1) + 1
            length = int(self.pixels.shape[2 + axis]) + 2 * padding
            if reach > length:
                raise ValueError(
                    f"the kernel reaches over {reach} pixels, but the padded image has only "
                    f"{length}"
                )
            found.append((length - reach) // stride + 1)
        return tuple(found)

    @property
    def ndim(self) -> int:
        """Number of axes, three."""
        return len(self.shape)

    @property
    def dtype(self) -> Any:
        """Number format of the pixels."""
        return self.pixels.dtype

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient of the pixels is followed."""
        return bool(self.pixels.requires_grad)

    def numel(self) -> int:
        """Return how many entries all patches have."""
        return math.prod(self.shape)

    def of(self, pixels: Array) -> Patches:
        """Return the same patches of other images, those that a converter makes of `pixels`."""
        return Patches(pixels, *self._window, self._entries)

    def detach(self) -> Patches:
        """Return the patches as constants for automatic differentiation."""
        return self.of(self.pixels.detach())

    def to(self, dtype: Any) -> Patches:
        """Return the patches in another number format."""
        return self.of(self.pixels.to(dtype))

    def power(self) -> Array:
        """Return the sum of the squares of each vector, shape (n, positions, 1)."""
        each = math.prod(self._window[0])
        if self._entries != slice(0, each * self.pixels.shape[1]):
            return self**2 @ self.pixels.new_ones((self.shape[-1], 1))
        # all channels of the kernel: added up first, they are one image
        from aimc.backend.gradients import SumOfSquares

        squares = SumOfSquares.apply(self.pixels, 1)
        return Patches(squares, *self._window) @ self.pixels.new_ones((each, 1))

    def __abs__(self) -> Patches:
        """Return the magnitudes."""
        return self.of(self.pixels.abs())

    def __pow__(self, power: int) -> Patches:
        """Return a positive power of the entries."""
        return self.of(self.pixels**power)

    def __getitem__(self, key: tuple[Any, slice]) -> Patches:
        """Return ``patches[..., first:last]``, a part of the entries."""
        start, stop, _ = key[1].indices(self.shape[-1])
        first = self._entries.start
        return Patches(self.pixels, *self._window, slice(first + start, first + stop))

    def __matmul__(self, matrix: Array) -> Array:
        """Return the products with a matrix of shape (entries, out): (n, positions, out)."""
        xp, (kernel, stride, padding, dilation) = namespace(matrix), self._window
        if self.pixels.device.type != "cpu":
            return self.vectors() @ matrix  # an accelerator may convolve in fewer digits
        pixels, channels = self.pixels, self.pixels.shape[1]
        before, after = self._entries.start, channels * math.prod(kernel) - self._entries.stop
        if before or after:  # entries that the kernels of these channels have besides
            matrix = xp.constant_pad_nd(matrix, (0, 0, before, after))
        kernels = matrix.mT.reshape(-1, channels, *kernel)
        if len(kernel) == 1:  # an image of one line
            pixels, kernels = pixels.unsqueeze(2), kernels.unsqueeze(2)
            stride, padding, dilation = (1, *stride), (0, *padding), (1, *dilation)
        # channels last in memory: the products then lie as (n, positions, out)
        volumes = pixels.ndim == 5
        order = xp.channels_last_3d if volumes else xp.channels_last
        convolve = xp.conv3d if volumes else xp.conv2d
        maps = convolve(
            pixels.contiguous(memory_format=order), kernels, None, stride, padding, dilation
        )
        return maps.flatten(2).mT

    def vectors(self) -> Array:
        """Return the patches cut out, a tensor of shape (n, positions, entries).

        In memory the positions come last: rows of pixels are then copied whole, some eight times as
        fast as entry by entry.
        """
        kernel, stride, padding, dilation = self._window
        views, axes = self.pixels, len(kernel)
        if any(padding):
            sides = [each for width in reversed(padding) for each in (width, width)]
            views = namespace(views).constant_pad_nd(views, sides)
        for axis in range(axes):
            reach = dilation[axis] * (kernel[axis] - 1) + 1
            views = views.unfold(2 + axis, reach, stride[axis])[..., :: dilation[axis]]
        # (n, channels, positions, kernel entries), without a copy so far
        last = tuple(range(2 + axes, 2 + 2 * axes))
        columns = views.movedim(last, tuple(range(2, 2 + axes))).flatten(2 + axes)
        return columns.flatten(1, 1 + axes)[:, self._entries].mT
