"""The 4 x 4 crossbar explorer obeys Ohm and Kirchhoff and answers in JSON."""

import json

import numpy as np
import pytest

from aimc_course.explorers.concepts.crossbar import (
    CROSSBAR,
    PAIR,
    SINGLE,
    bit_line_currents,
    device_currents,
)

ZERO = ((0.0, 0.0, 0.0, 0.0),)


def table(values: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(v) for v in row) for row in values)


@pytest.fixture
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Conductances (µS, word lines x bit lines) and voltages (mV)."""
    rng = np.random.default_rng(3)
    return rng.uniform(0, 25, (4, 4)), rng.uniform(-400, 400, (1, 4))


def test_ohm_and_kirchhoff(drawn) -> None:
    g, v = drawn
    values = CROSSBAR.answer(conductance=table(g), voltage=table(v)).values
    ohm = 1e-6 * g * 1e-3 * v.T
    np.testing.assert_allclose(values["device_current_a"], ohm, rtol=1e-12)
    np.testing.assert_allclose(values["bit_line_current_a"], ohm.sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(values["output_current_a"], ohm.sum(axis=0), rtol=1e-12)
    assert values["power_w"] == pytest.approx(float((ohm * 1e-3 * v.T).sum()))
    assert values["power_w"] > 0


def test_superposition(drawn) -> None:
    g, v = drawn
    siemens, volts = 1e-6 * g.T, 1e-3 * v[0]
    whole = bit_line_currents(siemens, volts)
    np.testing.assert_allclose(device_currents(siemens, volts).sum(axis=1), whole, rtol=1e-12)
    np.testing.assert_allclose(bit_line_currents(siemens, -0.5 * volts), -0.5 * whole, rtol=1e-12)


def test_a_pair_makes_signed_weights(drawn) -> None:
    g, v = drawn
    alone = CROSSBAR.answer(conductance=table(g), voltage=table(v), cell=SINGLE).values
    pair = CROSSBAR.answer(conductance=table(g), voltage=table(v), cell=PAIR).values
    lines = np.array(alone["bit_line_current_a"])
    np.testing.assert_allclose(pair["output_current_a"], lines[0::2] - lines[1::2], atol=1e-18)
    weights = np.array(pair["weights"])
    assert weights.shape == (2, 4)
    assert weights.min() < 0 < weights.max()
    assert np.array(alone["weights"]).min() >= 0
    expected = weights @ (1e-3 * v[0]) * 25e-6
    np.testing.assert_allclose(pair["output_current_a"], expected, atol=1e-18)


@pytest.mark.parametrize(("cell", "macs"), [(SINGLE, 16), (PAIR, 8)])
def test_the_sentence_names_the_largest_current_and_the_operations(cell: str, macs: int) -> None:
    answer = CROSSBAR.answer(cell=cell)
    currents = answer.values["output_current_a"]
    k = answer.values["largest_output"] - 1
    assert abs(currents[k]) == max(abs(i) for i in currents)
    assert answer.values["macs"] == macs
    name = f"y{k + 1} = BL{2 * k + 1} − BL{2 * k + 2}" if cell == PAIR else f"BL{k + 1}"
    ampere = f"{1e6 * currents[k]:.2f}\u00a0µA".replace("-", "−")
    assert f"that of {name}, {ampere}" in answer.sentence
    assert f"{macs} multiply-accumulates, which count as {2 * macs} operations" in answer.sentence


def test_nothing_flows_without_voltage() -> None:
    answer = CROSSBAR.answer(voltage=ZERO)
    assert not np.any(answer.values["bit_line_current_a"])
    assert answer.values["power_w"] == 0
    assert len(CROSSBAR.figure(voltage=ZERO).axes) == len(CROSSBAR.figure().axes)


@pytest.mark.parametrize("cell", [SINGLE, PAIR])
def test_answers_are_json_and_repeat(cell: str) -> None:
    first, second = (json.dumps(CROSSBAR.answer(cell=cell).as_json()) for _ in range(2))
    assert first == second
    json.dumps(CROSSBAR.declaration())
    assert len(CROSSBAR.answer(cell=cell).charts) == len(CROSSBAR.figure(cell=cell).axes) - 3


def test_the_shown_source_is_the_source() -> None:
    assert "mvm(" in CROSSBAR.source
    assert "def device_currents" in CROSSBAR.source


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"conductance": table(np.full((4, 4), 26.0))}, "conductance"),
        ({"conductance": table(np.full((4, 4), -1.0))}, "conductance"),
        ({"conductance": table(np.ones((3, 4)))}, r"conductance must have shape \(4, 4\)"),
        ({"voltage": ((500.0, 0.0, 0.0, 0.0),)}, "voltage"),
        ({"voltage": ((float("nan"), 0.0, 0.0, 0.0),)}, "voltage"),
        ({"cell": "triple"}, "cell='triple'"),
        ({"current": 1.0}, "no control named 'current'"),
    ],
)
def test_bad_states_are_refused(changes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CROSSBAR.answer(**changes)
