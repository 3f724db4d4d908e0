"""A two-dimensional convolution on analog cores: one read per output position."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from aimc.core import Core
from aimc.nn.layer import AnalogLayer
from aimc.nn.tiled_matrix import Setup

__all__ = ["AnalogConv2d", "patches"]

CHUNK = 1 << 20
"""Entries of the patches that are multiplied at once: 4 MB of them, which caches hold."""


class AnalogConv2d(AnalogLayer, nn.Conv2d):
    """`torch.nn.Conv2d` whose kernels are on analog cores; see `AnalogLayer`.

    The kernels, flattened, are a matrix of shape (filters, channels x height x width); the patches
    of the input (im2col) are its input vectors, as in `aimc.layers.im2col`.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels and filters.
    kernel_size, stride, padding, dilation, bias, padding_mode
        As for `torch.nn.Conv2d`. There are no groups.
    preset : callable
        ``preset(serial=..., index=..., **options)`` returns an unprogrammed core.
    serial : int
        Serial number of the chip.
    first_core : int
        Number of the first core that the layer takes; layers of one chip take different ones.
    weight_range : {"core", "output"}
        Whether the largest weight of a core or of each output becomes a fully SET cell.
    output_bits : int or None
        Resolution of what the digital unit of each core sends; ``None`` is floating point.
    device, dtype
        Where and in which format torch makes the parameters, as for `torch.nn.Conv2d`.
    **options
        Further arguments of the preset.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        bias: bool = True,
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
        nn.Conv2d.__init__(
            self,
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            bias=bias,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )
        self._place(Setup(preset, serial, options, weight_range, output_bits), first_core)

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a convolution cannot be converted; empty if it can."""
        if isinstance(module, nn.Conv2d) and module.groups != 1:
            return (
                f"a convolution in {module.groups} groups is as many small matrices, which would "
                "leave most of a crossbar empty"
            )
        return ""

    def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002 (the name in torch)
        """Convolve: (n, channels, h, w) or (channels, h, w) to (n, filters, h', w') or without n.

        Raises
        ------
        TypeError
            If ``input`` is no tensor of floating-point numbers.
        ValueError
            If it has another number of axes or channels.
        """
        self._check_floating(input)
        if input.ndim not in (3, 4) or input.shape[-3] != self.in_channels:
            raise ValueError(
                f"layer {self._label!r}: input must have shape (n, {self.in_channels}, height, "
                f"width), or without n, got {tuple(input.shape)}"
            )
        self.observe(input)
        if self.digital:
            return nn.Conv2d.forward(self, input)
        images = input if input.ndim == 4 else input[None]
        product = self.product(self.bias)
        if any(self._padding()):
            mode = "constant" if self.padding_mode == "zeros" else self.padding_mode
            images = nn.functional.pad(images, self._padding(), mode=mode)
        # Whole images, as many as fit the caches: one product per chunk and core.
        per_image = math.prod(images.shape[-2:]) * math.prod(self.weight.shape[1:])
        chunks = images.split(max(1, CHUNK // per_image))
        y = torch.cat([self._convolve(chunk, product) for chunk in chunks])
        return y if input.ndim == 4 else y[0]

    def exact(self, x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Return the convolution with other kernels, shape (positions of all images, filters)."""
        kernels = weights.reshape(self.weight.shape)
        maps = self._conv_forward(x if x.ndim == 4 else x[None], kernels, None)
        return maps.permute(0, 2, 3, 1).flatten(0, 2)

    def _convolve(
        self, images: torch.Tensor, product: Callable[[torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        vectors = patches(images, self.weight.shape[-2:], self.stride, self.dilation)
        y = product(vectors.flatten(0, 2))
        return y.unflatten(0, vectors.shape[:3]).permute(0, 3, 1, 2)

    def _padding(self) -> tuple[int, int, int, int]:
        """Return zeros to the left, right, top and bottom, as `torch.nn.functional.pad` wants."""
        sides: list[int] = []
        for axis in (1, 0):
            if self.padding == "same":
                total = self.dilation[axis] * (self.kernel_size[axis] - 1)
                sides += [total // 2, total - total // 2]
            else:
                each = 0 if isinstance(self.padding, str) else self.padding[axis]
                sides += [each, each]
        return sides[0], sides[1], sides[2], sides[3]


def patches(
    images: torch.Tensor,
    kernel: tuple[int, int] | torch.Size,
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> torch.Tensor:
    """Return the patches of images as vectors, one per output position (im2col).

    Parameters
    ----------
    images : tensor, shape (n, channels, height, width)
        Padded images.
    kernel : (int, int)
        Height and width of the kernel.
    stride, dilation : (int, int)
        Steps between patches and between the pixels of one.

    Returns
    -------
    tensor, shape (n, h', w', channels * kernel height * kernel width)
        Entries in the order of ``kernels.flatten(1)``.

    Raises
    ------
    ValueError
        If the kernel is larger than the image.
    """
    views = images
    for axis in (0, 1):
        reach = dilation[axis] * (kernel[axis] - 1) + 1
        if reach > images.shape[2 + axis]:
            raise ValueError(
                f"the kernel reaches over {reach} pixels, but the padded image has only "
                f"{images.shape[2 + axis]}"
            )
        views = views.unfold(2 + axis, reach, stride[axis])[..., :: dilation[axis]]
    # (n, channels, h', w', kernel height, kernel width), without a copy so far
    return views.permute(0, 2, 3, 1, 4, 5).flatten(3)
