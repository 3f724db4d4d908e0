"""The pulse editor melts, quenches and crystallises, and says so."""

import json

import numpy as np
import pytest

from aimc.devices.thermal.mushroom import MushroomCell
from aimc.devices.thermal.pulse import Pulse, apply
from aimc_course.explorers.devices.pulse_editor import PARTLY, PULSE_EDITOR, RESET, SET, film, send

SETTING = {"amplitude": 170.0, "width": 50.0, "start": RESET}


def test_the_default_pulse_is_a_reset() -> None:
    answer = PULSE_EDITOR.answer()
    before, after = answer.values["conductance_s"]
    assert after < before / 10
    assert answer.values["melted_m"] >= answer.values["amorphous_after_m"] > 10e-9
    assert "melted, after cooling" in answer.sentence
    assert f"from {1e6 * before:.3g} to {1e6 * after:.3g}\u00a0µS" in answer.sentence


def test_the_answer_is_that_of_the_library() -> None:
    pulse = Pulse.trapezoid(300e-6, 40e-9, 1e-9, 5e-9)
    result = apply(MushroomCell().fully_set(), pulse)
    values = PULSE_EDITOR.answer(amplitude=300.0, width=40.0, fall=5.0).values
    assert values["conductance_s"][-1] == pytest.approx(result.state.conductance(), abs=0)
    assert values["peak_temperature_k"] == pytest.approx(result.peak_temperature)
    assert values["energy_j"] == pytest.approx(result.energy_in, abs=0)


def test_a_slow_falling_edge_turns_the_reset_into_a_set() -> None:
    fast, slow = (PULSE_EDITOR.answer(fall=fall) for fall in (1.0, 250.0))
    assert slow.values["peak_temperature_k"] == pytest.approx(
        fast.values["peak_temperature_k"], rel=0.01
    )
    assert slow.values["conductance_s"][-1] > 10 * fast.values["conductance_s"][-1]
    assert "all of it crystallised on cooling" in slow.sentence


def test_set_pulses_add_up() -> None:
    answer = PULSE_EDITOR.answer(**SETTING, pulses=3)
    g = answer.values["conductance_s"]
    assert len(g) == 4
    assert np.all(np.diff(g) > 0)
    assert "crystals ate into the amorphous dome" in answer.sentence
    assert answer.values["melted_m"] == 0
    assert answer.charts[-1].marks[0].categories == ("start", "pulse 1", "pulse 2", "pulse 3")


def test_the_film_is_the_pulse() -> None:
    result = send(MushroomCell().fully_set(), 600e-6, 250e-9, 250e-9, 1)[0]
    frames, n = film(result), result.state.cell.heater_cells
    assert frames["time_ns"][0] == 0
    assert frames["time_ns"][-1] == pytest.approx(1e9 * result.time[-1])
    # between its frames it stays close to the steps of the simulation
    hottest = result.temperature[:, n:].max(axis=1)
    seen = np.interp(1e9 * result.time, frames["time_ns"], frames["hottest_k"])
    np.testing.assert_allclose(seen, hottest, atol=15)
    last = np.array(frames["disordered"][-1]) / 100 @ np.diff(frames["radius_nm"])
    assert last == pytest.approx(1e9 * result.state.amorphous_thickness, abs=0.3)
    assert len(frames["heater_nm"]) == n + 1


def test_the_moment_finds_crystal_melt_and_glass() -> None:
    before, hot, after = (PULSE_EDITOR.answer(moment=t).values for t in (0.0, 50.0, 200.0))
    assert before["molten_now_m"] == before["glass_now_m"] == 0
    assert before["temperature_now_k"] == 300
    assert hot["molten_now_m"] == pytest.approx(hot["melted_m"], rel=0.01)
    assert hot["glass_now_m"] == pytest.approx(0, abs=1e-11)
    assert after["molten_now_m"] == 0
    assert after["glass_now_m"] == pytest.approx(after["amorphous_after_m"], rel=1e-3)
    assert PULSE_EDITOR.answer(moment=0.0).scene == PULSE_EDITOR.answer(moment=200.0).scene


def test_starting_states_are_ordered() -> None:
    weak = [PULSE_EDITOR.answer(amplitude=20.0, start=s) for s in (RESET, PARTLY, SET)]
    g = [answer.values["conductance_s"][0] for answer in weak]
    assert g[0] < g[1] < g[2]
    for answer in weak:
        assert answer.values["conductance_s"][1] == pytest.approx(
            answer.values["conductance_s"][0], rel=1e-3
        )
        assert "stayed at" in answer.sentence
    assert "too cold" in weak[0].sentence
    assert "crystalline anyway" in weak[2].sentence


def test_energy_leaves_as_heat() -> None:
    values = PULSE_EDITOR.answer(**SETTING, pulses=2).values
    assert values["energy_lost_j"] == pytest.approx(values["energy_j"], rel=1e-3, abs=0)


def test_curves_are_short_and_agree_with_the_values() -> None:
    answer = PULSE_EDITOR.answer(**SETTING, pulses=3)
    sent, heat, thick, read = answer.charts
    assert max(sent.marks[0].y) == pytest.approx(170.0)
    assert max(heat.marks[0].y) == pytest.approx(answer.values["peak_temperature_k"], rel=0.01)
    assert thick.marks[0].y[0] == pytest.approx(1e9 * answer.values["amorphous_before_m"])
    assert thick.marks[0].y[-1] == pytest.approx(1e9 * answer.values["amorphous_after_m"])
    assert len(sent.marks[0].x) <= 300
    assert np.all(np.diff(sent.marks[0].x) >= 0)
    np.testing.assert_allclose(
        read.marks[0].heights, 1e6 * np.array(answer.values["conductance_s"])
    )


@pytest.mark.parametrize("start", [SET, RESET, PARTLY])
def test_answers_are_json_and_repeat(start: str) -> None:
    first, second = (json.dumps(PULSE_EDITOR.answer(start=start).as_json()) for _ in range(2))
    assert first == second
    json.dumps(PULSE_EDITOR.declaration())
    assert len(PULSE_EDITOR.figure(start=start).axes) == 4
    assert "Pulse.trapezoid" in PULSE_EDITOR.source


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amplitude": 700.0}, "amplitude"),
        ({"width": 5.0}, "width"),
        ({"fall": 0.0}, "fall"),
        ({"pulses": 1.5}, "pulses"),
        ({"start": "empty"}, "start='empty'"),
        ({"voltage": 1.0}, "no control named 'voltage'"),
    ],
)
def test_bad_states_are_refused(changes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PULSE_EDITOR.answer(**changes)
