"""What each rule does with one update, and with many."""

import numpy as np
import pytest

from aimc.devices.in_place_training import SoftBounds
from aimc.in_memory_training import (
    AdaptiveReference,
    ChoppedTikiTaka,
    DeviceMatrix,
    MixedPrecision,
    Perceptron,
    PulseTrains,
    StochasticGradientDescent,
    TikiTaka,
    TikiTaka2,
    Transfer,
    UpdateRule,
    coarse_devices,
    fast_matrix,
    learn_matrix,
)

FINE = SoftBounds(name="fine", step=0.001, w_min=-1.0, w_max=1.0, slope_up=0.0, slope_down=0.0)
SOFT = SoftBounds(name="soft", step=0.01, w_min=-1.0, w_max=1.0)
TWO = (TikiTaka, TikiTaka2, ChoppedTikiTaka, AdaptiveReference)


def matrix(model: SoftBounds, shape: tuple[int, int] = (3, 4), seed: int = 1) -> DeviceMatrix:
    return DeviceMatrix(model.fabricate(shape, seed), rng=np.random.default_rng(seed))


def rule(kind: type[UpdateRule], model: SoftBounds = SOFT, **options: object) -> UpdateRule:
    rng = np.random.default_rng(5)
    if issubclass(kind, TikiTaka):
        return kind(matrix(model), matrix(model, seed=2), rng=rng, **options)  # type: ignore[arg-type]
    return kind(matrix(model), rng=rng, **options)


def test_gradient_descent_moves_by_the_outer_product() -> None:
    learner = rule(StochasticGradientDescent, FINE)
    d, x = np.array([1.0, -0.5, 0.2]), np.array([0.3, -0.7, 0.0, 1.0])
    for _ in range(300):
        learner.update(d, x, 0.002)
    assert learner.weights == pytest.approx(-0.6 * np.outer(d, x), abs=0.05)


def test_mixed_precision_keeps_what_is_less_than_a_step() -> None:
    learner = rule(MixedPrecision, FINE)
    assert isinstance(learner, MixedPrecision)
    d, x = np.array([1.0, -0.5, 0.2]), np.array([0.3, -0.7, 0.0, 1.0])
    for _ in range(100):
        learner.update(d, x, 0.003)
    total = learner.weights + learner.sums
    assert total == pytest.approx(-0.3 * np.outer(d, x), abs=1e-12)
    assert np.abs(learner.sums).max() < FINE.step


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.parametrize("kind", TWO)
def test_columns_are_handed_on_in_turn(kind: type[TikiTaka]) -> None:
    learner = rule(kind, transfer=Transfer(every=3, rate=1e6, pulses=None))
    assert isinstance(learner, TikiTaka)
    learner.fast.program(0.5 * np.ones((3, 4)))
    moved = []
    for _ in range(12):
        before = learner.matrix.states.copy()
        learner.update(np.full(3, 1e-9), np.full(4, 1e-9), 1e-3)
        moved.append(np.flatnonzero(np.any(learner.matrix.states != before, axis=0)).tolist())
    assert moved == [[], [], [0], [], [], [1], [], [], [2], [], [], [3]]


def test_the_second_version_waits_for_a_whole_step() -> None:
    learner = rule(TikiTaka2, transfer=Transfer(rate=1.0, pulses=None))
    assert isinstance(learner, TikiTaka2)
    learner.fast.program(0.4 * np.ones((3, 4)))
    # a column is read every 4 updates and adds 0.4 * rate / step = 0.4 steps
    for _ in range(8):
        learner.update(np.full(3, 1e-9), np.full(4, 1e-9), 0.01)
    assert not learner.weights.any()
    for _ in range(4):
        learner.update(np.full(3, 1e-9), np.full(4, 1e-9), 0.01)
    assert np.all(learner.weights > 0)
    assert learner.hidden == pytest.approx(np.full((3, 4), 0.2), abs=1e-6)


def test_a_chopper_turns_what_is_written_and_what_is_read() -> None:
    learner = rule(ChoppedTikiTaka, chop=1.0, transfer=Transfer(rate=1.0))
    assert isinstance(learner, ChoppedTikiTaka)
    d, x = np.ones(3), np.array([1.0, 0.0, 0.0, 0.0])
    learner.update(d, x, 0.01)
    assert learner.signs.tolist() == [-1.0, 1.0, 1.0, 1.0]
    assert np.all(learner.fast.weights[:, 0] < 0)  # down the gradient
    assert np.all(learner.hidden[:, 0] < 0)
    learner.update(d, x, 0.01)
    learner.update(d, x, 0.01)
    assert np.all(learner.fast.weights[:, 0] > 0)  # now written with the other sign


def test_a_regular_chopper_turns_each_column_after_as_many_reads() -> None:
    learner = rule(AdaptiveReference, chop=0.3, regular=True)
    assert isinstance(learner, AdaptiveReference)
    seen = []
    for _ in range(32):
        learner.update(np.ones(3), np.ones(4), 0.01)
        seen.append(learner.signs.tolist())
    # a column is read every 4 updates, and turns after 4 reads, the first one in the 13th update
    assert [row[0] for row in seen] == [1.0] * 12 + [-1.0] * 16 + [1.0] * 4
    assert [row[3] for row in seen] == [1.0] * 15 + [-1.0] * 16 + [1.0]


def test_signs_turn_at_random_in_one_rule_and_at_regular_periods_in_the_other() -> None:
    turns = {}
    for kind in (ChoppedTikiTaka, AdaptiveReference):
        learner = rule(kind, chop=0.25)
        assert isinstance(learner, ChoppedTikiTaka)
        before, turns[kind] = 1.0, []
        for k in range(160):
            learner.update(np.ones(3), np.ones(4), 0.01)
            if learner.signs[0] != before:
                before, _ = learner.signs[0], turns[kind].append(k)
    # column 0 is read in every fourth update, from the first on, and turns after four reads
    assert turns[AdaptiveReference] == list(range(12, 160, 16))
    assert len(set(np.diff(turns[ChoppedTikiTaka]))) > 1


def test_an_adaptive_reference_is_what_was_read_last() -> None:
    learner = rule(AdaptiveReference, chop=1.0, memory=0.0, transfer=Transfer(pulses=None))
    assert isinstance(learner, AdaptiveReference)
    learner.fast.program(0.3 * np.ones((3, 4)))
    for _ in range(4):
        learner.update(np.full(3, 1e-9), np.full(4, 1e-9), 1e-6)
    assert learner.reference == pytest.approx(np.full((3, 4), 0.3))
    before = learner.hidden.copy()
    for _ in range(4):
        learner.update(np.full(3, 1e-9), np.full(4, 1e-9), 1e-6)
    assert learner.hidden == pytest.approx(before, abs=1e-9)


def test_alternating_pulses_pull_plain_descent_to_the_symmetry_point() -> None:
    model = SoftBounds(name="uneven", step=0.02, w_min=-1.0, w_max=1.0, asymmetry_spread=0.1)
    devices = model.fabricate((3, 4), 1)
    learner = StochasticGradientDescent(
        DeviceMatrix(devices, rng=np.random.default_rng(1)), rng=np.random.default_rng(2)
    )
    learner.matrix.program(0.7 * np.ones((3, 4)))
    x = np.ones(4)
    for k in range(600):
        learner.update((-1.0) ** k * np.ones(3), x, 0.02)
    distance = np.abs(learner.weights - devices.symmetry_point())
    assert distance.max() < 0.1 < np.abs(0.7 - devices.symmetry_point()).min()


def test_a_reference_shifts_the_weights_and_not_the_devices() -> None:
    devices = SOFT.fabricate((2, 2), 1)
    shifted = DeviceMatrix(devices, reference=0.2 * np.ones((2, 2)), rng=np.random.default_rng(1))
    shifted.program(0.5 * np.ones((2, 2)))
    assert shifted.states == pytest.approx(0.7 * np.ones((2, 2)))
    assert shifted.weights == pytest.approx(0.5 * np.ones((2, 2)))
    shifted.program(5.0 * np.ones((2, 2)))
    assert shifted.states == pytest.approx(np.ones((2, 2)))


def test_same_seeds_learn_the_same_matrix() -> None:
    def learned() -> np.ndarray:
        rng = np.random.default_rng(11)
        model = coarse_devices()
        slow = DeviceMatrix(model.fabricate((4, 4), 3), rng=rng)
        learner = AdaptiveReference(slow, fast_matrix(model, (4, 4), serial=4, rng=rng), rng=rng)
        learn_matrix(learner, 0.3 * np.eye(4), rng=rng, updates=200, points=5)
        return learner.weights

    assert np.array_equal(learned(), learned())


@pytest.mark.native("it repeats for long what other tests run there")
def test_a_perceptron_learns_exclusive_or() -> None:
    rng = np.random.default_rng(4)
    layers = [StochasticGradientDescent(matrix(FINE, shape), rng=rng) for shape in ((8, 3), (2, 9))]
    for layer in layers:
        layer.matrix.program(rng.uniform(-0.9, 0.9, layer.matrix.shape))
    images = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    labels = np.array([0, 1, 1, 0])
    network = Perceptron(layers)
    for _ in range(400):
        network.epoch(images, labels, 0.1, rng)
    assert network.accuracy(images, labels) == 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rule(ChoppedTikiTaka, chop=0.0), "chop"),
        (lambda: rule(AdaptiveReference, memory=1.5), "memory"),
        (lambda: rule(AdaptiveReference, regular=2), "regular"),
        (lambda: Transfer(every=0), "every"),
        (lambda: Transfer(rate=0.0), "rate"),
        (lambda: Transfer(pulses=-1.0), "pulses"),
        (
            lambda: TikiTaka(matrix(SOFT), matrix(SOFT, (4, 3)), rng=np.random.default_rng(1)),
            "fast must have the shape",
        ),
        (lambda: DeviceMatrix(SOFT.fabricate((3,), 1), rng=np.random.default_rng(1)), "matrix"),
        (
            lambda: DeviceMatrix(
                SOFT.fabricate((2, 2), 1), reference=np.ones(2), rng=np.random.default_rng(1)
            ),
            "reference",
        ),
        (lambda: rule(TikiTaka).update(np.ones(4), np.ones(4), 0.1), "d must"),
        (lambda: rule(TikiTaka).update(np.ones(3), np.ones(4), -0.1), "rate"),
        (lambda: coarse_devices(states=1.0), "states"),
        (
            lambda: fast_matrix(SOFT, (2, 2), serial=1, rng=np.random.default_rng(1), offset=-0.1),
            "offset",
        ),
        (
            lambda: fast_matrix(FINE, (2, 2), serial=1, rng=np.random.default_rng(1)),
            "no symmetry point",
        ),
        (lambda: Perceptron([]), "layers"),
        (
            lambda: Perceptron(
                [
                    rule(TikiTaka),
                    StochasticGradientDescent(matrix(SOFT, (2, 9)), rng=np.random.default_rng(1)),
                ]
            ),
            r"layers\[1\]",
        ),
        (
            lambda: learn_matrix(rule(TikiTaka), np.ones((2, 2)), rng=np.random.default_rng(1)),
            "target",
        ),
    ],
)
def test_bad_arguments_are_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


def test_trains_can_be_chosen() -> None:
    learner = rule(StochasticGradientDescent, trains=PulseTrains(length=1))
    learner.update(np.ones(3), np.ones(4), 100.0)
    assert learner.matrix.pulses == 12.0
