"""Train the character models of `aimc_course.studies.experts` on the frozen text of this course.

    python scripts/train_experts.py

Three decoders of the same width and depth: a mixture of eight experts of which two are active, a
dense network of as many weights, and one of as many multiplications per character. A fourth is the
mixture again, trained without noise. Each step
multiplies with weights to which Gaussian noise was added, in proportion to the largest weight of
each matrix, and clips each matrix to some standard deviations, as `train_char_lstm.py` does. The
mixture's loss has a term that spreads the characters over the experts. Weights are stored in
8 bits.

It takes about four minutes on one core.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from stored_files import origin
from tqdm import tqdm

from aimc.datasets.course_text import load_text
from aimc.datasets.files import fingerprint
from aimc_course.studies.experts.character_model import MODELS, WEIGHTS
from aimc_course.studies.experts.network import Mixture
from aimc_course.studies.results import DATA

WINDOW, HEADS, BATCH, STEPS = 64, 4, 32, 1000
LEARNING_RATE, WEIGHT_DECAY, DROPOUT = 6e-3, 0.05, 0.1
WEIGHT_NOISE = 0.04  # standard deviation over the largest weight of the matrix
WEIGHT_CLIP = 3.0  # standard deviations
BALANCE = 0.01  # weight of the term that spreads the characters over the experts
ROUTER_NOISE = 0.3  # on the router's scores while training
TABLES = ("embedding", "positions", "head")

Tensors = dict[str, torch.Tensor]


def start(network: Mixture, characters: int, seed: int) -> Tensors:
    """Return random weights; the experts of a layer share one array for each direction."""
    draw = torch.Generator().manual_seed(seed)
    width, units = network.width, network.experts * network.inner
    shapes = {
        "embedding": (characters, width, 0.5),
        "positions": (WINDOW, width, 0.1),
        "head": (characters, width, width**-0.5),
    }
    for layer in range(network.blocks):
        shapes[f"qkv{layer}"] = (3 * width, width, width**-0.5)
        shapes[f"out{layer}"] = (width, width, 0.5 * width**-0.5)
        shapes[f"up{layer}"] = (units, width, width**-0.5)
        shapes[f"down{layer}"] = (width, units, 0.5 * (network.active * network.inner) ** -0.5)
        if network.experts > 1:
            shapes[f"router{layer}"] = (network.experts, width, width**-0.5)
    return {
        name: (size * torch.randn(rows, columns, generator=draw)).requires_grad_()
        for name, (rows, columns, size) in shapes.items()
    }


def norm(x: torch.Tensor) -> torch.Tensor:
    """Return vectors over their root mean square."""
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5)


def gates(network: Mixture, wanted: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the share of each expert, and the term that is least for a balanced router."""
    noisy = wanted + ROUTER_NOISE * torch.randn_like(wanted)
    top = noisy.topk(network.active, -1)
    shares = torch.zeros_like(wanted).scatter(-1, top.indices, top.values.softmax(-1))
    used = (shares > 0).float().mean((0, 1)) / network.active
    return shares, network.experts * (wanted.softmax(-1).mean((0, 1)) * used).sum()


def forward(network: Mixture, w: Tensors, codes: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """Return scores of the next characters, and the balance of the routers."""
    n, steps = codes.shape
    balance: Any = 0.0
    x = F.dropout(w["embedding"][codes] + w["positions"][:steps], DROPOUT)
    for layer in range(network.blocks):
        qkv = (norm(x) @ w[f"qkv{layer}"].T).view(n, steps, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], is_causal=True)
        y = y.transpose(1, 2).reshape(n, steps, -1)
        x = x + F.dropout(y @ w[f"out{layer}"].T, DROPOUT)
        z = norm(x)
        hidden = F.relu(z @ w[f"up{layer}"].T)
        if network.experts > 1:
            shares, term = gates(network, z @ w[f"router{layer}"].T)
            balance = balance + term
            by_expert = hidden.view(n, steps, network.experts, -1) * shares[..., None]
            hidden = by_expert.reshape(n, steps, -1)
        x = x + F.dropout(hidden @ w[f"down{layer}"].T, DROPOUT)
    return norm(x) @ w["head"].T, balance


def train(network: Mixture, steps: int, seed: int, noise: float) -> Tensors:
    """Return trained weights."""
    torch.manual_seed(seed)
    corpus = load_text()
    text = torch.from_numpy(corpus.train.astype(np.int64))
    weights = start(network, len(corpus.vocabulary), seed)
    on_tiers = [name for name in weights if name not in TABLES]
    optimiser = torch.optim.AdamW(
        weights.values(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98)
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps, pct_start=0.15
    )
    for _ in tqdm(range(steps)):
        first = torch.randint(len(text) - WINDOW - 1, (BATCH,))
        windows = text[first[:, None] + torch.arange(WINDOW + 1)]
        used = dict(weights)
        for name in on_tiers:
            w = weights[name]
            used[name] = w + noise * w.detach().abs().max() * torch.randn_like(w)
        scores, balance = forward(network, used, windows[:, :-1])
        loss = F.cross_entropy(scores.flatten(0, 1), windows[:, 1:].flatten()) + BALANCE * balance
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            for name in on_tiers:
                bound = float(WEIGHT_CLIP * weights[name].std())
                weights[name].clamp_(-bound, bound)
    return weights


def main() -> None:
    """Train all models and store them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(MODELS), help="models; others are left out")
    parser.add_argument("--output", default=str(DATA / WEIGHTS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    arrays: dict[str, Any] = {}
    for name, network in MODELS.items():
        if name not in options.only.split(","):
            continue
        noise = 0.0 if name == "plain" else WEIGHT_NOISE
        for key, tensor in train(network, options.steps, options.seed, noise).items():
            array = tensor.detach().numpy()
            step = np.float32(np.abs(array).max() / 127)
            arrays[f"{name}.{key}"] = np.round(array / step).astype(np.int8)
            arrays[f"{name}.{key}.step"] = step
    info = {
        **origin("train_experts.py"),
        "steps": options.steps,
        "seed": options.seed,
        "weight noise": WEIGHT_NOISE,
        "learning rate": LEARNING_RATE,
    }
    np.savez_compressed(options.output, **arrays)
    print(json.dumps(info))
    print(fingerprint(*(arrays[key] for key in sorted(arrays))))


if __name__ == "__main__":
    main()
