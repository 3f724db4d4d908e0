r"""A gated recurrent unit (GRU) on analog cores: which of its products are one sum, and which not.

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
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from aimc.nn.recurrent import AnalogRecurrent, States

__all__ = ["AnalogGRU"]


class AnalogGRU(AnalogRecurrent, nn.GRU):
    """`torch.nn.GRU` whose gate matrices are on analog cores; see `AnalogRecurrent`.

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
