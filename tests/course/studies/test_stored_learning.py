"""The stored results of the rules, and a part of them computed again."""

import measure_learning
import numpy as np
import pytest

from aimc_course.studies.results import stored


def mean(kind: str, name: str, key: str) -> float:
    return float(np.mean(stored("learning_in_memory")[kind][name][key]))


def test_a_stored_error_is_computed_again() -> None:
    before = stored("learning_in_memory")["offsets"]["mixed precision"]["0.0"][0]
    again = measure_learning.weight_error("mixed precision", 0, offset=0.0)
    assert again == pytest.approx(before, abs=1e-3)


def test_finer_devices_do_not_save_plain_descent() -> None:
    assert mean("states", "SGD", "200") > 0.2
    assert mean("states", "TTv2", "200") < 0.5 * mean("states", "SGD", "200")


def test_a_network_that_plain_descent_cannot_train_is_trained() -> None:
    even = mean("digits", "SGD", "even")
    assert mean("digits", "SGD", "uneven") < even - 10.0
    for name in ("TTv2", "AGAD", "mixed precision"):
        assert mean("digits", name, "uneven") > even - 1.0
    assert mean("digits", "AGAD", "uneven, wrong zero") > even - 1.0
