"""Train the shipped perceptron 784-256-10 on the 10k subset of Fashion-MNIST, in plain FP32.

    python scripts/train_mlp.py

Nothing here knows of analog hardware: no noise, no quantisation. Two choices help the weights fit
onto conductances all the same, and are common in digital training too. AdamW's weight decay keeps
them small, and clipping them to +-0.2 after each step keeps a few outliers from setting the
conductance scale of the whole matrix. The hyperparameters were chosen on 10,000 training images of
the full set that are not in the subset, never on the test images.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from stored_files import origin, write_checkpoint
from torch import nn
from tqdm import tqdm

from aimc import datasets

LAYERS = (784, 256, 10)
EPOCHS = 60
BATCH = 128
LEARNING_RATE = 2e-3  # peak of the one-cycle schedule
WEIGHT_DECAY = 0.1
WEIGHT_CLIP = 0.2
DROPOUT = 0.5
LABEL_SMOOTHING = 0.1


def train(dataset: datasets.Dataset, seed: int, epochs: int = EPOCHS) -> nn.Sequential:
    """Return the network trained on ``dataset`` with the settings above."""
    torch.manual_seed(seed)
    images = torch.from_numpy(datasets.as_inputs(dataset.x_train))
    labels = torch.from_numpy(dataset.y_train.astype(np.int64))
    hidden = nn.Linear(LAYERS[0], LAYERS[1])
    output = nn.Linear(LAYERS[1], LAYERS[2])
    network = nn.Sequential(hidden, nn.ReLU(), nn.Dropout(DROPOUT), output)
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = epochs * -(-len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    loss = nn.CrossEntropyLoss(label_smoothing=LABEL_SMOOTHING)
    for _ in tqdm(range(epochs), unit="epoch"):
        for chosen in torch.randperm(len(images)).split(BATCH):
            optimiser.zero_grad()
            loss(network(images[chosen]), labels[chosen]).backward()
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                for layer in (hidden, output):
                    layer.weight.clamp_(-WEIGHT_CLIP, WEIGHT_CLIP)
    return network.eval()


def scores(network: nn.Sequential, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return class scores ``(n, 10)`` computed in float64, whatever BLAS this machine has."""
    with torch.no_grad():
        inputs = torch.from_numpy(datasets.as_inputs(images)).double()
        result: NDArray[np.float64] = network.double()(inputs).numpy()
    network.float()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the shipped perceptron.")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--output", type=Path, default=datasets.SHIPPED_FOLDER / "mlp_fashion_mnist.npz"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    dataset = datasets.load("fashion-mnist", subset="10k")
    network = train(dataset, arguments.seed)

    result = scores(network, dataset.x_test)
    correct = int((result.argmax(axis=1) == dataset.y_test).sum())
    best_two = np.sort(result, axis=1)[:, -2:]
    info = {
        **origin(f"train_mlp.py --seed {arguments.seed}", torch, dataset, arguments.seed),
        "layers": LAYERS,
        "test_images": len(dataset.y_test),
        "test_correct": correct,
        # How far the closest decision is from flipping by rounding.
        "smallest_margin": float(np.diff(best_two, axis=1).min()),
        "optimiser": "AdamW, one-cycle schedule",
        "epochs": EPOCHS,
        "batch": BATCH,
        "peak_learning_rate": LEARNING_RATE,
        "weight_decay": WEIGHT_DECAY,
        "weight_clip": WEIGHT_CLIP,
        "dropout": DROPOUT,
        "label_smoothing": LABEL_SMOOTHING,
    }
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    arrays = {f"weight{k}": layer.weight.detach().numpy() for k, layer in enumerate(linear)}
    arrays |= {f"bias{k}": layer.bias.detach().numpy() for k, layer in enumerate(linear)}
    write_checkpoint(arguments.output, arrays, info)
    print(f"test accuracy {correct / len(dataset.y_test):.2%}")


if __name__ == "__main__":
    main()
