"""What a training is given: two tensors, or batches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from aimc.nn.batch import Inputs
from aimc.validation import check_integer

__all__ = ["TrainingData"]

SAMPLERS = ("sampler", "batch_sampler")  # of a DataLoader


class TrainingData:
    """Inputs and targets in batches, epoch by epoch.

    Parameters
    ----------
    data : (inputs, targets), or iterable of batches
        Two tensors or arrays of the same length, or anything of known length that gives batches
        ``(inputs, targets)`` each time it is gone through, or mappings of tensors by name.
    batch_size : int
        Examples per batch, for two tensors.

    Raises
    ------
    TypeError
        If ``data`` is neither.
    ValueError
        If it is empty, or inputs and targets differ in number.
    """

    def __init__(self, data: Any, batch_size: int) -> None:
        self.batch_size = check_integer("batch_size", batch_size, low=1)
        self._pair: tuple[torch.Tensor, torch.Tensor] | None = None
        self._batches: Any = None
        if isinstance(data, Mapping):
            data = [data]
        if isinstance(data, tuple) and len(data) == 2 and all(_is_array(each) for each in data):
            x, y = (torch.as_tensor(each) for each in data)
            if len(x) != len(y) or len(x) == 0:
                raise ValueError(
                    f"data must have as many inputs as targets, one or more, got {len(x)} and "
                    f"{len(y)}"
                )
            self._pair = x, y
        elif isinstance(data, tuple | str) or not hasattr(data, "__iter__"):
            raise TypeError(
                "data must be (inputs, targets), two tensors or arrays, or an iterable of batches "
                f"(inputs, targets), got {type(data).__name__}"
            )
        elif not hasattr(data, "__len__"):
            raise TypeError(
                f"data of type {type(data).__name__} does not say how many batches it has, and may "
                "be used up after one epoch: pass a list or a DataLoader"
            )
        else:
            self._batches = data
            if len(data) == 0:
                raise ValueError("data has no batches")

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        if self._pair is not None:
            return -(-len(self._pair[0]) // self.batch_size)
        return len(self._batches)

    def generators(self) -> list[torch.Generator]:
        """Return the generators that a loader of batches draws their order from, beside torch's."""
        holders = [self._batches, *(getattr(self._batches, n, None) for n in SAMPLERS)]
        found = [getattr(each, "generator", None) for each in holders]
        return [each for each in dict.fromkeys(found) if isinstance(each, torch.Generator)]

    def epoch(self, device: torch.device) -> Iterator[tuple[Inputs, torch.Tensor | None]]:
        """Go through one epoch; its order is drawn from torch's own random numbers.

        Batches of named tensors hold their own labels.
        """
        if self._pair is not None:
            x, y = self._pair
            for chosen in torch.randperm(len(x)).split(self.batch_size):
                yield x[chosen].to(device), y[chosen].to(device)
            return
        for each in self._batches:
            yield _checked(each, device)

    def inputs(self, most: int, device: torch.device) -> list[Inputs]:
        """Return the inputs of the first batches, in the order given, for ranges."""
        if self._pair is not None:
            return [part.to(device) for part in self._pair[0].split(self.batch_size)[:most]]
        return [_checked(each, device)[0] for each in itertools.islice(self._batches, most)]


def _is_array(value: Any) -> bool:
    return isinstance(value, torch.Tensor | np.ndarray)


def _checked(batch: Any, device: torch.device) -> tuple[Inputs, torch.Tensor | None]:
    if isinstance(batch, Mapping):
        return {str(name): torch.as_tensor(x).to(device) for name, x in batch.items()}, None
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        raise TypeError(
            f"data must give batches (inputs, targets), got {type(batch).__name__}"
            + (f" of {len(batch)}" if isinstance(batch, tuple | list) else "")
        )
    return torch.as_tensor(batch[0]).to(device), torch.as_tensor(batch[1]).to(device)
