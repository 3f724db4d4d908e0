"""Explorer of the chapter on more bits: what copies, reads and slices buy, and what a loop buys.

On the left a budget of analog products is spent in three ways on one matrix; on the right a system
of linear equations is solved by refinement, with the same number of copies. All draws have fixed
seeds, so that moving a control shows the effect of the control.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from aimc import presets
from aimc.circuits import (
    ADC,
    best_scale,
    equivalent_bits,
    mvm_error,
    random_sparse_uniform,
)
from aimc.cores import Core
from aimc.plots import Chart, Line, Points, Rule, numbers
from aimc.units import DAY, YEAR
from aimc_course.explorers.controls import Choice, Slider, Toggle
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["PRECISION_LADDER", "compute", "inner_solver", "refined"]

SIZE, VECTORS, SERIAL = 48, 64, 9
ONE, TWO, OLDER = "HERMES, one device", "HERMES, two devices", "2019 array"
BUDGETS = (1, 2, 4, 8, 16)
CONDITIONS = (2, 5, 10, 20, 50, 100, 200)
AGES = {"just programmed": 0.0, "one day old": DAY, "one year old": YEAR}
TOLERANCES = ("0.5", "0.3", "0.1", "0.03", "0.01")
STEPS, MOST = 40, 20  # outer steps, products of each inner solution
GOAL = 1e-13  # residual that counts as solved, some way above what rounding leaves
Product = Callable[[np.ndarray], np.ndarray]


def _core(devices: str, index: int, weights: np.ndarray, rounded: bool = True) -> Core:
    """Return a core of the size of the matrix that holds weights between -1 and 1.

    Without rounding its converters are ideal. In a loop a converter makes a visible difference out
    of an invisible one, and two computers would then show different curves.
    """
    if devices == OLDER:
        core = presets.joshi2020(SERIAL, index=index, rows=SIZE, columns=SIZE)
    else:
        count = 1 if devices == ONE else 2
        core = presets.hermes(SERIAL, count, index=index, input_range=None)
    if not rounded:
        dac = replace(core.periphery.dac, bits=None)
        core.periphery = replace(core.periphery, dac=dac, adc=ADC(bits=None))
    return core.program(weights, w_max=1.0)


@cache
def _task() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weights and inputs as in the tests of the chip's paper, and exact outputs."""
    weights = random_sparse_uniform((SIZE, SIZE), np.random.default_rng([SERIAL, 0]))
    x = random_sparse_uniform((VECTORS, SIZE), np.random.default_rng([SERIAL, 1]))
    return weights, x, x @ weights.T


@cache
def _bits_of_copies(devices: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the bits of the mean of that many cores, and of that many reads of one."""
    weights, x, exact = _task()
    cores = [_core(devices, k, weights) for k in range(BUDGETS[-1])]
    each = np.stack([core.forward(x) for core in cores])
    again = np.stack([cores[0].forward(x) for _ in cores])
    copies, reads = (
        tuple(equivalent_bits(mvm_error(y[:n].mean(axis=0), exact)) for n in BUDGETS)
        for y in (each, again)
    )
    return copies, reads


@cache
def _bits_of_slices(devices: str, base: int) -> tuple[float, ...]:
    """Return the bits of that many slices in a base."""
    weights, x, exact = _task()
    bits = []
    for slices in BUDGETS:
        code = np.round(np.abs(weights) * (float(base) ** slices - 1))
        y = np.zeros_like(exact)
        for k in range(slices):
            digit = np.sign(weights) * (np.floor(code / float(base) ** k) % base) / (base - 1)
            counts = (base - 1) * float(base) ** k / (float(base) ** slices - 1)
            y += counts * _core(devices, 100 + k, digit).forward(x)
        bits.append(equivalent_bits(mvm_error(y, exact)))
    return tuple(bits)


@cache
def _system(condition: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a symmetric matrix with that condition number, at most 1, and a right-hand side."""
    rng = np.random.default_rng([SERIAL, 2])
    place = np.arange(SIZE)
    distance = np.maximum(np.abs(place[:, None] - place), 1)
    signs = np.triu(rng.uniform(0.5, 1.0, (SIZE, SIZE)) * rng.choice([-1, 1], (SIZE, SIZE)), 1)
    matrix = (signs + signs.T) / distance**1.5
    low, *_, high = np.linalg.eigvalsh(matrix)
    matrix += (high - condition * low) / (condition - 1) * np.eye(SIZE)
    return matrix / np.abs(matrix).max(), rng.uniform(-1.0, 1.0, SIZE)


def inner_solver(multiply: Product, r: np.ndarray, tolerance: float, most: int) -> np.ndarray:
    """Return an approximate solution of A z = r by conjugate gradients."""
    z, left, along = np.zeros_like(r), r.copy(), r.copy()
    for _ in range(most):
        if np.linalg.norm(left) <= tolerance * np.linalg.norm(r):
            break
        step, before = multiply(along), left @ left
        length = before / (along @ step)
        z, left = z + length * along, left - length * step
        along = left + (left @ left) / before * along
    return z


def refined(
    matrix: np.ndarray, b: np.ndarray, multiply: Product, tolerance: float
) -> tuple[float, ...]:
    """Return the relative residual of each outer step until it is solved or runs away."""
    x, left = np.zeros_like(b), [1.0]
    while GOAL < left[-1] < 1e3 and len(left) <= STEPS:
        x = x + inner_solver(multiply, b - matrix @ x, tolerance, MOST)
        left.append(float(np.linalg.norm(b - matrix @ x) / np.linalg.norm(b)))
    return tuple(left)


@cache
def _machine(
    devices: str, copies: int, condition: int, age: str, corrected: bool
) -> tuple[tuple[Core, ...], float]:
    """Return the cores of the system, and the factor that is put on their outputs."""
    cores = tuple(_core(devices, k, _system(condition)[0], rounded=False) for k in range(copies))
    if not corrected or AGES[age] == 0:
        return cores, 1.0
    x = np.random.default_rng([SERIAL, 3]).uniform(-1.0, 1.0, (16, SIZE))
    then, now = (sum(c.at(t).forward(x) for c in cores) for t in (0.0, AGES[age]))
    return cores, best_scale(np.asarray(now), np.asarray(then))


def _run(
    devices: str, copies: int, condition: int, tolerance: float, age: str, corrected: bool
) -> tuple[tuple[float, ...], int]:
    """Return residuals, and how many products the machine made."""
    cores, gain = _machine(devices, copies, condition, age, corrected)
    later, calls = [core.at(AGES[age]) for core in cores], [0]
    rng = np.random.default_rng([SERIAL, 4])

    def multiply(v: np.ndarray) -> np.ndarray:
        calls[0] += 1
        return gain * np.mean([np.asarray(core.forward(v, rng)) for core in later], axis=0)

    matrix, b = _system(condition)
    return refined(matrix, b, multiply, tolerance), calls[0]


def compute(
    devices: str,
    budget: int,
    base: int,
    condition: int,
    tolerance: str,
    age: str,
    corrected: bool,
) -> Answer:
    """Return the bits of three measures over their budget, and the residuals of a refinement.

    Parameters
    ----------
    devices : {"HERMES, one device", "HERMES, two devices", "2019 array"}
        What holds the weights.
    budget : int
        Step of the analog products per exact product: 0 to 4 for 1, 2, 4, 8 and 16.
    base : int
        Base of the slices; with 1 all of them count alike.
    condition : int
        Step of the condition number of the system: 0 to 6 for 2 to 200.
    tolerance : str
        Share of the residual at which the inner solver stops.
    age : {"just programmed", "one day old", "one year old"}
        Age of the cores that solve the system.
    corrected : bool
        Whether one factor on the outputs undoes the mean drift.
    """
    count, number = BUDGETS[budget], CONDITIONS[condition]
    copies, reads = _bits_of_copies(devices)
    slices = copies if base == 1 else _bits_of_slices(devices, base)
    stop = float(tolerance)
    mine, products = _run(devices, count, number, stop, age, corrected)
    matrix, b = _system(number)
    exact = refined(matrix, b, lambda v: matrix @ v, stop)
    arrived = mine[-1] <= GOAL
    values = {
        "bits": {"copies": copies[budget], "reads": reads[budget], "slices": slices[budget]},
        "all_bits": {"copies": list(copies), "reads": list(reads), "slices": list(slices)},
        "residuals": list(mine),
        "residuals_exact_inside": list(exact),
        "outer_steps": len(mine) - 1,
        "arrived": arrived,
        "analog_products": products * count,
    }
    x = numbers(BUDGETS)
    charts = (
        Chart(
            "What a budget buys",
            "analog products per product",
            "bits of weights with the same error",
            (
                Line(x, copies, "copies, averaged"),
                Line(x, slices, f"slices in base {base}", dashed=True),
                Line(x, reads, "reads of one copy"),
                Points(
                    (float(count),) * 3,
                    (copies[budget], slices[budget], reads[budget]),
                    "your budget",
                ),
            ),
            x_scale="log",
        ),
        Chart(
            "What a loop buys",
            "outer step",
            "relative residual",
            (
                _curve(mine, "with analog products"),
                _curve(exact, "with exact products", dashed=True),
                Rule(GOAL, "solved"),
            ),
            y_scale="log",
        ),
    )
    end = (
        f"is down to 10⁻¹³ after {len(mine) - 1} outer steps"
        if arrived
        else f"stands at {_residual(mine[-1])} after {len(mine) - 1} outer steps"
    )
    sentence = (
        f"{devices}, budget {count}: {copies[budget]:.1f} bits from copies, "
        f"{slices[budget]:.1f} from slices in base {base}, {reads[budget]:.1f} from reads of one "
        f"copy. A system of condition {number} on {count} "
        f"{'copy' if count == 1 else 'copies'}, {age}, {end}, with {products * count} reads of "
        "cores."
    )
    return Answer(values, charts, sentence)


def _residual(value: float) -> str:
    """Return a residual relative to that of the start, in words."""
    return f"{value:,.0f} times the start" if value >= 1 else f"{value:.2g} of the start"


def _curve(residuals: tuple[float, ...], label: str, dashed: bool = False) -> Line:
    """Return the residuals as a curve, down to where rounding takes over."""
    steps = numbers(np.arange(len(residuals)))
    return Line(steps, tuple(max(r, 1e-16) for r in residuals), label, dashed=dashed)


PRECISION_LADDER = Explorer(
    name="precision_ladder",
    title="How many bits does each measure buy?",
    controls=(
        Choice("devices", "Devices", (ONE, TWO, OLDER), TWO),
        Slider(
            "budget",
            "Analog products per product",
            0,
            4,
            1,
            2,
            integer=True,
            words=(tuple(map(str, BUDGETS)),),
        ),
        Slider("base", "Base of the slices", 1, 4, 1, 2, integer=True),
        Slider(
            "condition",
            "Condition of the equations",
            0,
            6,
            1,
            1,
            integer=True,
            words=(tuple(map(str, CONDITIONS)),),
        ),
        Choice("tolerance", "Inner solver stops at", TOLERANCES, "0.1"),
        Choice("age", "Age of the cores", tuple(AGES), "just programmed"),
        Toggle(
            "corrected",
            "Undo the mean drift",
            True,
            needs={"age": ("one day old", "one year old")},
        ),
    ),
    compute=compute,
    source=inspect.getsource(inner_solver) + "\n\n" + inspect.getsource(refined),
)
"""Copies, reads and slices over their cost, and a refinement that needs none of these digits."""
