"""What recurrent layers on analog cores share: sequences, states, layers and directions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from aimc.cores import Core
from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import Setup

__all__ = ["AnalogRecurrent", "States"]

States = tuple[torch.Tensor, ...]
"""What a cell passes on from step to step, each of shape (n, size): h, or h and c."""


class AnalogRecurrent(AnalogLayer):
    """Base of the recurrent layers; each is also a subclass of its torch counterpart.

    A *cell* is one layer in one direction: it has parameters, matrices and sums of its own. Both
    directions of a layer meet the same input and work at the same time, the second one from the
    last step to the first. The element-wise part is digital.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size
        As for the torch counterpart; a projection is for an LSTM only.
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
        Where and in which format torch makes the parameters.
    **options
        Further arguments of the preset.
    """

    kind = "recurrent"

    input_size: int
    hidden_size: int
    num_layers: int
    batch_first: bool
    dropout: float
    bidirectional: bool

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
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
        digital: Any = super()
        digital.__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            # torch's GRU knows no such argument
            **({"proj_size": proj_size} if proj_size else {}),
            device=device,
            dtype=dtype,
        )
        self._place(Setup(preset, serial, options, weight_range, output_bits), first_core)

    @classmethod
    def refusal(cls, module: nn.Module) -> str:
        """Return why a recurrent layer cannot be converted; empty: each can."""
        return ""

    @property
    def _cells(self) -> tuple[str, ...]:
        """Ends of the names of the parameters, one for each cell."""
        ways = ("", "_reverse") if self.bidirectional else ("",)
        return tuple(f"_l{k}{way}" for k in range(self.num_layers) for way in ways)

    def stage(self, name: str) -> str:
        """Return the layer that a matrix belongs to, and whether it has to wait for its gates."""
        kind, _, cell = name.partition(":")[0].rpartition("_l")
        layer = cell.removesuffix("_reverse")
        return f"{layer}, projection" if kind == "weight_hr" else layer

    @property
    @abstractmethod
    def _state_sizes(self) -> tuple[int, ...]:
        """Numbers in each of the states."""

    @abstractmethod
    def _unpack(self, hx: Any) -> States:
        """Return the states that the caller gives; raise a TypeError if they are none."""

    @abstractmethod
    def _pack(self, states: States) -> Any:
        """Return states as the caller expects them."""

    @abstractmethod
    def _run(self, cell: int, steps: torch.Tensor, states: States) -> tuple[torch.Tensor, States]:
        """Return the outputs (steps, n, size) of one cell, and its last states."""

    def forward(
        self,
        input: torch.Tensor,  # noqa: A002 (the name in torch)
        hx: Any = None,
    ) -> tuple[torch.Tensor, Any]:
        """Run over sequences.

        Parameters
        ----------
        input : tensor, shape (steps, n, input_size)
            Sequences; (n, steps, input_size) with ``batch_first``, (steps, input_size) for one.
        hx : tensor or (tensor, tensor), optional
            State before the first step as for the torch counterpart, of shape (cells, n, size), or
            without n for one sequence; zeros by default. The cells are those of the first layer in
            both directions, then those of the second, and so on.

        Returns
        -------
        outputs : tensor
            Hidden states of the last layer at all steps, both directions side by side, in the
            layout of ``input``.
        last : tensor or (tensor, tensor)
            State after the last step, in the layout of ``hx``.

        Raises
        ------
        TypeError
            If ``input`` is no tensor of floating-point numbers, or ``hx`` not what it should be.
        ValueError
            If ``input`` has another number of axes or features, or no steps, or if a state has
            another shape.
        """
        steps, single = self._steps(input)
        sizes = self._state_sizes
        if hx is None:
            shape = len(self._cells), steps.shape[1]
            given = tuple(steps.new_zeros(*shape, size) for size in sizes)
        else:
            given = self._unpack(hx)
            self._check_states(given, () if single else (steps.shape[1],))
            given = tuple(state[:, None] for state in given) if single else given
        if self.digital and self._observer is None:
            digital: Any = super()
            found: tuple[torch.Tensor, Any] = digital.forward(input, hx)
            return found
        steps, last = self._layers(steps, given)
        if single:
            return steps[:, 0], self._pack(tuple(state[:, 0] for state in last))
        return steps.transpose(0, 1) if self.batch_first else steps, self._pack(last)

    def _layers(self, steps: torch.Tensor, given: States) -> tuple[torch.Tensor, States]:
        ways, last = 1 + self.bidirectional, []
        for k in range(self.num_layers):
            if k > 0:
                steps = nn.functional.dropout(steps, self.dropout, self.training)
            both = []
            for cell in range(k * ways, (k + 1) * ways):
                back = cell % ways == 1
                outputs, states = self._run(
                    cell, steps.flip(0) if back else steps, tuple(state[cell] for state in given)
                )
                both.append(outputs.flip(0) if back else outputs)
                last.append(states)
            steps = both[0] if ways == 1 else torch.cat(both, dim=-1)
        return steps, tuple(torch.stack(part) for part in zip(*last, strict=True))

    def _steps(self, x: torch.Tensor) -> tuple[torch.Tensor, bool]:
        """Return sequences (steps, n, input_size), and whether the caller gave one without n."""
        if isinstance(x, nn.utils.rnn.PackedSequence):
            raise TypeError(
                f"layer {self._label!r}: input must be a tensor, got a PackedSequence: run "
                "sequences of different lengths padded, or one by one"
            )
        self._check_floating(x)
        if x.ndim not in (2, 3) or x.shape[-1] != self.input_size:
            raise ValueError(
                f"layer {self._label!r}: input must have 2 or 3 axes and {self.input_size} entries "
                f"on its last, got shape {tuple(x.shape)}"
            )
        single = x.ndim == 2
        steps = x[:, None] if single else x.transpose(0, 1) if self.batch_first else x
        if len(steps) == 0:
            raise ValueError(
                f"layer {self._label!r}: input must have at least one step, "
                f"got shape {tuple(x.shape)}"
            )
        return steps, single

    def _check_states(self, states: States, batch: tuple[int, ...]) -> None:
        for k, (state, size) in enumerate(zip(states, self._state_sizes, strict=True)):
            name = "hx" if len(states) == 1 else f"hx[{k}]"
            if not isinstance(state, torch.Tensor):
                raise TypeError(
                    f"layer {self._label!r}: {name} must be a tensor, got {type(state).__name__}"
                )
            expected = (len(self._cells), *batch, size)
            if state.shape != expected:
                raise ValueError(
                    f"layer {self._label!r}: {name} must have shape {expected}, "
                    f"got {tuple(state.shape)}"
                )
