"""A dense layer on analog cores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from aimc.cores import Core
from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import Setup
from aimc.nn.stand_in import Factor

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
    first_core : int
        Number of the first core that the layer takes; layers of one chip take different ones.
    weight_range : {"core", "output"}
        Whether the largest weight of a core or of each output becomes a fully SET cell.
    output_bits : int or None
        Resolution of what the digital unit of each core sends; ``None`` is floating point.
    device, dtype
        Where and in which format torch makes the parameters, as for `torch.nn.Linear`.
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
        first_core: int = 0,
        weight_range: str = "core",
        output_bits: int | None = None,
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
        **options: Any,
    ) -> None:
        nn.Linear.__init__(self, in_features, out_features, bias, device, dtype)
        self._place(Setup(preset, serial, options, weight_range, output_bits), first_core)

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a digital layer cannot be converted; empty: a dense layer always can."""
        return ""

    def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002 (the name in torch)
        """Return ``x W^T + b``, input x of shape (..., in_features) to (..., out_features).

        Raises
        ------
        TypeError
            If ``input`` is no tensor of floating-point numbers.
        ValueError
            If its last axis has not ``in_features`` entries, or as many as the matrix has inputs
            where the layer was given a parameter of another shape.
        """
        self._check_floating(input)
        length = self.matrices[0].shape[1]
        if input.ndim == 0 or input.shape[-1] != length:
            raise ValueError(
                f"layer {self._label!r}: input must have in_features={length} entries on its last "
                f"axis, got shape {tuple(input.shape)}"
            )
        if self.observer is not None:
            self.observe(input)
        own = self._parameters  # where a bias of None is found in less time than as an attribute
        bias = own["bias"] if "bias" in own else self.bias  # noqa: SIM401
        return self.product(bias)(input)

    def _multiply(self, factor: Factor, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        if factor.transposed:
            raise self.other_use(factor.parameter, "a product with its transpose")
        self.observe(x)
        return self.product(bias)(x)
