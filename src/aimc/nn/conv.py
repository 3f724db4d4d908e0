"""A two-dimensional convolution on analog cores: one read per output position."""

from __future__ import annotations

from torch import nn

from aimc.nn.convolution import AnalogConvolution

__all__ = ["AnalogConv2d"]


class AnalogConv2d(AnalogConvolution, nn.Conv2d):
    """`torch.nn.Conv2d` whose kernels are on analog cores; parameters as in `AnalogConvolution`."""

    axes = ("height", "width")
