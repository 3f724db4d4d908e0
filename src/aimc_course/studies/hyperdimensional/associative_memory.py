"""Class vectors in a core: one multiplication compares a query with all of them."""

from __future__ import annotations

import numpy as np

from aimc.cores import Core
from aimc.validation import check_array
from aimc_course.studies.hyperdimensional.vectors import ROUNDED, bundle

__all__ = ["AssociativeMemory"]


class AssociativeMemory:
    """A classifier whose only stored numbers are one bipolar vector per class.

    The vectors are bundled in digital logic, as those of :cite:t:`karunaratne2020hyperdimensional`,
    and programmed into a core, whose read is the search.

    Parameters
    ----------
    core : Core
        Where the class vectors go: as many rows as dimensions, as many columns as classes.
    vectors : array of shape (n, dimensions)
        Encoded examples; sums of any size, of which the sign is taken.
    labels : array of int, shape (n,)
        Class of each example, from 0; every class up to the largest must occur.
    rng : numpy.random.Generator
        Decides ties.
    w_max : float, optional
        Entry that would be a fully SET cell, 1 or more; 1 by default. Queries that resemble all
        classes drive much current, and a larger number keeps it within the converters.

    Raises
    ------
    ValueError
        If the shapes do not agree or a class has no example.
    """

    def __init__(
        self,
        core: Core,
        vectors: np.ndarray,
        labels: np.ndarray,
        rng: np.random.Generator,
        *,
        w_max: float | None = None,
    ) -> None:
        check_array("vectors", vectors, ndim=2)
        check_array("labels", labels, ndim=1, last=len(vectors), low=0)
        present = np.unique(labels)
        if not np.array_equal(present, np.arange(present[-1] + 1)):
            raise ValueError(f"labels must hold every class from 0 on, got only {present.tolist()}")
        signs = np.sign(vectors)
        self.class_vectors = np.stack([bundle(signs[labels == k], rng) for k in present])
        """Bipolar vectors of the classes, shape (classes, dimensions)."""
        self.core = core.program(self.class_vectors, w_max)

    def similarities(self, queries: np.ndarray) -> np.ndarray:
        """Return the products of the signs of queries (n, dimensions) with all class vectors.

        One multiplication by the core, divided by the dimensions; shape (n, classes).
        """
        check_array("queries", queries, ndim=2, last=self.class_vectors.shape[1])
        sums = np.asarray(self.core.forward(np.sign(queries)))
        return np.round(sums / self.class_vectors.shape[1], ROUNDED)

    def classify(self, queries: np.ndarray) -> np.ndarray:
        """Return the most similar class of each query, shape (n,)."""
        return np.asarray(self.similarities(queries).argmax(axis=1))

    def accuracy(self, queries: np.ndarray, labels: np.ndarray) -> float:
        """Return the share of the queries whose class is found."""
        check_array("labels", labels, ndim=1, last=len(queries))
        return float(np.mean(self.classify(queries) == labels))
