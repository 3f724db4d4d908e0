"""Speed of the analog forward, as ratios to plain torch in the same round; see `ratios`.

Where aihwkit is installed, its forward with the same steps runs beside. The bfloat16 rows are left
out where the processor has no instructions for it. The whole preset takes four products of the size
of plain torch's one (the signal, its part that IR drop weighs by place, the load of the line, the
variance of the read): in single precision it cannot be faster than that.
"""

import os
from collections.abc import Callable
from dataclasses import replace

import torch
from ratios import Contestants, ratio, seconds

import aimc
from aimc.backend import supports
from aimc.circuits import ADC, DAC, Periphery
from aimc.devices import IdealDevice, pcm_2019

try:
    import aihwkit.simulator.presets as peer
    from aihwkit.nn import AnalogLinear
except ImportError:  # optional: it is compiled on the spot
    peer = None

ROUNDS = 15
SIZE, BATCH = 512, 256
PEER = "aihwkit, its preset of 2023"


def forward_contestants() -> Contestants:
    generator = torch.Generator().manual_seed(0)
    # few outputs saturate
    w = (0.25 * torch.randn(SIZE, SIZE, generator=generator)).clamp(-1, 1)
    x = torch.rand(BATCH, SIZE, generator=generator) * 2 - 1
    plain = Periphery(DAC(8), ADC(8, 400e-6), read_noise=False, output_noise=1e-6)
    preset = aimc.presets.rasch2023().periphery

    def programmed(periphery: Periphery, precision: str | None) -> Callable[[], object]:
        device = pcm_2019() if periphery.read_noise else IdealDevice()
        circuits = replace(periphery, precision=precision)
        core = aimc.Core(device, periphery=circuits, rows=SIZE, columns=SIZE).program(w)
        return lambda: core.forward(x)

    contestants: Contestants = {"torch linear": lambda: torch.nn.functional.linear(x, w)}
    precisions: dict[str, str | None] = {"": None}
    if supports("bfloat16", w):
        precisions[", bfloat16"] = "bfloat16"
    for label, precision in precisions.items():
        contestants |= {
            f"DAC, output noise, ADC{label}": programmed(plain, precision),
            f"the same, read noise{label}": programmed(replace(plain, read_noise=True), precision),
            f"preset of 2023, IR drop{label}": programmed(preset, precision),
        }
    if peer is not None:
        contestants[PEER] = peer_forward(w, x)
    return contestants


def peer_forward(w: torch.Tensor, x: torch.Tensor) -> Callable[[], object]:
    config = peer.StandardHWATrainingPreset()
    config.pre_post.input_range.init_from_data = 0
    config.pre_post.input_range.init_value = 1.0
    layer = AnalogLinear(SIZE, SIZE, bias=False, rpu_config=config)
    layer.set_weights(w)
    layer.eval()
    return lambda: layer(x)


def main() -> None:
    for threads in sorted({1, os.cpu_count() or 1}):
        torch.set_num_threads(threads)
        with torch.no_grad():
            times = seconds(forward_contestants(), ROUNDS)
        print(f"forward {SIZE} x {SIZE}, batch {BATCH}, threads: {threads}")
        print(f"{'times plain torch':>46}{'times faster than aihwkit' if peer else '':>28}")
        for name in times:
            row = f"  {name:<36}{ratio(times, name, 'torch linear'):8.2f}"
            if peer is not None and "preset" in name:
                row += f"{ratio(times, PEER, name):28.1f}"
            print(row)
    if hasattr(os, "getloadavg"):
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
