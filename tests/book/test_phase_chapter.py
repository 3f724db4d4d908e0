"""Numbers that the chapter on phase change prints in solutions and descriptions of pictures."""

import re
from pathlib import Path

import pytest

from aimc.devices.thermal.mushroom import MushroomCell
from aimc.devices.thermal.pulse import Pulse, apply, fully_reset

TEXT = (Path(__file__).parents[2] / "book/2-devices/01-phase-change.md").read_text(encoding="utf-8")
CELL = MushroomCell()


def test_the_ladder_of_equal_pulses_is_the_one_of_the_solution() -> None:
    found = re.search(r"goes from ([\d.]+) µS to ((?:[\d.]+, )+[\d.]+) and ([\d.]+) µS", TEXT)
    assert found
    printed = [float(x) for x in (found[1], *found[2].split(", "), found[3])]
    state, computed = fully_reset(CELL), []
    for _ in printed:
        computed.append(1e6 * state.conductance())
        state = apply(state, Pulse.rectangle(150e-6, 50e-9)).state
    assert computed == pytest.approx(printed, rel=0.05)


def test_designs_of_the_solution_do_what_it_says() -> None:
    rows = re.findall(
        r"^\| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d,]+) \| (\d+) \| (\d+) \| (\d+) \|$",
        TEXT,
        re.M,
    )
    assert len(rows) >= 4
    for row in rows:
        radius, current, abrupt, volts, peak, dome, ratio, energy = (
            float(cell.replace(",", "")) for cell in row
        )
        cell = MushroomCell(heater_radius=1e-9 * radius)
        sharp = apply(cell.fully_set(), Pulse.rectangle(1e-6 * current, 50e-9))
        assert sharp.voltage.max() == pytest.approx(abrupt, abs=0.006)
        assert volts < 1.6 < 1.9 < abrupt, "only the cold crystal needs the high voltage"
        result = apply(cell.fully_set(), Pulse.trapezoid(1e-6 * current, 50e-9, 5e-9, 1e-9))
        got = result.state.resistance() / cell.fully_set().resistance()
        assert got == pytest.approx(ratio, rel=0.06)
        assert got > 150
        assert result.voltage.max() == pytest.approx(volts, abs=0.006)
        assert result.peak_temperature == pytest.approx(peak, rel=0.01)
        assert 1e9 * result.state.amorphous_thickness == pytest.approx(dome, abs=0.6)
        assert 1e12 * result.energy_in == pytest.approx(energy, abs=0.6)
        back = apply(result.state, Pulse.rectangle(0.5e-6 * current, 50e-9)).state
        assert back.resistance() < 1.5 * cell.fully_set().resistance()


def test_the_explorer_is_described_as_it_opens() -> None:
    before, after = CELL.fully_set(), fully_reset(CELL)
    result = apply(before, Pulse.rectangle(450e-6, 50e-9))
    numbers = (
        f"{round(result.peak_temperature, -1):.0f} kelvin",
        f"{1e9 * result.melted_thickness:.0f} nanometres",
        f"{1e9 * after.amorphous_thickness:.0f} nanometres",
        f"{1e6 * before.conductance():.0f} microsiemens",
        f"{1e6 * after.conductance():.2f}",
    )
    for number in numbers:
        assert number in TEXT, number


def test_the_threshold_is_described_as_it_is_drawn() -> None:
    volts = {nm: CELL.threshold_voltage(1e-9 * nm) for nm in (2, 5, 9, 40)}
    assert volts[2] == pytest.approx(1.5, abs=0.06)
    assert volts[5] == pytest.approx(0.4, abs=0.02)
    assert volts[9] == pytest.approx(0.4, abs=0.02)
    assert 0.9 < volts[40] < 1.0
    # the conductances that an analog weight needs lie within the first five nanometres
    deep, shallow = CELL.dome(5e-9).conductance(), CELL.dome(25e-9).conductance()
    step = CELL.dome(2e-9).conductance() - CELL.dome(2.1e-9).conductance()
    assert step > deep - shallow
