"""Factorisation: what noise and a threshold do to capacity and limit cycles."""

from typing import Any

import numpy as np
import pytest

from aimc import presets
from aimc_course.studies.hyperdimensional import Factorisation, ResonatorNetwork, capacity

NOISY: dict[str, Any] = {"threshold": 0.08, "noise": 0.02}
# Of cores that it has not made itself, a network does not know that nothing in them is random.
EACH_ROUND: dict[str, Any] = {
    "make_core": lambda f: presets.ideal(rows=4096, columns=4096, index=f)
}


QUIET: dict[str, Any] = {"threshold": 0.1}


def solve(entries: int, iterations: int = 200, **options: Any) -> tuple[Factorisation, np.ndarray]:
    rng = np.random.default_rng(6)
    books = rng.choice([-1.0, 1.0], size=(3, entries, 256))
    network = ResonatorNetwork(books, **options)
    wanted = rng.integers(entries, size=(40, 3))
    return network.factorise(network.products(wanted), rng, iterations=iterations), wanted


def test_solved_products_have_their_factors() -> None:
    result, wanted = solve(16, **NOISY)
    assert result.solved.mean() > 0.8
    assert np.array_equal(result.factors[result.solved], wanted[result.solved])
    assert (result.period[result.solved] == 0).all()


@pytest.mark.native("it repeats for long what other tests run there")
def test_noise_and_threshold_raise_the_capacity() -> None:
    sizes = (16, 48, 64)
    plain = capacity(sizes, np.random.default_rng(3))
    noisy = capacity(sizes, np.random.default_rng(3), **NOISY)
    # 95 % intervals of 50 products each do not overlap from M = 48 on.
    assert noisy[1].low > plain[1].high
    assert noisy[2].low > plain[2].high
    assert plain[0].low > 0.9  # small codebooks need neither
    assert plain[0].mean > plain[1].mean > plain[2].mean
    assert noisy[1].mean > 0.75


def test_noise_helps_at_the_same_threshold() -> None:
    quiet = capacity((16,), np.random.default_rng(3), threshold=0.08)
    noisy = capacity((16,), np.random.default_rng(3), **NOISY)
    assert noisy[0].low > quiet[0].high


def test_turned_signs_make_the_same_product_and_stay() -> None:
    rng = np.random.default_rng(6)
    network = ResonatorNetwork(rng.choice([-1.0, 1.0], size=(3, 16, 256)))
    wanted = rng.integers(16, size=(60, 3))
    products = network.products(wanted)
    result = network.factorise(products, rng)
    assert result.solved.all()
    assert np.array_equal(result.factors, wanted)
    turned = np.flatnonzero((result.signs < 0).any(axis=1))
    assert 0.2 < len(turned) / 60 < 0.8
    assert (result.signs.prod(axis=1) == 1).all()  # an even number of minus signs
    for k in turned[:5]:
        seen = network.watch(products[k], rng, iterations=int(result.iterations[k]) + 40)
        last = seen[-10:, np.arange(3), wanted[k]]
        assert np.array_equal(last, np.broadcast_to(result.signs[k], last.shape))


def test_a_threshold_lets_only_positive_similarities_pass() -> None:
    signs = solve(32, **NOISY)[0].signs
    assert (signs > 0).mean() > 0.95


def test_without_noise_a_threshold_ends_in_limit_cycles() -> None:
    result, _ = solve(16, **QUIET)
    failed = ~result.solved
    assert failed.sum() > 5
    # Nothing is random, so every repeated state proves a cycle.
    assert (result.period[failed] > 0).mean() > 0.8
    longer, _ = solve(16, iterations=400, **QUIET, **EACH_ROUND)
    stuck = result.period > 0
    assert not longer.solved[stuck].any()
    assert np.array_equal(longer.period[stuck], result.period[stuck])


@pytest.mark.parametrize("iterations", [1, 23, 57])
@pytest.mark.parametrize("threshold", [None, 0.1])
def test_a_cycle_is_left_for_the_round_in_which_it_would_have_ended(
    iterations: int, threshold: float | None
) -> None:
    left, _ = solve(24, iterations, threshold=threshold)
    computed, _ = solve(24, iterations, threshold=threshold, **EACH_ROUND)
    for name in ("factors", "signs", "iterations", "period"):
        assert np.array_equal(getattr(left, name), getattr(computed, name)), name
    # Those with a threshold are longer than the fixed points of the plain network.
    assert bool((left.period > 1).any()) is (iterations > 1 and threshold is not None)


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.filterwarnings("ignore::aimc.validation.RangeWarning")
def test_devices_of_a_chip_are_noise_enough() -> None:
    chips: dict[str, Any] = {"make_core": lambda f: presets.hermes(5, 1, index=f)}
    plain, _ = solve(48)
    on_chip, _ = solve(48, threshold=0.08, **chips)
    # Of 40 each: two standard deviations of the difference of shares are at most 0.23.
    assert on_chip.solved.mean() > plain.solved.mean() + 0.23


def test_watched_similarities_find_the_factors_that_the_network_finds() -> None:
    rng = np.random.default_rng(6)
    network = ResonatorNetwork(rng.choice([-1.0, 1.0], size=(3, 8, 256)))
    wanted = np.array([[2, 5, 7]])
    product = network.products(wanted)
    solved = network.factorise(product, rng)
    assert solved.solved.all()
    seen = network.watch(product[0], rng, iterations=int(solved.iterations[0]) + 3)
    assert seen.shape[1:] == (3, 8)
    last = np.abs(seen[solved.iterations[0] - 1])
    assert np.array_equal(last.argmax(axis=1), wanted[0])
    # Once all factors are right, each estimate is its entry, or its negative: similarity 1 or -1.
    assert seen[-1, np.arange(3), wanted[0]] == pytest.approx(solved.signs[0])
    with pytest.raises(ValueError, match="product"):
        network.watch(product[0][:-1], rng)


def test_top_keeps_the_most_similar() -> None:
    network = ResonatorNetwork(np.ones((2, 4, 8)), threshold=0.1, top=2)
    assert network.activate(np.array([[0.5, 0.05, 0.2, 0.3]])).tolist() == [[0.5, 0.0, 0.0, 0.3]]


def test_same_seed_same_result() -> None:
    first, second = solve(16, 30, **NOISY)[0], solve(16, 30, **NOISY)[0]
    assert np.array_equal(first.iterations, second.iterations)
    assert np.array_equal(first.factors, second.factors)


class LastDigits:
    """A programmed core on another processor: the same sums, with other last digits."""

    def __init__(self, core: Any, seed: int) -> None:
        self.core, self.rng = core, np.random.default_rng(seed)

    def forward(self, x: np.ndarray) -> np.ndarray:
        y = np.asarray(self.core.forward(x))
        return y + 1e-13 * np.abs(y).max() * self.rng.standard_normal(y.shape)

    @property
    def T(self) -> "LastDigits":  # noqa: N802 - as that of a core
        other = LastDigits(self.core.T, 0)
        other.rng = self.rng
        return other


@pytest.mark.parametrize("options", [{}, {"threshold": 0.0625}, NOISY])
def test_last_digits_decide_nothing(options: dict[str, Any]) -> None:
    here, _ = solve(24, 60, **options)

    class Core:
        def __init__(self, f: int) -> None:
            self.f = f

        def program(self, book: np.ndarray) -> LastDigits:
            return LastDigits(presets.ideal(4096, 4096, index=self.f).program(book), self.f)

    there, _ = solve(24, 60, make_core=Core, **options)
    assert np.array_equal(here.factors, there.factors)
    assert np.array_equal(here.iterations, there.iterations)
    assert np.array_equal(here.period, there.period)


def test_bad_input_is_named() -> None:
    books = np.ones((3, 4, 16))
    with pytest.raises(ValueError, match="codebooks must hold only"):
        ResonatorNetwork(0.5 * books)
    with pytest.raises(ValueError, match="top"):
        ResonatorNetwork(books, top=5)
    with pytest.raises(ValueError, match="noise"):
        ResonatorNetwork(books, noise=-1.0)
    with pytest.raises(ValueError, match="products"):
        ResonatorNetwork(books).factorise(np.ones((1, 8)), np.random.default_rng(1))
    with pytest.raises(ValueError, match="factors"):
        capacity((8,), np.random.default_rng(1), factors=1)
