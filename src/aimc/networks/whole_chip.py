"""The shipped networks on `aimc.chip.Chip`: outputs and costs from one mapping.

`aimc.networks.Programmed` has switches for error budgets. A `Chip` knows where each tile is and
what it costs, and has one preset for all cores. Ranges, factors and offsets of the layers are those
of `Programmed`, and the devices are the same. A `Chip` draws read noise for every
multiplication, as ``Hardware(read_noise="fresh")``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc.chip import Chip
from aimc.networks.char_lstm import CharLSTM
from aimc.networks.resnet9 import ResNet9

__all__ = ["Forward", "put"]

Compute = Callable[[str, NDArray[np.floating]], NDArray[np.floating]]
Forward = Callable[[Compute, NDArray[np.generic]], NDArray[np.floating]]


def put(network: ResNet9 | CharLSTM, chip: Chip) -> Forward:
    """Map a network on a chip, program it, and return what `Chip.run` needs to run it.

    Parameters
    ----------
    network : ResNet9 or CharLSTM
        A shipped network.
    chip : Chip
        A chip; its preset needs cores with an input range, as the default one has.

    Returns
    -------
    callable
        The ``forward`` of `Chip.run`. One inference is an image of shape (3, 32, 32), or a
        character of one text: ``chip.run(images, forward)`` or ``chip.run(codes, forward)`` with
        codes of shape (n,).

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
    workload = network.workload()
    names = [layer.name for layer in workload.layers]
    checkpoint, calibration = network.checkpoint, network.calibration

    def by_name(values: Iterable[Any]) -> dict[str, Any]:
        return dict(zip(names, values, strict=True))

    chip.map(workload)
    chip.program(
        by_name(checkpoint.weights),
        by_name(checkpoint.biases),
        by_name(calibration.input_ranges),
        scales=by_name(checkpoint.gains),
        output_ranges=by_name(calibration.output_ranges),
    )

    def forward(compute: Compute, x: NDArray[np.generic]) -> NDArray[np.floating]:
        def layer(k: int, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
            return compute(names[k], vectors).astype(np.float32)

        if isinstance(network, CharLSTM):
            return network.scores(np.asarray(x, np.int64)[None], layer)[0]
        return network.scores(np.asarray(x, np.float32), layer)

    return forward
