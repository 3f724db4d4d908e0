"""A long short-term memory (LSTM) on analog cores: two matrices per cell, read at each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from aimc.nn.recurrent import AnalogRecurrent, States

__all__ = ["AnalogLSTM"]


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
