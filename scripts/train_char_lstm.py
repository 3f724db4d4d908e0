"""Train the shipped character LSTM on the frozen text of this course, with noisy weights.

    python scripts/train_char_lstm.py

A small sister of the network on the 64-core chip (A085): embedding, one LSTM layer, and an output
layer that predicts the next of 50 characters. As in `train_resnet9.py`, each step multiplies with
weights to which Gaussian noise was added, in proportion to the largest weight of each matrix, and
clips each matrix to some standard deviations. The embedding is a table that the digital side looks
up; it has no noise.

It took 4 minutes on one core and reaches 1.85 bits per character on the held-out paragraphs.
"""

from __future__ import annotations

import argparse
import math
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
from aimc.datasets.course_text import load_text

EMBEDDING = 32
HIDDEN = 192
EPOCHS = 60
STREAMS = 32
WINDOW = 64
LEARNING_RATE = 6e-3  # peak of the one-cycle schedule
WEIGHT_DECAY = 0.02
DROPOUT = 0.35
WEIGHT_NOISE = 0.04  # standard deviation over the largest weight of the matrix
WEIGHT_CLIP = 2.5  # standard deviations
TABLE = "embedding.weight"


class CharLSTM(nn.Module):
    """Embedding, LSTM and output layer."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(characters, EMBEDDING)
        self.lstm = nn.LSTM(EMBEDDING, HIDDEN)
        self.dropout = nn.Dropout(DROPOUT)
        self.output = nn.Linear(HIDDEN, characters)

    def forward(
        self, codes: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
        """Return scores (steps, streams, characters) of the next characters, and the state."""
        hidden, state = self.lstm(self.dropout(torch.tanh(self.embedding(codes))), state)
        return self.output(self.dropout(hidden)), state


def matrices(network: nn.Module) -> dict[str, nn.Parameter]:
    """Return the parameters that a crossbar will hold."""
    return {n: p for n, p in network.named_parameters() if p.ndim > 1 and n != TABLE}


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


def train(codes: NDArray[np.uint8], characters: int, seed: int, epochs: int) -> CharLSTM:
    """Return the network trained on a text; ``codes`` are places in the vocabulary."""
    torch.manual_seed(seed)
    network = CharLSTM(characters)
    text = torch.from_numpy(codes.astype(np.int64))
    length = (len(text) - WINDOW) // STREAMS
    steps = epochs * (length // WINDOW)
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    for _ in tqdm(range(epochs), unit="epoch"):
        # Each epoch starts elsewhere, so that windows do not always end at the same characters.
        first = int(torch.randint(WINDOW, ()))
        streams = text[first : first + STREAMS * length].reshape(STREAMS, length).T
        state = None
        for k in range(length // WINDOW):
            window = streams[k * WINDOW : (k + 1) * WINDOW + 1]
            if len(window) <= WINDOW:
                window = torch.cat([window, window[-1:]])
            optimiser.zero_grad()
            weights = noisy(network, WEIGHT_NOISE)
            scores, state = functional_call(network, weights, (window[:-1], state))
            state = (state[0].detach(), state[1].detach())
            F.cross_entropy(scores.flatten(0, 1), window[1:].flatten()).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            clip(network)
    return network.eval()


@torch.no_grad()
def evaluate(network: CharLSTM, codes: NDArray[np.uint8]) -> tuple[float, int, int]:
    """Return bits per character on a text, characters guessed right, and their number."""
    for weight in (*matrices(network).values(), network.embedding.weight):
        weight.copy_(weight.half().float())
    text = torch.from_numpy(codes.astype(np.int64))[:, None]
    scores, _ = network(text[:-1])
    nats = float(F.cross_entropy(scores[:, 0], text[1:, 0]))
    right = int((scores[:, 0].argmax(dim=1) == text[1:, 0]).sum())
    return nats / math.log(2), right, len(text) - 1


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the shipped character LSTM.")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--output", type=Path, default=datasets.SHIPPED_FOLDER / "lstm_course.npz")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    corpus = load_text()
    start = time.perf_counter()
    network = train(corpus.train, len(corpus.vocabulary), arguments.seed, arguments.epochs)
    minutes = (time.perf_counter() - start) / 60
    bits, right, count = evaluate(network, corpus.held_out)

    lstm, output = network.lstm, network.output
    layers = (
        (lstm.weight_ih_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0),
        (lstm.weight_hh_l0, torch.zeros(4 * HIDDEN)),
        (output.weight, output.bias),
    )
    arrays: dict[str, NDArray[np.float32] | NDArray[np.float16]] = {}
    for k, (weight, bias) in enumerate(layers):
        arrays[f"weight{k}"] = weight.detach().numpy().astype(np.float16)
        arrays[f"gain{k}"] = np.ones(len(bias), np.float32)
        arrays[f"bias{k}"] = bias.detach().numpy()
    # The table holds what the layer receives, squashed once and for all.
    arrays["embedding"] = torch.tanh(network.embedding.weight).detach().numpy().astype(np.float16)
    info = {
        **origin(f"train_char_lstm.py --seed {arguments.seed}", torch, corpus, arguments.seed),
        "test_samples": count,
        "test_correct": right,
        "test_bits_per_character": bits,
        "vocabulary": corpus.vocabulary,
        "optimiser": "AdamW, one-cycle schedule",
        "epochs": arguments.epochs,
        "streams": STREAMS,
        "window": WINDOW,
        "peak_learning_rate": LEARNING_RATE,
        "weight_decay": WEIGHT_DECAY,
        "dropout": DROPOUT,
        "weight_noise": WEIGHT_NOISE,
        "weight_clip": WEIGHT_CLIP,
    }
    write_checkpoint(arguments.output, arrays, info)
    print(f"{bits:.3f} bits per character after {minutes:.1f} minutes")


if __name__ == "__main__":
    main()
