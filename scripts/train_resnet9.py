"""Train the shipped ResNet-9 of width 16 on coloured 32 x 32 Fashion-MNIST, with noisy weights.

    python scripts/train_resnet9.py

Its structure is that of the network on the 64-core chip (A077) with 16 instead of 56 filters in the
first layer. Two lines make it fit for analog weights. Each step multiplies with weights to which
Gaussian noise of 2 % of the layer's largest weight was added, and each step clips the weights of a
layer to two standard deviations, so that no outlier sets its conductance scale. The noise is plain
additive noise: it knows neither the devices nor the converters of any chip.

Batch normalisation becomes one factor and one offset per filter, which the digital side applies
after the crossbar; the matrices are stored as trained, in half precision.

It took 14 minutes on one busy core (8 on an idle one) and reaches 91.1 % on the 2,000 test images.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from stored_files import origin, write_checkpoint
from torch import nn
from torch.func import functional_call
from tqdm import tqdm

from aimc import datasets
from aimc.datasets.coloured import coloured

FILTERS = (16, 32, 32, 32, 64, 64, 64, 64)
POOLED = (1, 4, 5)  # pooling by two after these convolutions; the last is pooled to one pixel
RESIDUAL = {3: 2, 7: 6}  # output of the key is added to the input of the value
EPOCHS = 24
BATCH = 64
LEARNING_RATE = 0.1  # peak of the one-cycle schedule
WEIGHT_DECAY = 5e-4
LABEL_SMOOTHING = 0.1
WEIGHT_NOISE = 0.02  # standard deviation over the largest weight of the layer
WEIGHT_CLIP = 2.0  # standard deviations
SHIFT = 2  # pixels, largest random shift


class ResNet9(nn.Module):
    """Eight 3 x 3 convolutions, each with batch normalisation and ReLU, and a dense layer."""

    def __init__(self) -> None:
        super().__init__()
        channels = (3, *FILTERS[:-1])
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1, bias=False)
            for a, b in zip(channels, FILTERS, strict=True)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for b in FILTERS)
        self.dense = nn.Linear(FILTERS[-1], 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return class scores (n, 10) of images (n, 3, 32, 32)."""
        inputs = {}
        for k, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            inputs[k] = x
            x = F.relu(norm(convolution(x)))
            if k in RESIDUAL:
                x = x + inputs[RESIDUAL[k]]
            if k in POOLED:
                x = F.max_pool2d(x, 2)
        return self.dense(F.max_pool2d(x, x.shape[-1]).flatten(1))


def matrices(network: nn.Module) -> dict[str, nn.Parameter]:
    """Return the parameters that a crossbar will hold."""
    return {name: p for name, p in network.named_parameters() if p.ndim > 1}


def noisy(network: nn.Module, strength: float) -> dict[str, torch.Tensor]:
    """Return the crossbars' matrices with fresh noise of ``strength`` times their largest entry."""
    return {
        name: weight + strength * weight.detach().abs().max() * torch.randn_like(weight)
        for name, weight in matrices(network).items()
    }


@torch.no_grad()
def clip(network: nn.Module) -> None:
    """Clip every matrix to some standard deviations."""
    for weight in matrices(network).values():
        bound = float(WEIGHT_CLIP * weight.std())
        weight.clamp_(-bound, bound)


def augmented(images: torch.Tensor) -> torch.Tensor:
    """Return the images shifted by up to some pixels, half of them mirrored."""
    padded = F.pad(images, (SHIFT,) * 4, mode="replicate")
    down, across = torch.randint(0, 2 * SHIFT + 1, (2,)).tolist()
    size = images.shape[-1]
    moved = padded[:, :, down : down + size, across : across + size]
    mirrored = torch.rand(len(images), 1, 1, 1) < 0.5
    return torch.where(mirrored, moved.flip(-1), moved)


def train(dataset: datasets.Dataset, seed: int, epochs: int = EPOCHS) -> ResNet9:
    """Return the network trained on ``dataset`` with the settings above."""
    torch.manual_seed(seed)
    network = ResNet9().to(memory_format=torch.channels_last)
    labels = torch.from_numpy(dataset.y_train.astype(np.int64))
    count = len(labels)
    steps = epochs * -(-count // BATCH)
    optimiser = torch.optim.SGD(
        network.parameters(), lr=LEARNING_RATE, momentum=0.9, nesterov=True,
        weight_decay=WEIGHT_DECAY,
    )  # fmt: skip
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    loss = nn.CrossEntropyLoss(label_smoothing=LABEL_SMOOTHING)
    for epoch in tqdm(range(epochs), unit="epoch"):
        # New colours in every epoch; the first has those that the training images have elsewhere.
        places = epoch * count + np.arange(count)
        images = torch.from_numpy(coloured(dataset.x_train, "train", places))
        for chosen in torch.randperm(count).split(BATCH):
            inputs = augmented(images[chosen]).contiguous(memory_format=torch.channels_last)
            optimiser.zero_grad()
            scores = functional_call(network, noisy(network, WEIGHT_NOISE), (inputs,))
            loss(scores, labels[chosen]).backward()
            optimiser.step()
            schedule.step()
            clip(network)
    return network.eval()


def folded(network: ResNet9) -> dict[str, NDArray[np.float32] | NDArray[np.float16]]:
    """Return matrices (out, in) in half precision, and one factor and offset per output."""
    arrays: dict[str, NDArray[np.float32] | NDArray[np.float16]] = {}
    layers = zip(network.convolutions, network.norms, strict=True)
    for k, (convolution, norm) in enumerate(layers):
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        arrays[f"weight{k}"] = convolution.weight.detach().flatten(1).numpy().astype(np.float16)
        arrays[f"gain{k}"] = gain.detach().numpy()
        arrays[f"bias{k}"] = (norm.bias - gain * norm.running_mean).detach().numpy()
    last = len(FILTERS)
    arrays[f"weight{last}"] = network.dense.weight.detach().numpy().astype(np.float16)
    arrays[f"gain{last}"] = np.ones(10, np.float32)
    arrays[f"bias{last}"] = network.dense.bias.detach().numpy()
    return arrays


@torch.no_grad()
def correct(network: ResNet9, images: NDArray[np.float32], labels: NDArray[np.uint8]) -> int:
    """Return how many images are classified correctly with the weights as stored."""
    for weight in matrices(network).values():
        weight.copy_(weight.half().float())
    scores = torch.cat([network(part) for part in torch.from_numpy(images).split(200)])
    return int((scores.argmax(dim=1).numpy() == labels).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the shipped ResNet-9.")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument(
        "--output", type=Path, default=datasets.SHIPPED_FOLDER / "resnet9_coloured.npz"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    dataset = datasets.load("fashion-mnist", subset="10k")
    start = time.perf_counter()
    network = train(dataset, arguments.seed, arguments.epochs)
    minutes = (time.perf_counter() - start) / 60

    arrays = folded(network)
    right = correct(network, coloured(dataset.x_test, "test"), dataset.y_test)
    info = {
        **origin(f"train_resnet9.py --seed {arguments.seed}", torch, dataset, arguments.seed),
        "data": f"{dataset.name}, coloured, 32 x 32",
        "test_samples": len(dataset.y_test),
        "test_correct": right,
        "optimiser": "SGD, momentum 0.9, one-cycle schedule",
        "epochs": arguments.epochs,
        "batch": BATCH,
        "peak_learning_rate": LEARNING_RATE,
        "weight_decay": WEIGHT_DECAY,
        "weight_noise": WEIGHT_NOISE,
        "weight_clip": WEIGHT_CLIP,
        "label_smoothing": LABEL_SMOOTHING,
    }
    write_checkpoint(arguments.output, arrays, info)
    print(f"test accuracy {right / len(dataset.y_test):.2%} after {minutes:.1f} minutes")


if __name__ == "__main__":
    main()
