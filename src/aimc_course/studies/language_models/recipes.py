"""The training of analog foundation models, taken apart: what clipping does, and what noise does.

All four trainings go on from the same plain network, on the same cores, for the same number of
steps, and learn from its outputs instead of the text (G098) :cite:p:`buchel2025afm`. They differ in
whether weights are clipped, and whether they meet noise of 3 % of the largest weight of each output
(G096).

Weights are clipped at two standard deviations of each output, as in :cite:t:`joshi2020accurate`
(C014), instead of the 2.5 of the release (G096). The largest of 64 Gaussian weights has 2.6 of them
on average and that of 3,072 has 3.7, so the published limit touches only those of the short rows of
a small network that have outliers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from aimc import presets
from aimc.cores import Core
from aimc.recovery.training import Clipping, InputRanges, Optimisation, Recipe
from aimc.recovery.training.recipes import afm

__all__ = ["CORE", "DIGITAL", "LIMIT", "OUTPUT_BITS", "RECIPES", "recipe_for"]

CORE: Callable[..., Core] = partial(presets.hermes, devices=2)
"""Cores that the networks are trained for and measured on."""
OUTPUT_BITS = 8
"""Resolution of what the digital unit of each core sends, as on the 64-core chip."""

DIGITAL = ("character", "position")
"""Modules with tables that are looked up and not multiplied: no crossbar would hold them."""

RECIPES = ("neither", "noise", "clip", "both")
"""Names of the trainings that follow the plain one."""


LIMIT = 2.0
"""Standard deviations of the weights of an output at which they are clipped."""


def recipe_for(name: str, limit: float = LIMIT) -> Recipe:
    """Return one of `RECIPES`, with what a small network wants in place of a large one.

    As in `aimc.recovery.training.recipes.afm`, except that ranges of inputs are percentiles of the
    data, since 18 standard deviations are for the outliers of large models, and the optimiser has
    a larger rate.

    Parameters
    ----------
    name : {"neither", "noise", "clip", "both"}
        Which of the two parts it has.
    limit : float
        Standard deviations at which weights are clipped.
    """
    if name not in RECIPES:
        raise ValueError(f"name={name!r} is not allowed: choose one of {', '.join(RECIPES)}")
    published = afm()
    return replace(
        published,
        noise=published.noise if name in ("noise", "both") else None,
        clipping=Clipping("sigma", limit, per="output") if name in ("clip", "both") else None,
        input_ranges=InputRanges("percentile", 99.99),
        optimisation=Optimisation(
            "adamw",
            1e-3,
            betas=(0.9, 0.98),
            weight_decay=0.01,
            schedule="linear",
            warm_up=0.05,
            epochs=3,
            batch_size=16,
            gradient_norm=1.0,
        ),
        name=name,
        left_out=(
            *published.left_out,
            "ranges of inputs are percentiles and not learned; limit and optimiser are our own",
        ),
    )
