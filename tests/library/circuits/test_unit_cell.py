"""From weights to devices and back: split, join, and what several devices buy."""

from typing import Any

import numpy as np
import pytest

from aimc.circuits import BitSliced, DifferentialPair, UnitCell, effective_weights, net_conductance
from aimc.devices import IdealDevice, pcm_2019, pcm_hermes

try:
    import torch
except ImportError:  # the NumPy half of this file needs no torch
    torch = None
else:
    torch.set_num_threads(1)

G_MAX = 25e-6
CELLS = [
    DifferentialPair(),
    DifferentialPair(devices=4),
    BitSliced(slice_bits=1, slices=4),
    BitSliced(slice_bits=2, slices=4),
    BitSliced(slice_bits=4, slices=2),
    BitSliced(slice_bits=8, slices=1),
    BitSliced(slice_bits=3, slices=8),
]
LIBRARIES = [
    pytest.param(np.asarray, id="numpy"),
    pytest.param(lambda w: torch.from_numpy(w), id="torch", marks=pytest.mark.torch),
]


def weights(seed: int = 0, shape: tuple[int, int] = (20, 30)) -> np.ndarray:
    w = np.random.default_rng(seed).uniform(-1, 1, shape)
    w[0, :3] = (-1.0, 0.0, 1.0)
    return w


def stored(cell: UnitCell, w: Any, device: Any, seed: int) -> np.ndarray:
    """Weights after programming with a device model."""
    state = device.program(cell.split(w, device.g_max), seed)
    return effective_weights(cell, state.g_programmed, device.g_max)


def resolution(cell: UnitCell) -> float:
    """Largest rounding error of a scaled weight."""
    if isinstance(cell, DifferentialPair):
        return 1e-12
    return 0.5 / (2 ** (cell.slice_bits * cell.slices) - 1) + 1e-12


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_round_trip(cell: UnitCell, library: Any) -> None:
    w = library(weights())
    targets = cell.split(w, G_MAX)
    slices = len(cell.significance)
    assert tuple(targets.shape) == (slices, cell.devices_per_line, 2, 20, 30)
    assert cell.devices_per_weight == slices * cell.devices_per_line * 2
    assert float(targets.min()) >= 0
    assert float(targets.max()) <= G_MAX * (1 + 1e-12)
    back = effective_weights(cell, targets, G_MAX)
    assert type(back) is type(w)
    assert float(abs(back - w).max()) <= resolution(cell)
    # the ends and the middle of the range are stored exactly by every cell
    np.testing.assert_allclose(np.asarray(back[0, :3]), (-1.0, 0.0, 1.0), atol=1e-12)


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_significance_sums_to_one_and_grows_by_the_base(cell: UnitCell) -> None:
    assert sum(cell.significance) == pytest.approx(1.0, rel=1e-12)
    ratios = np.divide(cell.significance[1:], cell.significance[:-1])
    if isinstance(cell, BitSliced):
        np.testing.assert_allclose(ratios, 2.0**cell.slice_bits, rtol=1e-12)
    else:
        assert cell.significance == (1.0,)


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_only_the_polarity_of_the_sign_is_set(cell: UnitCell) -> None:
    w = weights()
    targets = cell.split(w, G_MAX)
    assert isinstance(cell, UnitCell)
    assert not targets[:, :, 1][:, :, w >= 0].any()
    assert not targets[:, :, 0][:, :, w <= 0].any()


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_changing_the_sign_swaps_the_polarities(cell: UnitCell) -> None:
    w = weights()
    np.testing.assert_allclose(
        cell.split(-w, G_MAX), cell.split(w, G_MAX)[:, :, ::-1], atol=1e-12 * G_MAX
    )


def test_digits_of_a_known_number() -> None:
    # 182 = 2 * 64 + 3 * 16 + 1 * 4 + 2, least significant digit first
    targets = BitSliced(slice_bits=2, slices=4).split(np.array([[182 / 255]]), 3.0)
    np.testing.assert_allclose(targets[:, 0, 0, 0, 0], (2, 1, 3, 2), atol=1e-12)


def test_equal_devices_get_equal_targets_and_their_currents_add() -> None:
    w = weights()
    targets = DifferentialPair(devices=4).split(w, G_MAX)
    for k in range(4):
        np.testing.assert_array_equal(targets[0, k], targets[0, 0])
    np.testing.assert_allclose(net_conductance(targets)[0], 4 * G_MAX * w, atol=1e-18)


@pytest.mark.torch
@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_gradients_pass_through_split(cell: UnitCell) -> None:
    assert torch is not None
    w = torch.from_numpy(weights()).requires_grad_()
    push = torch.from_numpy(weights(1))
    (push * effective_weights(cell, cell.split(w, G_MAX), G_MAX)).sum().backward()
    # as if nothing had been split or rounded, at w = 0 and at the ends too
    np.testing.assert_allclose(w.grad.numpy(), push.numpy(), rtol=1e-12)


@pytest.mark.parametrize("device", [pcm_2019(), pcm_hermes(1)], ids=lambda device: device.name)
def test_the_spread_of_a_weight_falls_with_the_root_of_the_devices(device: Any) -> None:
    """C065. Slope of log spread against log K, with its 95 % interval from the sample size."""
    counts, n = np.array([1, 4, 16]), 40_000
    w = np.full((1, n), 0.5)
    spread = np.array([stored(DifferentialPair(int(k)), w, device, int(k)).std() for k in counts])
    slope = np.polyfit(np.log(counts), np.log(spread), 1)[0]
    # log of a standard deviation has the error 1/sqrt(2 n); three equally spaced points
    centred = np.log(counts) - np.log(counts).mean()
    half_width = 1.96 / np.sqrt(2 * n * np.sum(centred**2))
    assert half_width < 0.005
    # twice the interval: one fixed seed must not sit at its edge
    assert slope == pytest.approx(-0.5, abs=2 * half_width)


def test_averaging_does_not_remove_the_bias_of_the_side_that_stays_reset() -> None:
    device, n = pcm_2019(), 100_000
    mean = {
        k: stored(DifferentialPair(k), np.full((1, n), 0.5), device, k).mean() - 0.5 for k in (1, 4)
    }
    sigma = device.programming_std(np.zeros(1))[0] / device.g_max
    for k, bias in mean.items():
        error = 4.5 * 0.04 / np.sqrt(k * n)
        assert bias == pytest.approx(-sigma / np.sqrt(2 * np.pi), abs=error)


@pytest.mark.parametrize(
    ("device", "percent"),
    [(pcm_2019(), 0.87), (pcm_hermes(1), 1.26), (pcm_hermes(2), 0.66)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_zero_weight_is_not_zero(device: Any, percent: float) -> None:
    found = stored(DifferentialPair(), np.zeros((200, 500)), device, 3)
    assert 100 * found.std() == pytest.approx(percent, rel=0.02)
    # two Gaussians clipped at zero: Var = sigma^2 (1/2 - 1/(2 pi)) each, a quarter are exactly zero
    sigma = device.programming_std(np.zeros(1))[0] / device.g_max
    assert found.std() == pytest.approx(sigma * np.sqrt(1 - 1 / np.pi), rel=0.01)
    assert np.mean(found == 0) == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("device", [pcm_2019(), pcm_hermes(1)], ids=lambda device: device.name)
def test_averaging_beats_slicing_by_base_four_and_more(device: Any) -> None:
    """The direction of R15: at eight devices per weight, equal significance errs least."""
    chips = range(5)
    errors = {}
    for cell in (DifferentialPair(4), BitSliced(2, 4), BitSliced(3, 4), BitSliced(4, 4)):
        assert cell.devices_per_weight == 8
        w = weights(9, (100, 100))
        errors[cell] = [float(np.std(stored(cell, w, device, s) - w)) for s in chips]
    averaged, *sliced = errors.values()
    for one, other in zip([averaged, *sliced[:-1]], sliced, strict=True):
        # every chip of one lies below every chip of the other
        assert max(one) < min(other)


@pytest.mark.parametrize("cell", CELLS, ids=repr)
@pytest.mark.parametrize(
    ("w", "error"),
    [
        (np.array([[1.5, 0.0]]), ValueError),
        (np.array([[-1.01, 0.0]]), ValueError),
        (np.array([[np.nan, 0.0]]), ValueError),
        (np.array([0.5, 0.1]), ValueError),
        (np.zeros((0, 3)), ValueError),
        (np.array([["a"]]), TypeError),
        (np.array([[1j]]), TypeError),
    ],
)
def test_bad_weights_are_named(cell: UnitCell, w: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="w_scaled"):
        cell.split(w, G_MAX)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: DifferentialPair(0), ValueError, "devices=0"),
        (lambda: DifferentialPair(65), ValueError, "devices=65"),
        (lambda: DifferentialPair(1.5), TypeError, "devices must be an integer"),
        (lambda: DifferentialPair(True), TypeError, "devices must be an integer"),
        (lambda: BitSliced(0, 4), ValueError, "slice_bits=0"),
        (lambda: BitSliced(2, 0), ValueError, "slices=0"),
        (lambda: BitSliced(8, 4), ValueError, r"slice_bits \* slices=32"),
        (lambda: BitSliced("2", 4), TypeError, "slice_bits must be an integer"),
    ],
)
def test_impossible_cells_are_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_rounding_beyond_one_is_forgiven() -> None:
    w = np.array([[1 + 1e-9, -1 - 1e-9]])
    ideal = stored(DifferentialPair(), w, IdealDevice(G_MAX), 0)
    np.testing.assert_array_equal(ideal, [[1.0, -1.0]])
