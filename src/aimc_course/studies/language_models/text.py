"""Pieces of the course's text for a decoder: windows to train on, to score, and text it writes."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import torch
from torch import nn

from aimc.datasets.course_text import Corpus, load_text
from aimc.validation import check_choice, check_integer, check_number

__all__ = ["UNSCORED", "bits_per_character", "windows", "write"]

UNSCORED = 32
"""Characters at the head of each window that are read but not scored: they have little context."""


def windows(part: str = "held out", length: int = 96, stride: int = 64) -> torch.Tensor:
    """Return pieces of the frozen text as codes, int64, shape (n, length + 1).

    Parameters
    ----------
    part : {"train", "held out"}
        Paragraphs that training saw, or those that it did not.
    length : int
        Characters of a piece that are read; one more follows, which is to be guessed.
    stride : int
        Characters between the beginnings of two pieces.
    """
    check_choice("part", part, ("train", "held out"))
    text = corpus().train if part == "train" else corpus().held_out
    check_integer("length", length, low=1, high=len(text) - 1)
    check_integer("stride", stride, low=1)
    codes = torch.from_numpy(text.astype(np.int64))
    return codes.unfold(0, length + 1, stride).clone()


@torch.no_grad()
def bits_per_character(model: nn.Module, pieces: torch.Tensor) -> float:
    r"""Return the mean of :math:`-\log_2 p` over the characters that came.

    Parameters
    ----------
    model : torch.nn.Module
        A `Decoder`, digital or converted.
    pieces : tensor, shape (n, steps + 1)
        From `windows`. The first `UNSCORED` characters of each are read and not scored.
    """
    if pieces.ndim != 2 or pieces.shape[1] <= UNSCORED + 1:
        raise ValueError(
            f"pieces must have shape (n, steps + 1) with more than {UNSCORED} steps, got "
            f"{tuple(pieces.shape)}"
        )
    total, count = 0.0, 0
    for part in pieces.split(128):
        scores = model(part[:, :-1])[:, UNSCORED:].flatten(0, 1).double()
        came = part[:, UNSCORED + 1 :].flatten()
        total += float(nn.functional.cross_entropy(scores, came, reduction="sum"))
        count += came.numel()
    return total / count / math.log(2)


@torch.no_grad()
def write(
    model: nn.Module,
    prompt: str,
    length: int,
    *,
    context: int = 96,
    rng: int | np.random.Generator = 0,
    temperature: float = 0.5,
) -> str:
    """Return a text that goes on from a prompt, one drawn character after the other.

    Parameters
    ----------
    model : torch.nn.Module
        A `Decoder`, digital or converted.
    prompt : str
        At least one character of the alphabet.
    length : int
        Characters to draw.
    context : int
        Last characters that the model is shown, at most those it was made for.
    rng : int or numpy.random.Generator
        Source of the draws.
    temperature : float
        Divides the scores: small values draw likely characters only.

    Raises
    ------
    ValueError
        If the prompt is empty or holds a character that the alphabet does not have.
    """
    alphabet = corpus().vocabulary
    if not prompt or set(prompt) - set(alphabet):
        raise ValueError(f"prompt={prompt!r} must hold characters of {alphabet!r} only")
    check_integer("length", length, low=1)
    check_integer("context", context, low=1)
    check_number("temperature", temperature, low=0.0, open_low=True)
    generator = np.random.default_rng(rng)
    codes = [alphabet.index(character) for character in prompt]
    for _ in range(length):
        scores = model(torch.tensor([codes[-context:]]))[0, -1].double().numpy() / temperature
        chance = np.exp(scores - scores.max())
        codes.append(int(generator.choice(len(chance), p=chance / chance.sum())))
    return "".join(alphabet[code] for code in codes[len(prompt) :])


@cache
def corpus() -> Corpus:
    """Return the frozen text, read once."""
    return load_text()
