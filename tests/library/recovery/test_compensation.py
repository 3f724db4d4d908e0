"""Global drift compensation: what it undoes, and what it cannot."""

import numpy as np
import pytest

import aimc
from aimc.circuits import best_scale, mvm_error, random_sparse_uniform
from aimc.devices import pcm_2019
from aimc.recovery.compensation import drift_factor, global_drift_compensation

DAY = 86400.0


def test_without_spread_one_factor_undoes_all_drift() -> None:
    device = pcm_2019().without("drift_spread", "programming_noise", "read_noise")
    w = np.sign(np.random.default_rng(0).uniform(-1, 1, (20, 20)))  # every device in one state
    core = aimc.Core(device).program(w)
    np.testing.assert_allclose(
        global_drift_compensation(core, DAY).weights(), core.at(0).weights(), rtol=1e-10
    )
    assert drift_factor(core, DAY) == pytest.approx((1 + DAY / 20) ** -0.049, rel=1e-10)


@pytest.mark.parametrize("devices", [1, 2])
def test_it_recovers_most_of_a_day_of_drift_but_not_all(devices: int) -> None:
    rng = np.random.default_rng(1)
    w, x = random_sparse_uniform((256, 256), rng), random_sparse_uniform((1000, 256), rng)
    core, exact = aimc.presets.hermes(3, devices).program(w), x @ w.T
    fresh = mvm_error(core.forward(x), exact)
    drifted = core.at(DAY).forward(x)
    compensated = mvm_error(global_drift_compensation(core, DAY).forward(x), exact)
    best = mvm_error(best_scale(drifted, exact) * drifted, exact)
    assert fresh < best <= compensated < mvm_error(drifted, exact)


def test_each_core_of_a_tiled_matrix_gets_its_own_factor() -> None:
    w = np.concatenate([np.full((8, 256), 0.9), np.full((8, 256), 0.2)], axis=1)
    tiled = aimc.TiledMatrix(w, lambda k: aimc.presets.hermes(1, index=k))
    gains = [view.gain for view in global_drift_compensation(tiled, DAY).views]
    assert len(set(gains)) == 2
    assert all(1.0 < gain < 2.0 for gain in gains)


def test_it_starts_at_one() -> None:
    core = aimc.presets.hermes(2).program(random_sparse_uniform((256, 256), 0))
    assert drift_factor(core, 0.0) == pytest.approx(1.0, abs=2e-3)  # read noise remains
