"""Speed of the analog forward, as ratios to plain torch in the same round; see `ratios`."""

from collections.abc import Callable

import torch
from ratios import Contestants, ratio, seconds

import aimc
from aimc.circuits import ADC, DAC, Periphery
from aimc.devices import IdealDevice, pcm_2019

ROUNDS = 15
SIZE, BATCH = 512, 256


def forward_contestants() -> Contestants:
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


def main() -> None:
    torch.set_num_threads(1)
    with torch.no_grad():
        times = seconds(forward_contestants(), ROUNDS)
    print(f"forward {SIZE} x {SIZE}, batch {BATCH}, one thread: times plain torch")
    for name in times:
        print(f"  {name:<34}{ratio(times, name, 'torch linear'):6.2f}")


if __name__ == "__main__":
    main()
