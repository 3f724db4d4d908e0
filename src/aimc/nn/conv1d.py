"""A one-dimensional convolution on analog cores, over time or along a sequence."""

from __future__ import annotations

from torch import nn

from aimc.nn.convolution import AnalogConvolution

__all__ = ["AnalogConv1d"]


class AnalogConv1d(AnalogConvolution, nn.Conv1d):
    """`torch.nn.Conv1d` whose kernels are on analog cores; parameters as in `AnalogConvolution`."""

    axes = ("length",)
