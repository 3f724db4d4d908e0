"""Speed of the device models: program, let drift for a day, read.

Beside them run the bare random draws and, where it is installed, the PCM model of IBM's aihwkit
doing the same work in its own units. One device is one target; the weight-space mode counts one
device per weight, though a weight stands for a pair. See `ratios` for how it is measured. Beside
another busy process two torch threads wait for each other most of the time: only the figures of one
thread tell anything then.
"""

import argparse
import os
import statistics
from collections.abc import Callable

import numpy as np
import torch
from ratios import Contestants, ratio, seconds

from aimc.devices import pcm_2019
from aimc.devices.weight_noise import weight_space_noise

DAY = 86400.0
DRAWS = "three normal draws, torch float32"
PEER = "aihwkit: program, drift, read"


def state_contestants(targets: torch.Tensor) -> Contestants:
    device, numpy_rng = pcm_2019(), np.random.default_rng(1)
    torch_rng = torch.Generator().manual_seed(1)
    single = targets.numpy()
    double = single.astype(np.float64)
    return {
        "state, torch float32": lambda: device.program(targets, torch_rng).read(DAY, torch_rng),
        "state, NumPy float32": lambda: device.program(single, numpy_rng).read(DAY, numpy_rng),
        "state, NumPy float64": lambda: device.program(double, numpy_rng).read(DAY, numpy_rng),
    }


def weight_contestants(targets: torch.Tensor) -> Contestants:
    device, numpy_rng = pcm_2019(), np.random.default_rng(1)
    torch_rng = torch.Generator().manual_seed(1)
    weights = targets / device.g_max * 2 - 1
    double = weights.numpy().astype(np.float64)

    def noise(values: object, rng: object) -> Callable[[], object]:
        return lambda: weight_space_noise(device, values, DAY, rng, w_max=1.0)

    return {
        "weight space, torch float32": noise(weights, torch_rng),
        "weight space, NumPy float64": noise(double, numpy_rng),
    }


def draw_contestants(count: int) -> Contestants:
    numpy_rng, torch_rng = np.random.default_rng(1), torch.Generator().manual_seed(1)
    return {
        DRAWS: lambda: [torch.empty(count).normal_(generator=torch_rng) for _ in range(3)],
        "three normal draws, NumPy float64": lambda: [
            numpy_rng.standard_normal(count) for _ in range(3)
        ],
    }


def peer_contestants(targets: torch.Tensor) -> Contestants:
    try:
        from aihwkit.inference import PCMLikeNoiseModel
    except ImportError:
        return {}
    model, microsiemens = PCMLikeNoiseModel(g_max=25.0), targets * 1e6

    def run() -> torch.Tensor:
        programmed = model.apply_programming_noise_to_conductance(microsiemens)
        exponents = model.generate_drift_coefficients(microsiemens)
        return model.apply_drift_noise_to_conductance(programmed, exponents, DAY)

    return {PEER: run}


def same_work(name: str, result: object, targets: torch.Tensor) -> str:
    """Return mean and spread of what a day leaves of targets above a fifth of full scale."""
    if "state" not in name and name != PEER:
        return ""
    scale = 1e-6 if name == PEER else 1.0
    share = scale * np.asarray(result, dtype=np.float64) / targets.numpy()
    strong = share[targets.numpy() > 5e-6]
    return f"{strong.mean():.3f} ± {strong.std():.3f}"


def compare(count: int, rounds: int) -> None:
    device = pcm_2019()
    targets = torch.rand(count, generator=torch.Generator().manual_seed(0)) * device.g_max
    contestants = (
        draw_contestants(count)
        | state_contestants(targets)
        | weight_contestants(targets)
        | peer_contestants(targets)
    )
    checks = {name: same_work(name, run(), targets) for name, run in contestants.items()}
    times = seconds(contestants, rounds)
    threads, load = torch.get_num_threads(), os.getloadavg()[0]
    print(f"\n{count:,} PCM devices, {threads} thread(s), {rounds} rounds, load {load:.1f}")
    head = ("", "devices/s", "times", "of three", "left after a day")
    print("{:<36}{:>11}{:>10}{:>10}  {}".format(*head))
    print(f"{'':<36}{'':>11}{'aihwkit':>10}{'draws':>10}")
    for name, taken in times.items():
        speed = f"{count / statistics.median(taken) / 1e6:.1f} M"
        beside = f"{1 / ratio(times, name, PEER):.2f}" if PEER in times else "-"
        draws = f"{1 / ratio(times, name, DRAWS):.2f}"
        print(f"{name:<36}{speed:>11}{beside:>10}{draws:>10}  {checks[name]}")
    if PEER not in times:
        print("aihwkit: not installed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--threads", type=int, nargs="*", default=[1, os.cpu_count() or 1])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with torch.no_grad():
        for threads in options.threads:
            torch.set_num_threads(threads)
            for count in options.devices:
                compare(count, options.rounds)


if __name__ == "__main__":
    main()
