"""R04: weight error against target weight on the 64-core chip, one device against two.

The curve of one-device programming comes from our own program-and-verify loop, that of two-device
programming from the published fit. Weights are estimated from outputs as in the paper.
"""

from functools import cache

import numpy as np
import pytest

from aimc import presets
from aimc.circuits import DifferentialPair, ErrorParts, decompose, random_sparse_uniform
from aimc.cores import Core
from aimc.devices import pcm_hermes
from aimc.devices.pulsed import pulsed_hermes
from aimc.published import fact
from aimc.recovery.programming import ProgramAndVerify

SIZE, VECTORS = 256, int(fact("A066").number)
EDGES = np.array([0.02, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0])  # |weight| / largest weight


@cache
def task() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    w = random_sparse_uniform((SIZE, SIZE), rng)
    x = random_sparse_uniform((VECTORS, SIZE), rng)
    return w, x, x @ w.T


@cache
def core(kind: str) -> Core:
    if kind == "TDP":
        return presets.hermes(serial=4, devices=2).program(task()[0], w_max=1.0)
    device = ProgramAndVerify(pulsed_hermes(), pcm_hermes(1), serial=4)
    looped = Core(device, DifferentialPair(), presets.hermes().periphery, serial=4)
    return looped.program(task()[0], w_max=1.0)


@cache
def parts(kind: str) -> ErrorParts:
    _, x, exact = task()
    return decompose(x, core(kind).forward(x), exact)


def weight_error(kind: str) -> np.ndarray:
    """Standard deviation of estimated minus target weight, % of the largest, by target."""
    w, error = task()[0], parts(kind).weights - task()[0]
    which = np.digitize(np.abs(w), EDGES) - 1
    return np.array([100 * error[which == k].std() for k in range(len(EDGES) - 1)])


def test_two_devices_are_better_for_all_nonzero_weights() -> None:
    assert np.all(weight_error("TDP") < weight_error("ODP"))


def test_errors_lie_on_the_published_axis_and_grow_with_the_weight() -> None:
    low, high = fact("A075").numbers
    for kind in ("ODP", "TDP"):
        assert np.all((low < weight_error(kind)) & (weight_error(kind) < high))
    one = weight_error("ODP")
    assert one[0] < 0.75 * one[3]
    assert np.all(np.diff(one)[:3] > 0)


def test_our_loop_has_the_error_of_the_published_one_device_fit() -> None:
    w, x, exact = task()
    fit = presets.hermes(serial=4, devices=1).program(w, w_max=1.0)
    published = decompose(x, fit.forward(x), exact)
    np.testing.assert_allclose(parts("ODP").linear, published.linear, rtol=0.06)


def test_total_error_of_one_device_is_mostly_linear() -> None:
    one, two = parts("ODP"), parts("TDP")
    assert one.linear / one.total > 0.85
    assert two.linear / two.total < one.linear / one.total
    # as histograms: the errors of the outputs are those of the wrong weights
    _, x, exact = task()
    total = core("ODP").forward(x) - exact
    linear = x @ one.weights.T - exact
    edges = np.linspace(-3, 3, 13) * total.std()
    counts = [np.histogram(e, edges)[0] / e.size for e in (total, linear)]
    assert 0.5 * np.abs(counts[0] - counts[1]).sum() < 0.08


@pytest.mark.parametrize(
    ("kind", "identifier", "full"), [("ODP", "B013", "A061"), ("TDP", "B014", "A062")]
)
def test_sizes_are_those_that_the_published_polynomials_imply(kind, identifier, full):
    """From the printed numbers alone: the device in use errs by its target, its partner at zero."""
    w = task()[0]
    size = np.abs(w)
    spread = sum(c * size**k for k, c in enumerate(fact(identifier).numbers)) / fact(full).number
    zero = fact(identifier).numbers[0] / fact(full).number
    implied = np.sqrt(np.mean(spread**2 + zero**2) / np.mean(w**2))
    held = core(kind).at(0.0).weights() - w
    found = np.sqrt(np.mean(held**2) / np.mean(w**2))
    np.testing.assert_allclose(found, implied, rtol=0.05)
    # and target by target
    which = np.digitize(size, EDGES) - 1
    for k in range(len(EDGES) - 1):
        expected = np.sqrt(np.mean((spread**2 + zero**2)[which == k]))
        np.testing.assert_allclose(held[which == k].std(), expected, rtol=0.2)
