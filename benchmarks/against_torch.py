"""The three figures that this library watches, as ratios to plain torch in the same rounds.

    python benchmarks/against_torch.py --quick --check

- a dense layer 512 to 512 on one core, one vector at a time: what a call costs beside the product;
- a network programmed, then tested at five times: what programming, drift and reads cost;
- a million devices programmed, left for a day and read, beside the three draws of normal numbers
  that this takes at least.

``--check`` ends with an error if a ratio passes its bound: far above what a quiet machine shows, so
that what fails is a change of the code and not of the machine. Times are those of the processor in
one thread, so others on the machine matter little; see `ratios` for how rounds are compared.
"""

import argparse
import sys
import time
from collections.abc import Callable

import torch
from ratios import Contestants, ratio, seconds

import aimc
import aimc.nn
from aimc.circuits import ADC, DAC, Periphery
from aimc.devices import pcm_2019
from aimc.recovery.compensation import compensation

TIMES = (1.0, 3600.0, 86400.0, 2.592e6, 3.1536e7)  # s: up to a year
DEVICES = 1_000_000
BOUNDS = {
    "layer, batch 1": 12.0,
    "layer with read noise, batch 1": 20.0,
    "MLP: program, five times": 8.0,
    "CNN: program, five times": 5.0,
    "a million devices": 4.5,
}
"""Largest ratios that `--check` lets pass."""


def core(serial: int = 0, index: int = 0, read_noise: bool = False) -> aimc.Core:
    """Return a core that holds any of these layers: 8-bit converters, noise on the outputs."""
    device, dac = pcm_2019(), DAC(bits=8)
    unit = device.g_max * dac.v_read
    circuits = Periphery(
        dac, ADC(8, 10 * unit), 3.0, read_noise=read_noise, output_noise=0.04 * unit
    )
    return aimc.Core(
        device, periphery=circuits, rows=2304, columns=2304, serial=serial, index=index
    )


def repeated(run: Callable[[], object], times: int) -> Callable[[], object]:
    """Return a function that runs another so often that the clock can tell."""

    def loop() -> None:
        for _ in range(times):
            run()

    return loop


def layer(read_noise: bool) -> Contestants:
    digital = torch.nn.Linear(512, 512, bias=False)
    digital.weight.normal_(std=512**-0.5)  # few outputs saturate
    analog = aimc.nn.convert(digital, core, serial=3, weight_range="output", read_noise=read_noise)
    aimc.nn.program(analog)
    x = torch.randn(1, 512, generator=torch.Generator().manual_seed(0))
    return {
        "torch": repeated(lambda: digital(x), 30),
        "aimc": repeated(lambda: analog(x), 30),
    }


def network(digital: torch.nn.Module, x: torch.Tensor) -> Contestants:
    analog = aimc.nn.convert(digital, core, serial=3, weight_range="output").eval()
    aimc.nn.calibrate(analog, [x[:100]])

    drift = compensation("global")

    def tested() -> None:
        aimc.nn.program(analog)
        drift.prepare(analog)
        for t in TIMES:
            drift.apply(analog, t)
            analog(x)

    return {"torch": repeated(lambda: digital(x), len(TIMES)), "aimc": tested}


def mlp() -> Contestants:
    dense, relu = torch.nn.Linear, torch.nn.ReLU()
    model = torch.nn.Sequential(dense(784, 512), relu, dense(512, 512), relu, dense(512, 10))
    return network(model.eval(), torch.randn(2000, 784))


def cnn() -> Contestants:
    def block(channels: int, filters: int) -> list[torch.nn.Module]:
        convolution = torch.nn.Conv2d(channels, filters, 3, padding=1)
        return [convolution, torch.nn.ReLU(), torch.nn.MaxPool2d(2)]

    parts = [*block(3, 32), *block(32, 64), *block(64, 128), *block(128, 128)]
    model = torch.nn.Sequential(*parts, torch.nn.Flatten(), torch.nn.Linear(512, 10))
    return network(model.eval(), torch.randn(32, 3, 32, 32))


def devices() -> Contestants:
    device, rng = pcm_2019(), torch.Generator().manual_seed(1)
    targets = torch.rand(DEVICES) * device.g_max
    return {
        "torch": lambda: [torch.empty(DEVICES).normal_(generator=rng) for _ in range(3)],
        "aimc": lambda: device.program(targets, rng).read(86400.0, rng),
    }


CASES: dict[str, Callable[[], Contestants]] = {
    "layer, batch 1": lambda: layer(read_noise=False),
    "layer with read noise, batch 1": lambda: layer(read_noise=True),
    "MLP: program, five times": mlp,
    "CNN: program, five times": cnn,
    "a million devices": devices,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="five rounds, half a minute")
    parser.add_argument("--check", action="store_true", help="fail if a ratio passes its bound")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    slow = []
    print(f"{'times plain torch, one thread':<36}{'now':>8}{'bound':>8}")
    with torch.no_grad():
        for name, make in CASES.items():
            rounds = 5 if options.quick else 25
            times = seconds(make(), rounds, clock=time.thread_time)
            found = ratio(times, "aimc", "torch")
            print(f"{name:<36}{found:8.2f}{BOUNDS[name]:8.1f}", flush=True)
            if found > BOUNDS[name]:
                slow.append(name)
    if options.check and slow:
        sys.exit(f"slower than the bound: {', '.join(slow)}")


if __name__ == "__main__":
    main()
