from functools import cache
from typing import Any

import numpy as np
import pytest

from aimc.chip.mapping import cores_needed
from aimc.datasets.course_text import load_text
from aimc.networks import BARS, CharLSTM, layers_at
from aimc.statistics import mean_interval

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

DAY = 86400.0
CHIPS = 10


@cache
def network() -> CharLSTM:
    return CharLSTM()


@cache
def text() -> np.ndarray:
    return network().held_out(streams=40, steps=120)


@cache
def bits(t: float, compensate: bool = True, chips: int = CHIPS) -> np.ndarray:
    return np.array(
        [
            network().bits_per_character(
                text(), layers_at(network(), serial, t=t, compensate=compensate)
            )
            for serial in range(chips)
        ]
    )


def test_shapes_are_those_of_a_small_lstm() -> None:
    hidden, vocabulary = network().hidden, len(load_text().vocabulary)
    shapes = [layer.shape for layer in network().workload().layers]
    assert shapes == [(4 * hidden, 32), (4 * hidden, hidden), (vocabulary, hidden)]
    assert network().program().plan.mapping.cores == cores_needed(network().workload()) == 7


def test_recorded_bits_per_character_are_right() -> None:
    codes = load_text().held_out
    scores = network().scores(codes[None, :-1])[0].astype(np.float64)
    probability = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    right = np.log2(probability[np.arange(len(codes) - 1), codes[1:]])
    info = network().checkpoint.info
    assert -right.mean() == pytest.approx(info["test_bits_per_character"], abs=1e-4)
    assert (scores.argmax(axis=1) == codes[1:]).sum() == pytest.approx(info["test_correct"], abs=5)


@pytest.mark.slow
def test_ten_chips_work_at_once_and_after_a_day() -> None:
    exact = network().bits_per_character(text())
    fresh, day = mean_interval(bits(0.0)), mean_interval(bits(DAY))
    assert fresh.n == day.n == CHIPS
    # Both worse than floating point, a day worse than at once, and none by much.
    assert exact < fresh.low < fresh.high < day.low
    assert day.high < exact + 0.1


def test_without_drift_compensation_a_day_costs_more() -> None:
    assert np.all(bits(DAY, compensate=False, chips=3) > bits(DAY)[:3] + 0.03)


def test_bits_per_character_of_a_guesser_are_those_of_the_alphabet() -> None:
    codes, size = text(), len(load_text().vocabulary)

    def guess(layer: Any, x: Any = None) -> np.ndarray:
        return np.zeros_like(network().digital(layer, x))

    assert network().bits_per_character(codes, guess) == pytest.approx(np.log2(size))


@pytest.mark.portable
def test_perfect_crossbars_are_the_floating_point_network() -> None:
    perfect = layers_at(network(), hardware=BARS["floating point"])
    codes = text()[:4, :60]
    np.testing.assert_allclose(network().scores(codes, perfect), network().scores(codes), atol=1e-4)


def test_chip_goes_on_from_a_prompt() -> None:
    chip = layers_at(network(), 1)
    written = network().write("the weights are stored as ", 80, chip, rng=3)
    assert len(written) == 80
    assert written == network().write(
        "the weights are stored as ", 80, layers_at(network(), 1), rng=3
    )
    assert written != network().write("the weights are stored as ", 80, chip, rng=4)
    words = set(
        "".join(c if c.isalpha() else " " for c in load_text().text(load_text().train)).split()
    )
    known = [word in words for word in written.split()[1:-1] if word.isalpha()]
    assert np.mean(known) > 0.5
    likely = network().write("conductanc", 1, temperature=1e-3)
    assert likely == "e"


@pytest.mark.torch
def test_scores_equal_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    checkpoint = network().checkpoint
    lstm = torch.nn.LSTM(32, network().hidden, batch_first=True)
    with torch.no_grad():
        for name, values in (
            ("weight_ih_l0", checkpoint.weights[0]),
            ("weight_hh_l0", checkpoint.weights[1]),
            ("bias_ih_l0", checkpoint.biases[0]),
            ("bias_hh_l0", checkpoint.biases[1]),
        ):
            getattr(lstm, name).copy_(torch.from_numpy(values))
        codes = text()[:6, :50]
        states, _ = lstm(torch.from_numpy(network().embedding[codes]))
        weight, bias = (torch.from_numpy(v[2]) for v in (checkpoint.weights, checkpoint.biases))
        expected = (states @ weight.T + bias).numpy()
    np.testing.assert_allclose(network().scores(codes), expected, atol=2e-4)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: network().scores(np.full((1, 3), 50)), "codes"),
        (lambda: network().bits_per_character(np.zeros((1, 20), np.uint8)), "codes.*more than"),
        (lambda: network().write("Ab", 3), "prompt='Ab'"),
        (lambda: CharLSTM.held_out(streams=1000, steps=200), "streams=1000"),
    ],
)
def test_bad_input(call: object, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        call()  # type: ignore[operator]
