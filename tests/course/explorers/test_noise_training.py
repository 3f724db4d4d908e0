"""The explorer of the chapter on hardware-aware training, and its tiny network."""

import json
import warnings
from itertools import pairwise

import numpy as np
import pytest

from aimc_course.explorers import browser_shell
from aimc_course.explorers.accuracy import tiny_network
from aimc_course.explorers.accuracy.noise_training import NOISE_TRAINING, along_a_line, votes
from aimc_course.explorers.accuracy.tiny_network import PLACES, accuracies, points, scores, train


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("training", [0.0, 30.0])
@pytest.mark.parametrize("test", [0.0, 30.0])
def test_every_corner_answers_in_json_and_without_warning(
    place: str, training: float, test: float
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = NOISE_TRAINING.answer(place=place, training=training, test=test, clip=False)
    values = json.loads(json.dumps(answer.values, allow_nan=False))
    assert 0.5 < values["accuracy_with_noise"] <= 1
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 3
    assert answer.sentence.endswith("points.")


def test_same_state_same_answer() -> None:
    tiny_network.train.cache_clear()
    one = browser_shell.plain(NOISE_TRAINING.answer(training=10.0).as_json())
    tiny_network.train.cache_clear()
    assert one == browser_shell.plain(NOISE_TRAINING.answer(training=10.0).as_json())


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_noise_in_training_buys_accuracy_under_noise(place: str, seed: int) -> None:
    x, labels = points(400, 1)
    aware, plain = (train(noise, place, True, seed) for noise in (0.2, 0.0))
    under_noise = [accuracies(net, x, labels, 0.25).mean() for net in (aware, plain)]
    assert under_noise[0] > under_noise[1] + 0.01
    exact = [accuracies(net, x, labels, 0.0, 1)[0] for net in (aware, plain)]
    assert min(exact) > 0.97


def test_clipping_makes_the_same_relative_error_smaller() -> None:
    x, labels = points(400, 1)
    clipped, free = (train(0.0, "weights", clip) for clip in (True, False))
    assert accuracies(clipped, x, labels, 0.2).mean() > accuracies(free, x, labels, 0.2).mean()
    for w, most in zip(clipped.weights, free.weights, strict=True):
        assert np.abs(w).max() <= 2.6 * w.std()
        assert np.abs(w).max() / w.std() <= np.abs(most).max() / most.std()


def test_the_minimum_of_training_with_noise_is_flatter() -> None:
    aware, plain = train(0.15), train(0.0)
    far = np.array([-0.3, 0.3])
    assert np.all(along_a_line(aware, far) < along_a_line(plain, far))
    assert along_a_line(plain, np.zeros(1))[0] < along_a_line(aware, np.zeros(1))[0]


@pytest.mark.parametrize("place", PLACES)
def test_gradients_are_those_of_the_noisy_loss(place: str) -> None:
    """Finite differences with the same draws: the norm's gradient is part of the outputs' noise."""
    rng = np.random.default_rng(0)
    sizes = tiny_network.SIZES
    w = [rng.standard_normal((b, a)) for a, b in pairwise(sizes)]
    b = [0.1 * rng.standard_normal(n) for n in sizes[1:]]
    x, labels = points(30, 4)

    def noisy_loss() -> float:
        draws = np.random.default_rng(9)
        h = x
        for k, m in enumerate(w):
            size = 0.2 * limits[k]
            if place == "weights":
                continue
            length = np.sqrt((h**2).sum(axis=1, keepdims=True))
            y = h @ m.T + b[k] + size * length * draws.standard_normal((len(x), len(m)))
            h = np.maximum(y, 0) if k < 2 else y
        if place == "weights":
            used = [
                m + 0.2 * s * draws.standard_normal(m.shape) for m, s in zip(w, limits, strict=True)
            ]
            h = scores(tiny_network.TinyNetwork(tuple(used), tuple(b)), x)[:, None]
        return float(np.mean(np.logaddexp(0, -h[:, 0] * (2 * labels - 1))))

    limits = [np.abs(m).max() for m in w]
    slopes = tiny_network._gradient(w, b, x, labels, 0.2, place, np.random.default_rng(9))
    for value, slope in zip((*w, *b), slopes, strict=True):
        place_ = np.unravel_index(np.argmin(np.abs(value)), value.shape)  # never the largest
        step, kept = 1e-6, value[place_]
        value[place_] = kept + step
        up = noisy_loss()
        value[place_] = kept - step
        down = noisy_loss()
        value[place_] = kept
        assert slope[place_] == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-7)


def test_votes_are_shares_of_the_same_chips() -> None:
    net, x = train(0.1), points(50, 3)[0]
    assert set(np.unique(votes(net, 0.0, x))) <= {0.0, 1.0}
    np.testing.assert_array_equal(votes(net, 0.2, x), votes(net, 0.2, x))


@pytest.mark.parametrize(("name", "value"), [("place", "inputs"), ("noise", -0.1)])
def test_bad_arguments_are_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        train(**{"noise": 0.1, name: value})
