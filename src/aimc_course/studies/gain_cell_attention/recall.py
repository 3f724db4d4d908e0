r"""A task that shows what a head remembers: each token has a key and a value, and old keys return.

Keys have as many entries of +1 as of -1, and a query is a key with pulses in place of +1. Where
query and key belong to each other the charge is half the number of entries; elsewhere it scatters
around zero. A threshold keeps the scatter of a thousand tokens out of the sum. It needs no circuit
of its own: some rows get a pulse with every query, and all keys hold -1 there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc.validation import check_array, check_integer
from aimc_course.studies.gain_cell_attention.head import TILE, GainCellHead

__all__ = ["RecallTask"]


@dataclass(frozen=True, slots=True)
class RecallTask:
    """Keys, values and queries for a head of 64 rows.

    Raises
    ------
    TypeError, ValueError
        If there are too few entries or too many for the rows.

    Examples
    --------
    >>> import numpy as np
    >>> task = RecallTask()
    >>> head = task.head(window=64)
    >>> shares = task.recalled(head, tokens=80, ages=(0, 40, 70), rng=np.random.default_rng(1))
    >>> shares.tolist()  # the window holds 64 tokens
    [1.0, 1.0, 0.0]
    """

    entries: int = 48
    """Entries of a key, even; the other rows, up to 64, hold the threshold."""
    threshold: int = 12
    """Rows of the threshold that are in use: the charge that a score has to exceed."""

    def __post_init__(self) -> None:
        if check_integer("entries", self.entries, low=2, high=TILE) % 2:
            raise ValueError(f"entries={self.entries} is not allowed: it must be even")
        check_integer(
            "threshold",
            self.threshold,
            low=0,
            high=min(TILE - self.entries, self.entries // 2 - 1),
        )

    @property
    def rows(self) -> int:
        """Rows that are in use."""
        return self.entries + self.threshold

    def head(self, window: int = 1024, **options: Any) -> GainCellHead:
        """Return a head whose longest pulse answers a fresh key; options as of `GainCellHead`."""
        saturation = float(self.entries // 2 - self.threshold)
        return GainCellHead(self.rows, window, score_saturation=saturation, **options)

    def draw(self, tokens: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return keys and values of +1 and -1 for tokens, each of shape (tokens, rows)."""
        half = np.repeat([1.0, -1.0], self.entries // 2)
        keys = rng.permuted(np.tile(half, (tokens, 1)), axis=1)
        keys = np.concatenate([keys, -np.ones((tokens, self.threshold))], axis=1)
        return keys, rng.choice([-1.0, 1.0], (tokens, self.rows))

    def query(self, key: np.ndarray) -> np.ndarray:
        """Return the query for a key: a pulse where it holds +1, and in all threshold rows."""
        check_array("key", key, ndim=1, last=self.rows)
        pulses = (key > 0).astype(float)
        pulses[self.entries :] = 1.0
        return pulses

    def recalled(
        self,
        head: GainCellHead,
        tokens: int,
        ages: tuple[int, ...],
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Write tokens, ask for those of some ages, and return how well each is recalled.

        Parameters
        ----------
        head : GainCellHead
            A new head with as many rows as the task has.
        tokens : int
            Tokens to write, more than the largest age.
        ages : tuple of int
            How many tokens ago; 0 is the newest.
        rng : numpy.random.Generator
            Source of keys and values.

        Returns
        -------
        numpy.ndarray
            For each age the correlation of the signs of answer and value, shape (ages,): 1 where
            all are right, 0 where the answer is a guess or, on average, another token's.

        Raises
        ------
        TypeError, ValueError
            If an age is not smaller than the number of tokens, or the head has other rows.
        """
        check_integer("tokens", tokens, low=1)
        for age in ages:
            check_integer("ages", age, low=0, high=tokens - 1)
        if head.keys.size != self.rows:
            raise ValueError(f"head must have {self.rows} rows, got {head.keys.size}")
        keys, values = self.draw(tokens, rng)
        for key, value in zip(keys, values, strict=True):
            head.write(key, value)
        found = []
        for age in ages:
            answer = head.attend(self.query(keys[-1 - age]))
            found.append(float(np.mean(np.sign(answer) * values[-1 - age])))
        return np.array(found)
