"""A dense layer on analog cores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from aimc.core import Core
from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import Setup

__all__ = ["AnalogLinear"]


class AnalogLinear(AnalogLayer, nn.Linear):
    """`torch.nn.Linear` whose matrix is on analog cores; see `AnalogLayer`.

    Parameters
    ----------
    in_features, out_features : int
        Numbers per input and per output.
    bias : bool
        Whether a bias is added, in floating point.
    preset : callable
        ``preset(serial=..., index=..., **options)`` returns an unprogrammed core.
    serial : int
        Serial number of the chip.
    weight_range : {"core", "output"}
        Whether the largest weight of a core or of each output becomes a fully SET cell.
    output_bits : int or None
        Resolution of what the digital unit of each core sends; ``None`` is floating point.
    **options
        Further arguments of the preset.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        preset: Callable[..., Core],
        serial: int = 0,
        weight_range: str = "core",
        output_bits: int | None = None,
        **options: Any,
    ) -> None:
        nn.Linear.__init__(self, in_features, out_features, bias)
        self._place(Setup(preset, serial, options, weight_range, output_bits), 0)

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a digital layer cannot be converted; empty: a dense layer always can."""
        return ""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return ``x W^T + b``, x of shape (..., in_features) to (..., out_features)."""
        self.observe("weight", x)
        y = self.product()(x)
        return y if self.bias is None else y + self.bias
