r"""One attention head on gain cells: two rings, and a charge that becomes a pulse between them.

For each token the head writes a key and a value, sends the query as pulses into the ring of keys,
turns the charge of each column into a pulse, and sends these pulses into the ring of values,

.. math:: A = \sum_j \phi(q \cdot k_j)\, v_j , \qquad
          \phi(S) = \min(\max(S / S_\text{sat}, 0), 1) ,

with no softmax, since its sum over all tokens would have to be known before the first product
:cite:p:`leroux2025gaincell`. Sub-tiles of 64 tokens are counted one by one and added digitally.
"""

from __future__ import annotations

import numpy as np

from aimc.validation import check_array, check_bits, check_integer, check_number
from aimc_course.studies.gain_cell_attention.cell import GainCell
from aimc_course.studies.gain_cell_attention.pulses import count, hard_sigmoid, pulse_widths
from aimc_course.studies.gain_cell_attention.ring_buffer import RingBuffer

__all__ = ["TILE", "GainCellHead", "window_attention"]

TILE = 64
"""Rows and columns of an array :cite:p:`leroux2025gaincell`."""


class GainCellHead:
    """An attention head that remembers the last ``window`` tokens in gain cells.

    Parameters
    ----------
    size : int
        Entries of queries, keys and values, at most 64: they share one array.
    window : int
        Tokens that are held, a multiple of 64: one sub-tile holds 64 of them.
    cell : GainCell
        What the cells are like.
    score_saturation, output_saturation : float
        Charges of the longest pulse of a score and of an output of one sub-tile, where a query of
        1 on a weight of 1 brings the charge 1.
    token_time : float
        Time from one token to the next, s.
    query_bits, output_bits : int or None
        Resolution of query pulses and of counters, the latter with their sign; ``None`` is ideal.
    rng : numpy.random.Generator, optional
        Source of the differences between cells; needed if cells differ.

    Raises
    ------
    TypeError, ValueError
        If a number is outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> head = GainCellHead(4, 64, score_saturation=2.0)
    >>> key, value = np.array([1.0, -1.0, 1.0, -1.0]), np.array([1.0, 1.0, -1.0, -1.0])
    >>> np.round(head.step((1 + key) / 2, key, value), 2)  # the query is the key as pulses
    array([ 1.,  1., -1., -1.])
    """

    def __init__(
        self,
        size: int,
        window: int = 1024,
        *,
        cell: GainCell | None = None,
        score_saturation: float,
        output_saturation: float = 1.0,
        token_time: float = 12 * 65e-9,
        query_bits: int | None = 4,
        output_bits: int | None = 5,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_integer("size", size, low=1, high=TILE)
        if check_integer("window", window, low=TILE) % TILE:
            raise ValueError(f"window={window} is not allowed: it must be a multiple of {TILE}")
        self.cell = GainCell() if cell is None else cell
        self.score_saturation = check_number(
            "score_saturation", score_saturation, low=0.0, open_low=True
        )
        self.output_saturation = check_number(
            "output_saturation", output_saturation, low=0.0, open_low=True
        )
        self.token_time = check_number("token_time", token_time, low=0.0, open_low=True, unit="s")
        self.query_bits = check_bits("query_bits", query_bits, low=1, high=16)
        self.output_bits = check_bits("output_bits", output_bits, high=16)
        self.keys = RingBuffer(self.cell, window, size, rng=rng)
        self.values = RingBuffer(self.cell, window, size, rng=rng)
        self.time = 0.0

    def write(self, key: np.ndarray, value: np.ndarray) -> None:
        """Let the next token come: write its key and value, shape (size,), between -1 and 1."""
        self.time += self.token_time
        self.keys.write(key, self.time)
        self.values.write(value, self.time)

    def scores(self, query: np.ndarray) -> np.ndarray:
        """Return the pulse that each column answers a query with, shape (window,), 0 to 1.

        ``query`` has shape (size,) and lies between 0 and 1, since it is sent as pulses.
        """
        check_array("query", query, ndim=1, last=self.keys.size)
        charge = self.keys.weights(self.time) @ pulse_widths(query, self.query_bits)
        return hard_sigmoid(charge, self.score_saturation)

    def attend(self, query: np.ndarray) -> np.ndarray:
        """Return what the head answers to a query, shape (size,); nothing is written."""
        pulses = self.scores(query).reshape(-1, 1, TILE)
        tiles = self.values.weights(self.time).reshape(len(pulses), TILE, -1)
        charges = (pulses @ tiles)[:, 0]
        return count(charges, self.output_saturation, self.output_bits).sum(axis=0)

    def step(self, query: np.ndarray, key: np.ndarray, value: np.ndarray) -> np.ndarray:
        """Write a token and return the answer to its query, which sees this token as well."""
        self.write(key, value)
        return self.attend(query)


def window_attention(
    queries: np.ndarray,
    keys: np.ndarray,
    values: np.ndarray,
    window: int,
    saturation: float | None = None,
) -> np.ndarray:
    r"""Return exact attention over the last tokens, for all tokens of a sequence.

    Parameters
    ----------
    queries, keys, values : array of shape (n, size)
        One row per token; values may have another size.
    window : int
        Tokens that a query sees, its own included.
    saturation : float or None
        Saturation of the hard sigmoid; ``None`` for a softmax of scores over the root of the size.

    Returns
    -------
    numpy.ndarray
        Answers, one row per token.

    Raises
    ------
    TypeError, ValueError
        If shapes do not match or a number is outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> eye = np.eye(3)
    >>> window_attention(eye, eye, eye, window=1, saturation=1.0).diagonal()
    array([1., 1., 1.])
    """
    check_array("queries", queries, ndim=2)
    check_array("keys", keys, ndim=2, last=int(queries.shape[1]))
    check_array("values", values, ndim=2)
    if not len(queries) == len(keys) == len(values):
        raise ValueError(
            "queries, keys and values must have one row per token each, "
            f"got {len(queries)}, {len(keys)} and {len(values)}"
        )
    check_integer("window", window, low=1)
    behind = np.arange(len(keys))[:, None] - np.arange(len(keys))
    seen = (behind >= 0) & (behind < window)
    scores = queries @ keys.T
    if saturation is not None:
        return np.asarray(np.where(seen, hard_sigmoid(scores, saturation), 0.0) @ values)
    scores = np.where(seen, scores / np.sqrt(queries.shape[1]), -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weights @ values / weights.sum(axis=1, keepdims=True))
