"""Shapes, cost, memory and time of a ResNet-18 at 32 x 32 on simulated chips, weights random.

    python scripts/measure_resnet18.py

It takes the model of torchvision if that is installed, and otherwise the same shapes from below.
The accuracy of random weights means nothing; what counts is that a model of eleven million weights
goes the whole way, from conversion to the report.

Measured on 2026-11-26 on a busy machine of two cores: 195 cores of 256 x 256; 7 s of processor
time for two chips at two times with 20 images, and 1.2 GB at most.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import time
from functools import partial

import torch
from torch import nn

import aimc
import aimc.nn
from aimc.chip import Chip
from aimc.recovery.evaluation import evaluate

CLASSES, SIDE = 10, 32


class Block(nn.Module):
    """Two convolutions with a path around them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the block's feature maps."""
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.downsample(x))


def own_resnet18() -> nn.Module:
    """Return the shapes of torchvision's model, in the same order."""
    layers: list[nn.Module] = [
        nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
    ]  # fmt: skip
    width = 64
    for k in range(4):
        outputs = 64 * 2**k
        layers += [Block(width, outputs, 1 if k == 0 else 2), Block(outputs, outputs, 1)]
        width = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, CLASSES))


def resnet18() -> tuple[nn.Module, str]:
    """Return a ResNet-18 with random weights, and where it comes from."""
    try:
        models = importlib.import_module("torchvision.models")
    except ImportError:
        return own_resnet18(), "own copy of the shapes"
    return models.resnet18(num_classes=CLASSES), "torchvision"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chips", type=int, default=2)
    parser.add_argument("--images", type=int, default=20)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    last = time.process_time()

    def lap(what: str) -> None:
        nonlocal last
        now = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{what}: {now - last:.1f} s of processor time, at most {peak:.2f} GB so far")
        last = now

    network, origin = resnet18()
    network.eval()
    images = torch.randn(chosen.images, 3, SIDE, SIDE)
    with torch.no_grad():
        labels = network(images).argmax(dim=1)
    count = sum(p.numel() for p in network.parameters())
    lap(f"model of {count:,} parameters ({origin})")
    preset = partial(aimc.presets.hermes_core, devices=1)
    model = aimc.nn.convert(aimc.nn.fold_batch_norm(network), preset)
    lap("convert")
    aimc.nn.calibrate(model, images)
    lap("calibrate")
    print(aimc.nn.report(model))
    report = evaluate(
        model,
        (images, labels),
        chips=chosen.chips,
        times=("1 h", "1 d"),
        read_noise="momentary",
        cost=Chip((16, 16), devices=1),
        progress=False,
    )
    lap(f"evaluate {chosen.chips} chips at 2 times with {chosen.images} images")
    print(report)


if __name__ == "__main__":
    main()
