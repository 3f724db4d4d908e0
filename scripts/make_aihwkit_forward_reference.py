"""Draw the reference of tests/library/circuits/test_reference_order.py from aihwkit's forward.

Run it in an environment that has aihwkit; nothing else of the project needs it:

    python scripts/make_aihwkit_forward_reference.py

``weights`` and ``inputs`` went through one layer of aihwkit's compiled tile. For each step of the
forward that makes no noise, ``exact/<step>`` holds the outputs with that step alone switched on,
``exact/preset`` those of its preset for hardware-aware training with noise off. What aihwkit draws
once per tile stands under ``drawn/<step>``. For each source of noise, and for the whole preset,
``noisy/<step>/moments`` holds mean, standard deviation and kurtosis of many reads of the first
inputs, ``noisy/<step>/samples`` single reads.

Weights and inputs are chosen such that nothing comes close to the middle between two levels of a
converter, where single precision may round either way.

The stored file was made with aihwkit 1.2.0 (MIT licence) and torch 2.13.0.
"""

from pathlib import Path
from typing import Any

import aihwkit
import numpy as np
import torch
from aihwkit.nn import AnalogLinear
from aihwkit.simulator.configs import InferenceRPUConfig
from aihwkit.simulator.parameters.enums import (
    BoundManagementType,
    NoiseManagementType,
    WeightNoiseType,
)
from aihwkit.simulator.presets import StandardHWATrainingPreset

INPUTS, OUTPUTS, VECTORS = 256, 24, 32
REPEATED, READS, SAMPLES = 2, 40_000, 400
TILES = 20  # each tile draws its noise from a list of 32,768 numbers of its own
# least distance from the middle between two levels, in levels: of inputs and of sums of them
INPUT_CLEARANCE, OUTPUT_CLEARANCE = 2e-5, 1e-4
OUTPUT = (
    Path(__file__).parents[1]
    / "tests"
    / "library"
    / "circuits"
    / "reference"
    / "aihwkit_forward.npz"
)


def one_step(**options: Any) -> InferenceRPUConfig:
    """Return a forward with everything off but the options."""
    config = InferenceRPUConfig()
    config.mapping.max_input_size = config.mapping.max_output_size = 0
    config.mapping.weight_scaling_omega = 0.0
    config.pre_post.input_range.enable = False
    quiet = {
        "inp_bound": 0.0,
        "inp_res": -1.0,
        "out_bound": 0.0,
        "out_res": -1.0,
        "out_noise": 0.0,
        "w_noise": 0.0,
        "w_noise_type": WeightNoiseType.NONE,
        "ir_drop": 0.0,
        "noise_management": NoiseManagementType.NONE,
        "bound_management": BoundManagementType.NONE,
    }
    for name, value in (quiet | options).items():
        assert hasattr(config.forward, name), name
        setattr(config.forward, name, value)
    return config


def preset(noise: bool) -> StandardHWATrainingPreset:
    config = StandardHWATrainingPreset()
    config.pre_post.input_range.init_from_data = 0
    config.pre_post.input_range.init_value = 1.0
    if not noise:
        config.forward.out_noise = config.forward.w_noise = 0.0
        config.forward.w_noise_type = WeightNoiseType.NONE
    return config


DAC = {"inp_bound": 1.0, "inp_res": 254.0}
EXACT = {
    "ideal": one_step(),
    "input_clip": one_step(inp_bound=0.6),
    "abs_max": one_step(**DAC, noise_management=NoiseManagementType.ABS_MAX),
    "constant": one_step(**DAC, noise_management=NoiseManagementType.CONSTANT, nm_thres=0.8),
    "bound_management": one_step(
        **DAC, out_bound=2.0, out_res=254.0, bound_management=BoundManagementType.ITERATIVE
    ),
    "dac": one_step(**DAC),
    "ir_drop": one_step(ir_drop=1.0),
    "series_resistance": one_step(r_series=0.05, v_offset_w_min=0.0),
    "offset": one_step(v_offset_std=0.1, v_offset_w_min=0.0),
    "nonlinearity": one_step(out_bound=10.0, out_nonlinearity=0.4, out_nonlinearity_std=0.3),
    "adc": one_step(out_bound=10.0, out_res=254.0),
    "preset": preset(noise=False),
}
NOISY = {
    "input_noise": one_step(inp_noise=0.05),
    "output_noise": one_step(out_noise=0.04),
    "output_noise_spread": one_step(out_noise=0.04, out_noise_std=0.3),
    "constant": one_step(w_noise=0.0175, w_noise_type=WeightNoiseType.ADDITIVE_CONSTANT),
    "pcm_read": one_step(w_noise=0.0175, w_noise_type=WeightNoiseType.PCM_READ),
    "preset": preset(noise=True),
}
# name that aihwkit gives to what it draws once per tile
DRAWN = {
    "offset": "v_offset",
    "nonlinearity": "out_nonlinearity",
    "output_noise_spread": "out_noise_values",
}


def layer_of(config: InferenceRPUConfig, weights: torch.Tensor) -> AnalogLinear:
    layer = AnalogLinear(INPUTS, OUTPUTS, bias=False, rpu_config=config)
    layer.set_weights(weights)
    return layer.eval()


def drawn(layer: AnalogLinear, name: str) -> np.ndarray:
    extra = next(iter(layer.analog_tiles())).tile.dump_extra()
    key = next(key for key in extra if key.endswith(f"fwd.{name}"))
    return np.asarray(extra[key], dtype=np.float32)


def clear_of_ties(weights: torch.Tensor, inputs: torch.Tensor) -> bool:
    """Return whether nothing that a converter rounds lies near the middle between two levels."""
    halved = [127 * inputs / 2.0**k for k in range(7)]  # by bound management
    peak = inputs.abs().amax(dim=1, keepdim=True)
    sent = halved + [127 * inputs / scale for scale in (0.8, peak)]
    dropped = outputs(one_step(ir_drop=1.0), weights, sent[0].round() / 127)
    read = [12.7 * inputs @ weights.T, 12.7 * dropped]
    read += [63.5 * (codes.round() / 127) @ weights.T for codes in halved]
    distances = [
        min(float((v - v.floor() - 0.5).abs().min()) for v in values) for values in (sent, read)
    ]
    return distances[0] > INPUT_CLEARANCE and distances[1] > OUTPUT_CLEARANCE


def outputs(config: InferenceRPUConfig, weights: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return layer_of(config, weights)(x)


def main() -> None:
    for seed in range(1000):
        torch.manual_seed(seed)
        normal = torch.randn(OUTPUTS, INPUTS)
        weights = normal * normal.abs()  # most are small: few outputs saturate
        weights = weights / weights.abs().amax(dim=1, keepdim=True)
        inputs = (torch.rand(VECTORS, INPUTS) * 2 - 1) * 0.999
        if clear_of_ties(weights, inputs):
            break
    else:
        raise RuntimeError("every choice comes close to the middle between two levels")
    result: dict[str, Any] = {"version": np.array(aihwkit.__version__)}
    result |= {"weights": weights.numpy(), "inputs": inputs.numpy()}
    for name, config in EXACT.items():
        layer = layer_of(config, weights)
        with torch.no_grad():
            result[f"exact/{name}"] = layer(inputs).numpy()
        if name in DRAWN:
            result[f"drawn/{name}"] = drawn(layer, DRAWN[name])
    repeated = inputs[:REPEATED].repeat(READS // TILES, 1)
    for name, config in NOISY.items():
        layers = [layer_of(config, weights) for _ in range(TILES)]
        if name in DRAWN:  # what is drawn once must be the same for all reads
            result[f"drawn/{name}"] = drawn(layers[0], DRAWN[name])
            layers = layers[:1] * TILES
        with torch.no_grad():
            reads = torch.cat([layer(repeated) for layer in layers]).numpy().astype(np.float64)
        reads = reads.reshape(READS, REPEATED, OUTPUTS)
        centred = reads - reads.mean(axis=0)
        power = np.mean(centred**2, axis=0)
        kurtosis = np.mean(centred**4, axis=0) / power**2
        moments = np.stack([reads.mean(axis=0), np.sqrt(power), kurtosis])
        result[f"noisy/{name}/moments"] = moments.astype(np.float32)
        result[f"noisy/{name}/samples"] = reads[:: READS // SAMPLES, 0, :4].astype(np.float32)
        result[f"noisy/{name}/tiles"] = np.array(len(set(layers)))
    result["reads"] = np.array(READS)
    OUTPUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(OUTPUT, **result)
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size / 1e3:.0f} kB, seed {seed}")


if __name__ == "__main__":
    main()
