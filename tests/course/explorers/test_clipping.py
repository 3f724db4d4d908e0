"""The explorer of clipping: it answers everywhere, and shows what the chapter says."""

import json
import warnings

import numpy as np
import pytest

from aimc_course.explorers import browser_shell
from aimc_course.explorers.outlook.clipping import CLIPPING, TAILS


@pytest.mark.parametrize("tails", TAILS)
@pytest.mark.parametrize("corner", [0, 1])
def test_corners_answer_in_json_and_without_warning(tails: str, corner: int) -> None:
    ends = {
        "length": ("16", "4,096")[corner],
        "noise": (10.0, 0.5)[corner],
        "limit": (1.0, 6.0)[corner],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = CLIPPING.answer(tails=tails, **ends)
    json.dumps(answer.values, allow_nan=False)
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 3
    assert f"{ends['length']} weights" in answer.sentence


def test_same_state_same_answer() -> None:
    one = browser_shell.plain(CLIPPING.answer(noise=3.0).as_json())
    assert one == browser_shell.plain(CLIPPING.answer(noise=3.0).as_json())


def test_errors_of_cells_are_in_proportion_to_the_limit() -> None:
    def cells(limit: float) -> float:
        return float(CLIPPING.answer(length="4,096", limit=limit).values["error_of_cells"])

    assert cells(2.0) == pytest.approx(2 * cells(1.0), rel=1e-3)


def test_long_rows_have_larger_peaks_and_gain_more() -> None:
    def gain(length: str) -> float:
        values = CLIPPING.answer(tails="none (Gaussian)", length=length, limit=2.5).values
        return float(values["error_unclipped"] / values["error_of_cells"])

    assert gain("64") == pytest.approx(1.08, abs=0.08)
    assert gain("4,096") == pytest.approx(1.5, abs=0.1)


def test_the_worse_the_cells_the_lower_the_best_limit() -> None:
    best = [CLIPPING.answer(noise=noise).values["best_limit"] for noise in (0.5, 2.0, 5.0, 10.0)]
    assert (np.diff(best) < 0).all()


def test_without_training_the_published_limit_is_lower_than_the_best_one() -> None:
    values = CLIPPING.answer(tails="none (Gaussian)", length="4,096", noise=3.0).values
    assert values["best_limit"] > 2.5
