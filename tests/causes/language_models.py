"""Controls of the chapter on language models on analog cores."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from controls import control, matrix

from aimc import presets
from aimc.cores import Core
from aimc_course.studies.language_models import draw_rows
from aimc_course.studies.language_models.recipes import DIGITAL, OUTPUT_BITS

PAGE = "5-outlook/02-language-models"
TAILS = {"some outliers": 6.0, "many outliers": 3.5}


def core(seed: int, constant: bool = False) -> Core:
    """Return a core, whose cells err as they do, or all as a fully SET one."""
    made = presets.hermes(seed, devices=2)
    if constant:
        full = float(made.device.programming_fit(np.array(1.0)))
        same: Callable[[np.ndarray], np.ndarray] = lambda g: np.full_like(g, full)  # noqa: E731
        made = Core(
            replace(made.device, programming_fit=same), made.cell, made.periphery,
            rows=256, columns=256, serial=seed,
        )  # fmt: skip
    return made


def held(made: Core, w: np.ndarray, largest: np.ndarray | None = None) -> np.ndarray:
    """Return the weights that a core holds, with a scale of its own for each output."""
    top = np.abs(w).max(axis=1) if largest is None else largest
    return np.asarray(made.program(w, w_max=top).at(0.0).weights())


@control(
    page=PAGE,
    claim="A single outlier makes the errors of the other weights of its output larger, but by "
    "less than its own size, since it pushes them into small conductances that err less.",
    without="cells that all err as a fully SET one",
    quantity="error of the others with an outlier ten times as large, over that without",
    shows=lambda with_, without: with_.max() < 5 and without.min() > 7.5,
)
def an_outlier_is_kinder_than_its_size(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, (64, 100), seed)
    w /= np.abs(w).max(axis=1, keepdims=True)  # the largest of each output is one
    outlier = w.copy()
    outlier[:, 0] = 10.0
    off = [float(np.std((held(core(seed, not cause), v) - v)[:, 1:])) for v in (outlier, w)]
    return off[0] / off[1]


@control(
    page=PAGE,
    claim="Clipping wins because the largest weight sets the scale of the errors of all others.",
    without="the clipped weights on the scale of the unclipped ones",
    quantity="error of the weights clipped at two deviations, over that of the unclipped ones",
    shows=lambda with_, without: with_.max() < 0.85 * without.min() and without.min() > 0.9,
    weights=tuple(TAILS),
)
def clipping_wins_by_the_scale(weights: str, seed: int, cause: bool) -> float:
    w = draw_rows(64, 64, TAILS[weights], np.random.default_rng(seed))
    clipped = np.clip(w, -2.0, 2.0)
    largest = np.abs(w).max(axis=1)
    before = held(core(seed), w) - w
    after = held(core(seed), clipped, None if cause else largest) - clipped
    return float(np.std(after) / np.std(before))


@control(
    page=PAGE,
    claim="Errors enter as squares, so that the few rows with outliers do more than their share "
    "of the damage.",
    without="the same rows clipped at 2.5 standard deviations",
    quantity="share (%) of the squared errors in the twentieth of the rows with the largest peaks",
    shows=lambda with_, without: (
        with_.mean() > 6 and np.all(with_ > 1.3 * without) and without.mean() < 5.5
    ),
    weights=tuple(TAILS),
)
def few_rows_do_the_damage(weights: str, seed: int, cause: bool) -> float:
    w = draw_rows(240, 64, TAILS[weights], np.random.default_rng(seed))
    order = np.argsort(np.abs(w).max(axis=1))
    if not cause:
        w = np.clip(w, -2.5, 2.5)
    squares = np.mean((held(core(seed), w) - w) ** 2, axis=1)
    return 100 * float(squares[order[-12:]].sum() / squares.sum())


def drifting(serial: int, flat: bool, *, index: int = 0) -> Core:
    """Return a core; ``flat``: with the mean drift exponent of a half SET cell for all states."""
    made = presets.hermes(serial, devices=2, index=index)
    device = made.device
    if flat:
        half = float(device.drift_mean_fit(np.array(0.5)))
        device = replace(device, drift_mean_fit=lambda g: half + 0.0 * g)
    return Core(
        device, made.cell, made.periphery, rows=256, columns=256, serial=serial, index=index
    )


@control(
    page=PAGE,
    claim="Most of what one factor per core leaves of a year of drift comes from the mean "
    "exponent, which is larger for small conductances, and less from differences between devices.",
    without="a mean exponent that is the same for all states",
    quantity="what a year with one factor per core adds to the loss of the fresh chip, bits",
    shows=lambda with_, without: with_.min() > 0.03 and without.mean() < 0.5 * with_.mean(),
    weights=("plain", "both"),
)
def small_conductances_drift_more(weights: str, seed: int, cause: bool) -> float:
    import aimc.nn
    from aimc.recovery.compensation import compensation
    from aimc_course.studies.language_models import bits_per_character, trained_decoder, windows

    model = trained_decoder(weights)
    chip = aimc.nn.convert(
        model,
        lambda serial, index=0: drifting(serial, not cause, index=index),
        serial=seed,
        skip=DIGITAL,
        weight_range="output",
        output_bits=OUTPUT_BITS,
    )
    seen = windows("train", 96, 96)[:, :-1]
    aimc.nn.calibrate(chip, [seen[:: len(seen) // 4]], percentile=99.99)
    aimc.nn.program(chip)
    stage = compensation("global")
    stage.prepare(chip)
    held_out = windows()[::20]
    fresh = bits_per_character(chip, held_out)
    stage.apply(chip, 3.15576e7)
    return bits_per_character(chip, held_out) - fresh


@control(
    page=PAGE,
    claim="Larger products, relative to those of unrelated weights, go with most of what a larger "
    "or longer trained decoder gains under wrong weights.",
    without="noise that makes the products of every matrix equally wrong",
    quantity="what wrong weights add to the loss of the smallest decoder, over that of width 64",
    shows=lambda with_, without: with_.min() > 2 and np.all(without - 1 < 0.5 * (with_ - 1)),
    weights=("plain", "both"),
)
def larger_products_bear_wrong_weights(weights: str, seed: int, cause: bool) -> float:
    from aimc_course.studies.language_models import (
        bits_per_character,
        noisy_copy,
        trained_decoder,
        windows,
    )
    from aimc_course.studies.language_models.sizes import noisy_products, smallest

    seen, held_out = windows("train", 96, 96)[::8], windows()[::8]
    added = []
    for model in (smallest(), trained_decoder(weights)):
        wrong = (
            noisy_copy(model, 0.2, seed, of="deviation")
            if cause
            else noisy_products(model, seen, 0.15, seed)
        )
        added.append(bits_per_character(wrong, held_out) - bits_per_character(model, held_out))
    return added[0] / added[1]


@control(
    page=PAGE,
    claim="Most of what a year without compensation costs a decoder is lost in front of its "
    "softmaxes, whose scores shrink along with the outputs.",
    without="outputs that get their size back from one factor per core, in the layers of queries, "
    "keys and values and in the last layer only",
    quantity="what a year without compensation adds to the loss, bits",
    shows=lambda with_, without: with_.min() > 0.8 and np.all(without < 0.5 * with_),
    weights=("plain", "both"),
)
def softmaxes_grow_flat(weights: str, seed: int, cause: bool) -> float:
    import aimc.nn
    from aimc.recovery.compensation import drift_factor
    from aimc_course.studies.language_models import (
        bits_per_character,
        on_cores,
        trained_decoder,
        windows,
    )

    model, held_out = trained_decoder(weights).eval(), windows()[::20]
    chip = on_cores(model, seed)
    aimc.nn.program(chip)
    aimc.nn.at(chip, "1 y")
    for name, layer in aimc.nn.analog_layers(chip).items():
        if not cause and (name.endswith("qkv") or name == "output"):
            aimc.nn.at(layer, "1 y", gain=lambda core, t: 1.0 / drift_factor(core, t))
    return bits_per_character(chip, held_out) - bits_per_character(model, held_out)
