"""Make a reference of how aihwkit updates weights in memory, algorithm by algorithm.

It is that of tests/library/in_memory_training/test_aihwkit.py. The test suite needs no
aihwkit: this script was run once, and its output is stored beside that test, in data/. To run it
again, in an environment of its own:

    pip install aihwkit numpy && python scripts/make_aihwkit_update_reference.py

One small matrix of soft-bounds devices gets the same updates again and again, once for each
algorithm: pulses at once, Tiki-Taka in both versions, the chopped one, AGAD, and mixed precision.
All devices are alike and uneven, and each pulse varies, so that whatever differs between two runs
is what the algorithm and the device draw. For each entry of the weights, of the fast matrix and of
the digital sums the file holds mean, standard deviation, and how many runs lie below some values.

Options of aihwkit that the course's rules do not have are set to what leaves the published
algorithm: a buffer keeps what was not transferred (`forget_buffer=False`, no momentum), reads are
perfect, learning rates are not scaled by themselves (`auto_scale=False`).

The stored file was made with aihwkit 1.2.0 (MIT licence), compiled against torch 2.13.0.
"""

import json
from pathlib import Path
from typing import Any

import aihwkit
import numpy as np
import torch
from aihwkit.simulator.configs import (
    BufferedTransferCompound,
    ChoppedTransferCompound,
    DigitalRankUpdateRPUConfig,
    DynamicTransferCompound,
    IOParameters,
    MixedPrecisionCompound,
    SingleRPUConfig,
    SoftBoundsDevice,
    TransferCompound,
    UnitCellRPUConfig,
    UpdateParameters,
)
from aihwkit.simulator.tiles import AnalogTile

OUTPUT = Path(__file__).parents[1] / "tests/library/in_memory_training/data/aihwkit_updates.json"
RUNS, UPDATES, LENGTH = 4000, 66, 15
STEP, NOISE, UP_DOWN = 0.02, 0.3, 0.3
W_MIN, W_MAX, START = -0.8, 1.0, 0.1
CHOP = 0.25
RATE, SLOW_RATE = 0.05, 0.01
"""The second one is that of mixed precision: never more than one pulse to a device at once, since
aihwkit draws how many there are where the entries of a row differ."""
TRANSFER_RATES = {"TTv1": 1.0, "TTv2": 0.5, "c-TTv2": 0.6, "AGAD": 0.65}
"""No read adds more than the one step that aihwkit releases at once, and none of AGAD's first five
reads gathers a whole one, because aihwkit writes none during them."""
LEVELS = np.linspace(0.05, 0.95, 13)
OUTPUTS, INPUTS, PAIRS = 2, 3, 5
TRAINS = {"desired_bl": LENGTH, "update_bl_management": True, "update_management": True}
TWO = {
    "transfer_every": 1.0,
    "units_in_mbatch": False,
    "fast_lr": 0.0,
    "scale_transfer_lr": True,
    "transfer_forward": IOParameters(is_perfect=True),
}
KEPT = {"momentum": 0.0, "forget_buffer": False}
"""What was not transferred stays in the buffer."""
KEPT_MATRICES = (
    "hidden_weights_0",
    "buffered_FP_weight_0",
    "buffered_FP_weight",
    "past_mean_weight",
    "hidden_weights_chi",
)
"""Matrices behind the weights: the fast one, the digital sums, and the reference of AGAD."""


def device() -> SoftBoundsDevice:
    """Return the device, the same for all places of the matrix."""
    return SoftBoundsDevice(
        dw_min=STEP,
        dw_min_std=NOISE,
        dw_min_dtod=0.0,
        up_down=UP_DOWN,
        up_down_dtod=0.0,
        w_max=W_MAX,
        w_max_dtod=0.0,
        w_min=W_MIN,
        w_min_dtod=0.0,
    )


def pair() -> list[SoftBoundsDevice]:
    """Return the devices of a fast and of a slow matrix."""
    return [device(), device()]


def configurations() -> dict[str, Any]:
    """Return what each algorithm is to aihwkit."""
    pulsed = UpdateParameters(**TRAINS)
    one = UpdateParameters(desired_bl=1, update_bl_management=False, update_management=False)
    chop = {"in_chop_prob": CHOP, "auto_scale": False}
    cells = {
        "TTv1": TransferCompound(unit_cell_devices=pair(), transfer_update=pulsed, **TWO),
        "TTv2": BufferedTransferCompound(
            unit_cell_devices=pair(), transfer_update=one, **TWO, **KEPT
        ),
        "c-TTv2": ChoppedTransferCompound(
            unit_cell_devices=pair(),
            transfer_update=one,
            in_chop_random=True,
            **TWO,
            **KEPT,
            **chop,
        ),
        "AGAD": DynamicTransferCompound(
            unit_cell_devices=pair(),
            transfer_update=one,
            in_chop_random=False,
            # the mean over a period is its last read, so that no older one is remembered
            tail_weightening=1.0 / CHOP,
            **TWO,
            **KEPT,
            **chop,
        ),
    }
    made: dict[str, Any] = {}
    for name, cell in cells.items():
        cell.transfer_lr = TRANSFER_RATES[name]
        made[name] = UnitCellRPUConfig(device=cell, update=pulsed)
    made["SGD"] = SingleRPUConfig(device=device(), update=pulsed)
    made["mixed precision"] = DigitalRankUpdateRPUConfig(
        device=MixedPrecisionCompound(device=device()), update=pulsed
    )
    for config in made.values():
        config.forward = IOParameters(is_perfect=True)
        config.mapping.weight_scaling_omega = 0.0
        config.mapping.digital_bias = False
    return made


def gradients() -> tuple[np.ndarray, np.ndarray]:
    """Return vectors on outputs (pairs, out) and on inputs (pairs, in) of the updates, in turn."""
    rng = np.random.default_rng(5)
    d, x = rng.uniform(-1.0, 1.0, (PAIRS, OUTPUTS)), rng.uniform(-1.0, 1.0, (PAIRS, INPUTS))
    return (0.3 + d).round(3), (0.4 + x).round(3)


def run(
    config: Any, d: torch.Tensor, x: torch.Tensor, rate: float = RATE
) -> tuple[AnalogTile, dict[str, np.ndarray]]:
    """Return a tile after all updates, and its hidden parameters."""
    tile = AnalogTile(OUTPUTS, INPUTS, config)
    tile.set_weights(torch.full((OUTPUTS, INPUTS), START))
    tile.set_learning_rate(rate)
    for k in range(UPDATES):
        tile.update(x[k % PAIRS][None], d[k % PAIRS][None])
    hidden = {name: value.numpy() for name, value in tile.get_hidden_parameters().items()}
    return tile, hidden


def summary(samples: np.ndarray) -> dict[str, Any]:
    """Return mean, spread, and values with the share of runs below them, for each entry."""
    limits = np.quantile(samples, LEVELS, axis=0) + 1e-5
    below = (samples[None] <= limits[:, None]).mean(axis=1)
    return {
        "mean": samples.mean(axis=0).round(6).tolist(),
        "std": samples.std(axis=0, ddof=1).round(6).tolist(),
        "limits": limits.round(6).tolist(),
        "below": below.round(5).tolist(),
    }


def main() -> None:
    """Write the file."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    d, x = gradients()
    on_d, on_x = (torch.tensor(v, dtype=torch.float32) for v in (d, x))
    found: dict[str, Any] = {}
    for name, config in configurations().items():
        seen: dict[str, list[np.ndarray]] = {}
        for _ in range(RUNS):
            rate = SLOW_RATE if name == "mixed precision" else RATE
            tile, hidden = run(config, on_d, on_x, rate)
            weights = tile.get_weights()[0].numpy()
            kept = {key: hidden[key] for key in KEPT_MATRICES if key in hidden}
            for key, value in {"weights": weights, **kept}.items():
                seen.setdefault(key, []).append(value.reshape(OUTPUTS, INPUTS).astype(float))
        stacked = {key: np.array(values) for key, values in seen.items()}
        found[name] = {key: summary(v) for key, v in stacked.items()}
        print(name, {key: np.round(v["mean"], 3).tolist() for key, v in found[name].items()})
    steps = {
        key: float(value.ravel()[0])
        for key, value in run(configurations()["SGD"], on_d, on_x)[1].items()
    }
    reference = {
        "aihwkit": aihwkit.__version__,
        "torch": torch.__version__,
        "runs": RUNS,
        "updates": UPDATES,
        "length": LENGTH,
        "step": STEP,
        "noise": NOISE,
        "start": START,
        "rate": RATE,
        "slow_rate": SLOW_RATE,
        "transfer_rates": TRANSFER_RATES,
        "chop": CHOP,
        "device": steps,
        "d": d.tolist(),
        "x": x.tolist(),
        "found": found,
    }
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(reference, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
