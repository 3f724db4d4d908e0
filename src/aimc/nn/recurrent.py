"""Recurrent layers on analog cores: their sequences, states and directions, LSTM and GRU."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from aimc.cores import Core
from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import Setup

__all__ = ["AnalogGRU", "AnalogLSTM", "AnalogRecurrent"]

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

    # torch's compiler refuses recurrent layers, so a graph breaks here as it does at torch's own
    __call__ = torch.compiler.disable(AnalogLayer.__call__)

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
        if self.digital and self.observer is None:
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
                "sequences of different lengths one by one, or padded if nothing after an end is "
                "used"
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


class AnalogLSTM(AnalogRecurrent, nn.LSTM):
    """`torch.nn.LSTM` whose gate matrices are on analog cores; see `AnalogRecurrent`.

    Each cell has two matrices :cite:p:`legallo2023hermes`: the input gates, which meet all time
    steps of a sequence at once, and the hidden gates, which meet one after the other. Their
    products are one sum: chains of cores begin with the input gates and end with the hidden gates,
    whose last core adds the bias. With ``proj_size`` a third matrix follows at each step, which
    projects the hidden state; it is a sum of its own.
    """

    proj_size: int

    def _matrix_names(self) -> Sequence[Sequence[str]]:
        names: list[tuple[str, ...]] = []
        for cell in self._cells:
            names.append((f"weight_ih{cell}", f"weight_hh{cell}"))
            if self.proj_size:
                names.append((f"weight_hr{cell}",))
        return names

    def _sum(self, cell: int) -> int:
        """Return the number of the sum of the gates of a cell; that of its projection follows."""
        return 2 * cell if self.proj_size else cell

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return what is added to a sum digitally: to gates (4 hidden_size,), else ``None``."""
        if not self.bias or (self.proj_size and number % 2):
            return None
        cell = self._cells[number // 2 if self.proj_size else number]
        one, other = (getattr(self, f"bias_{kind}{cell}") for kind in ("ih", "hh"))
        return one + other

    @property
    def _state_sizes(self) -> tuple[int, ...]:
        return self.proj_size or self.hidden_size, self.hidden_size

    def _unpack(self, hx: Any) -> States:
        if not isinstance(hx, tuple | list) or len(hx) != 2:
            raise TypeError(f"layer {self._label!r}: hx must be a pair of tensors (h, c)")
        return tuple(hx)

    def _pack(self, states: States) -> Any:
        return states

    def _run(self, cell: int, steps: torch.Tensor, states: States) -> tuple[torch.Tensor, States]:
        number = self._sum(cell)
        product = self.product(self.biases(number), number)
        project = self.product(None, number + 1) if self.proj_size else None
        h, c = states
        met, shown, outputs = [], [], []
        for sent in product(steps).unbind(0):
            met.append(h)
            enter, keep, new, show = product(h, first=1, sent=sent).chunk(4, dim=-1)
            c = keep.sigmoid() * c + enter.sigmoid() * new.tanh()
            h = show.sigmoid() * c.tanh()
            if project is not None:
                shown.append(h)
                h = project(h)
            outputs.append(h)
        self.observe(steps, torch.stack(met), number=number)
        if project is not None:
            self.observe(torch.stack(shown), number=number + 1)
        return torch.stack(outputs), (h, c)


class AnalogGRU(AnalogRecurrent, nn.GRU):
    r"""`torch.nn.GRU` whose gate matrices are on analog cores; see `AnalogRecurrent`.

    With input :math:`x` and hidden state :math:`h`, torch computes the gates :math:`r` (reset),
    :math:`z` (update) and :math:`n` (new) as

    .. math::

       r &= \sigma(W_{ir} x + b_{ir} + W_{hr} h + b_{hr}), \\
       z &= \sigma(W_{iz} x + b_{iz} + W_{hz} h + b_{hz}), \\
       n &= \tanh(W_{in} x + b_{in} + r \odot (W_{hn} h + b_{hn})), \\
       h' &= (1 - z) \odot n + z \odot h.

    Products with :math:`x` and :math:`h` add up on a chain of cores for
    :math:`r` and :math:`z`. For :math:`n` they do not: the reset gate multiplies the hidden product
    before it is added, so both products leave their cores on their own, each with its own bias, and
    meet in the digital unit.

    Each cell has four matrices in three sums. Reset and update gates are one sum of
    ``"weight_ih_l0:rz"``, which meets all time steps of a sequence at once, and
    ``"weight_hh_l0:rz"``, which meets one after the other. The new gate is ``"weight_ih_l0:n"`` and
    ``"weight_hh_l0:n"``, apart. All work at the same time. `aimc.chip` prices the element-wise part
    as that of an LSTM, the only one whose time was published.
    """

    def _matrix_names(self) -> Sequence[Sequence[str]]:
        names: list[tuple[str, ...]] = []
        for cell in self._cells:
            names.append((f"weight_ih{cell}:rz", f"weight_hh{cell}:rz"))
            names += [(f"weight_ih{cell}:n",), (f"weight_hh{cell}:n",)]
        return names

    def _of(self, values: torch.Tensor, gates: str) -> torch.Tensor:
        """Return the rows of the reset and update gates, of the new gate, or all."""
        split = 2 * self.hidden_size
        return {"rz": values[:split], "n": values[split:], "": values}[gates]

    def weight_matrix(self, name: str = "weight") -> torch.Tensor:
        """Return the weights as the crossbars hold them, shape (out, in).

        Parameters
        ----------
        name : str
            Name of one of `matrices`, or of a parameter.
        """
        parameter, _, gates = name.partition(":")
        return self._of(getattr(self, parameter), gates)

    def biases(self, number: int = 0) -> torch.Tensor | None:
        """Return what is added to a sum digitally, shape (out,), or ``None``."""
        if not self.bias:
            return None
        index, place = divmod(number, 3)
        into, hidden = (getattr(self, f"bias_{kind}{self._cells[index]}") for kind in ("ih", "hh"))
        if place == 0:
            return self._of(into + hidden, "rz")
        return self._of(into if place == 1 else hidden, "n")

    @property
    def _state_sizes(self) -> tuple[int, ...]:
        return (self.hidden_size,)

    def _unpack(self, hx: Any) -> States:
        return (hx,)

    def _pack(self, states: States) -> Any:
        return states[0]

    def _run(self, cell: int, steps: torch.Tensor, states: States) -> tuple[torch.Tensor, States]:
        first = 3 * cell
        gates, entering, recalled = (
            self.product(self.biases(number), number) for number in range(first, first + 3)
        )
        (h,) = states
        met, outputs = [], []
        for sent, x in zip(gates(steps).unbind(0), entering(steps).unbind(0), strict=True):
            met.append(h)
            reset, update = gates(h, first=1, sent=sent).sigmoid().chunk(2, dim=-1)
            new = (x + reset * recalled(h)).tanh()
            h = new + update * (h - new)
            outputs.append(h)
        hidden = torch.stack(met)
        self.observe(steps, hidden, number=first)
        self.observe(steps, number=first + 1)
        self.observe(hidden, number=first + 2)
        return torch.stack(outputs), (h,)
