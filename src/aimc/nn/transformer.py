"""Encoder layers of transformers whose parts are on cores: torch's fast path must not pass them by.

In evaluation, `torch.nn.TransformerEncoderLayer` computes with the weights of its parts in one
fused function, without calling the parts, if their activation is one that it knows; and
`torch.nn.TransformerEncoder` packs padded sequences for it, if ``use_nested_tensor`` says so.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from aimc.nn.layer import AnalogLayer

__all__ = ["OpenEncoderLayer", "close_encoders", "is_open", "open_encoders"]


PACKED = "_packed_sequences"
"""Name of the mark on encoders that packed padded sequences before."""


class OpenEncoderLayer(nn.TransformerEncoderLayer):
    """A `torch.nn.TransformerEncoderLayer` that always calls its parts."""

    @property
    def activation_relu_or_gelu(self) -> int:
        """What torch asks for before it takes the fast path; 0: another activation."""
        return 0

    @activation_relu_or_gelu.setter
    def activation_relu_or_gelu(self, value: int) -> None:
        self.__dict__["activation_relu_or_gelu"] = value


def is_open(module: nn.Module) -> bool:
    """Tell whether a module, once `open_encoders` has seen it, calls all of its parts."""
    return type(module) in (nn.TransformerEncoderLayer, OpenEncoderLayer)


def open_encoders(model: nn.Module) -> None:
    """Make the encoder layers of a model call their parts where some of these are analog."""
    for encoder in model.modules():
        if isinstance(encoder, nn.TransformerEncoder | nn.TransformerEncoderLayer) and any(
            isinstance(part, AnalogLayer) for part in encoder.modules()
        ):
            _change(encoder, nn.TransformerEncoderLayer, OpenEncoderLayer)
            if getattr(encoder, "use_nested_tensor", False):
                encoder.use_nested_tensor = False
                setattr(encoder, PACKED, True)


def close_encoders(model: nn.Module) -> None:
    """Undo `open_encoders`."""
    _change(model, OpenEncoderLayer, nn.TransformerEncoderLayer)
    for encoder in model.modules():
        if encoder.__dict__.pop(PACKED, False):
            encoder.use_nested_tensor = True


def _change(model: nn.Module, before: type[nn.Module], after: type[nn.Module]) -> None:
    for module in model.modules():
        if type(module) is before:
            changed: Any = module
            changed.__class__ = after
