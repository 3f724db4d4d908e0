"""A long short-term memory (LSTM) on analog cores: two matrices per layer, read at each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from aimc.core import Core
from aimc.nn.layer import AnalogLayer
from aimc.nn.tiled_matrix import Setup

__all__ = ["AnalogLSTM"]

State = tuple[torch.Tensor, torch.Tensor]


class AnalogLSTM(AnalogLayer, nn.LSTM):
    """`torch.nn.LSTM` whose gate matrices are on analog cores; see `AnalogLayer`.

    Each layer has two matrices :cite:p:`legallo2023hermes`: the input gates, which meet all time
    steps of a sequence at once, and the hidden gates, which meet one after the other. Their
    products are one sum: chains of cores begin with the input gates and end with the hidden gates,
    whose last core adds the bias. The element-wise part is digital.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout
        As for `torch.nn.LSTM`. It runs in one direction and has no projection.
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
        Where and in which format torch makes the parameters, as for `torch.nn.LSTM`.
    **options
        Further arguments of the preset.
    """

    kind = "recurrent"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
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
        nn.LSTM.__init__(
            self,
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=batch_first,
            dropout=dropout,
            device=device,
            dtype=dtype,
        )
        self._place(Setup(preset, serial, options, weight_range, output_bits), first_core)

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why an LSTM cannot be converted; empty if it can."""
        if isinstance(module, nn.LSTM) and module.bidirectional:
            return "a bidirectional LSTM is not built; use two LSTMs, one of them on reversed input"
        if isinstance(module, nn.LSTM) and module.proj_size:
            return f"an LSTM with proj_size={module.proj_size} is not built; use proj_size=0"
        return ""

    def _matrix_names(self) -> Sequence[Sequence[str]]:
        return [(f"weight_ih_l{k}", f"weight_hh_l{k}") for k in range(self.num_layers)]

    def stage(self, name: str) -> str:
        """Return the layer that a matrix belongs to."""
        return name.rpartition("_l")[2]

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return what is added to the gates of a layer digitally, shape (4 hidden_size,)."""
        if not self.bias:
            return None
        one, other = (getattr(self, f"bias_{kind}_l{number}") for kind in ("ih", "hh"))
        return one + other

    def forward(
        self,
        input: torch.Tensor,  # noqa: A002 (the name in torch)
        hx: State | None = None,
    ) -> tuple[torch.Tensor, State]:
        """Run over sequences.

        Parameters
        ----------
        input : tensor, shape (steps, n, input_size)
            Sequences; (n, steps, input_size) with ``batch_first``, (steps, input_size) for one.
        hx : (tensor, tensor), optional
            Hidden and cell state before the first step, each of shape (num_layers, n,
            hidden_size), or without n for one sequence; zeros by default.

        Returns
        -------
        (tensor, (tensor, tensor))
            Outputs of the last layer at each step, and the states after the last step.

        Raises
        ------
        TypeError
            If ``input`` is a packed sequence or holds no floating-point numbers, or if ``hx`` is
            no pair of tensors.
        ValueError
            If ``input`` has another number of axes or features, or no steps, or if a state has
            another shape.
        """
        if isinstance(input, nn.utils.rnn.PackedSequence):
            raise TypeError(
                f"layer {self._label!r}: input must be a tensor, got a PackedSequence: run "
                "sequences of different lengths padded, or one by one"
            )
        self._check_floating(input)
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            raise ValueError(
                f"layer {self._label!r}: input must have 2 or 3 axes and {self.input_size} entries "
                f"on its last, got shape {tuple(input.shape)}"
            )
        single = input.ndim == 2
        steps = input[:, None] if single else input.transpose(0, 1) if self.batch_first else input
        if len(steps) == 0:
            raise ValueError(
                f"layer {self._label!r}: input must have at least one step, "
                f"got shape {tuple(input.shape)}"
            )
        if hx is not None:
            self._check_state(hx, () if single else (steps.shape[1],))
        if self.digital and self._observer is None:
            return nn.LSTM.forward(self, input, hx)
        if hx is None:
            zero = steps.new_zeros(self.num_layers, steps.shape[1], self.hidden_size)
            hx = (zero, zero)
        elif single:
            hx = (hx[0][:, None], hx[1][:, None])
        last: list[State] = []
        for k in range(self.num_layers):
            if k > 0:
                steps = nn.functional.dropout(steps, self.dropout, self.training)
            steps, state = self._layer(k, steps, (hx[0][k], hx[1][k]))
            last.append(state)
        h, c = (torch.stack(part) for part in zip(*last, strict=True))
        if single:
            return steps[:, 0], (h[:, 0], c[:, 0])
        return steps.transpose(0, 1) if self.batch_first else steps, (h, c)

    def _check_state(self, hx: State, batch: tuple[int, ...]) -> None:
        if not isinstance(hx, tuple | list) or len(hx) != 2:
            raise TypeError(f"layer {self._label!r}: hx must be a pair of tensors (h, c)")
        expected = (self.num_layers, *batch, self.hidden_size)
        for k, state in enumerate(hx):
            if not isinstance(state, torch.Tensor):
                raise TypeError(
                    f"layer {self._label!r}: hx[{k}] must be a tensor, got {type(state).__name__}"
                )
            if state.shape != expected:
                raise ValueError(
                    f"layer {self._label!r}: hx[{k}] must have shape {expected}, "
                    f"got {tuple(state.shape)}"
                )

    def _layer(self, k: int, steps: torch.Tensor, state: State) -> tuple[torch.Tensor, State]:
        product = self.product(self.biases(k), k)
        h, c = state
        met, outputs = [], []
        for sent in product.begin(steps).unbind(0):
            met.append(h)
            enter, keep, new, show = product.end(h, sent).chunk(4, dim=-1)
            c = keep.sigmoid() * c + enter.sigmoid() * new.tanh()
            h = show.sigmoid() * c.tanh()
            outputs.append(h)
        self.observe(steps, torch.stack(met), number=k)
        return torch.stack(outputs), (h, c)
