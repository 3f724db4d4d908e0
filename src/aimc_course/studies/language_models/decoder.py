r"""A small decoder-only transformer in plain torch: what a language model is, in one file.

Every block adds two things to the numbers that stand for each character,

.. math::

   x \leftarrow x + W_o\,\mathrm{attention}(W_{qkv}\,\mathrm{norm}(x)), \qquad
   x \leftarrow x + W_2\,\max(0, W_1\,\mathrm{norm}(x) + b_1) + b_2 ,

and an output layer turns the last numbers into one score per character
:cite:p:`vaswani2017attention`. The four matrices of a block and the output layer are known before
the first character is read: `aimc.nn.convert` puts them on cores. Scores between characters, their
softmax, the mixing of values, norms, sums and both tables stay digital.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from aimc.layers import DecoderShape
from aimc.validation import check_integer, check_number
from aimc_course.studies.language_models.workload import tiny

__all__ = ["CONTEXT", "Attention", "Block", "Decoder"]


CONTEXT = 96
"""Characters that the network of the chapter looks back on, the present one included."""


class Attention(nn.Module):
    """Lets every character look at those before it."""

    def __init__(self, shape: DecoderShape, context: int, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.output = nn.Linear(shape.width, shape.width)
        self.dropout = nn.Dropout(dropout)
        future = torch.triu(torch.ones(context, context, dtype=torch.bool), diagonal=1)
        self.register_buffer("future", future, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return what each character gathers, shape (n, steps, width)."""
        steps = x.shape[1]
        # three times (n, heads, steps, width / heads)
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        scores = scores.masked_fill(self.get_buffer("future")[:steps, :steps], -math.inf)
        mixed = self.dropout(scores.softmax(dim=-1)) @ v
        y: torch.Tensor = self.output(mixed.transpose(1, 2).flatten(-2))
        return y


class Block(nn.Module):
    """Attention, then a feed-forward part, each added to what came in."""

    def __init__(self, shape: DecoderShape, context: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(shape.width)
        self.attention = Attention(shape, context, dropout)
        self.norm2 = nn.LayerNorm(shape.width)
        self.feed1 = nn.Linear(shape.width, shape.inner)
        self.feed2 = nn.Linear(shape.inner, shape.width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the numbers of all characters after this block, shape (n, steps, width)."""
        x = x + self.dropout(self.attention(self.norm1(x)))
        y: torch.Tensor = x + self.dropout(self.feed2(torch.relu(self.feed1(self.norm2(x)))))
        return y


class Decoder(nn.Module):
    """The language model: codes of characters in, scores of the next character out.

    Parameters
    ----------
    shape : DecoderShape, optional
        How large it is: `tiny` by default. Its feed-forward part has two matrices, and keys as many
        heads as queries.
    context : int
        Characters that it looks back on, the present one included.
    dropout : float
        Share of the numbers that are dropped while training, 0 to 1.

    Examples
    --------
    >>> import torch
    >>> from aimc_course.studies.language_models import Decoder
    >>> model = Decoder().eval()
    >>> model(torch.zeros(2, 10, dtype=torch.long)).shape
    torch.Size([2, 10, 50])
    """

    def __init__(
        self, shape: DecoderShape | None = None, context: int = CONTEXT, dropout: float = 0.0
    ) -> None:
        super().__init__()
        check_number("dropout", dropout, low=0.0, high=1.0)
        self.context = check_integer("context", context, low=1)
        self.shape = shape = tiny() if shape is None else shape
        self.character = nn.Embedding(shape.vocabulary, shape.width)
        self.position = nn.Embedding(context, shape.width)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.Sequential(*(Block(shape, context, dropout) for _ in range(shape.blocks)))
        self.norm = nn.LayerNorm(shape.width)
        self.output = nn.Linear(shape.width, shape.vocabulary)
        for table in (self.character, self.position):
            nn.init.normal_(table.weight, std=0.1)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Return scores (n, steps, characters) of the character after each one.

        Parameters
        ----------
        codes : tensor of int, shape (n, steps)
            Texts side by side, not longer than the context.

        Raises
        ------
        ValueError
            If ``codes`` has another number of axes, or more steps than the context.
        """
        if codes.ndim != 2 or not 1 <= codes.shape[1] <= self.context:
            raise ValueError(
                f"codes must have shape (n, steps) with 1 to {self.context} steps, got "
                f"{tuple(codes.shape)}"
            )
        places = torch.arange(codes.shape[1], device=codes.device)
        x = self.dropout(self.character(codes) + self.position(places))
        scores: torch.Tensor = self.output(self.norm(self.blocks(x)))
        return scores
