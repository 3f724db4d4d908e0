"""All pairs of a class: what they share that is rare, and how much honest pairs share.

Notebooks are alike because all begin with the same copy, because some lines can hardly be written
in another way, and because both hold what the course publishes. None of that says anything about
two students. So what the copy or the published solution holds is taken out first, and every run
counts the less, the more of the class wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from aimc_course.grading.similarity.documents import RUN, BaseCode, Document, own_runs

__all__ = ["Comparison", "Pair", "SolutionShare", "compare"]

FEWEST = 25.0
"""Weight of the runs that two notebooks must share at least: some three lines that no third has."""
LEAST, ENOUGH = 0.25, 0.8
"""Nothing below the first is worth a look; from the second on everything is."""
FEWEST_NOTEBOOKS = 8
"""From here on the class tells what honest pairs share."""
MOST_HONEST = 95
"""Percentile of the pairs that is still one of honest ones."""
BLOCK = 2**24  # numbers in memory at a time


@dataclass(frozen=True, slots=True)
class Pair:
    """Two notebooks."""

    one: int
    """Index of a document."""
    other: int
    """Index of another document."""
    similarity: float
    """Share of the smaller one's own code, weighed by rarity, that the other holds, 0 to 1."""
    runs: int
    """Different runs of words that the two share and neither copy nor solution holds."""


@dataclass(frozen=True, slots=True)
class SolutionShare:
    """One notebook beside the published solution."""

    similarity: float
    """Share of the smaller one's own code that stands in the other, 0 to 1."""
    own: int
    """Different runs that the student added to the copy."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the notebooks of a class have in common."""

    documents: tuple[Document, ...]
    similarities: np.ndarray
    """Similarity of every pair, shape (pairs,), ordered as `numpy.triu_indices` orders them."""
    threshold: float
    """Similarity from which on a pair is worth a look."""
    expected: float
    """Honest pairs that would lie beyond it, by the tail of this class; NaN in a small class."""
    pairs: tuple[Pair, ...]
    """Pairs that are worth a look, most similar first."""
    solution: tuple[SolutionShare, ...]
    """Each notebook beside the published solution."""


def compare(documents: Sequence[Document], base_code: BaseCode) -> Comparison:
    """Compare all notebooks of a class with each other and with the published solution.

    Parameters
    ----------
    documents : sequence of Document
        One per student or group, as `BaseCode.read` returns them.
    base_code : BaseCode
        What the course hands out and publishes.

    Notes
    -----
    The similarity of two notebooks is ``sum(w[shared]) / min(sum(w[one]), sum(w[other]))`` over
    different runs, so that code added to one of them lowers nothing. A run that ``m`` of ``n``
    notebooks hold weighs ``log((n + 1) / m) / log((n + 1) / 2)``: 1 if two hold it, about 0 if all
    do. Runs are all overlapping ones of ten words; Schleimer, Wilkerson and Aiken (SIGMOD 2003)
    thin them out to save memory, which notebooks do not need.

    Honest pairs are taken to have a normal upper tail, fitted to the median and the 95th percentile
    of all pairs, which a few copies move little. The threshold lies where it leaves one pair of the
    class, but never outside of `LEAST` and `ENOUGH`.
    """
    count = len(documents)
    added = [own_runs(d, base_code.starter) for d in documents]
    published = own_runs(base_code.solution, base_code.starter)
    own = [np.setdiff1d(runs, published) for runs in added]
    shared, weights, numbers = _shared(own)
    rows, columns = np.triu_indices(count, 1)
    smaller = np.minimum(weights[rows], weights[columns])
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(smaller > 0, shared[rows, columns] / smaller, 0.0)
    together = shared[rows, columns]
    # A small share of a small number is none, and rounding makes no share larger than 1.
    found = np.minimum(np.minimum(found, together / FEWEST), 1.0)
    threshold, expected = _threshold(found, count)
    chosen = np.flatnonzero((found >= threshold) & (together >= FEWEST))
    order = chosen[np.argsort(-found[chosen], kind="stable")]
    pairs = tuple(
        Pair(int(rows[k]), int(columns[k]), float(found[k]), int(numbers[rows[k], columns[k]]))
        for k in order
    )
    beside = tuple(_beside(runs, published) for runs in added)
    return Comparison(tuple(documents), found, threshold, expected, pairs, beside)


def _beside(added: np.ndarray, published: np.ndarray) -> SolutionShare:
    smaller = min(added.size, published.size)
    if smaller < RUN:
        return SolutionShare(0.0, int(added.size))
    both = np.intersect1d(added, published, assume_unique=True).size
    return SolutionShare(both / smaller, int(added.size))


def _shared(own: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return summed weights that pairs share, those of each notebook, and numbers of runs."""
    count = len(own)
    every, holders = np.unique(np.concatenate([*own, np.zeros(0, np.uint64)]), return_counts=True)
    weight = np.ones(every.size)
    if count >= 2:
        weight = np.log((count + 1) / holders) / np.log((count + 1) / 2)
    weight = np.clip(weight, 0.0, 1.0)
    totals = np.array([weight[np.searchsorted(every, runs)].sum() for runs in own])
    several = np.flatnonzero(holders >= 2)  # a run of one notebook is shared by no pair
    kept, weight = every[several], weight[several]
    shared, numbers = np.zeros((count, count)), np.zeros((count, count), dtype=np.int64)
    step = max(1, BLOCK // max(1, count))
    for begin in range(0, kept.size, step):
        part = kept[begin : begin + step]
        held = np.stack([np.isin(part, runs, assume_unique=True) for runs in own])
        held = held.astype(np.float32)
        shared += (held * weight[begin : begin + step]) @ held.T
        numbers += np.rint(held @ held.T).astype(np.int64)
    return shared, totals, numbers


def _threshold(found: np.ndarray, count: int) -> tuple[float, float]:
    if count < FEWEST_NOTEBOOKS:
        return LEAST, float("nan")
    middle, high = np.percentile(found, [50, MOST_HONEST])
    if high <= middle:
        return LEAST, 0.0
    honest = NormalDist(
        float(middle), float(high - middle) / NormalDist().inv_cdf(MOST_HONEST / 100)
    )
    threshold = min(ENOUGH, max(LEAST, honest.inv_cdf(1 - 1 / found.size)))
    return threshold, float(found.size * (1 - honest.cdf(threshold)))
