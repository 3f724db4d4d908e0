r"""Transposed convolutions on analog cores: one read per input position, overlaps added digitally.

A transposed convolution multiplies the channels of each input position with all kernel entries, a
matrix of shape (filters x kernel entries, channels), and adds the results where they overlap
(col2im). The other way, a convolution over an input with zeros between its pixels, would read the
cores once per output position, with mostly zeros as inputs. The first takes fewer reads, by the
product of the strides, but its outputs have to be added outside the cores: digital units add
overlaps and bias in floating point after all cores have sent what they have. `aimc.chip` prices
the reads and no such additions, and its costs say so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from aimc.cores import Core
from aimc.nn.convolution import CHUNK, AnalogConvolution, Sizes
from aimc.nn.matrix import Setup

__all__ = ["AnalogConvTranspose1d", "AnalogConvTranspose2d"]


class AnalogConvTranspose(AnalogConvolution):
    """Base of the transposed convolutions; each is also a subclass of its torch counterpart.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels and filters.
    kernel_size, stride, padding, output_padding, groups, bias, dilation, padding_mode
        As for the torch counterpart.
    preset, serial, first_core, weight_range, output_bits, device, dtype, **options
        As for `AnalogConvolution`.
    """

    beside = ("sums of overlaps in transposed convolutions",)

    output_padding: tuple[int, ...]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        *,
        preset: Callable[..., Core],
        serial: int = 0,
        first_core: int = 0,
        weight_range: str = "core",
        output_bits: int | None = None,
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
        **options: Any,
    ) -> None:
        digital: Any = super(AnalogConvolution, self)
        digital.__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            groups,
            bias,
            dilation,
            padding_mode,
            device,
            dtype,
        )
        self._place(Setup(preset, serial, options, weight_range, output_bits), first_core)

    def _blocks(self, first: int, last: int) -> torch.Tensor:
        return self.weight.unflatten(0, (self.groups, -1))[first:last].flatten(2).transpose(1, 2)

    def vectors(self, x: torch.Tensor, output: torch.Tensor) -> int:
        """Return how many vectors each matrix meets in a forward: one per input position."""
        return x.numel() // self.in_channels

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return ``None``: the bias is added after the overlaps, not by a core."""
        return None

    def forward(
        self,
        input: torch.Tensor,  # noqa: A002 (the name in torch)
        output_size: Sequence[int] | None = None,
    ) -> torch.Tensor:
        """Convolve: (n, channels, ...) or (channels, ...) to (n, filters, ...) or without n.

        Parameters
        ----------
        input : tensor
            Images.
        output_size : sequence of int, optional
            Size of the output, where the stride leaves a choice; see the torch counterpart.

        Raises
        ------
        TypeError
            If ``input`` is no tensor of floating-point numbers.
        ValueError
            If it has another number of axes or channels.
        """
        return self._through(input, output_size)

    def exact(self, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Return the products before overlaps are added, shape (positions of all images, out)."""
        return nn.functional.linear(_vectors(x), weights)

    def _outputs(self, images: torch.Tensor, *others: Any) -> torch.Tensor:
        (size,) = others
        whole: Any = self
        axes = len(self.kernel_size)
        extra = whole._output_padding(
            images, size, self.stride, self.padding, self.kernel_size, axes, self.dilation
        )
        bands = []
        for number, pack in enumerate(self._packs):
            product = self.product(None, number)
            part = pack.of(images, self.groups, axis=1)
            entries = math.prod(part.shape[2:]) * self.sums[number].matrices[0].shape[0]
            chunks = part.split(max(1, CHUNK // entries))
            bands.append(torch.cat([self._spread(chunk, product, extra) for chunk in chunks]))
        y = bands[0] if len(bands) == 1 else torch.cat(bands, dim=1)
        bias: torch.Tensor | None = self.bias
        return y if bias is None else y + bias.to(y).reshape(-1, *[1] * axes)

    def _spread(
        self,
        images: torch.Tensor,
        product: Callable[[torch.Tensor], torch.Tensor],
        extra: Sequence[int],
    ) -> torch.Tensor:
        """Return images (n, filters, ...) in which the products of all positions are added."""
        y = product(_vectors(images))
        positions = images.shape[0], math.prod(images.shape[2:])
        columns = y.unflatten(0, positions).transpose(1, 2)
        # An image of one line serves for one axis.
        flat = (1,) * (2 - len(self.kernel_size))
        kernel, stride, dilation = (
            flat + tuple(sizes) for sizes in (self.kernel_size, self.stride, self.dilation)
        )
        canvas = [
            (length - 1) * stride[k] + dilation[k] * (kernel[k] - 1) + 1
            for k, length in enumerate(flat + tuple(images.shape[2:]))
        ]
        maps = nn.functional.fold(columns, canvas, kernel, dilation, 0, stride)
        sides: list[int] = []  # as torch.nn.functional.pad wants them: last axis first
        for axis in reversed(range(len(self.kernel_size))):
            cut = int(self.padding[axis])
            sides += [-cut, extra[axis] - cut]
        return nn.functional.pad(maps.squeeze(2) if flat else maps, sides)


def _vectors(images: torch.Tensor) -> torch.Tensor:
    """Return the channels of all positions, (n, channels, ...) to (positions, channels)."""
    return images.movedim(1, -1).flatten(0, -2)


class AnalogConvTranspose1d(AnalogConvTranspose, nn.ConvTranspose1d):
    """`torch.nn.ConvTranspose1d` on analog cores; parameters as in `AnalogConvTranspose`."""

    axes = ("length",)


class AnalogConvTranspose2d(AnalogConvTranspose, nn.ConvTranspose2d):
    """`torch.nn.ConvTranspose2d` on analog cores; parameters as in `AnalogConvTranspose`."""

    axes = ("height", "width")
