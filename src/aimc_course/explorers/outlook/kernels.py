"""Explorer of the chapter on attention without weights: random features, exact and on a core.

Four classes of points in sixteen dimensions, each made of ten clouds, so that no plane separates
them. All draws follow from the kind of directions and the serial number of the chip: moving another
control shows the effect of the control and nothing else.
"""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np

from aimc import presets
from aimc.kernel_approximation import (
    CoreProjection,
    ExactFeatures,
    KernelFeatures,
    Projection,
    RidgeClassifier,
    directions,
    exact_kernel,
    feature_count,
    features,
)
from aimc.plots import Chart, Line, Points, Rule, numbers
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["COUNTS", "KERNELS", "KERNELS_EXPLORER", "KINDS", "compute", "curves"]

KERNELS = {"RBF": "rbf", "arc-cosine (sign)": "arccos0", "arc-cosine (ReLU)": "arccos1"}
KINDS = {"independent": "rff", "orthogonal": "orf", "structured": "sorf"}
LEARNED = {"exact features": False, "the chip's features": True}
DEVICES = {"two devices": 2, "one device": 1}
COUNTS = (8, 16, 32, 64, 128, 256)
SIZE, CLOUDS, CLASSES, TRAINED, TESTED, PAIRS = 16, 40, 4, 240, 400, 24


@cache
def _points() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return points to learn from and to be tested on, each with classes."""
    rng = np.random.default_rng(12)
    middles = rng.standard_normal((CLOUDS, SIZE))
    cloud = rng.integers(0, CLOUDS, TRAINED + TESTED)
    x = middles[cloud] + 0.35 * rng.standard_normal((len(cloud), SIZE))
    y = cloud % CLASSES
    return x[:TRAINED], y[:TRAINED], x[TRAINED:], y[TRAINED:]


@cache
def _pairs(kernel: str, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Return some points, half of them near each other, and their kernel."""
    x = _points()[2]
    near = x[:PAIRS] + 0.3 * np.random.default_rng(13).standard_normal((PAIRS, SIZE))
    both = np.concatenate([x[:PAIRS], near])
    return both, exact_kernel(kernel, both, both, width=width)


@cache
def _goal(kernel: str, width: float) -> float:
    """Return the accuracy with the kernel itself."""
    x, y, x_test, y_test = _points()
    exact = ExactFeatures(kernel, x, width=width)
    return RidgeClassifier(exact(x), y).accuracy(exact(x_test), y_test)


def _maps(
    kernel: str, kind: str, count: int, devices: int, serial: int, width: float
) -> tuple[KernelFeatures, KernelFeatures]:
    """Return the features in floating point and those of a chip, with the same directions."""
    matrix = directions(kind, count, SIZE, np.random.default_rng([14, serial]))
    chip = CoreProjection(matrix, lambda k: presets.hermes(serial, devices, index=k), reach=3.0)
    exact = KernelFeatures(kernel, Projection(matrix), width=width)
    return exact, KernelFeatures(kernel, chip, width=width)


@cache
def curves(
    kernel: str, kind: str, devices: int, serial: int, width: float, own: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the error of the kernel and the accuracy over the number of directions.

    Parameters
    ----------
    kernel : {"rbf", "arccos0", "arccos1"}
        The kernel.
    kind : {"rff", "orf", "sorf"}
        How directions are drawn.
    devices : {1, 2}
        Devices per polarity of a weight.
    serial : int
        The chip, and the draw of the directions.
    width : float
        Width of the RBF kernel.
    own : bool
        Whether the ridge of the chip learns from the chip's features, not from exact ones.

    Returns
    -------
    tuple of array
        Root mean square errors relative to the largest value of the kernel, and accuracies from 0
        to 1, each of shape (counts, 2): floating point, and the chip.
    """
    x, y, x_test, y_test = _points()
    some, true = _pairs(kernel, width)
    others = ~np.eye(len(some), dtype=bool)
    errors, accuracies = np.zeros((2, len(COUNTS), 2))
    for k, count in enumerate(COUNTS):
        maps = _maps(kernel, kind, count, devices, serial, width)
        model = RidgeClassifier(maps[0](x), y)
        for j, z in enumerate(maps):
            found = z(some)
            wrong = (found @ found.T - true)[others]
            errors[k, j] = np.sqrt(np.mean(wrong**2)) / true.max()
            if j == 1 and own:
                model = RidgeClassifier(z(x), y)
            accuracies[k, j] = model.accuracy(z(x_test), y_test)
    return errors, accuracies


def compute(
    kernel: str, kind: str, count: int, width: float, devices: str, learned: str, serial: int
) -> Answer:
    """Compare features of a chip with those in floating point and with the kernel.

    Parameters
    ----------
    kernel : str
        Name of the kernel, one of `KERNELS`.
    kind : str
        How directions are drawn, one of `KINDS`.
    count : int
        Step of the number of directions: 0 to 5 for 8 to 256.
    width : float
        Width of the RBF kernel; the others have none.
    devices : {"two devices", "one device"}
        What holds a weight of either sign.
    learned : {"exact features", "the chip's features"}
        What the ridge that is tested on the chip has learned from.
    serial : int
        Serial number of the chip.
    """
    code, each, used = KERNELS[kernel], DEVICES[devices], COUNTS[count]
    width = width if code == "rbf" else 1.0
    errors, accuracies = curves(code, KINDS[kind], each, serial, width, LEARNED[learned])
    goal = _goal(code, width)
    values = {
        "error_exact": float(errors[count, 0]),
        "error_chip": float(errors[count, 1]),
        "accuracy_exact": float(accuracies[count, 0]),
        "accuracy_chip": float(accuracies[count, 1]),
        "accuracy_of_kernel": goal,
        "features": feature_count(code, used),
    }
    sentence = (
        f"{used} {kind} directions give {values['features']} features for the kernel {kernel}. The "
        f"kernel is off by {100 * errors[count, 0]:.1f}% of its largest value in floating point "
        f"and by {100 * errors[count, 1]:.1f}% on chip {serial}; the accuracy is "
        f"{100 * accuracies[count, 0]:.1f}% and {100 * accuracies[count, 1]:.1f}%, and "
        f"{100 * goal:.1f}% with the kernel itself."
    )
    charts = (
        _scatter(code, KINDS[kind], used, each, serial, width),
        _over_counts("Error of the kernel", "error (% of the largest value)", 100 * errors, used),
        _over_counts("Accuracy", "accuracy (%)", 100 * accuracies, used, goal=100 * goal),
    )
    return Answer(values, charts, sentence)


def _scatter(kernel: str, kind: str, count: int, devices: int, serial: int, width: float) -> Chart:
    some, true = _pairs(kernel, width)
    # Each point with its neighbour and with some that are anywhere.
    i = np.concatenate([np.arange(PAIRS), np.arange(PAIRS)])
    j = np.concatenate([PAIRS + np.arange(PAIRS), np.roll(np.arange(PAIRS), 1)])
    scale = true.max()
    marks: list[Points | Line] = []
    names = ("in floating point", "on the chip")
    maps = _maps(kernel, kind, count, devices, serial, width)
    for name, z, shape in zip(names, maps, ("circle", "square"), strict=True):
        found = z(some)
        marks.append(
            Points(
                numbers(true[i, j] / scale),
                numbers(np.sum(found[i] * found[j], axis=1) / scale),
                name,
                shape=shape,
            )
        )
    marks.append(Line((0.0, 1.0), (0.0, 1.0), "exact", dashed=True))
    return Chart(
        f"{2 * PAIRS} pairs, {count} directions",
        "kernel (largest = 1)",
        "product of features",
        tuple(marks),
        x_range=(0.0, 1.0),
    )


def _over_counts(
    title: str, y_label: str, both: np.ndarray, used: int, goal: float | None = None
) -> Chart:
    x, k = numbers(COUNTS), COUNTS.index(used)
    marks: list[Line | Points | Rule] = [
        Line(x, numbers(both[:, 0]), "in floating point", dashed=True),
        Line(x, numbers(both[:, 1]), "on the chip"),
        Points((float(used),), (float(both[k, 1]),), "your number"),
    ]
    if goal is None:
        root = both[0, 0] * np.sqrt(COUNTS[0] / np.array(COUNTS))
        marks.append(Line(x, numbers(root), "one over the root", dashed=True))
    else:
        marks.append(Rule(goal, "kernel itself"))
    return Chart(
        title,
        "directions",
        y_label,
        tuple(marks),
        x_scale="log",
        y_scale="log" if goal is None else "linear",
    )


KERNELS_EXPLORER = Explorer(
    name="kernels",
    title="A kernel out of random numbers",
    controls=(
        Choice("kernel", "Kernel", tuple(KERNELS), "RBF"),
        Choice("kind", "Directions", tuple(KINDS), "independent"),
        Slider(
            "count",
            "Number of directions",
            0,
            5,
            1,
            3,
            integer=True,
            words=(tuple(map(str, COUNTS)),),
        ),
        Slider("width", "Width of the RBF kernel", 1.0, 6.0, 0.5, 3.0, needs={"kernel": ("RBF",)}),
        Choice("devices", "Devices per polarity", tuple(DEVICES), "two devices"),
        Choice("learned", "Ridge learns from", tuple(LEARNED), "exact features"),
        Slider("serial", "Chip", 0, 9, 1, 0, integer=True),
    ),
    compute=compute,
    source=inspect.getsource(features.KernelFeatures.__call__) + "\n\n" + inspect.getsource(curves),
)
"""Random features of three kernels, in floating point and on a core with its noise."""
