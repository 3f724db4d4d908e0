"""A decoder on the cores of a chip, and a decoder whose weights were disturbed."""

from __future__ import annotations

import copy

import torch
from torch import nn

import aimc.nn
from aimc.validation import check_choice, check_number
from aimc_course.studies.language_models.decoder import Decoder
from aimc_course.studies.language_models.recipes import CORE, DIGITAL, OUTPUT_BITS
from aimc_course.studies.language_models.text import windows

__all__ = ["noisy_copy", "on_cores"]

CALIBRATION = 24  # pieces of the training text


def on_cores(model: Decoder, serial: int = 0) -> nn.Module:
    """Return the decoder on cores of the 64-core chip, calibrated and not yet programmed.

    Its matrices are on cores; tables, norms, attention between characters and sums are digital.
    The largest weight of each output becomes a fully SET cell, and inputs and outputs have fixed
    ranges of 8 bits that hold all but one in ten thousand of the values of the training text.

    Parameters
    ----------
    model : Decoder
        A digital network.
    serial : int
        Serial number of the chip.

    Examples
    --------
    >>> import aimc.nn
    >>> from aimc_course.studies.language_models import on_cores, trained_decoder
    >>> chip = on_cores(trained_decoder("both"), serial=7)
    >>> chip = aimc.nn.program(chip)
    >>> chip = aimc.nn.at(chip, "1 d")
    """
    analog = aimc.nn.convert(
        model,
        CORE,
        serial=serial,
        skip=DIGITAL,
        weight_range="output",
        output_bits=OUTPUT_BITS,
    )
    every = windows("train", model.context, model.context)[:, :-1]
    chosen = every[:: max(1, len(every) // CALIBRATION)]
    aimc.nn.calibrate(analog, [chosen], percentile=99.99)
    return analog


@torch.no_grad()
def noisy_copy(model: Decoder, noise: float, rng: int = 0, of: str = "largest") -> Decoder:
    """Return a digital copy whose matrices carry Gaussian noise.

    Parameters
    ----------
    model : Decoder
        A digital network.
    noise : float
        Standard deviation of the noise, as a share of ``of``.
    rng : int
        Seed of the draw.
    of : {"largest", "deviation"}
        The largest weight of each output, or the standard deviation of its weights.
    """
    check_number("noise", noise, low=0.0)
    check_choice("of", of, ("largest", "deviation"))
    generator = torch.Generator().manual_seed(rng)
    disturbed = copy.deepcopy(model)
    for layer in disturbed.modules():
        if isinstance(layer, nn.Linear):
            w = layer.weight
            size = w.abs().amax(1, keepdim=True) if of == "largest" else w.std(1, keepdim=True)
            layer.weight += noise * size * torch.randn(w.shape, generator=generator)
    return disturbed
