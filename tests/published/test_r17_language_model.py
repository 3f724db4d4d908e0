"""R17: what clipping and noise in training do to a small language model with wrong weights.

Gaussian noise relative to the largest weight of each output, as in the paper. Losses are bits per
character on text that no training saw. Draws are paired: all networks meet the same random numbers,
so that small differences can be seen.
"""

from functools import cache

import numpy as np
import pytest

from aimc.published import fact, targets
from aimc.statistics import Interval, mean_interval
from aimc_course.studies import results
from aimc_course.studies.language_models import (
    bits_per_character,
    noisy_copy,
    trained_decoder,
    windows,
)

pytestmark = pytest.mark.torch

STRONG = 0.1


@cache
def losses(training: str) -> np.ndarray:
    """Return the loss for each of four draws, computed here."""
    model, pieces = trained_decoder(training), windows()[::8]
    return np.array([bits_per_character(noisy_copy(model, STRONG, k), pieces) for k in range(4)])


def gain(training: str, over: str = "neither", noise: float = STRONG) -> Interval:
    """Return by how much a training lowers the stored loss, over pairs of draws."""
    stored = results.stored("language_on_chips")["noise"]
    level = f"{noise:g}"
    return mean_interval(np.subtract(stored[over][level], stored[training][level]))


def test_the_target_names_the_facts() -> None:
    target = next(each for each in targets() if each.id == "R17")
    assert target.status == "reproduced"
    assert set(target.facts) >= {"E022", "E030", "G100"}


def test_clipping_protects_more_than_noise_and_both_more_than_neither() -> None:
    found = {name: float(losses(name).mean()) for name in ("neither", "noise", "clip", "both")}
    assert found["both"] < found["noise"] - 0.03
    assert found["clip"] < found["noise"] - 0.03
    assert found["noise"] < found["neither"] - 0.003


def test_under_strong_noise_the_order_is_that_of_the_paper_beyond_chance() -> None:
    assert gain("both", over="clip").low > 0
    assert gain("clip", over="noise").low > 0
    assert gain("noise").low > 0


def test_under_weak_noise_the_shipped_network_with_clipping_alone_is_better() -> None:
    # where the small model departs from the paper; the chapter says so
    assert gain("clip", over="both", noise=0.04).low > 0
    assert gain("both", over="noise", noise=0.04).low > 0


def test_the_order_is_not_an_accident_of_one_training() -> None:
    anew = results.stored("language_on_chips")["trained anew"]
    losses = np.array([anew[name]["0.1"] for name in ("both", "clip", "noise", "neither")])
    assert losses.shape[1] >= 3
    assert (np.diff(losses, axis=0) > 0).all()  # in every training
    assert mean_interval(losses[2] - losses[1]).low > 0.05
    assert mean_interval(losses[3] - losses[2]).low > 0


def test_most_of_the_gain_is_that_of_clipping() -> None:
    clipping, then_noise = fact("G100").numbers
    assert clipping > then_noise
    assert gain("clip").low > gain("both", over="clip").high


def test_the_published_limit_does_half_for_short_rows() -> None:
    # the largest of 64 Gaussian weights has 2.6 standard deviations: 2.5 touches outliers only
    assert 0.4 < gain("clip at 2.5").mean / gain("clip").mean < 0.7


def test_clipped_rows_are_as_narrow_as_they_were_told() -> None:
    peaks = results.stored("language_on_chips")["weights"]
    assert peaks["both"]["peak"][2] < 2.05
    assert 2.4 < peaks["plain"]["peak"][1] < 3.0


def test_the_training_costs_little_without_errors() -> None:
    exact = results.stored("language_on_chips")["digital"]
    assert 0.0 < exact["both"] - exact["plain"] < 0.02
