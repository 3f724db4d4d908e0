r"""Factorisation of a product of bipolar vectors by a network that resonates with it.

A product :math:`x_\odot = x_1 \odot \dots \odot x_F` of one vector from each of :math:`F` codebooks
of :math:`K` hides its factors: to try all of them takes :math:`K^F` comparisons. A resonator
network holds one estimate per factor and improves each with the others,

.. math::

   a_f = \tfrac{1}{D} X_f \bigl(x_\odot \odot {\textstyle\prod_{g \ne f}} \hat x_g\bigr),\qquad
   \hat x_f \leftarrow \operatorname{sign}\bigl(X_f^\top \operatorname{act}(a_f)\bigr).

A core computes the similarities, and the same core, read from its other side, the projection. What
an estimate stands for is the entry of largest *magnitude* of similarity: since
:math:`(-x_1) \odot (-x_2) = x_1 \odot x_2`, factors that appear with an even number of turned signs
make the same product, and with the identity as activation such a state is a fixed point
like the one without. The network is deterministic then, and can be caught in a limit cycle. A
threshold, and noise, which phase-change devices supply, keep it moving
:cite:p:`langenegger2023factorization`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aimc import presets
from aimc.cores import Core
from aimc.statistics import Interval, share_interval
from aimc.validation import check_array, check_integer, check_number
from aimc_course.studies.hyperdimensional.vectors import ROUNDED, bind, check_bipolar

__all__ = ["Factorisation", "ResonatorNetwork", "capacity"]


def _ideal(index: int) -> Core:
    return presets.ideal(rows=4096, columns=4096, index=index)


@dataclass(frozen=True, slots=True)
class Factorisation:
    """What became of each product.

    Attributes
    ----------
    factors : array of int, shape (n, F)
        The entry of largest magnitude of similarity in each codebook at the end.
    signs : array of int, shape (n, F)
        Sign of that similarity. Where the network has come to rest in a solution, an even number
        of them is -1.
    iterations : array of int, shape (n,)
        Rounds over all factors until the product of these entries was the input; 0 if it never was.
    period : array of int, shape (n,)
        Length of the limit cycle in which the network ended; 0 if none was seen. Only proof of a
        cycle where nothing is random; a fixed point that is no solution has period 1.
    """

    factors: np.ndarray
    signs: np.ndarray
    iterations: np.ndarray
    period: np.ndarray

    @property
    def solved(self) -> np.ndarray:
        """Whether each product was factorised, shape (n,)."""
        return self.iterations > 0


class ResonatorNetwork:
    """Codebooks in cores, and the loop around them.

    Parameters
    ----------
    codebooks : array of shape (F, M, D)
        Bipolar vectors.
    make_core : callable, optional
        Returns the core for a factor, given its number; ideal cores by default.
    threshold : float, optional
        Similarity, -1 to 1, that an entry must exceed to be active; without one, activation is the
        identity. If no entry is active, the estimate stays.
    top : int, optional
        How many of the active entries, the most similar, take part in the projection; all by
        default.
    noise : float
        Standard deviation of noise on each similarity, beside what the cores have. It stands for
        independent fluctuations of all devices, relative to a full one, of ``noise * sqrt(D)``,
        and the projection meets them as well.

    Raises
    ------
    ValueError
        If the codebooks are not bipolar or a number is out of range.
    """

    def __init__(
        self,
        codebooks: np.ndarray,
        *,
        make_core: Callable[[int], Core] = _ideal,
        threshold: float | None = None,
        top: int | None = None,
        noise: float = 0.0,
    ) -> None:
        check_bipolar("codebooks", codebooks, ndim=3)
        self.codebooks = codebooks
        if threshold is not None:
            check_number("threshold", threshold, low=-1.0, high=1.0)
        if top is not None:
            check_integer("top", top, low=1, high=codebooks.shape[1])
        self.threshold, self.top = threshold, top
        self.noise = check_number("noise", noise, low=0.0)
        self.cores = [make_core(f).program(book) for f, book in enumerate(codebooks)]
        # Nothing is random: the same state is always followed by the same one.
        self._deterministic = make_core is _ideal and self.noise == 0

    def products(self, indices: np.ndarray) -> np.ndarray:
        """Return the products of the entries ``indices`` (n, F), shape (n, D)."""
        factors, entries, _ = self.codebooks.shape
        check_array("indices", indices, ndim=2, last=factors, low=0, high=entries - 1)
        return bind(*(book[indices[:, f]] for f, book in enumerate(self.codebooks)))

    def activate(self, similarities: np.ndarray) -> np.ndarray:
        """Return the activation of similarities of shape (n, M)."""
        active = similarities
        if self.threshold is not None:
            active = np.where(active > self.threshold, active, 0.0)
        if self.top is not None and self.top < active.shape[1]:
            last = np.partition(active, -self.top, axis=1)[:, -self.top, None]
            active = np.where(active >= last, active, 0.0)
        return active

    def factorise(
        self, products: np.ndarray, rng: np.random.Generator, *, iterations: int = 200
    ) -> Factorisation:
        """Factorise several products at once, each on its own.

        An estimate starts as the sign of the sum of its codebook. A product counts as solved as
        soon as the entries of largest magnitude of similarity make it, which digital logic can
        check.
        A network of ideal cores without noise is left once it repeats a state: what it would hold
        after the last round follows from the cycle.

        Parameters
        ----------
        products : array of shape (n, D)
            Bipolar vectors.
        rng : numpy.random.Generator
            Source of ``noise``; the cores draw their own from their serial numbers.
        iterations : int
            Largest number of rounds over all factors.
        """
        number, _, dimensions = self.codebooks.shape
        check_bipolar("products", products, ndim=2)
        check_array("products", products, last=dimensions)
        check_integer("iterations", iterations, low=1)
        n = len(products)
        estimates = np.repeat(self._start()[:, None], n, axis=1)
        found = np.zeros((2, n, number), dtype=int)  # entries and the signs of their similarities
        solved_in, period = np.zeros(n, dtype=int), np.zeros(n, dtype=int)
        seen: list[dict[bytes, int]] = [{} for _ in range(n)]
        held = np.zeros((iterations, *found.shape), dtype=int)
        open_ = np.arange(n)
        for iteration in range(1, iterations + 1):
            target, current = products[open_], estimates[:, open_]
            for f in range(number):
                current[f], similarities = self._improve(f, target, current, rng)
                found[:, open_, f] = _decoded(similarities)
            estimates[:, open_] = current
            held[iteration - 1] = found
            done = np.all(self.products(found[0, open_]) == target, axis=1)
            solved_in[open_[done]] = iteration
            for k, row in zip(open_, np.moveaxis(current > 0, 1, 0), strict=True):
                state = np.packbits(row).tobytes()
                period[k] = iteration - seen[k].get(state, iteration)
                seen[k][state] = iteration
            if self._deterministic:
                caught = (period[open_] > 0) & ~done
                for k in open_[caught]:  # these rounds would follow one another to the end
                    turn = (iterations - iteration - 1) % period[k]
                    found[:, k] = held[iteration - period[k] + turn, :, k]
                done |= caught
            open_ = open_[~done]
            if not open_.size:
                break
        period[solved_in > 0] = 0
        return Factorisation(found[0], found[1], solved_in, period)

    def watch(
        self, product: np.ndarray, rng: np.random.Generator, *, iterations: int = 200
    ) -> np.ndarray:
        """Return the similarities of all entries in each round of one product.

        Parameters
        ----------
        product : array of shape (D,)
            Bipolar vector.
        rng : numpy.random.Generator
            Source of ``noise``.
        iterations : int
            Number of rounds; they go on where `factorise` would stop.

        Returns
        -------
        array of shape (iterations, F, M)
        """
        number, entries, dimensions = self.codebooks.shape
        check_bipolar("product", product, ndim=1)
        check_array("product", product, last=dimensions)
        check_integer("iterations", iterations, low=1)
        seen = np.zeros((iterations, number, entries))
        current = self._start()[:, None].copy()
        for iteration in range(iterations):
            for f in range(number):
                current[f], similarities = self._improve(f, product[None], current, rng)
                seen[iteration, f] = similarities[0]
        return seen

    def _start(self) -> np.ndarray:
        """Return the sign of the sum of each codebook, shape (F, D)."""
        return np.where(self.codebooks.sum(axis=1) >= 0, 1.0, -1.0)

    def _improve(
        self, f: int, target: np.ndarray, current: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the next estimates of factor f, and the similarities that led to them."""
        others = np.prod(np.delete(current, f, axis=0), axis=0)
        core = self.cores[f]
        sums = np.asarray(core.forward(target * others))
        similarities = np.round(sums / target.shape[1], ROUNDED)
        if self.noise:
            similarities = similarities + self.noise * rng.standard_normal(similarities.shape)
        active = self.activate(similarities)
        projected = np.round(np.asarray(core.T.forward(active)), ROUNDED)
        if self.noise:
            device = self.noise * np.sqrt(target.shape[1])
            strength = device * np.linalg.norm(active, axis=1, keepdims=True)
            projected = projected + strength * rng.standard_normal(projected.shape)
        improved = np.where(projected >= 0, 1.0, -1.0)
        silent = ~active.any(axis=1)
        improved[silent] = current[f][silent]
        return improved, similarities


def _decoded(similarities: np.ndarray) -> np.ndarray:
    """Return the entries of largest magnitude of (n, M) similarities and their signs, (2, n)."""
    entries = np.abs(similarities).argmax(axis=1)
    negative = similarities[np.arange(len(entries)), entries] < 0
    return np.stack((entries, np.where(negative, -1, 1)))


def capacity(
    sizes: Sequence[int],
    rng: np.random.Generator,
    *,
    dimensions: int = 256,
    factors: int = 3,
    problems: int = 50,
    iterations: int = 200,
    make_core: Callable[[int], Core] = _ideal,
    threshold: float | None = None,
    noise: float = 0.0,
) -> list[Interval]:
    """Return the share of random products that is solved, with its 95 % interval, for each size.

    Parameters
    ----------
    sizes : sequence of int
        Entries per codebook, M.
    rng : numpy.random.Generator
        Source of codebooks, products and noise.
    dimensions, factors : int
        D and F.
    problems : int
        Products per size; the interval is that of Wilson, around its own centre.
    iterations : int
        Largest number of rounds.
    make_core, threshold, noise
        As in `ResonatorNetwork`.
    """
    check_integer("dimensions", dimensions, low=1)
    check_integer("factors", factors, low=2)
    check_integer("problems", problems, low=2)
    shares = []
    for size in sizes:
        check_integer("sizes", size, low=1)
        books = rng.choice(np.array([-1.0, 1.0]), size=(factors, size, dimensions))
        network = ResonatorNetwork(books, make_core=make_core, threshold=threshold, noise=noise)
        indices = rng.integers(size, size=(problems, factors))
        result = network.factorise(network.products(indices), rng, iterations=iterations)
        shares.append(share_interval(int(result.solved.sum()), problems))
    return shares
