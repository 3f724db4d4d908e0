"""Memory and time per weight of large layers on cores, from one to 256 million weights.

Each size runs in a process of its own, in one thread. Memory is what the operating system counts as
resident, less what the process held before the model was made: the weights themselves are in it, 4
bytes each in single precision. A peak is the highest since the step before it. Devices may be drawn
when weights are programmed or when the first vector comes, so that the rate of programming counts
the drawing of all states as well, and a new time ends with a product of 64 vectors, of which what a
further product takes is subtracted. Beside it stands what the processor needs for the bare random
numbers of the devices, four of a pair, in the same process. IBM's aihwkit does the same work where
it is installed. Sandia's CrossSim, where it is, programs devices of the same kind on cores of the
same size and multiplies; its model of them knows no time.

    python benchmarks/large.py [--sizes 1 4 16 64] [--json large_layers.json]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

SIZES = {1: (1000, 1), 4: (2000, 1), 16: (2000, 4), 64: (2000, 16), 256: (2000, 64)}
"""Millions of weights: width and number of square layers."""
VECTORS = 64
DAY = 86400.0
FIELDS = {
    "programmed": "bytes held, programmed",
    "programming": "bytes at the peak of it",
    "read": "bytes held after a product",
    "reading": "bytes at the peak of it",
    "rate": "weights/s programmed, million",
    "floor": "the same, draws alone",
    "day": "new time, s",
    "forward": "product of 64 vectors, s",
}
PEERS = {"aimc": "aimc", "aihwkit": "aihwkit", "CrossSim": "simulator"}
"""Contestants, each with the module that it is imported by."""


def resident(which: str = "VmRSS") -> int:
    """Return the resident memory of this process, or its highest (``VmHWM``), in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(which):
            return 1024 * int(line.split()[1])
    raise OSError(f"the operating system does not tell {which}")


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def timed(step: Callable[[], object]) -> float:
    # time of this thread's processor: what runs beside it does not count
    start = time.thread_time()
    step()
    return time.thread_time() - start


def measure(peer: str, width: int, layers: int, dtype: str) -> dict[str, float]:
    """Return the figures of one size, in this process."""
    import numpy as np
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    make = {"aimc": aimc, "aihwkit": aihwkit, "CrossSim": cross_sim}[peer]
    x = torch.rand(VECTORS, width)

    def made(size: int, count: int) -> torch.nn.Sequential:
        kinds = [torch.nn.Linear(size, size, bias=False) for _ in range(count)]
        return torch.nn.Sequential(*kinds).to(getattr(torch, dtype))

    with torch.no_grad():
        for step in make(made(64, 1), x[:, :64].to(getattr(torch, dtype))):
            if step is not None:
                step()  # whatever is loaded at the first use
        before = resident()
        program, forward, day, states = make(made(width, layers), x.to(getattr(torch, dtype)))
        count = layers * width**2
        reset_peak()
        programming = timed(program)
        found = {"programmed": resident(), "programming": resident("VmHWM")}
        reset_peak()
        forward()
        found |= {"read": resident(), "reading": resident("VmHWM")}
        later = min(timed(forward) for _ in range(3))
        new = None if day is None else timed(day) + timed(forward)
        drawn = 0.0 if states is None else timed(states)
    rng, block = np.random.default_rng(0), np.empty(1 << 15)
    blocks = range(max(1, 4 * count // block.size))
    draws = timed(lambda: [rng.standard_normal(out=block) for _ in blocks])
    found = {name: (value - before) / count for name, value in found.items()}
    rate = count / (programming + drawn) / 1e6
    if peer == "aimc":
        found["floor"] = len(blocks) * block.size / 4 / draws / 1e6
    if new is not None:
        found["day"] = new - later
    return found | {"rate": rate, "forward": later}


Steps = tuple[Callable[[], object] | None, ...]
"""Program, multiply, let a day pass, and draw the states of all devices that are not drawn yet."""


def aimc(model: Any, x: Any) -> Steps:
    import aimc
    import aimc.nn

    # the products are computed, and what they need is held, in the precision of the weights
    precision = "bfloat16" if model[0].weight.element_size() == 2 else None
    analog = aimc.nn.convert(model, aimc.presets.hermes, serial=1, precision=precision)
    del model  # `convert` copies it
    aimc.nn.calibrate(analog, [x])
    return (
        lambda: aimc.nn.program(analog),
        lambda: analog(x),
        lambda: aimc.nn.at(analog, DAY),
        lambda: [core.state and None for layer in analog for core in layer.cores],
    )


def aihwkit(model: Any, x: Any) -> Steps:
    from aihwkit.inference import PCMLikeNoiseModel
    from aihwkit.nn.conversion import convert_to_analog
    from aihwkit.simulator.configs import InferenceRPUConfig

    config = InferenceRPUConfig(noise_model=PCMLikeNoiseModel(g_max=25.0))
    config.mapping.max_input_size = config.mapping.max_output_size = 256
    analog = convert_to_analog(model, config, inplace=True).eval()
    return (
        lambda: [layer.program_analog_weights() for layer in analog],
        lambda: analog(x),
        lambda: [layer.drift_analog_weights(DAY) for layer in analog],
        None,
    )


def cross_sim(model: Any, x: Any) -> Steps:
    from simulator import CrossSimParameters
    from simulator.algorithms.dnn.torch.convert import from_torch

    made = CrossSimParameters()
    made.core.rows_max = made.core.cols_max = 256
    device, array = made.xbar.device, made.xbar
    device.Rmin, device.Rmax = 1 / 25e-6, 1 / 0.25e-6
    device.programming_error.enable, device.programming_error.model = True, "PCMJoshi"
    array.dac.mvm.model, array.dac.mvm.bits = "SignMagnitudeDAC", 8
    array.adc.mvm.model, array.adc.mvm.bits = "SignMagnitudeADC", 8
    array.adc.mvm.calibrated_range = [-10.0, 10.0]
    made.core.mapping.inputs.mvm.min, made.core.mapping.inputs.mvm.max = -1.0, 1.0
    held: list[Any] = []
    # weights are programmed when a layer is converted
    return lambda: held.append(from_torch(model, made).eval()), lambda: held[-1](x), None, None


def alone(peer: str, size: int, dtype: str) -> dict[str, float] | str:
    """Return what `measure` finds in a fresh process, or why there is nothing."""
    width, layers = SIZES[size]
    command = [sys.executable, __file__, "--alone", peer, str(width), str(layers), dtype]
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | one)
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def installed(peer: str) -> bool:
    code = f"import {PEERS[peer]}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def versions() -> dict[str, str]:
    """Return the editions of what was measured."""
    import aimc

    found = {"Python": platform.python_version(), "aimc": aimc.__version__}
    for name in ("aihwkit", "CrossSim", "torch", "numpy"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """Return the processor and how many cores it has."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", choices=SIZES, default=list(SIZES))
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16"))
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--alone", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        peer, width, layers, dtype = options.alone
        print(json.dumps(measure(peer, int(width), int(layers), dtype)))
        return
    print(f"square layers in {options.dtype}, one thread; bytes are per weight")
    everything: dict[str, dict[str, dict[str, float] | str]] = {}
    for peer in PEERS:
        if not installed(peer):
            print(f"\n{peer}: not installed, skipped")
            continue
        heads = [f"{size} M" for size in options.sizes]
        print(f"\n{peer:<32}" + "".join(f"{head:>10}" for head in heads))
        results = [alone(peer, size, options.dtype) for size in options.sizes]
        for name, words in FIELDS.items():
            row = [f"{r[name]:.3g}" if name in r and isinstance(r, dict) else "-" for r in results]
            print(f"{words:<32}" + "".join(f"{value:>10}" for value in row))
        everything[peer] = dict(zip(heads, results, strict=True))
        for head, result in everything[peer].items():
            if isinstance(result, str):
                print(f"{head}: {result}")
    if options.json:
        figures = {
            "date": date.today().isoformat(),
            "command": f"python benchmarks/large.py --sizes {' '.join(map(str, options.sizes))}",
            "missing": [peer for peer in PEERS if peer not in everything],
            "machine": machine(),
            "versions": versions(),
            "dtype": options.dtype,
            "fields": FIELDS,
            "found": everything,
        }
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
