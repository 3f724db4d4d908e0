"""A decoder of a billion weights on a chip that is a day old: peak memory, rate, and time.

The decoder has the parts of today's language models (rotary positions, grouped queries, gated
feed-forward layers) and random weights, in 16-bit floats, which a process of its own writes as
safetensors files, one for each block. Another process, whose memory the operating system counts,
then programs it on the cores of one chip, lets a day pass and takes the perplexity on held-out
pieces of the course's text, block by block, with `aimc.evaluate(..., offload=...)`. Drift is not
compensated, unless ``--compensation global`` says so, which reads all devices twice more. As its
weights are random the decoder knows nothing, and the perplexity only shows that all is computed.
The default is a hundredth of the size; ``--size billion`` takes 1.1 billion weights.

    python benchmarks/billion.py [--size billion] [--pieces 1] [--folder /tmp/somewhere]

Started again with the same ``--folder``, a run that was killed goes on.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from torch import nn

import aimc
import aimc.nn
from aimc.datasets.course_text import load_text
from aimc.recovery.programming import Direct

STEPS = 256
"""Tokens of a piece of text; one is a character here."""


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    width: int
    inner: int
    blocks: int
    heads: int
    groups: int
    """Heads of keys and values."""


SIZES = {
    "small": Shape(2000, 512, 1408, 4, 8, 2),
    "billion": Shape(32000, 2048, 5632, 22, 32, 4),
}


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, width = shape, shape.width
        self.size = width // shape.heads
        self.norm1, self.norm2 = nn.RMSNorm(width), nn.RMSNorm(width)
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, shape.groups * self.size, bias=False)
        self.value = nn.Linear(width, shape.groups * self.size, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.gate = nn.Linear(width, shape.inner, bias=False)
        self.up = nn.Linear(width, shape.inner, bias=False)
        self.down = nn.Linear(shape.inner, width, bias=False)

    def forward(self, x: torch.Tensor, turn: torch.Tensor) -> torch.Tensor:
        h = self.norm1(x)
        q, k, v = (
            layer(h).unflatten(-1, (-1, self.size)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        mixed = nn.functional.scaled_dot_product_attention(
            turned(q, turn), turned(k, turn), v, is_causal=True, enable_gqa=True
        )
        x = x + self.output(mixed.transpose(1, 2).flatten(-2))
        h = self.norm2(x)
        return x + self.down(nn.functional.silu(self.gate(h)) * self.up(h))


def turned(x: torch.Tensor, turn: torch.Tensor) -> torch.Tensor:
    """Return queries or keys turned by their positions, pair by pair."""
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * torch.view_as_complex(turn)).flatten(-2)


class Decoder(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.table = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.norm = nn.RMSNorm(shape.width)
        self.head = nn.Linear(shape.width, shape.vocabulary, bias=False)
        half = shape.width // shape.heads // 2
        angles = torch.outer(torch.arange(STEPS), 1e4 ** -(torch.arange(half) / half))
        self.register_buffer("turn", torch.stack([angles.cos(), angles.sin()], -1), False)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        x = self.table(codes)
        for block in self.blocks:
            x = block(x, self.turn)
        return self.head(self.norm(x))


def write(shape: Shape, folder: Path) -> None:
    """Write random weights, one file for each block and one for the rest."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    with aimc.nn.without_weights():
        names = {name: p.shape for name, p in Decoder(shape).named_parameters()}
    for number in range(shape.blocks + 1):
        own = f"blocks.{number}."
        inside = [n for n in names if n.startswith(own)]
        if number == shape.blocks:
            inside = [n for n in names if not n.startswith("blocks.")]
        part = {}
        for name in inside:
            size = names[name]
            spread = 1.0 if name == "table.weight" else size[-1] ** -0.5
            value = torch.randn(size) * spread if len(size) > 1 else torch.ones(size)
            part[name] = value.bfloat16()
        save_file(part, folder / f"model-{number:05d}.safetensors")


def measure(shape: Shape, folder: Path, pieces: int, compensation: str) -> dict[str, float]:
    """Return what programming, ageing and measuring took in this process."""
    started = time.perf_counter()
    with aimc.nn.without_weights():
        model = Decoder(shape)
    analog = aimc.nn.convert(model, "hermes", serial=7, weight_range="output", input_range=None)
    cores = len(aimc.nn.report(analog).cores)
    converted = time.perf_counter() - started
    codes = torch.from_numpy(load_text().held_out[: pieces * STEPS + 1].astype(np.int64))
    test = codes[:-1].reshape(pieces, STEPS), codes[1:].reshape(pieces, STEPS)
    report = aimc.recovery.evaluate(
        analog,
        test,
        chips=[7],
        times="1 d",
        measure="perplexity",
        programming=Direct(counted=False),
        compensation=compensation,
        batch_size=1,
        offload=aimc.nn.Offload(folder / "run", weights=folder / "weights"),
    )
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    on_cores = sum(matrix.weights for matrix in aimc.nn.report(analog).matrices)
    return {
        "weights": sum(p.numel() for p in model.parameters()),
        "on cores": on_cores,
        "cores": cores,
        "tokens": pieces * STEPS,
        "peak resident memory (GB)": peak / 1e9,
        "time (s)": time.perf_counter() - started,
        "processor time (s)": time.process_time(),
        "time to convert (s)": converted,
        "time on the chip (s)": report.seconds,
        "weights/s, all included (million)": on_cores / report.seconds / 1e6,
        "perplexity, floating point": report.floating_point,
        "perplexity, a day old": report.mean("1 d"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--pieces", type=int, default=1)
    parser.add_argument("--compensation", default="none")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--output", type=Path, help="a file for the numbers, as JSON")
    parser.add_argument("--step", choices=("write", "measure"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    shape = SIZES[chosen.size]
    if chosen.step == "write":
        write(shape, chosen.folder / "weights")
    elif chosen.step == "measure":
        torch.set_num_threads(1)
        print(json.dumps(measure(shape, chosen.folder, chosen.pieces, chosen.compensation)))
    else:
        with tempfile.TemporaryDirectory() as made:
            folder = chosen.folder or Path(made)
            options = {"size": chosen.size, "pieces": chosen.pieces, "folder": folder,
                       "compensation": chosen.compensation}  # fmt: skip
            given = [text for name, value in options.items() for text in (f"--{name}", str(value))]
            same = [sys.executable, __file__, *given, "--step"]
            if not (folder / "weights").is_dir():
                subprocess.run([*same, "write"], check=True)
            done = subprocess.run([*same, "measure"], check=True, stdout=subprocess.PIPE)
        found = json.loads(done.stdout)
        if chosen.output is not None:
            command = f"python benchmarks/billion.py --size {chosen.size}"
            made_by = {"date": date.today().isoformat(), "command": command,
                       "torch": torch.__version__.split("+")[0], "pieces": chosen.pieces,
                       "compensation": chosen.compensation}  # fmt: skip
            chosen.output.write_text(json.dumps(made_by | found, indent=1) + "\n")
        for name, value in found.items():
            print(f"{name:36} {value:,.4g}" if value % 1 else f"{name:36} {value:,.0f}")


if __name__ == "__main__":
    main()
