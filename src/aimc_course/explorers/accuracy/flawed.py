"""The small network on simulated chips that have some flaws and not others.

The flaws are those of the standard inference model of 2023 :cite:p:`rasch2023hwa`, each with a size
of its own. Whatever is switched off leaves the random numbers of the others alone: a chip with one
flaw less is otherwise the same chip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from aimc import presets
from aimc.circuits import ADC, DAC, IRDrop, Periphery, ReadNoiseFormula
from aimc.cores import Core
from aimc.devices import StatisticalPCM
from aimc.devices.fits import Polynomial
from aimc.published import fact
from aimc.recovery.compensation import drift_factor
from aimc_course.explorers.accuracy.glyphs import (
    Network,
    Product,
    forward,
    held_out,
    trained,
)

__all__ = ["FLAWS", "Flaws", "all_but", "measured", "only", "products"]


@dataclass(frozen=True, slots=True)
class Flaws:
    """What is wrong with a chip; the defaults are a perfect one."""

    input_bits: int | None = None
    """Bits of the input converters; None does not round."""
    output_bits: int | None = None
    """Bits of the output converters."""
    output_noise: float = 0.0
    """Noise of the output circuits, in units of a full weight times a full input."""
    ir_drop: float = 0.0
    """Strength of the wires' voltage drop; one is that of the model."""
    programming: float = 0.0
    """Size of the programming error; one is that of the devices of 2019."""
    drift: bool = False
    """Whether devices drift, each with an exponent of its own."""
    read_noise: bool = False
    """Whether reads of the devices are noisy. All pictures of a test share the slow part."""


FLAWS = {
    "inputs": "input_bits",
    "ADC": "output_bits",
    "output noise": "output_noise",
    "wires": "ir_drop",
    "programming": "programming",
    "drift": "drift",
    "read noise": "read_noise",
}
"""Names of the flaws and their fields, in the order in which a page lists them."""


def only(flaws: Flaws, name: str) -> Flaws:
    """Return a chip that has this flaw alone."""
    field = FLAWS[name]
    return replace(Flaws(), **{field: getattr(flaws, field)})


def all_but(flaws: Flaws, name: str) -> Flaws:
    """Return a chip without this flaw."""
    field = FLAWS[name]
    return replace(flaws, **{field: getattr(Flaws(), field)})


def flawed_core(serial: int, index: int, flaws: Flaws, input_range: float) -> Core:
    """Return one core, unprogrammed, of the model of 2023 with these flaws alone."""
    whole = presets.rasch2023(serial, index=index, input_range=input_range)
    device, periphery = whole.device, whole.periphery
    assert isinstance(device, StatisticalPCM)
    fit = device.programming_fit
    assert isinstance(fit, Polynomial)
    scaled = tuple(flaws.programming * c for c in fit.coefficients)
    device = replace(device, programming_fit=Polynomial(scaled))
    off = [name for name in ("drift", "read_noise") if not getattr(flaws, name)]
    unit = device.g_max * periphery.dac.v_read
    wires = IRDrop(strength=flaws.ir_drop) if flaws.ir_drop else None
    circuits = Periphery(
        dac=DAC(bits=flaws.input_bits),
        adc=ADC(bits=flaws.output_bits, i_max=periphery.adc.i_max),
        input_range=input_range,
        read_noise=flaws.read_noise,
        output_noise=flaws.output_noise * unit,
        ir_drop=wires,
        weight_noise=ReadNoiseFormula(fact("B024").number, "pcm_read")
        if flaws.read_noise
        else None,
    )
    return Core(
        device.without(*off), whole.cell, circuits, rows=64, columns=64, serial=serial, index=index
    )


def products(
    network: Network, serial: int, flaws: Flaws, t: float, *, compensate: bool = True
) -> list[Product]:
    """Return what multiplies in each layer of the network on one chip, ``t`` seconds old.

    Parameters
    ----------
    network : Network
        What is programmed.
    serial : int
        Serial number of the chip.
    flaws : Flaws
        What is wrong with it.
    t : float
        Time since programming ended, s.
    compensate : bool
        Whether one factor per core undoes the mean drift.
    """
    result: list[Product] = []
    for k, (weights, limit) in enumerate(zip(network.weights, network.ranges, strict=True)):
        core = flawed_core(serial, k, flaws, limit).program(weights)
        gain = 1.0 / drift_factor(core, t) if compensate and flaws.drift and t > 0 else 1.0
        result.append(partial(core.at(t, gain).forward, rng=1000 * serial + k))
    return result


def measured(serial: int, flaws: Flaws, t: float, compensate: bool = True) -> tuple[float, float]:
    """Return the accuracy of the network on a chip, and the error of its middle layer, per cent.

    The second is the normalised error of an MVM with the inputs that this layer meets in the exact
    network. Parameters are those of `products`.
    """
    # Time is nothing to a chip that neither drifts nor has noise that grows: computed once for all.
    t = t if flaws.drift or flaws.read_noise else 0.0
    return _measured(serial, flaws, t, compensate or not flaws.drift)


@lru_cache(maxsize=4096)
def _measured(serial: int, flaws: Flaws, t: float, compensate: bool) -> tuple[float, float]:
    network, (x, labels) = trained(), held_out()
    run = products(network, serial, flaws, t, compensate=compensate)
    right = forward(network, x, run).argmax(axis=1) == labels
    inputs, outputs = _middle()
    error = np.linalg.norm(run[1](inputs) - outputs) / np.linalg.norm(outputs)
    return 100 * float(np.mean(right)), 100 * float(error)


@lru_cache(maxsize=1)
def _middle() -> tuple[np.ndarray, np.ndarray]:
    """Return what goes into the middle layer of the exact network, and what comes out."""
    network, seen = trained(), []

    def watched(h: np.ndarray) -> np.ndarray:
        seen.append(h)
        return h @ network.weights[1].T

    first, _, last = (lambda h, w=w: h @ w.T for w in network.weights)
    forward(network, held_out()[0], [first, watched, last])
    return seen[0], seen[0] @ network.weights[1].T
