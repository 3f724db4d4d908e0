"""Explorer of the chapter on hardware-aware training: a tiny network trains while you wait.

All draws have fixed seeds, so that moving a control shows the effect of the control and nothing
else. Chips have the same errors, relative to the largest weight, whatever network is on them: two
networks are compared in pairs.
"""

from __future__ import annotations

import inspect

import numpy as np

from aimc.plots import Boxes, Chart, Line, Points, Rule, numbers
from aimc.statistics import mean_interval
from aimc_course.explorers.accuracy import tiny_network
from aimc_course.explorers.accuracy.tiny_network import (
    PLACES,
    TinyNetwork,
    accuracies,
    loss,
    points,
    scores,
    train,
)
from aimc_course.explorers.controls import Choice, Slider, Toggle
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["NOISE_TRAINING", "along_a_line", "compute", "votes"]

GRID, EDGE = 24, 2.0  # cells along each side of the map, and where it ends
NOISES = np.arange(0.0, 0.301, 0.05)
CHIPS, VOTERS, LINES = 40, 20, 12
DISTANCES = np.linspace(-1.0, 1.0, 21)
FURTHEST = 0.3  # of the largest weight, how far the line goes


def votes(network: TinyNetwork, noise: float, x: np.ndarray, chips: int = VOTERS) -> np.ndarray:
    """Return the share of chips that put each point into class 1, shape (n,).

    Parameters
    ----------
    network : TinyNetwork
        What is programmed.
    noise : float
        Standard deviation of the errors, as a share of the largest weight.
    x : array, shape (n, 2)
        Points of the plane.
    chips : int
        Number of chips.
    """
    held = (network.noisy(noise, np.random.default_rng([chip, 5])) for chip in range(chips))
    return np.mean([scores(each, x) > 0 for each in held], axis=0)


def along_a_line(network: TinyNetwork, distances: np.ndarray) -> np.ndarray:
    """Return the mean loss (nats) at distances from the trained weights, over random directions.

    Parameters
    ----------
    network : TinyNetwork
        Where the lines cross.
    distances : array
        Standard deviation of the changes of the weights, as a share of the largest; with a sign.
    """
    x, labels = points()
    lines = [
        [loss(network.noisy(d, np.random.default_rng([k, 6])), x, labels) for d in distances]
        for k in range(LINES)
    ]
    return np.mean(lines, axis=0)


def compute(training: float, test: float, place: str, clip: bool) -> Answer:
    """Train a network with noise, and compare it with one that was trained without.

    Parameters
    ----------
    training, test : float
        Standard deviation of the noise in training and on the chips, per cent of the largest
        weight of each matrix.
    place : {"weights", "outputs"}
        Where the noise of training is drawn.
    clip : bool
        Whether both networks have their weights clipped in training.
    """
    aware, plain = train(training / 100, place, clip), train(0.0, place, clip)
    x, labels = points(400, 1)
    curves = {
        name: np.stack([accuracies(net, x, labels, float(e), CHIPS) for e in NOISES])
        for name, net in (("with", aware), ("without", plain))
    }
    here = {
        name: accuracies(net, x, labels, test / 100, CHIPS)
        for name, net in (("with", aware), ("without", plain))
    }
    gain = mean_interval(100 * (here["with"] - here["without"]))
    found = {name: float(np.mean(share)) for name, share in here.items()}
    shown = round(gain.mean, 1) + 0.0  # no negative zero
    values = {
        "accuracy_with_noise": found["with"],
        "accuracy_without": found["without"],
        "gain_points": gain.mean,
        "gain_half_width": gain.half_width,
        "largest_weight": float(max(np.abs(w).max() for w in aware.weights)),
    }
    sentence = (
        f"Trained with noise of {training:g}% on its {place} and run on {CHIPS} chips whose "
        f"weights are off by {test:g}%, the network is right for {100 * found['with']:.1f}% of new "
        f"points; trained without noise, for {100 * found['without']:.1f}%. Chip by chip, the "
        f"difference is {shown:+.1f} ± {gain.half_width:.1f} points."
    ).replace(" -", " \N{MINUS SIGN}")
    charts = (_map(aware, test), _curves(curves, test), _landscape(aware, plain))
    return Answer(values, charts, sentence)


def _map(network: TinyNetwork, test: float) -> Chart:
    step = 2 * EDGE / GRID
    middles = -EDGE + step * (np.arange(GRID) + 0.5)
    across, up = (axis.ravel() for axis in np.meshgrid(middles, middles))
    share = votes(network, test / 100, np.stack([across, up], axis=1))
    x, labels = points()
    return Chart(
        f"What {VOTERS} chips decide",
        "first input",
        "second input",
        (
            Boxes(
                numbers(across),
                numbers(up),
                step,
                step,
                "chips that say class 1 (%)",
                values=numbers(100 * share),
            ),
            Points(numbers(x[labels == 0, 0]), numbers(x[labels == 0, 1]), "class 0"),
            Points(
                numbers(x[labels == 1, 0]), numbers(x[labels == 1, 1]), "class 1", shape="square"
            ),
        ),
        x_range=(-EDGE, EDGE),
        y_range=(-EDGE, EDGE),
        equal=True,
    )


def _curves(curves: dict[str, np.ndarray], test: float) -> Chart:
    marks = []
    for name, label in (("with", "trained with noise"), ("without", "trained without")):
        spread = [mean_interval(100 * row) for row in curves[name]]
        marks.append(
            Line(
                numbers(100 * NOISES),
                tuple(s.mean for s in spread),
                label,
                dashed=name == "without",
                low=tuple(s.low for s in spread),
                high=tuple(s.high for s in spread),
            )
        )
    return Chart(
        f"Accuracy on {CHIPS} chips",
        "error of the weights (% of the largest)",
        "accuracy (%)",
        (*marks, Rule(test, "here", axis="x")),
        x_range=(0.0, 100 * float(NOISES[-1])),
        y_range=(70.0, 101.0),
    )


def _landscape(aware: TinyNetwork, plain: TinyNetwork) -> Chart:
    distances = FURTHEST * DISTANCES
    lines = tuple(
        Line(numbers(100 * distances), numbers(along_a_line(net, distances)), label, dashed=dash)
        for net, label, dash in (
            (aware, "trained with noise", False),
            (plain, "trained without", True),
        )
    )
    return Chart(
        f"Loss around the weights ({LINES} lines)",
        "distance (% of the largest weight)",
        "cross-entropy (nats)",
        lines,
        y_range=(0.0, 1.05 * max(max(each.y) for each in lines)),
    )


NOISE_TRAINING = Explorer(
    name="noise_training",
    title="Train for the noise",
    controls=(
        Slider("training", "Noise in training", 0.0, 30.0, 5.0, 15.0, unit="%"),
        Slider("test", "Errors on the chips", 0.0, 30.0, 5.0, 20.0, unit="%"),
        Choice("place", "Noise of training is drawn on", PLACES, "weights"),
        Toggle("clip", "Weights clipped at 2σ", True),
    ),
    compute=compute,
    source=inspect.getsource(tiny_network._gradient),
)
"""A network of 337 weights and biases, trained in the page with and without noise."""
