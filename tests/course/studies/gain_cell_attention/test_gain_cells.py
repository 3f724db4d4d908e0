"""Gain cells: levels, leak and ring; the head against exact attention; published costs."""

import numpy as np
import pytest

from aimc.published import fact
from aimc_course.studies.gain_cell_attention import (
    GainCell,
    GainCellHead,
    RecallTask,
    RingBuffer,
    cache_energy,
    count,
    digital_energy,
    hard_sigmoid,
    published_head,
    pulse_widths,
    window_attention,
)

KEEPS = GainCell(bits=12, retention=np.inf)


def source(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_levels_are_the_published_ones() -> None:
    queries, stored, outputs, _ = fact("E062").numbers
    assert len(GainCell().levels) == stored
    assert len(set(GainCell().write(np.linspace(-2, 2, 999)))) == stored
    assert len(set(pulse_widths(np.linspace(-1, 2, 999)))) == queries
    # 16 widths with a sign: the two zeros are one number.
    assert len(set(count(np.linspace(-2, 2, 9999), 1.0))) == outputs - 1
    assert GainCell().retention == fact("E064").number * 1e-3


def test_writing_takes_the_nearest_level() -> None:
    cell, w = GainCell(), source().uniform(-1, 1, 500)
    nearest = cell.levels[np.argmin(abs(w[:, None] - cell.levels), axis=1)]
    np.testing.assert_allclose(cell.write(w), nearest, atol=1e-12)


def test_a_weight_leaks_towards_half_the_supply() -> None:
    cell = GainCell()
    for w in (-1.0, 1.0):
        held = cell.held(np.array(w), cell.retention)
        assert held == pytest.approx(w / np.e)
        assert abs(cell.voltage(held) - 0.45) == pytest.approx(0.45 / np.e)


def test_the_decay_of_the_window_is_that_of_the_paper() -> None:
    # The paper gives 12 x 65 ns / 5 ms = 1.6e-4 for one token.
    head = RecallTask().head()
    assert head.token_time / head.cell.retention == pytest.approx(1.56e-4)
    oldest = float(head.cell.held(np.array(1.0), 1023 * head.token_time))
    assert oldest == pytest.approx(0.852, abs=0.001)


def test_the_ring_forgets_the_oldest_and_moves_nothing() -> None:
    ring = RingBuffer(KEEPS, 3, 2)
    for k in range(5):
        before = ring.weights(float(k))
        at = ring.column
        ring.write(np.full(2, k / 10), time=float(k))
        kept = np.arange(3) != at
        np.testing.assert_array_equal(ring.weights(float(k))[kept], before[kept])
    np.testing.assert_allclose(ring.weights(4.0)[:, 0], [0.3, 0.4, 0.2], atol=1e-3)
    assert ring.ages(4.0).tolist() == [1.0, 0.0, 2.0]


def test_an_empty_column_multiplies_by_zero() -> None:
    ring = RingBuffer(GainCell(), 4, 2)
    ring.write(np.ones(2), time=1.0)
    weights = ring.weights(2.0)
    assert (weights[1:] == 0).all()
    assert (weights[0] > 0).all()


def test_cells_differ_by_fixed_factors() -> None:
    ring = RingBuffer(GainCell(retention=np.inf, spread=0.1), 64, 64, rng=source())
    for k in range(64):
        ring.write(np.ones(64), time=float(k))
    one, two = ring.weights(64.0), ring.weights(65.0)
    np.testing.assert_array_equal(one, two)
    assert one.std() == pytest.approx(0.1, rel=0.05)


def test_a_bent_cell_keeps_small_weights() -> None:
    cell = GainCell(bend=0.3)
    assert cell.current(np.array(1.0)) == pytest.approx(0.7)
    assert cell.current(np.array(0.1)) == pytest.approx(0.1, rel=0.01)


def test_hard_sigmoid_is_the_published_function() -> None:
    s = np.array([-1.0, 0.0, 0.5, 2.0, 5.0])
    np.testing.assert_allclose(hard_sigmoid(s, 2.0), [0, 0, 0.25, 1, 1])


@pytest.mark.parametrize("tokens", [20, 150])
def test_a_head_without_faults_is_exact_attention(tokens: int) -> None:
    rng = source(3)
    q, k, v = (rng.uniform(0, 1, (tokens, 8)), *rng.uniform(-1, 1, (2, tokens, 8)))
    head = GainCellHead(
        8,
        64,
        cell=KEEPS,
        score_saturation=1.5,
        output_saturation=100.0,
        query_bits=None,
        output_bits=None,
    )
    found = np.array([head.step(*token) for token in zip(q, k, v, strict=True)])
    exact = window_attention(q, KEEPS.write(k), KEEPS.write(v), 64, saturation=1.5)
    np.testing.assert_allclose(found, exact, atol=1e-9)


def test_softmax_attention_sees_the_window_only() -> None:
    rng = source(4)
    q, k, v = rng.normal(size=(3, 9, 4))
    found = window_attention(q, k, v, 3)
    scores = q[8] @ k[6:].T / 2
    weights = np.exp(scores) / np.exp(scores).sum()
    np.testing.assert_allclose(found[8], weights @ v[6:])
    np.testing.assert_allclose(found[0], v[0])


def test_a_head_answers_with_the_levels_of_its_counters() -> None:
    rng, head = source(5), GainCellHead(16, 128, score_saturation=2.0)
    for _ in range(90):
        answer = head.step(rng.uniform(0, 1, 16), *rng.uniform(-1, 1, (2, 16)))
    steps = answer * 15  # two sub-tiles, each a multiple of 1/15
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)
    assert abs(answer).max() <= 2.0


def test_memory_is_a_time_and_no_number_of_tokens() -> None:
    # The answer shrinks as exp(-2 t / tau) and is lost below half a step of the counter, 1/30.
    lasts = 0.5 * 5e-3 * np.log(30)
    for token_time in (50e-6, 200e-6):
        limit = lasts / token_time
        task = RecallTask()
        head = task.head(window=256, token_time=token_time)
        ages = (0, int(0.9 * limit), int(1.1 * limit))
        found = task.recalled(head, 256, ages, source())
        assert found[:2].tolist() == [1.0, 1.0]
        assert found[2] == 0.0


def test_without_a_threshold_a_thousand_tokens_drown_the_right_one() -> None:
    def mean(threshold: int) -> float:
        task = RecallTask(threshold=threshold)
        return float(task.recalled(task.head(), 1024, tuple(range(0, 1024, 64)), source()).mean())

    assert mean(0) < 0.5 < 0.95 < mean(12)


def test_time_and_energy_are_the_published_ones() -> None:
    head = published_head()
    latency, energy = fact("E033").numbers
    assert head.latency * 1e9 == pytest.approx(latency)
    assert sum(head.energy().values()) * 1e9 == pytest.approx(energy, abs=0.05)
    parts = fact("E060").numbers
    names = ("query on keys", "scores on values", "control and routing", "converters")
    for name, value in zip(names, parts, strict=True):
        assert head.energy()[name] * 1e12 == pytest.approx(value, rel=0.01), name


def test_energy_grows_with_the_window_and_converters_do_not() -> None:
    one, four = published_head().energy(), published_head().with_window(4096).energy()
    assert four["converters"] == one["converters"]
    for name in ("query on keys", "scores on values", "control and routing"):
        assert four[name] == pytest.approx(4 * one[name])


def test_fetching_costs_more_than_multiplying() -> None:
    bits = 2 * 1024 * 64 * 16
    assert cache_energy(1024, 64, 16, price=0.0) == pytest.approx(bits * 0.75 * 3.92e-12)
    assert cache_energy(1024, 64, 16, price=1.0) == pytest.approx(bits * 1.5 * 3.92e-12)
    assert cache_energy(1024, 64, 32, "on chip", 0.0) == pytest.approx(2 * 1024 * 64 * 5e-12)
    assert cache_energy(1024, 64, 8, "on chip", 1.0) < cache_energy(1024, 64, 8, price=0.0) / 4
    head = sum(published_head().energy().values())
    assert head < digital_energy(1024, 64) < cache_energy(1024, 64, 8, "on chip")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GainCell(bits=0), "bits=0"),
        (lambda: GainCell(retention=0.0), "retention=0.0"),
        (lambda: GainCell(bend=1.0), "bend=1.0"),
        (lambda: RingBuffer(GainCell(spread=0.1), 4, 4), "rng is missing"),
        (lambda: RingBuffer(GainCell(), 0, 4), "window=0"),
        (lambda: hard_sigmoid(np.ones(2), 0.0), "saturation=0.0"),
        (lambda: pulse_widths(np.array([np.nan])), "values"),
        (lambda: GainCellHead(65, score_saturation=1.0), "size=65"),
        (lambda: GainCellHead(4, 100, score_saturation=1.0), "multiple of 64"),
        (lambda: GainCellHead(4, 64, score_saturation=0.0), "score_saturation=0.0"),
        (lambda: RecallTask(entries=7), "must be even"),
        (lambda: RecallTask(entries=60, threshold=9), "threshold=9"),
        (lambda: window_attention(np.eye(2), np.eye(2), np.ones((3, 2)), 1), "one row per token"),
        (lambda: cache_energy(4, 4, 8, "tape"), "memory='tape'"),
        (lambda: published_head().with_window(10), "window=10"),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_time_does_not_run_backwards() -> None:
    ring = RingBuffer(GainCell(), 2, 1)
    ring.write(np.zeros(1), time=1.0)
    with pytest.raises(ValueError, match=r"time=0\.5"):
        ring.write(np.zeros(1), time=0.5)
    with pytest.raises(ValueError, match=r"time=0\.5"):
        ring.weights(0.5)


def test_a_task_refuses_ages_before_the_first_token() -> None:
    task = RecallTask()
    with pytest.raises(ValueError, match="ages=9"):
        task.recalled(task.head(64), 9, (9,), source())
    with pytest.raises(ValueError, match="60 rows"):
        task.recalled(GainCellHead(8, 64, score_saturation=1.0), 9, (1,), source())
