"""The chip as one object: the cores that compute are those that are counted."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

import aimc
from aimc.chip import Chip, NotEnoughCoresError, demo_mlp, resnet9_cifar10
from aimc.chip.hermes import LAYER, LSTM, activity
from aimc.cores import LayerParameters, Programmed
from aimc.layers.workload import Layer, Network, as_feature_maps, convolution, im2col
from aimc.networks import BARS
from aimc.recovery.compensation import compensation
from aimc.recovery.programming import programming
from aimc.validation import RangeWarning, UnprogrammedError

RNG = np.random.default_rng(0)
SIZES = ((30, 300), (10, 30))
MLP = Network("mlp", (Layer("a", SIZES[0]), Layer("b", SIZES[1], stage=1)), "image")
WEIGHTS = {name: RNG.uniform(-1, 1, s) for name, s in zip("ab", SIZES, strict=True)}
X = RNG.uniform(-0.05, 0.05, (20, 300))
EXACT = np.maximum(X @ WEIGHTS["a"].T, 0) @ WEIGHTS["b"].T


def ideal(serial: int = 0, index: int = 0) -> aimc.Core:
    return aimc.presets.ideal(serial=serial, index=index)


def test_ideal_cores_give_the_exact_product_however_it_is_placed() -> None:
    chip = Chip(preset=ideal)
    for copies, share in (({}, False), ({"a": 3}, False), ({}, True), ({"a": 2, "b": 3}, True)):
        chip.map(MLP, copies=copies, share=share)
        chip.program(WEIGHTS)
        assert chip.run(X).outputs == pytest.approx(EXACT, abs=1e-12)


@pytest.mark.parametrize("share", [False, True])
@pytest.mark.parametrize("copies", [1, 2])
def test_no_vectors_have_no_outputs(copies: int, share: bool) -> None:
    """As an expert has none where no token is sent to it; torch layers on cores do the same."""
    chip = Chip(serial=7)
    chip.map(MLP, copies={"a": copies}, share=share)
    chip.program(WEIGHTS)
    assert chip.compute("a", np.zeros((0, 300))).shape == (0, 30)
    assert chip.compute("a", np.zeros((2, 0, 300))).shape == (2, 0, 30)
    assert chip.multiply("b", np.zeros((0, 30))).shape == (0, 10)


def test_biases_are_added_digitally() -> None:
    chip = Chip(preset=ideal)
    chip.map(MLP)
    chip.program(WEIGHTS | {"b": LayerParameters(WEIGHTS["b"], offset=np.arange(10.0))})
    assert chip.run(X).outputs == pytest.approx(EXACT + np.arange(10.0), abs=1e-12)


def test_digital_units_scale_add_and_round_what_they_send() -> None:
    """Layer a has 300 inputs, so its result is a chain of two cores; layer b has one."""
    chip = Chip(preset=ideal)
    chip.map(MLP)
    scale = np.linspace(0.5, 2, 30)
    layers = {
        "a": LayerParameters(WEIGHTS["a"], scale, np.full(30, 0.1), output_range=4.0),
        "b": LayerParameters(WEIGHTS["b"], offset=np.arange(10.0), output_range=12.0),
    }
    chip.program(layers)
    half = [X[:, part] @ WEIGHTS["a"][:, part].T for part in (slice(0, 150), slice(150, 300))]
    first = np.rint(scale * half[0] * 127 / 4)
    hidden = np.rint(first + (scale * half[1] + 0.1) * 127 / 4) * 4 / 127
    assert np.abs(hidden).max() < 4
    last = np.maximum(hidden, 0) @ WEIGHTS["b"].T + np.arange(10.0)
    expected = np.clip(np.rint(last * 127 / 12), -127, 127) * 12 / 127
    assert chip.run(X).outputs == pytest.approx(expected, abs=1e-12)
    # the product of the devices alone is that without the units
    assert chip.multiply("a", X) == pytest.approx(X @ WEIGHTS["a"].T, abs=1e-12)
    exact = {name: replace(layer, output_bits=None) for name, layer in layers.items()}
    chip.program(exact)
    hidden = np.maximum(scale * (X @ WEIGHTS["a"].T) + 0.1, 0)
    expected = hidden @ WEIGHTS["b"].T + np.arange(10.0)
    assert chip.run(X).outputs == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": np.ones(10)}, r"scale has shape \(10,\), the weights have 30 outputs"),
        ({"offset": np.ones(3)}, r"offset has shape \(3,\), the weights have 30 outputs"),
        ({"scale": np.full(30, np.nan)}, "scale must be finite"),
        ({"output_range": 0.0}, "output_range=0.0"),
        ({"input_range": -1.0}, "input_range=-1.0"),
        ({"output_bits": 1}, "output_bits=1"),
        ({"weight_range": "row"}, "weight_range='row'"),
        ({"sums": np.ones((2, 29))}, "sums must have 30 entries"),
    ],
)
def test_parameters_name_what_does_not_fit(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LayerParameters(WEIGHTS["a"], **options)


GATES = Network(
    "gates",
    (Layer("x", (40, 300), kind="recurrent"), Layer("h", (40, 20), kind="recurrent")),
    "step",
)
GATE_WEIGHTS = {layer.name: RNG.uniform(-1, 1, layer.shape) for layer in GATES.layers}


def test_layers_that_add_up_are_one_chain() -> None:
    """300 inputs take two cores, 20 hidden values one: each adds to what the one before it sent."""
    chip, h = Chip(preset=ideal), RNG.uniform(-1, 1, (20, 20))
    chip.map(GATES)
    shared = {"output_range": 8.0}
    layers = {
        "x": LayerParameters(GATE_WEIGHTS["x"], scale=2.0, offset=np.full(40, 0.3), **shared),
        "h": LayerParameters(GATE_WEIGHTS["h"], offset=-0.1, **shared),
    }
    chip.program(layers)
    step, weights = 8 / 127, GATE_WEIGHTS["x"]
    sent = np.rint(2 * X[:, :150] @ weights[:, :150].T / step)
    sent = np.rint(sent + 2 * X[:, 150:] @ weights[:, 150:].T / step)
    sent = np.rint(sent + (h @ GATE_WEIGHTS["h"].T + 0.2) / step)
    assert np.abs(sent).max() < 127
    gates = chip.compute({"x": X, "h": h})
    assert gates == pytest.approx(step * sent, abs=1e-12)
    # a run meets both matrices, in any order of their names
    run = chip.run(X, lambda compute, x: compute({"h": h, "x": x}))
    np.testing.assert_array_equal(run.outputs, gates)
    assert run.vectors == {"x": 20, "h": 20}
    assert chip.multiply("h", h) == pytest.approx(h @ GATE_WEIGHTS["h"].T, abs=1e-12)
    for call, message in (
        (lambda: chip.compute("x", X), r"layer 'x' is one sum with \['h'\]"),
        (lambda: chip.compute({"x": X, "h": h[:3]}), "equally many vectors"),
        (lambda: chip.compute("gates", X), "layer='gates' was not placed"),
        (
            lambda: chip.program(layers | {"h": replace(layers["h"], output_range=4.0)}),
            "need the same output_range",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_calibration_finds_ranges_of_what_layers_meet_and_send() -> None:
    chip, wide = Chip(serial=3), 100 * X
    chip.map(MLP)
    layers = {
        "a": LayerParameters(WEIGHTS["a"], scale=2.0, offset=np.full(30, 5.0)),
        "b": LayerParameters(WEIGHTS["b"], output_bits=None),
    }
    found = chip.calibrate(layers, [wide, wide], percentile=100.0)
    parts = (slice(0, 150), slice(150, 300))
    half = [wide[:, part] @ WEIGHTS["a"][:, part].T for part in parts]
    hidden = 2 * (half[0] + half[1]) + 5.0
    assert found["a"].input_range == pytest.approx(np.abs(wide).max())
    assert found["a"].sums == pytest.approx(np.abs(half).max(axis=1))
    largest = max(np.abs(2 * half[0]).max(), np.abs(hidden).max())
    assert found["a"].output_range == pytest.approx(largest)
    assert found["b"].input_range == pytest.approx(hidden.max())
    assert found["b"].output_range is None
    chip.program(found)
    exact = np.maximum(hidden, 0) @ WEIGHTS["b"].T
    error = np.linalg.norm(chip.run(wide).outputs - exact) / np.linalg.norm(exact)
    assert 0.01 < error < 0.2
    narrow = chip.calibrate(WEIGHTS, [wide], percentile=90.0)["a"]
    assert narrow.input_range == pytest.approx(np.quantile(np.abs(wide), 0.9), rel=1e-3)
    for batches, message in (([], "batches is empty"), ([0 * X], "inputs of a are zero")):
        with pytest.raises(ValueError, match=message):
            chip.calibrate(WEIGHTS, batches)
    with pytest.raises(ValueError, match="b met no inputs"):
        chip.calibrate(WEIGHTS, [X], lambda compute, x: compute("a", x))
    assert chip.calibrate(WEIGHTS, X)["a"].input_range == (
        chip.calibrate(WEIGHTS, [(X, None)])["a"].input_range
    )


def test_large_sums_use_less_of_the_conductance() -> None:
    """Weights of one sign: the currents of a whole core would pass what its ADC takes."""
    network = Network("one", (Layer("a", (100, 200)),), "vector")
    weights, x = RNG.uniform(0.2, 1.0, (100, 200)), RNG.uniform(0, 1, (400, 200))
    exact, peaks = x @ weights.T, []
    for outputs in (True, False):
        chip = Chip(preset=BARS["quantisation"])
        chip.map(network)
        chip.program(chip.calibrate({"a": weights}, [x], percentile=100.0, outputs=outputs))
        core = chip.cores[0]
        currents = core.periphery.dac.v_read * x @ core.at(0.0).crossbar.conductance[0].T
        peaks.append(currents.max())
        if outputs:
            assert chip.compute("a", x) == pytest.approx(exact, abs=0.02 * exact.max())
    limit = core.periphery.adc.i_max
    assert peaks[0] == pytest.approx(limit, rel=0.01)
    assert peaks[1] > 2 * limit


def test_same_serial_same_chip_and_the_cores_of_the_plan() -> None:
    runs = []
    for serial in (7, 7, 8):
        chip = Chip(serial=serial, devices=2)
        chip.map(MLP)
        chip.program(WEIGHTS)
        runs.append(chip.run(X).outputs)
    assert np.array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])
    # the same devices as a matrix that is tiled by hand onto the cores of the plan
    tiled = aimc.TiledMatrix(WEIGHTS["a"], lambda k: aimc.presets.hermes(7, 2, index=k))
    chip = Chip(serial=7, devices=2)
    chip.map(MLP)
    chip.program(WEIGHTS)
    assert chip.multiply("a", X) == pytest.approx(tiled.forward(X), abs=1e-9)


def test_errors_of_devices_converters_and_time_are_in_the_outputs() -> None:
    chip = Chip(serial=3)
    chip.map(MLP)
    chip.program(WEIGHTS)
    now = chip.run(X)
    later = chip.at(86400.0).run(X)

    def error(y: np.ndarray) -> float:
        return float(np.linalg.norm(y - EXACT) / np.linalg.norm(EXACT))

    assert 0.01 < error(now.outputs) < 0.4
    assert error(later.outputs) > error(now.outputs)
    assert (now.t, later.t) == (0.0, 86400.0)


def test_cost_and_outputs_come_from_one_plan() -> None:
    chip = Chip(serial=3)
    plan = chip.map(MLP, copies={"a": 2})
    chip.program(WEIGHTS)
    result = chip.run(X)
    assert result.performance.cores == plan.mapping.cores == len(chip.cores)
    assert result.vectors == {"a": 20, "b": 20}
    assert result.read_mode == result.performance.read_mode == "4-phase"
    assert "4-phase" in str(result)
    assert "one whole inference" in str(result)
    assert len(plan.charts()) == 3
    assert plan.layer("a").scope == "layer"
    with pytest.raises(ValueError, match="name='c'"):
        plan.layer("c")


def test_ranges_scale_inputs_and_outputs() -> None:
    chip = Chip(serial=3)
    chip.map(MLP, share=True)
    wide = 100 * X
    exact = 100 * EXACT
    ranges = {"a": float(np.abs(wide).max()), "b": 300.0}
    layers = {name: LayerParameters(w, input_range=ranges[name]) for name, w in WEIGHTS.items()}
    for share in (True, False):
        chip.map(MLP, share=share)
        chip.program(layers)
        y = chip.run(wide).outputs
        assert np.linalg.norm(y - exact) / np.linalg.norm(exact) < 0.4
    ranged = Chip(preset=ideal)  # cores that scale each vector on its own take a range as well
    for share in (True, False):
        ranged.map(MLP, share=share)
        ranged.program(layers)
        assert ranged.run(wide).outputs == pytest.approx(exact, abs=1e-8)


def test_a_convolution_with_its_own_forward() -> None:
    network = Network("conv", (convolution("c", 2, 5, (6, 6)),), "image")
    kernels, images = RNG.uniform(-1, 1, (5, 18)), RNG.uniform(-1, 1, (3, 2, 6, 6))
    chip = Chip(preset=ideal)
    chip.map(network, copies={"c": 4})
    chip.program({"c": kernels})

    def forward(compute, x):
        return as_feature_maps(compute("c", im2col(x, 3, 1, 1)), 6, 6)

    result = chip.run(images, forward)
    exact = as_feature_maps(im2col(images, 3, 1, 1) @ kernels.T, 6, 6)
    assert result.outputs == pytest.approx(exact, abs=1e-12)
    assert result.vectors == {"c": 3 * 36}
    with pytest.raises(ValueError, match="pass forward"):
        chip.run(images)
    with pytest.warns(RangeWarning, match="met 25 vectors per inference, the plan counts 36"):
        chip.run(images[:, :, 1:, 1:], lambda multiply, x: multiply("c", im2col(x, 3, 1, 1)))


def test_outputs_and_costs_are_of_one_read_mode() -> None:
    outputs = {}
    for mode, asymmetry in (("4-phase", 0.1), ("1-phase", 0.1)):
        chip = Chip(serial=3, read_mode=mode, polarity_asymmetry=asymmetry)
        chip.map(MLP)
        chip.program(WEIGHTS)
        outputs[mode] = chip.run(X)
        assert outputs[mode].read_mode == mode
    worse, better = (np.linalg.norm(outputs[m].outputs - EXACT) for m in ("1-phase", "4-phase"))
    assert worse > 1.1 * better
    assert outputs["1-phase"].performance.period <= outputs["4-phase"].performance.period


def test_a_read_mode_that_is_not_meant_is_loud() -> None:
    chip = Chip(serial=3, read_mode="1-phase")
    chip.map(MLP)
    chip.program(WEIGHTS)
    with pytest.warns(RangeWarning, match="set polarity_asymmetry"):
        chip.run(X)


HERMES = aimc.presets.hermes


@pytest.mark.parametrize(
    ("options", "read_mode", "devices"),
    [
        ({}, "4-phase", 2),
        ({"preset": HERMES}, "4-phase", 2),
        ({"preset": HERMES, "devices": 1, "read_mode": "1-phase"}, "1-phase", 1),
        ({"preset": partial(HERMES, devices=1, read_mode="1-phase")}, "1-phase", 1),
        ({"preset": partial(HERMES, devices=1), "devices": 2}, "4-phase", 2),
        ({"preset": lambda **given: HERMES(devices=1, **given)}, "4-phase", 1),
        ({"preset": aimc.presets.khaddam2022}, "1-phase", 2),
        ({"preset": aimc.presets.khaddam2022, "read_mode": "1-phase"}, "1-phase", 2),
        ({"preset": ideal}, "4-phase", 2),
    ],
)
def test_costs_are_of_the_cores_that_the_preset_makes(
    options: dict[str, Any], read_mode: str, devices: int
) -> None:
    chip = Chip(serial=3, **options)
    core = chip.core(0)
    assert core.periphery.read_mode == chip.read_mode == read_mode
    assert chip.devices == devices
    assert chip.activity == activity(LAYER if devices == 2 else LSTM)
    if core.sources == HERMES().sources:
        assert core.device == HERMES(devices=devices).device


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"preset": 5}, TypeError, "preset must be a function that returns a Core, or .*got 5"),
        ({"preset": lambda **given: 5}, TypeError, "preset must return a Core, got int"),
        ({"preset": ideal, "read_mode": "1-phase"}, ValueError, "cores of read_mode='4-phase'"),
        ({"preset": ideal, "devices": 1}, ValueError, "devices=1 is not allowed"),
        ({"devices": True}, ValueError, "devices=True"),
        ({"read_mode": "2-phase"}, ValueError, "read_mode='2-phase'"),
        (
            {"preset": lambda serial, index: ideal(), "serial": 3},
            ValueError,
            "asked for core 0 of chip 3 and returned core 0 of chip 0",
        ),
    ],
)
def test_presets_that_make_other_cores_are_refused(
    options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        Chip(**options)


def test_every_core_of_a_preset_has_its_own_number() -> None:
    chip = Chip(preset=lambda serial, index: HERMES(serial))
    chip.map(MLP)
    with pytest.raises(ValueError, match="asked for core 1 of chip 0 and returned core 0"):
        chip.program(WEIGHTS)


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (X[:0], ValueError, r"x must hold examples.*got shape \(0, 300\)"),
        (X[:, :0], ValueError, r"x must hold at least one inference.*got shape \(20, 0\)"),
        (X[0], ValueError, r"x must have shape \(n, inputs\), got shape \(300,\)"),
        (np.array(1.0), ValueError, r"x must hold examples.*got shape \(\)"),
        (1.0, TypeError, "x must be a batch.*got float"),
        ([], ValueError, "x is empty"),
        ([X, "second"], TypeError, "x: batch 1 must be"),
    ],
)
def test_batches_that_hold_no_inferences(x: Any, error: type[Exception], message: str) -> None:
    chip = Chip(preset=ideal)
    chip.map(MLP)
    chip.program(WEIGHTS)
    with pytest.raises(error, match=message):
        chip.run(x)


def test_several_batches_are_run_one_by_one() -> None:
    chip = Chip(preset=ideal)
    chip.map(MLP)
    chip.program(WEIGHTS)
    one = chip.run(X)
    for batches in ([X[:5], X[5:]], ((part, None) for part in (X[:5], X[5:]))):
        run = chip.run(batches)
        assert run.vectors == one.vectors
        assert run.outputs == pytest.approx(one.outputs, abs=1e-9)
    with pytest.raises(TypeError, match="2 batches, whose outputs"):
        chip.run([X, X], lambda compute, x: (compute("b", compute("a", x)), None))


def test_a_list_is_a_batch() -> None:
    chip = Chip(preset=ideal)
    chip.map(MLP)
    chip.program({name: w.astype(np.float16) for name, w in WEIGHTS.items()})
    run = chip.run(X.tolist())
    assert run.vectors == {"a": 20, "b": 20}
    assert run.outputs == pytest.approx(EXACT, abs=2e-3)


def test_a_run_keeps_its_own_count() -> None:
    chip = Chip(preset=ideal)
    chip.map(MLP)
    chip.program(WEIGHTS)
    run = chip.run(X)
    chip.multiply("a", X)
    assert run.vectors == {"a": 20, "b": 20}


def test_refusals_name_what_is_missing() -> None:
    with pytest.raises(NotEnoughCoresError, match="36 too few"):
        Chip((2, 2)).map(resnet9_cifar10())
    with pytest.raises(ValueError, match="cores of grid=10100"):
        Chip((100, 101))
    with pytest.raises(ValueError, match="grid must be"):
        Chip(64)  # type: ignore[arg-type]
    assert Chip((100, 100)).map(demo_mlp()).mapping.cores == 5
    chip = Chip()
    with pytest.raises(UnprogrammedError, match="map"):
        _ = chip.plan
    chip.map(MLP)
    with pytest.raises(UnprogrammedError, match="not programmed"):
        chip.run(X)
    with pytest.raises(ValueError, match="layers lacks 'b'"):
        chip.program({"a": WEIGHTS["a"]})
    with pytest.raises(ValueError, match="layers names 'c'"):
        chip.program({**WEIGHTS, "c": WEIGHTS["a"]})
    with pytest.raises(ValueError, match=r"layers\['b'\] has shape"):
        chip.program({"a": WEIGHTS["a"], "b": WEIGHTS["a"]})
    with pytest.raises(ValueError, match="no known costs"):
        Chip(preset=aimc.presets.joshi2020).map(MLP)


def test_range_warnings_name_layer_and_core() -> None:
    chip = Chip(serial=3)
    chip.map(Network("two", (Layer("first", (4, 300)), Layer("last", (3, 4)))))
    chip.program({"first": np.ones((4, 300)), "last": np.ones((3, 4))})
    wide = np.zeros((5, 300))
    wide[:, 280:] = 3.0  # beyond the range of the second core alone
    with pytest.warns(RangeWarning) as caught:
        chip.multiply("first", wide)
    (found,) = {str(each.message).split(":")[0] for each in caught}
    tile = next(t for t in chip.plan.mapping.of("first") if t.inputs[1] == 300)
    assert found == f"layer 'first', core {tile.core}"
    assert all((w.message.layer, w.message.core) == ("first", tile.core) for w in caught)
    assert all(0 < w.message.share < 1 for w in caught)


def test_a_chip_keeps_the_protocol_of_what_is_programmed() -> None:
    chip = Chip((3, 4), serial=3)
    assert isinstance(chip, Programmed)
    assert (chip.number_of_cores, chip.cores) == (12, ())
    chip.map(MLP)
    with pytest.raises(ValueError, match="layers=None"):
        chip.program()
    run = chip.program(WEIGHTS).run(X)
    assert [core.index for core in chip.cores] == [0, 1, 2]
    assert all(core.serial == 3 and core.programmed for core in chip.cores)
    np.testing.assert_array_equal(chip.program().forward(X), run.outputs)  # the same devices
    held = chip.at("1 d").weights()
    for name, weights in WEIGHTS.items():
        assert held[name].shape == weights.shape
        assert np.corrcoef(held[name].ravel(), weights.ravel())[0, 1] > 0.95


@pytest.mark.parametrize("share", [False, True])
def test_the_matrix_of_a_layer_is_read_on_its_part_of_the_cores(share: bool) -> None:
    chip = Chip(preset=ideal)
    plan = chip.map(MLP, copies={"a": 2}, share=share)
    assert plan.mapping.shared == share
    ranged = {name: LayerParameters(w, input_range=0.5) for name, w in WEIGHTS.items()}
    for layers in (WEIGHTS, ranged):
        chip.program(layers)
        for name, weights in WEIGHTS.items():
            x = 0.4 * RNG.uniform(-1, 1, weights.shape[1])
            y = 0.01 * RNG.uniform(-1, 1, weights.shape[0])
            for matrix in (chip.matrix(name), chip.matrix(name).at("1 d")):
                assert matrix.weights() == pytest.approx(weights, abs=1e-12)
                assert matrix @ x == pytest.approx(weights @ x, abs=1e-12)
                assert y @ matrix == pytest.approx(y @ weights, abs=1e-12)
                assert matrix.T[3:, :4] @ y[:4] == pytest.approx((y[:4] @ weights[:4])[3:])
                rows = matrix.in_a_row(x, 2)
                assert rows == pytest.approx(np.stack([weights @ x] * 2), abs=1e-12)
            with pytest.raises(ValueError, match=rf"layer '{name}' is written with its chip"):
                chip.matrix(name).program(weights)
            assert chip.matrix(name).weights() == pytest.approx(weights, abs=1e-12)
    assert chip.matrix("a", 1) @ X[0] == pytest.approx(WEIGHTS["a"] @ X[0])
    with pytest.raises(ValueError, match="copy=2"):
        chip.matrix("a", 2)
    with pytest.raises(ValueError, match="layer='c'"):
        chip.matrix("c")


def test_a_matrix_on_shared_cores_ages_with_its_chip() -> None:
    chip = Chip(serial=3)
    chip.map(MLP, share=True)
    chip.program(WEIGHTS)
    apart = chip.matrix("a").at("1 d").weights()
    early = chip.matrix("a").weights()
    chip.at("1 d")
    np.testing.assert_array_equal(chip.matrix("a").weights(), apart)
    assert np.abs(apart).sum() < 0.95 * np.abs(early).sum()


@pytest.mark.parametrize("share", [False, True])
def test_recovery_asks_a_chip_as_it_asks_a_core(share: bool) -> None:
    """Compensations and ways of programming had known cores, matrices and torch models alone."""
    chip = Chip(serial=3)
    chip.map(MLP, share=share)
    way = programming("program_and_verify")
    cost = way.program(chip, WEIGHTS)
    assert cost.pulses > sum(w.size for w in WEIGHTS.values())
    verified = chip.weights()
    again = way.program(chip)  # the same layers, on cores made anew
    assert again.pulses == cost.pulses
    for name, held in chip.weights().items():
        np.testing.assert_array_equal(held, verified[name])
    with pytest.raises(TypeError, match="serial is not allowed"):
        way.program(chip, serial=4)
    errors = {}
    for kind in ("none", "global", "affine"):
        correct = compensation(kind)
        correct.prepare(chip)
        assert correct.apply(chip, "1 week").view is chip
        held = chip.weights()
        errors[kind] = sum(np.linalg.norm(held[name] - WEIGHTS[name]) for name in WEIGHTS)
    assert errors["none"] > 1.2 * errors["global"]
    assert errors["none"] > 1.2 * errors["affine"]
    chip.program(WEIGHTS)
    with pytest.raises(ValueError, match="holds other weights than those that were prepared"):
        correct.apply(chip, "1 week")
