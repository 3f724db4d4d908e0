"""The explorer of random features: it answers everywhere, and shows what the chapter says."""

import json
import warnings

import numpy as np
import pytest

from aimc_course.explorers import browser_shell
from aimc_course.explorers.outlook.kernels import COUNTS, KERNELS, KERNELS_EXPLORER, KINDS, curves

pytestmark = pytest.mark.native("the pages of the site compare its answers")


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("corner", [0, 1])
def test_corners_answer_in_json_and_without_warning(kernel: str, kind: str, corner: int) -> None:
    ends = {
        "count": (0, 5)[corner],
        "width": (1.0, 6.0)[corner],
        "devices": ("one device", "two devices")[corner],
        "learned": ("exact features", "the chip's features")[corner],
        "serial": (9, 0)[corner],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = KERNELS_EXPLORER.answer(kernel=kernel, kind=kind, **ends)
    json.dumps(answer.values, allow_nan=False)
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 3
    assert kind in answer.sentence


def test_same_state_same_answer() -> None:
    one = browser_shell.plain(KERNELS_EXPLORER.answer(serial=3).as_json())
    curves.cache_clear()
    assert one == browser_shell.plain(KERNELS_EXPLORER.answer(serial=3).as_json())


def mean(kind: str, own: bool = False, devices: int = 2) -> tuple[np.ndarray, np.ndarray]:
    found = [curves("rbf", kind, devices, serial, 3.0, own) for serial in range(6)]
    return np.mean([f[0] for f in found], axis=0), np.mean([f[1] for f in found], axis=0)


def test_sampling_errs_as_one_over_the_root_and_the_chip_adds_little() -> None:
    errors, _ = mean("rff")
    slope = np.polyfit(np.log(COUNTS), np.log(errors[:, 0]), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.1)
    assert (errors[:, 1] < 1.25 * errors[:, 0]).all()


def test_orthogonal_directions_err_less() -> None:
    # Only whole blocks of 16 directions are orthogonal.
    one, other = mean("rff")[0], mean("orf")[0]
    assert (other[1:, 0] < 0.95 * one[1:, 0]).all()


def test_more_directions_classify_better_up_to_the_kernel() -> None:
    _, accuracies = mean("orf")
    assert (np.diff(accuracies[:, 0]) > 0).all()
    goal = KERNELS_EXPLORER.answer().values["accuracy_of_kernel"]
    assert accuracies[0, 0] < goal - 0.3
    assert accuracies[-1, 0] == pytest.approx(goal, abs=0.01)
    assert (accuracies[:, 1] < accuracies[:, 0] + 0.005).all()


def test_a_ridge_that_learns_from_the_chip_forgives_its_devices() -> None:
    exact, own = mean("rff", devices=1)[1], mean("rff", own=True, devices=1)[1]
    assert own[:4, 1].mean() > exact[:4, 1].mean() + 0.005
    np.testing.assert_array_equal(own[:, 0], exact[:, 0])
