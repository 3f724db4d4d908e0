"""A source of random numbers that can be copied, saved and continued where it stood."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from aimc.backend import RandomSource, as_generator, seeded_generator

__all__ = ["Stream"]

TRAINING = 11  # so that a training with seed 7 does not draw the numbers of chip 7


class Stream:
    """Random numbers for tensors on any device, from one seed.

    Parameters
    ----------
    rng : int, numpy.random.Generator or torch.Generator
        A seed, or a generator from which one is drawn. ``torch.default_generator`` itself is drawn
        from, on any device: checkpoints of activations bring it back before they compute again.
    """

    def __init__(self, rng: RandomSource = 0) -> None:
        if isinstance(rng, int | np.integer):
            as_generator(rng)  # says what is wrong with a seed that is none
            self.seed = int(rng)
        elif isinstance(source := as_generator(rng), np.random.Generator):
            self.seed = int(source.integers(2**62))
        else:
            drawn = torch.randint(2**62, (), generator=source, device=source.device)
            self.seed = int(drawn)
        self.shared = rng is torch.default_generator
        self._generators: dict[str, torch.Generator] = {}

    def on(self, reference: torch.Tensor) -> torch.Generator:
        """Return the generator for the device of a tensor.

        Raises
        ------
        RuntimeError
            If a forward is computed again during a backward pass, where it would meet other noise.
        """
        if self.shared and reference.device.type == "cuda":
            return torch.cuda.default_generators[reference.get_device()]
        if self.shared:
            return torch.default_generator
        if torch._C._current_graph_task_id() != -1:
            raise RuntimeError(
                "a forward is computed again during the backward pass, as checkpoints of "
                "activations do, and would meet other noise than at first: hand "
                "rng=torch.default_generator, whose state they keep, to the training"
            )
        device = str(reference.device)
        if device not in self._generators:
            self._generators[device] = seeded_generator((self.seed, TRAINING), reference)
        return self._generators[device]

    def state(self) -> dict[str, Any]:
        """Return all that is needed to go on from here."""
        states = {device: each.get_state() for device, each in self._generators.items()}
        return {"seed": self.seed, "generators": states, "shared": self.shared}

    def go_on(self, state: dict[str, Any]) -> None:
        """Continue from a `state`."""
        self.seed, self.shared = int(state["seed"]), state.get("shared", False)
        self._generators = {}
        for device, each in state["generators"].items():
            self._generators[device] = torch.Generator(device=device)
            self._generators[device].set_state(each)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for a copy or a file: generators themselves cannot be written."""
        return self.state()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Continue from the state of a copy or a file."""
        self.go_on(state)
