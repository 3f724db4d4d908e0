"""One hardware-aware training step, as a ratio to plain torch's step in the same round.

The cores have 8-bit converters and output noise; weights meet Gaussian noise of 2 % of the largest
of each output. The networks are a perceptron 784-512-512-10 at batch 256 and a ResNet-9 at half
width at batch 32, one thread. See `ratios` for how it is measured.

    python benchmarks/training.py [--rounds 15] [--steps 5]
"""

import argparse
import copy
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial

import torch
from ratios import Contestants, ratio, seconds
from torch import nn

import aimc
import aimc.nn
from aimc.backend import supports
from aimc.circuits import ADC, DAC, Periphery
from aimc.devices import pcm_2019
from aimc.recovery.training import GaussianNoise, Recipe, noisy_training

INPUT_RANGE = 3.0  # standard deviations of the input
OUTPUT_BOUND = 10.0  # weights of one times inputs of one that saturate the ADC
OUTPUT_NOISE = 0.04  # in the same unit
WEIGHT_NOISE = 0.02  # of the largest weight of each output


def core(
    serial: int = 0,
    index: int = 0,
    precision: str | None = None,
    rows: int = 2304,
    columns: int = 2304,
) -> aimc.Core:
    device, dac = pcm_2019(), DAC(bits=8)
    unit = device.g_max * dac.v_read
    around = Periphery(
        dac=dac,
        adc=ADC(bits=8, i_max=OUTPUT_BOUND * unit),
        input_range=INPUT_RANGE,
        read_noise=False,
        output_noise=OUTPUT_NOISE * unit,
        precision=precision,
    )
    return aimc.Core(
        device, periphery=around, rows=rows, columns=columns, serial=serial, index=index
    )


class Block(nn.Module):
    def __init__(self, channels: int, filters: int, pool: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(filters)
        self.pool = nn.MaxPool2d(2) if pool else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.pool(torch.relu(self.norm(self.conv(x))))
        return y


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.a, self.b = Block(channels, channels, False), Block(channels, channels, False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = x + self.b(self.a(x))
        return y


def problems() -> Iterator[tuple[str, nn.Module, torch.Tensor, float]]:
    generator = torch.Generator().manual_seed(0)
    perceptron = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    )
    yield "MLP", perceptron, torch.randn(256, 784, generator=generator), 0.1
    convolutional = nn.Sequential(
        Block(3, 32, False),
        Block(32, 64, True),
        Residual(64),
        Block(64, 128, True),
        Block(128, 128, True),
        Residual(128),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(128, 10),
    )
    yield "CNN", convolutional, torch.randn(32, 3, 32, 32, generator=generator), 0.02


def stepper(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor, rate: float, steps: int
) -> Callable[[], object]:
    optimiser = torch.optim.SGD(model.train().parameters(), rate)

    def run() -> None:
        for _ in range(steps):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
            optimiser.step()

    return run


def contestants(model: nn.Module, x: torch.Tensor, rate: float, steps: int) -> Contestants:
    y = torch.randint(0, 10, (len(x),), generator=torch.Generator().manual_seed(1))
    made = {"torch": stepper(copy.deepcopy(model), x, y, rate, steps)}
    formats = {"fp32": None, "bf16 products": "bfloat16"}
    for label, precision in formats.items():
        if not supports(precision or "float32", x):
            print(f"  {label}: this processor has no instructions for them")
            continue
        for on in ("outputs", "weights"):
            preset = partial(core, precision=precision)
            analog = aimc.nn.convert(model, preset, weight_range="output")
            noisy_training(analog, Recipe(noise=GaussianNoise(WEIGHT_NOISE, "output", on)), rng=3)
            made[f"noise on {on}, {label}"] = stepper(analog, x, y, rate, steps)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description="Time a hardware-aware training step.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=5, help="steps per round")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print("one hardware-aware training step, one thread: times plain torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", aimc.RangeWarning)
        for name, model, x, rate in problems():
            runs = contestants(model, x, rate, arguments.steps)
            # the processor's clock: other work on the machine does not count
            times = seconds(runs, arguments.rounds, time.thread_time)
            for label in runs:
                print(f"  {name}, {label:<34}{ratio(times, label, 'torch'):6.2f}")


if __name__ == "__main__":
    main()
