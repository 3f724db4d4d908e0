"""Attention on analog cores: projections on crossbars, products of activations digital."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.compiler import is_compiling
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear

from aimc.cores import Core
from aimc.nn.layer import AnalogLayer
from aimc.nn.linear import AnalogLinear
from aimc.nn.matrix import Setup

__all__ = [
    "AnalogMultiheadAttention",
    "AnalogOutputProjection",
    "OpenEncoderLayer",
    "close_encoders",
    "is_open",
    "open_encoders",
]

ROLES = ("q", "k", "v")


class AnalogOutputProjection(AnalogLinear, NonDynamicallyQuantizableLinear):
    """The last layer of an attention, which torch makes of a class of its own."""


class AnalogMultiheadAttention(AnalogLayer, nn.MultiheadAttention):
    """`torch.nn.MultiheadAttention` whose projections are on analog cores; see `AnalogLayer`.

    Queries, keys and values may be projected from different inputs, so each projection is a matrix
    on cores of its own, also where torch packs the three into ``in_proj_weight``; ``out_proj`` is
    an analog layer in turn. The scores, their softmax and the weighted sums of values multiply
    activations with each other, which no device holds: they are digital.

    Parameters
    ----------
    embed_dim, num_heads, dropout, bias, kdim, vdim, batch_first
        As for `torch.nn.MultiheadAttention`. There are no biases or zeros among the keys.
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
        As for `torch.nn.MultiheadAttention`.
    **options
        Further arguments of the preset.
    """

    beside = ("products of activations, such as attention", "softmax")

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        preset: Callable[..., Core],
        serial: int = 0,
        first_core: int = 0,
        weight_range: str = "core",
        output_bits: int | None = None,
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
        **options: Any,
    ) -> None:
        nn.MultiheadAttention.__init__(
            self,
            embed_dim,
            num_heads,
            dropout,
            bias,
            kdim=kdim,
            vdim=vdim,
            batch_first=batch_first,
            device=device,
            dtype=dtype,
        )
        setup = Setup(preset, serial, options, weight_range, output_bits)
        self._place(setup, first_core)
        AnalogOutputProjection.take_over(
            self.out_proj, setup, first_core + len(self.cores), "out_proj"
        )

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why an attention cannot be converted; empty if it can."""
        if isinstance(module, nn.MultiheadAttention) and (
            module.bias_k is not None or module.add_zero_attn
        ):
            return "attention with add_bias_kv or add_zero_attn is not built; leave them out"
        return ""

    @classmethod
    def parameters_of(cls, module: nn.Module) -> Sequence[str]:
        """Return the names of the parameters that hold the projections of the inputs."""
        if getattr(module, "_qkv_same_embed_dim", True):
            return ("in_proj_weight",)
        return tuple(f"{role}_proj_weight" for role in ROLES)

    def _matrix_names(self) -> Sequence[Sequence[str]]:
        if self._qkv_same_embed_dim:
            return [(f"in_proj_weight:{role}",) for role in ROLES]
        return [(name,) for name in self.parameters_of(self)]

    def weight_matrix(self, name: str = "in_proj_weight") -> torch.Tensor:
        """Return the weights as the crossbars hold them, shape (out, in).

        Parameters
        ----------
        name : str
            Name of one of `matrices`, or of a parameter.
        """
        parameter, _, role = name.partition(":")
        weights: torch.Tensor = getattr(self, parameter)
        return weights.chunk(3)[ROLES.index(role)] if role else weights

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return what is added to queries (0), keys (1) or values (2) digitally, shape (out,)."""
        bias: torch.Tensor | None = self.in_proj_bias
        return None if bias is None else bias.chunk(3)[number]

    def counts(
        self, inputs: Sequence[Any], named: Mapping[str, Any], output: Any
    ) -> dict[str, int]:
        """Return how many vectors each matrix meets in a forward with these arguments."""
        given = {**dict(zip(("query", "key", "value"), inputs, strict=False)), **named}
        met = [given[name].numel() // given[name].shape[-1] for name in ("query", "key", "value")]
        return {matrix.name: each for matrix, each in zip(self.matrices, met, strict=True)}

    def packed(self, output: Any) -> list[torch.Tensor]:
        """Return the tensors in what a forward returns."""
        return [each for each in output if each is not None]

    def unpacked(self, outputs: list[torch.Tensor]) -> Any:
        """Return what a forward returns, from the tensors in it."""
        return outputs[0], outputs[1] if len(outputs) > 1 else None

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        key_padding_mask: torch.Tensor | None = None,
        need_weights: bool = True,
        attn_mask: torch.Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Attend: queries (L, n, embed_dim), keys and values (S, n, ...) to (L, n, embed_dim).

        With ``batch_first`` n comes first; without a batch there is no n. Masks and the returned
        weights are those of `torch.nn.MultiheadAttention`.

        Raises
        ------
        TypeError
            If inputs are no tensors of floating-point numbers, or nested ones.
        ValueError
            If shapes do not fit, or ``is_causal`` is given without ``attn_mask``.
        """
        inputs = (query, key, value)
        self._check_inputs(inputs)
        if is_causal and attn_mask is None:
            raise ValueError(f"layer {self._label!r}: is_causal=True needs attn_mask, as in torch")
        single = query.ndim == 2
        heads = []
        for number, x in enumerate(inputs):
            self.observe(x, number=number)
            y = self.product(self.biases(number), number)(x)
            y = y[None] if single else y if self.batch_first else y.transpose(0, 1)
            heads.append(y.unflatten(-1, (self.num_heads, -1)).transpose(1, 2))
        q, k, v = heads
        mask = self._mask(q, k, key_padding_mask, attn_mask)
        dropout = self.dropout if self.training else 0.0
        weights = None
        if need_weights:
            scores = (q / math.sqrt(q.shape[-1])) @ k.transpose(-2, -1)
            weights = (scores if mask is None else scores + mask).softmax(-1)
            weights = nn.functional.dropout(weights, dropout)
            y = weights @ v
            weights = weights.mean(1) if average_attn_weights else weights
            weights = weights[0] if single else weights
        else:
            y = nn.functional.scaled_dot_product_attention(q, k, v, mask, dropout)
        y = y.transpose(1, 2).flatten(2)
        y = y[0] if single else y if self.batch_first else y.transpose(0, 1)
        return self.out_proj(y), weights

    def _check_inputs(self, inputs: Sequence[torch.Tensor]) -> None:
        sizes = (self.embed_dim, self.kdim, self.vdim)
        for name, x, size in zip(("query", "key", "value"), inputs, sizes, strict=True):
            self._check_floating(x)
            if x.is_nested:
                raise TypeError(f"layer {self._label!r}: {name} must not be nested: pad it")
            if x.ndim != inputs[0].ndim or x.ndim not in (2, 3) or x.shape[-1] != size:
                raise ValueError(
                    f"layer {self._label!r}: {name} must have 2 or 3 axes, as many as query, and "
                    f"{size} entries on its last, got shape {tuple(x.shape)}"
                )
        query, key, value = inputs
        batch = 0 if self.batch_first else 1
        if key.shape[:-1] != value.shape[:-1] or (
            query.ndim == 3 and query.shape[batch] != key.shape[batch]
        ):
            raise ValueError(
                f"layer {self._label!r}: key and value must be equally many and belong to the same "
                f"batch as query, got shapes {', '.join(str(tuple(x.shape)) for x in inputs)}"
            )

    def _mask(
        self,
        q: torch.Tensor,
        k: torch.Tensor,
        padding: torch.Tensor | None,
        attention: torch.Tensor | None,
    ) -> torch.Tensor | None:
        """Return what is added to the scores, shape (n or 1, heads or 1, L or 1, S)."""
        (n, heads, length), keys = q.shape[:3], k.shape[2]
        total = None
        if attention is not None:
            whole = (n * heads, length, keys)
            if tuple(attention.shape) not in (whole, whole[1:]):
                raise ValueError(
                    f"layer {self._label!r}: attn_mask must have shape {whole[1:]} or {whole}, got "
                    f"{tuple(attention.shape)}"
                )
            total = _added(attention, q)
            total = total.unflatten(0, (n, heads)) if total.ndim == 3 else total[None, None]
        if padding is not None:
            if tuple(padding.shape) != (n, keys) and (n, *padding.shape) != (1, keys):
                raise ValueError(
                    f"layer {self._label!r}: key_padding_mask must have shape {(n, keys)}, got "
                    f"{tuple(padding.shape)}"
                )
            hidden = _added(padding, q).reshape(n, 1, 1, keys)
            total = hidden if total is None else total + hidden
        return total


def _added(mask: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Return what a mask adds to scores: minus infinity where a mask of bool is true."""
    if mask.dtype == torch.bool:
        return torch.zeros_like(mask, dtype=like.dtype).masked_fill_(mask, -math.inf)
    return mask.to(like.dtype)


PACKED = "_packed_sequences"
"""Name of the mark on encoders that packed padded sequences before."""


class OpenEncoderLayer(nn.TransformerEncoderLayer):
    """A `torch.nn.TransformerEncoderLayer` that always calls its parts.

    In evaluation torch's own computes with the weights of its parts in one fused function, without
    calling the parts, if their activation is one that it knows; and `torch.nn.TransformerEncoder`
    packs padded sequences for it, if ``use_nested_tensor`` says so.
    """

    @property
    def activation_relu_or_gelu(self) -> int:
        """What torch asks for before it takes the fast path; 0: another activation."""
        return 0

    @activation_relu_or_gelu.setter
    def activation_relu_or_gelu(self, value: int) -> None:
        self.__dict__["activation_relu_or_gelu"] = value


class OpenEncoder(nn.TransformerEncoder):
    """A `torch.nn.TransformerEncoder` that packs no sequences, and leaves zeros as if it did."""

    def forward(
        self,
        src: torch.Tensor,
        mask: torch.Tensor | None = None,
        src_key_padding_mask: torch.Tensor | None = None,
        is_causal: bool | None = None,
    ) -> torch.Tensor:
        """Encode; where torch packs, what stands at padded places is zero before the last norm."""
        y: torch.Tensor = super().forward(src, mask, src_key_padding_mask, is_causal)
        if mask is not None or src_key_padding_mask is None or not self._packs(src):
            return y
        padded = src_key_padding_mask != 0
        if (padded[:, :-1] & ~padded[:, 1:]).any():  # torch packs what stands at the left alone
            return y
        zeros = torch.zeros_like(y)
        return torch.where(padded[..., None], zeros if self.norm is None else self.norm(zeros), y)

    def _packs(self, src: torch.Tensor) -> bool:
        """Return whether torch's own would pack the sequences, if their padding allows it."""
        first = self.layers[0]
        followed = any(each.requires_grad for each in (src, *first.parameters()))
        return (
            PACKED in self.__dict__
            and torch.backends.mha.get_fastpath_enabled()
            and not first.training
            and src.dim() == 3
            and not is_compiling()
            and not torch.is_autocast_enabled()
            and not (torch.is_grad_enabled() and followed)
        )


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
            _change(encoder, nn.TransformerEncoder, OpenEncoder)
            if getattr(encoder, "use_nested_tensor", False):
                encoder.use_nested_tensor = False
                setattr(encoder, PACKED, True)


def close_encoders(model: nn.Module) -> None:
    """Undo `open_encoders`."""
    _change(model, OpenEncoderLayer, nn.TransformerEncoderLayer)
    _change(model, OpenEncoder, nn.TransformerEncoder)
    for encoder in model.modules():
        if encoder.__dict__.pop(PACKED, False):
            encoder.use_nested_tensor = True


def _change(model: nn.Module, before: type[nn.Module], after: type[nn.Module]) -> None:
    for module in model.modules():
        if type(module) is before:
            changed: Any = module
            changed.__class__ = after
