"""What the shipped networks have in common: layers with calibrated ranges, and a chip to run on."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc import datasets, presets
from aimc.chip import Chip
from aimc.chip.run import Compute, ExactNetwork, Forward
from aimc.cores import LayerParameters
from aimc.layers.workload import Network
from aimc.recovery.evaluation.flaws import Flawed

__all__ = ["ShippedNetwork", "put"]

PERCENTILE = 99.99
"""Share of the magnitudes of a call's vectors that a range holds, in percent."""
WHOLE = Flawed(presets.hermes)
"""The core of the 64-core chip with all its flaws."""


class ShippedNetwork:
    """A trained network whose matrices go on the cores of a chip.

    Parameters
    ----------
    checkpoint : Checkpoint
        Its matrices, factors and offsets.
    """

    def __init__(self, checkpoint: datasets.Checkpoint) -> None:
        self.checkpoint = checkpoint

    def workload(self) -> Network:
        """Return the network's matrices as a chip has to hold and use them."""
        raise NotImplementedError

    def forward(self, compute: Compute, x: NDArray[Any]) -> NDArray[np.floating]:
        """Return the outputs of a batch of inferences; the ``forward`` of `aimc.chip.Chip.run`.

        Parameters
        ----------
        compute : callable
            Computes a layer by name: `aimc.chip.Chip.compute` of a chip that holds the network, or
            `digital`.
        x : array, shape (n, ...)
            Inputs; the first axis counts inferences.
        """
        raise NotImplementedError

    def _calibration_batches(self) -> Iterable[NDArray[Any]]:
        """Return inputs of the training set, batch by batch."""
        raise NotImplementedError

    @cached_property
    def layers(self) -> dict[str, LayerParameters]:
        """The layers by name, in floating point."""
        kept = self.checkpoint
        columns = (kept.weights, kept.gains, kept.biases)
        return {
            layer.name: LayerParameters(weights, gains, biases)
            for layer, weights, gains, biases in zip(self.workload().layers, *columns, strict=True)
        }

    @cached_property
    def calibrated(self) -> dict[str, LayerParameters]:
        """The layers with the ranges that training data ask of a chip."""
        chip = Chip()
        chip.map(self.workload())
        return chip.calibrate(
            self.layers, self._calibration_batches(), self.forward, percentile=PERCENTILE
        )

    @cached_property
    def digital(self) -> Compute:
        """Computes a layer in plain floating point."""
        return ExactNetwork(self.workload(), self.layers).compute

    def program(self, serial: int = 0, hardware: Flawed = WHOLE, devices: int = 2) -> Chip:
        """Return a chip that holds the network.

        Parameters
        ----------
        serial : int
            Serial number of the chip: same serial, same devices.
        hardware : Flawed
            Its cores, with all flaws or without some, such as one of `aimc.networks.BARS`.
        devices : {1, 2}
            Devices per polarity that carry a weight.
        """
        chip = Chip(serial=serial, devices=devices, preset=hardware)
        chip.map(self.workload())
        # perfect converters need no ranges, for which weights would be scaled
        ranged = "input converter" not in hardware.off
        chip.program(self.calibrated if ranged else self.layers)
        return chip


def put(network: ShippedNetwork, chip: Chip) -> Forward:
    """Map a network on a chip, program it, and return what `Chip.run` needs to run it.

    Parameters
    ----------
    network : ResNet9 or CharLSTM
        A shipped network.
    chip : Chip
        A chip.

    Returns
    -------
    callable
        `ShippedNetwork.forward` of the network: ``chip.run(images, forward)`` or
        ``chip.run(codes, forward)`` with codes of shape (n,).

    Examples
    --------
    >>> from aimc.chip import Chip
    >>> from aimc.networks import ResNet9, put
    >>> network, chip = ResNet9(), Chip(serial=3)
    >>> forward = put(network, chip)
    >>> images, labels = network.test_images(2)
    >>> chip.run(images, forward).outputs.shape
    (2, 10)
    """
    chip.map(network.workload())
    chip.program(network.calibrated)
    return network.forward
