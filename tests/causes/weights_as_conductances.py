"""Controls of chapter 3: where the error of a stored weight comes from."""

from __future__ import annotations

import numpy as np
from controls import control, matrix

from aimc.circuits import BitSliced, DifferentialPair, effective_weights
from aimc.devices import pcm_2019, pcm_hermes

PAGE = "1-concepts/03-weights-as-conductances"
SHAPE = (64, 64)


def relative(stored: np.ndarray, w: np.ndarray) -> float:
    return float(np.linalg.norm(stored - w) / np.linalg.norm(w))


def missed(targets: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return targets (S) with the programming noise of one HERMES device, not clipped."""
    return targets + pcm_hermes(1).programming_std(targets) * rng.standard_normal(targets.shape)


@control(
    page=PAGE,
    claim="A cell of two devices beats the square root, because it has twice the range and only "
    "one of its devices errs.",
    without="both devices are programmed to the same target and both err",
    quantity="error of one device over that of two",
    shows=lambda with_, without: with_.min() > 1.5 and np.all(np.abs(without - 2**0.5) < 0.08),
)
def only_one_device_errs(weights: str, seed: int, cause: bool) -> float:
    w, rng = matrix(weights, SHAPE, seed), np.random.default_rng(seed)
    g = pcm_hermes(1).g_max
    sides = np.stack([np.clip(w, 0, None), np.clip(-w, 0, None)])
    one = missed(g * sides, rng) / g
    if cause:
        first = np.minimum(2 * g * sides, g)
        second = 2 * g * sides - first
        alone = second == 0  # the first is programmed; else it stays SET and the second one is
        both = np.where(alone, missed(first, rng), first + missed(second, rng))
    else:
        both = missed(g * sides, rng) + missed(g * sides, rng)
    return relative(one[0] - one[1], w) / relative((both[0] - both[1]) / (2 * g), w)


@control(
    page=PAGE,
    claim="Averaging over devices leaves a bias towards zero, which clipping at zero causes.",
    without="the same noise, not clipped at zero conductance",
    quantity="mean error of the weights towards zero with 32 devices, % of the largest",
    shows=lambda with_, without: with_.max() < -0.3 and np.all(np.abs(without) < 0.1),
)
def clipping_at_zero_leaves_a_bias(weights: str, seed: int, cause: bool) -> float:
    w, cell, device = matrix(weights, SHAPE, seed), DifferentialPair(32), pcm_2019()
    rng = np.random.default_rng(seed)
    targets = cell.split(w, device.g_max)
    g = targets + device.programming_std(targets) * rng.standard_normal(targets.shape)
    stored = effective_weights(cell, np.clip(g, 0, None) if cause else g, device.g_max)
    return 100 * float(np.mean(np.sign(w) * (stored - w)))


@control(
    page=PAGE,
    claim="Clipping large weights costs less than it saves, as long as they are few.",
    without="the same weights, clipped before at two standard deviations, so that many are large",
    quantity="share of the error that the best clip saves",
    shows=lambda with_, without: with_.min() > 0.15 and with_.min() > 2 * without.max(),
    weights=("normal", "laplace"),
)
def a_clip_saves_where_large_weights_are_few(weights: str, seed: int, cause: bool) -> float:
    rng, device, cell = np.random.default_rng(seed), pcm_hermes(2), DifferentialPair()
    w = getattr(rng, weights)(size=(128, 256))
    w = w / w.std()
    w = w if cause else np.clip(w, -2, 2)
    w = w / np.abs(w).max()

    def error(scale: float) -> float:
        targets = cell.split(np.clip(w / scale, -1, 1), device.g_max)
        return relative(scale * effective_weights(cell, device.program(targets, seed).g_programmed,
                                     device.g_max), w)  # fmt: skip

    return 1 - min(error(scale) for scale in np.arange(0.3, 1.01, 0.05)) / error(1.0)


@control(
    page=PAGE,
    claim="Whether copies or digits are better is decided by the device: a device that holds a "
    "digit without error turns the order round.",
    without="the same devices, but SET and RESET are exact",
    quantity="error of four one-bit slices over that of four copies",
    shows=lambda with_, without: with_.min() > 1 and without.max() < 0.95,
)
def the_device_decides_between_copies_and_digits(weights: str, seed: int, cause: bool) -> float:
    w, rng, g = matrix(weights, SHAPE, seed), np.random.default_rng(seed), pcm_hermes(1).g_max

    def error(cell: DifferentialPair | BitSliced) -> float:
        targets = cell.split(w, g)
        exact = (np.isclose(targets, 0) | np.isclose(targets, g)) & (not cause)
        stored = np.where(exact, targets, np.clip(missed(targets, rng), 0, None))
        return relative(effective_weights(cell, stored, g), w)

    return error(BitSliced(1, 4)) / error(DifferentialPair(4))


def share_missed(
    w: np.ndarray, shares: list[float], seed: int, *, in_turn: bool, noisy: bool
) -> float:
    """Return the relative error of weights on pairs, written in turn or all at once."""
    device, cell, rng = pcm_hermes(1), DifferentialPair(), np.random.default_rng(seed)

    def read(g: np.ndarray) -> np.ndarray:
        spread = noisy * device.read_noise_std(g, g, 0.0)
        seen = g + spread * rng.standard_normal(g.shape)
        return effective_weights(cell, seen, device.g_max)

    known, later = np.zeros_like(w), np.zeros_like(w)
    for k, share in enumerate(shares):
        targets = cell.split(np.clip((w * min(1, sum(shares[: k + 1])) - known) / share, -1, 1),
                             device.g_max)  # fmt: skip
        g = device.program(targets, 10 * seed + k).g_programmed
        known = known + share * read(g if in_turn else targets)  # at once: the target is trusted
        later = later + share * read(g)
    return relative(later, w)


@control(
    page=PAGE,
    claim="Digits that are written in turn err less than copies, because each stores what those "
    "before it missed.",
    without="the same pairs, written at once, each trusting the targets of the others",
    quantity="error of four digits of base 4 over that of four copies",
    shows=lambda with_, without: with_.max() < 0.5 and without.min() > 1.2,
)
def a_pair_that_knows_what_was_missed_corrects_it(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, SHAPE, seed)
    digits, copies = (
        share_missed(w, shares, seed, in_turn=cause, noisy=False)
        for shares in ([1, 1 / 4, 1 / 16, 1 / 64], [0.25] * 4)
    )
    return digits / copies


@control(
    page=PAGE,
    claim="Where the reads are noisy, copies written in turn err less than digits, because no "
    "correction knows the noise of a later read.",
    without="the same pairs, read without noise",
    quantity="error of four digits of base 4 over that of four copies, both in turn",
    shows=lambda with_, without: with_.min() > 1.2 and without.max() < 0.5,
)
def later_noise_asks_for_equal_shares(weights: str, seed: int, cause: bool) -> float:
    w = matrix(weights, SHAPE, seed)
    digits, copies = (
        share_missed(w, shares, seed, in_turn=True, noisy=cause)
        for shares in ([1, 1 / 4, 1 / 16, 1 / 64], [0.25] * 4)
    )
    return digits / copies


@control(
    page=PAGE,
    claim="A scale for each column gains little where a clip has already made the columns alike.",
    without="the same weights, not clipped",
    quantity="share of the error that a scale for each column saves",
    shows=lambda with_, without: with_.max() < 0.05 and without.min() > 0.1,
    weights=("normal", "laplace"),
)
def a_clip_makes_columns_alike(weights: str, seed: int, cause: bool) -> float:
    rng, device, cell = np.random.default_rng(seed), pcm_hermes(2), DifferentialPair()
    w = getattr(rng, weights)(size=(128, 256))
    w = np.clip(w, -2 * w.std(), 2 * w.std()) if cause else w

    def error(scale: np.ndarray) -> float:
        state = device.program(cell.split(w / scale, device.g_max), seed)
        return relative(scale * effective_weights(cell, state.g_programmed, device.g_max), w)

    column = np.abs(w).max(axis=1, keepdims=True)
    return 1 - error(column) / error(np.full_like(column, column.max()))
