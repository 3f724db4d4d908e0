"""Explorer of the chapter beyond deep networks: a resonator at work, with noise and without.

Three networks hold the same codebooks and get the same products: one with threshold and noise, one
with the threshold alone, and the plain one. All draws have fixed seeds, so that moving a control
shows the effect of the control and nothing else.
"""

from __future__ import annotations

import inspect

import numpy as np

from aimc.plots import Chart, Line, Rule, numbers
from aimc.statistics import share_interval
from aimc_course.explorers.controls import Slider
from aimc_course.explorers.explorer import Answer, Explorer
from aimc_course.studies.hyperdimensional import Factorisation, ResonatorNetwork, resonator

__all__ = ["RESONATOR", "compute", "networks", "solve"]

SERIAL, PRODUCTS, ROUNDS, SHOWN = 7, 24, 100, 60
NOISY, QUIET, PLAIN = "with noise", "threshold alone", "plain"


def networks(
    factors: int, entries: int, dimensions: int, threshold: float, noise: float
) -> dict[str, ResonatorNetwork]:
    """Return the three networks, on the same codebooks.

    Parameters
    ----------
    factors, entries, dimensions : int
        Codebooks, vectors in each of them, and entries of a vector.
    threshold, noise : float
        In standard deviations of the similarity of random vectors, one over the root of the
        dimensions.
    """
    books = np.random.default_rng(SERIAL).choice([-1.0, 1.0], size=(factors, entries, dimensions))
    unit = 1 / np.sqrt(dimensions)
    return {
        NOISY: ResonatorNetwork(books, threshold=threshold * unit, noise=noise * unit),
        QUIET: ResonatorNetwork(books, threshold=threshold * unit),
        PLAIN: ResonatorNetwork(books),
    }


def solve(network: ResonatorNetwork) -> tuple[np.ndarray, Factorisation]:
    """Return the right factors of the products, shape (products, factors), and what was found."""
    number, entries, _ = network.codebooks.shape
    wanted = np.random.default_rng([SERIAL, 1]).integers(entries, size=(PRODUCTS, number))
    rng = np.random.default_rng([SERIAL, 2])
    return wanted, network.factorise(network.products(wanted), rng, iterations=ROUNDS)


def compute(factors: int, entries: int, dimensions: int, threshold: float, noise: float) -> Answer:
    """Factorise the products with all three networks, and watch one of them.

    Parameters
    ----------
    factors, entries, dimensions, threshold, noise
        As those of `networks`.
    """
    three = networks(factors, entries, dimensions, threshold, noise)
    results = {name: solve(network) for name, network in three.items()}
    solved = {name: int(found.solved.sum()) for name, (_, found) in results.items()}
    wanted, found = results[NOISY]
    for one in _example(found, results[QUIET][1]):
        noisy = _trace(three[NOISY], wanted[one])
        if noisy[-1].min() > 0.5:
            break
    quiet = _trace(three[QUIET], wanted[one])
    plain = results[PLAIN][1]
    values = {
        "solved_noisy": solved[NOISY],
        "solved_quiet": solved[QUIET],
        "solved_plain": solved[PLAIN],
        "turned_plain": int((plain.solved & (plain.signs < 0).any(axis=1)).sum()),
        "products": PRODUCTS,
        "search_space": float(entries) ** factors,
    }
    sentence = (
        f"Codebooks of {entries} make {entries**factors:,} products of {factors} factors. "
        f"With threshold and noise the network factorises {solved[NOISY]} of {PRODUCTS} products "
        f"within {ROUNDS} rounds, with the threshold alone {solved[QUIET]}, and the plain network "
        f"{solved[PLAIN]}, {values['turned_plain']:.0f} of them with the signs of factors turned."
    )
    charts = (
        _similarities("One product, with noise", noisy, threshold / np.sqrt(dimensions)),
        _similarities("The same without noise", quiet, threshold / np.sqrt(dimensions)),
        _progress({name: found for name, (_, found) in results.items()}),
    )
    return Answer(values, charts, sentence)


def _example(noisy: Factorisation, quiet: Factorisation) -> list[int]:
    """Return up to three products to watch, best first: those that only noise solved."""
    gain = noisy.solved.astype(int) - quiet.solved
    return np.lexsort((noisy.iterations, -gain))[:3].tolist()


def _trace(network: ResonatorNetwork, wanted: np.ndarray) -> np.ndarray:
    product = network.products(wanted[None])[0]
    seen = network.watch(product, np.random.default_rng([SERIAL, 3]), iterations=SHOWN)
    return seen[:, np.arange(len(wanted)), wanted]


def _similarities(title: str, trace: np.ndarray, threshold: float) -> Chart:
    rounds = numbers(np.arange(1, len(trace) + 1))
    lines = [
        Line(rounds, numbers(np.round(values, 4)), f"factor {f + 1}", dashed=f % 2 == 1)
        for f, values in enumerate(trace.T)
    ]
    return Chart(
        title,
        "round",
        "similarity of the right entry",
        (*lines, Rule(threshold, "threshold")),
        x_range=(1.0, float(SHOWN)),
        y_range=(-0.4, 1.2),
    )


def _progress(results: dict[str, Factorisation]) -> Chart:
    rounds = np.arange(ROUNDS + 1)
    lines = []
    for name, found in results.items():
        hits = [int(np.sum(found.solved & (found.iterations <= k))) for k in rounds]
        shares = [share_interval(hit, PRODUCTS) for hit in hits]
        band = name == NOISY
        lines.append(
            Line(
                numbers(rounds),
                numbers(100 * np.array(hits) / PRODUCTS),
                name,
                dashed=not band,
                low=numbers(np.array([100 * s.low for s in shares])) if band else (),
                high=numbers(np.array([100 * s.high for s in shares])) if band else (),
            )
        )
    return Chart(
        f"Of {PRODUCTS} products; the band is the 95% interval",
        "rounds",
        "solved (%)",
        tuple(lines),
        x_range=(0.0, float(ROUNDS)),
        y_range=(0.0, 100.0),
    )


RESONATOR = Explorer(
    name="resonator",
    title="A resonator at work",
    controls=(
        Slider("factors", "Factors", 2, 4, 1, 3, integer=True),
        Slider("entries", "Entries of a codebook", 4, 40, 4, 32, integer=True),
        Slider("dimensions", "Dimensions", 128, 512, 64, 256, integer=True),
        Slider("threshold", "Threshold (σ of a random similarity)", 0.0, 2.5, 0.1, 1.3),
        Slider("noise", "Noise (σ of a random similarity)", 0.0, 1.6, 0.1, 0.4),
    ),
    compute=compute,
    source=inspect.getsource(resonator),
)
"""One product that is factorised before the reader's eyes, and how many of 24 are in the end."""
