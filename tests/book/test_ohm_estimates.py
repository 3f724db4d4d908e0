"""The estimates and drawings of the chapter on Ohm and Kirchhoff, against direct solutions."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from aimc.circuits import IRDrop, Wires, device_voltages

BOOK = Path(__file__).parents[2] / "book"
CHAPTER = (BOOK / "1-concepts" / "02-ohm-and-kirchhoff.md").read_text(encoding="utf-8")


def table_by_hand() -> tuple[np.ndarray, np.ndarray]:
    """Return conductances (µS), shape (word lines, bit lines), and voltages (V) of the table."""
    block = CHAPTER.split(":name: tab-by-hand")[1].split("```")[0].replace("\N{MINUS SIGN}", "-")
    rows = [re.findall(r"-?\d+(?= mV|$)", row, re.M) for row in block.split("* - WL")[1:]]
    values = np.array([[float(cell) for cell in row[-5:]] for row in rows])
    return values[:, :4], values[:, 4] / 1000


def test_the_window_that_is_drawn_is_that_of_the_table(drawing):
    conductances, volts = table_by_hand()
    window = drawing("ohm-window")
    np.testing.assert_allclose(window.CONDUCTANCES, conductances[:, 1])
    np.testing.assert_allclose(window.VOLTS, volts)
    assert conductances[:, 1] @ volts == pytest.approx(3.0)
    assert "mean 3 µA" in window.svg()


def test_the_line_that_is_drawn_loses_what_the_solver_says(drawing):
    ladder = drawing("ohm-ladder")
    assert IRDrop().r_segment == ladder.RESISTANCE
    assert IRDrop().g_max == ladder.CONDUCTANCE
    wires = Wires(r_row=ladder.RESISTANCE)
    line = np.full((ladder.CROSSINGS, 1), ladder.CONDUCTANCE)
    solved = device_voltages(line, np.ones(1), wires)[-1, 0]
    assert f"{100 * (1 - solved):.0f}%" in ladder.svg()
    assert ladder._far_end(np.array([1e-7]))[0] == pytest.approx(solved, abs=0.0005)
    n, rg = ladder.CROSSINGS, ladder.RESISTANCE * ladder.CONDUCTANCE
    assert 1 - solved == pytest.approx(1 - 1 / np.cosh(n * np.sqrt(rg)), abs=0.002)
    # the estimate of the chapter is meant for small losses
    assert 0.5 * 256**2 * rg == pytest.approx(1 - 1 / np.cosh(256 * np.sqrt(rg)), rel=0.06)


def test_the_estimate_of_the_settling_time_is_safe_and_close(drawing, monkeypatch):
    ladder = drawing("ohm-ladder")
    monkeypatch.setattr(ladder, "CONDUCTANCE", 1e-12)
    n, r, c = ladder.CROSSINGS, ladder.RESISTANCE, ladder.CAPACITANCE
    estimate = np.log(2**9) * n**2 * r * c / 2
    times = np.linspace(0.0, 2 * estimate, 2001)
    missing = 1 - ladder._far_end(times)
    settled = times[np.argmax(missing < 2**-9)]
    assert 0.75 * estimate < settled < estimate


def test_the_settling_times_of_the_table_are_those_of_the_ladder(drawing):
    ladder = drawing("ohm-ladder")
    page = (BOOK / "1-concepts" / "02b-volts-amperes-nanoseconds.md").read_text(encoding="utf-8")
    code = "modes = " + page.split("\nmodes = ")[1].split("\nrows = []")[0]
    r, c, g = ladder.RESISTANCE, ladder.CAPACITANCE, ladder.CONDUCTANCE
    names = {"np": np, "r": r, "c": c, "folds": np.log(2**9)}
    exec(code, names)
    settles = names["settling_time"](ladder.CROSSINGS, g)
    times = np.linspace(0.5, 1.5, 2001) * settles
    ends = ladder._far_end(np.append(times, 1e-6))
    missing = np.abs(1 - ends[:-1] / ends[-1])
    assert times[np.argmax(missing < 2**-9)] == pytest.approx(settles, rel=0.02)
    # ns, from all 4,096 modes of the ladder: with its devices, with weak ones, and bare
    for conductance, solved in ((g, 3.188), (g / 100, 27.69), (1e-12, 30.85)):
        assert 1e9 * names["settling_time"](4096, conductance) == pytest.approx(solved, rel=0.01)


def test_sneak_paths_conduct_as_much_as_the_chapter_says():
    n, g = 9, 5e-6
    # nodes: word lines, then bit lines; word line 0 is driven, bit line 0 grounded, others float
    laplacian = np.block([
        [n * g * np.eye(n), -g * np.ones((n, n))],
        [-g * np.ones((n, n)), n * g * np.eye(n)],
    ])  # fmt: skip
    free = [k for k in range(2 * n) if k not in (0, n)]
    volts = np.zeros(2 * n)
    volts[0] = 1.0
    volts[free] = np.linalg.solve(laplacian[np.ix_(free, free)], -laplacian[free, 0])
    current = -(laplacian @ volts)[n]
    assert current - g == pytest.approx(g * (n - 1) ** 2 / (2 * n - 1))


def test_a_line_read_through_a_resistor_divides_by_its_own_conductance():
    rng = np.random.default_rng(1)
    g, v, meter = rng.uniform(0, 20e-6, 256), rng.uniform(-0.2, 0.2, 256), 50.0
    wires = Wires(r_reader=meter)
    across = device_voltages(g[None], v, wires)[0]
    assert g @ across == pytest.approx(g @ v / (1 + meter * g.sum()), rel=1e-9)
