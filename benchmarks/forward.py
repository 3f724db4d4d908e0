"""Speed of the analog forward and of the device models, as ratios in the same run.

Every round times each contestant once, in rotated order; a figure is the median over rounds of the
ratio to the reference in the same round. Ratios of a quiet machine are comparable, seconds are not.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

import aimc
from aimc.circuits import ADC, DAC, Periphery
from aimc.devices import IdealDevice, pcm_2019

ROUNDS = 15
SIZE, BATCH, DEVICES = 512, 256, 1_000_000


def ratios(contestants: dict[str, Callable[[], object]], reference: str) -> dict[str, float]:
    """Return each contestant's median time relative to the reference."""
    names = list(contestants)
    times: dict[str, list[float]] = {name: [] for name in names}
    for run in contestants.values():
        run()
    for k in range(ROUNDS):
        for name in names[k % len(names) :] + names[: k % len(names)]:
            start = time.perf_counter()
            contestants[name]()
            times[name].append(time.perf_counter() - start)
    return {
        name: statistics.median(t / r for t, r in zip(times[name], times[reference], strict=True))
        for name in names
    }


def forward_contestants() -> dict[str, Callable[[], object]]:
    generator = torch.Generator().manual_seed(0)
    w = torch.rand(SIZE, SIZE, generator=generator) * 2 - 1
    x = torch.rand(BATCH, SIZE, generator=generator) * 2 - 1

    def programmed(read_noise: bool) -> Callable[[], object]:
        periphery = Periphery(
            DAC(8), ADC(8, 400e-6), input_range=1.0, read_noise=read_noise, output_noise=1e-6
        )
        device = pcm_2019() if read_noise else IdealDevice()
        core = aimc.Core(device, periphery=periphery, rows=SIZE, columns=SIZE).program(w)
        return lambda: core.forward(x)

    return {
        "torch linear": lambda: torch.nn.functional.linear(x, w),
        "core: DAC, output noise, ADC": programmed(read_noise=False),
        "core: the same with read noise": programmed(read_noise=True),
    }


def device_contestants() -> dict[str, Callable[[], object]]:
    target, device = np.random.default_rng(0).uniform(0, 25e-6, DEVICES), pcm_2019()
    rng = np.random.default_rng(1)
    return {
        "three normal draws": lambda: rng.standard_normal((3, DEVICES)),
        "program, drift, read": lambda: device.program(target, rng).read(86400.0, rng),
    }


def main() -> None:
    torch.set_num_threads(1)
    with torch.no_grad():
        print(f"forward {SIZE} x {SIZE}, batch {BATCH}, one thread: times plain torch")
        for name, ratio in ratios(forward_contestants(), "torch linear").items():
            print(f"  {name:<34}{ratio:6.2f}")
    print(f"{DEVICES:,} PCM devices with full state: times the bare random draws")
    for name, ratio in ratios(device_contestants(), "three normal draws").items():
        print(f"  {name:<34}{ratio:6.2f}")


if __name__ == "__main__":
    main()
