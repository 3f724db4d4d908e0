"""An outer product as coincidences: right on average, whole numbers, and no more than fits."""

import numpy as np
import pytest

from aimc.in_memory_training import PulseTrains

D = np.array([1.0, -0.5, 0.0, 0.25])
X = np.array([0.2, -1.0, 0.6])


def mean_change(
    trains: PulseTrains, rate: float, step: float, draws: int = 4000
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    all_pulses = np.array([trains.draw(D, X, rate, step, rng) for _ in range(draws)])
    return step * all_pulses.mean(axis=0), step * all_pulses.std(axis=0) / np.sqrt(draws)


@pytest.mark.parametrize("balance", [True, False])
@pytest.mark.parametrize("fit_length", [True, False])
def test_expected_change_is_the_outer_product(balance: bool, fit_length: bool) -> None:
    trains = PulseTrains(length=31, balance=balance, fit_length=fit_length)
    mean, error = mean_change(trains, rate=0.02, step=0.01)
    wanted = 0.02 * np.outer(D, X)
    # 4.5 standard errors for each of 12 entries: a chance of less than 1 in 10,000
    assert np.all(np.abs(mean - wanted) <= 4.5 * error + 1e-15)


def test_pulses_are_whole_and_no_more_than_slots() -> None:
    pulses = PulseTrains(length=5).draw(D, X, 10.0, 0.001, np.random.default_rng(1))
    assert np.array_equal(pulses, np.round(pulses))
    assert np.abs(pulses).max() == 5.0
    assert not pulses[2].any()


def test_signs_are_those_of_the_product() -> None:
    pulses = PulseTrains().draw(D, X, 1.0, 0.01, np.random.default_rng(1))
    assert np.array_equal(np.sign(pulses), np.sign(np.outer(D, X)))


def test_a_vector_of_zeros_gives_no_pulses() -> None:
    pulses = PulseTrains().draw(np.zeros(2), X, 1.0, 0.01, np.random.default_rng(1))
    assert pulses.shape == (2, 3)
    assert not pulses.any()


def test_balance_loses_less_where_vectors_differ_in_size() -> None:
    """A long train of a small vector cannot make up for probabilities that end at one."""
    small, large = 0.01 * D, 100.0 * X
    wanted = 0.3 * np.outer(small, large)

    def lost(balance: bool) -> float:
        rng = np.random.default_rng(5)
        trains = PulseTrains(length=31, balance=balance, fit_length=False)
        mean = 0.01 * np.mean([trains.draw(small, large, 0.3, 0.01, rng) for _ in range(500)], 0)
        return float(np.linalg.norm(mean - wanted) / np.linalg.norm(wanted))

    assert lost(True) < 0.1 < 0.3 < lost(False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d": np.ones((2, 2))}, "d must"),
        ({"x": np.array([np.nan])}, "x must"),
        ({"rate": 0.0}, "rate"),
        ({"step": -1.0}, "step"),
    ],
)
def test_bad_arguments_are_named(change: dict[str, object], message: str) -> None:
    values = {"d": D, "x": X, "rate": 0.1, "step": 0.01} | change
    with pytest.raises(ValueError, match=message):
        PulseTrains().draw(**values, rng=np.random.default_rng(1))  # type: ignore[arg-type]


def test_bad_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        PulseTrains(length=0)
