"""Exact currents of an array with wires: badcrossbar, a ladder by hand, and laws of circuits."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from aimc.circuits import (
    Wires,
    device_voltages,
    effective_conductance,
    line_currents,
    mvm_error,
    random_sparse_uniform,
)

REFERENCE = np.load(Path(__file__).parent / "reference" / "badcrossbar.npz")
# name: seed, word lines, bit lines, factor on the conductance, ohm per word and bit line segment
CASES = {
    f"{size}-times{factor}-seed{seed}": (seed, size, size, factor, 1.0, 1.0)
    for size in (64, 128, 256)
    for factor in (1, 10)
    for seed in (1, 2)
} | {
    "wide": (3, 40, 150, 1, 2.0, 0.5),
    "tall": (4, 150, 40, 1, 0.5, 2.0),
}
UNIT = 25e-6  # S


def problem(seed: int, inputs: int, outputs: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """As in scripts/make_badcrossbar_reference.py."""
    rng = np.random.default_rng(seed)
    conductance = factor * 25e-6 * 10 ** rng.uniform(-2, 0, (outputs, inputs))
    return conductance, rng.uniform(0, 0.2, inputs)


def some(outputs: int = 7, inputs: int = 9, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return conductances, with a missing device, and voltages of both signs."""
    rng = np.random.default_rng(seed)
    conductance = rng.uniform(0, UNIT, (outputs, inputs))
    conductance[outputs // 2, inputs // 3] = 0.0
    return conductance, rng.uniform(-0.2, 0.2, inputs)


def all_nodes(
    g: np.ndarray, v: np.ndarray, wires: Wires, floating: np.ndarray | bool = False
) -> np.ndarray:
    """Solve for every node by the book: one equation of Kirchhoff's for each."""
    outputs, inputs = g.shape
    node = np.arange(2 * g.size).reshape(2, outputs, inputs)
    y, source = np.zeros((2 * g.size, 2 * g.size)), np.zeros(2 * g.size)

    def link(a: int, b: int, siemens: float) -> None:
        y[[a, b], [a, b]] += siemens
        y[[a, b], [b, a]] -= siemens

    for i, j in product(range(outputs), range(inputs)):
        link(node[0, i, j], node[1, i, j], g[i, j])
        if i:
            link(node[0, i, j], node[0, i - 1, j], 1 / wires.r_row)
        if j:
            link(node[1, i, j], node[1, i, j - 1], 1 / wires.r_column)
    driven = {"left": [0], "right": [-1], "both": [0, -1]}[wires.drive]
    held = {"top": [0], "bottom": [-1], "both": [0, -1]}[wires.read]
    to_driver = np.where(floating, 0.0, 1 / (wires.r_row + wires.r_driver))
    to_reader = 1 / (wires.r_column + wires.r_reader)
    for end in driven:
        y[node[0, end], node[0, end]] += to_driver
        source[node[0, end]] += to_driver * v
    for end in held:
        y[node[1, :, end], node[1, :, end]] += to_reader
    potential = np.linalg.solve(y, source)
    return sum(to_reader * potential[node[1, :, end]] for end in held)


def test_all_stored_cases_are_compared() -> None:
    assert set(REFERENCE.files) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_currents_of_badcrossbar(name: str) -> None:
    seed, inputs, outputs, factor, r_row, r_column = CASES[name]
    g, v = problem(seed, inputs, outputs, factor)
    currents = line_currents(g, v, Wires(r_row, r_column))
    np.testing.assert_allclose(currents, REFERENCE[name], rtol=1e-9)


@pytest.mark.parametrize("name", ["64-times1-seed1", "128-times10-seed2", "wide", "tall"])
def test_effective_matrix_has_the_currents_of_badcrossbar(name: str) -> None:
    seed, inputs, outputs, factor, r_row, r_column = CASES[name]
    g, v = problem(seed, inputs, outputs, factor)
    effective = effective_conductance(g, Wires(r_row, r_column))
    np.testing.assert_allclose(effective @ v, REFERENCE[name], rtol=1e-11)


@pytest.mark.parametrize("drive", ["left", "right", "both"])
@pytest.mark.parametrize("read", ["top", "bottom", "both"])
@pytest.mark.parametrize("series", [0.0, 250.0])
@pytest.mark.parametrize("shape", [(7, 9), (9, 7), (1, 6), (6, 1)])
def test_every_choice_of_ends_obeys_kirchhoff(
    drive: str, read: str, series: float, shape: tuple[int, int]
) -> None:
    g, v = some(*shape)
    wires = Wires(500.0, 800.0, drive, read, series, 2 * series)
    expected = all_nodes(g, v, wires)
    np.testing.assert_allclose(line_currents(g, v, wires), expected, rtol=1e-8)
    np.testing.assert_allclose(effective_conductance(g, wires) @ v, expected, rtol=1e-11)


@pytest.mark.parametrize("drive", ["left", "right", "both"])
@pytest.mark.parametrize("read", ["top", "bottom", "both"])
@pytest.mark.parametrize("series", [0.0, 250.0])
@pytest.mark.parametrize("shape", [(7, 9), (9, 7), (3, 6), (6, 2)])
def test_floating_lines_obey_kirchhoff(
    drive: str, read: str, series: float, shape: tuple[int, int]
) -> None:
    g, v = some(*shape)
    wires = Wires(500.0, 800.0, drive, read, series, 2 * series)
    floating = np.arange(shape[1]) % 3 == 1
    expected = all_nodes(g, v, wires, floating)
    got = line_currents(g, v, wires, floating)
    np.testing.assert_allclose(got, expected, rtol=1e-8)
    assert np.abs(got / line_currents(g, np.where(floating, 0, v), wires) - 1).max() > 1e-4
    # what is asked of a line that no driver reaches does not matter
    other = np.where(floating, 5.0, v)
    np.testing.assert_allclose(line_currents(g, other, wires, floating), got, rtol=1e-12)


def test_floating_lines_by_vector_and_for_pairs() -> None:
    g, _ = some(4, 6)
    volts = np.random.default_rng(3).uniform(0, 0.2, (2, 3, 6))
    floating = volts < 0.1
    wires = Wires(300.0, 500.0)
    each = [line_currents(g, a, wires, b) for a, b in zip(volts[1], floating[1], strict=True)]
    together = line_currents(g, volts, wires, floating)
    np.testing.assert_allclose(together[1], each, rtol=1e-9)
    np.testing.assert_array_equal(
        line_currents(g, volts, wires, np.zeros(6, bool)), line_currents(g, volts, wires)
    )
    apart = Wires(300.0, 500.0, shared_rows=False)
    pairs = np.stack([g, g[::-1]])
    difference = together - line_currents(g[::-1], volts, wires, floating)
    np.testing.assert_allclose(line_currents(pairs, volts, apart, floating), difference, rtol=1e-7)
    np.testing.assert_allclose(
        line_currents(g, volts, Wires(), floating), np.where(floating, 0, volts) @ g.T, rtol=1e-12
    )


def test_what_holds_the_lines_decides_how_much_is_lost() -> None:
    """Pulses on held lines, on lines that float between pulses, and on lines that are cut off."""
    weights = abs(random_sparse_uniform((128, 128), rng=2))
    codes = np.round(16 * abs(random_sparse_uniform((2, 128), rng=3)))
    g, wires = 20.7e-6 * weights, Wires(1.0, 1.0)
    ideal = codes / 16 @ g.T
    held = line_currents(g, codes / 16, wires)
    floating, cut_off = np.zeros_like(held), np.zeros_like(held)
    for slot in range(16):
        on = codes > slot
        floating += line_currents(g, 1.0 * on, wires, ~on) / 16
        cut_off += np.stack([line_currents(g * row, 1.0 * row, wires) for row in on]) / 16
    assert mvm_error(held, ideal) == pytest.approx(0.076, abs=0.003)
    assert mvm_error(cut_off, ideal) == pytest.approx(0.058, abs=0.003)
    between = np.linalg.norm(held - cut_off) / np.linalg.norm(ideal)
    assert between == pytest.approx(0.02, abs=0.002)
    # a floating line is hardly a path: it lies between the bit lines that it joins
    np.testing.assert_allclose(mvm_error(floating, ideal), mvm_error(cut_off, ideal), rtol=0.05)


@pytest.mark.parametrize(
    "wires",
    [
        Wires(r_column=500.0),
        Wires(r_row=500.0, drive="both"),
        Wires(r_driver=300.0, drive="both", read="both"),
        Wires(r_reader=300.0, drive="both"),
        Wires(r_row=1e-9, r_driver=300.0),
        Wires(r_row=500.0, r_reader=100.0, read="both"),
    ],
)
def test_lines_without_resistance(wires: Wires) -> None:
    g, v = some()
    effective = effective_conductance(g, wires)
    np.testing.assert_allclose(line_currents(g, v, wires), effective @ v, rtol=1e-8)
    assert np.all(effective.sum(axis=1) < g.sum(axis=1))


def test_ideal_wires_are_the_plain_product() -> None:
    g, v = some()
    np.testing.assert_allclose(line_currents(g, v, Wires()), g @ v, rtol=1e-14)
    np.testing.assert_array_equal(effective_conductance(g, Wires()), g)
    np.testing.assert_array_equal(device_voltages(g, v, Wires()), np.broadcast_to(v, g.shape))


@pytest.mark.parametrize("ends", ["top", "bottom"])
def test_one_line_by_hand(ends: str) -> None:
    """Fold the line up from its far end: source and conductance behind each crossing."""
    g, v = some(1, 12)
    r, line = 700.0, range(12) if ends == "bottom" else reversed(range(12))
    current, behind = 0.0, 0.0  # Norton equivalent of what has been folded
    for j in line:
        current, behind = current + g[0, j] * v[j], behind + g[0, j]
        through = 1 / (1 + r * behind)
        current, behind = current * through, behind * through
    solved = line_currents(g, v, Wires(r_column=r, read=ends))
    np.testing.assert_allclose(solved, [current], rtol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 17, 100])
def test_uniform_line_is_a_hyperbolic_cosine(n: int) -> None:
    g, r, v = 20e-6, 40.0, 0.2
    theta = np.arccosh(1 + r * g / 2)
    crossing = np.arange(1, n + 1)
    expected = v * np.cosh((n + 0.5 - crossing) * theta) / np.cosh((n + 0.5) * theta)
    wires = Wires(r_column=r, read="top")
    across = device_voltages(np.full((1, n), g), np.full(n, v), wires)
    np.testing.assert_allclose(across[0], expected, rtol=1e-9)
    current = line_currents(np.full((1, n), g), np.full(n, v), wires)
    np.testing.assert_allclose(current, g * expected.sum(), rtol=1e-9)


def test_currents_are_linear_in_the_voltages_of_either_sign() -> None:
    g, first = some()
    _, second = some(seed=1)
    wires = Wires(300.0, 500.0)
    both = line_currents(g, np.stack([first, second, 2 * first - 3 * second]), wires)
    assert both.shape == (3, 7)
    np.testing.assert_allclose(both[2], 2 * both[0] - 3 * both[1], rtol=1e-8)
    np.testing.assert_allclose(line_currents(g, first, wires), both[0], rtol=1e-12)
    np.testing.assert_array_equal(line_currents(g, np.zeros(9), wires), np.zeros(7))


def test_batches_keep_their_shape() -> None:
    g, v = some()
    batch = np.stack([v, -v]).reshape(2, 1, 9)
    assert line_currents(g, batch, Wires(1.0, 1.0)).shape == (2, 1, 7)
    assert device_voltages(g, batch, Wires(1.0, 1.0)).shape == (2, 1, 7, 9)


def test_reciprocity() -> None:
    g, _ = some()
    there = effective_conductance(g, Wires(300.0, 500.0, "both", "top", 10.0, 20.0))
    back = effective_conductance(g.T, Wires(500.0, 300.0, "left", "both", 20.0, 10.0))
    np.testing.assert_allclose(there, back.T, rtol=1e-11)


def test_reading_both_ends_loses_less() -> None:
    g = np.full((32, 32), UNIT)
    volts = np.full(32, 0.2)
    plain = g @ volts
    lost = {
        (drive, read): 1 - np.min(line_currents(g, volts, Wires(2.0, 2.0, drive, read)) / plain)
        for drive in ("left", "both")
        for read in ("bottom", "both")
    }
    assert lost["both", "both"] < lost["left", "both"] < lost["left", "bottom"]
    assert lost["both", "both"] < lost["both", "bottom"] < lost["left", "bottom"]
    # half the line, and half the current through it: a quarter of the drop, for small drops
    column = [
        1 - line_currents(g, volts, Wires(r_column=0.1, read=read))[0] / plain[0]
        for read in ("bottom", "both")
    ]
    assert column[1] / column[0] == pytest.approx(0.25, rel=0.1)


def test_drop_grows_towards_the_far_corner() -> None:
    across = device_voltages(np.full((24, 24), UNIT), np.full(24, 0.2), Wires(3.0, 3.0))
    assert np.all(np.diff(across, axis=0) < 0)  # from the drivers on the left to the right
    assert np.all(np.diff(across, axis=1) > 0)  # from the top to the read end
    assert across.max() < 0.2


@pytest.mark.parametrize("shared", [True, False])
def test_pairs_are_the_difference_of_their_lines(shared: bool) -> None:
    positive, v = some(4, 6)
    negative, _ = some(4, 6, seed=1)
    wires = Wires(300.0, 500.0, shared_rows=shared)
    pairs = np.stack([positive, negative])
    if shared:
        lines = np.empty((8, 6))
        lines[0::2], lines[1::2] = positive, negative
        apart = all_nodes(lines, v, wires)
        expected = apart[0::2] - apart[1::2]
    else:
        expected = all_nodes(positive, v, wires) - all_nodes(negative, v, wires)
    np.testing.assert_allclose(line_currents(pairs, v, wires), expected, rtol=1e-8)
    np.testing.assert_allclose(effective_conductance(pairs, wires) @ v, expected, rtol=1e-9)


def test_single_precision_stays_single() -> None:
    g, v = some()
    assert line_currents(g.astype(np.float32), v, Wires(1.0, 1.0)).dtype == np.float32
    assert effective_conductance(g.astype(np.float32), Wires(1.0, 1.0)).dtype == np.float32


@pytest.mark.torch
def test_torch_in_torch_out() -> None:
    torch = pytest.importorskip("torch")
    g, v = some()
    wires = Wires(300.0, 500.0)
    effective = effective_conductance(torch.tensor(g), wires)
    np.testing.assert_allclose(effective.numpy(), effective_conductance(g, wires), rtol=1e-13)
    currents = line_currents(torch.tensor(g), torch.tensor(v), wires)
    np.testing.assert_allclose(currents.numpy(), line_currents(g, v, wires), rtol=1e-13)


@pytest.mark.parametrize(
    ("fields", "error", "name"),
    [
        ({"r_row": -1.0}, ValueError, "r_row"),
        ({"r_column": float("nan")}, ValueError, "r_column"),
        ({"r_driver": "1"}, TypeError, "r_driver"),
        ({"r_reader": -0.1}, ValueError, "r_reader"),
        ({"drive": "top"}, ValueError, "drive"),
        ({"read": "left"}, ValueError, "read"),
        ({"shared_rows": "yes"}, ValueError, "shared_rows"),
    ],
)
def test_bad_wires_are_named(fields: dict, error: type[Exception], name: str) -> None:
    with pytest.raises(error, match=name):
        Wires(**fields)


@pytest.mark.parametrize(
    ("g", "v", "name"),
    [
        (np.full((3, 4), -1e-6), np.ones(4), "conductance"),
        (np.full((3, 4), np.inf), np.ones(4), "conductance"),
        (np.ones(4), np.ones(4), "conductance"),
        (np.ones((3, 2, 4)), np.ones(4), "conductance"),
        (np.ones((3, 4)), np.ones(3), "volts"),
        (np.ones((3, 4)), np.full(4, np.nan), "volts"),
    ],
)
def test_bad_arrays_are_named(g: np.ndarray, v: np.ndarray, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        line_currents(g, v, Wires(1.0, 1.0))
    if name == "conductance":
        with pytest.raises(ValueError, match=name):
            effective_conductance(g, Wires(1.0, 1.0))


@pytest.mark.parametrize(
    ("floating", "words"),
    [([0.0] * 9, "True and False"), ([True] * 8, "shape of volts"), ([[True] * 9] * 2, "floating")],
)
def test_bad_masks_are_named(floating: list, words: str) -> None:
    g, v = some()
    with pytest.raises(ValueError, match=words):
        line_currents(g, v, Wires(1.0, 1.0), np.array(floating))


def test_voltages_of_pairs_are_refused() -> None:
    g, v = some()
    with pytest.raises(ValueError, match="conductance"):
        device_voltages(np.stack([g, g]), v, Wires(1.0, 1.0))
