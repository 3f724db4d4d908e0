"""Speed of converted torch layers, as ratios to the plain torch layers in the same round.

Each layer is on cores of the HERMES project chip with all of their noise and converters. See
`ratios` for how it is measured.
"""

from collections.abc import Callable

import torch
from ratios import Contestants, ratio, seconds

import aimc
import aimc.nn

ROUNDS = 7


def cases() -> dict[str, tuple[torch.nn.Module, torch.Tensor]]:
    generator = torch.Generator().manual_seed(0)

    def inputs(*shape: int) -> torch.Tensor:
        return torch.rand(shape, generator=generator)

    return {
        "Linear 512 to 512, batch 256": (torch.nn.Linear(512, 512), inputs(256, 512)),
        "Conv2d 16 to 32, 3 x 3, 50 images of 32 x 32": (
            torch.nn.Conv2d(16, 32, 3, padding=1),
            inputs(50, 16, 32, 32),
        ),
        "LSTM 64 to 128, 64 steps, batch 32": (torch.nn.LSTM(64, 128), inputs(64, 32, 64)),
    }


def runner(layer: torch.nn.Module, x: torch.Tensor) -> Callable[[], object]:
    return lambda: layer(x)


def contestants(digital: torch.nn.Module, x: torch.Tensor) -> Contestants:
    analog = aimc.nn.convert(digital, aimc.presets.hermes, serial=1)
    aimc.nn.calibrate(analog, [x])
    aimc.nn.program(analog)
    return {"torch": runner(digital, x), "cores": runner(analog, x)}


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print("converted layers on HERMES cores, one thread: times plain torch")
    with torch.no_grad():
        for name, (digital, x) in cases().items():
            times = seconds(contestants(digital, x), ROUNDS)
            print(f"  {name:<48}{ratio(times, 'cores', 'torch'):6.2f}")


if __name__ == "__main__":
    main()
