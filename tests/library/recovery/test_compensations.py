"""Compensations on cores and tiled matrices: bias shown and removed, costs, schedules, errors."""

from collections.abc import Callable

import numpy as np
import pytest

import aimc
from aimc.circuits import best_scale, mvm_error, random_sparse_uniform
from aimc.cores import Core
from aimc.devices import pcm_2019
from aimc.published import fact
from aimc.recovery.compensation import (
    COMPENSATIONS,
    Compensation,
    CompensationCost,
    GlobalDrift,
    OutputAffine,
    ReadCost,
    Recalibration,
    VectorFactor,
    compensation,
)
from aimc.units import DAY, MICRO, NANO, YEAR
from aimc.validation import UnprogrammedError

ESTIMATES = ("least_squares", "projection")
CORE_BY_CORE = (GlobalDrift, VectorFactor, OutputAffine)


def narrow_core(serial: int = 1) -> tuple[Core, np.ndarray]:
    """A core of the standard model whose weights are small beside its largest one."""
    rng = np.random.default_rng(serial)
    weights = rng.normal(0, 0.05, (256, 256))
    weights[0, 0] = 1.0
    return aimc.presets.rasch2023(serial).program(weights), weights


def optimum(core: Core, t: float) -> float:
    """The factor that gives the drifted weights back the size of what they held at first."""
    first, now = core.at(0.0).weights(), core.at(t).weights()
    return float(np.sum(first * first) / np.sum(now * first))


def gain(correct: Compensation, core: Core, t: float | str) -> float:
    correct.prepare(core)
    return float(correct.apply(core, t).view.gain)


def test_mean_magnitudes_are_biased_where_weights_are_small_and_a_projection_is_not() -> None:
    core, _ = narrow_core()
    best = optimum(core, YEAR)
    biased = gain(GlobalDrift("one_hot"), core, YEAR)
    unbiased = gain(GlobalDrift("one_hot", estimate="projection"), core, YEAR)
    # even the factor of least squares, which shrinks noise as well, is far above
    assert biased < 0.8 * best_scale(core.at(YEAR).weights(), core.at(0.0).weights()) < 0.8 * best
    assert unbiased == pytest.approx(best, rel=0.05)


def test_summed_currents_are_biased_by_reset_devices_and_a_projection_is_not() -> None:
    weights = random_sparse_uniform((256, 256), 0)
    core = aimc.presets.hermes(3, devices=1).program(weights)
    best = optimum(core, DAY)
    assert gain(GlobalDrift(), core, DAY) > 1.03 * best
    assert gain(GlobalDrift(estimate="projection"), core, DAY) == pytest.approx(best, rel=0.01)


def test_least_squares_shrinks_with_the_noise_and_the_projection_of_vectors_does_not() -> None:
    core, _ = narrow_core()
    best = optimum(core, YEAR)
    shrunk, whole = (gain(VectorFactor(32, estimate=e), core, YEAR) for e in ESTIMATES)
    assert shrunk < 0.9 * best
    assert whole == pytest.approx(best, rel=0.05)
    factors = {}
    for estimate in ESTIMATES:
        correct = OutputAffine(256, estimate=estimate)
        correct.prepare(core)
        factors[estimate] = np.median(correct.apply(core, YEAR).view.gain.factor)
    assert factors["least_squares"] < 0.9 * best
    assert factors["projection"] == pytest.approx(best, rel=0.05)


@pytest.mark.parametrize("probe", ["devices", "ones", "one_hot"])
@pytest.mark.parametrize("reference", ["measured", "ideal"])
@pytest.mark.parametrize("estimate", ["mean", "projection"])
def test_without_spread_all_choices_find_the_same_factor(
    probe: str, reference: str, estimate: str
) -> None:
    device = pcm_2019().without("drift_spread", "programming_noise", "read_noise")
    core = Core(device).program(np.sign(np.random.default_rng(0).uniform(-1, 1, (30, 31))))
    device_drift = (1 + DAY / 20) ** -0.049
    reset_drift = (1 + DAY / 20) ** -0.1
    got = gain(GlobalDrift(probe, reference, estimate), core, DAY)
    assert 1 / device_drift - 1e-9 <= got <= 1 / reset_drift
    assert got == pytest.approx(1 / device_drift, rel=1e-6)


def test_an_ideal_reference_undoes_a_mean_error_of_programming() -> None:
    class Weak:
        """A device that keeps nine tenths of what it is asked for."""

        def __init__(self) -> None:
            self.base = pcm_2019().without("programming_noise", "read_noise")
            self.name, self.g_max, self.sources = "weak", self.base.g_max, ()
            self.drift_factor = self.base.drift_factor
            self.read_noise_std = self.base.read_noise_std

        def program(self, g_target, rng):  # type: ignore[no-untyped-def]
            from dataclasses import replace

            state = self.base.program(0.9 * g_target, rng)
            return replace(state, g_target=g_target)

    core = Core(Weak()).program(random_sparse_uniform((64, 64), 1))
    for probe in ("devices", "one_hot"):
        assert gain(GlobalDrift(probe, "ideal"), core, 0.0) == pytest.approx(1 / 0.9, rel=1e-6)
        assert gain(GlobalDrift(probe), core, 0.0) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("name", ["global", "test_vectors", "affine"])
@pytest.mark.parametrize("make", [lambda: "core", lambda: "tiled"])
def test_each_lowers_the_error_of_a_drifted_matrix(name: str, make: Callable[[], str]) -> None:
    rng = np.random.default_rng(5)
    inputs = 200 if make() == "core" else 400
    w, x = random_sparse_uniform((100, inputs), rng), random_sparse_uniform((400, inputs), rng)
    matrix = (
        aimc.presets.hermes(5).program(w)
        if make() == "core"
        else aimc.TiledMatrix(w, lambda k: aimc.presets.hermes(5, index=k))
    )
    exact = x @ w.T
    correct = compensation(name)
    correct.prepare(matrix)
    view = correct.apply(matrix, "1 d").view
    assert mvm_error(view.forward(x), exact) < 0.8 * mvm_error(matrix.at(DAY).forward(x), exact)
    assert mvm_error(x @ view.weights().T, exact) < mvm_error(view.forward(x), exact)


def test_a_factor_for_each_output_undoes_what_differs_between_outputs() -> None:
    """Outputs whose weights are small drift otherwise than those whose weights are large."""
    rng = np.random.default_rng(6)
    w = np.sign(rng.uniform(-1, 1, (64, 128))) * np.repeat([1.0, 0.15], 32)[:, None]
    x = random_sparse_uniform((500, 128), rng)
    device = pcm_2019().without("programming_noise", "drift_spread", "read_noise")
    core = Core(device, serial=6).program(w)
    errors = {}
    for name in ("global", "affine"):
        correct = compensation(name)
        correct.prepare(core)
        y = correct.apply(core, "1 y").view.forward(x)
        errors[name] = mvm_error(y[:, 32:], x @ w[32:].T)  # those with small weights
    assert errors["affine"] < 0.01 < 0.02 < errors["global"]


def test_offsets_of_outputs_are_measured_without_input() -> None:
    from aimc.cores.views import Affine, CorrectedCore

    core = Core(pcm_2019(), serial=2).program(random_sparse_uniform((20, 30), 0))
    correct = OutputAffine()
    correct.prepare(core)
    shifted = CorrectedCore(core.at(DAY), Affine(np.ones(20), np.full(20, 0.5)))
    at_rest = np.zeros((3, 30))
    assert np.all(shifted.forward(at_rest) == 0.5)
    np.testing.assert_allclose(correct.apply(core, DAY).view.forward(at_rest), 0.0, atol=1e-12)


def test_an_offset_that_came_since_the_first_read_is_taken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from aimc.recovery.compensation import affine

    def outputs_of(core: Core, t: float, x: np.ndarray) -> np.ndarray:
        return core.at(t).forward(x) + (0.5 if t == DAY else 0.1)

    monkeypatch.setattr(affine, "outputs_of", outputs_of)
    core = Core(pcm_2019(), serial=2).program(random_sparse_uniform((20, 30), 0))
    correct = OutputAffine()
    correct.prepare(core)
    found = correct.apply(core, DAY).view.gain
    np.testing.assert_allclose(found.factor * 0.5 + found.offset, 0.1, atol=1e-12)


def test_the_reference_is_measured_once() -> None:
    core = Core(pcm_2019(), serial=4).program(random_sparse_uniform((30, 40), 0))
    correct = GlobalDrift("one_hot")
    at_first = correct.prepare(core)
    kept = [each.copy() for each in correct._references]
    costs = [correct.apply(core, t) for t in ("1 h", "1 d")]
    assert at_first.reads == costs[0].reads == costs[1].reads == 40
    for before, after in zip(kept, correct._references, strict=True):
        np.testing.assert_array_equal(before, after)


def test_costs_are_those_of_published_reads() -> None:
    core = aimc.presets.hermes(1).program(random_sparse_uniform((30, 40), 0))
    spent = [(c := make()).prepare(core) and c.apply(core, "1 h") for make in CORE_BY_CORE]
    reads = [40, 4, 144]
    assert [cost.reads for cost in spent] == reads
    for cost, count in zip(spent, reads, strict=True):
        assert cost.time_s == pytest.approx(count * fact("A030").number * NANO)
        assert cost.energy_J == pytest.approx(count * fact("A038").number * MICRO / 64)
    assert ReadCost.published("1-phase").time_s < ReadCost.published("4-phase").time_s
    assert "not included" in spent[0].scope
    total = spent[0] + spent[1]
    assert (total.reads, total.vectors) == (44, 44)
    assert total == spent[0] + CompensationCost() + spent[1]


def test_cores_of_a_matrix_are_read_at_the_same_time() -> None:
    w = random_sparse_uniform((300, 300), 0)
    tiled = aimc.TiledMatrix(w, lambda k: aimc.presets.hermes(1, index=k))
    correct = VectorFactor()
    correct.prepare(tiled)
    spent = correct.apply(tiled, "1 h")
    assert spent.reads == 4 * len(tiled.cores) == 16
    assert spent.time_s == pytest.approx(4 * fact("A030").number * NANO)


def test_a_schedule_measures_at_its_times_alone_and_counts_all_that_were_due() -> None:
    core = Core(pcm_2019(), serial=4).program(random_sparse_uniform((30, 40), 0))
    plan = Recalibration(GlobalDrift(), ["1 min", "1 h", "1 d"])
    plan.prepare(core)
    at = ("1 s", "2 min", "30 min", "30 d", "1 y")
    costs = [plan.apply(core, t) for t in at]
    gains = [cost.view.gain for cost in costs]
    assert [cost.reads for cost in costs] == [0, 40, 0, 80, 0]
    assert gains[0] == 1.0
    assert gains[1] == gains[2] < gains[3] == gains[4]
    assert costs[2].view.t == 1800.0
    back = plan.apply(core, "1 s")
    assert (back.reads, back.view.gain) == (0, 1.0)


def test_names() -> None:
    assert set(COMPENSATIONS) == {
        "none",
        "global",
        "test_vectors",
        "affine",
        "adabs",
        "batch_norm",
    }
    own = GlobalDrift()
    assert compensation(own) is own
    core = Core(pcm_2019()).program(np.eye(3))
    nothing = compensation("none")
    nothing.prepare(core)
    assert nothing.apply(core, "1 d").view.gain == 1.0


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        (lambda: compensation("gdc"), ValueError, "compensation='gdc'"),
        (lambda: compensation(3), TypeError, "compensation"),  # type: ignore[arg-type]
        (lambda: GlobalDrift("all"), ValueError, "probe='all'"),
        (lambda: GlobalDrift(reference="none"), ValueError, "reference="),
        (lambda: GlobalDrift(estimate="median"), ValueError, "estimate="),
        (lambda: VectorFactor(0), ValueError, "count=0"),
        (lambda: OutputAffine(zeros=-1), ValueError, "zeros=-1"),
        (lambda: Recalibration("global", []), ValueError, "times"),
        (lambda: Recalibration("global", ["1 d", "1 h"]), ValueError, "times"),
        (lambda: Recalibration("global", "1 d"), TypeError, "times"),
        (
            lambda: GlobalDrift().apply(Core(pcm_2019()).program(np.eye(3)), 1),
            ValueError,
            "prepare",
        ),
        (lambda: GlobalDrift().prepare(Core(pcm_2019())), UnprogrammedError, "program"),
        (lambda: GlobalDrift().prepare(np.eye(3)), TypeError, "model"),
        (
            lambda: compensation("adabs").prepare(Core(pcm_2019()).program(np.eye(3))),
            TypeError,
            "m",
        ),
    ],
)
def test_what_is_wrong_is_named(
    wrong: Callable[[], object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        wrong()


def test_old_references_are_refused_after_programming() -> None:
    core = Core(pcm_2019()).program(np.eye(3))
    correct = GlobalDrift()
    correct.prepare(core)
    core.program(np.eye(3))
    with pytest.raises(ValueError, match="prepare"):
        correct.apply(core, "1 h")
    empty = Core(pcm_2019().without("programming_noise")).program(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="nothing"):
        gain(GlobalDrift("one_hot", estimate="projection"), empty, 1.0)
